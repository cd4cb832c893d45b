"""Contracts of the frames that flow between stages, checked by `check` at the end of each stage.

Laws of every frame: unknown is NaN, never 0; the unit is the column's suffix; codes are strings;
rows are sorted by `area_code`; no column describes a person.
"""

import re
from typing import TypeVar

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
        r"(households|target|electors|target_persons)_count": _COUNT,
        "precision": pa.Column(float, pa.Check.in_range(0, 1), nullable=True),
        "association": pa.Column(str, nullable=True, required=False),
        # The association that pays for an area of its own; missing where the district does.
        "payer": pa.Column(str, nullable=True, required=False),
    },
    index=_CODE,
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
