"""A ranking made of what one election told, beside what happened at the next (METHOD 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from geoprio.config import Profile
from geoprio.counts.votes import red_green_of
from geoprio.errors import CoverageError
from geoprio.proof.curves import (
    BUDGETS,
    Floats,
    among_alike,
    chance_band,
    gain_curve,
    graded,
    grades,
    resampled_weights,
    swings,
)
from geoprio.proof.promises import Kept, kept_promises, told_full
from geoprio.proof.units import ELECTORS, Units
from geoprio.scores import score_areas
from geoprio.scores.draws import rng_for
from geoprio.scores.levels import Located

SCORE, SHARE, COUNT, PARTY = "score", "share", "count", "v"
"""The rankings: geoprio's, the two naive ones, and the party's share at the election before."""
TARGETS, LEFT, GAIN = "targets", "left", "gain"
"""What is looked for: two levels and a change."""
DRAWS, ORDERS = 500, 200
"""How often municipalities are drawn anew, and places put in an order by chance."""
FIRST = 0.2
"""Share of the electors that live in what is called the first places."""


@dataclass(frozen=True, eq=False)
class Side:
    """One election day, by polling district, early votes spread."""

    year: int
    which: Literal["earlier", "later"]
    votes: pd.DataFrame
    """COUNTS of the campaign's election."""
    rolls: Mapping[str, pd.Series]
    """Electors of that day's elections by district, `riksdag` and `region` where both are known."""
    abroad_share: float
    """Swedes abroad, of the riksdag's electors."""
    located: Located | None = None
    """What a run knows of the districts, where tables no younger than the year make one."""

    def figures(self) -> pd.DataFrame:
        """Return INDICATORS of the districts that nothing younger than the election tells.

        Where no table does, the electors who are foreign citizens, by the two rolls, stand in for
        the target groups (`intensity_share`).
        """
        votes, electors = self.votes, self.votes[ELECTORS]
        valid = votes["valid_count"]
        told = {
            PARTY: votes["votes_v_count"] / valid.where(valid > 0),
            "mobilisation_count": left_non_voters(votes),
        }
        if self.located is not None:
            return own_figures(self.located).assign(**{PARTY: told[PARTY]})
        if {"riksdag", "region"} <= set(self.rolls):
            citizens = (1 - self.abroad_share) * self.rolls["riksdag"]
            roll = self.rolls["region"].where(lambda people: people > 0)
            foreign = (1 - citizens / roll).clip(lower=0).reindex(votes.index)
            told |= {"intensity_share": foreign, SHARE: foreign, COUNT: foreign * electors}
        return pd.DataFrame(told)


def own_figures(located: Located) -> pd.DataFrame:
    """Return INDICATORS of a run with what the naive rankings go by."""
    found = located.indicators
    return found.assign(**{SHARE: found["precision_share"], COUNT: found["target_persons_count"]})


def left_non_voters(votes: pd.DataFrame) -> pd.Series:
    """Return the non-voters x the red-green share (METHOD 4)."""
    stayed = (votes[ELECTORS] - votes["votes_cast_count"]).clip(lower=0)
    return stayed * red_green_of(votes)


def known_part(profile: Profile, figures: pd.DataFrame) -> Profile:
    """Return a profile of the criteria that are known.

    Raises
    ------
    CoverageError
        None of them is.
    """
    known = [one for one in profile.criteria if one.indicator in figures]
    known = [one for one in known if figures[one.indicator].notna().any()]
    if not known:
        raise CoverageError("backtest_without_criteria", profile=profile.label.sv)
    return profile.model_copy(update={"criteria": tuple(known)})


def rankings_of(side: Side, figures: pd.DataFrame, units: Units, profile: Profile) -> pd.DataFrame:
    """Return each ranking's scores by unit: the electors' mean of its districts'."""
    known = known_part(profile, figures)
    scores = score_areas(figures, known, channel="backtest", election="backtest")
    names = [name for name in (SHARE, COUNT, PARTY) if name in figures]
    by_district = figures[names].assign(**{SCORE: scores["score"]})[[SCORE, *names]]
    return units.means(by_district, side.votes[ELECTORS], side.which)


@dataclass(frozen=True, eq=False)
class Lead:
    """What may be behind the score's lead on change; leads with the ends of their 90 % interval."""

    alike: tuple[float, float, float]
    """See `among_alike`: the party's share (0-1), of places where it was as strong."""
    largest: float
    """Share (0-1) of the electors in the largest municipality."""
    rest: tuple[float, float, float] | None
    """The lead over the party's share without it; None where there is no other."""
    naive: Mapping[str, tuple[float, float, float]]
    """The lead over each naive ranking."""


@dataclass(frozen=True, eq=False)
class Hindsight:
    """How a ranking of one election fared at the next."""

    years: tuple[int, int]
    units: Units
    whole: bool
    """Whether the score is the campaign's whole one; else what the votes alone tell of it."""
    criteria: tuple[int, int]
    """How many of the score's criteria were known, of how many."""
    shares: Mapping[str, float]
    """Share of the later electors by how their place was brought together; `none` is left out."""
    curves: Mapping[str, Mapping[str, pd.DataFrame]]
    """Gain curve by outcome and ranking."""
    grades: Mapping[str, pd.DataFrame]
    """By outcome; see `graded`."""
    bands: Mapping[str, float]
    """By outcome; see `chance_band`."""
    swings: pd.DataFrame
    gained: tuple[int, int, float]
    """Places where the party's votes per elector rose, of how many, and by how many votes."""
    moved: float
    """How the party's share moved in all places together (0-1)."""
    stayed: tuple[int, int]
    """How many of the first places are first by the later election too, and how many they were."""
    lead: Lead
    own_promise: bool
    """Whether it is of the campaign's own whole ranking; else of the score as it was tried."""
    promise: pd.DataFrame
    """See `promised`."""
    kept: Kept | None = None
    """How verdicts and chances held, where the whole score could be tried."""
    full: tuple[int, float] | None = None
    """See `told_full`, of the campaign's own ranking of the later year."""

    @property
    def ahead(self) -> tuple[float, float, float]:
        """The score's area on change less that of the party's last share, and its interval."""
        return _ahead(self.grades[GAIN])

    @property
    def verdict(self) -> str:
        """Whether the score beats the party's last share on change: `yes`, `no`, `unsure`.

        Yes only where it is ahead of the share, and ahead among places where the party was as
        strong too: that a high share falls back beats nothing. `useless`: it is not surely better
        than chance, however the share fares; `unknown`: there is no interval.
        """
        _, low, high = self.ahead
        if np.isnan(low):
            return "unknown"
        if not self.beats_chance(GAIN):
            return "useless"
        return "yes" if min(low, self.lead.alike[1]) > 0 else "no" if high < 0 else "unsure"

    def beats_chance(self, outcome: str) -> bool:
        """Return whether the score's area is above that of chance, its whole interval."""
        return bool(self.grades[outcome]["area_low"][SCORE] > 0.5)


def hindsight(
    sides: tuple[Side, Side],
    units: Units,
    profile: Profile,
    own: tuple[str, Located] | None,
    *,
    seed: int,
) -> Hindsight:
    """Return how the score of the earlier side fared at the later one.

    Parameters
    ----------
    sides
        The earlier election and the later.
    units
        Where the two are compared.
    profile
        The channel whose score it is.
    own
        What the campaign's own run has by district, and of which side, `earlier` or
        `later`: target persons, and the ranking that is promised of. None without such a run.
    seed
        The campaign's.
    """
    before, after = sides
    rankings = rankings_of(before, before.figures(), units, profile)
    now = rankings_of(after, after.figures(), units, profile)
    later = own[1] if own is not None and own[0] == "later" else None
    figures = after.figures() if later is None else own_figures(later)
    theirs = rankings_of(after, figures, units, profile)[SCORE]
    held, found = units.sums(before.votes, "earlier"), units.sums(after.votes, "later")
    budget = held[ELECTORS]
    targets = own and (own[0], own[1].indicators["target_persons_count"])
    outcomes = outcomes_of(held, found, units, targets)
    draws = resampled_weights(units.municipality, DRAWS, rng=rng_for(seed, "backtest: towns"))
    kept = known_part(profile, before.figures()).criteria
    party, past = _party(held, found), (left_non_voters(held), outcomes[LEFT])
    return Hindsight(
        years=(before.year, after.year),
        units=units,
        whole=before.located is not None,
        criteria=(len(kept), len(profile.criteria)),
        shares=_shares(units, found[ELECTORS], after.votes[ELECTORS]),
        curves={name: _curves(rankings, one, budget) for name, one in outcomes.items()},
        grades={name: graded(rankings, one, budget, draws) for name, one in outcomes.items()},
        bands=_bands(outcomes, budget, seed),
        swings=swings(rankings, party, budget, draws),
        gained=(int((outcomes[GAIN] > 0).sum()), len(budget), float(outcomes[GAIN].sum())),
        moved=_share_of(found) - _share_of(held),
        stayed=stayed_first(rankings[SCORE], now[SCORE], budget),
        lead=lead_of(rankings, outcomes[GAIN], party, budget, seed=seed),
        own_promise=later is not None,
        promise=promised((rankings[SCORE], theirs), past, (budget, found[ELECTORS]), draws),
        **_told(before, later, units),
    )


def _ahead(grades: pd.DataFrame) -> tuple[float, float, float]:
    ahead, low, high = grades.T[SCORE][["ahead", "ahead_low", "ahead_high"]]
    return float(ahead), float(low), float(high)


def lead_of(
    rankings: pd.DataFrame, gain: pd.Series, party: pd.DataFrame, budget: pd.Series, *, seed: int
) -> Lead:
    """Return what may be behind the score's lead on the party's gain; `party` as in `swings`."""
    towns = budget.index.to_series().str[:4]
    people = budget.groupby(towns).sum()
    moved = party["after"] / party["valid_after"] - party["before"] / party["valid_before"]

    def draws(rows: pd.Series) -> Floats | None:
        return resampled_weights(towns[rows], DRAWS, rng=rng_for(seed, "backtest: towns"))

    def over(rival: str, rows: pd.Series) -> tuple[float, float, float]:
        own = rankings.loc[rows, [SCORE, rival]]
        return _ahead(graded(own, gain[rows], budget[rows], draws(rows)))

    every, rest = towns.notna(), towns != people.idxmax()
    return Lead(
        alike=among_alike(rankings[SCORE], rankings[PARTY], moved, budget, draws(every)),
        largest=float(people.max() / people.sum()),
        rest=over(PARTY, rest) if rest.any() else None,
        naive={name: over(name, every) for name in (SHARE, COUNT) if name in rankings},
    )


def _bands(outcomes: Mapping[str, pd.Series], budget: pd.Series, seed: int) -> dict[str, float]:
    return {
        name: chance_band(one, budget, ORDERS, rng=rng_for(seed, f"backtest: {name}"))
        for name, one in outcomes.items()
    }


def _told(before: Side, later: Located | None, units: Units) -> dict[str, Any]:
    """Return how what the earlier side told held, and what the campaign's own run tells later."""
    if later is None:
        return {}
    now = next(iter(later.scores.values()))
    was = [next(iter(one.scores.values())) for one in [before.located] if one is not None]
    kept = kept_promises(was[0], now, units) if was else None
    return {"kept": kept, "full": told_full(now)}


def _share_of(votes: pd.DataFrame) -> float:
    return float(votes["votes_v_count"].sum() / votes["valid_count"].sum())


def _curves(
    rankings: pd.DataFrame, outcome: pd.Series, budget: pd.Series
) -> dict[str, pd.DataFrame]:
    return {str(name): gain_curve(own, outcome, budget) for name, own in rankings.items()}


def outcomes_of(
    held: pd.DataFrame,
    found: pd.DataFrame,
    units: Units,
    targets: tuple[str, pd.Series] | None,
) -> dict[str, pd.Series]:
    """Return what is looked for by unit, in persons or votes.

    The party's gain is of the places where its votes per elector rose alone: a share of what is
    partly negative is no share. How it moved everywhere is `swings`.
    """
    rise = found["votes_v_count"] / found[ELECTORS] - held["votes_v_count"] / held[ELECTORS]
    told = {LEFT: left_non_voters(found), GAIN: rise.clip(lower=0) * found[ELECTORS]}
    if targets is None:
        return told
    which, persons = targets
    people = units.sums(persons.to_frame(TARGETS), which)[TARGETS]
    return {TARGETS: people, **told}


def _party(held: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    pairs = {"before": held["votes_v_count"], "valid_before": held["valid_count"]}
    return pd.DataFrame(
        {**pairs, "after": found["votes_v_count"], "valid_after": found["valid_count"]}
    )


def _shares(units: Units, electors: pd.Series, everyone: pd.Series) -> dict[str, float]:
    parts = electors.groupby(units.basis).sum() / everyone.sum()
    told = {str(name): float(share) for name, share in parts.items()}
    return told | {"none": 1 - sum(told.values())}


def first_places(score: pd.Series, budget: pd.Series, share: float = FIRST) -> pd.Index:
    """Return the places from the first on that together hold at most `share` of the budget."""
    ordered = budget[score.dropna().sort_values(ascending=False, kind="stable").index]
    return ordered.index[ordered.cumsum() <= share * ordered.sum()]


def stayed_first(was: pd.Series, now: pd.Series, budget: pd.Series) -> tuple[int, int]:
    """Return how many of the first places stayed among the first, and how many they were."""
    first = first_places(was, budget)
    return len(first.intersection(first_places(now, budget))), len(first)


def promised(
    scores: tuple[pd.Series, pd.Series],
    levels: tuple[pd.Series, pd.Series],
    budgets: tuple[pd.Series, pd.Series],
    weights: Floats | None,
) -> pd.DataFrame:
    """Return what share of the next election's left non-voters the first places will hold.

    What the first places of a ranking hold in the figures that it was made of is too good; how much
    of it was left at the election after (out of sample by in sample, resampled) is taken to be left
    once more.

    Parameters
    ----------
    scores, levels, budgets
        The score by unit, left non-voters, and electors, of the earlier and of the later election.
    weights
        From `resampled_weights`.

    Returns
    -------
    promise
        By share of the budget: `share` (0-1) with `low` and `high` (90 %; NaN without weights).
    """
    was, now = scores
    known = was.notna() & now.notna() & levels[0].notna() & levels[1].notna()
    one = np.ones((1, int(known.sum())))
    drawn = one if weights is None else np.vstack([one, weights[:, known.to_numpy()]])

    def at(score: pd.Series, level: pd.Series, budget: pd.Series) -> Floats:
        return grades(score[known], level[known], budget[known], drawn)[:, 1:]

    kept = at(was, levels[1], budgets[0]) / at(was, levels[0], budgets[0])
    told = kept * at(now, levels[1], budgets[1]) * BUDGETS
    low, high = np.nanquantile(told[1:], (0.05, 0.95), axis=0) if len(told) > 1 else (np.nan,) * 2
    index = pd.Index(BUDGETS, name="budget")
    return pd.DataFrame({"share": told[0], "low": low, "high": high}, index=index)
