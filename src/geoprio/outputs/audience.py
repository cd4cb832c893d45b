"""Who may see what: one list of columns for each audience, and the gate that every writer asks.

Every function that makes a file's bytes takes an audience and lets its columns through
`for_audience`. A column that the list does not have is refused, not left out: that it came so far
is a mistake to be mended, and nobody should believe that it was delivered.
"""

import re
from collections.abc import Iterable
from typing import Literal

import pandas as pd

from geoprio.errors import ContractError, join_faults

Audience = Literal["valledning", "forening", "leverantor", "offentlig"]

_PLACE = r"area_code|area_name|municipality_code|municipality_name|association|parent_code|geometry"
_VOTES = r"(votes_\w+|electors|valid|invalid|blank)_count|(turnout|red_green|v|s)_share"
_RESIDENTS = (
    r"(population|adults|adult_women|women|men|households(_open)?)_count|((women|men)_)?age_\d+_\d+_count"
    r"|((women|men)_)?age_\d+_count|dwellings_\w+_count"
)
_OFFICIAL = rf"{_PLACE}|{_VOTES}|{_RESIDENTS}"
_ORIGIN = r"\w*(born|background|foreign)_"
_LIVING = (
    rf"(?!{_ORIGIN})(persons|education|employed|unemployed|residents|eligible)(_\w+)?_count"
    r"|((region|kommun|eu)_)?foreign_citizens_count"
    rf"|riksdag_electors(_\w+)?_count|(?!{_ORIGIN})\w+_(median|mean)_sek|\w+_class"
)
_GROUPS = (
    r"group|also|election|base|count|se|low|high|share|share_se|method|source|shown"
    rf"|(?!{_ORIGIN})[a-z0-9_]+_(low_|high_)?share|[a-z0-9_]+_(low|high|method|shown)"
    r"|(?!\w*(born|background|foreign|joint)_)[a-z0-9_]+_count"
)
_SCORES = (
    r"channel|election|coverage|(\w+_)?(score|rank|rank_(median|low|high)|p_top|answer|level)"
    r"|(\w+_)?(reason|top)|action|in_top_set|set_(low|high)_rank|(score|rank)_\w+"
    r"|(p_top|answer|level|action|reason|points)_\w+"
    r"|row|criterion|(nominal|effective)_weight|rank_correlation|top_changed_count|remark"
)
_ADVICE = (
    r"message|opening_line|local_line|(conversation|letter|krona)_relative|yield_words|unknown"
    r"|type|type_second|type_certainty|cluster|\w+_public_reason"
    r"|list|status|need|capacity|quadrant(_place)?|volatility_basis|target_persons_count|areas"
)
_PLAN = r"order|wave|households_count|cost_sek"
_PAYER = "payer"
"""Who pays for an area's letters: an association's own additions are the leadership's to see."""
_ORDER = (
    r"wave|edition|campaign|product|delivery_week|constituency|area_km2"
    r"|households_(open_)?count|households_basis|print_run_count"
    r"|county_code|list_number|age_from|age_to"
)
_WAYS = r"source_code|weight|weight_se"
_FIGURES = (
    rf"mobilisation_count|(?!{_ORIGIN})[a-z0-9_]+_per_km2|target_count|precision(_low|_high)?"
)

ALLOWED: dict[Audience, str] = {
    "valledning": (
        rf"{_OFFICIAL}|{_LIVING}|{_GROUPS}|{_SCORES}|{_ADVICE}|{_PLAN}|{_PAYER}|{_WAYS}"
        rf"|{_FIGURES}"
    ),
    "forening": (
        rf"{_OFFICIAL}|{_PLAN}|(score|rank|level|action|public_reason|p_top|answer)(_\w+)?"
        r"|intensity_share|opening_line|local_line|type|cluster"
        r"|members_count|active_count"
    ),
    "leverantor": (
        rf"area_code|area_name|municipality_code|municipality_name|postal_code|geometry|{_ORDER}"
    ),
    "offentlig": rf"{_OFFICIAL}|score|rank|p_top|public_reason",
}
"""Columns by audience, as one pattern each that a name must match whole. `reason` may name a group;
`public_reason` is the one that never names origin or union. The order in which areas were chosen
for a mailing is a ranking, so no vendor sees it."""

PRIVATE = re.compile(r"(members?|active|activity|support|asked|volunteers?)(_\w+)?", re.IGNORECASE)
"""The user's own figures: an association may see its own, no one else's file holds them."""

RECORD = frozenset(
    [
        *(
            "about",
            "advice",
            "area_sets",
            "audience",
            "basis",
            "campaign",
            "certainty",
            "demo_mark",
        ),
        *("earlier_election", "election", "files", "groups", "language", "mailing", "overlap"),
        *("scored_set", "seed", "settings", "sources", "split_errors", "unused_sources"),
        "versions",
        "warnings",
    ]
)
"""What a record of a run may tell of; it is for the leadership."""

_FIGURES_OF_GROUPS = ("count", "se", "low", "high", "share", "share_se")


def may_see(column: object, audience: Audience) -> bool:
    """Return whether an audience may see a column."""
    name = str(column)
    private = PRIVATE.fullmatch(name) and audience != "forening"
    return not private and re.fullmatch(ALLOWED[audience], name) is not None


def for_audience(
    frame: pd.DataFrame, audience: Audience, *, association: str | None = None
) -> pd.DataFrame:
    """Return `frame` as it is when its audience may see all of it.

    Parameters
    ----------
    frame
        Columns under their own names, not their headings. GROUPS must have passed disclosure
        control: it has `shown`, and no figure where that says anything but `shown`.
    association
        Whose file it is; an association's holds its own areas only.

    Raises
    ------
    ContractError
        Columns that are not on the audience's list, another association's rows, groups that
        nobody has controlled: every fault at once.
    """
    faults = [
        f"{name}: is not among what the audience may see"
        for name in frame.columns
        if not may_see(name, audience)
    ]
    faults += _association_faults(frame, audience, association) + _group_faults(frame)
    if faults:
        message = f"Audience {audience}: the frame cannot leave; see ALLOWED in outputs/audience.py"
        raise ContractError(join_faults(message, faults))
    return frame


def refuse_keys(keys: Iterable[str], audience: Audience) -> None:
    """Refuse a record with something that its audience may not see.

    Raises
    ------
    ContractError
        The record is not for the leadership, or tells of something that is not on its list.
    """
    strange = sorted(set(keys) - RECORD)
    if audience != "valledning" or strange:
        faults = [f"{key}: is not among what a record may tell" for key in strange]
        raise ContractError(join_faults(f"Audience {audience}: the record cannot leave", faults))


def _association_faults(
    frame: pd.DataFrame, audience: Audience, association: str | None
) -> list[str]:
    if audience != "forening":
        return []
    if association is None or "association" not in frame:
        return ["association: an association's file says whose it is, and whose each area is"]
    others = frame["association"].fillna("") != association
    return [f"association: {others.sum()} areas are not {association}'s"] if others.any() else []


def _group_faults(frame: pd.DataFrame) -> list[str]:
    if not {"group", "count"} <= set(frame.columns):
        return []
    if "shown" not in frame:
        return ["shown: the groups have not been through disclosure control"]
    hidden = frame["shown"] != "shown"
    told = frame[[name for name in _FIGURES_OF_GROUPS if name in frame]][hidden].notna().any()
    return [f"{name}: a withheld figure" for name in told.index[told]]
