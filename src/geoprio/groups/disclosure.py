"""Small counts of sensitive groups are not shown, and cannot be worked out (METHOD 3)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.config import Group
from geoprio.errors import ContractError
from geoprio.groups.hierarchy import NO_LIMIT, Cells, Flags, Hierarchy, count_gaps, stand_ins
from geoprio.groups.nest import Nest
from geoprio.groups.withholding import keeps_rule, naive, withhold

FIGURES = ["count", "se", "low", "high", "share", "share_se"]
SHOWN, SMALL, WITHHELD = "shown", "small", "withheld"
_BASES = ("electorate", "adults", "residents", "other")
_UNIFORM_SD = 12**-0.5
"""Standard deviation of what may lie anywhere between two ends 1 apart."""


@dataclass(frozen=True)
class Protected:
    """The groups of one area set after disclosure control: GROUPS, and how each row is `shown`."""

    printed: pd.DataFrame
    """What may be shown: figures of small and withheld counts are NaN. `shown` says `shown`,
    `small` (printed "färre än") or `withheld` (printed "visas inte")."""
    usable: pd.DataFrame
    """What may be computed with: in their place stand figures made of the printed ones alone."""


def protect(
    tables: Mapping[str, pd.DataFrame],
    groups: Mapping[str, Group],
    nest: Nest,
    *,
    basis: str,
    minimum_count: int,
) -> dict[str, Protected]:
    """Return what may be shown of GROUPS in every area set, and what may be computed with.

    The rule holds over all tables together, kommun and county totals taken for printed whether or
    not a file has them, and a share for its count, since its base is known. An estimate is treated
    as a count. Only what is printed goes into `usable`; scores, reasons and plans are made of it,
    so whoever reads them, however exact, learns nothing more. Not asked by METHOD, and not done: to
    hide that nearly everyone in an area belongs to a group. What a formula makes of public tables
    alone, such as a proxy, anyone can make anew; it is only not shown.

    A group is counted for several elections or bases. These counts go together, so they are
    withheld together; the first (`basis` election, electorate first) keeps its totals and says
    "färre än", the others are withheld in every larger area too: totals of figures in nearly the
    same proportions would be so many equations for the figures.

    Parameters
    ----------
    tables
        GROUPS by area set with a column `size`, the persons in the row's base (NaN unknown). Each
        set is one of `nest`.
    basis
        The election whose counts are printed first.

    Raises
    ------
    ContractError
        The rule cannot be kept whatever is withheld: a fault of the program.
    """
    rows = pd.concat(
        [frame.reset_index().assign(area_set=name) for name, frame in tables.items()],
        ignore_index=True,
    )
    rows["place"] = nest.places(rows["area_set"].to_numpy(), rows["area_code"].to_numpy())
    usable = rows.assign(shown=SHOWN)
    for name, group in groups.items():
        own = rows[rows["group"] == name]
        if group.sensitive and (own["count"] < minimum_count).any():
            found = _protect_group(own, nest, basis=basis, minimum_count=minimum_count)
            usable.loc[found.index, found.columns] = found
    return {name: _of_set(usable, name, frame) for name, frame in tables.items()}


def _of_set(usable: pd.DataFrame, name: str, frame: pd.DataFrame) -> Protected:
    own = usable[usable["area_set"] == name].set_index("area_code")
    own = own[[*frame.columns.drop("size"), "shown"]]
    return Protected(_blanked(own), own)


def _blanked(usable: pd.DataFrame) -> pd.DataFrame:
    printed = usable.copy()
    printed[FIGURES] = printed[FIGURES].mask(usable["shown"] != SHOWN)
    return printed


def _protect_group(
    rows: pd.DataFrame, nest: Nest, *, basis: str, minimum_count: int
) -> pd.DataFrame:
    """Return `shown` and the usable figures of one group's rows."""
    later = (rows["election"] != basis).astype(int)
    rank = rows["base"].map(_BASES.index)
    keys = rows.groupby([later, "election", rank], sort=True).ngroup()
    first = rows[keys == keys.min()]
    few = np.zeros(len(nest.nodes), bool)
    few[rows.loc[rows["count"] < minimum_count, "place"]] = True
    cells, small, sizes = _cells(first, nest, minimum_count)
    hidden = withhold(nest.tree, cells, small, minimum_count=minimum_count, also=few)
    kept = keeps_rule(nest.tree, naive(cells), hidden, small, minimum_count=minimum_count)
    if not kept.all():
        message = "disclosure control: a small count could still be worked out; do not publish"
        raise ContractError(message)
    # Rounded, so that no noise of the sums tells of what was summed.
    counts, low, high = (ends.round(3) for ends in stand_ins(nest.tree, cells, hidden))
    every = pd.DataFrame({"count": counts, "low": low, "high": high, "hidden": hidden})
    every["size"] = np.where(sizes < NO_LIMIT, sizes, np.nan)
    every["state"] = np.select([small & hidden, hidden], [SMALL, WITHHELD], SHOWN)
    parts = [_usable(first, every)]
    every["hidden"] = hidden | _holds(nest.tree, hidden)
    every["state"] = np.where(every["hidden"], WITHHELD, SHOWN)
    parts += [
        _scaled(other, first, every) for key, other in rows.groupby(keys) if key != keys.min()
    ]
    return pd.concat(parts)


def _cells(rows: pd.DataFrame, nest: Nest, minimum_count: int) -> tuple[Cells, Flags, np.ndarray]:
    """Return one table's counts on the hierarchy, which of them are small, and their bases."""
    places = rows["place"].to_numpy()
    counts, known = nest.lay_out(rows["count"], places)
    sizes, sized = nest.lay_out(rows["size"], places)
    sizes = np.maximum(np.where(sized, sizes, NO_LIMIT), counts)
    small = known & (counts < minimum_count)
    cells = Cells(
        counts=counts,
        floors=np.where(small, 0.0, np.minimum(counts, minimum_count)),
        limits=np.where(small, np.minimum(sizes, minimum_count), sizes),
        gaps=count_gaps(nest.tree, counts),
    )
    return cells, small, sizes


def _holds(tree: Hierarchy, hidden: Flags) -> Flags:
    """Return which areas a hidden one lies in."""
    holds = np.zeros(len(hidden), bool)
    for depth in reversed(tree.depths):
        nodes = tree.at(depth)
        holds |= tree.sums((hidden | holds).astype(float), nodes) > 0
    return holds


def _usable(rows: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    own = every.loc[rows["place"]].set_axis(rows.index)
    fitted = own[["count", "low", "high"]].assign(se=(own["high"] - own["low"]) * _UNIFORM_SD)
    fitted["share"] = (own["count"] / own["size"].where(own["size"] > 0)).clip(0, 1)
    # Where the base is unknown the printed areas' mean stands in.
    unknown = own["size"].isna()
    fitted["share"] = fitted["share"].mask(unknown, rows["share"][~own["hidden"]].mean())
    fitted["share_se"] = fitted["se"] / own["size"].where(own["size"] > 0)
    figures = rows[FIGURES].where(~own["hidden"], fitted[FIGURES])
    return figures.assign(shown=own["state"])


def _scaled(rows: pd.DataFrame, first: pd.DataFrame, every: pd.DataFrame) -> pd.DataFrame:
    """Return another election's or base's rows: hidden ones by the first's share and the mean."""
    own = every.loc[rows["place"]].set_axis(rows.index)
    share = first.set_index("place")["share"].where(~every["hidden"]).reindex(rows["place"])
    printed = rows["share"].where(~own["hidden"]).mean() / share.mean()
    per_first = (rows["size"] / own["size"].where(own["size"] > 0)) * printed
    fitted = own[["count", "low", "high"]].mul(per_first, axis=0)
    fitted["se"] = (fitted["high"] - fitted["low"]) * _UNIFORM_SD
    people = rows["size"].where(rows["size"] > 0)
    fitted["share"] = (fitted["count"] / people).clip(0, 1)
    fitted["share_se"] = fitted["se"] / people
    return rows[FIGURES].where(~own["hidden"], fitted[FIGURES]).assign(shown=own["state"])


def withhold_where(
    closer: Protected, other: Protected, closer_towns: pd.Series, other_towns: pd.Series
) -> Protected:
    """Return `closer` with a group withheld in every municipality where either set withholds it.

    For two sets that do not nest: each count of one is a sum of parts of the other's counts, which
    no tree can follow. What may be computed with is the other set's mean in the municipality.

    Parameters
    ----------
    closer, other
        The set that gives way, and the one that is printed as it is.
    closer_towns, other_towns
        Municipality by area code.
    """
    key = ["group", "election", "base", "town"]
    mine = closer.usable.assign(town=closer.usable.index.map(closer_towns.to_dict()))
    theirs = other.usable.assign(town=other.usable.index.map(other_towns.to_dict()))
    both = pd.concat([mine, theirs])
    withheld = both[both["shown"] != SHOWN].groupby(["group", "town"]).size()
    here = pd.MultiIndex.from_frame(mine[["group", "town"]])
    gone = pd.Series(here.isin(withheld.index), mine.index)
    people = theirs["count"] / theirs["share"].where(theirs["share"] > 0)
    sums = theirs[["count"]].assign(people=people).groupby([theirs[name] for name in key]).sum()
    mean = (sums["count"] / sums["people"]).reindex(pd.MultiIndex.from_frame(mine[key])).to_numpy()
    size = mine["count"] / mine["share"].where(mine["share"] > 0)
    fitted = pd.DataFrame({"share": mean, "count": mean * size, "low": 0.0, "high": size})
    fitted = fitted.assign(se=size * _UNIFORM_SD, share_se=_UNIFORM_SD)
    usable = closer.usable.copy()
    usable[FIGURES] = usable[FIGURES].where(~gone, fitted[FIGURES])
    usable["shown"] = usable["shown"].mask(gone, WITHHELD)
    return Protected(_blanked(usable), usable)
