"""The demo county's people: whole persons per DeSO, and what makes one DeSO differ from another.

Every published table of the demo is an aggregate of these people, and the municipalities' totals
equal the published figures.
"""

from dataclasses import dataclass
from math import log

import numpy as np
import pandas as pd
import shapely

from geoprio.demo.apportionment import (
    ADULTS,
    CITY,
    LO_MEMBERS,
    Floats,
    Ints,
    apportion,
    binomial,
    multinomial,
    noise,
    split,
)
from geoprio.demo.geography import County

FINE_AGES = (
    *("0-4", "5-9", "10-14", "15-17", "18-19", "20-24", "25-29", "30-34", "35-39", "40-44"),
    *("45-49", "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80-"),
)
_AGE_SHARES = (
    (0.27, 0.285, 0.28, 0.165),
    (0.15, 0.37, 0.48),
    (0.125, 0.12, 0.11, 0.105, 0.105, 0.10, 0.085, 0.07, 0.06, 0.055, 0.065),
)
_LEAST, _MOST = 0.42, 2.1
_AT_WORK_FROM, _GROWN_FROM, _OLD_FROM = (FINE_AGES.index(a) for a in ("20-24", "25-29", "65-69"))

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
_WORKPLACES, _NEAR_M, _COMMUTE = 30, 4_000.0, 0.02
"""Of each industry; how far people go to work; and how many go however far, of those near by."""
_STRENGTH, _STRONGEST = 1.1, 2.5

TENURES = ("rental", "tenant_owned", "owned", "unknown")

_WAVES, _WIDEST = 80, 3.4
_CENTRE_FROM = 0.8
_CAMPUS_IN, _CAMPUS_AMONG = 400, 0.4
_CAMPUS_YOUNG = 2.1
"""Log-odds of being young on a campus, beside elsewhere."""
_SHORTEST_M, _LONGEST_M = 5_000.0, 22_000.0


@dataclass(frozen=True)
class Latent:
    """Hidden effects per DeSO, mean about 0 and spread about 1; no estimator knows them.

    Each but the last two is smooth over the county, plus an effect of the RegSO and heavy-tailed
    noise of the DeSO.
    """

    hardship: Floats
    """Poor, rented, foreign-born."""
    working: Floats
    """Blue-collar; correlated with hardship, but a field of its own."""
    urban: Floats
    """Central and dense."""
    age: Floats
    """Old people."""
    civic: Floats
    """Votes more than its people would lead one to expect."""
    left: Floats
    """Left beyond its people."""
    centre: Floats
    """0 to 1: the middle of the county's city, small households and few children."""
    campus: Floats
    """1 where students live and hardly anybody else, else 0."""


@dataclass(frozen=True)
class Work:
    """Whole numbers per area: the employed are 20-64 years old."""

    status: Ints
    """(area, sex, employed / unemployed / outside), 20-64 years."""
    employed: Ints
    """(area, industry, sex)."""
    education: Ints
    """(area, level), 25-64 years."""


@dataclass(frozen=True)
class People(Work):
    """Whole persons per DeSO; the first axis is the row of `County.deso`."""

    ages: Ints
    """(area, fine age 18, sex 2): men first, then women."""
    origin: Ints
    """(area, age class 3: under 18, 18-29, 30 and over; sex 2; origin 4). Origins: Swedish
    background; born in Sweden of two foreign-born; born in Europe; born elsewhere."""
    adults: Ints
    """(area, young 2, LO 2, sex 2, origin 4): index 1 = young, member, women."""
    citizens: Ints
    """As `adults`: those on the riksdag roll who live in the area."""
    foreigners: Ints
    """As `adults`: foreign citizens who may vote in region and kommun."""
    abroad: Ints
    """As `adults`: Swedes abroad, on the riksdag roll of the area they once lived in."""
    foreign_minors: Ints
    """(area, sex): foreign citizens under 18."""

    @property
    def foreign(self) -> Ints:
        """(area, sex): foreign citizens of all ages, whether they may vote or not."""
        grown: Ints = (self.adults - self.citizens).sum(axis=(1, 2, 4))
        return grown + self.foreign_minors


@dataclass(frozen=True)
class Living:
    """Whole numbers per DeSO; the first axis is the row of `County.deso`."""

    dwellings: Ints
    """(area, tenure)."""
    households: Ints
    """(area, type): couples with and without children, singles likewise, others."""
    earners: Ints
    """(area, men / women / all): 20 years and over."""
    income: Floats
    """(area, men / women / all): mean net income, thousand kronor, one decimal; NaN where nobody
    earns."""


def draw_latent(county: County, rng: np.random.Generator) -> Latent:
    """Return the hidden effects of each DeSO."""
    points = _points(county)
    regso = pd.factorize(county.deso["regso_code"])[0]
    size = np.sqrt(county.deso.area.to_numpy())
    nearness = -np.log1p(np.hypot(*(points - county.centre).T) / 2_000.0)
    urban = _scaled(_scaled(nearness) - 0.6 * _scaled(np.log(size)))
    fields = [_field(points, regso, rng) for _ in range(5)]
    # Skewed: few places are very poor, many are well off.
    hardship = _scaled(np.exp(0.45 * np.clip(fields[0], -3, 3)))
    working = _scaled(0.62 * hardship + 0.75 * fields[1] - 0.35 * urban)
    city = county.deso["municipality_code"].to_numpy() == CITY
    centre = np.clip(urban - _CENTRE_FROM, 0, 1) * city
    campus = _campus(county, regso, rng)
    return Latent(hardship, working, urban, fields[2], fields[3], fields[4], centre, campus)


def _points(county: County) -> Floats:
    inside = shapely.point_on_surface(county.deso.geometry.to_numpy())
    return np.asarray(shapely.get_coordinates(inside))


def _campus(county: County, regso: Ints, rng: np.random.Generator) -> Floats:
    """Return the DeSO where students live: one small RegSO in 400, in the city first."""
    size = np.bincount(regso)
    few = np.flatnonzero(size <= np.quantile(size, _CAMPUS_AMONG))
    home = county.regso["municipality_code"].to_numpy()[few] == CITY
    order = np.concatenate([rng.permutation(few[home]), rng.permutation(few[~home])])
    chosen = order[: 1 + len(size) // _CAMPUS_IN]
    return np.isin(regso, chosen).astype(float)


def _field(points: Floats, regso: Ints, rng: np.random.Generator) -> Floats:
    """Return a random field: plane waves of random direction, length and phase, and noise."""
    quarter = noise(rng, int(regso.max()) + 1, scale=0.45)[regso]
    street = rng.standard_t(3, size=len(points)) * 0.22
    length = np.exp(rng.uniform(log(_SHORTEST_M), log(_LONGEST_M), size=_WAVES))
    angle = rng.uniform(0, 2 * np.pi, _WAVES)
    wave = np.stack([np.cos(angle), np.sin(angle)]) * (2 * np.pi / length)
    phase = rng.uniform(0, 2 * np.pi, _WAVES)
    total = np.zeros(len(points))
    for number in range(_WAVES):
        total += np.cos(points @ wave[:, number] + phase[number])
    return _scaled(total * float(np.sqrt(2 / _WAVES)) + quarter + street)


def _scaled(values: Floats) -> Floats:
    spread = values.std()
    scaled = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return np.asarray(np.clip(scaled, -_WIDEST, _WIDEST))


def draw_people(county: County, latent: Latent, rng: np.random.Generator) -> People:
    """Return the people; every published total of the municipalities is met."""
    strata = _strata(county, latent, rng)
    origin = _origins(strata, county, latent, rng)
    ages = _ages(strata, latent, rng)
    able = ages[:, _AT_WORK_FROM:_OLD_FROM].sum(axis=1)
    grown = ages[:, _GROWN_FROM:_OLD_FROM].sum(axis=(1, 2))
    work = draw_work(able, grown, latent, rng)
    strength = union_strength(_points(county), rng)
    member = draw_members(origin[:, :0:-1], work, latent, strength, rng=rng)
    adults = np.stack([origin[:, :0:-1] - member, member], axis=2)
    citizens, foreigners = _electors(adults, county, latent, rng)
    abroad = _abroad(citizens, county, latent, rng)
    everyone = {"ages": ages, "origin": origin, "adults": adults}
    electors = {"citizens": citizens, "foreigners": foreigners, "abroad": abroad}
    # Of a stream of their own: everything else stays as it was before they were counted.
    minors = _foreign_minors(origin[:, 0], adults - citizens, adults, rng.spawn(1)[0])
    return People(**vars(work), **everyone, **electors, foreign_minors=minors)


def by_background(people: Ints) -> Ints:
    """Return people by Swedish and immigrant background, whose last axis is the origin."""
    return np.stack([people[..., 0], people[..., 1:].sum(axis=-1)], axis=-1)


def by_birth(people: Ints) -> Ints:
    """Return people by birth in Sweden and abroad, whose last axis is the origin."""
    return np.stack([people[..., :2].sum(axis=-1), people[..., 2:].sum(axis=-1)], axis=-1)


def _strata(county: County, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return people by age class and sex, (area, 3, 2)."""
    home, published, size = county.homes(county.deso), county.published, len(county.deso)
    totals = {name: published[name].to_numpy(np.int64) for name in published.columns[1:]}
    weight = np.clip(np.exp(noise(rng, size, scale=0.20)), _LEAST, _MOST)
    # Where much has been built since the areas were drawn.
    weight = weight * (1 + (rng.random(size) < 0.03) * rng.uniform(0.4, 1.8, size))
    people = apportion(weight, home, totals["population"])
    grown = 0.25 * latent.urban + 0.12 * latent.age - 0.08 * latent.hardship
    grown = grown + np.clip(noise(rng, size, scale=0.14), -0.8, 0.8)
    grown = grown + 0.45 * latent.centre + 1.1 * latent.campus
    adults = split(people, grown, rng, group=home, totals=totals["adults"])
    youth = 0.25 * latent.urban - 0.28 * latent.age + 0.08 * latent.hardship
    youth = youth + _CAMPUS_YOUNG * latent.campus + noise(rng, size, scale=0.24)
    young = split(adults, youth, rng, group=home, totals=totals["young"])
    young_women = binomial(rng, young, noise(rng, size, scale=0.14) - 0.05)
    women_left = totals["adult_women"] - np.bincount(home, young_women, minlength=len(published))
    tilt = 0.08 * latent.age - 0.03 * latent.working + noise(rng, size, scale=0.07)
    old_women = split(adults - young, tilt, rng, group=home, totals=women_left.astype(np.int64))
    girls = binomial(rng, people - adults, noise(rng, size, scale=0.05) - 0.05)
    women = np.stack([girls, young_women, old_women], axis=1)
    everyone = np.stack([people - adults, young, adults - young], axis=1)
    return np.stack([everyone - women, women], axis=2)


def _origins(strata: Ints, county: County, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return people by age class, sex and origin, (area, 3, 2, 4)."""
    size, hard = len(strata), latent.hardship[:, None, None]
    shared = noise(rng, (size, 1, 1), scale=0.16)
    by_class = np.array([1.5, 0.25, 0.0])[:, None] + np.array([0.05, -0.05])
    native = by_class - 0.92 * hard - 0.08 * latent.urban[:, None, None] + shared
    native = native + noise(rng, strata.shape, scale=0.08)
    totals = county.published["born_in_sweden"].to_numpy(np.int64)
    in_sweden = split(strata, native, rng, group=county.homes(county.deso), totals=totals)
    second = np.array([-1.55, -1.75, -3.3])[:, None] + 0.75 * hard + shared * -0.5
    of_foreign = binomial(rng, in_sweden, second + noise(rng, strata.shape, scale=0.15))
    europe = -0.35 - 0.42 * hard + noise(rng, (size, 1, 1), scale=0.35)
    born_abroad = strata - in_sweden
    european = binomial(rng, born_abroad, europe)
    parts = [in_sweden - of_foreign, of_foreign, european, born_abroad - european]
    return np.stack(parts, axis=3)


def _ages(strata: Ints, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return people by fine age and sex, (area, 18, 2); each area's ages tilt their own way."""
    parts = []
    for number, base in enumerate(_AGE_SHARES):
        place = np.linspace(-1, 1, len(base))
        tilt = 0.35 * latent.age * (number == 2) + noise(rng, len(strata), scale=0.12)
        shares = np.array(base) * np.exp(tilt[:, None] * place)
        shares = shares * np.exp(noise(rng, shares.shape, scale=0.08))
        sexes = [multinomial(rng, strata[:, number, sex], shares) for sex in (0, 1)]
        parts.append(np.stack(sexes, axis=2))
    return np.concatenate(parts, axis=1)


def _electors(
    adults: Ints, county: County, latent: Latent, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Return citizens and foreign citizens with the right to vote, both as `adults`."""
    home, published = county.homes(county.deso), county.published
    born_abroad = adults[..., 2:]
    area = noise(rng, (len(adults), 1, 1, 1, 1), scale=0.25)
    young = noise(rng, (len(adults), 1, 1, 1, 1), scale=0.45) + 0.5
    young = np.concatenate([np.zeros_like(young), young], axis=1)
    member = np.array([0.0, -1.3])[:, None, None]
    woman = np.array([0.0, -0.25])[:, None]
    logit = young + member + woman + np.array([0.1, 0.0]) + area
    adult_total = np.bincount(home, adults.reshape(len(adults), -1).sum(axis=1))
    totals = adult_total.astype(np.int64) - published["kommun_electors"].to_numpy(np.int64)
    settled = born_abroad - split(born_abroad, logit, rng, group=home, totals=totals)
    logit = 1.8 * young + 1.8 * woman + np.array([0.75, 0.0]) + area * 0.8
    logit = logit + 0.12 * latent.urban[:, None, None, None, None]
    totals = published["foreign_citizens"].to_numpy(np.int64)
    foreign = split(settled, logit, rng, group=home, totals=totals)
    citizens, foreigners = adults.copy(), np.zeros_like(adults)
    citizens[..., 2:] = settled - foreign
    foreigners[..., 2:] = foreign
    return citizens, foreigners


def _foreign_minors(minors: Ints, foreign: Ints, adults: Ints, rng: np.random.Generator) -> Ints:
    """Return (area, sex) of the minors, (area, sex, origin), who are foreign citizens.

    Invented: most of those born abroad and some of those whose parents were, more often where the
    grown-ups born abroad are.
    """
    people = adults[..., 2:].sum(axis=(1, 2, 3, 4))
    parents = (foreign.sum(axis=(1, 2, 3, 4)) + 0.5) / (people + 1.0)
    logit = np.log(parents / (1 - parents))
    area = logit - logit.mean() + noise(rng, len(minors), scale=0.30)
    by_origin = np.array([-1.2, 0.45, 0.45]) + 0.8 * area[:, None, None]
    found: Ints = binomial(rng, minors[..., 1:], by_origin).sum(axis=2)
    return found


def _abroad(citizens: Ints, county: County, latent: Latent, rng: np.random.Generator) -> Ints:
    """Return Swedes abroad by the area of their roll: mostly well off, no LO members."""
    home, published = county.homes(county.deso), county.published
    total = published["riksdag_electors"] - published["kommun_electors"]
    weight = citizens * np.array([1.0, 0.7, 0.6, 0.5])
    weight = weight * np.array([1.0, 0.0])[:, None, None]
    weight = weight * np.exp(-0.35 * latent.hardship)[:, None, None, None, None]
    weight = weight * rng.exponential(size=weight.shape)
    return apportion(weight, home, (total + published["foreign_citizens"]).to_numpy(np.int64))


def draw_work(able: Ints, grown: Ints, latent: Latent, rng: np.random.Generator) -> Work:
    """Return work of those who are `able`, (area, sex) 20-64, education of the `grown`, 25-64."""
    hard = latent.hardship[:, None]
    at_work = 1.45 - 0.38 * hard - np.array([0.0, 0.12]) + noise(rng, able.shape, scale=0.12)
    employed = binomial(rng, able, at_work)
    seek = -0.9 + 0.18 * hard + noise(rng, able.shape, scale=0.15)
    unemployed = binomial(rng, able - employed, seek)
    status = np.stack([employed, unemployed, able - employed - unemployed], axis=2)
    own = noise(rng, len(able), scale=0.30)
    pull = (latent.working + own)[:, None] * _INDUSTRY_CLASS
    shared = noise(rng, (len(able), len(INDUSTRIES)), scale=0.35)
    industries = []
    for sex in (0, 1):
        share = _INDUSTRY_SHARES[sex] * np.exp(pull + shared)
        share = share * np.exp(noise(rng, share.shape, scale=0.10))
        industries.append(multinomial(rng, employed[:, sex], share))
    pull = 0.7 * latent.working + 0.3 * latent.hardship - 0.2 * latent.urban
    share = _EDUCATION_SHARES * np.exp(pull[:, None] * _EDUCATION_CLASS)
    share = share * np.exp(noise(rng, share.shape, scale=0.10))
    return Work(status, np.stack(industries, axis=2), multinomial(rng, grown, share))


def union_strength(points: Floats, rng: np.random.Generator) -> Floats:
    """Return how much more often than elsewhere those with a job are members: (area, industry).

    In log-odds. Each industry has workplaces of very different size, each with a union of its own
    strength; people work at those near their home, and some far away. What is known of an area's
    jobs tells nothing of it.
    """
    found = np.zeros((len(points), len(INDUSTRIES)))
    for number in range(len(INDUSTRIES)):
        place = points[rng.integers(len(points), size=_WORKPLACES)]
        size = 0.2 + rng.pareto(1.3, _WORKPLACES)
        strength = np.clip(noise(rng, _WORKPLACES, scale=_STRENGTH), -_STRONGEST, _STRONGEST)
        pull = np.zeros((len(points), 2))
        for at, people, union in zip(place, size, strength, strict=True):
            near = people * (_COMMUTE + np.exp(-np.hypot(*(points - at).T) / _NEAR_M))
            pull += np.stack([near, near * np.exp(union)], axis=1)
        found[:, number] = np.log(pull[:, 1] / pull[:, 0])
    return np.asarray(found - found.mean(axis=0))


def draw_members(
    adults: Ints, work: Work, latent: Latent, strength: Floats, *, rng: np.random.Generator
) -> Ints:
    """Return members by (area, young, sex, origin): drawn by job, then by person."""
    members = _by_job(adults, work, latent, strength, rng=rng).sum(axis=1)
    logit = _person() + noise(rng, adults.shape, scale=0.18)
    place = np.arange(members.size).reshape(len(adults), 1, 2, 1)
    return split(adults, logit, rng, group=place, totals=members.ravel())


def _by_job(
    adults: Ints, work: Work, latent: Latent, strength: Floats, *, rng: np.random.Generator
) -> Ints:
    """Return members by (area, industry or none 17, sex).

    Beyond the job, the log-odds hold the unions of the workplaces, the people of the area, its
    hidden class, and chance.
    """
    size, people = len(adults), adults.sum(axis=(1, 3))
    resting = people - work.employed.sum(axis=1)
    jobs = np.concatenate([work.employed, resting[:, None]], axis=1)
    share = np.concatenate([_MEMBERS_OF_100, _RESTING_OF_100[:, None]], axis=1).T / 100
    person = (adults * _person()).sum(axis=(1, 3)) / np.maximum(people, 1)
    learnt = work.education @ _MEMBER_ODDS_BY_EDUCATION / np.maximum(work.education.sum(axis=1), 1)
    place = np.log(np.where(learnt > 0, learnt, 1.0))
    place = place + _HIDDEN_CLASS * latent.working + 0.08 * latent.civic
    place = place + np.clip(rng.standard_t(3, size) * 0.09, -1.0, 1.0)
    logit = np.log(share / (1 - share)) + place[:, None, None] + person[:, None]
    # Who has no job was last at some workplace of any kind.
    unions = np.concatenate([strength, strength.mean(axis=1, keepdims=True)], axis=1)
    logit = logit + unions[:, :, None] + noise(rng, jobs.shape, scale=0.10)
    members = round(LO_MEMBERS * people.sum() / ADULTS)
    county = np.zeros(size, dtype=np.int64)
    return split(jobs, logit, rng, group=county, totals=np.array([members]))


def _person() -> Floats:
    """Return what age and origin add to the log-odds: (young, sex, origin), with interactions."""
    birth = np.array([0.0, -0.10, 0.15, 0.30])
    logit: Floats = np.zeros((2, 2, 4)) + birth + np.array([0.0, -0.45])[:, None, None]
    logit[1, 1] -= 0.15
    logit[1, :, 2:] += 0.25
    logit[:, 1, 3] += 0.20
    return logit


def draw_living(county: County, people: People, latent: Latent, rng: np.random.Generator) -> Living:
    """Return dwellings, households and income."""
    grown = people.adults.reshape(len(county.deso), -1).sum(axis=1)
    dwellings = _dwellings(grown, county, latent, rng)
    occupied = np.minimum(rng.binomial(dwellings.sum(axis=1), 0.96), grown)
    minors = people.origin[:, 0].reshape(len(grown), -1).sum(axis=1) / np.maximum(grown, 1)
    family = 3.0 * (minors - 0.28) - 0.5 * latent.centre - 1.5 * latent.campus
    poor = latent.hardship
    utility = np.log([0.25, 0.24, 0.08, 0.36, 0.07]) + np.stack(
        [family, -0.2 * family, family + 0.2 * poor, 0.2 * latent.urban - family, 0.25 * poor],
        axis=1,
    )
    share = np.exp(utility + noise(rng, utility.shape, scale=0.08))
    households = multinomial(rng, occupied, share)
    earners = people.ages[:, _AT_WORK_FROM:].sum(axis=1)
    return Living(dwellings, households, *_incomes(earners, latent, rng))


def _dwellings(grown: Ints, county: County, latent: Latent, rng: np.random.Generator) -> Ints:
    home, published = county.homes(county.deso), county.published
    totals = published[[f"dwellings_{tenure}" for tenure in TENURES]].to_numpy(np.int64)
    weight = grown * np.exp(0.06 * latent.urban - 0.06 * latent.hardship)
    left = apportion(weight * np.exp(noise(rng, len(home), scale=0.06)), home, totals.sum(axis=1))
    owned = -2.6 * latent.urban - 1.4 * latent.hardship + noise(rng, len(home), scale=0.9)
    rental = 1.2 * latent.hardship + 2.0 * latent.campus + noise(rng, len(home), scale=0.7)
    counts = {}
    for tenure, logit in (("owned", owned), ("rental", rental), ("unknown", 0 * rental)):
        number = TENURES.index(tenure)
        counts[tenure] = split(left, logit, rng, group=home, totals=totals[:, number])
        left = left - counts[tenure]
    counts["tenant_owned"] = left
    return np.stack([counts[tenure] for tenure in TENURES], axis=1)


def _incomes(earners: Ints, latent: Latent, rng: np.random.Generator) -> tuple[Ints, Floats]:
    level = 5.82 - 0.18 * latent.hardship - 0.10 * latent.working - 0.7 * latent.campus
    # The few that are very well off are so beyond what the rest would lead one to expect.
    level = level + 0.12 * np.clip(-latent.working - 0.5, 0, None)
    level = level + noise(rng, len(earners), scale=0.08)
    gap = np.array([0.14, -0.08]) + noise(rng, earners.shape, scale=0.02)
    mean = np.round(np.exp(level[:, None] + gap), 1)
    everyone = earners.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        total = np.round((mean * earners).sum(axis=1, keepdims=True) / everyone, 1)
    counts = np.concatenate([earners, everyone], axis=1)
    return counts, np.where(counts > 0, np.concatenate([mean, total], axis=1), np.nan)
