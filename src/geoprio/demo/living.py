"""How the demo's people live: dwellings, households and income per DeSO."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.demo.apportionment import Ints, apportion, split
from geoprio.demo.geography import County, Floats
from geoprio.demo.latent import Latent, noise
from geoprio.demo.people import FINE_AGES, People

TENURES = ("rental", "tenant_owned", "owned", "unknown")
HOUSEHOLD_TYPES = ("SBMB", "SBUB", "ESMB", "ESUB", "OVRIGA")
_FIRST_EARNING = FINE_AGES.index("20-24")


@dataclass(frozen=True)
class Living:
    """Whole numbers per DeSO; the first axis is the row of `County.deso`.

    Attributes
    ----------
    dwellings
        (area, tenure).
    households
        (area, type).
    income
        (area, men / women / all): mean net income, thousand kronor, one decimal; NaN where
        nobody earns.
    earners
        (area, men / women / all): 20 years and over.
    """

    dwellings: Ints
    households: Ints
    income: Floats
    earners: Ints


def draw_living(
    county: County,
    people: People,
    latent: Latent,
    published: pd.DataFrame,
    *,
    rng: np.random.Generator,
) -> Living:
    """Return dwellings, households and income."""
    home = published.index.get_indexer(county.deso["municipality_code"]).astype(np.int64)
    dwellings = _dwellings(people, latent, home, published=published, rng=rng)
    earners = people.ages[:, _FIRST_EARNING:].sum(axis=1)
    return Living(
        dwellings,
        _households(people, dwellings, latent, rng),
        *_incomes(earners, latent, rng),
    )


def _dwellings(
    people: People,
    latent: Latent,
    home: Ints,
    *,
    published: pd.DataFrame,
    rng: np.random.Generator,
) -> Ints:
    totals = published[[f"dwellings_{tenure}" for tenure in TENURES]].to_numpy(np.int64)
    weight = people.adults.reshape(len(home), -1).sum(axis=1)
    weight = weight * np.exp(0.06 * latent.urban - 0.06 * latent.hardship)
    left = apportion(weight * np.exp(noise(rng, len(home), scale=0.06)), home, totals.sum(axis=1))
    owned = -1.3 * latent.urban - 0.55 * latent.hardship + noise(rng, len(home), scale=0.45)
    rental = 0.95 * latent.hardship + noise(rng, len(home), scale=0.45)
    counts = {}
    for tenure, logit in (("owned", owned), ("rental", rental), ("unknown", 0 * rental)):
        number = TENURES.index(tenure)
        counts[tenure] = split(left, logit, rng, group=home, totals=totals[:, number])
        left = left - counts[tenure]
    counts["tenant_owned"] = left
    return np.stack([counts[tenure] for tenure in TENURES], axis=1)


def _households(people: People, dwellings: Ints, latent: Latent, rng: np.random.Generator) -> Ints:
    adults = people.adults.reshape(len(dwellings), -1).sum(axis=1)
    occupied = np.minimum(rng.binomial(dwellings.sum(axis=1), 0.96), adults)
    minors = people.origin[:, 0].reshape(len(adults), -1).sum(axis=1) / np.maximum(adults, 1)
    family = 3.0 * (minors - 0.28)
    utility = np.log([0.25, 0.24, 0.08, 0.36, 0.07]) + np.stack(
        [
            family,
            -0.2 * family,
            family + 0.2 * latent.hardship,
            0.2 * latent.urban - family,
            0.25 * latent.hardship,
        ],
        axis=1,
    )
    share = np.exp(utility + noise(rng, utility.shape, scale=0.08))
    return np.asarray(rng.multinomial(occupied, share / share.sum(axis=1, keepdims=True)))


def _incomes(earners: Ints, latent: Latent, rng: np.random.Generator) -> tuple[Floats, Ints]:
    level = (
        5.86 - 0.16 * latent.hardship - 0.07 * latent.working + noise(rng, len(earners), scale=0.06)
    )
    gap = np.array([0.14, -0.08]) + noise(rng, earners.shape, scale=0.02)
    mean = np.round(np.exp(level[:, None] + gap), 1)
    everyone = earners.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        total = np.round((mean * earners).sum(axis=1, keepdims=True) / everyone, 1)
    counts = np.concatenate([earners, everyone], axis=1)
    income = np.where(counts > 0, np.concatenate([mean, total], axis=1), np.nan)
    return income, counts
