"""What bounds the efforts together: hours, money, one effort a time, floors, and what is locked."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint
from scipy.sparse import csr_array, vstack

from geoprio.config.resources import Floor, Plan
from geoprio.errors import ConfigError
from geoprio.plans.efforts import CANVASS, HOURLY, MAILING, ORGANISE, STAND, strands, weeks_of
from geoprio.plans.optimum import Problem, exact, highs
from geoprio.plans.reach import Reach
from geoprio.plans.schedule import demands
from geoprio.words import Phrase

DEAR = 10.0
"""Times the worth of the dearest target person that one whom a floor lacks costs."""
ENOUGH = 1e-6
"""Hours and kronor below it are the computer's rounding."""
SHORT = 0.5
"""Target persons that a floor may lack and be met."""
WISHES = ["area_code", "channel", "wish"]

Rows = list[tuple[npt.NDArray[np.float64], float]]


def numbered(efforts: pd.DataFrame, by: list[str]) -> npt.NDArray[np.intp]:
    """Return which area and channel (`by`) each effort is of, numbered as they come."""
    return np.asarray(pd.factorize(pd.MultiIndex.from_frame(efforts[by]))[0], dtype=np.intp)


def problem_of(
    efforts: pd.DataFrame, plan: Plan, wishes: pd.DataFrame, reaches: dict[str, Reach]
) -> Problem:
    """Return the problem whose choices are the efforts.

    Raises
    ------
    ConfigError
        Wishes that cannot all be had.
    """
    refuse_unknown_wishes(efforts, wishes)
    numbers = numbered(efforts, ["area_code", "channel"])
    use, most = _limits(efforts, plan, numbers)
    give, least = _floors(efforts, plan, reaches)
    wanted = wishes[wishes["wish"] == "in"].merge(
        efforts.assign(thing=numbers)[["area_code", "channel", "thing"]].drop_duplicates()
    )
    musts = [(numbers == thing).astype(float) for thing in wanted["thing"]]
    # Early organising is done where it fits: its hours are taken before all other work.
    locked = np.where(efforts["channel"] == ORGANISE, 1, 0).astype(np.int8)
    locked[_places(efforts, wishes[wishes["wish"] == "out"])] = -1
    dear = DEAR * float((efforts["worth"] / efforts["target_persons_count"]).max())
    return Problem(
        efforts["worth"].to_numpy(float),
        use,
        most,
        csr_array(np.array([*give, *musts]).reshape(-1, len(efforts))),
        np.array([*least, *np.ones(len(musts))]),
        np.array([*np.full(len(least), dear), *np.full(len(musts), np.inf)]),
        locked,
    )


def _limits(
    efforts: pd.DataFrame, plan: Plan, numbers: npt.NDArray[np.intp]
) -> tuple[csr_array, npt.NDArray[np.float64]]:
    """Return the limits that efforts share, and how much each has."""
    size = len(efforts)
    columns = np.arange(size)
    owner, names = pd.factorize(efforts["association"])
    once = csr_array((np.ones(size), (numbers, columns)), shape=(numbers.max(initial=-1) + 1, size))
    tables, most = [once], [np.ones(once.shape[0])]
    hours = np.array([plan.crew_of(name).hours_per_week for name in names])
    pairs = pd.MultiIndex.from_frame(efforts[["channel", "election"]])
    for worked, weeks in demands(plan, [*strands(plan), (ORGANISE, "")]):
        taken = efforts["hours"].where(pairs.isin(worked), 0.0)
        tables.append(csr_array((taken, (owner, columns)), shape=(len(names), size)))
        most.append(hours * weeks)
    stands = (efforts["channel"] == STAND).astype(float)
    most_stands = float(plan.stand.most_areas) if plan.stand else 0.0
    for limit, taken in ((plan.material_sek, efforts["cost_sek"]), (most_stands, stands)):
        tables.append(csr_array((taken, (owner, columns)), shape=(len(names), size)))
        most.append(np.full(len(names), limit))
    use = csr_array(vstack(tables))
    use.eliminate_zeros()
    return use, np.concatenate(most)


def floor_rows(
    efforts: pd.DataFrame, plan: Plan, reaches: dict[str, Reach]
) -> Iterator[tuple[Floor, str, pd.Series, float]]:
    """Yield each floor with whom it is of, what each effort gives, and the least that it asks.

    Each election has an electorate of its own: an effort gives its share of those whom its own has,
    told as so many persons of the election that the floor's work ends with.
    """
    for floor in plan.floors:
        channels = {floor.channel} if floor.channel else {*HOURLY}
        own = efforts["channel"].isin(channels)
        ends = [str(one.election) for one in plan.phases if channels & {*one.channels}]
        last = next((name for name in reversed(ends) if name in reaches), next(iter(reaches)))
        every = pd.DataFrame({key: _everyone(floor, one) for key, one in reaches.items()})
        known = list(map(str, every.index))
        # An edition of the mailing may be for other groups.
        absent = floor.name is not None and floor.name not in known
        if absent and (floor.per, floor.channel) != ("group", MAILING):
            raise ConfigError("floor_of_nobody", name=floor.name, known=known)
        for name in [floor.name] if floor.name else known:
            there = pd.Series(0.0, every.columns) if absent else pd.Series(every.loc[name])
            scale = efforts["election"].map(there.rdiv(float(there[last])))
            given = _given(floor, name, efforts, reaches) * scale
            yield floor, name, given.where(own).fillna(0.0), floor.share * float(there[last])


def _everyone(floor: Floor, reach: Reach) -> pd.Series:
    """Return how many target persons there are of each whom a floor is of."""
    if floor.per == "group":
        return reach.shares.mul(reach.areas["electors_count"], axis=0).sum()
    column = "municipality_code" if floor.per == "municipality" else "association"
    return reach.areas["target_persons_count"].groupby(reach.areas[column]).sum()


def _given(floor: Floor, name: str, efforts: pd.DataFrame, reaches: dict[str, Reach]) -> pd.Series:
    """Return how many persons of whom a floor is of each effort reaches."""
    if floor.per == "group":
        known = {key: one.shares[name] for key, one in reaches.items() if name in one.shares}
        at = pd.MultiIndex.from_frame(efforts[["election", "area_code"]])
        shares = pd.concat(known).reindex(at).to_numpy() if known else np.nan
        return efforts["electors_count"] * shares
    column = "municipality_code" if floor.per == "municipality" else "association"
    return efforts["target_persons_count"].where(efforts[column] == name)


def _floors(
    efforts: pd.DataFrame, plan: Plan, reaches: dict[str, Reach]
) -> tuple[list[npt.NDArray[np.float64]], list[float]]:
    rows = list(floor_rows(efforts, plan, reaches))
    return [given.to_numpy(float) for *_, given, _ in rows], [least for *_, least in rows]


def _places(efforts: pd.DataFrame, wishes: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return the efforts that wishes are about."""
    pairs = pd.MultiIndex.from_frame(efforts[["area_code", "channel"]])
    named = pd.MultiIndex.from_frame(wishes[["area_code", "channel"]])
    return np.flatnonzero(pairs.isin(named))


def refuse_unknown_wishes(efforts: pd.DataFrame, wishes: pd.DataFrame) -> None:
    """Refuse wishes for what cannot be planned, and those that contradict each other."""
    pairs = set(zip(efforts["area_code"], efforts["channel"], strict=True))
    named = wishes[["area_code", "channel"]]
    faults: list[Phrase] = [
        Phrase("wish_not_possible", area=code, channel=channel)
        for code, channel, wish in wishes[WISHES].itertuples(index=False)
        if wish == "in" and (code, channel) not in pairs
    ]
    faults += [
        Phrase("wish_both_ways", area=code, channel=channel)
        for code, channel in named[named.duplicated()].itertuples(index=False)
    ]
    if faults:
        raise ConfigError("wishes_impossible", faults)


def with_wanted(efforts: pd.DataFrame, plan: Plan, wishes: pd.DataFrame) -> pd.DataFrame:
    """Return wishes with the areas that associations ask to canvass, as far as their hours go.

    The first first, each where there is room for it beside what is locked in and those before; one
    that a wish is about, or that cannot be planned, is passed over.
    """
    about = wishes.loc[wishes["channel"] == CANVASS, "area_code"]
    owner = efforts[efforts["channel"] == CANVASS].groupby("area_code")["association"].first()
    early = np.flatnonzero(efforts["channel"] == ORGANISE)
    for code in plan.wanted:
        if code not in owner or code in set(about):
            continue
        asked = pd.DataFrame({"area_code": [code], "channel": CANVASS, "wish": "in"})
        more = pd.concat([wishes, asked], ignore_index=True)
        held = np.union1d(_places(efforts, more[more["wish"] == "in"]), early)
        own = efforts.iloc[held]
        own = own[own["association"] == owner[code]]
        if _hours_lacking(own, plan, plan.crew_of(owner[code]).hours_per_week) <= ENOUGH:
            wishes = more
    return wishes


def refuse_conflicts(
    efforts: pd.DataFrame, plan: Plan, wishes: pd.DataFrame, problem: Problem, names: pd.Series
) -> None:
    """Refuse wishes that an association has not what they take for, with the least change.

    The least is so much more of what is lacking - hours, kronor, stands - or the fewest wishes to
    give up, those of fewest hours; both are exact.
    """
    wanted = _places(efforts, wishes[wishes["wish"] == "in"])
    fixed = np.flatnonzero(problem.locked == 1)
    owner = efforts["association"].to_numpy()
    faults: list[Phrase] = []
    for name in sorted(set(owner[wanted])):
        own = np.union1d(wanted, fixed)
        own = own[(owner[own] == name) & (problem.locked[own] != -1)]
        given_up = _given_up(efforts.iloc[own], own, problem)
        if given_up:
            areas = [str(names.get(code, code)) for code in given_up]
            faults += _lacking(str(name), efforts.iloc[own], plan, areas)
    if faults:
        raise ConfigError("wishes_impossible", faults)


def _given_up(own: pd.DataFrame, places: npt.NDArray[np.intp], problem: Problem) -> list[str]:
    """Return the fewest areas without which there is room for all else that is wished for."""
    pairs = own[["area_code", "channel"]]
    numbers, wished = pd.factorize(pd.MultiIndex.from_frame(pairs))
    each = csr_array((np.ones(len(own)), (numbers, np.arange(len(own)))))
    # To give one up costs more than all their hours: of as many, those of fewest hours.
    hours = own["hours"].to_numpy(float)
    dear = 1.0 + np.bincount(numbers, hours) / (2 * hours.sum() + 1.0)
    trial = Problem(
        np.zeros(len(own)),
        csr_array(problem.use[:, places]),
        problem.most,
        each,
        np.ones(len(wished)),
        dear,
        problem.locked[places],
    )
    short = trial.short(exact(trial).chosen) > SHORT
    return [str(code) for (code, _), lacks in zip(wished, short, strict=True) if lacks]


def _lacking(name: str, own: pd.DataFrame, plan: Plan, areas: Sequence[str]) -> Iterator[Phrase]:
    """Yield what an association lacks for its wishes: hours, kronor, stands."""
    once = own.sort_values("hours", kind="stable").drop_duplicates(["area_code", "channel"])
    over = _hours_lacking(own, plan, plan.crew_of(name).hours_per_week)
    if over > ENOUGH:
        needed = float(once["hours"].sum())
        yield Phrase("wishes_over_hours", name=name, needed=needed, over=over, areas=areas)
    over = float(once["cost_sek"].sum()) - plan.material_sek
    if over > ENOUGH:
        yield Phrase("wishes_over_money", name=name, over=over, areas=areas)
    stands = int((once["channel"] == STAND).sum())
    most = plan.stand.most_areas if plan.stand else 0
    if stands > most:
        yield Phrase("wishes_over_stands", name=name, count=stands, most=most, areas=areas)


def _hours_lacking(own: pd.DataFrame, plan: Plan, hours: float) -> float:
    """Return the fewest hours more, in whichever phases, with which there is room for all of it."""
    numbers, things_there = pd.factorize(pd.MultiIndex.from_frame(own[["area_code", "channel"]]))
    size, phases = len(own), [phase.name for phase in plan.phases]
    pairs = pd.MultiIndex.from_frame(own[["channel", "election"]])
    rows, most = [], []
    for worked, weeks in demands(plan, [*strands(plan), (ORGANISE, "")]):
        spanned = {phase.name for one in worked for phase, _ in weeks_of(plan, *one)}
        taken = own["hours"].where(pairs.isin(worked), 0.0).to_numpy(float)
        rows.append([*taken, *(-1.0 * (phase in spanned) for phase in phases)])
        most.append(hours * weeks)
    each = np.zeros((len(things_there), size + len(phases)))
    each[numbers, np.arange(size)] = 1.0
    found = highs(
        np.append(np.zeros(size), np.ones(len(phases))),
        integrality=np.append(np.ones(size), np.zeros(len(phases))),
        bounds=Bounds(0, np.append(np.ones(size), np.full(len(phases), np.inf))),
        constraints=[
            LinearConstraint(np.array(rows), ub=np.array(most)),
            LinearConstraint(each, lb=1.0),
        ],
    )
    return float(found.fun)
