"""The demo county's people: whole persons by age, sex, origin, job, LO and right to vote per DeSO.

Every published table of the demo is an aggregate of these people, and the municipalities' totals
equal the published figures.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.demo.apportionment import LO_MEMBERS, Ints, apportion, split
from geoprio.demo.geography import County, Floats
from geoprio.demo.latent import Latent, noise

# What the demo's people have learnt, where they work, and who is a member of an LO union.


INDUSTRIES = (
    *("A", "B+C", "D+E", "F", "G", "H", "I", "J", "K", "L", "M+N", "O", "P", "Q"),
    *("R+S+T+U", "US"),
)
EDUCATIONS = ("21", "3+4", "5", "6", "US")

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
# Members per hundred employed: invented from the trades of LO's unions in a county like this one
# (Kommunal's care and buses, Byggnads, Transport, Handels, IF Metall, Fastighets), men and women.
# In all women are members a tenth more often, as Kommunal is the largest of them. The figures
# come from no estimator's rates: those multiply class and union density by sector.
_MEMBERS_OF_100 = np.array(
    [
        [15, 21, 20, 33, 14, 33, 13, 2.5, 0.5, 14, 9, 6, 12, 30, 10, 8],
        [12, 13, 6, 7, 19, 20, 14, 1.5, 0.5, 6, 10, 4, 16, 41, 9, 8],
    ]
)
_RESTING_OF_100 = np.array([2.4, 3.0])
"""Of those not at work: a tenth of all members (LO 2019: an eighth in the whole country)."""
# Of those with the same job: invented too, the odds against a secondary education.
_MEMBER_ODDS_BY_EDUCATION = np.array([1.1, 1.0, 0.45, 0.18, 0.8])
_HIDDEN_CLASS = 0.15


@dataclass(frozen=True)
class Work:
    """Whole numbers per area: the employed are 20-64 years old.

    Attributes
    ----------
    status
        (area, sex, employed / unemployed / outside), 20-64 years.
    employed
        (area, industry, sex).
    education
        (area, level), 25-64 years.
    """

    status: Ints
    employed: Ints
    education: Ints


def draw_work(able: Ints, grown: Ints, latent: Latent, rng: np.random.Generator) -> Work:
    """Return work of those who are `able`, (area, sex) 20-64, education of the `grown`, 25-64."""
    hard = latent.hardship[:, None]
    at_work = 1.45 - 0.38 * hard - np.array([0.0, 0.12]) + noise(rng, able.shape, scale=0.12)
    employed = rng.binomial(able, 1 / (1 + np.exp(-at_work)))
    seek = -0.9 + 0.18 * hard + noise(rng, able.shape, scale=0.15)
    unemployed = rng.binomial(able - employed, 1 / (1 + np.exp(-seek)))
    status = np.stack([employed, unemployed, able - employed - unemployed], axis=2)
    return Work(status, _industries(employed, latent, rng), _education(grown, latent, rng))


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


def _education(grown: Ints, latent: Latent, rng: np.random.Generator) -> Ints:
    pull = 0.7 * latent.working + 0.3 * latent.hardship - 0.2 * latent.urban
    share = _EDUCATION_SHARES * np.exp(pull[:, None] * _EDUCATION_CLASS)
    share = share * np.exp(noise(rng, share.shape, scale=0.10))
    return np.asarray(rng.multinomial(grown, share / share.sum(axis=1, keepdims=True)))


def draw_members(adults: Ints, work: Work, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return members by (area, young, sex, origin), of `adults` shaped likewise.

    The county's members are the published number.
    """
    by_job = _by_job(adults, work, latent, rng)
    return _by_person(adults, by_job.sum(axis=1), rng)


def _by_job(adults: Ints, work: Work, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return members by (area, industry or none 17, sex).

    Beyond the job the log-odds hold the education, ages and origins of the area's people, the
    hidden class effect, a heavy-tailed effect of the area, and one of each job in it.
    """
    size, people = len(adults), adults.sum(axis=(1, 3))
    resting = people - work.employed.sum(axis=1)
    jobs = np.concatenate([work.employed, resting[:, None]], axis=1)
    share = np.concatenate([_MEMBERS_OF_100, _RESTING_OF_100[:, None]], axis=1).T / 100
    person = (adults * _person()).sum(axis=(1, 3)) / np.maximum(people, 1)
    learnt = work.education @ _MEMBER_ODDS_BY_EDUCATION / np.maximum(work.education.sum(axis=1), 1)
    place = np.log(np.where(learnt > 0, learnt, 1.0))
    place = place + _HIDDEN_CLASS * latent.working + 0.08 * latent.civic
    place = place + np.clip(rng.standard_t(3, size) * 0.07, -1.0, 1.0)
    logit = np.log(share / (1 - share)) + place[:, None, None] + person[:, None]
    logit = logit + noise(rng, jobs.shape, scale=0.10)
    county = np.zeros(jobs.size, dtype=np.int64)
    totals = np.array([LO_MEMBERS])
    return split(jobs.ravel(), logit.ravel(), rng, group=county, totals=totals).reshape(jobs.shape)


def _by_person(adults: Ints, members: Ints, rng: np.random.Generator) -> Ints:
    """Return `members`, (area, sex), by young and origin as well; each cell has its own noise."""
    logit = _person() + noise(rng, adults.shape, scale=0.18)
    place = np.arange(members.size).reshape(len(adults), 1, 2, 1)
    group = np.broadcast_to(place, adults.shape).ravel()
    drawn = split(adults.ravel(), logit.ravel(), rng, group=group, totals=members.ravel())
    return drawn.reshape(adults.shape)


def _person() -> Floats:
    """Return what age and origin add to the log-odds: (young, sex, origin), with interactions."""
    birth = np.array([0.0, -0.10, 0.15, 0.30])
    logit: Floats = np.zeros((2, 2, 4)) + birth + np.array([0.0, -0.45])[:, None, None]
    logit[1, 1] -= 0.15
    logit[1, :, 2:] += 0.25
    logit[:, 1, 3] += 0.20
    return logit


FINE_AGES = (
    *("0-4", "5-9", "10-14", "15-17", "18-19", "20-24", "25-29", "30-34", "35-39", "40-44"),
    *("45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80-"),
)
ORIGINS = ("svensk bakgrund", "född i Sverige, utländsk bakgrund", "född i Europa", "född utanför")
"""Swedish background; born in Sweden of two foreign-born; born in Europe; born elsewhere."""

_AGE_SHARES = (
    (0.27, 0.285, 0.28, 0.165),
    (0.15, 0.37, 0.48),
    (0.125, 0.12, 0.11, 0.105, 0.105, 0.10, 0.085, 0.07, 0.06, 0.055, 0.065),
)
_LEAST, _MOST = 0.42, 2.1
_FIRST_AT_WORK, _LAST_AT_WORK = FINE_AGES.index("20-24"), FINE_AGES.index("60-64")
_FIRST_GROWN = FINE_AGES.index("25-29")


@dataclass(frozen=True)
class People:
    """Whole persons per DeSO; the first axis is the row of `County.deso`.

    Attributes
    ----------
    ages
        (area, fine age 18, sex 2): men first, then women.
    origin
        (area, age class 3: under 18, 18-29, 30 and over; sex 2; origin 4).
    status
        (area, sex, employed / unemployed / outside), 20-64 years.
    employed
        (area, industry, sex), 20-64 years.
    education
        (area, level), 25-64 years.
    adults
        (area, young 2, LO 2, sex 2, origin 4): index 1 = young, member, women.
    citizens
        As `adults`: those on the riksdag roll who live in the area.
    foreigners
        As `adults`: foreign citizens who may vote in region and kommun.
    abroad
        As `adults`: Swedes abroad, on the riksdag roll of the area they once lived in.
    """

    ages: Ints
    origin: Ints
    status: Ints
    employed: Ints
    education: Ints
    adults: Ints
    citizens: Ints
    foreigners: Ints
    abroad: Ints


def draw_people(
    county: County, latent: Latent, published: pd.DataFrame, *, rng: np.random.Generator
) -> People:
    """Return the people; every published total of the municipalities is met."""
    home = published.index.get_indexer(county.deso["municipality_code"]).astype(np.int64)
    strata = _strata(latent, home, published, rng)
    origin = _origins(strata, latent, home, published=published, rng=rng)
    ages = _ages(strata, latent, rng)
    able = ages[:, _FIRST_AT_WORK : _LAST_AT_WORK + 1].sum(axis=1)
    grown = ages[:, _FIRST_GROWN : _LAST_AT_WORK + 1].sum(axis=(1, 2))
    work = draw_work(able, grown, latent, rng)
    member = draw_members(origin[:, :0:-1], work, latent, rng)
    adults = np.stack([origin[:, :0:-1] - member, member], axis=2)
    citizens, foreigners = _electors(adults, latent, home, published=published, rng=rng)
    abroad = _abroad(citizens, latent, home, published=published, rng=rng)
    electors = {"citizens": citizens, "foreigners": foreigners, "abroad": abroad}
    return People(ages, origin, **vars(work), adults=adults, **electors)


def _strata(latent: Latent, home: Ints, published: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Return people by age class and sex, (area, 3, 2)."""
    size = len(home)
    totals = {name: published[name].to_numpy(np.int64) for name in published.columns[1:]}
    weight = np.clip(np.exp(noise(rng, size, scale=0.22)), _LEAST, _MOST)
    people = apportion(weight, home, totals["population"])
    grown = 0.25 * latent.urban + 0.12 * latent.age - 0.08 * latent.hardship
    grown = grown + noise(rng, size, scale=0.12)
    adults = split(people, grown, rng, group=home, totals=totals["adults"])
    youth = 0.25 * latent.urban - 0.28 * latent.age + 0.08 * latent.hardship
    youth = youth + noise(rng, size, scale=0.28)
    young = split(adults, youth, rng, group=home, totals=totals["young"])
    young_women = rng.binomial(young, _near_half(rng, size, scale=0.10))
    women_left = totals["adult_women"] - np.bincount(home, young_women, minlength=len(published))
    tilt = 0.08 * latent.age - 0.03 * latent.working + noise(rng, size, scale=0.06)
    old_women = split(adults - young, tilt, rng, group=home, totals=women_left.astype(np.int64))
    girls = rng.binomial(people - adults, _near_half(rng, size, scale=0.05))
    women = np.stack([girls, young_women, old_women], axis=1)
    everyone = np.stack([people - adults, young, adults - young], axis=1)
    return np.stack([everyone - women, women], axis=2)


def _near_half(rng: np.random.Generator, size: int, *, scale: float) -> Floats:
    return np.asarray(1 / (1 + np.exp(0.05 - noise(rng, size, scale=scale))))


def _origins(
    strata: Ints, latent: Latent, home: Ints, *, published: pd.DataFrame, rng: np.random.Generator
) -> Ints:
    """Return people by age class, sex and origin, (area, 3, 2, 4)."""
    size = len(home)
    hard = latent.hardship[:, None, None]
    shared = noise(rng, (size, 1, 1), scale=0.16)
    by_class = np.array([1.5, 0.25, 0.0])[:, None] + np.array([0.05, -0.05])
    native = by_class - 0.92 * hard - 0.08 * latent.urban[:, None, None] + shared
    native = native + noise(rng, strata.shape, scale=0.08)
    in_sweden = split(
        strata.ravel(),
        native.ravel(),
        rng,
        group=np.repeat(home, 6),
        totals=published["born_in_sweden"].to_numpy(np.int64),
    ).reshape(strata.shape)
    second = np.array([-1.55, -1.75, -3.3])[:, None] + 0.75 * hard + shared * -0.5
    of_foreign = _binomial(rng, in_sweden, second + noise(rng, strata.shape, scale=0.15))
    europe = -0.35 - 0.42 * hard + noise(rng, (size, 1, 1), scale=0.35)
    born_abroad = strata - in_sweden
    european = _binomial(rng, born_abroad, np.broadcast_to(europe, strata.shape))
    parts = [in_sweden - of_foreign, of_foreign, european, born_abroad - european]
    return np.stack(parts, axis=3)


def _binomial(rng: np.random.Generator, sizes: Ints, logit: Floats) -> Ints:
    return np.asarray(rng.binomial(sizes, 1 / (1 + np.exp(-logit))), dtype=np.int64)


def _ages(strata: Ints, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return people by fine age and sex, (area, 18, 2); each area's ages tilt their own way."""
    parts = []
    for number, base in enumerate(_AGE_SHARES):
        place = np.linspace(-1, 1, len(base))
        tilt = 0.35 * latent.age * (number == 2) + noise(rng, len(strata), scale=0.12)
        shares = np.array(base) * np.exp(tilt[:, None] * place)
        shares = shares * np.exp(noise(rng, shares.shape, scale=0.08))
        shares /= shares.sum(axis=1, keepdims=True)
        parts.append(
            np.stack([rng.multinomial(strata[:, number, sex], shares) for sex in (0, 1)], axis=2)
        )
    return np.concatenate(parts, axis=1).astype(np.int64)


def _electors(
    adults: Ints, latent: Latent, home: Ints, *, published: pd.DataFrame, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return citizens and foreign citizens with the right to vote, both as `adults`."""
    born_abroad = adults[..., 2:]
    group = np.repeat(home, born_abroad[0].size)
    area = noise(rng, (len(adults), 1, 1, 1, 1), scale=0.25)
    young = np.array([0.0, 0.5])[:, None, None, None]
    member = np.array([0.0, -1.3])[:, None, None]
    logit = (young + member + np.array([0.1, 0.0]) + area).repeat(2, axis=3)
    adult_total = np.bincount(home, adults.reshape(len(adults), -1).sum(axis=1))
    roll = published["kommun_electors"].to_numpy(np.int64)
    newcomers = split(
        born_abroad.ravel(),
        logit.ravel(),
        rng,
        group=group,
        totals=adult_total.astype(np.int64) - roll,
    ).reshape(born_abroad.shape)
    settled = born_abroad - newcomers
    europe = np.array([0.75, 0.0])
    logit = (0.25 * young + europe + area * 0.8).repeat(2, axis=3).repeat(2, axis=2)
    logit = logit + 0.12 * latent.urban[:, None, None, None, None]
    foreign = split(
        settled.ravel(),
        logit.ravel(),
        rng,
        group=group,
        totals=published["foreign_citizens"].to_numpy(np.int64),
    ).reshape(born_abroad.shape)
    citizens, foreigners = adults.copy(), np.zeros_like(adults)
    citizens[..., 2:] = settled - foreign
    foreigners[..., 2:] = foreign
    return citizens, foreigners


def _abroad(
    citizens: Ints, latent: Latent, home: Ints, *, published: pd.DataFrame, rng: np.random.Generator
) -> Ints:
    """Return Swedes abroad by the area of their roll: mostly well off, no LO members."""
    total = (
        published["riksdag_electors"] - published["kommun_electors"] + published["foreign_citizens"]
    )
    weight = citizens * np.array([1.0, 0.7, 0.6, 0.5])
    weight = weight * np.array([1.0, 0.0])[:, None, None]
    weight = weight * np.exp(-0.35 * latent.hardship)[:, None, None, None, None]
    weight = weight * rng.exponential(size=weight.shape)
    group = np.repeat(home, citizens[0].size)
    return apportion(weight.ravel(), group, total.to_numpy(np.int64)).reshape(citizens.shape)
