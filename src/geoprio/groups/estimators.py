"""How many of each target group live where: one function per method, one frame out (METHOD 3)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.config import Group, Proxy
from geoprio.errors import ConfigError
from geoprio.schemas import GROUPS, check

Z90 = 1.6448536269514722
"""Half-width of a 90 % interval in standard errors."""

BASE_COLUMN = {"residents": "population_count", "adults": "adults_count"}
COLUMNS = ["group", "election", "base", "count", "se", "low", "high", "share", "method", "source"]


@dataclass(frozen=True)
class Parent:
    """A larger area set that the areas lie in."""

    codes: pd.Series
    """Code of the parent of each area."""
    counts: pd.DataFrame
    """COUNTS of the parents."""


@dataclass(frozen=True)
class Evidence:
    """What is known of one area set when groups are located in it."""

    counts: pd.DataFrame
    """COUNTS of the areas themselves; NaN where nothing is published for the area."""
    parents: tuple[Parent, ...]
    """Larger sets, the nearest first."""
    electors: pd.Series
    """Electorate of each area in the campaign's election."""
    indicators: pd.DataFrame
    """INDICATORS that proxies may use."""
    origins: Mapping[str, str]
    """Publisher and year of each count column, in words."""
    errors: pd.DataFrame | None = None
    """Standard errors of `counts` where they were moved from other areas; None where they are
    published for these very areas."""


def estimate_groups(
    groups: Mapping[str, Group], evidence: Evidence, *, election: str
) -> pd.DataFrame:
    """Return every group's count, share and 90 % interval in every area.

    Counts are persons of the group's own base (residents, adults or electorate), as published:
    aligning them to another electorate is a later step. NaN means unknown.

    Returns
    -------
    GROUPS, sorted by area and group.

    Raises
    ------
    ConfigError
        A group names a count column or an indicator that no source of the campaign gives.
    """
    parts = [
        _proxied(group.proxy, evidence) if group.proxy else _counted(name, group, evidence)
        for name, group in groups.items()
    ]
    named = [
        part.assign(group=name, election=election, base=group.base)
        for (name, group), part in zip(groups.items(), parts, strict=True)
    ]
    frame = pd.concat(named)[COLUMNS].sort_values("group", kind="stable")
    return check(frame.sort_index(kind="stable").rename_axis("area_code"), GROUPS)


def _counted(name: str, group: Group, evidence: Evidence) -> pd.DataFrame:
    column, base = str(group.count), BASE_COLUMN[group.base]
    levels = [evidence.counts, *(parent.counts for parent in evidence.parents)]
    if not any(column in counts and counts[column].notna().any() for counts in levels):
        given = sorted({str(item) for counts in levels for item in counts})
        message = (
            f"groups/{name}.toml: count = {column!r} is given by no source of the campaign; "
            f"expected one of {', '.join(given)}"
        )
        raise ConfigError(message)
    size = _base_size(evidence, base)
    count, share = _column(evidence.counts, column), _share(evidence.counts, column, base)
    published = count.notna() & share.notna()
    inherited, spread = share.copy(), pd.Series(0.0, index=share.index)
    for parent in evidence.parents:
        above = parent.codes.map(_share(parent.counts, column, base))
        gap = inherited.isna() & above.notna()
        inherited = inherited.fillna(above)
        spread[gap] = _between_sd(share, above, group)
    # Counts moved from other areas are estimates here, whoever published them there.
    moved = evidence.errors is not None
    own_se = (
        pd.Series(0.0, index=share.index)
        if evidence.errors is None
        else _column(evidence.errors, column)
    )
    prorated = inherited.notna() & (moved | ~published)
    published &= not moved
    return _with_interval(
        pd.DataFrame(
            {
                "count": count.where(share.notna(), inherited * size),
                "se": (spread * size).where(share.isna(), own_se).where(inherited.notna()),
                "share": inherited,
                "method": np.select([published, prorated], ["published", "prorated"], "unknown"),
                "source": evidence.origins.get(column, ""),
            }
        ),
        upper=size,
    )


def _proxied(proxy: Proxy, evidence: Evidence) -> pd.DataFrame:
    electors = evidence.electors
    if proxy.county_total > electors.sum():
        message = (
            f"proxy: county_total = {proxy.county_total:,.0f} is more than the county's"
            f" {electors.sum():,.0f} electors; check the figure and its source"
        )
        raise ConfigError(message)
    rank = rank_index(evidence.indicators, proxy)
    pull = (rank * (proxy.spread - 1) + 1) * electors
    # Areas that nothing is known of keep their part of the total.
    known_total = proxy.county_total * electors[pull.notna()].sum() / electors.sum()
    count = (known_total * pull / pull.sum()).clip(upper=electors)
    names = ", ".join(item.indicator for item in proxy.indicators)
    frame = pd.DataFrame(
        {
            "count": count,
            "se": count * proxy.cv,
            "share": count / electors.where(electors > 0),
            "method": np.where(count.notna(), "proxy", "unknown"),
            "source": f"{proxy.total_source.sv}; {names}",
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


def _base_size(evidence: Evidence, base: str) -> pd.Series:
    size = _column(evidence.counts, base)
    residents = _column(evidence.counts, "population_count")
    for parent in evidence.parents:
        share = _share(parent.counts, base, "population_count")
        size = size.fillna(residents * parent.codes.map(share))
    return size


def _column(counts: pd.DataFrame, column: str) -> pd.Series:
    return counts[column] if column in counts else pd.Series(np.nan, index=counts.index)


def _share(counts: pd.DataFrame, column: str, base: str) -> pd.Series:
    size = _column(counts, base)
    return (_column(counts, column) / size.where(size > 0)).clip(0, 1)


def _between_sd(own: pd.Series, above: pd.Series, group: Group) -> float:
    """Return the sd of areas' shares around their parent's, measured where both are known."""
    gaps = (own - above).dropna()
    return float(np.sqrt((gaps**2).mean())) if len(gaps) >= 30 else group.share_sd


def _with_interval(frame: pd.DataFrame, *, upper: pd.Series) -> pd.DataFrame:
    low = (frame["count"] - Z90 * frame["se"]).clip(lower=0)
    high = np.minimum(frame["count"] + Z90 * frame["se"], np.maximum(upper, frame["count"]))
    return frame.assign(low=low, high=high)


def shares_by_group(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one column of shares (0-1) per group, by area; NaN where unknown."""
    return _wide(estimates["share"], estimates["group"])


def share_intervals(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return `<group>_share`, `<group>_low_share` and `<group>_high_share` (0-1) by area.

    The ends are those of the 90 % interval; NaN where the share is unknown or published.
    """
    per_person = estimates["share"] / estimates["count"].where(estimates["count"] > 0)
    # What is published has no interval: its ends would only repeat it.
    estimated = estimates["method"] != "published"
    ends = {
        "share": estimates["share"],
        "low_share": _end(estimates["low"] * per_person, estimates["share"]).where(estimated),
        "high_share": _end(estimates["high"] * per_person, estimates["share"]).where(estimated),
    }
    parts = [_wide(end, estimates["group"]).add_suffix(f"_{name}") for name, end in ends.items()]
    return pd.concat(parts, axis=1)


def _end(end: pd.Series, share: pd.Series) -> pd.Series:
    # A share of 0 tells nothing of the people behind it: its ends are 0 as well.
    return end.clip(upper=1).mask(share == 0, 0.0)


def _wide(values: pd.Series, group: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"value": values, "group": group}).reset_index()
    wide = table.pivot_table(
        index="area_code", columns="group", values="value", aggfunc="first", dropna=False
    )
    return wide.rename_axis(columns=None)
