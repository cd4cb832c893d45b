"""Notes in words on a run: method, year and source of every figure that is shown."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from geoprio.config import Brief, Campaign, ElectionBasis, Group, Profile, Text
from geoprio.config.counties import reach
from geoprio.groups import for_election
from geoprio.scores import Located
from geoprio.words import Language, text, whole


def basis_line(campaign: Campaign, language: Language, election: str | None = None) -> str:
    """Return which election the figures come from, and which one is planned for."""
    return text("basis", language, plain=basis_words(campaign, language, election))


def basis_words(campaign: Campaign, language: Language, election: str | None = None) -> str:
    """Return the same without its heading, for a column that has one."""
    return text(
        "basis_plain",
        language,
        election=text(election or campaign.election.basis, language),
        year=campaign.election.year,
        plans_for=campaign.election.plans_for.told(language),
    )


def layer_notes(
    plans: Brief, profiles: Mapping[str, Profile], level: Located, *, language: Language
) -> dict[str, str]:
    """Return the note of each profile, group and election figure."""
    campaign = plans.campaign
    basis, election = basis_line(campaign, language), campaign.election
    ranked = for_election(level.groups, election.basis)
    source = f"{text(election.basis, language)} {election.date}"
    source = source[0].upper() + source[1:]
    notes = {
        name: text(
            "note_score" if len(profile.criteria) > 1 else "note_score_one",
            language,
            criteria=listed([item.label.told(language) for item in profile.criteria], language),
            basis=basis,
        )
        for name, profile in profiles.items()
    }
    chosen = level.chosen.to_dict("index")
    notes |= {
        f"{name}{ending}": _group_note(
            group, ranked[ranked["group"] == name], chosen[name], of, language
        )
        for name, group in plans.groups.items()
        for ending, of in (("", "share"), ("_count", "count"))
    }
    return notes | {
        "turnout_share": text(
            "note_turnout_share", language, source=source, abroad=_abroad(election, language)
        ),
        "red_green_share": text("note_red_green_share", language, source=source),
        **{
            name: text(f"note_{name}", language)
            for name in ("first_time_share", "region_drop_off_share", "drop_off_share")
        },
    }


def _abroad(election: ElectionBasis, language: Language) -> str:
    """Return that Swedes abroad are taken out; "" in an election whose share of them is unknown."""
    if election.basis != "riksdag":
        return ""
    return text("note_abroad", language, percent=round(100 * election.abroad_turnout))


def precision_note(plans: Brief, level: Located) -> str:
    """Return which groups the precision is of, and what it is in the whole county."""
    language, electors = plans.language, level.votes["electors_count"]
    known = electors.where(level.indicators["precision_share"].notna()).sum()
    hits = level.indicators["target_persons_count"].sum() / known if known else 0.0
    labels = [plans.groups[name].label.told(language) for name in plans.locating]
    return text(
        "note_precision_share",
        language,
        groups=listed(labels, language),
        reach=reach(plans.campaign, language),
        hits=round(100 * hits),
    )


def why_words(choice: Mapping[Any, Any], language: Language) -> str:
    """Return in words why a group is located as it is (a row of `choose_methods`)."""
    return text(choice["why"], language)


def definition_of(group: Group, measure: str) -> Text:
    """Return what a group is, as it is counted by a measure ("" for none)."""
    own = (item.definition for item in group.measures if item.count == measure)
    return next(own, None) or group.definition


def decision_words(group: Group, language: Language) -> str:
    """Return when the party decided the definition, or that it is awaited."""
    if group.decided:
        return text("decided", language, date=group.decided)
    return text("awaits_decision", language)


def _group_note(
    group: Group, rows: pd.DataFrame, choice: Mapping[Any, Any], of: str, language: Language
) -> str:
    aligned = (rows["method"] == "published") & (rows["share_se"] > 0)
    counted = rows["method"].mask(aligned, "aligned").value_counts()
    methods = [
        text(
            "methods_in",
            language,
            sign=text("methods_next" if place else "methods_first", language),
            count=whole(count, language),
            how=text(f"how_{method}", language),
        )
        for place, (method, count) in enumerate(counted.items())
    ]
    why = "" if group.role_why is None else f" {group.role_why.told(language)}"
    told = text(
        "note_group",
        language,
        definition=definition_of(group, choice["measure"]).told(language),
        base=text(
            f"note_measure_{of}", language, base=text(f"base_{rows['base'].iloc[0]}", language)
        ),
        methods=f"{', '.join(methods)}: {why_words(choice, language)}",
        source=_source(group, rows, language),
        decision=decision_words(group, language),
    )
    return told + why


def _source(group: Group, rows: pd.DataFrame, language: Language) -> str:
    sources = " / ".join(sorted(set(rows["source"]) - {""}))
    methods = set(rows["method"])
    if group.total is None or not methods & {"synthetic", "proxy"}:
        return sources
    if "synthetic" in methods:
        origins = sources.removeprefix(f"{group.total.source.sv}; ")
        spread = text("industry_and_sex", language, origins=origins)
    else:
        given = () if group.proxy is None else group.proxy.indicators
        used = [item for item in given if not item.where_known or item.indicator in sources]
        spread = listed([item.label.told(language) for item in used], language)
    return text("spread_by", language, total=group.total.source.told(language), indicators=spread)


def credit(source: Mapping[str, Any]) -> str:
    """Return the title, publisher, year and licence of a source as the record has it."""
    licence = source["licence"][:1].upper() + source["licence"][1:]
    return f"{source['title']}. {source['publisher']} {source['vintage']}. {licence}."


def publishers(sources: Sequence[Mapping[str, Any]]) -> str:
    """Return who published the figures, without the tables' titles, which may name origin."""
    return "; ".join(sorted({f"{item['publisher']} {item['vintage']}" for item in sources}))


def listed(items: Sequence[str], language: Language) -> str:
    """Return the items as a sentence lists them, with an "and" before the last."""
    *first, last = items
    return f"{', '.join(first)}{text('reason_and', language)}{last}" if first else last
