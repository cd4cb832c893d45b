"""Adults and young adults out of five-year bands that do not end at 18."""

import numpy as np
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
_YOUNG = "age_18_29_count"
_BESIDE = ("age_0_14_count", "age_20_24_count")


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


def split_errors(
    counts: pd.DataFrame, municipality_counts: pd.DataFrame, municipality: pd.Series
) -> pd.DataFrame:
    """Return the standard errors that the split at 18 gives the columns of `derive_adults`.

    With m the municipality's share of minors among n teenagers, the variance is
    `n m (1 - m) (1 + n m (1 - m) tau^2)`: chance, and the area's own log odds of being 15-17. Their
    spread tau within a municipality is that between municipalities, times how much more the bands
    on either side (0-14 against 20-24) differ within than between; both sexes have the same. In
    persons; NaN where a band is unknown.
    """
    tau = _straying(counts, municipality, _minor_share(municipality_counts, ""))
    errors = {}
    for name, (_, children, teens, _) in _DERIVED.items():
        sex = "women_" if children.startswith("women_") else ""
        minors = municipality.map(_minor_share(municipality_counts, sex))
        chance = counts.get(teens, np.nan) * minors * (1 - minors)
        errors[name] = np.sqrt(chance * (1 + chance * tau**2))
    errors[_YOUNG] = errors["adults_count"]
    return pd.DataFrame(errors, index=counts.index)


def _straying(counts: pd.DataFrame, municipality: pd.Series, share: pd.Series) -> float:
    """Return tau of `split_errors`; 0 where there is one municipality to learn from."""
    between = float(np.nan_to_num(np.log(share / (1 - share)).std()))
    if not set(_BESIDE) <= set(counts):
        return between
    bands = counts[list(_BESIDE)]
    towns = bands.groupby(municipality).sum(min_count=1)
    above = _log_ratio(towns)
    gaps = _log_ratio(bands) - municipality.map(above)
    # What chance alone puts between areas is no difference of theirs.
    own = float((gaps**2).mean() - (1 / bands.where(bands > 0)).sum(axis=1, skipna=False).mean())
    level = float(above.std())
    if not (own > 0 and level > 0):
        return between
    return between * max(1.0, float(np.sqrt(own)) / level)


def _log_ratio(bands: pd.DataFrame) -> pd.Series:
    known = bands.where(bands > 0)
    return pd.Series(np.log(known[_BESIDE[0]] / known[_BESIDE[1]]), index=bands.index)


def _missing(counts: pd.DataFrame) -> list[str]:
    needed = {column for columns in _DERIVED.values() for column in columns[:3]}
    needed |= {f"{sex}age_{band}_count" for sex in ("", "women_") for band in ("20_24", "25_29")}
    return sorted(needed - set(counts.columns))


def _minor_share(municipality_counts: pd.DataFrame, sex: str) -> pd.Series:
    teens = municipality_counts[f"{sex}age_15_19_count"]
    return municipality_counts[f"{sex}age_15_17_count"] / teens.where(teens > 0)
