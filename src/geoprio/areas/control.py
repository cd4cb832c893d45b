"""Where people live inside a piece of ground, as far as a control layer knows."""

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geoprio.areas.overlay import Floats, Pieces, Positions, Shapes, overlay
from geoprio.errors import ContractError
from geoprio.schemas import COUNTS, check

POPULATION = "population_count"


def count_people(
    pieces: Pieces, left: Shapes, right: Shapes, control: gpd.GeoDataFrame | None
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return how many live in each piece, and which areas of `left` were split by area instead.

    `sum_c P_c * |piece ∩ c| / |c|` over the control areas c. Ground of unknown population (NaN)
    gets the density of the known ground in the same area of `left`; an area where nobody is known
    to live counts its m2 for people. Without a control layer every area does.
    """
    nowhere = np.zeros(len(left), bool)
    if control is None:
        return pieces.area, nowhere
    shapes = np.asarray(control.geometry)
    piece, cell, area = _ground_of(pieces, left, right, shapes)
    density = control[POPULATION].to_numpy(float) / shapely.area(shapes)
    known = ~np.isnan(density[cell])
    counted = (density[cell] * area)[known]
    people: Floats = np.bincount(piece[known], counted, len(pieces.area)).astype(float)
    people = people + _guess_unknown(pieces, people, piece, area, known)
    empty = np.bincount(pieces.left, people, len(left)) <= 0
    by_area = empty & (np.bincount(pieces.left, minlength=len(left)) > 0)
    return np.where(by_area[pieces.left], pieces.area, people), by_area


def _ground_of(
    pieces: Pieces, left: Shapes, right: Shapes, cells: Shapes
) -> tuple[Positions, Positions, Floats]:
    """Return piece, control cell and shared area; no third overlay where a set is the control."""
    every = np.arange(len(pieces.area))
    if _same(cells, right):
        return every, pieces.right, pieces.area
    if _same(cells, left):
        return every, pieces.left, pieces.area
    ground = overlay(pieces.shape, cells)
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
        message = (
            f"control layer: no column {POPULATION}; found {found}."
            " Join the population to the areas before the crosswalk is built."
        )
        raise ContractError(message)
    check(control[[POPULATION, control.geometry.name]], COUNTS)
