"""Adults and young adults out of five-year bands that do not end at 18."""

import pandas as pd

_DERIVED = {
    "adults_count": ("population_count", "age_0_14_count", "age_15_19_count", "age_15_17_count"),
    "adult_women_count": (
        "women_count",
        "women_age_0_14_count",
        "women_age_15_19_count",
        "women_age_15_17_count",
    ),
}


def derive_adults(
    counts: pd.DataFrame, municipality_counts: pd.DataFrame, municipality: pd.Series
) -> pd.DataFrame:
    """Return `counts` with adults and 18-29 year-olds added, women among them too.

    The band 15-19 is split at 18 by the municipality's own share (METHOD 3).

    Parameters
    ----------
    counts
        COUNTS of any area set; bands that are not there give NaN.
    municipality_counts
        COUNTS by municipality code with single years summed to 15-17, 18-19 and 15-19.
    municipality
        Municipality code of each row of `counts`.

    Returns
    -------
    COUNTS with the same index; NaN where a band is unknown.
    """
    known = counts.reindex(columns=[*counts.columns, *_missing(counts)])
    split = {
        sex: municipality.map(_minor_share(municipality_counts, sex)) for sex in ("", "women_")
    }
    added = {}
    for name, (everyone, children, teens, _) in _DERIVED.items():
        minors = split["women_" if children.startswith("women_") else ""]
        added[name] = known[everyone] - known[children] - known[teens] * minors
    for sex, minors in split.items():
        added[f"{sex}age_18_29_count"] = (
            known[f"{sex}age_15_19_count"] * (1 - minors)
            + known[f"{sex}age_20_24_count"]
            + known[f"{sex}age_25_29_count"]
        )
    return counts.assign(**added)


def _missing(counts: pd.DataFrame) -> list[str]:
    needed = {column for columns in _DERIVED.values() for column in columns[:3]}
    needed |= {f"{sex}age_{band}_count" for sex in ("", "women_") for band in ("20_24", "25_29")}
    return sorted(needed - set(counts.columns))


def _minor_share(municipality_counts: pd.DataFrame, sex: str) -> pd.Series:
    teens = municipality_counts[f"{sex}age_15_19_count"]
    return municipality_counts[f"{sex}age_15_17_count"] / teens.where(teens > 0)
