"""The mailing choice: which areas reach most of the target groups within what may be mailed."""

from dataclasses import dataclass
from math import floor, inf

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from geoprio.errors import ConfigError
from geoprio.plans.knapsack import best_choice
from geoprio.plans.optimum import Problem, optimum
from geoprio.tables import PLAN, check
from geoprio.words import Phrase

EQUAL = 1e-9
"""Shares (0-1) nearer than this are one."""


@dataclass(frozen=True)
class Limit:
    """How much may be mailed: a number of households, or a mean precision; one of the two."""

    households: float | None = None
    """Largest number of households, whole ones."""
    precision: float | None = None
    """Smallest share (0-1) of target persons among all who are reached."""
    least_precision: float = 0.0
    """Smallest share (0-1) of target persons in each area that is mailed, beside `households`."""

    def __post_init__(self) -> None:
        if (self.households is None) == (self.precision is None):
            raise ConfigError("mailing_limited_twice")


@dataclass(frozen=True)
class Bound:
    """What a mailing is bound by beside its limit."""

    give: pd.DataFrame
    """Floors x areas: how many target persons of each floor are reached in an area."""
    least: npt.NDArray[np.float64]
    """Of each floor."""
    locked: pd.Series
    """By area: 1 where it must be mailed, -1 where it must not."""


@dataclass(frozen=True)
class MailingWish:
    """How much each edition may mail: exactly one of the three.

    Raises
    ------
    ConfigError
        None or several are given, or one is no such number.

    Examples
    --------
    >>> from geoprio import MailingWish
    >>> MailingWish(budget_sek=250_000).limit(2.5, 0.0).households
    100000.0
    """

    budget_sek: float | None = None
    households: int | None = None
    precision: float | None = None
    """Smallest share (0-1) of target persons among all who are reached."""

    def __post_init__(self) -> None:
        given = [self.budget_sek, self.households, self.precision]
        if sum(one is not None for one in given) != 1:
            raise ConfigError("limits_not_one")
        if self.precision is not None and not 0 < self.precision <= 1:
            raise ConfigError("precision_not_a_share", precision=self.precision)
        if any(one is not None and not 0 <= one < inf for one in given):
            raise ConfigError("limits_below_zero")

    def limit(self, cost_per_household_sek: float, least_precision: float) -> Limit:
        """Return the limit of a choice; by a budget or households every area has a precision."""
        if self.precision is not None:
            return Limit(precision=self.precision)
        if self.households is not None:
            most = self.households
        else:
            # 250,000 / 2.5 households, not one fewer by the computer's rounding.
            most = floor(round((self.budget_sek or 0.0) / cost_per_household_sek, 6))
        return Limit(households=float(most), least_precision=least_precision)


def mailable_areas(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the areas that can be chosen, sorted by code: all that is counted known and above 0.

    Parameters
    ----------
    areas
        `households_count`, `electors_count` and `target_persons_count` by area.
    """
    columns = ["households_count", "electors_count", "target_persons_count"]
    known = (areas[columns] > 0).all(axis=1) & (areas["households_count"].round() > 0)
    return areas[known].sort_index()


def choose_mailing(areas: pd.DataFrame, limit: Limit) -> pd.Series:
    """Return which areas to mail, the best choice there is.

    Within a number of households: the areas that together hold most target persons, of those whose
    own precision is not below `least_precision`. At a mean precision: the areas that together hold
    most households while the share of target persons among all who are reached is not below it.

    Both are proved optima, so more households never reach fewer target persons, and a lower
    precision never fewer households. It is not promised that the choice grows area by area: with
    more money a large area may take the place of two small ones.

    Parameters
    ----------
    areas
        `households_count`, `electors_count` (all who are reached) and `target_persons_count` (an
        estimate) by area, in any order. An area where one is unknown or 0 is never chosen.
    limit
        How much may be mailed.

    Returns
    -------
    chosen
        Whether each area is mailed, index of `areas`. The same areas in another order give the same
        choice; of equal ones the first by code is taken.
    """
    able = mailable_areas(areas)
    if limit.precision is not None:
        codes = able.index[_at_precision(able, limit.precision)]
    else:
        # Equal shares are equal, whatever their last digit.
        able = able[precision_of(able) >= limit.least_precision - EQUAL]
        taken = best_choice(
            able["target_persons_count"].to_numpy(float),
            able["households_count"].round().to_numpy(float),
            limit.households or 0.0,
        )
        codes = able.index[taken]
    return pd.Series(areas.index.isin(codes), index=areas.index, name="chosen")


def choose_bound(areas: pd.DataFrame, limit: Limit, bound: Bound) -> pd.Series:
    """Return which areas to mail beside floors and locks, the best choice there is (HiGHS).

    Parameters
    ----------
    areas, limit
        As in `choose_mailing`; an area below `least_precision` is mailed where it is
        locked in, or a floor needs it.
    bound
        What holds beside the limit; a floor is met as far as can be.

    Raises
    ------
    ConfigError
        What is locked in cannot be mailed, or is more than may be: how much more.
    """
    able = mailable_areas(areas)
    locked = bound.locked.reindex(able.index).fillna(0).to_numpy(np.int8)
    targets = able["target_persons_count"].to_numpy(float)
    if limit.precision is None:
        # What hits less than is asked for is mailed where a floor needs it, and for nothing else.
        low = (precision_of(able) < limit.least_precision - EQUAL).to_numpy(bool)
        worth = np.where(low, 0.0, targets)
        taken, most = able["households_count"].round().to_numpy(float), limit.households or 0.0
    else:
        worth, most = able["households_count"].round().to_numpy(float), 0.0
        taken = limit.precision * able["electors_count"].to_numpy(float) - targets
    _refuse_over(bound.locked, able, float(taken[locked == 1].sum() - most), limit)
    give = bound.give.reindex(columns=able.index).to_numpy(float)
    # An area is mailed whole: a floor missed altogether costs as much as all the mailing is worth.
    dear = worth.sum() / np.maximum(bound.least, 1.0)
    problem = Problem(
        worth,
        csr_array(taken[None, :]),
        np.array([most]),
        csr_array(give),
        bound.least,
        dear,
        locked,
    )
    codes = able.index[optimum(problem).chosen > 0.5]
    return pd.Series(areas.index.isin(codes), index=areas.index, name="chosen")


def _refuse_over(locked: pd.Series, able: pd.DataFrame, over: float, limit: Limit) -> None:
    """Refuse letters that are locked in and cannot be mailed, or pass the limit together."""
    wanted = locked.index[locked == 1]
    faults = [
        Phrase("wish_not_possible", area=code, channel="mailing")
        for code in wanted.difference(able.index)
    ]
    if over > EQUAL and limit.precision is None:
        faults.append(Phrase("wishes_over_letters", over=over, areas=len(wanted)))
    elif over > EQUAL:
        faults.append(Phrase("wishes_under_precision", areas=len(wanted)))
    if faults:
        raise ConfigError("wishes_impossible", faults)


def precision_of(areas: pd.DataFrame) -> pd.Series:
    """Return the share (0-1) of target persons among those who live in each area."""
    share: pd.Series = areas["target_persons_count"] / areas["electors_count"]
    return share


def mean_precision(areas: pd.DataFrame) -> float:
    """Return the share (0-1) of target persons among all who are reached; NaN where nobody is."""
    persons = float(areas["electors_count"].sum())
    return float(areas["target_persons_count"].sum()) / persons if persons else float("nan")


def _at_precision(areas: pd.DataFrame, precision: float) -> npt.NDArray[np.bool_]:
    """Return the choice of most households at a mean precision.

    What areas above it have to spare pays for what the others lack: that is a knapsack.
    """
    spare = (areas["target_persons_count"] - precision * areas["electors_count"]).to_numpy(float)
    chosen = spare >= 0
    households = areas["households_count"].round().to_numpy(float)
    chosen[~chosen] = best_choice(households[~chosen], -spare[~chosen], float(spare[chosen].sum()))
    return chosen


def plan_choice(
    areas: pd.DataFrame, chosen: pd.Series, *, cost_per_household_sek: float, waves: int
) -> pd.DataFrame:
    """Return the plan of a choice: in order of precision, in waves as equal as may be.

    Parameters
    ----------
    areas
        As in `choose_mailing`.
    chosen
        Whether each area is mailed.
    cost_per_household_sek
        What a whole household costs, in kronor.
    waves
        Number of waves; as many as the areas where they are fewer.

    Returns
    -------
    plan
        PLAN with `electors_count` and `target_persons_count`; `precision` is the share (0-1) of
        target persons, `precision_everyone` that of mailing everyone and `lift` how many times it.
    """
    own = _rows(areas, areas.index[chosen].sort_values(), cost_per_household_sek)
    order = own["precision"].sort_values(ascending=False, kind="stable").index
    wave = split_waves(own.loc[order, "households_count"], waves)
    places = pd.Series(np.arange(1.0, len(order) + 1), order)
    return check(own.assign(order=places, wave=wave).astype({"channel": str}), PLAN)


def _rows(areas: pd.DataFrame, own: pd.Index, cost_per_household_sek: float) -> pd.DataFrame:
    """Return PLAN of some of the areas but for their order and wave."""
    everyone, chosen = mean_precision(mailable_areas(areas)), areas.loc[own]
    households, precision = chosen["households_count"].round(), precision_of(chosen).clip(0, 1)
    return chosen[["electors_count", "target_persons_count"]].assign(
        channel="mailing",
        cost_sek=households * cost_per_household_sek,
        households_count=households,
        precision=precision,
        precision_everyone=everyone,
        lift=precision / everyone,
    )


def split_waves(households: pd.Series, waves: int) -> pd.Series:
    """Return the wave of each area: the order kept, the waves' households as equal as may be.

    Equal is the least sum of squares, found among all ways to cut the order.

    Parameters
    ----------
    households
        Households by area, in the order in which they are mailed.
    waves
        Number of waves; as many as the areas where they are fewer.
    """
    count = len(households)
    sums = np.concatenate([[0.0], households.to_numpy(float).cumsum()])
    # Least sum of squares of the first n areas in the waves so far, and where the last one begins.
    least = np.concatenate([[0.0], np.full(count, np.inf)])
    begins = []
    for _ in range(min(waves, count)):
        cut = np.zeros(count + 1, dtype=int)
        best = np.full(count + 1, np.inf)
        for end in range(1, count + 1):
            squares = least[:end] + (sums[end] - sums[:end]) ** 2
            cut[end] = squares.argmin()
            best[end] = squares[cut[end]]
        least = best
        begins.append(cut)
    wave = np.ones(count)
    end = count
    for number, cut in reversed(list(enumerate(begins, start=1))):
        wave[cut[end] : end] = number
        end = cut[end]
    return pd.Series(wave, households.index, name="wave")


def refuse_small_lots(plan: pd.DataFrame, minimum_lot: int) -> None:
    """Refuse a plan with a wave that is smaller than the vendor takes.

    Parameters
    ----------
    plan
        PLAN of one edition.
    minimum_lot
        Households that the vendor takes at least in one order.

    Raises
    ------
    ConfigError
        A wave has fewer households; how many waves there is enough for.
    """
    by_wave = plan.groupby("wave")["households_count"].sum()
    small = by_wave[by_wave < minimum_lot]
    if small.empty:
        return
    total = int(by_wave.sum())
    enough = total // minimum_lot
    advice = (
        Phrase("take_fewer_waves", enough=enough, count=len(by_wave))
        if enough
        else Phrase("whole_mailing_too_small", total=total)
    )
    told = [Phrase("wave_has", wave=wave, count=count) for wave, count in small.items()]
    raise ConfigError("lot_too_small", minimum_lot=minimum_lot, told=told, advice=advice)


def add_areas(
    plan: pd.DataFrame, areas: pd.DataFrame, payers: pd.Series, *, cost_per_household_sek: float
) -> pd.DataFrame:
    """Return a plan with the areas that associations pay for.

    An area that the district mails already stays the district's. Each other one goes, in order of
    code, with the wave that has fewest households so far; it has no place in the order, since it
    was not chosen by precision.

    Parameters
    ----------
    plan
        PLAN of the district's areas.
    areas
        As in `choose_mailing`; the households of added areas are known.
    payers
        Association by added area.
    cost_per_household_sek
        What a whole household costs, in kronor.

    Returns
    -------
    plan
        PLAN with `payer`: the association, or missing where the district pays.
    """
    own = payers[~payers.index.isin(plan.index)].sort_index()
    rows = _rows(areas, own.index, cost_per_household_sek)
    sums = plan.groupby("wave")["households_count"].sum()
    mailed = dict(zip(sums.index.astype(float), sums.astype(float), strict=True)) or {1.0: 0.0}
    places: list[float] = []
    for count in rows["households_count"]:
        places.append(min(mailed, key=lambda wave: (mailed[wave], wave)))
        mailed[places[-1]] += float(count)
    wave = pd.Series(places, own.index, dtype=float)
    added = rows.assign(order=np.nan, wave=wave, payer=own)
    parts = [plan.assign(payer=None), *([added] if len(added) else [])]
    both = pd.concat(parts).sort_index()
    return check(both.astype({"channel": "str", "payer": "str"}).rename_axis("area_code"), PLAN)


def doubled(plan: pd.DataFrame, payers: pd.Series) -> pd.Series:
    """Return the additions that the district's plan has already: association by area."""
    return payers[payers.index.isin(plan.index)].sort_index()
