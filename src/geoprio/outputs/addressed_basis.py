"""`urvalsmotivering.md`: what a selection for addressed mail rests on, for those who must judge it.

It names the target groups and what is sensitive in them, so it is the leadership's alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from geoprio.outputs.addressed import AddressOrder
from geoprio.outputs.audience import for_audience
from geoprio.outputs.markdown import escaped, table
from geoprio.outputs.tables import header
from geoprio.texts import decimal, text, whole

FILE = "urvalsmotivering.md"
_JUDGED = ("art_6", "art_9", "art_14", "art_21", "art_28", "terms", "block", "notice")


@dataclass(frozen=True)
class Rule:
    """By what the areas were chosen."""

    profile: str
    """What the combined score is called."""
    criteria: Mapping[str, float]
    """Share (0-1) of the nominal weight by criterion."""
    groups: Mapping[str, tuple[float, bool]]
    """Share (0-1) of the groups' weight, and whether it is a special category, by target group."""
    other_share: float
    """Share (0-1) of the weight that is borne by other than the sensitive groups."""


@dataclass(frozen=True)
class Outreach:
    """Whom the selection comes to."""

    codes_count: int
    left_out_count: int
    """Postal codes taken away because few of the age live there."""
    minimum_count: int
    people_count: float
    """Residents of the age in the codes."""
    postal: str
    """In words, how areas became postal codes and what that misses."""


@dataclass(frozen=True)
class Basis:
    """Everything that the sheet tells besides the order itself."""

    areas: pd.DataFrame
    """By `area_code`: `area_name`, `municipality_name`, `score` and `rank`."""
    all_areas_count: int
    area_set: str
    rule: Rule
    outreach: Outreach
    register: str
    election_day: str
    election: str
    """The election that the figures are of, and the one that is planned for."""
    publishers: str


def render_basis(basis: Basis, order: AddressOrder) -> bytes:
    """Return the sheet as Markdown.

    Raises
    ------
    ContractError
        The areas' table holds a column that the leadership may not see.
    """
    language = order.language
    for_audience(basis.areas, "valledning")
    lines = [
        f"# {text('basis_title', language).format(edition=escaped(order.edition))}",
        "",
        *([f"**{escaped(order.mark)}**", ""] if order.mark else []),
        f"{text('basis_readers', language)}: {text('audience_valledning', language)}",
        "",
        f"**{text('no_legal_advice', language)}** {text('basis_what_for', language)}",
    ]
    day = text("basis_election_day", language)
    parts = {
        "purpose": [
            escaped(order.purpose),
            "",
            escaped(day.format(day=basis.election_day, basis=basis.election)),
        ],
        "chosen": _listed(_chosen(basis, order)),
        "how": _how(basis.rule, order),
        "data": _listed(
            [
                text("basis_no_persons", language).format(publishers=basis.publishers),
                text("basis_register", language),
            ]
        ),
        "precision": _listed(
            [
                basis.outreach.postal,
                *(text(f"basis_{key}", language) for key in ("areas_persons", "ranks")),
            ]
        ),
        "unknown": _listed(
            text(f"basis_unknown_{key}", language) for key in ("people", "blocked", "effect")
        ),
        "judge": [
            *(f"- [ ] {escaped(text(f'basis_{key}', language))}" for key in _JUDGED),
            "",
            text("basis_decision", language),
        ],
        "listed": _areas(basis.areas, order),
    }
    for key, part in parts.items():
        lines += ["", f"## {text(f'basis_{key}', language)}", "", *part]
    return "\n".join([*lines, ""]).encode()


def _chosen(basis: Basis, order: AddressOrder) -> list[str]:
    language, reached = order.language, basis.outreach
    first, last = order.ages
    told = [
        text("basis_areas", language).format(
            count=whole(len(basis.areas), language),
            all=whole(basis.all_areas_count, language),
            area_set=basis.area_set,
        ),
        text("basis_codes", language).format(
            count=whole(reached.codes_count, language),
            first=first,
            last=last,
            register=basis.register,
        ),
        # Two figures: it is no count, and nobody should take it for one.
        text("basis_people", language).format(people=_about(reached.people_count, order)),
    ]
    if reached.left_out_count:
        told.append(
            text("basis_left_out", language).format(
                count=whole(reached.left_out_count, language), least=reached.minimum_count
            )
        )
    return told


def _how(rule: Rule, order: AddressOrder) -> list[str]:
    language = order.language
    words = {key: text(f"basis_{key}", language) for key in ("criterion", "group", "weight")}
    answers = {True: text("basis_yes", language), False: text("basis_no", language)}
    criteria = [[name, _percent(share, order)] for name, share in rule.criteria.items()]
    groups = [
        [name, _percent(share, order), answers[sensitive]]
        for name, (share, sensitive) in rule.groups.items()
    ]
    score = text("basis_score", language)
    return [
        escaped(score.format(profile=rule.profile, share=_percent(rule.other_share, order))),
        "",
        *table([words["criterion"], words["weight"]], criteria),
        "",
        *table([words["group"], words["weight"], text("basis_sensitive", language)], groups),
    ]


def _areas(areas: pd.DataFrame, order: AddressOrder) -> list[str]:
    columns = ["area_code", "area_name", "municipality_name", "score", "rank"]
    rows = [
        [
            str(row["area_code"]),
            str(row["area_name"]),
            str(row["municipality_name"]),
            "" if pd.isna(row["score"]) else decimal(float(row["score"]), 1, order.language),
            "" if pd.isna(row["rank"]) else whole(int(row["rank"]), order.language),
        ]
        for row in areas.rename_axis("area_code").reset_index().to_dict("records")
    ]
    return table([header(name, order.language) for name in columns], rows)


def _listed(items: Iterable[str]) -> list[str]:
    return [f"- {escaped(item)}" for item in items]


def _percent(share: float, order: AddressOrder) -> str:
    return decimal(100 * share, 0, order.language)


def _about(people: float, order: AddressOrder) -> str:
    step = 10 ** max(len(str(int(people))) - 2, 0)
    return whole(int(round(people / step) * step), order.language)
