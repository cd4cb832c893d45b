"""What keeps a ranking unsure, and which table that a campaign lacks would narrow it (METHOD 6)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from geoprio.config import Brief, Profile, Uncertainty
from geoprio.scores.deviation import target_errors
from geoprio.scores.draws import Measured
from geoprio.scores.kernel import AGGREGATE, Floats
from geoprio.scores.levels import Located
from geoprio.scores.rank_sets import may_be_first, sets_beyond
from geoprio.scores.score import criterion_weights, weight_shares
from geoprio.scores.verdicts import ASK, FULL, verdicts

VOTES, HOMES = "votes", "homes"
"""What figures stray by beside the groups' shares: votes moved from their districts, and dwellings
moved from other areas."""
OF_HOMES = ["households_count", "doors_per_km2"]
WORTH = 0.05
"""A table counts that takes away this part (0-1) of the doubt about who is first, or more."""
TELLINGS = 8
"""What a table would say of each area is drawn so many times."""
LEAST = 1e-3
"""Part of its error that a score keeps at least."""


@dataclass(frozen=True)
class Strays:
    """Standard errors of an area set's indicators, taken apart."""

    now: pd.DataFrame
    alone: Mapping[str, pd.DataFrame]
    """From each group's share alone, from `votes` and from `homes`."""
    with_table: Mapping[str, pd.DataFrame]
    """As they would be with each table that the campaign lacks."""


@dataclass(frozen=True)
class Ranking:
    """How sure a ranking is as it stands."""

    profile: Profile
    measured: Measured
    points: pd.DataFrame
    """The criteria in points."""
    scores: pd.DataFrame
    """SCORES with `p_top`."""
    errors: pd.Series
    """Standard error of each score, in points."""
    critical: float
    """What two areas must differ by to be told apart; see `sets_beyond`."""
    top_k: int


@dataclass(frozen=True)
class Levers:
    """What the doubt about a ranking is made of, and what would lessen it."""

    parts: pd.Series
    """Share (0-1) of the scores' variance from each group, from `votes` and from `homes`: mean over
    the areas, weighted by how much each hangs in the balance, `p (1 - p)`."""
    tables: pd.DataFrame
    """By each table that would help, most first: the part (0-1) of the sum of `p (1 - p)` that is
    expected to be left with it (`doubt_left`), and how many areas are then expected to be told
    `full` and `ask` (`full_count`, `ask_count`) and to be in the confidence set of the first
    (`may_be_top_count`)."""


def take_apart(level: Located, plans: Brief) -> Strays:
    """Return the errors of a set's indicators from one thing at a time, and with other tables."""

    def errors(shares: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
        return place.assign(**target_errors(shares, level.joint, level.indicators, place, plans))

    shares, exact = level.share_errors, 0 * level.errors
    homes = exact.assign(**level.errors[OF_HOMES])
    votes = level.errors.assign(**exact[OF_HOMES])
    alone = {
        name: errors((0 * shares).assign(**{name: shares[name]}), exact) for name in plans.locating
    }
    return Strays(
        now=level.errors,
        alone=alone | {VOTES: errors(0 * shares, votes), HOMES: errors(0 * shares, homes)},
        with_table={
            name: errors(shares.assign(**own.clip(upper=shares[own.columns])), level.errors)
            for name, own in level.prospects.items()
        },
    )


def find_levers(
    ranking: Ranking, strays: Strays, rules: Uncertainty, *, rng: np.random.Generator
) -> Levers:
    """Return what the doubt about a ranking is made of, and what each table would do about it.

    To first order a score strays by `s^2 = sum_k (dS/dx_k)^2 se_k^2`, and by a part `r^2` of that
    with a table that makes figures surer. What the table will say is not known. So an area's
    distance to the line, z of `p_top = Phi(z)`, becomes `(z + sqrt(1 - r^2) e) / r`, e standard
    normal: the mean of its chances over all that may be said is `p_top` still. Verdicts are counted
    over such tellings. The confidence set is that of the scores as they are.
    """
    chance = ranking.scores["p_top"].to_numpy(float)
    balance = np.nan_to_num(chance * (1 - chance))
    variance = _variances(ranking)
    names, whole = list(variance), variance.sum(axis=1).to_numpy()
    per_square = (variance / ranking.measured.errors[names] ** 2).fillna(0.0).to_numpy()

    def part(squares: pd.DataFrame) -> Floats:
        known = squares.reindex(columns=names, fill_value=0.0).fillna(0.0)
        mine = (per_square * known.to_numpy()).sum(axis=1)
        ratio: Floats = np.divide(mine, whole, out=np.zeros_like(whole), where=whole > 0)
        return ratio

    own = {name: float(part(errors**2) @ balance) for name, errors in strays.alone.items()}
    rows = {}
    for name, errors in strays.with_table.items():
        gone = part((strays.now**2 - errors**2).clip(lower=0))
        kept = np.sqrt((1 - gone).clip(LEAST**2))
        told = tellings(chance, kept, rng)
        left = np.nansum(told * (1 - told)) / (TELLINGS * max(balance.sum(), LEAST))
        if left <= 1 - WORTH:
            rows[name] = {"doubt_left": left, **_counts(ranking, kept, told, rules)}
    tables = pd.DataFrame.from_dict(rows, orient="index", columns=COUNTED)
    parts = pd.Series(own, dtype=float).sort_values(ascending=False)
    return Levers(
        parts=parts / parts.sum() if parts.sum() > 0 else parts,
        tables=tables.sort_values("doubt_left", kind="stable"),
    )


COUNTED = ["doubt_left", "full_count", "ask_count", "may_be_top_count"]


def _variances(ranking: Ranking) -> pd.DataFrame:
    """Return the variance (points^2) of each area's score by criterion, the others' as they are."""
    weights = weight_shares(criterion_weights(ranking.profile), ranking.points.columns)
    names = list(weights.index)
    values = ranking.measured.indicators[names].to_numpy(float)
    errors = ranking.measured.errors[names].to_numpy(float)
    points = ranking.points[names].to_numpy(float)
    moved = np.repeat(points[None], 2 * len(names), axis=0)
    for number in range(len(names)):
        known = np.flatnonzero(~np.isnan(values[:, number] + points[:, number]))
        order = known[np.argsort(values[known, number], kind="stable")]
        for side, sign in enumerate((-1, 1)):
            moved[2 * number + side, :, number] = np.interp(
                values[:, number] + sign * errors[:, number],
                values[order, number],
                points[order, number],
            )
    scores = AGGREGATE.find(ranking.profile.aggregate)(moved, weights.to_numpy())
    half = (scores[1::2] - scores[::2]).T / 2
    return pd.DataFrame(half**2, ranking.points.index, names).fillna(0.0)


def tellings(chance: Floats, kept: Floats, rng: np.random.Generator) -> Floats:
    """Return tellings x areas: what the chances may become with a part `kept` of the errors."""
    drawn = rng.standard_normal((TELLINGS, len(kept)))
    return ndtr((ndtri(chance) + np.sqrt(1 - kept**2) * drawn) / kept)


def _counts(ranking: Ranking, kept: Floats, told: Floats, rules: Uncertainty) -> dict[str, float]:
    score = ranking.scores["score"]
    # One list of all tellings has the mean lengths, near enough.
    pooled = pd.DataFrame({"score": np.tile(score, TELLINGS), "p_top": told.ravel()})
    counts = verdicts(pooled, ranking.profile.cuts, rules).value_counts() / TELLINGS
    sets = sets_beyond(score, ranking.errors * kept, ranking.critical)
    return {
        "full_count": float(counts.get(FULL, 0)),
        "ask_count": float(counts.get(ASK, 0)),
        "may_be_top_count": float(may_be_first(sets, ranking.top_k).sum()),
    }
