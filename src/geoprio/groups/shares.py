"""Shares as a column per group, and rates from few people drawn towards those of their parent."""

from typing import Literal

import numpy as np
import pandas as pd

from geoprio.groups.measures import Z90
from geoprio.words import Phrase


def shares_by_group(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one column of shares (0-1) per group, by area; NaN where unknown."""
    return _wide(estimates["share"], estimates["group"])


def share_intervals(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return `<group>_share`, `<group>_low_share` and `<group>_high_share` (0-1) by area.

    Parameters
    ----------
    estimates
        GROUPS of one election, with `share_se`.

    Returns
    -------
    shares
        The ends are those of the 90 % interval, which is lognormal where the group is counted
        nowhere; NaN where the share is unknown or exact.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import share_intervals
    >>> groups = pd.DataFrame(
    ...     {"group": "w", "share": [0.5, 0.52], "share_se": [0.02, 0.0], "method": "published"},
    ...     index=pd.Index(["a", "b"], name="area_code"),
    ... )
    >>> share_intervals(groups).round(3)
                   w_share  w_low_share  w_high_share
    area_code
    a             0.50        0.467         0.533
    b             0.52          NaN           NaN
    """
    share, se = estimates["share"], estimates["share_se"]
    uncounted = estimates["method"].isin(["synthetic", "proxy"]) & (share > 0)
    times = np.exp(Z90 * np.sqrt(np.log1p((se / share.where(share > 0)) ** 2)))
    low: pd.Series = (share / times).where(uncounted, share - Z90 * se)
    high = (share * times).where(uncounted, share + Z90 * se)
    # What is exact has no interval: its ends would only repeat it.
    estimated = se > 0
    ends = {
        "share": share,
        "low_share": low.clip(lower=0).where(estimated),
        "high_share": high.clip(upper=1).where(estimated),
    }
    parts = [_wide(end, estimates["group"]).add_suffix(f"_{name}") for name, end in ends.items()]
    return pd.concat(parts, axis=1)


def count_intervals(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return `<group>_count`, `<group>_low` and `<group>_high` by area, in persons.

    The ends are those of the 90 % interval; NaN where the count is unknown or exact.
    """
    exact = estimates["low"] == estimates["high"]
    ends = {
        "count": estimates["count"],
        "low": estimates["low"].mask(exact),
        "high": estimates["high"].mask(exact),
    }
    parts = [_wide(end, estimates["group"]).add_suffix(f"_{name}") for name, end in ends.items()]
    return pd.concat(parts, axis=1)


def shown_by_group(printed: pd.DataFrame) -> pd.DataFrame:
    """Return `<group>_shown` by area: whether the figures are shown, small or withheld."""
    return _wide(printed["shown"], printed["group"]).add_suffix("_shown")


def _wide(values: pd.Series, group: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"value": values, "group": group}).set_index("group", append=True)
    return table["value"].unstack().rename_axis("area_code").rename_axis(columns=None)  # noqa: PD010


Variance = Literal["moments", "imd", "marshall"]
FEWEST_AREAS = 5
"""A parent of fewer areas than this says too little of how areas differ: the next one up does."""


def empirical_bayes(
    hits: pd.Series,
    trials: pd.Series,
    parent: pd.Series,
    *,
    grand_parent: pd.Series | None = None,
    variance: Variance = "moments",
) -> pd.Series:
    """Return rates shrunk towards their parent's, by empirical Bayes on the logit scale.

    `m = ln((r + .5) / (n - r + .5))` has the sampling variance
    `s2 = (n + 1)(n + 2) / (n (r + 1)(n - r + 1))` and is drawn to the logit of the parent's pooled
    rate M: `v m + (1 - v) M`, `v = t2 / (t2 + s2)`, t2 being how areas differ within the parent
    (METHOD 3). The English Indices of Deprivation 2019, Technical report, shrink in this way.

    Parameters
    ----------
    hits, trials
        Those of whom something holds, and all who were asked: `0 <= hits <= trials`, else a
        ValueError.
    parent
        Code of the larger area of each.
    grand_parent
        Code of the next one up, for parents of fewer than five areas; where it is None they
        answer for themselves.
    variance
        How areas differ round their parent: `"moments"`, the variance of the logits less their
        mean sampling variance; `"imd"`, the variance of the logits round the parent's with divisor
        k - 1, as the English indices of deprivation have it; `"marshall"`, on the rates themselves
        (Marshall 1991, Applied Statistics 40(2), the global estimator).

    Returns
    -------
    rate
        Rates (0-1) with the index of `hits`. Without trials an area has its parent's rate; NaN
        where hits, trials or the parent are unknown.

    Examples
    --------
    One in ten of 20 says less than one in ten of 2,000, and is drawn further to the others:

    >>> import pandas as pd
    >>> from geoprio import empirical_bayes
    >>> asked = pd.Series([20.0, 2000.0, 2000.0, 2000.0, 0.0])
    >>> yes = pd.Series([2.0, 200.0, 600.0, 800.0, 0.0])
    >>> empirical_bayes(yes, asked, pd.Series("1480", asked.index)).round(2).tolist()
    [0.16, 0.1, 0.3, 0.4, 0.27]
    """
    if ((hits < 0) | (hits > trials)).any():
        message = Phrase("hits_outside_trials")
        raise ValueError(message)
    known = hits.notna() & trials.notna() & parent.notna()
    odds = ((hits + 0.5) / (trials - hits + 0.5)).where(known & (trials > 0))
    logit = pd.Series(np.log(odds))
    sampling = (trials + 1) * (trials + 2) / (trials.where(trials > 0) * (hits + 1))
    sampling = (sampling / (trials - hits + 1)).where(logit.notna())
    rates = pd.DataFrame({"hits": hits, "trials": trials, "logit": logit, "sampling": sampling})
    rates = rates.where(known)
    if variance == "marshall":
        few = rates["logit"].groupby(parent).transform("count") < FEWEST_AREAS
        codes = parent if grand_parent is None else parent.mask(few, grand_parent)
        return _marshall(rates, codes).rename("rate")
    centre, spread = _parents(rates, parent, variance)
    if grand_parent is not None:
        few = rates["logit"].groupby(parent).transform("count") < FEWEST_AREAS
        above = _parents(rates, grand_parent, variance)
        centre, spread = centre.mask(few, above[0]), spread.mask(few, above[1])
    own = (spread / (spread + sampling)).fillna(0.0)
    shrunk = own * logit.fillna(0.0) + (1 - own) * centre
    return pd.Series(1 / (1 + np.exp(-shrunk))).where(known).rename("rate")


def _marshall(rates: pd.DataFrame, parent: pd.Series) -> pd.Series:
    """Return `m + v (p - m)`, `v = a / (a + m / n)`, m the parent's rate and a how areas differ."""
    own = rates["hits"] / rates["trials"].where(rates["trials"] > 0)
    sums = rates.groupby(parent)[["hits", "trials"]].transform("sum")
    mean = sums["hits"] / sums["trials"].where(sums["trials"] > 0)
    squares = (rates["trials"] * (own - mean) ** 2).groupby(parent).transform("sum")
    areas = own.groupby(parent).transform("count")
    differ = ((squares - mean * areas) / sums["trials"]).clip(lower=0)
    kept = differ / (differ + mean / rates["trials"]).where(differ > 0)
    return (mean + (kept * (own - mean)).fillna(0.0)).where(rates["hits"].notna())


def _parents(
    rates: pd.DataFrame, parent: pd.Series, variance: Variance
) -> tuple[pd.Series, pd.Series]:
    """Return the logit of each row's parent's pooled rate, and the variance of areas round it."""
    groups = rates.groupby(parent)
    hits, trials = groups["hits"].transform("sum"), groups["trials"].transform("sum")
    # A pooled rate of 0 or 1 has no logit: there it is moved in by half a person, as an area's is.
    edge = 0.5 * ((hits == 0) | (hits == trials))
    centre = pd.Series(np.log(((hits + edge) / (trials - hits + edge)).where(trials > 0)))
    if variance == "imd":
        squares = ((rates["logit"] - centre) ** 2).groupby(parent)
        count = groups["logit"].transform("count")
        spread = squares.transform("sum") / (count - 1).where(count > 1)
    else:
        spread = groups["logit"].transform("var") - groups["sampling"].transform("mean")
    return centre, spread.clip(lower=0).fillna(0.0)
