"""Contracts of the frames that flow between stages, checked by `check` at the end of each stage.

Laws of every frame: unknown is NaN, never 0; the unit is the column's suffix; codes are strings;
rows are sorted by `area_code`; no column describes a person.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.errors import ContractError
from geoprio.words import Phrase

CRS = 3006
"""EPSG code of every geometry inside geoprio (SWEREF 99 TM, metres)."""
NORMAL_90 = 1.645
"""Standard errors from the middle to either end of a 90 % interval, as tables tell it."""

NOT_TOLD = "0000"
"""Municipality of an area whose file does not say; the areas stage finds it by largest overlap."""
NO_ELECTION = "none"
"""`election` of the rows of GROUPS that stand on the group's own base, as published."""

PLACE_KINDS = ("polling", "early", "station", "place")
"""Where one votes on the day, where before it, stations, and places of the user's own."""

PERSON_COLUMN = re.compile(
    r"person(nummer|nr|id)|samordningsnummer|^(för|efter|fullständigt_)?namn$|adress|e-?post|e-?mail"
    r"|telefon|^mobil(nummer|nr)?$|phone",
    re.IGNORECASE,
)

Frame = TypeVar("Frame", bound=pd.DataFrame)


@dataclass(frozen=True)
class Column:
    """What a column holds."""

    kind: Literal["number", "text"] = "number"
    low: float = -np.inf
    high: float = np.inf
    known: bool = False
    """Whether no value may be missing."""
    required: bool = True
    pattern: str = ".*"
    """That every text matches whole."""


@dataclass(frozen=True)
class Contract:
    """What the columns and the index of a frame are."""

    name: str
    columns: Mapping[str, Column]
    """By name, or by a pattern that a name matches whole."""
    codes: Literal["unique", "repeated", "none"] = "unique"
    """Whether the index is `area_code`, and may hold a code more than once."""
    strict: bool = True
    """Whether there may be no other columns than these and a geometry."""
    rising: tuple[str, ...] = ()
    """Columns none of which is above the next."""


_TEXT = Column("text", known=True)
_COUNT = Column(low=0, required=False)
_SHARE = Column(low=0, high=1, required=False)
_RANK = Column(low=1)
_MAYBE = Column("text", required=False)

AREAS = Contract(
    "AREAS",
    {
        "area_name": _TEXT,
        "municipality_code": Column("text", known=True, pattern=r"\d{4}"),
        "association": _MAYBE,
    },
    strict=False,
)
COUNTS = Contract("COUNTS", {r".*_(count|median_sek|mean_sek|class)": _COUNT, r".*_share": _SHARE})
CROSSWALK = Contract(
    "CROSSWALK",
    {
        "source_code": _TEXT,
        "area_code": _TEXT,
        "weight": Column(low=0, high=1 + 1e-9, known=True),
        "weight_se": Column(low=0),
    },
    codes="none",
)
GROUPS = Contract(
    "GROUPS",
    {
        # Rows of a group's own base, as published, belong to no election: `NO_ELECTION`.
        "group|election|source": _TEXT,
        "base": Column("text", known=True, pattern="residents|adults|electorate|other"),
        "count|se|low|high": Column(low=0),
        "share": Column(low=0, high=1),
        # The share is surer than the count: what a crosswalk does to both sides cancels in it.
        "share_se": _COUNT,
        "method": Column("text", known=True, pattern="published|prorated|synthetic|proxy|unknown"),
    },
    codes="repeated",
    rising=("low", "count", "high"),
)
INDICATORS = Contract(
    "INDICATORS", {r".*_share": _SHARE, r".*_(count|sek|per_km2|per_1000)": _COUNT}
)
SCORES = Contract(
    "SCORES",
    {
        "channel|election": _TEXT,
        "score": Column(low=0, high=100),
        "rank": _RANK,
        "coverage": Column(low=0, high=1, known=True),
        r"rank_(median|low|high)": Column(low=1, required=False),
        "p_top": _SHARE,
        # 1 where the choice of weights and method moves the area in or out of the first.
        "depends_on_weights": _SHARE,
        "verdict": Column("text", required=False, pattern="full|ask|complement|keep|joint"),
    },
    codes="repeated",
)
PLAN = Contract(
    "PLAN",
    {
        "channel": _TEXT,
        "order|wave": _RANK,
        "cost_sek": Column(low=0),
        r"(households|electors|target_persons|doors)_count": _COUNT,
        # Of what takes hours: all who work together, and the Monday of the first week.
        "hours": Column(low=0, required=False),
        "phase|week|effort": _MAYBE,
        # Share (0-1) of target persons among the electors who are reached.
        "precision": Column(low=0, high=1),
        # The same where everyone is mailed, and how many times it the area's own is.
        "precision_everyone": Column(low=0, high=1),
        "lift": Column(low=0),
        # The association that pays for an area of its own; missing where the district does.
        "association|edition|payer": _MAYBE,
    },
    codes="repeated",
)
_CODE = Column("text", known=True, pattern=r".{1,300}")


def check(frame: Frame, contract: Contract) -> Frame:
    """Return `frame` unchanged if it keeps `contract`; ContractError tells every breach at once."""
    faults = [*_contract_faults(frame, contract), *_law_faults(frame)]
    if isinstance(frame, gpd.GeoDataFrame):
        faults += _geometry_faults(frame)
    elif contract is AREAS:
        faults.append(Phrase("geometry_missing"))
    if faults:
        raise ContractError("frame_breaks_contract", faults, contract=contract.name)
    return frame


def _contract_faults(frame: pd.DataFrame, contract: Contract) -> Iterator[Phrase]:
    left = set(frame.columns) - {"geometry"}
    for pattern, column in contract.columns.items():
        own = [name for name in frame.columns if re.fullmatch(pattern, str(name))]
        left -= set(own)
        missing = [name for name in pattern.split("|") if column.required and name not in own]
        yield from (Phrase("path_missing", path=name) for name in missing)
        for name in own:
            yield from _column_faults(frame[name], column)
    if contract.strict:
        for name in sorted(map(str, left)):
            yield Phrase("no_column_of", name=name, contract=contract.name)
    for low, high in pairwise(contract.rising):
        if {low, high} <= set(frame):
            yield from _told(
                frame[low], frame[low] > frame[high], Phrase("rule_at_most", most=high)
            )
    yield from _code_faults(frame.index, contract)


def _code_faults(index: pd.Index, contract: Contract) -> Iterator[Phrase]:
    if contract.codes == "none":
        return
    if index.name != "area_code":
        yield Phrase("index_not_area_code", index=index.name)
    codes = index.to_series().rename("area_code")
    yield from _column_faults(codes, _CODE)
    if contract.codes == "unique":
        yield from _told(codes, index.duplicated(), Phrase("rule_each_code_once"))


def _column_faults(values: pd.Series, column: Column) -> Iterator[Phrase]:
    if column.known:
        yield from _told(values, values.isna(), Phrase("rule_no_gap"))
    if column.kind == "number":
        if values.dtype != np.float64:
            yield Phrase("column_not_numbers", column=values.name, dtype=values.dtype)
            return
        numbers = values.to_numpy()
        outside = (numbers < column.low) | (numbers > column.high)
        yield from _told(values, outside, Phrase("rule_from_to", low=column.low, high=column.high))
    elif pd.api.types.infer_dtype(values, skipna=True) not in ("string", "empty"):
        yield Phrase("column_not_text", column=values.name, dtype=values.dtype)
    elif column.pattern != ".*":
        told = values.dropna().astype("str")
        other = ~told.str.fullmatch(column.pattern)
        yield from _told(told, other, Phrase("rule_like", pattern=column.pattern))


def _told(values: pd.Series, wrong: pd.Series | np.ndarray, expected: str) -> list[Phrase]:
    found = np.flatnonzero(wrong)
    if not len(found):
        return []
    value, place = values.tolist()[found[0]], values.index[found[0]]
    example = Phrase("for_example_at", value=value, place=place, count=len(found))
    return [Phrase("breaks_rule", column=values.name, rule=expected, example=example)]


def _law_faults(frame: pd.DataFrame) -> list[Phrase]:
    persons = [column for column in map(str, frame.columns) if PERSON_COLUMN.search(column)]
    faults = [Phrase("column_of_persons", column=column) for column in persons]
    numbers = frame.select_dtypes("number")
    infinite = numbers.columns[np.isinf(numbers.to_numpy(float)).any(axis=0)]
    faults += [Phrase("column_infinite", column=column) for column in infinite]
    if frame.index.name == "area_code" and not frame.index.is_monotonic_increasing:
        faults.append(Phrase("rows_not_sorted"))
    return faults


def _geometry_faults(frame: gpd.GeoDataFrame) -> list[Phrase]:
    crs = frame.crs
    if crs is None or crs.to_epsg() != CRS:
        return [Phrase("geometry_crs_wrong", crs=crs, expected=CRS)]
    shapes = frame.geometry
    bad = frame.index[shapes.isna() | shapes.is_empty | ~shapes.is_valid]
    if len(bad):
        return [Phrase("geometry_invalid", bad=bad[:5], count=len(bad))]
    return []


# Who may see what: one list of columns for each audience, and the gate that every writer asks.
Audience = Literal["valledning", "forening", "leverantor", "offentlig"]

_PLACE = r"area_code|area_name|municipality_code|municipality_name|association|parent_code|geometry"
_VOTES = (
    r"(votes_\w+|electors|valid|invalid|blank)_count"
    r"|(turnout|red_green|v|s|first_time|(region_)?drop_off)_share"
)
_RESIDENTS = (
    r"(population|adults|adult_women|women|men|households(_open)?)_count|((women|men)_)?age_\d+_\d+_count"
    r"|((women|men)_)?age_\d+_count|dwellings(_\w+)?_count|doors_((houses|flats)_)?count"
)
_OPEN = r"open_(from|to|days_count)"
_GOAL = rf"place_(name|kind)|{_OPEN}|day|early_votes_count|nearest_[a-z]+(_(km|{_OPEN}))?"
"""Places that people go to: where they vote, stations; nobody lives there."""
_OFFICIAL = rf"{_PLACE}|{_VOTES}|{_RESIDENTS}|{_GOAL}"
_ORIGIN = r"\w*(born|background|foreign)_"
_LIVING = (
    rf"(?!{_ORIGIN})(persons|education|employed|unemployed|residents|eligible)(_\w+)?_count"
    r"|((region|kommun|eu)_)?foreign_citizens_count"
    rf"|riksdag_electors(_\w+)?_count|(?!{_ORIGIN})\w+_(median|mean)_sek|\w+_class"
)
_GROUPS = (
    r"group|also|election|base|count|se|low|high|share|share_se|method|source|shown"
    rf"|(?!{_ORIGIN})[a-z0-9_]+_(low_|high_)?share|[a-z0-9_]+_(low|high|method|shown)"
    r"|(?!\w*(born|background|citizens|foreign|joint)_)[a-z0-9_]+_count"
)
_SCORES = (
    r"channel|election|coverage|(\w+_)?(score|rank|rank_(median|low|high)|p_top|verdict|depends)"
    r"|(\w+_)?(reason|top)|action|in_top_set|set_(low|high)_rank|(score|rank)_\w+"
    r"|depends_on_weights|depends|(p_top|verdict|depends|action|reason|points)_\w+"
    r"|row|criterion|(nominal|effective)_weight|rank_correlation|top_changed_count|remark"
)
_COUNCILS = (
    r"council(_words)?|constituency(_name)?|party|year|code|seats(_\w+)?|governs|coalition"
    r"|taken_from|given_to"
)
_ADVICE = (
    r"message|opening_line|local_line|(conversation|krona)_((low|high)_relative|words)|unknown"
    r"|type|type_second|type_certainty|type_open|cluster|\w+_public_reason"
    r"|list|status|need|capacity|quadrant(_place)?|volatility_basis|target_persons_count|areas"
)
_PLAN = (
    r"edition|order|wave|households_count|cost_sek|channel|effort|phase|week|hours"
    r"|doors_count|planned_within|planned_all|round_(number|name|within|area)|week_last|evenings"
    r"|meeting_place|deviation"
)
_PAYER = r"payer|wish|price|price_words|(week|busiest)_hours|lender|borrower|km|pair|lot"
"""Who pays for an area's letters, and what a wish costs: the leadership's to see."""
_STOPS = r"role|place_name|day|trade|workplace|industry|employees|shifts"
"""Places, the tour and workplaces: an association is told of its own on its page."""
_ORDER = (
    r"wave|edition|campaign|product|delivery_week|constituency|area_km2"
    r"|households_((open|margin)_)?count|households_basis|(houses|flats|print_run)_count|delivery_(from|to)"
    r"|county_code|list_number|age_from|age_to"
)
_WAYS = r"source_code|weight|weight_se|within_\w+|[a-z0-9_]+_place"
_FIGURES = (
    rf"mobilisation_count|(?!{_ORIGIN})[a-z0-9_]+_per_km2|precision(_low|_high|_everyone)?|lift"
)

DONE = ["visited_count", "visits_count", "successful_count"]
"""What has been done in an area: totals, withheld where few households were visited."""
_DONE = "|".join(DONE)

ALLOWED: dict[Audience, str] = {
    "valledning": (
        rf"{_OFFICIAL}|{_LIVING}|{_GROUPS}|{_SCORES}|{_ADVICE}|{_PLAN}|{_PAYER}|{_WAYS}|{_FIGURES}"
        rf"|{_COUNCILS}|{_DONE}|{_STOPS}"
    ),
    "forening": (
        rf"{_OFFICIAL}|{_PLAN}|{_DONE}|(score|rank|verdict|action|public_reason|p_top)(_\w+)?"
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
    (
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
        *("earlier_election", "election", "files", "groups", "language", "mailing", "notes"),
        *("overlap", "scored_set", "seed", "settings", "sources", "split_errors"),
        *("unused_sources", "versions", "warnings"),
    )
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
    """Return `frame` as it is when its audience, or that `association`, may see all of it.

    Its columns have their own names, not their headings. ContractError: Columns that are not on
    the audience's list, another association's rows, groups that disclosure control has not passed
    (without `shown`, or with figures where that says anything else): every fault at once.
    """
    hidden = [name for name in frame.columns if not may_see(name, audience)]
    faults = [Phrase("not_for_audience", name=name) for name in hidden]
    faults += _association_faults(frame, audience, association) + _group_faults(frame)
    if faults:
        raise ContractError("frame_cannot_leave", faults, audience=audience)
    return frame


def refuse_keys(keys: Iterable[str], audience: Audience) -> None:
    """Refuse a record that is not for the leadership, or tells of what is not on its list."""
    strange = sorted(set(keys) - RECORD)
    if audience != "valledning" or strange:
        faults = [Phrase("not_for_record", name=key) for key in strange]
        raise ContractError("record_cannot_leave", faults, audience=audience)


def _association_faults(
    frame: pd.DataFrame, audience: Audience, association: str | None
) -> list[Phrase]:
    if audience != "forening":
        return []
    if association is None or "association" not in frame:
        return [Phrase("association_unsaid")]
    others = (frame["association"].fillna("") != association).sum()
    return [Phrase("areas_of_others", count=others, association=association)] if others else []


def _group_faults(frame: pd.DataFrame) -> list[Phrase]:
    if not {"group", "count"} <= set(frame.columns):
        return []
    if "shown" not in frame:
        return [Phrase("groups_not_protected")]
    hidden = frame["shown"] != "shown"
    told = frame[[name for name in _FIGURES_OF_GROUPS if name in frame]][hidden].notna().any()
    return [Phrase("withheld_figure", name=name) for name in told.index[told]]
