"""The electorates of every election, moved to an area set with their errors (METHOD 2 and 3)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.areas import Crosswalk, Split, find_way, mixing, move_counts, move_errors
from geoprio.groups import LOCAL, Roll, Rolls
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.loaded import Loaded

ROLLS = "rolls_to_"
"""What the name of a fitted error of moved electors begins with; the area set follows."""
ELECTORS, FOREIGN = "electors_count", "foreign_citizens_count"


def find_rolls(
    area_set: str,
    gathered: Gathered,
    splits: Mapping[str, Split],
    *,
    tolerance: float,
    abroad_share: float,
) -> Rolls:
    """Return the electorates of the election year's elections in the areas of a set.

    Swedes abroad are the riksdag's electors beyond the municipal ones who are citizens, and the
    campaign's share where foreign citizens are not counted.

    Parameters
    ----------
    splits
        Fitted errors; `way_split` says which is used.
    tolerance
        Share (0-1) of the electors that may be lost.
    abroad_share
        Share (0-1) of the riksdag's electors who live abroad, where it cannot be counted.
    """
    split = way_split(area_set, splits)
    # The elections of a day share their districts: one way serves them all.
    ways = {
        districts: find_way(gathered.atlas, districts, area_set, kappa=split.kappa)
        for districts in {item.source.area_set for item in gathered.results.values()}
    }
    moved = {}
    for election, item in gathered.results.items():
        counts = _district_electors(item)
        limit = tolerance * float(counts[ELECTORS].sum())
        moved[election] = move_counts(counts, ways[item.source.area_set], tolerance=limit)
    local = next((name for name in LOCAL if name in moved), None)
    riksdag = gathered.results.get("riksdag")
    rolls = {}
    for election, item in gathered.results.items():
        counts = _district_electors(item)
        electors = moved[election][ELECTORS]
        theirs = _foreign_citizens(counts, riksdag, election, abroad_share)
        foreign, foreign_se = _moved_share(theirs, counts[ELECTORS], ways[item.source.area_set])
        rolls[election] = Roll(
            electors=electors,
            se=roll_errors(counts[[ELECTORS]], ways[item.source.area_set], split)[ELECTORS],
            foreign_share=foreign,
            foreign_se=foreign_se,
            abroad_share=_abroad(electors, moved.get(local or ""), election, abroad_share),
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


def _foreign_citizens(
    counts: pd.DataFrame, riksdag: Loaded | None, election: str, abroad_share: float
) -> pd.Series:
    """Return the foreign citizens of each district's electors; 0 in an election of citizens.

    Where they are not counted apart: the electors beyond the riksdag's, Swedes abroad taken out.
    """
    if election not in LOCAL:
        return counts[ELECTORS] * 0
    if FOREIGN in counts:
        return counts[FOREIGN]
    if riksdag is None:
        return counts[ELECTORS] * np.nan
    citizens = _district_electors(riksdag)[ELECTORS] * (1 - abroad_share)
    return (counts[ELECTORS] - citizens.reindex(counts.index)).clip(lower=0)


def _moved_share(part: pd.Series, whole: pd.Series, way: Crosswalk) -> tuple[pd.Series, pd.Series]:
    """Return a part's share (0-1) of the electors in each area, and its standard error."""
    pair = pd.DataFrame({"part_count": part, "whole_count": whole})
    moved = move_counts(pair.reindex(whole.index.difference(list(way.unmatched))), way)
    home = whole.index.str[:4].to_series(index=whole.index)
    spread = piece_spread(part / whole.where(whole > 0), home, way)
    electors = moved["whole_count"].where(moved["whole_count"] > 0)
    error = mixing(pair[["whole_count"]], way)["whole_count"] * spread
    return (moved["part_count"] / electors).clip(0, 1), error


def piece_spread(shares: pd.Series, home: pd.Series, way: Crosswalk) -> float:
    """Return how far the pieces of split sources stray (standard deviation) from their share.

    Sources stray from the mean of their municipality; each is the mean of its pieces, which stray
    `sqrt(k)` times as far, with k the pieces of a source: the mean of `1 / sum_t w_st^2`.
    """
    gaps = shares - shares.groupby(home).transform("mean")
    squares = (way.frame["weight"] ** 2).groupby(way.frame["source_code"]).sum()
    pieces = float((1 / squares.where(squares > 0)).mean())
    return float(np.sqrt(pieces * (gaps**2).mean()))


def _abroad(
    electors: pd.Series, local: pd.DataFrame | None, election: str, abroad_share: float
) -> pd.Series:
    if election in LOCAL:
        return electors * 0
    if election != "riksdag":
        return electors * np.nan
    if local is None or FOREIGN not in local:
        return electors * 0 + abroad_share
    citizens = local[ELECTORS] - local[FOREIGN]
    return ((electors - citizens) / electors.where(electors > 0)).clip(0, 1)


def _home(area_set: str, gathered: Gathered) -> pd.Series:
    home: pd.Series = gathered.atlas.sets[area_set]["municipality_code"].rename(None)
    return home
