"""Contracts of the frames that flow between stages, checked by `check` at the end of each stage.

Laws of every frame: unknown is NaN, never 0; the unit is the column's suffix; codes are strings;
rows are sorted by `area_code`; no column describes a person.
"""

import re
from collections.abc import Iterable
from typing import Literal, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from geoprio.errors import ContractError, join_faults

CRS = 3006
"""EPSG code of every geometry inside geoprio (SWEREF 99 TM, metres)."""

NOT_TOLD = "0000"
"""Municipality of an area whose file does not say; the areas stage finds it by largest overlap."""
NO_ELECTION = "none"
"""`election` of the rows of GROUPS that stand on the group's own base, as published."""

PERSON_COLUMN = re.compile(
    r"person(nummer|nr|id)|samordningsnummer|^(för|efter|fullständigt_)?namn$|adress|e-?post|e-?mail"
    r"|telefon|^mobil(nummer|nr)?$|phone",
    re.IGNORECASE,
)

Frame = TypeVar("Frame", bound=pd.DataFrame)

_CODE = pa.Index(str, unique=True, name="area_code", checks=pa.Check.str_length(1, 64))
_REPEATED_CODE = pa.Index(str, name="area_code", checks=pa.Check.str_length(1, 64))
_COUNT = pa.Column(float, pa.Check.ge(0), nullable=True, regex=True, required=False)
_SHARE = pa.Column(float, pa.Check.in_range(0, 1), nullable=True, regex=True, required=False)
_REAL = pa.Column(float, nullable=True)
_RANK = pa.Column(float, pa.Check.ge(1), nullable=True)
_TEXT = pa.Column(str)

AREAS = pa.DataFrameSchema(
    {
        "area_name": _TEXT,
        "municipality_code": pa.Column(str, pa.Check.str_matches(r"^\d{4}$")),
        "association": pa.Column(str, nullable=True, required=False),
    },
    index=_CODE,
    name="AREAS",
)
COUNTS = pa.DataFrameSchema(
    {
        r".*_count$": _COUNT,
        r".*_(median|mean)_sek$": _COUNT,
        r".*_class$": _COUNT,
        r".*_share$": _SHARE,
    },
    index=_CODE,
    strict=True,
    name="COUNTS",
)
CROSSWALK = pa.DataFrameSchema(
    {
        "source_code": _TEXT,
        "area_code": _TEXT,
        "weight": pa.Column(float, pa.Check.in_range(0, 1 + 1e-9)),
        "weight_se": pa.Column(float, pa.Check.ge(0), nullable=True),
    },
    strict=True,
    name="CROSSWALK",
)
GROUPS = pa.DataFrameSchema(
    {
        "group": _TEXT,
        # Rows of a group's own base, as published, belong to no election: `NO_ELECTION`.
        "election": _TEXT,
        "base": pa.Column(str, pa.Check.isin(["residents", "adults", "electorate", "other"])),
        "count": pa.Column(float, pa.Check.ge(0), nullable=True),
        "se": pa.Column(float, pa.Check.ge(0), nullable=True),
        "low": pa.Column(float, pa.Check.ge(0), nullable=True),
        "high": pa.Column(float, pa.Check.ge(0), nullable=True),
        "share": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        # The share is surer than the count: what a crosswalk does to both sides cancels in it.
        "share_se": pa.Column(float, pa.Check.ge(0), nullable=True, required=False),
        "method": pa.Column(
            str, pa.Check.isin(["published", "prorated", "synthetic", "proxy", "unknown"])
        ),
        "source": _TEXT,
    },
    checks=pa.Check(
        lambda frame: ~((frame["low"] > frame["count"]) | (frame["count"] > frame["high"])),
        name="low <= count <= high",
    ),
    index=_REPEATED_CODE,
    strict=True,
    name="GROUPS",
)
INDICATORS = pa.DataFrameSchema(
    {
        r".*_share$": _SHARE,
        r".*_(count|sek|per_km2|per_1000)$": _COUNT,
    },
    index=_CODE,
    strict=True,
    name="INDICATORS",
)
SCORES = pa.DataFrameSchema(
    {
        "channel": _TEXT,
        "election": _TEXT,
        "score": pa.Column(float, pa.Check.in_range(0, 100), nullable=True),
        "rank": _RANK,
        "coverage": pa.Column(float, pa.Check.in_range(0, 1)),
        "level": pa.Column(str, nullable=True),
        r"rank_(median|low|high)$": pa.Column(
            float, pa.Check.ge(1), nullable=True, regex=True, required=False
        ),
        "p_top": pa.Column(float, pa.Check.in_range(0, 1), nullable=True, required=False),
        "answer": pa.Column(
            str, pa.Check.isin(["clear", "judge", "joint"]), nullable=True, required=False
        ),
    },
    index=_REPEATED_CODE,
    strict=True,
    name="SCORES",
)
PLAN = pa.DataFrameSchema(
    {
        "channel": _TEXT,
        "order": _RANK,
        "wave": _RANK,
        "cost_sek": pa.Column(float, pa.Check.ge(0), nullable=True),
        r"(households|electors|target_persons)_count": _COUNT,
        # Share (0-1) of target persons among the electors who are reached.
        "precision": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "edition": pa.Column(str, required=False),
        "association": pa.Column(str, nullable=True, required=False),
        # The association that pays for an area of its own; missing where the district does.
        "payer": pa.Column(str, nullable=True, required=False),
    },
    index=_REPEATED_CODE,
    strict=True,
    name="PLAN",
)


def check(frame: Frame, contract: pa.DataFrameSchema) -> Frame:
    """Return `frame` unchanged when it keeps `contract`.

    Raises
    ------
    ContractError
        Every breach at once: missing or unknown columns, wrong types, values out of range,
        infinite numbers, unsorted or repeated codes, a geometry that is empty, invalid or not in
        EPSG:3006, a column that describes persons.
    """
    faults = [*_schema_faults(frame, contract), *_law_faults(frame)]
    if isinstance(frame, gpd.GeoDataFrame):
        faults += _geometry_faults(frame)
    elif contract is AREAS:
        faults.append("geometry: found no geometry; expected a GeoDataFrame")
    if faults:
        raise ContractError(join_faults(f"{contract.name}: the frame breaks its contract", faults))
    return frame


def _schema_faults(frame: pd.DataFrame, contract: pa.DataFrameSchema) -> list[str]:
    plain = pd.DataFrame(frame.drop(columns="geometry", errors="ignore"))
    try:
        contract.validate(plain, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        return [
            f"{column}: {rule} fails, for example {group['failure_case'].iloc[0]!r}"
            f" at {group['index'].iloc[0]!r} ({len(group)} in all)"
            for (column, rule), group in cases.groupby(["column", "check"], dropna=False)
        ]
    return []


def _law_faults(frame: pd.DataFrame) -> list[str]:
    faults = [
        f"{column}: a column that describes persons; geoprio holds area statistics only"
        for column in map(str, frame.columns)
        if PERSON_COLUMN.search(column)
    ]
    numbers = frame.select_dtypes("number")
    faults += [
        f"{column}: infinite number"
        for column in numbers.columns[np.isinf(numbers.to_numpy(float)).any(axis=0)]
    ]
    if frame.index.name == "area_code" and not frame.index.is_monotonic_increasing:
        faults.append("area_code: rows are not sorted")
    return faults


def _geometry_faults(frame: gpd.GeoDataFrame) -> list[str]:
    crs = frame.crs
    if crs is None or crs.to_epsg() != CRS:
        return [f"geometry: found CRS {crs}; expected EPSG:{CRS}"]
    shapes = frame.geometry
    bad = frame.index[shapes.isna() | shapes.is_empty | ~shapes.is_valid]
    if len(bad):
        return [f"geometry: missing, empty or invalid for {', '.join(bad[:5])} ({len(bad)} in all)"]
    return []


# Who may see what: one list of columns for each audience, and the gate that every writer asks.


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
_PLAN = r"edition|order|wave|households_count|cost_sek"
_PAYER = "payer"
"""Who pays for an area's letters: an association's own additions are the leadership's to see."""
_ORDER = (
    r"wave|edition|campaign|product|delivery_week|constituency|area_km2"
    r"|households_(open_)?count|households_basis|print_run_count"
    r"|county_code|list_number|age_from|age_to"
)
_WAYS = r"source_code|weight|weight_se"
_FIGURES = (
    rf"mobilisation_count|(?!{_ORIGIN})[a-z0-9_]+_per_km2|precision(_low|_high)?"
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
        *(
            "earlier_election",
            "election",
            "files",
            "groups",
            "language",
            "mailing",
            "notes",
            "overlap",
        ),
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
