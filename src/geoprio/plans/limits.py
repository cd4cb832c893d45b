"""What bounds the efforts together: hours, money, one effort a time, floors, and what is locked."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, vstack

from geoprio.config.resources import Floor, Plan
from geoprio.errors import ConfigError
from geoprio.plans.efforts import CANVASS, HOURLY, ORGANISE, STAND, season_hours
from geoprio.plans.optimum import Problem
from geoprio.plans.reach import Reach
from geoprio.plans.schedule import demands
from geoprio.words import Phrase

DEAR = 10.0
"""Times the worth of the dearest target person that one whom a floor lacks costs."""
SHORT = 0.5
"""Target persons that a floor may lack and be met."""
WISHES = ["area_code", "channel", "wish"]

Rows = list[tuple[npt.NDArray[np.float64], float]]


def things(efforts: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return which area and channel each effort is of, numbered as they come."""
    pairs = pd.MultiIndex.from_frame(efforts[["area_code", "channel"]])
    return np.asarray(pd.factorize(pairs)[0], dtype=np.intp)


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
    numbers = things(efforts)
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
    for channels, weeks in demands(plan, [*HOURLY, ORGANISE]):
        taken = efforts["hours"].where(efforts["channel"].isin(channels), 0.0)
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
    """Yield each floor with whom it is of, what each effort gives, and the least that it asks."""
    for floor in plan.floors:
        channels = [floor.channel] if floor.channel else [*HOURLY]
        own = efforts["channel"].isin(channels)
        reach = reaches.get(channels[0], next(iter(reaches.values())))
        persons = efforts["target_persons_count"].where(own, 0.0)
        if floor.per == "group":
            for name in [floor.name] if floor.name else list(map(str, reach.shares)):
                share = reach.shares[name] if name in reach.shares else pd.Series(dtype=float)
                met = efforts["electors_count"] * efforts["area_code"].map(share)
                total = float((reach.areas["electors_count"] * share).sum())
                yield floor, name, met.where(own, 0.0).fillna(0.0), floor.share * total
            continue
        column = "municipality_code" if floor.per == "municipality" else "association"
        totals = reach.areas["target_persons_count"].groupby(reach.areas[column]).sum()
        for name in [floor.name] if floor.name else sorted(totals.index):
            least = floor.share * float(totals.get(name, 0.0))
            yield floor, name, persons.where(efforts[column] == name, 0.0), least


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

    Each takes its least effort, the first first, of the hours that what is locked in leaves; one
    that a wish is about, or that cannot be planned, is passed over.
    """
    key = ["area_code", "channel"]
    least = efforts.sort_values("hours", kind="stable").drop_duplicates(key)
    held = least.merge(wishes[wishes["wish"] == "in"], on=key)
    held = pd.concat([held, least[least["channel"] == ORGANISE]]).drop_duplicates(key)
    taken = held.groupby("association")["hours"].sum()
    about = wishes.loc[wishes["channel"] == CANVASS, "area_code"]
    asked = least[least["channel"] == CANVASS].set_index("area_code")
    codes = [code for code in plan.wanted if code in asked.index and code not in set(about)]
    if not codes:
        return wishes
    own = asked.loc[codes, ["association", "hours"]]
    needed = own.groupby("association")["hours"].cumsum() + own["association"].map(taken).fillna(0)
    had = [season_hours(plan, CANVASS, name) for name in own["association"]]
    more = pd.DataFrame({"area_code": own.index[needed <= had], "channel": CANVASS, "wish": "in"})
    return pd.concat([wishes, more], ignore_index=True)


def refuse_conflicts(
    efforts: pd.DataFrame, plan: Plan, wishes: pd.DataFrame, names: pd.Series
) -> None:
    """Refuse wishes that take more hours or kronor than an association has, with the least change.

    The least is either so much more, or the one wish (else the fewest) to give up.
    """
    wanted = wishes[wishes["wish"] == "in"]
    own = efforts.iloc[_places(efforts, wanted)]
    smallest = own.sort_values("hours", kind="stable").drop_duplicates(["area_code", "channel"])
    organised = efforts[efforts["channel"] == ORGANISE]
    faults: list[Phrase] = []
    for name, asked in smallest.groupby("association"):
        needed = pd.concat([asked, organised[organised["association"] == name]])
        needed = needed.drop_duplicates(["area_code", "channel"])
        hours = plan.crew_of(str(name)).hours_per_week
        for channels, weeks in demands(plan, [*HOURLY, ORGANISE]):
            held = needed[needed["channel"].isin(channels)]
            over = float(held["hours"].sum()) - hours * weeks
            if over > 1e-6:
                faults.append(_conflict(str(name), asked, held, over, names))
                break
        over = float(asked["cost_sek"].sum()) - plan.material_sek
        if over > 1e-6:
            faults.append(Phrase("wishes_over_money", name=name, over=over))
    if faults:
        raise ConfigError("wishes_impossible", faults)


def _conflict(
    name: str, asked: pd.DataFrame, held: pd.DataFrame, over: float, names: pd.Series
) -> Phrase:
    ranked = asked[asked["channel"].isin(held["channel"])].sort_values("hours", kind="stable")
    enough = ranked[ranked["hours"] >= over]
    fewest = ranked[::-1]
    count = int((fewest["hours"].cumsum() < over).sum()) + 1
    given_up: Sequence[str] = (enough if len(enough) else fewest[:count])["area_code"].tolist()
    return Phrase(
        "wishes_over_hours",
        name=name,
        needed=float(held["hours"].sum()),
        had=float(held["hours"].sum()) - over,
        over=over,
        areas=[str(names.get(code, code)) for code in given_up[: 1 if len(enough) else count]],
    )
