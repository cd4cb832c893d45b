"""Hidden effects of the demo's areas: what makes places differ beyond what tables show.

Every effect is smooth over the county, plus an effect of the RegSO, plus heavy-tailed noise of
the DeSO (Student's t with 3 or 4 degrees of freedom). No estimator knows them.
"""

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
import shapely

from geoprio.demo.geography import CENTRE, County, Floats

_WAVES = 80
_WIDEST = 3.4
_SHORTEST_M, _LONGEST_M = 5_000.0, 22_000.0


@dataclass(frozen=True)
class Latent:
    """Effects per DeSO, mean about 0 and spread about 1, rows as `County.deso`.

    Attributes
    ----------
    hardship
        Poor, rented, foreign-born.
    working
        Blue-collar; correlated with hardship, but a field of its own.
    urban
        Central and dense.
    age
        Old people.
    civic
        Votes more than its people would lead one to expect.
    left
        Left beyond its people.
    """

    hardship: Floats
    working: Floats
    urban: Floats
    age: Floats
    civic: Floats
    left: Floats


def draw_latent(county: County, rng: np.random.Generator) -> Latent:
    """Return the hidden effects of each DeSO."""
    points = shapely.get_coordinates(shapely.point_on_surface(county.deso.geometry.to_numpy()))
    regso = pd.factorize(county.deso["regso_code"])[0]
    size = np.sqrt(county.deso.area.to_numpy())
    nearness = -np.log1p(np.hypot(*(points - CENTRE).T) / 2_000.0)
    urban = _scaled(_scaled(nearness) - 0.6 * _scaled(np.log(size)))
    fields = [_mixed(points, regso, rng) for _ in range(5)]
    hardship = _skewed(fields[0])
    working = _scaled(0.62 * hardship + 0.75 * fields[1] - 0.35 * urban)
    return Latent(hardship, working, urban, fields[2], fields[3], fields[4])


def noise(rng: np.random.Generator, size: int | tuple[int, ...], *, scale: float) -> Floats:
    """Return heavy-tailed noise: Student's t with 4 degrees of freedom times `scale`."""
    return rng.standard_t(4, size=size) * scale


def _mixed(points: Floats, regso: np.ndarray, rng: np.random.Generator) -> Floats:
    quarter = noise(rng, int(regso.max()) + 1, scale=0.45)[regso]
    street = rng.standard_t(3, size=len(points)) * 0.22
    return _scaled(_smooth(points, rng) + quarter + street)


def _smooth(points: Floats, rng: np.random.Generator) -> Floats:
    """Return a random field: a sum of plane waves of random direction, length and phase."""
    length = np.exp(rng.uniform(log(_SHORTEST_M), log(_LONGEST_M), size=_WAVES))
    angle = rng.uniform(0, 2 * np.pi, _WAVES)
    wave = np.stack([np.cos(angle), np.sin(angle)]) * (2 * np.pi / length)
    phase = rng.uniform(0, 2 * np.pi, _WAVES)
    total = np.zeros(len(points))
    for number in range(_WAVES):
        total += np.cos(points @ wave[:, number] + phase[number])
    return total * float(np.sqrt(2 / _WAVES))


def _skewed(values: Floats) -> Floats:
    """Return `values` with a longer upper tail: few places are very poor, many are well off."""
    return _scaled(np.exp(0.45 * np.clip(values, -3, 3)))


def _scaled(values: Floats) -> Floats:
    spread = values.std()
    scaled = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return np.asarray(np.clip(scaled, -_WIDEST, _WIDEST))
