"""A group that is published nowhere: a rank index spreads its total (METHOD 3, `proxy`)."""

import numpy as np
import pandas as pd

from geoprio.config import Group, Proxy
from geoprio.errors import ConfigError
from geoprio.groups.evidence import Z90, Evidence


def proxied(name: str, group: Group, evidence: Evidence) -> pd.DataFrame | None:
    """Return count, error, share and interval of a group by its proxy; None where it has none.

    Raises
    ------
    ConfigError
        The total is more than the electorate, or an indicator of the proxy is not there.
    """
    proxy, total, electors = group.proxy, group.total, evidence.electors
    if proxy is None or total is None:
        return None
    if total.count > electors.sum():
        message = (
            f"groups/{name}.toml: total.count = {total.count:,.0f} is more than the county's"
            f" {electors.sum():,.0f} electors; check the figure and its source"
        )
        raise ConfigError(message)
    rank = rank_index(evidence.indicators, proxy)
    pull = (rank * (proxy.spread - 1) + 1) * electors
    # Areas that nothing is known of keep their part of the total.
    known_total = total.count * electors[pull.notna()].sum() / electors.sum()
    count = (known_total * pull / pull.sum()).clip(upper=electors)
    names = ", ".join(item.indicator for item in proxy.indicators)
    frame = pd.DataFrame(
        {
            "base": "electorate",
            "count": count,
            "se": count * proxy.cv,
            "share": count / electors.where(electors > 0),
            "method": np.where(count.notna(), "proxy", "unknown"),
            "source": f"{total.source.sv}; {names}",
        }
    )
    # A count cannot fall below 0, so a wide interval is taken on the log scale.
    reach = np.exp(Z90 * np.sqrt(np.log1p(proxy.cv**2)))
    return frame.assign(low=count / reach, high=(count * reach).clip(upper=electors))


def rank_index(indicators: pd.DataFrame, proxy: Proxy) -> pd.Series:
    """Return the weighted mean mid-rank percentile (0-1) of a proxy's indicators.

    NaN where an indicator is unknown.

    Raises
    ------
    ConfigError
        The proxy names an indicator that is not there.
    """
    missing = [item.indicator for item in proxy.indicators if item.indicator not in indicators]
    if missing:
        message = (
            f"proxy: unknown indicator {', '.join(missing)}; "
            f"expected one of {', '.join(indicators.columns)}"
        )
        raise ConfigError(message)
    ranks = indicators[[item.indicator for item in proxy.indicators]].rank()
    percentiles = (ranks - 0.5) / ranks.notna().sum()
    low = [item.indicator for item in proxy.indicators if item.direction == "low"]
    weights = np.array([item.weight for item in proxy.indicators])
    directed = percentiles.assign(**{name: 1 - percentiles[name] for name in low})
    return pd.Series((directed * (weights / weights.sum())).sum(axis=1, skipna=False))
