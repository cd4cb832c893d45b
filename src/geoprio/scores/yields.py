"""Expected yield: what one more conversation or letter is worth in each area (METHOD 5).

A conversation moves those who would have stayed at home, as far as they would vote for the party.
All figures are shown to people relative to the average area, never as votes.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.optimize import root
from scipy.special import expit, logit

from geoprio.config import Canvassing, Effect, Effects, Factor, FirstTime
from geoprio.errors import ConfigError
from geoprio.groups import Joint
from geoprio.words import Language, text, whole

STEPS = 200
"""Halvings and Newton steps; some ten are enough, and halving alone needs 60."""
CLOSE = 1e-13


def solve_shift(cells: np.ndarray, log_odds: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return each area's shift d, such that `sum_S cells_S expit(log_odds_S + d) = total`.

    Newton's method for all areas at once, inside a bracket that halves where a step would leave it:
    the sum rises with d, so there is one answer. `cells` are shares, (areas, cells); a total (0-1)
    that is NaN, 0 or 1 gives NaN, as do unknown cells.
    """
    possible = (total > 0) & (total < 1) & ~np.isnan(cells).any(axis=1)
    wanted = np.where(possible, total, np.nan)
    low, high = logit(wanted) - log_odds.max(), logit(wanted) - log_odds.min()
    shift = (low + high) / 2
    for _ in range(STEPS):
        rate = expit(log_odds + shift[:, None])
        gap = (cells * rate).sum(axis=1) - wanted
        # Rates near 0 and 1 are held to their own small size.
        settled = np.abs(gap) <= CLOSE * np.minimum(wanted, 1 - wanted)
        if np.all(settled | np.isnan(gap) | (high - low <= CLOSE)):
            break
        low, high = np.where(gap < 0, shift, low), np.where(gap > 0, shift, high)
        slope = (cells * rate * (1 - rate)).sum(axis=1)
        step = shift - np.divide(gap, slope, out=np.full_like(gap, np.nan), where=slope > 0)
        halved = ~((step > low) & (step < high))
        shift = np.where(settled, shift, np.where(halved, (low + high) / 2, step))
    return np.asarray(shift)


def cell_log_odds(
    shares: np.ndarray, members: np.ndarray, total: float, odds: np.ndarray
) -> np.ndarray:
    """Return the log-odds of each cell, whose margins keep the published odds of each group.

    A published difference is between a whole group and all others, and groups overlap: were the
    differences simply added, what two groups share would count twice. So the terms of a
    main-effects logit are solved for, such that each group's `odds` against the others in the whole
    county's cells (`shares`) are the published ones and its rate is `total`. An error says that no
    rates keep all the differences at once.
    """
    sizes = shares @ members
    # Each group by itself: its rate where its odds and the whole county's rate both hold.
    inside = [_rate_inside(size, total, ratio) for size, ratio in zip(sizes, odds, strict=True)]
    design = np.column_stack([np.ones(len(shares)), members])
    wanted = np.array([total, *(sizes * inside)])

    def misses(terms: np.ndarray) -> np.ndarray:
        return np.asarray(design.T @ (shares * expit(design @ terms)) - wanted)

    def slopes(terms: np.ndarray) -> np.ndarray:
        rate = expit(design @ terms)
        return np.asarray(design.T @ (design * (shares * rate * (1 - rate))[:, None]))

    start = np.array([logit(total), *np.log(odds)])
    terms = root(misses, start, jac=slopes, tol=1e-13).x
    if np.abs(misses(terms)).max() > 1e-9:
        raise ConfigError(
            "effects_impossible", sizes=np.round(sizes, 3).tolist(), odds=np.round(odds, 3).tolist()
        )
    return np.asarray(design @ terms)


def _rate_inside(size: float, total: float, ratio: float) -> float:
    pair, log_odds = np.array([[1 - size, size]]), np.array([0.0, np.log(ratio)])
    return float(expit(log_odds[1] + solve_shift(pair, log_odds, np.array([total]))[0]))


def odds_of(factors: Mapping[str, Factor], groups: Sequence[str]) -> pd.Series:
    """Return the published odds ratio of each group that has one, in the order of `groups`."""
    ratios = {
        name: np.exp(logit(factors[name].inside_share) - logit(factors[name].outside_share))
        for name in groups
        if name in factors
    }
    return pd.Series(ratios, dtype=float)


REASONS = ("no_electors", "turnout_unknown", "support_unknown", "cells_unknown")
"""Why an area has no yield; the first that holds is told."""


def rates_by_cell(
    joint: Joint, electors: pd.Series, area_share: pd.Series, factors: Mapping[str, Factor]
) -> pd.DataFrame:
    """Return the rate (0-1) in each cell of each area, such that an area's cells give its own.

    `area_share` is turnout, or the party's share of the votes; a group without a published
    difference is taken as everyone else. NaN where the share is 0, 1 or unknown, where an area has
    no electorate, or where its cells are unknown.
    """
    cells, groups = joint.cells, list(map(str, joint.shares))
    odds = odds_of(factors, groups)
    members = joint.belongs()[:, [name in odds for name in groups]].astype(float)
    share = area_share.reindex(cells.index)
    total = share.where((share > 0) & (share < 1) & (electors > 0))
    there = cells.notna().all(axis=1) & (electors > 0)
    known = total.notna() & there
    if not known.any():
        return cells * np.nan
    county = float(np.average(total[known], weights=electors[known]))
    shares = np.average(cells[there], axis=0, weights=electors[there])
    log_odds = cell_log_odds(shares, members, county, odds.to_numpy())
    shift = solve_shift(cells.to_numpy(float), log_odds, total.to_numpy(float))
    rates = expit(log_odds + shift[:, None])
    return pd.DataFrame(rates, index=cells.index, columns=cells.columns)


def draw_effects(prior: Effect, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return draws of the share of contacted non-voters who then vote, shape (draws,).

    A beta distribution with the trials' mean and the prior's standard deviation.
    """
    size = prior.mean * (1 - prior.mean) / prior.sd**2 - 1
    return rng.beta(prior.mean * size, (1 - prior.mean) * size, draws)


Form = Callable[[pd.DataFrame, float], pd.DataFrame]
FORMS: dict[str, Form] = {
    "stayed_home": lambda turnout, _: 1 - turnout,
    "points": lambda turnout, stayed_home: 0 * turnout + stayed_home,
    "middle": lambda turnout, stayed_home: turnout * (1 - turnout) / (1 - stayed_home),
}
"""Whom a contact moves, of turnout by cell and the trials' own share who stayed at home: as many of
those who stay at home, as many of all, or most where half vote. Nobody knows which: at the trials'
turnout they agree, elsewhere they differ, and what is told spans them."""


def yield_per_contact(
    joint: Joint,
    rates: tuple[pd.DataFrame, pd.DataFrame],
    *,
    effect: Effect,
    times: np.ndarray | float = 1.0,
    form: str = "stayed_home",
) -> pd.Series:
    """Return `y_i = sum_S p_i(S) f(T_i(S)) tau(S) q_i(S)`: votes per contacted person.

    `rates` are turnout and support by cell, `f` is one of `FORMS`. `tau` is the mean of `effect`,
    `times` as much among first-time voters (`more_for_first_timers`). Where persuasion is off, y is
    proportional to tau, so that a draw of tau moves every area alike and no rank. NaN where a rate
    is unknown.
    """
    turnout, support = rates
    tau = effect.mean * times
    moved = FORMS[form](turnout, effect.stayed_home_share) * tau * support
    if effect.persuasion is not None:
        moved += turnout * effect.persuasion.share * (1 - support)
    return (joint.cells * moved).sum(axis=1, skipna=False).rename("yield_per_contact")


def more_for_first_timers(
    joint: Joint, first_time: FirstTime | None, counted: pd.Series | None
) -> np.ndarray:
    """Return areas x cells: how many times as much a contact moves there.

    First-time voters are so many of the electors where they are `counted` (0-1), else a share of
    the young.
    """
    if first_time is None or first_time.group not in joint.shares:
        return np.ones(joint.cells.shape)
    group = joint.shares[first_time.group]
    share = pd.Series(first_time.share, group.index)
    if counted is not None:
        share = (counted / group.where(group > 0)).clip(upper=1).fillna(share)
    young = joint.belongs()[:, joint.shares.columns.get_loc(first_time.group)]
    return np.asarray(1 + np.outer(share * (first_time.times - 1), young))


def expected_yield(
    joint: Joint, electors: pd.Series, indicators: pd.DataFrame, effects: Effects
) -> pd.DataFrame:
    """Return votes per contacted person by area and form of the model, and `unknown`.

    `conversation_<form>` and `letter_<form>` of each of `FORMS`. Where they are NaN `unknown` says
    why, in one of `REASONS`; else it is empty.
    """
    turnout = rates_by_cell(joint, electors, indicators["turnout_share"], effects.turnout)
    support = rates_by_cell(joint, electors, indicators["v_share"], effects.support)
    rates, counted = (turnout, support), indicators.get("first_time_share")
    times = more_for_first_timers(joint, effects.first_time, counted)
    found = {}
    for form in FORMS:
        found[f"conversation_{form}"] = yield_per_contact(
            joint,
            rates,
            effect=effects.conversation,
            times=times,
            form=form,
        )
        found[f"letter_{form}"] = yield_per_contact(joint, rates, effect=effects.mailing, form=form)
    cells_known = joint.cells.notna().all(axis=1)
    faults = [
        ~(electors > 0),
        turnout.isna().any(axis=1) & cells_known,
        support.isna().any(axis=1) & cells_known,
        ~cells_known,
    ]
    unknown = np.select(faults, REASONS, "")
    return pd.DataFrame(found, index=joint.cells.index).assign(unknown=unknown)


def relative_yield(yields: pd.Series, electors: pd.Series) -> pd.Series:
    """Return the yield against the average area's, which is 1: what people are shown.

    The average is weighted by the electorate, over the areas that are known. NaN where unknown.
    """
    weights = electors.where(yields.notna() & (electors > 0))
    mean = (yields * weights).sum() / weights.sum() if weights.sum() > 0 else np.nan
    return (yields / mean).rename("relative_yield")


TIMES = np.array([0.1, 0.25, 1 / 3, 0.5, 2 / 3, 1, 1.5, *range(2, 13), 15, 20, 30])
"""How many times the average area's a yield is told to be: the nearest, by ratio."""
ONCE = 5
"""The place of 1 among them."""


def yield_span(relative: pd.DataFrame) -> pd.DataFrame:
    """Return `low` and `high` of the relative yield over the forms of the model, a column each."""
    ends = {"low": relative.min(axis=1, skipna=False), "high": relative.max(axis=1, skipna=False)}
    return pd.DataFrame(ends)


def yield_words(span: pd.DataFrame, per: str, language: Language) -> pd.Series:
    """Return a span of the relative yield as people read it, without a decimal.

    `per` is "conversation" or "krona". Empty text where the span is unknown.
    """
    known = span[span.notna().all(axis=1)].clip(lower=TIMES[0])
    gaps = np.abs(np.log(known.to_numpy(float))[..., None] - np.log(TIMES))
    ends = pd.Series([tuple(pair) for pair in gaps.argmin(axis=-1)], known.index, dtype=object)
    told = {pair: _span_words(pair[0], pair[1], per, language) for pair in set(ends)}
    return ends.map(told).astype(object).reindex(span.index).fillna("")


def _span_words(low: int, high: int, per: str, language: Language) -> str:
    """Return the words of a span between two places of `TIMES`."""
    unit = text(f"yield_per_{per}", language)
    if low == high == ONCE:
        return text("yield_alike", language, per=unit)
    amounts = text("yield_amounts", language).split("|")
    one, many = text("yield_times", language).split("|")
    last = amounts[high]
    if high >= ONCE:
        last = f"{last} {many if TIMES[high] >= 2 else one}"
    span = last if low == high else text("yield_span", language, low=amounts[low], high=last)
    return text("yield_about", language, span=span, per=unit)


def unknown_words(unknown: pd.Series, language: Language) -> list[str]:
    """Return how many areas have no yield for each of `REASONS`, as people read it."""
    counts = unknown[unknown != ""].value_counts().reindex(list(REASONS)).dropna()
    told = []
    for reason, count in counts.items():
        why = text(f"yield_{reason}", language)
        one = text("yield_unknown_one", language, why=why)
        many = text("yield_unknown", language, count=whole(int(count), language), why=why)
        told.append(one if count == 1 else many)
    return told


def per_hour(conversation: pd.Series, canvassing: Canvassing) -> pd.Series:
    """Return the yield of an hour at the doors: doors per hour x share answered x yield."""
    return conversation * canvassing.doors_per_hour * canvassing.contact_share


def per_krona(
    letter: pd.Series, *, electors_per_household: pd.Series, cost_per_household_sek: float
) -> pd.Series:
    """Return the yield of a krona spent on letters, one to each household.

    NaN where the electors per household are unknown or 0.
    """
    readers = electors_per_household.where(electors_per_household > 0)
    return letter * readers / cost_per_household_sek
