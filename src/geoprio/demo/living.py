"""How the demo's people live: work, education, dwellings, households, income per DeSO.

Industry follows the same hidden class effect as LO membership does, with noise of its own, so
the two are related but neither is computed from the other.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.demo.apportion import Ints, apportion, split
from geoprio.demo.geography import County
from geoprio.demo.latent import Latent, noise
from geoprio.demo.partition import Floats
from geoprio.demo.people import FINE_AGES, People

INDUSTRIES = (
    *("A", "B+C", "D+E", "F", "G", "H", "I", "J", "K", "L", "M+N", "O", "P", "Q"),
    *("R+S+T+U", "US"),
)
EDUCATIONS = ("21", "3+4", "5", "6", "US")
TENURES = ("rental", "tenant_owned", "owned", "unknown")
HOUSEHOLD_TYPES = ("SBMB", "SBUB", "ESMB", "ESUB", "OVRIGA")

_INDUSTRY_SHARES = np.array(
    [
        [0.5, 8, 1.2, 11, 12, 7, 4, 13, 5, 2.5, 17, 5, 4, 5, 3.5, 1.3],
        [0.3, 4, 0.6, 1.5, 11, 3, 4, 7, 5, 2, 15, 8, 14, 19, 5, 1.0],
    ]
)
_INDUSTRY_CLASS = np.array(
    [0.3, 0.15, 0.1, 0.35, 0.1, 0.5, 0.45, -0.5, -0.55, -0.2, -0.15, -0.1, 0.0, 0.25, 0.0, 0.3]
)
_EDUCATION_SHARES = np.array([9.0, 35.0, 16.0, 36.0, 4.0])
_EDUCATION_CLASS = np.array([0.55, 0.30, -0.05, -0.40, 0.35])
_FIRST_AT_WORK, _LAST_AT_WORK = FINE_AGES.index("20-24"), FINE_AGES.index("60-64")


@dataclass(frozen=True)
class Living:
    """Whole numbers per DeSO; the first axis is the row of `County.deso`.

    Attributes
    ----------
    status
        (area, sex, employed / unemployed / outside), 20-64 years.
    employed
        (area, industry, sex), 20-64 years.
    education
        (area, level), 25-64 years.
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

    status: Ints
    employed: Ints
    education: Ints
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
    """Return work, education, dwellings, households and income."""
    home = published.index.get_indexer(county.deso["municipality_code"]).astype(np.int64)
    status = _status(people, latent, rng)
    dwellings = _dwellings(people, latent, home, published=published, rng=rng)
    earners = people.ages[:, _FIRST_AT_WORK:].sum(axis=1)
    return Living(
        status,
        _industries(status[..., 0], latent, rng),
        _education(people, latent, rng),
        dwellings,
        _households(people, dwellings, latent, rng),
        *_incomes(earners, latent, rng),
    )


def _status(people: People, latent: Latent, rng: np.random.Generator) -> Ints:
    able = people.ages[:, _FIRST_AT_WORK : _LAST_AT_WORK + 1].sum(axis=1)
    hard = latent.hardship[:, None]
    work = 1.45 - 0.38 * hard - np.array([0.0, 0.12]) + noise(rng, able.shape, scale=0.12)
    employed = rng.binomial(able, 1 / (1 + np.exp(-work)))
    seek = -0.9 + 0.18 * hard + noise(rng, able.shape, scale=0.15)
    unemployed = rng.binomial(able - employed, 1 / (1 + np.exp(-seek)))
    return np.stack([employed, unemployed, able - employed - unemployed], axis=2)


def _industries(employed: Ints, latent: Latent, rng: np.random.Generator) -> Ints:
    own = noise(rng, len(employed), scale=0.30)
    pull = (latent.working + own)[:, None] * _INDUSTRY_CLASS
    shared = noise(rng, (len(employed), len(INDUSTRIES)), scale=0.14)
    sexes = []
    for sex in (0, 1):
        share = _INDUSTRY_SHARES[sex] * np.exp(pull + shared)
        share = share * np.exp(noise(rng, share.shape, scale=0.10))
        sexes.append(rng.multinomial(employed[:, sex], share / share.sum(axis=1, keepdims=True)))
    return np.stack(sexes, axis=2)


def _education(people: People, latent: Latent, rng: np.random.Generator) -> Ints:
    first = FINE_AGES.index("25-29")
    grown = people.ages[:, first : _LAST_AT_WORK + 1].sum(axis=(1, 2))
    pull = 0.7 * latent.working + 0.3 * latent.hardship - 0.2 * latent.urban
    share = _EDUCATION_SHARES * np.exp(pull[:, None] * _EDUCATION_CLASS)
    share = share * np.exp(noise(rng, share.shape, scale=0.10))
    return np.asarray(rng.multinomial(grown, share / share.sum(axis=1, keepdims=True)))


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
