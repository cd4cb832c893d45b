"""How many of an age live where an addressed mailing would go."""

import re

import pandas as pd

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

    Parameters
    ----------
    way
        CROSSWALK from areas to postal codes.
    residents
        Residents by area.
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
