"""A circle for each area, as large as its electorate: a map of people and not of km2."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SHARE = 0.5
"""Of the box about the middle nine tenths of the areas, what the municipalities' discs cover."""
FILLED = 0.66
"""Of a municipality's disc, what its circles cover: room enough to keep their places."""
STEPS, SETTLE = 40, 300
"""Steps in which circles are drawn to their places, ever less, and at most in which they part."""
OVER = 1.4
"""Of its overlap, what a pair parts by: more than all of it, for a crowd parts sooner so."""
SLACK = 0.5
"""Of the largest radius: so far from each other are two that may meet before they are looked for
anew."""
EVEN = 200
"""Areas of a municipality that begin half as they lie and half spread evenly over its disc."""
LEAST = 0.3
"""Of the middle radius: an area of few or unknown electors is still seen and tapped."""
CLOSE = 1e-3
"""Of the smaller radius: what circles may still lie on each other before all are made less."""


def place_circles(points: Floats, electors: pd.Series, municipality: Ints) -> tuple[Floats, Floats]:
    """Return middles (n, 2) and radii (n) of circles that nowhere lie on each other.

    Each municipality is a disc near its own place, the discs apart; its circles lie inside it, as
    near to where they are on the map as the others let them (Dorling 1996). A municipality of many
    areas begins spread evenly over its disc: of a crowd they would part in as many steps as there
    are circles across it. There is no chance in it: the same areas give the same circles.

    Parameters
    ----------
    points
        Where the areas lie, in metres.
    electors
        Electors of each; the area of its circle is their number. NaN is drawn as the least.
    municipality
        Number of each area's municipality, from 0.
    """
    root = np.sqrt(electors.to_numpy(float, na_value=0.0).clip(min=0))
    some = root[root > 0]
    radii = np.maximum(root, LEAST * float(np.median(some)) if len(some) else 1.0)
    count = int(municipality.max()) + 1
    discs = np.sqrt(np.bincount(municipality, radii**2, count) / FILLED)
    # One circle fills its disc.
    alone = np.bincount(municipality, minlength=count) == 1
    discs[alone] = np.sqrt(np.bincount(municipality, radii**2, count))[alone]
    low, high = np.quantile(points, [0.05, 0.95], axis=0)
    room = max(float(np.prod(high - low)), 1.0)
    scale = np.sqrt(SHARE * room / (np.pi * float((discs**2).sum())))
    radii, discs = radii * scale, discs * scale
    weight = np.bincount(municipality, radii**2, count)
    homes = np.stack(
        [np.bincount(municipality, radii**2 * axis, count) / weight for axis in points.T], axis=1
    )
    middles, apart = _parted(homes, discs)
    wanted = points - homes[municipality]
    reach = np.zeros(count)
    np.maximum.at(reach, municipality, np.hypot(*wanted.T) + radii)
    shrink = np.minimum(1.0, discs / np.maximum(reach, 1e-9))[municipality, None]
    held = middles[municipality], discs[municipality] * apart
    many = np.bincount(municipality, minlength=count)[municipality, None]
    even = _spread(wanted, radii**2, municipality) * (held[1] - radii * apart)[:, None]
    begun = (EVEN * wanted * shrink + many * even) / (EVEN + many)
    circles, close = _parted(held[0] + begun, radii * apart, held)
    return circles, radii * apart * close


def _spread(at: Floats, weight: Floats, municipality: Ints) -> Floats:
    """Return places in a disc of radius 1, those of a municipality as heavy everywhere in it.

    A square is cut into a lighter and a heavier half, across its longer side, until each has its
    own part; squares become discs as those of Shirley and Chiu (1997), which keep all areas.
    """
    corner, sides, cell = np.zeros_like(at), np.ones_like(at), municipality
    places = np.arange(len(at))
    while True:
        axis = (sides[:, 1] > sides[:, 0]).astype(int)
        order = np.lexsort((at[places, axis], cell))
        first, among = np.unique(cell[order], return_index=True, return_inverse=True)[1:]
        if len(first) == len(at):
            break
        heavy = weight[order]
        total = np.add.reduceat(heavy, first)[among]
        past = np.cumsum(heavy)
        upper = past - heavy / 2 - (past - heavy)[first][among] > total / 2
        lower = (np.add.reduceat(np.where(upper, 0, heavy), first)[among]) / total
        alone = (np.diff(first, append=len(at)) == 1)[among]
        upper, lower = upper & ~alone, np.where(alone, 1.0, lower)
        along = order, axis[order]
        corner[along] += np.where(upper, lower * sides[along], 0)
        sides[along] *= np.where(upper, 1 - lower, lower)
        cell = np.empty_like(cell)
        cell[order] = 2 * among + upper
    east, north = (2 * corner + sides - 1).T
    wide = np.abs(east) > np.abs(north)
    far = np.where(wide, east, north)
    aside = np.where(wide, north, east) / np.where(far == 0, 1, far)
    turn = np.where(wide, np.pi / 4 * aside, np.pi / 2 - np.pi / 4 * aside)
    return np.stack([far * np.cos(turn), far * np.sin(turn)], axis=1)


def _parted(
    wanted: Floats, radii: Floats, held: tuple[Floats, Floats] | None = None
) -> tuple[Floats, float]:
    """Return where circles come to lie apart, and what all radii are times for none to overlap.

    `held` is the middle and radius of a disc that each stays inside.
    """
    at, slack = wanted.copy(), SLACK * float(radii.max())
    near, since = _near(at, radii, slack), at.copy()
    for step in range(STEPS + SETTLE):
        pull = max(0.0, 0.2 * (1 - step / STEPS))
        at += pull * (wanted - at)
        if np.hypot(*(at - since).T).max() > slack / 2:
            near, since = _near(at, radii, slack), at.copy()
        first, second, gap, away = _overlaps(at, radii, near)
        if pull == 0.0 and not len(first):
            break
        # The larger moves less.
        size = radii**2
        share = (size[second] / (size[first] + size[second]))[:, None]
        push = OVER * away * gap[:, None]
        moved = np.concatenate([first, second])
        moves = np.concatenate([-push * share, push * (1 - share)])
        at += np.stack([np.bincount(moved, axis, len(at)) for axis in moves.T], axis=1)
        if held is not None:
            at = _inside(at, radii, held)
    first, second, gap, _ = _overlaps(at, radii, _near(at, radii, 0.0))
    both = radii[first] + radii[second]
    return at, float(np.min(1 - gap / both, initial=1.0)) * (1 - CLOSE)


def _near(at: Floats, radii: Floats, slack: float) -> Ints:
    """Return the pairs that may overlap, also when each has moved by half of the slack."""
    pairs = cKDTree(at).query_pairs(2 * float(radii.max()) + slack, output_type="ndarray")
    met = np.hypot(*(at[pairs[:, 1]] - at[pairs[:, 0]]).T) < radii[pairs].sum(axis=1) + slack
    near: Ints = pairs[met]
    return near


def _overlaps(at: Floats, radii: Floats, near: Ints) -> tuple[Ints, Ints, Floats, Floats]:
    """Return the pairs that overlap, by how much, and the way from the first to the second."""
    first, second = near.T
    between = at[second] - at[first]
    far = np.hypot(*between.T)
    gap = radii[first] + radii[second] - far
    met = gap > CLOSE * np.minimum(radii[first], radii[second])
    # Two in one place part to the east and west.
    away = np.where(far[:, None] > 0, between / np.maximum(far, 1e-9)[:, None], [1.0, 0.0])
    return first[met], second[met], gap[met], away[met]


def _inside(at: Floats, radii: Floats, held: tuple[Floats, Floats]) -> Floats:
    middles, discs = held
    out = at - middles
    far = np.hypot(*out.T)
    most = np.maximum(discs - radii, 0)
    pulled: Floats = middles + out * np.minimum(1.0, most / np.maximum(far, 1e-9))[:, None]
    return pulled
