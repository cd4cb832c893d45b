"""The demo's LO members hold the jobs that LO's unions organise."""

import numpy as np
import pytest

from geoprio.demo.apportionment import ADULTS, LO_MEMBERS
from geoprio.demo.people import (
    EDUCATIONS,
    INDUSTRIES,
    Latent,
    Work,
    draw_members,
    union_strength,
)

AREAS, PEOPLE = 300, 8_000
SECONDARY = EDUCATIONS.index("3+4")


def drawn_of(adults: np.ndarray, work: Work, seed: int) -> np.ndarray:
    """Return members of areas without hidden effects, whose workplaces are all alike."""
    latent, alike = Latent(*[np.zeros(AREAS)] * 8), np.zeros((AREAS, len(INDUSTRIES)))
    return draw_members(adults, work, latent, alike, rng=np.random.default_rng(seed))


def members(jobs: list[str | None], levels: list[int], seed: int = 1) -> np.ndarray:
    """Return members per hundred adults where all have one job (or none) and one education."""
    adults = np.full((AREAS, 2, 2, 4), PEOPLE // 16)
    employed = np.zeros((AREAS, len(INDUSTRIES), 2), dtype=np.int64)
    education = np.zeros((AREAS, len(EDUCATIONS)), dtype=np.int64)
    kinds = np.arange(AREAS) % len(jobs)
    for kind, (job, level) in enumerate(zip(jobs, levels, strict=True)):
        education[kinds == kind, level] = PEOPLE
        if job is not None:
            employed[kinds == kind, INDUSTRIES.index(job)] = PEOPLE // 2
    work = Work(np.zeros((AREAS, 2, 3), dtype=np.int64), employed, education)
    drawn = drawn_of(adults, work, seed)
    assert drawn.sum() == round(LO_MEMBERS * adults.sum() / ADULTS)
    assert (drawn >= 0).all() and (drawn <= adults).all()
    return np.array([drawn[kinds == kind].mean() for kind in range(len(jobs))]) * 1600 / PEOPLE


def test_members_work_where_their_unions_are() -> None:
    jobs = ["Q", "F", "H", "G", "J", "K"]
    care, building, transport, trade, it, finance = members(jobs, [SECONDARY] * len(jobs))
    assert min(care, building, transport) > trade > 3 * max(it, finance)
    assert finance < it


def test_the_long_educated_are_members_more_seldom_in_the_same_job() -> None:
    levels = [EDUCATIONS.index(level) for level in ("3+4", "5", "6")]
    secondary, short, long = members(["Q"] * 3, levels)
    assert secondary > 1.5 * short > 2 * long


def test_some_members_are_not_at_work() -> None:
    at_work, at_rest = members(["Q", None], [SECONDARY] * 2)
    assert 0 < at_rest < at_work / 5


def test_areas_with_the_same_jobs_still_differ() -> None:
    # A heavy-tailed effect of its own: 10 to 15 per cent, chance aside.
    adults = np.full((AREAS, 2, 2, 4), PEOPLE // 16)
    employed = np.full((AREAS, len(INDUSTRIES), 2), PEOPLE // 40)
    work = Work(
        np.zeros((AREAS, 2, 3), dtype=np.int64), employed, np.full((AREAS, len(EDUCATIONS)), 900)
    )
    drawn = drawn_of(adults, work, 3).sum(axis=(1, 2, 3))
    spread = np.sqrt(np.log(drawn).var() - (1 / drawn).mean())
    assert spread == pytest.approx(0.12, abs=0.03)


def test_workplaces_have_unions_of_their_own_strength_and_people_work_near_home() -> None:
    """Areas 100 m apart share it; one industry tells nothing of another."""
    homes = np.random.default_rng(4).uniform(0, 60_000, size=(400, 2))
    points = np.concatenate([homes, homes + 100.0])
    strength = union_strength(points, np.random.default_rng(5))
    here, beside = strength[:400], strength[400:]
    assert strength.mean(axis=0) == pytest.approx(np.zeros(len(INDUSTRIES)), abs=1e-12)
    assert np.corrcoef(here.ravel(), beside.ravel())[0, 1] > 0.99
    assert 0.08 < np.median(strength.std(axis=0)) < 0.35
    between = np.corrcoef(here.T)[np.triu_indices(len(INDUSTRIES), 1)]
    assert abs(between.mean()) < 0.1
