"""Notes in words on a run: method, year and source of every figure that is shown."""

from collections.abc import Mapping, Sequence

import pandas as pd

from geoprio.config import Campaign, Group, Profile
from geoprio.texts import Language, text, whole


def basis_line(campaign: Campaign, language: Language) -> str:
    """Return which election the figures come from, and which one is planned for."""
    return text("basis", language).format(plain=basis_words(campaign, language))


def basis_words(campaign: Campaign, language: Language) -> str:
    """Return the same without its heading, for a column that has one."""
    election = campaign.election
    return text("basis_plain", language).format(
        election=text(election.basis, language),
        year=election.year,
        plans_for=election.plans_for.model_dump()[language],
    )


def layer_notes(
    campaign: Campaign,
    profiles: Mapping[str, Profile],
    groups: Mapping[str, Group],
    estimates: pd.DataFrame,
    *,
    language: Language,
) -> dict[str, str]:
    """Return the note of each profile, group and election figure."""
    basis, election = basis_line(campaign, language), campaign.election
    source = f"{text(election.basis, language)} {election.date}"
    source = source[0].upper() + source[1:]
    notes = {
        name: text("note_score", language).format(
            criteria=listed(
                [item.label.model_dump()[language] for item in profile.criteria], language
            ),
            basis=basis,
        )
        for name, profile in profiles.items()
    }
    notes |= {
        name: _group_note(group, estimates[estimates["group"] == name], language)
        for name, group in groups.items()
    }
    for key in ("turnout_share", "red_green_share"):
        notes[key] = text(f"note_{key}", language).format(source=source)
    return notes


def _group_note(group: Group, rows: pd.DataFrame, language: Language) -> str:
    counted = rows["method"].value_counts()
    methods = [
        text("methods_in", language).format(
            method=text(f"method_{method}", language),
            count=whole(count, language),
            all=whole(len(rows), language),
        )
        for method, count in counted.items()
    ]
    decision = (
        text("decided", language).format(date=group.decided)
        if group.decided
        else text("awaits_decision", language)
    )
    words = ", ".join(methods)
    return text("note_group", language).format(
        definition=group.definition.model_dump()[language],
        base=text(f"base_{rows['base'].iloc[0]}", language),
        methods=words[:1].upper() + words[1:],
        source=_source(group, rows, language),
        decision=decision,
    )


def _source(group: Group, rows: pd.DataFrame, language: Language) -> str:
    sources = " / ".join(sorted(set(rows["source"]) - {""}))
    methods = set(rows["method"])
    if group.total is None or not methods & {"synthetic", "proxy"}:
        return sources
    if "synthetic" in methods:
        origins = sources.removeprefix(f"{group.total.source.sv}; ")
        spread = text("industry_and_sex", language).format(origins=origins)
    else:
        indicators = () if group.proxy is None else group.proxy.indicators
        spread = listed([item.label.model_dump()[language] for item in indicators], language)
    return text("spread_by", language).format(
        total=group.total.source.model_dump()[language], indicators=spread
    )


def listed(items: Sequence[str], language: Language) -> str:
    """Return the items as a sentence lists them, with an "and" before the last."""
    *first, last = items
    return f"{', '.join(first)}{text('reason_and', language)}{last}" if first else last
