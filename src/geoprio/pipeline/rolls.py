"""The electorates of every election, moved to an area set with their errors (METHOD 2 and 3)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.areas import Crosswalk, Split, find_way, mixing, move_counts, move_errors
from geoprio.groups import LOCAL, Roll, Rolls
from geoprio.pipeline.gather import Gathered, Loaded

ROLLS = "rolls_to_"
"""What the name of a fitted error of moved electors begins with; the area set follows."""
ELECTORS, FOREIGN = "electors_count", "foreign_citizens_count"


def find_rolls(
    area_set: str, gathered: Gathered, splits: Mapping[str, Split], *, tolerance: float
) -> Rolls:
    """Return the electorates of the election year's elections in the areas of a set.

    Swedes abroad are the riksdag's electors beyond the municipal ones who are citizens; unknown
    without the municipal roll.

    Parameters
    ----------
    splits
        Fitted errors; `way_split` says which is used.
    tolerance
        Share (0-1) of the electors that may be lost.
    """
    split = way_split(area_set, splits)
    moved, ways = {}, {}
    for election, item in gathered.results.items():
        ways[election] = find_way(gathered.atlas, item.source.area_set, area_set, kappa=split.kappa)
        counts = _district_electors(item)
        limit = tolerance * float(counts[ELECTORS].sum())
        moved[election] = move_counts(counts, ways[election], tolerance=limit)
    local = next((name for name in LOCAL if name in moved), None)
    rolls = {}
    for election, item in gathered.results.items():
        counts = _district_electors(item)
        electors = moved[election][ELECTORS]
        foreign, foreign_se = _foreign(counts, moved[election], ways[election], election)
        rolls[election] = Roll(
            electors=electors,
            se=roll_errors(counts[[ELECTORS]], ways[election], split)[ELECTORS],
            foreign_share=foreign,
            foreign_se=foreign_se,
            abroad_share=_abroad(electors, moved.get(local or ""), election),
            origin=item.origin,
        )
    return Rolls(rolls, _home(area_set, gathered))


def way_split(area_set: str, splits: Mapping[str, Split]) -> Split:
    """Return the fitted error of moving counts from districts to a set."""
    fitted = [split for name, split in splits.items() if name.startswith(ROLLS)]
    return splits.get(f"{ROLLS}{area_set}", fitted[0] if fitted else splits["to_areas"])


def roll_errors(counts: pd.DataFrame, way: Crosswalk, split: Split) -> pd.DataFrame:
    """Return the standard errors of counts moved from districts: of splits, and beside them.

    A district that hardly splits strays too, by the share sigma of what it gives; see
    `areas.calibration`. Where every district lies whole in its area, nothing strays.
    """
    pieces = way.frame
    split_up = (pieces["weight"] < 1).groupby(pieces["area_code"]).any()
    whole = ~split_up.reindex(way.targets, fill_value=False)
    sure = pieces.assign(weight_se=pieces["weight"] * split.sigma)
    beside = move_errors(counts, Crosswalk(frame=sure, targets=way.targets))
    errors: pd.DataFrame = (move_errors(counts, way) ** 2 + beside**2) ** 0.5
    return errors.mask(whole, 0.0)


def _district_electors(item: Loaded) -> pd.DataFrame:
    columns = [name for name in (ELECTORS, FOREIGN) if name in item.frame]
    return item.frame.loc[~item.frame["unassigned"], columns]


def _foreign(
    counts: pd.DataFrame, moved: pd.DataFrame, way: Crosswalk, election: str
) -> tuple[pd.Series, pd.Series]:
    """Return the share of foreign citizens and its error; 0 in an election of citizens."""
    if election not in LOCAL:
        nobody = moved[ELECTORS] * 0
        return nobody, nobody
    if FOREIGN not in moved:
        unknown = moved[ELECTORS] * np.nan
        return unknown, unknown
    electors = moved[ELECTORS].where(moved[ELECTORS] > 0)
    own = counts[FOREIGN] / counts[ELECTORS].where(counts[ELECTORS] > 0)
    spread = share_spread(own, own.index.str[:4].to_series(index=own.index))
    return moved[FOREIGN] / electors, mixing(counts[[ELECTORS]], way)[ELECTORS] * spread


def share_spread(shares: pd.Series, home: pd.Series) -> float:
    """Return the standard deviation of areas' shares around the mean of their municipality."""
    gaps = shares - shares.groupby(home).transform("mean")
    return float(np.sqrt((gaps**2).mean()))


def _abroad(electors: pd.Series, local: pd.DataFrame | None, election: str) -> pd.Series:
    if election in LOCAL:
        return electors * 0
    if local is None or FOREIGN not in local or election != "riksdag":
        return electors * np.nan
    citizens = local[ELECTORS] - local[FOREIGN]
    return ((electors - citizens) / electors.where(electors > 0)).clip(0, 1)


def _home(area_set: str, gathered: Gathered) -> pd.Series:
    home: pd.Series = gathered.atlas.sets[area_set]["municipality_code"].rename(None)
    return home
