"""What the demo's people have learnt, where they work, and who is a member of an LO union.

Members are drawn among the very employed of each industry and sex, and among those not at work:
LO's unions organise by trade, and within a trade it is seldom the long educated who do the manual
work. What neither tells (class beyond them, how well a place is organised) stays hidden.
"""

from dataclasses import dataclass

import numpy as np

from geoprio.demo.apportion import Ints, split
from geoprio.demo.latent import Latent, noise
from geoprio.demo.partition import Floats
from geoprio.demo.published import LO_MEMBERS

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
