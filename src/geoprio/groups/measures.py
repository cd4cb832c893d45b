"""Which method locates each group and why, and a group that is counted (METHOD 3)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.config import Group, Measure, Proxy
from geoprio.config.groups import ProxyIndicator
from geoprio.counts import Evidence
from geoprio.counts.figures import MODEL, MOVED, OWN
from geoprio.errors import ConfigError, CoverageError
from geoprio.words import Phrase

Z90 = 1.6448536269514722
"""Half-width of a 90 % interval in standard errors."""
NONE = "unknown"
RESIDENTS = "population_count"
ADULTS = "adults_count"
_TOGETHER = 0.9
"""Correlation of the errors of a part and of its whole: an assumption."""
_ROUNDING_SHARE, _ROUNDING_COUNT = 0.01, 5.0
"""How far a part may exceed its whole by rounding and noise alone."""
_LEAST_GAP = 1e-4
_SLOPE, _SLOPE_SD = -0.25, 0.15
"""The power of size by which areas differ, and how far it may be from that: an assumption that the
gaps correct (in a city of 127 areas -0.39 for the young and -0.27 for women, SCB 2024)."""
_ASSUMED_SPREAD = 0.05
"""Between-area standard deviation of a base's share of the residents: an assumption."""
ENOUGH = 30
"""Areas from which a spread is measured; the TOML's figure stands where there are fewer."""


@dataclass(frozen=True)
class Held:
    """Names of what is known of an area set, and how near it is published."""

    own: frozenset[str]
    """Count columns published for the areas, or for all parts of some."""
    moved: frozenset[str]
    """Count columns moved from areas that do not nest."""
    above: frozenset[str]
    """Count columns published for larger areas."""
    indicators: frozenset[str]

    @property
    def columns(self) -> frozenset[str]:
        """Every count column, however far away."""
        return self.own | self.moved | self.above


Possible = Callable[[Group, Held], bool]


def _measurable(group: Group, held: Held) -> bool:
    return choose_measure(group, held) is not None


def _proxied(group: Group, held: Held) -> bool:
    proxy = group.proxy
    needed = [] if proxy is None else [it for it in proxy.indicators if not it.where_known]
    return bool(needed) and {item.indicator for item in needed} <= held.indicators


def _synthesised(group: Group, held: Held) -> bool:
    rates = group.synthetic
    given = held.own | held.moved
    return rates is not None and ADULTS in held.columns and bool(rates.columns & given)


POSSIBLE: dict[str, Possible] = {
    "measured": _measurable,
    "synthetic": _synthesised,
    "proxy": _proxied,
}
"""By estimator, in order of preference: whether what is known is enough for it."""


def held_of(evidence: Evidence) -> Held:
    """Return the names of what evidence holds."""
    moved = _named(evidence.errors)
    return Held(
        own=_known(evidence.counts) - moved,
        moved=_known(evidence.counts) & moved,
        above=frozenset().union(*(_known(parent.counts) for parent in evidence.parents)),
        indicators=_known(evidence.indicators),
    )


def as_located(group: Group, method: str, indicators: Collection[str]) -> Group:
    """Return a group by its proxy's own name, where nothing nearer to it is known than that."""
    proxy = group.proxy
    if method != "proxy" or proxy is None or proxy.named is None:
        return group
    nearer = {item.indicator for item in proxy.indicators if item.where_known}
    return group if nearer & set(indicators) else group.model_copy(update=dict(proxy.named))


def choose_measure(group: Group, held: Held) -> Measure | None:
    """Return the first measure that is known of the areas, else the first of larger ones."""
    for known in (held.own | held.moved, held.columns):
        for measure in group.measures:
            if {measure.count, measure.of} <= known:
                return measure
    return None


def choose_estimator(name: str, group: Group, held: Held) -> str:
    """Return the name of the estimator that locates a group; an error lists what is known."""
    for estimator, possible in POSSIBLE.items():
        if possible(group, held):
            return estimator
    wanted = ", ".join(repr(measure.count) for measure in group.measures) or Phrase(
        "its_indicators"
    )
    raise ConfigError("count_not_given", name=name, wanted=wanted)


def choose_methods(groups: Mapping[str, Group], held: Held) -> pd.DataFrame:
    """Return `method` of METHOD 3 (`unknown` where none can), `measure` and `why` by group.

    `measure` is the count column ("" for none) and `why` the key of a text.
    """
    rows = {name: _choice(group, held) for name, group in groups.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["method", "measure", "why"])
    return frame.rename_axis("group")


def _choice(group: Group, held: Held) -> tuple[str, str, str]:
    found = next((name for name, possible in POSSIBLE.items() if possible(group, held)), NONE)
    measure = choose_measure(group, held)
    if found != "measured" or measure is None:
        return found, "", f"why_{found}"
    pair = {measure.count, measure.of}
    if pair <= held.own:
        return "published", measure.count, "why_published"
    if pair <= held.own | held.moved:
        return "prorated", measure.count, "why_moved"
    return "prorated", measure.count, "why_prorated"


def group_origins(groups: Mapping[str, Group], evidence: Evidence) -> pd.DataFrame:
    """Return the origin of each group's share by area, a column by group (METHOD 3).

    `OWN`, `MOVED`, the set of the larger area whose share it is, or `MODEL`.
    """
    held, index = held_of(evidence), evidence.counts.index
    found = {name: choose_measure(group, held) for name, group in groups.items()}
    model = pd.Series(MODEL, index, dtype=object)
    columns = {
        name: model if measure is None else _measured_origin(measure, evidence)
        for name, measure in found.items()
    }
    return pd.DataFrame(columns, index=index)


def _measured_origin(measure: Measure, evidence: Evidence) -> pd.Series:
    column, base = measure.count, measure.of
    share = _share(evidence.counts, column, base)
    moved = error_of(evidence.errors, column, share.index) > 0
    origin = pd.Series(OWN, share.index, dtype=object).mask(moved, MOVED)
    if evidence.whence is not None and column in evidence.whence:
        theirs = evidence.whence[column]
        origin = origin.mask(~theirs.isin([OWN, MOVED]), theirs)
    gap = share.isna()
    origin = origin.mask(gap, MODEL)
    for parent in evidence.parents:
        above = gap & parent.codes.map(_share(parent.counts, column, base)).notna()
        # A larger area that holds one area alone tells what is that area's own.
        alone = parent.codes.map(parent.codes.value_counts()) == 1
        origin = origin.mask(above, parent.area_set).mask(above & alone, OWN)
        gap &= ~above
    return origin


def _known(counts: pd.DataFrame) -> frozenset[str]:
    return frozenset(map(str, counts.columns[counts.notna().any()]))


def _named(errors: pd.DataFrame | None) -> frozenset[str]:
    # What lies whole in its area everywhere is not moved at all.
    return (
        frozenset() if errors is None else frozenset(map(str, errors.columns[errors.gt(0).any()]))
    )


def measured(name: str, group: Group, evidence: Evidence) -> pd.DataFrame | None:
    """Return count, error, share and interval of a group by the best measure that the data gives.

    None where it gives none; a CoverageError lists where a part is larger than its whole.
    """
    measure = choose_measure(group, held_of(evidence))
    if measure is None:
        return None
    for counts in (evidence.counts, *(parent.counts for parent in evidence.parents)):
        _refuse_no_part(name, measure, counts)
    return _by_measure(measure, evidence)


def _refuse_no_part(name: str, measure: Measure, counts: pd.DataFrame) -> None:
    part, whole = column_of(counts, measure.count), column_of(counts, measure.of)
    # Disturbed and derived figures may exceed their whole by a few.
    over = part > whole * (1 + _ROUNDING_SHARE) + _ROUNDING_COUNT
    if over.any():
        faults = [
            Phrase("part_of", code=code, part=part[code], whole=whole[code])
            for code in over.index[over][:10]
        ]
        raise CoverageError(
            "count_above_whole",
            faults,
            name=name,
            count=measure.count,
            of=measure.of,
            over=over.sum(),
        )


def _by_measure(measure: Measure, evidence: Evidence) -> pd.DataFrame:
    column, base = measure.count, measure.of
    size = base_size(evidence, base)
    count, share = column_of(evidence.counts, column), _share(evidence.counts, column, base)
    published = count.notna() & share.notna()
    inherited, spread = share.copy(), _own_spread(evidence, column, base, share)
    levels = [share, *(p.codes.map(_share(p.counts, column, base)) for p in evidence.parents)]
    for number, above in enumerate(levels[1:], start=1):
        gap = inherited.isna() & above.notna()
        inherited = inherited.fillna(above)
        if gap.any():
            spread[gap] = _between_sd(levels, number, evidence, size, measure=measure)[gap]
    # Counts moved from other areas are estimates here, whoever published them there, but where
    # every one of those lies whole in its area.
    moved = error_of(evidence.errors, column, share.index) > 0
    own_se = own_error(evidence, column)
    prorated = inherited.notna() & (moved | ~published)
    published &= ~moved
    return with_interval(
        pd.DataFrame(
            {
                "base": measure.base,
                "count": count.where(share.notna(), inherited * size),
                "se": both_errors(spread * size, inherited * base_error(evidence, base))
                .where(share.isna(), own_se)
                .where(inherited.notna()),
                "share": inherited,
                "share_se": spread.where(inherited.notna()),
                "method": np.select([published, prorated], ["published", "prorated"], "unknown"),
                "source": evidence.origins.get(column, ""),
            }
        ),
        upper=size,
    )


def base_size(evidence: Evidence, base: str) -> pd.Series:
    """Return how many `base` counts in each area: known, else by the larger area's share."""
    size = column_of(evidence.counts, base)
    residents = column_of(evidence.counts, RESIDENTS)
    for parent in evidence.parents:
        share = _share(parent.counts, base, RESIDENTS)
        size = size.fillna(residents * parent.codes.map(share))
    return size


def base_error(evidence: Evidence, base: str) -> pd.Series:
    """Return the standard error of `base_size`: that of the counts, and of shares taken over.

    How far an area's share of its residents strays from the larger area's is measured where both
    are known; where too few are, it is assumed, and one municipality tells of the others that they
    stray no less than that.
    """
    known = column_of(evidence.counts, base)
    share = _share(evidence.counts, base, RESIDENTS)
    above = [
        parent.codes.map(_share(parent.counts, base, RESIDENTS)) for parent in evidence.parents
    ]
    gaps = pd.concat([(share - level).dropna() for level in above[-1:]] or [share.dropna() * 0])
    spread = spread_of(gaps) if len(gaps) >= ENOUGH else _ASSUMED_SPREAD
    if evidence.parents and len(set(evidence.parents[-1].codes.reindex(gaps.index))) == 1:
        spread = max(spread, _ASSUMED_SPREAD)
    residents = column_of(evidence.counts, RESIDENTS)
    return own_error(evidence, base).where(known.notna(), residents * spread)


def own_error(evidence: Evidence, column: str) -> pd.Series:
    """Return the standard error of a column's own counts: of the crosswalk, and as published."""
    index = evidence.counts.index
    moved, noise = (
        error_of(frame, column, index).fillna(0) for frame in (evidence.errors, evidence.noise)
    )
    return both_errors(moved, noise)


def both_errors(one: pd.Series, other: pd.Series) -> pd.Series:
    """Return the standard error of two errors that have nothing to do with each other."""
    total: pd.Series = (one**2 + other**2) ** 0.5
    return total


def error_of(errors: pd.DataFrame | None, column: str, index: pd.Index) -> pd.Series:
    """Return a column of errors; 0 where there is none."""
    if errors is None or column not in errors:
        return pd.Series(0.0, index=index)
    return errors[column].reindex(index)


def column_of(counts: pd.DataFrame, column: str) -> pd.Series:
    """Return a column of counts; NaN where there is none."""
    return counts[column] if column in counts else pd.Series(np.nan, index=counts.index)


def _own_spread(evidence: Evidence, column: str, base: str, share: pd.Series) -> pd.Series:
    """Return the standard error of areas' own shares: of mixed pieces, and of the split at 18.

    The errors of the group and of all go together: they come from the same split.
    """
    moved = error_of(evidence.share_errors, column, share.index).fillna(0)
    part, whole = (error_of(evidence.noise, name, share.index).fillna(0) for name in (column, base))
    size = column_of(evidence.counts, base)
    theirs = share * whole
    variance = (part - theirs) ** 2 + 2 * (1 - _TOGETHER) * part * theirs
    noise = variance**0.5 / size.where(size > 0)
    return both_errors(moved, noise.fillna(0))


def _share(counts: pd.DataFrame, column: str, base: str) -> pd.Series:
    size = column_of(counts, base)
    return (column_of(counts, column) / size.where(size > 0)).clip(0, 1)


def _between_sd(
    levels: Sequence[pd.Series],
    number: int,
    evidence: Evidence,
    size: pd.Series,
    *,
    measure: Measure,
) -> pd.Series:
    """Return the sd of areas' shares around those of the larger areas at a level, by area.

    Measured where both are known; else that of the larger areas around the next larger ones, which
    differ at least as much; else what the TOML says. `size` is how many the shares are of.
    """
    gaps, theirs = (levels[0] - levels[number]).dropna(), size
    if len(gaps) < ENOUGH and number + 1 < len(levels):
        codes = evidence.parents[number - 1].codes
        gaps = (levels[number] - levels[number + 1]).groupby(codes).first().dropna()
        theirs = size.groupby(codes).sum()
    if len(gaps) < ENOUGH:
        return pd.Series(measure.share_sd, size.index)
    return spread_by_size(gaps, theirs.reindex(gaps.index), size)


def spread_of(gaps: pd.Series) -> float:
    """Return the spread (sd) of areas' shares around their parents', from the gaps.

    Robust, so that a few places unlike all others, such as a campus, do not widen every interval:
    the least spread whose 90 % interval covers 90 % of the gaps.
    """
    return float(gaps.abs().quantile(0.9)) / Z90


def spread_by_size(gaps: pd.Series, size: pd.Series, of: pd.Series) -> pd.Series:
    """Return the spread of `spread_of` for areas of the sizes `of`, from gaps of areas of `size`.

    Small areas differ more, by a power of their size: none where people of a kind live together
    however far, -1/2 where each lives anywhere. It is fitted to the gaps and drawn to the middle of
    the two as far as it is uncertain; then the whole is set to cover 90 % of the gaps.
    """
    known = np.log(size.clip(lower=1) / size.median())
    moved = np.log(gaps.abs().clip(lower=_LEAST_GAP))
    squares = float(((known - known.mean()) ** 2).sum())
    slope = float(np.polyfit(known, moved, 1)[0]) if squares > 0 else 0.0
    noise = float(moved.var())
    told = squares / noise if squares > 0 and noise > 0 else 0.0
    prior = 1 / _SLOPE_SD**2
    power = np.clip((told * slope + prior * _SLOPE) / (told + prior), 2 * _SLOPE, 0.0)
    level = spread_of(gaps / np.exp(power * known))
    wanted: pd.Series = level * (of.clip(lower=1) / size.median()) ** power
    return wanted


def with_interval(frame: pd.DataFrame, *, upper: pd.Series) -> pd.DataFrame:
    """Return the frame with the 90 % interval of its counts, between 0 and `upper`."""
    low = (frame["count"] - Z90 * frame["se"]).clip(lower=0)
    high = np.minimum(frame["count"] + Z90 * frame["se"], np.maximum(upper, frame["count"]))
    return frame.assign(low=low, high=high)


_PEOPLE = {"adults": "adults", "electorate": "electors"}


def proxied(name: str, group: Group, evidence: Evidence) -> pd.DataFrame | None:
    """Return count, error, share and interval of a group by its proxy; None where it has none."""
    proxy, total = group.proxy, group.total
    if proxy is None or total is None:
        return None
    adults = base_size(evidence, ADULTS)
    base = "adults" if adults.notna().any() else "electorate"
    # Members are adults; where no ages are published the electorate stands in for them.
    people = adults if base == "adults" else evidence.electors
    if total.count > people.sum():
        raise ConfigError(
            "total_above_county",
            name=name,
            count=total.count,
            people=people.sum(),
            whom=_PEOPLE[base],
        )
    rank = rank_index(evidence.indicators, proxy)
    pull = (rank * (proxy.spread - 1) + 1) * people
    # Areas that nothing is known of keep their part of the total.
    known_total = total.count * people[pull.notna()].sum() / people.sum()
    count = (known_total * pull / pull.sum()).clip(upper=people)
    names = ", ".join(item.indicator for item in _used(evidence.indicators, proxy))
    share = count / people.where(people > 0)
    # Shares are a line through the places in the index: who is misplaced is as far off anywhere.
    se = (proxy.cv * known_total / people[pull.notna()].sum()) * people.where(count.notna())
    frame = pd.DataFrame(
        {
            "base": base,
            "count": count,
            "se": se,
            "share": share,
            "method": np.where(count.notna(), "proxy", "unknown"),
            "source": f"{total.source.sv}; {names}",
        }
    )
    # A count cannot fall below 0, so a wide interval is taken on the log scale.
    reach = np.exp(Z90 * np.sqrt(np.log1p((se / count.where(count > 0)) ** 2)))
    return frame.assign(
        low=(count / reach).fillna(count), high=(count * reach).fillna(count).clip(upper=people)
    )


def rank_index(indicators: pd.DataFrame, proxy: Proxy) -> pd.Series:
    """Return the weighted mean mid-rank percentile (0-1) of a proxy's indicators; NaN unknown."""
    used = _used(indicators, proxy)
    ranks = indicators[[item.indicator for item in used]].rank()
    percentiles = (ranks - 0.5) / ranks.notna().sum()
    low = [item.indicator for item in used if item.direction == "low"]
    weights = np.array([item.weight for item in used])
    directed = percentiles.assign(**{name: 1 - percentiles[name] for name in low})
    return pd.Series((directed * (weights / weights.sum())).sum(axis=1, skipna=False))


def _used(indicators: pd.DataFrame, proxy: Proxy) -> list[ProxyIndicator]:
    """Return the proxy's indicators, less what counts only where it is known and is not."""
    needed = [item.indicator for item in proxy.indicators if not item.where_known]
    missing = [name for name in needed if name not in indicators]
    if missing:
        raise ConfigError("proxy_unknown_indicator", missing=missing, known=indicators.columns)
    known = indicators[indicators[needed].notna().all(axis=1)].notna()
    return [
        item
        for item in proxy.indicators
        if not item.where_known or (item.indicator in known and known[item.indicator].all())
    ]
