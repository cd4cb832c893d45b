"""Several groups at once: intensity, at least one of them, and who is in several (METHOD 3)."""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from geoprio.config import Combine
from geoprio.groups.joint import Floats, Joint


def intensity(joint: Joint, weights: Mapping[str, float], *, combine: Combine) -> pd.Series:
    """Return how much of the target groups there is in each area.

    `sum`: weighted mean of the groups' shares. Points, never a headcount: a person in two groups
    counts in both. `max`: each person counts once, by the heaviest of the own groups, the heaviest
    of all being 1. `any`: share in at least one of the groups, unweighted.

    Parameters
    ----------
    joint
        The groups' joint table.
    weights
        Weight of each group that counts; the others move nothing.
    combine
        `sum`, `max` or `any`.

    Returns
    -------
    intensity
        0-1 by area; NaN where unknown.

    Examples
    --------
    >>> from geoprio import fit_joint, intensity
    >>> import pandas as pd
    >>> shares = pd.DataFrame({"young": [0.2], "women": [0.5]}, index=["a"])
    >>> joint = fit_joint(shares, seed=pd.Series(1.0, ["00", "01", "10", "11"]))
    >>> {way: round(float(intensity(joint, {"young": 1, "women": 1}, combine=way)["a"]), 2)
    ...  for way in ("sum", "max", "any")}
    {'sum': 0.35, 'max': 0.6, 'any': 0.6}
    """
    return COMBINE[combine](joint, weights).clip(0, 1).rename("intensity")


def _sum(joint: Joint, weights: Mapping[str, float]) -> pd.Series:
    scaled = pd.Series(weights) / sum(weights.values())
    return pd.Series((joint.shares[scaled.index] * scaled).sum(axis=1, skipna=False))


def _max(joint: Joint, weights: Mapping[str, float]) -> pd.Series:
    weight = np.array([weights.get(name, 0.0) for name in joint.shares.columns])
    heaviest = (joint.belongs() * weight / weight.max()).max(axis=1)
    return joint.cells @ pd.Series(heaviest, joint.cells.columns)


def _any(joint: Joint, weights: Mapping[str, float]) -> pd.Series:
    return _max(joint, dict.fromkeys(weights, 1.0))


COMBINE: dict[Combine, Callable[[Joint, Mapping[str, float]], pd.Series]] = {
    "sum": _sum,
    "max": _max,
    "any": _any,
}


def at_least_one(joint: Joint) -> pd.DataFrame:
    """Return the share in at least one group, and Fréchet's bounds.

    Whatever the overlap, the share lies between the largest group and the groups' sum.

    Parameters
    ----------
    joint
        The groups' joint table.

    Returns
    -------
    shares
        `share`, `low` and `high` (0-1) by area; NaN where the share of a group is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import at_least_one, fit_joint
    >>> shares = pd.DataFrame({"young": [0.2], "women": [0.5]}, index=["a"])
    >>> joint = fit_joint(shares, seed=pd.Series(1.0, ["00", "01", "10", "11"]))
    >>> at_least_one(joint).round(2)
       share  low  high
    a    0.6  0.5   0.7
    """
    values = joint.shares.to_numpy(float)
    low, high = values.max(axis=1), np.minimum(values.sum(axis=1), 1.0)
    share = np.clip(1 - joint.cells.iloc[:, 0].to_numpy(float), low, high)
    return pd.DataFrame({"share": share, "low": low, "high": high}, index=joint.shares.index)


def overlap_table(joint: Joint, electors: pd.Series) -> pd.DataFrame:
    """Return how the groups overlap among the electors of all areas together.

    Areas whose joint table is unknown are left out. Persons are whole and add up: no person is in
    two cells.

    Parameters
    ----------
    joint
        The groups' joint table.
    electors
        Electorate of each area.

    Returns
    -------
    table
        One row for each group and other group (`group`, `also`), for each number of groups that
        one belongs to (`groups_count`, from 0), and for at least one (both empty); `persons_count`
        out of `of_count`, the group or all electors, and their `share` (0-1; NaN of nobody).

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import fit_joint, overlap_table
    >>> shares = pd.DataFrame({"young": [0.2], "women": [0.5]}, index=["a"])
    >>> joint = fit_joint(shares, seed=pd.Series(1.0, ["00", "01", "10", "11"]))
    >>> table = overlap_table(joint, pd.Series(1000.0, ["a"]))
    >>> table[table["group"] == "young"][["group", "also", "persons_count", "of_count"]]
       group   also  persons_count  of_count
    0  young  women            100       200
    """
    expected = joint.cells.mul(electors, axis=0).sum().to_numpy(float)
    known = joint.cells.notna().all(axis=1)
    total = round(float(electors[known].sum()))
    persons = integerise(expected, total)
    belongs, names = joint.belongs(), list(joint.shares.columns)
    numbers = belongs.sum(axis=1)
    rows: list[tuple[str, str, float, int, int]] = [
        (one, other, np.nan, persons[both].sum(), persons[belongs[:, i]].sum())
        for i, one in enumerate(names)
        for j, other in enumerate(names)
        if i != j
        for both in [belongs[:, i] & belongs[:, j]]
    ]
    rows += [
        ("", "", number, persons[numbers == number].sum(), total)
        for number in range(len(names) + 1)
    ]
    rows.append(("", "", np.nan, persons[numbers > 0].sum(), total))
    columns = ["group", "also", "groups_count", "persons_count", "of_count"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(share=table["persons_count"] / table["of_count"].where(lambda of: of > 0))


def integerise(fractions: Floats, total: int) -> npt.NDArray[np.int64]:
    """Return whole numbers in proportion to the fractions that add up to the total.

    Each is rounded down, and what is left goes to the largest remainders (Hamilton); ties to the
    first.
    """
    everyone = float(fractions.sum())
    if everyone == 0:
        return np.zeros(len(fractions), dtype=np.int64)
    exact = fractions * (total / everyone)
    whole = np.floor(exact).astype(np.int64)
    left = int(total - whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return whole
