"""A group that is published nowhere: a rank index spreads its total (METHOD 3, `proxy`)."""

import numpy as np
import pandas as pd

from geoprio.config import Group, Proxy
from geoprio.errors import ConfigError
from geoprio.groups.evidence import Z90, Evidence
from geoprio.groups.measured import ADULTS, base_size

_PEOPLE = {"adults": "adults", "electorate": "electors"}


def proxied(name: str, group: Group, evidence: Evidence) -> pd.DataFrame | None:
    """Return count, error, share and interval of a group by its proxy; None where it has none.

    Raises
    ------
    ConfigError
        The total is more than the adults, or an indicator of the proxy is not there.
    """
    proxy, total = group.proxy, group.total
    if proxy is None or total is None:
        return None
    adults = base_size(evidence, ADULTS)
    base = "adults" if adults.notna().any() else "electorate"
    # Members are adults; where no ages are published the electorate stands in for them.
    people = adults if base == "adults" else evidence.electors
    if total.count > people.sum():
        message = (
            f"groups/{name}.toml: total.count = {total.count:,.0f} is more than the county's"
            f" {people.sum():,.0f} {_PEOPLE[base]}; check the figure and its source"
        )
        raise ConfigError(message)
    rank = rank_index(evidence.indicators, proxy)
    pull = (rank * (proxy.spread - 1) + 1) * people
    # Areas that nothing is known of keep their part of the total.
    known_total = total.count * people[pull.notna()].sum() / people.sum()
    count = (known_total * pull / pull.sum()).clip(upper=people)
    names = ", ".join(item.indicator for item in proxy.indicators)
    frame = pd.DataFrame(
        {
            "base": base,
            "count": count,
            "se": count * proxy.cv,
            "share": count / people.where(people > 0),
            "method": np.where(count.notna(), "proxy", "unknown"),
            "source": f"{total.source.sv}; {names}",
        }
    )
    # A count cannot fall below 0, so a wide interval is taken on the log scale.
    reach = np.exp(Z90 * np.sqrt(np.log1p(proxy.cv**2)))
    return frame.assign(low=count / reach, high=(count * reach).clip(upper=people))


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
