"""A group that is published nowhere: rates on the employed by industry and sex (METHOD 3).

`members_i = sum_ks N_iks b_ks d_ks` of those at work, raked to the county's total: N employed, b
the share of blue-collar workers, d the share of them in the group. Where more of an area's people
is published, the odds of b and d follow it (a `Composition`); those of b also follow the area's
own mix of industries, since people of a class live together whatever industry they are in (the
`context`). Members who are not at work are spread over the adults who are not, by the area's own
rate.
"""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.config import Composition, Group, Synthetic, Total
from geoprio.counts import Evidence
from geoprio.errors import ConfigError
from geoprio.groups.measures import ADULTS, Z90, base_size, column_of
from geoprio.words import Phrase

SEXES = ("men", "women")
_EMPLOYED = re.compile(r"employed_([a-z]+)_(?:men|women)_count")
_NEARLY_NONE = 0.005
"""A share counted as none or all is moved in by this much, so that it has odds."""

Floats = npt.NDArray[np.float64]


def synthetic(name: str, group: Group, evidence: Evidence) -> pd.DataFrame | None:
    """Return count, error, share and interval of a group by rates on industry and sex.

    Counts are adults. The interval is lognormal: the rates' error, that between areas, that of the
    county's total and chance in the area's own number. None where the group has no such rates, or
    industry by sex is known of no area of the set.
    """
    rates, total, adults = group.synthetic, group.total, base_size(evidence, ADULTS)
    if rates is None or total is None or adults.isna().all():
        return None
    if not _industry_is_known(name, rates, evidence):
        return None
    people = _at_work(rates, evidence, adults)
    count = _raked_to_total(people, rates, total.count, where=f"groups/{name}.toml")
    sd = _log_sd(count, rates, total, evidence)
    reach = np.exp(Z90 * sd)
    return pd.DataFrame(
        {
            "base": "adults",
            "count": count,
            "se": count * np.sqrt(np.expm1(sd**2)),
            "low": count / reach,
            "high": np.minimum(count * reach, np.maximum(adults, count)),
            "share": (count / adults.where(adults > 0)).clip(upper=1),
            "method": np.where(count.notna(), "synthetic", "unknown"),
            "source": "; ".join([total.source.sv, *_origins(rates, evidence)]),
        }
    )


def hoped_error(found: pd.DataFrame, rates: Synthetic, total: Total) -> pd.Series:
    """Return the standard error (0-1) of shares that are known otherwise, were the rates used.

    An error that is a part r of its share grows with it, and the share is not known yet. With m the
    share and v its variance now, the mean of the variance then is `r^2 (m^2 + v) / (1 + r^2)`: v
    is that mean and the variance of what the share will be told to be.
    """
    chance = 1 / found["count"].clip(lower=1)
    part = np.expm1(rates.rate_sd**2 + rates.between_sd**2 + total.cv**2 + chance)
    now = found["share"] ** 2 + found["share_se"] ** 2
    error: pd.Series = (part * now / (1 + part)) ** 0.5
    return error


def _employed_columns(rates: Synthetic) -> list[str]:
    return [f"employed_{name}_{sex}_count" for name in rates.industries for sex in SEXES]


def _industry_is_known(name: str, rates: Synthetic, evidence: Evidence) -> bool:
    wanted = set(_employed_columns(rates))
    known = map(str, evidence.counts.columns[evidence.counts.notna().any()])
    given = {column for column in known if _EMPLOYED.fullmatch(column)}
    faults = {"no_source_gives_columns": wanted - given, "no_rates_for_columns": given - wanted}
    told = [Phrase(key, columns=sorted(them)) for key, them in faults.items() if them]
    if given and told:
        raise ConfigError("industries_do_not_fit", name=name, told=told)
    return bool(given)


def _origins(rates: Synthetic, evidence: Evidence) -> list[str]:
    bands = [band.count for item in rates.compositions for band in item.bands]
    used = [*_employed_columns(rates), *bands]
    return list(dict.fromkeys(evidence.origins[name] for name in used if name in evidence.origins))


def _filled(evidence: Evidence, columns: list[str], adults: pd.Series) -> pd.DataFrame:
    """Return columns with gaps filled by the nearest parent's number per adult."""
    filled = evidence.counts.reindex(columns=columns)
    for parent in evidence.parents:
        above = parent.counts.reindex(columns=columns)
        people = column_of(parent.counts, ADULTS)
        shares = above.div(people.where(people > 0), axis=0).reindex(parent.codes)
        filled = filled.fillna(shares.set_index(filled.index).mul(adults, axis=0))
    return filled


def _at_work(rates: Synthetic, evidence: Evidence, adults: pd.Series) -> pd.DataFrame:
    """Return adults, employed, blue-collar `workers` and, by the rates alone, `members`."""
    employed = _filled(evidence, _employed_columns(rates), adults)
    moved = {"blue_collar": np.zeros(len(adults)), "density": np.zeros(len(adults))}
    for item in rates.compositions:
        moved[item.moves] += _shift(item, evidence, adults).to_numpy()
    sectors = [rates.sectors[item.sector] for item in rates.industries.values()]
    by_sex = np.array([_logit(getattr(rates.sex, sex)) for sex in SEXES])
    density = _logit([item.density for item in sectors])[:, None]
    density = (density + by_sex - _logit(rates.sex.everyone)).ravel()
    belonging = np.repeat([item.group_share for item in sectors], len(SEXES))
    shares = _blue_collar(rates, evidence)
    blue_collar = _logit(shares)
    mix = [part.sum(axis=1, skipna=False) for part in (employed * shares, employed)]
    moved["blue_collar"] += rates.context * _gap(*mix).to_numpy()
    workers = employed * _share(blue_collar + moved["blue_collar"][:, None])
    members = workers * _share(density + moved["density"][:, None]) * belonging
    sums = {"employed": employed, "workers": workers, "members": members}
    return pd.DataFrame(
        {"adults": adults, **{name: part.sum(axis=1, skipna=False) for name, part in sums.items()}}
    )


def _blue_collar(rates: Synthetic, evidence: Evidence) -> Floats:
    """Return the share of blue-collar workers by industry and sex: as counted, else as assumed."""
    shares = []
    levels = [evidence.counts, *(parent.counts for parent in evidence.parents)]
    for name, item in rates.industries.items():
        for sex in SEXES:
            pair = [f"blue_collar_{name}_{sex}_count", f"employees_{name}_{sex}_count"]
            sums = [level[pair].dropna().sum() for level in levels if set(pair) <= set(level)]
            counted = [float(found.iloc[0] / found.iloc[1]) for found in sums if found.iloc[1] > 0]
            shares.append([*counted, getattr(item, f"blue_collar_{sex}")][0])
    return np.asarray(shares, float).clip(_NEARLY_NONE, 1 - _NEARLY_NONE)


def _shift(item: Composition, evidence: Evidence, adults: pd.Series) -> pd.Series:
    """Return how far an area's log odds are from the county's; 0 where its people are unknown."""
    columns = [band.count for band in item.bands]
    people = _filled(evidence, columns if item.of is None else [*columns, item.of], adults)
    per_band = pd.Series({band.count: band.rate for band in item.bands})
    hits = people[columns].mul(per_band).sum(axis=1, skipna=False)
    size = people[columns].sum(axis=1, skipna=False)
    if item.of is not None and item.rest is not None:
        others = (people[item.of] - size).clip(lower=0)
        hits, size = hits + others * item.rest, size + others
    return _gap(hits, size)


def _gap(hits: pd.Series, size: pd.Series) -> pd.Series:
    """Return the log odds of an area's share less those of the county's; 0 where it is unknown."""
    known = hits.notna() & (size > 0)
    own = hits[known] / size[known]
    if own.empty:
        return pd.Series(0.0, index=hits.index)
    gap = _logit(own) - _logit(hits[known].sum() / size[known].sum())
    return pd.Series(gap, index=own.index).reindex(hits.index, fill_value=0.0)


def _raked_to_total(
    people: pd.DataFrame, rates: Synthetic, total: float, *, where: str
) -> pd.Series:
    """Return members of each area; those at work and those not are raked to their own totals."""
    known = people.dropna()
    # Areas that nothing is known of keep their part of the total.
    target = total * known["adults"].sum() / people["adults"].sum()
    passive = target * rates.passive_share
    workers, resting = known["workers"], (known["adults"] - known["employed"]).clip(lower=0)
    whom = Phrase("total_out_of_reach", where=where)
    working = _raked(known["members"], target - passive, workers, whom=whom)
    pull = resting * (working / known["employed"].where(known["employed"] > 0)).fillna(0.0)
    whom = Phrase("passive_share_out_of_reach", where=where)
    return (working + _raked(pull, passive, resting, whom=whom)).reindex(people.index)


def _raked(values: pd.Series, total: float, upper: pd.Series, *, whom: str) -> pd.Series:
    """Return values times the one factor with which they add up to `total`, none above `upper`."""
    pull, room = values.to_numpy(float), upper.where(values > 0, 0.0).to_numpy(float)
    if room.sum() < total * (1 - 1e-9):
        raise ConfigError(
            "more_members_than_people",
            whom=whom,
            total=total,
            room=room.sum(),
            excess=total - room.sum(),
        )
    # The sum grows with the factor along straight lines that bend where an area is full.
    full = np.divide(room, pull, out=np.zeros_like(pull), where=pull > 0)
    order = np.argsort(full)
    still = pull.sum() - np.cumsum(pull[order])
    sums = np.cumsum(room[order]) + full[order] * still
    factor = np.interp(total, np.r_[0.0, sums], np.r_[0.0, full[order]])
    return pd.Series(np.minimum(factor * pull, room), index=values.index)


def _log_sd(count: pd.Series, rates: Synthetic, total: Total, evidence: Evidence) -> pd.Series:
    """Return the standard deviation of the log of each area's count."""
    # A parent's composition is not the area's own: there areas differ once more.
    borrowed = evidence.counts[_employed_columns(rates)].isna().any(axis=1)
    between = rates.between_sd**2 * (1 + borrowed)
    variance = rates.rate_sd**2 + total.cv**2 + between + 1 / count.clip(lower=1)
    if evidence.errors is not None:
        size = column_of(evidence.counts, ADULTS)
        moved = column_of(evidence.errors, ADULTS) / size.where(size > 0)
        variance = variance + moved.fillna(0.0) ** 2
    return pd.Series(np.sqrt(variance))


def _logit(share: npt.ArrayLike) -> Floats:
    odds = np.asarray(share, float)
    return np.asarray(np.log(odds / (1 - odds)))


def _share(logit: npt.ArrayLike) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.asarray(logit, float))))
