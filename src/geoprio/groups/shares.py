"""Estimates as one column of shares per group."""

import numpy as np
import pandas as pd

from geoprio.groups.measures import Z90


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
