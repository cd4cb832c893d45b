"""Which postal codes a choice of areas comes to, and what of it they miss."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.areas import MUNICIPALITY_DIGITS, are_postal_codes
from geoprio.tables import NORMAL_90

HALF = 0.5


@dataclass(frozen=True)
class PostalChoice:
    """Postal codes that stand for chosen areas."""

    codes: pd.Series
    """Share (0-1) of each code's residents (or points) in the chosen areas; at least half."""
    reached_share: float
    """Share of the chosen areas' residents (or points) who are in the codes; NaN where none is."""
    outside_share: float
    """Share of the codes' residents (or points) outside the chosen areas; NaN without codes."""


def postal_pairs(
    areas: gpd.GeoDataFrame,
    residents: pd.Series,
    *,
    way: pd.DataFrame | None = None,
    points: gpd.GeoDataFrame | None = None,
    least: int = 0,
) -> tuple[str, pd.DataFrame] | None:
    """Return how the areas become postal codes, and which area and code belong together.

    Parameters
    ----------
    areas, residents
        AREAS, and the residents counted there.
    way
        CROSSWALK from the areas to postal codes; None where no source has such areas.
    points
        Points by postal code, in the CRS of the areas; None where no source has them.
    least
        Of points that are homes (`dwellings_count`): an area and a code that share fewer are left
        out, so that no address can be told.

    Returns
    -------
    `own` where the areas are postal codes, `residents` by the crosswalk, else `points`; and
    `source_code` (the area; "" for points outside them all), `area_code` (the postal code),
    `weight` (0-1, of the area; NaN outside) and `people_count`: residents, or points. None where
    nothing leads to postal codes.
    """
    if are_postal_codes(areas.index):
        codes = areas.index[areas.index.str.len() > MUNICIPALITY_DIGITS]
        way = pd.DataFrame({"source_code": codes, "area_code": codes, "weight": 1.0})
        return "own", _with_people(way, residents)
    if way is not None:
        way = way[way["area_code"].str.len() > MUNICIPALITY_DIGITS]
        return "residents", _with_people(way, residents)
    return None if points is None else ("points", _pairs_of_points(points, areas, least))


def _with_people(way: pd.DataFrame, residents: pd.Series) -> pd.DataFrame:
    """Return a way with residents; unknown is nobody, since no code can be chosen for them."""
    people = way["weight"] * way["source_code"].map(residents).fillna(0.0)
    return way.assign(people_count=people).reset_index(drop=True)


def _pairs_of_points(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, least: int) -> pd.DataFrame:
    """Return how many points each area and code share: of two areas, the first by code.

    Where the points say how many dwellings they are, those are counted.
    """
    place, area = areas.sindex.query(points.geometry, predicate="intersects")
    home = pd.Series(area).groupby(place).min().reindex(range(len(points)))
    source = home.map(dict(enumerate(areas.index))).fillna("")
    pairs = pd.DataFrame({"source_code": source.to_numpy(), "area_code": points.index})
    homes = np.ones(len(points))
    if "dwellings_count" in points and points["dwellings_count"].notna().any():
        homes = np.nan_to_num(points["dwellings_count"].to_numpy(float))
    by_pair = pairs.assign(people_count=homes).groupby(list(pairs))
    counted = by_pair["people_count"].sum().sort_index()
    if "dwellings_count" in points:
        counted = counted[counted >= least]
    shares = counted / counted.groupby(level="source_code").transform("sum")
    inside = shares.where(shares.index.get_level_values("source_code") != "")
    return pd.DataFrame({"weight": inside, "people_count": counted}).reset_index()


def households_by_code(pairs: pd.DataFrame, households: pd.Series) -> pd.DataFrame:
    """Return the households of each postal code, whichever areas they live in.

    Parameters
    ----------
    pairs
        From `postal_pairs`.
    households
        Households by area.

    Returns
    -------
    counted
        By code `households_count`, and `households_margin_count`, half of the 90 % interval that
        the split of the areas gives: NaN where no error is known, as of points. NaN where the
        households of any of its areas are unknown.
    """
    homes = pairs["source_code"].map(households)
    error = pairs["weight_se"] if "weight_se" in pairs else pd.Series(np.nan, pairs.index)
    moved = pd.DataFrame({"count": pairs["weight"] * homes, "variance": (error * homes) ** 2})
    sums = moved.groupby(pairs["area_code"]).sum(min_count=1)
    unknown = homes.isna().groupby(pairs["area_code"]).any()
    counted = {
        "households_count": sums["count"],
        "households_margin_count": NORMAL_90 * sums["variance"] ** 0.5,
    }
    return pd.DataFrame(counted).mask(unknown)


def choose_postal_codes(pairs: pd.DataFrame, chosen: pd.Index) -> PostalChoice:
    """Return the postal codes half of whose residents or points, or more, are in chosen areas.

    `pairs` are from `postal_pairs`, `chosen` the codes of the chosen areas.
    """
    inside = pairs["people_count"].where(pairs["source_code"].isin(chosen), 0.0)
    counted = pd.DataFrame({"all": pairs["people_count"], "inside": inside})
    by_code = counted.groupby(pairs["area_code"]).sum()
    share = (by_code["inside"] / by_code["all"]).where(by_code["all"] > 0)
    taken = by_code[share >= HALF]
    total, reached, held = by_code["inside"].sum(), taken["inside"].sum(), taken["all"].sum()
    return PostalChoice(
        codes=share[share >= HALF].rename("inside_share"),
        reached_share=float(reached / total) if total else float("nan"),
        outside_share=float(1 - reached / held) if held else float("nan"),
    )


ADULT, OLDEST = 18, 99
"""Ages in whole years; the few who are older are left out."""
_BAND = re.compile(r"age_(\d+)_(\d+)_count")


def residents_of_age(counts: pd.DataFrame, ages: tuple[int, int]) -> pd.Series:
    """Return the residents from the first age to the last, both included; an estimate.

    Each year of age has its part of the narrowest band that holds it; the adults that no band holds
    are spread evenly over their years, up to 99. NaN where a year of the range is unknown.

    Parameters
    ----------
    counts
        COUNTS with `age_<from>_<to>_count` and `adults_count`, as far as they are known.
    ages
        First and last age in whole years.
    """
    bands = {
        str(column): (int(found[1]), int(found[2]))
        for column in counts
        if (found := _BAND.fullmatch(str(column))) and counts[column].notna().any()
    }
    by_year = {
        year: part
        for year in range(OLDEST + 1)
        if (part := _narrowest(counts, bands, year)) is not None
    }
    untold = [year for year in range(ADULT, OLDEST + 1) if year not in by_year]
    told = [part for year, part in by_year.items() if year >= ADULT]
    nobody = pd.Series(0.0, index=counts.index)
    adults = counts.get("adults_count", nobody * float("nan"))
    rest = (adults - sum(told, nobody)).clip(lower=0)
    by_year |= {year: rest / len(untold) for year in untold}
    unknown = nobody * float("nan")
    wanted = range(ages[0], min(ages[1], OLDEST) + 1)
    people: pd.Series = sum((by_year.get(year, unknown) for year in wanted), nobody)
    return people.rename("age_range_count")


def people_by_code(way: pd.DataFrame, residents: pd.Series) -> pd.Series:
    """Return the residents of each postal code; NaN where those of any of its areas are unknown.

    `way` is a CROSSWALK from areas to postal codes, `residents` are by area.
    """
    people = way["weight"] * way["source_code"].map(residents)
    unknown = people.isna().groupby(way["area_code"]).any()
    return people.groupby(way["area_code"]).sum().mask(unknown).rename("people_count")


def main_source(way: pd.DataFrame, residents: pd.Series) -> pd.Series:
    """Return the area where most of each postal code's residents live, first by code of equals."""
    people = way.assign(people=way["weight"] * way["source_code"].map(residents).fillna(0.0))
    most = people.sort_values(["area_code", "people", "source_code"], ascending=[True, False, True])
    return most.drop_duplicates("area_code").set_index("area_code")["source_code"]


def _narrowest(
    counts: pd.DataFrame, bands: dict[str, tuple[int, int]], year: int
) -> pd.Series | None:
    """Return one year's part of the narrowest band that holds it."""
    holding = {
        last - first + 1: column for column, (first, last) in bands.items() if first <= year <= last
    }
    if not holding:
        return None
    width = min(holding)
    return counts[holding[width]] / width


EARLY_VOTING_DAYS = 18
"""Days before election day on which early voting starts in Sweden."""


def delivery_weeks(election_day: date, waves: int) -> list[str]:
    """Return the week of each wave, first wave first: "2030 v. 33" is week 33 by ISO 8601.

    The last wave has the last whole week (Monday to Sunday) before early voting starts, and each
    wave before it one week less.

    Parameters
    ----------
    election_day
        The day of the election that the mailing is for.
    waves
        Number of waves, at least 1.
    """
    start = election_day - timedelta(days=EARLY_VOTING_DAYS)
    last = start - timedelta(days=start.weekday() + 7)
    mondays = [last - timedelta(weeks=waves - wave) for wave in range(1, waves + 1)]
    return [f"{year} v. {week}" for year, week, _ in map(date.isocalendar, mondays)]


_WEEK = re.compile(r"(\d{4}) v\. ?(\d{1,2})")


def week_days(week: str) -> tuple[str, str]:
    """Return the Monday and Sunday of a week such as "2030 v. 33", as ISO 8601 writes dates.

    A week that is written otherwise is its own first and last day.
    """
    found = _WEEK.fullmatch(week.strip())
    if found is None:
        return week, week
    year, number = map(int, found.groups())
    try:
        monday = date.fromisocalendar(year, number, 1)
    except ValueError:
        return week, week
    return monday.isoformat(), (monday + timedelta(days=6)).isoformat()


def week_span(week: str) -> str:
    """Return the days of a week as people read them: 2030-08-12–2030-08-18."""
    return "–".join(dict.fromkeys(week_days(week)))


def print_run(households_count: pd.Series, reserve_share: float) -> pd.Series:
    """Return how many to print for each area: its whole households and the reserve, rounded up.

    NaN where the households are unknown.
    """
    wanted = households_count.round() * (1 + reserve_share)
    # 100 x 1.02 is 102.00000000000001 to a computer: that is no 103rd leaflet.
    return pd.Series(np.ceil(wanted.round(6)), name="print_run_count")
