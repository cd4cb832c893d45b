"""What a wish costs, how replaceable each chosen area is, and who gains by the floors."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.plans.efforts import CANVASS, ORGANISE
from geoprio.plans.optimum import Found, alternatives, optimum, price
from geoprio.plans.programme import Programme

NEAR = 2
"""Areas of an association next to its line that are told what having them would cost."""
WITHIN = 0.01
"""Of its value that a plan may lose and still be told as an alternative."""
OTHERS = 3
HALF = 0.5


def nearest(made: Programme, count: int = NEAR) -> npt.NDArray[np.intp]:
    """Return the areas that are canvassed, and of each association the next ones, by their number.

    Next by worth for an hour, a first estimate that is not printed.
    """
    table = made.efforts.assign(thing=made.things, chosen=made.found.chosen, rate=0.0)
    table["rate"] = table["worth"] / table["hours"]
    doors = table[table["channel"] == CANVASS]
    own = doors.groupby("thing").agg(
        association=("association", "first"), chosen=("chosen", "max"), rate=("rate", "max")
    )
    out = own[own["chosen"] < HALF].sort_values("rate", ascending=False, kind="stable")
    following = out[out.groupby("association").cumcount() < count].index
    inside = own.index[own["chosen"] > HALF]
    return np.sort(np.concatenate([inside, following])).astype(np.intp)


def wish_prices(made: Programme, numbers: npt.NDArray[np.intp] | None = None) -> pd.DataFrame:
    """Return what it costs to have an area in that is out, or out that is in.

    Parameters
    ----------
    made
        The plan.
    numbers
        Areas and channels by their number; those of `nearest` where left out.

    Returns
    -------
    prices
        `area_code`, `channel`, `association`, `wish` ("in" or "out": against the plan) and `price`:
        what the association's other work loses, in conversations with target persons (by expected
        yield, where the plan is). Infinite where there are not hours enough. Of an area in the plan
        the price is how replaceable it is.
    """
    numbers = nearest(made) if numbers is None else numbers
    rows = []
    for number in numbers:
        own = np.flatnonzero(made.things == number)
        inside = bool(made.found.chosen[own].max() > HALF)
        one = made.efforts.iloc[own[0]]
        rows.append(
            {
                **one[["area_code", "channel", "association"]],
                "wish": "out" if inside else "in",
                "price": price(made.problem, made.found, own, wanted=not inside),
            }
        )
    columns = ["area_code", "channel", "association", "wish", "price"]
    return pd.DataFrame(rows, columns=columns)


def fairness(made: Programme) -> pd.DataFrame:
    """Return what each association reaches, and what it would without floors and wishes.

    Returns
    -------
    associations
        By association `target_persons_count` and `without_count` (conversations and leaflets with
        target persons), `hours` and `areas_count` that are planned, and `gain_count`.
    """
    problem = made.problem
    locked = np.where(made.efforts["channel"] == ORGANISE, 1, 0).astype(np.int8)
    free = replace(
        problem, give=problem.give[:0], least=np.zeros(0), penalty=np.zeros(0), locked=locked
    )
    bound = len(problem.least) or (problem.locked != locked).any()
    other = optimum(free).chosen if bound else made.found.chosen

    def reached(chosen: npt.NDArray[np.float64]) -> pd.Series:
        persons = made.efforts["target_persons_count"].where(chosen > HALF, 0.0).fillna(0.0)
        return persons.groupby(made.efforts["association"]).sum()

    own = made.chosen.groupby("association")
    names = sorted(made.places["association"].dropna().unique())
    found = pd.DataFrame(
        {
            "hours": own["hours"].sum(),
            "areas_count": own["area_code"].nunique().astype(float),
            "target_persons_count": reached(made.found.chosen),
            "without_count": reached(other),
        },
        index=pd.Index(names, name="association"),
    ).fillna(0.0)
    return found.assign(gain_count=found["target_persons_count"] - found["without_count"])


def unlike_plans(made: Programme, count: int = OTHERS) -> list[tuple[Found, pd.DataFrame]]:
    """Return plans within 1 % of this one that differ most, each with what it does otherwise.

    The second of each is `area_code`, `channel`, `association` and `wish`: what comes in and what
    goes out.
    """
    found = []
    for one in alternatives(made.problem, made.found, count, within=WITHIN):
        sums = pd.DataFrame({"thing": made.things, "was": made.found.chosen, "is": one.chosen})
        change = sums.groupby("thing").sum().round()
        moved = change[change["was"] != change["is"]]
        firsts = made.efforts.iloc[[int(np.argmax(made.things == at)) for at in moved.index]]
        told = firsts[["area_code", "channel", "association"]].reset_index(drop=True)
        told["wish"] = np.where(moved["is"] > moved["was"], "in", "out")
        found.append((one, told))
    return found
