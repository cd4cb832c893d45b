"""Crosswalks: the share of each source area's people that lives in each target area.

`u_st = sum_c P_c * |s ∩ t ∩ c| / |c|` and `w_st = u_st / sum_t u_st`, with a control layer c of
known population P; without one, u is the shared area. Where doors are known, |.| is how many of
them there are, and not the ground.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.errors import GEOSException

from geoprio.areas.doors import homes_of, located
from geoprio.errors import ContractError, CoverageError
from geoprio.tables import AREAS, COUNTS, CRS, Contract, check

Shapes = npt.NDArray[Any]
Positions = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

THREADS = 2
_CHUNKS = 64  # many more than threads, since a coastline makes some pairs ten times as heavy
_SEARCHES = 8


@dataclass(frozen=True)
class Pieces:
    """The shared ground of two sets: piece k is of `left[k]` and `right[k]`.

    Pairs that only touch have no ground to share and are left out; rows are sorted by left, right.
    """

    left: Positions
    right: Positions
    area: Floats
    """In m2."""
    perimeter: Floats
    """In metres."""

    def turned(self) -> "Pieces":
        """Return the same ground with left and right changed."""
        order = np.lexsort((self.left, self.right))
        sides = self.right[order], self.left[order]
        return Pieces(*sides, self.area[order], self.perimeter[order])


def overlay(left: Shapes, right: Shapes, *, threads: int = THREADS) -> Pieces:
    """Return the pieces that `left` and `right` share.

    The result does not depend on the number of threads. Each chunk frees its own shapes, which is
    faster than to hold all of them.
    """
    with ThreadPoolExecutor(threads) as pool:
        near, far = _find_pairs(left, right, pool)

        def chunk(start: int, stop: int) -> tuple[Floats, Floats]:
            shape = shapely.intersection(left[near[start:stop]], right[far[start:stop]])
            return shapely.area(shape), shapely.length(shape)

        parts = list(pool.map(chunk, *_cut(len(near), _CHUNKS)))
    area, perimeter = map(np.concatenate, zip(*parts, strict=True))
    kept = area > 0
    return Pieces(near[kept], far[kept], area[kept], perimeter[kept])


def _find_pairs(
    left: Shapes, right: Shapes, pool: ThreadPoolExecutor
) -> tuple[Positions, Positions]:
    """Return the pairs that touch or share ground, sorted."""
    tree = shapely.STRtree(right)

    def search(start: int, stop: int) -> tuple[Positions, Positions]:
        near, far = tree.query(left[start:stop], predicate="intersects")
        order = np.lexsort((far, near))
        return near[order] + start, far[order]

    found = zip(*pool.map(search, *_cut(len(left), _SEARCHES)), strict=True)
    near, far = map(np.concatenate, found)
    return near, far


def _cut(n: int, chunks: int) -> tuple[Positions, Positions]:
    """Return where the chunks of `n` rows start and stop; one empty chunk of no rows."""
    edges = np.linspace(0, n, max(min(chunks, n), 1) + 1).astype(np.intp)
    return edges[:-1], edges[1:]


def find_slivers(pieces: Pieces, left: Shapes, right: Shapes) -> npt.NDArray[np.bool_]:
    """Return which pieces are drawing noise rather than shared ground.

    A sliver is narrower than 1 m (width = 2 * area / perimeter) or holds less than 0.1 % of both
    of its areas.
    """
    width = 2 * pieces.area / pieces.perimeter
    share_of_left = pieces.area / shapely.area(left)[pieces.left]
    share_of_right = pieces.area / shapely.area(right)[pieces.right]
    slivers: npt.NDArray[np.bool_] = (width < 1.0) | (
        np.maximum(share_of_left, share_of_right) < 0.001
    )
    return slivers


POPULATION = "population_count"
FEWEST_DOORS = 10.0
"""Dwellings of an area below which its doors do not say where its people live."""


@dataclass(frozen=True)
class Control:
    """What says where the people of an area live."""

    areas: gpd.GeoDataFrame | None = None
    """With `population_count`."""
    doors: gpd.GeoDataFrame | None = None
    """Points with `dwellings_count`."""


def count_people(
    pieces: Pieces, left: Shapes, right: Shapes, control: Control
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return how many live in each piece, and which areas of `left` were split by area instead.

    `sum_c P_c * |piece ∩ c| / |c|` over the control areas c, where |.| is the dwellings in a
    control area that has ten or more, else m2. Ground of unknown population (NaN) gets the density
    of the known ground in the same area of `left`; an area where nobody is known to live counts its
    m2 for people. Without control areas the dwellings alone are counted, without doors the m2.
    """
    if control.areas is not None:
        people = _residents(pieces, left, right, control.areas, control.doors)
    elif control.doors is not None:
        cells = np.arange(len(pieces.area)), pieces.left, pieces.area
        people = _by_doors(pieces, (left, right, left), cells, control.doors)
    else:
        return pieces.area, np.zeros(len(left), bool)
    empty = np.bincount(pieces.left, people, len(left)) <= 0
    by_area = empty & (np.bincount(pieces.left, minlength=len(left)) > 0)
    return np.where(by_area[pieces.left], pieces.area, people), by_area


def _residents(
    pieces: Pieces,
    left: Shapes,
    right: Shapes,
    control: gpd.GeoDataFrame,
    doors: gpd.GeoDataFrame | None,
) -> Floats:
    shapes = np.asarray(control.geometry)
    piece, cell, area = _ground_of(pieces, left, right, shapes)
    if doors is not None:
        area = _by_doors(pieces, (left, right, shapes), (piece, cell, area), doors)
    density = control[POPULATION].to_numpy(float) / shapely.area(shapes)
    known = ~np.isnan(density[cell])
    counted = (density[cell] * area)[known]
    people: Floats = np.bincount(piece[known], counted, len(pieces.area)).astype(float)
    return people + _guess_unknown(pieces, people, piece, area, known)


def _by_doors(
    pieces: Pieces,
    sets: tuple[Shapes, Shapes, Shapes],
    cells: tuple[Positions, Positions, Floats],
    doors: gpd.GeoDataFrame,
) -> Floats:
    """Return the ground of each piece in each control cell, shared out as the cell's doors are.

    A cell with fewer than ten dwellings keeps its ground as it is.
    """
    piece, cell, area = cells
    left, right, shapes = sets
    near, far = located(doors, left), located(doors, right)
    home = near if _same(shapes, left) else far if _same(shapes, right) else located(doors, shapes)
    homes, known = homes_of(doors), (near >= 0) & (far >= 0) & (home >= 0)
    # Pieces are sorted by left and right: so is their number.
    number = pieces.left * len(right) + pieces.right
    wanted = near[known] * len(right) + far[known]
    at = np.minimum(np.searchsorted(number, wanted), len(number) - 1)
    real = number[at] == wanted
    pairs = pd.DataFrame({"piece": at[real], "cell": home[known][real], "n": homes[known][real]})
    found = pairs.groupby(["piece", "cell"])["n"].sum()
    here = found.reindex(pd.MultiIndex.from_arrays([piece, cell]), fill_value=0.0).to_numpy()
    whole = np.bincount(home[home >= 0], homes[home >= 0], len(shapes))
    enough = (whole >= FEWEST_DOORS)[cell]
    share = np.divide(here, whole[cell], out=np.zeros(len(here)), where=enough)
    ground: Floats = np.where(enough, share * shapely.area(shapes)[cell], area)
    return ground


def _ground_of(
    pieces: Pieces, left: Shapes, right: Shapes, cells: Shapes
) -> tuple[Positions, Positions, Floats]:
    """Return piece, control cell and shared area; no third overlay where a set is the control."""
    every = np.arange(len(pieces.area))
    if _same(cells, right):
        return every, pieces.right, pieces.area
    if _same(cells, left):
        return every, pieces.left, pieces.area
    ground = overlay(shapely.intersection(left[pieces.left], right[pieces.right]), cells)
    return ground.left, ground.right, ground.area


def _same(one: Shapes, other: Shapes) -> bool:
    return len(one) == len(other) and bool(shapely.equals_exact(one, other, 0.0).all())


def _guess_unknown(
    pieces: Pieces, people: Floats, piece: Positions, area: Floats, known: npt.NDArray[np.bool_]
) -> Floats:
    n = int(pieces.left.max(initial=-1)) + 1
    owner = pieces.left[piece]
    known_area = np.bincount(owner[known], area[known], n)
    known_people = np.bincount(pieces.left, people, n)
    density = np.divide(known_people, known_area, out=np.zeros(n), where=known_area > 0)
    unknown_area = np.bincount(piece[~known], area[~known], len(people))
    guessed: Floats = (unknown_area * density[pieces.left]).astype(float)
    return guessed


def refuse_wrong_population(control: gpd.GeoDataFrame) -> None:
    """Raise ContractError where a control layer is not areas in EPSG:3006 with a population."""
    if POPULATION not in control.columns:
        found = ", ".join(map(str, control.columns))
        raise ContractError("control_without_population", population=POPULATION, found=found)
    check(control[[POPULATION, control.geometry.name]], COUNTS)


KAPPA = 2.0
"""How evenly people follow a split, both ways between DeSO and polling districts of a real county
(calibration gives 2.2 and 2.0 without a control layer); larger means surer."""


@dataclass(frozen=True)
class Crosswalk:
    """The way between two area sets, and what it cost to make it."""

    frame: pd.DataFrame
    """CROSSWALK: source_code, area_code (of the target), weight, weight_se."""
    targets: pd.Index
    """Every target's code, also of those that no source reaches."""
    unmatched: tuple[str, ...] = ()
    """Sources that fit no target; their counts are lost unless that is refused."""
    by_area: tuple[str, ...] = ()
    """Sources split by area alone since the control layer knows nobody there."""
    sliver_share: float = 0.0
    """Share of a source's people that dropping slivers moved to its other targets, on average."""

    @property
    def shared(self) -> pd.Series:
        """Whether a part of a split source comes to each target; False where none reaches it."""
        split = (self.frame["weight"] < 1).groupby(self.frame["area_code"]).any()
        return split.reindex(self.targets, fill_value=False)

    @cached_property
    def places(self) -> tuple[pd.Index, Positions, Positions]:
        """The sources that reach a target; of each pair, its source among them and its target."""
        source, codes = pd.factorize(pd.Index(self.frame["source_code"]))
        return codes, source, self.targets.get_indexer(pd.Index(self.frame["area_code"]))


def build_crosswalk(
    sources: gpd.GeoDataFrame,
    targets: gpd.GeoDataFrame,
    *,
    control: gpd.GeoDataFrame | None = None,
    kappa: float = KAPPA,
    drop_slivers: bool = True,
) -> Crosswalk:
    """Return the crosswalk from `sources` to `targets` (both AREAS).

    Parameters
    ----------
    sources, targets
        Area sets in EPSG:3006.
    control
        Areas with `population_count`. NaN is an unknown population: that ground gets the density
        of the rest of its source. A source where nobody is known to live is split by area.
    kappa
        Calibrated concentration; `weight_se = sqrt(w (1 - w) / (kappa + 1))`.
    drop_slivers
        Whether pieces that are drawing noise (`find_slivers`) give way to the source's other
        pieces. Off when results are compared with other programs.

    Returns
    -------
    crosswalk
        Its `frame` is CROSSWALK: a row for each source and target that share ground, with `weight`
        (0-1, summing to 1 by source) and `weight_se`. Sources that fit no target are `unmatched`.

    Raises
    ------
    ContractError
        A set is not AREAS in EPSG:3006, or the control layer is not areas with a population.

    Examples
    --------
    A district of 2 km2 and two areas of 1 km2: without residents to go by, ground decides.

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> import shapely
    >>> from geoprio import build_crosswalk, move_counts
    >>> def squares(**boxes):
    ...     return gpd.GeoDataFrame(
    ...         {"area_name": list(boxes), "municipality_code": "0199"},
    ...         geometry=[shapely.box(*box) for box in boxes.values()],
    ...         index=pd.Index(list(boxes), name="area_code"),
    ...         crs=3006,
    ...     )
    >>> districts = squares(d=(0, 0, 2000, 1000))
    >>> areas = squares(a=(0, 0, 1000, 1000), b=(1000, 0, 2000, 1000))
    >>> build_crosswalk(districts, areas).frame[["source_code", "area_code", "weight"]]
      source_code area_code  weight
    0           d         a     0.5
    1           d         b     0.5

    Three in four of the residents live in `a`: so do the district's electors.

    >>> residents = areas.assign(population_count=[300.0, 100.0])
    >>> way = build_crosswalk(districts, areas, control=residents)
    >>> move_counts(pd.DataFrame({"electors_count": [200.0]}, index=["d"]), way)
               electors_count
    area_code
    a                   150.0
    b                    50.0
    """
    if control is not None:
        refuse_wrong_population(control)
    pieces, known = share_ground(sources, targets), Control(control)
    return crosswalk_of(pieces, (sources, targets), known, kappa=kappa, drop_slivers=drop_slivers)


def share_ground(sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame) -> Pieces:
    """Return the ground that the areas of two sets (AREAS) share.

    Raises
    ------
    ContractError
        A set is not AREAS in EPSG:3006.
    """
    _refuse_unfit(sources, AREAS)
    _refuse_unfit(targets, AREAS)
    try:
        return overlay(np.asarray(sources.geometry), np.asarray(targets.geometry))
    except GEOSException:  # an invalid ring: the full contract names it
        check(sources, AREAS)
        check(targets, AREAS)
        raise


def crosswalk_of(
    pieces: Pieces,
    sets: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    control: Control,
    *,
    kappa: float,
    drop_slivers: bool = True,
) -> Crosswalk:
    """Return what `build_crosswalk` does, of the ground that its sources and targets share."""
    sources, targets = sets
    left, right = np.asarray(sources.geometry), np.asarray(targets.geometry)
    people, by_area = count_people(pieces, left, right, control)
    share = _share_of_source(people, pieces, len(left))
    kept = ~_droppable(pieces, left, right) if drop_slivers else np.ones(len(share), bool)
    source = pieces.left[kept]
    weight = share[kept] / np.bincount(source, share[kept], len(left))[source]
    reached = np.bincount(pieces.left, minlength=len(left)) > 0
    return Crosswalk(
        frame=as_crosswalk(
            sources.index[source], targets.index[pieces.right[kept]], weight, kappa=kappa
        ),
        targets=targets.index,
        unmatched=tuple(sources.index[~reached]),
        by_area=tuple(sources.index[by_area]),
        sliver_share=float(share[~kept].sum() / max(reached.sum(), 1)),
    )


def with_kappa(crosswalk: Crosswalk, kappa: float) -> Crosswalk:
    """Return the crosswalk with the standard errors that a calibrated `kappa` gives."""
    weight = crosswalk.frame["weight"]
    frame = crosswalk.frame.assign(weight_se=split_error(weight.to_numpy(), kappa))
    return replace(crosswalk, frame=frame)


def steered(crosswalk: Crosswalk, density: pd.Series, *, kappa: float) -> Crosswalk:
    """Return the crosswalk for those whose share of the people is `density` in each target.

    Control by the group itself: `w'_st = w_st d_t / sum_t w_st d_t`. Where d is unknown it is taken
    to be the mean of the others; a source whose targets have nobody of the group stays as it was.
    """
    frame = crosswalk.frame
    pull = frame["weight"] * frame["area_code"].map(density.fillna(density.mean()))
    total = pull.groupby(frame["source_code"]).transform("sum")
    weight = (pull / total.where(total > 0)).fillna(frame["weight"])
    codes = pd.Index(frame["source_code"]), pd.Index(frame["area_code"])
    return replace(crosswalk, frame=as_crosswalk(*codes, weight.to_numpy(), kappa=kappa))


def merge_targets(crosswalk: Crosswalk, parent: pd.Series, *, kappa: float = KAPPA) -> Crosswalk:
    """Return the crosswalk to the parents that its targets nest in, by the key.

    Exact: a parent's weight is the sum of its children's. `parent` maps each target's code to its
    parent's.

    Raises
    ------
    CoverageError
        Targets without a parent.
    """
    refuse_orphans(crosswalk.targets, parent)
    codes = crosswalk.frame["area_code"].map(parent)
    merged = crosswalk.frame.assign(area_code=codes).groupby(["source_code", "area_code"])
    weight = merged["weight"].sum().clip(upper=1.0)
    frame = as_crosswalk(
        weight.index.get_level_values("source_code"),
        weight.index.get_level_values("area_code"),
        weight.to_numpy(),
        kappa=kappa,
    )
    parents = pd.Index(parent.reindex(crosswalk.targets).unique(), name="area_code").sort_values()
    return replace(crosswalk, frame=frame, targets=parents)


def merge_sources(crosswalk: Crosswalk, parts: Crosswalk, *, kappa: float = KAPPA) -> Crosswalk:
    """Return the crosswalk from the parents that its sources nest in.

    `parts` is the way from the parents to these sources: a parent's weight is the mean of its
    parts', each as heavy as the part is.
    """
    part = parts.frame.set_index("area_code").reindex(crosswalk.frame["source_code"])
    weight = crosswalk.frame["weight"].to_numpy() * part["weight"].to_numpy()
    pairs = pd.Series(weight).groupby([part["source_code"].array, crosswalk.frame["area_code"]])
    found = pairs.sum()
    parent, target = (found.index.get_level_values(level) for level in (0, 1))
    share = (found / found.groupby(parent).transform("sum")).clip(upper=1.0)
    lost = pd.Index(parts.frame["source_code"].unique()).difference(parent)
    frame = as_crosswalk(parent, target, share.to_numpy(), kappa=kappa)
    return replace(crosswalk, frame=frame, unmatched=tuple(lost), by_area=())


def as_crosswalk(
    sources: pd.Index, targets: pd.Index, weight: Floats, *, kappa: float
) -> pd.DataFrame:
    """Return a frame in the form of CROSSWALK, with errors from `kappa`.

    The contract is checked where a way is handed out (`find_way`), not at each step towards it.
    """
    return pd.DataFrame(
        {
            "source_code": sources.array,
            "area_code": targets.array,
            "weight": weight,
            "weight_se": split_error(weight, kappa),
        }
    )


def split_error(weight: Floats, kappa: float) -> Floats:
    """Return `sqrt(w (1 - w) / (kappa + 1))`, 0 where a source is not split."""
    error: Floats = np.sqrt(weight * np.clip(1.0 - weight, 0.0, None) / (kappa + 1.0))
    return error


def refuse_orphans(children: pd.Index, parent: pd.Series) -> None:
    """Raise CoverageError that names the areas that `parent` gives no parent."""
    orphans = children[parent.reindex(children).isna()]
    if len(orphans):
        raise CoverageError("key_without_parent", orphans=orphans[:5], count=len(orphans))


def _refuse_unfit(areas: gpd.GeoDataFrame, contract: Contract) -> None:
    # The full contract takes longer than the overlay may lose to it, and every stage has already
    # checked its own frame: here only what would give wrong weights without a sound.
    fit = (
        isinstance(areas, gpd.GeoDataFrame)
        and areas.crs == CRS
        and areas.index.is_unique
        and areas.index.is_monotonic_increasing
        and not (areas.geometry.is_empty | areas.geometry.isna()).any()
    )
    if not fit:
        check(areas, contract)


def _share_of_source(people: Floats, pieces: Pieces, n: int) -> Floats:
    share: Floats = people / np.bincount(pieces.left, people, n)[pieces.left]
    return share


def _droppable(pieces: Pieces, left: Shapes, right: Shapes) -> npt.NDArray[np.bool_]:
    """Return the slivers, but not those of a source that has nothing else."""
    sliver = find_slivers(pieces, left, right)
    solid = np.bincount(pieces.left[~sliver], minlength=len(left)) > 0
    droppable: npt.NDArray[np.bool_] = sliver & solid[pieces.left]
    return droppable
