"""The verdict on each area in a channel: the one scale of what to do (METHOD 6)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.config import Cuts, Profile, Uncertainty
from geoprio.words import Language, text

FULL, ASK, COMPLEMENT, KEEP, JOINT = VERDICTS = ("full", "ask", "complement", "keep", "joint")
"""From what to do most to least; their words are in `verdict_labels`."""
NOISE = 1e-12
"""Of sums in floating point."""
SURE_ENOUGH = (FULL, ASK)
"""Verdicts of areas that are, or may be, among the first."""


def verdicts(scores: pd.DataFrame, cuts: Cuts, rules: Uncertainty) -> pd.Series:
    """Return the verdict on each area; None where its chance of being among the first is unknown.

    `full` is the longest list from the top by `p_top` whose mean of 1 - p_top, the share expected
    to be told so falsely, is at most `rules.false_discoveries`. Of the rest, the longest list from
    the bottom that is expected to hold at most the part `rules.misses` of all the first, and no
    area with a p_top above `rules.most_missed`, is parted by score at the `cuts`. (A bound on the
    mean of its p_top would miss more of the first the longer the list is.) What is left is `ask`.
    Areas alike stand or fall together.
    """
    known = scores["p_top"].dropna()
    chances = known.sort_values(ascending=False)
    full = _longest(
        1 - chances, (1 - chances).expanding().mean() <= rules.false_discoveries + NOISE
    )
    rest = known.drop(full).sort_values()
    missed = rest.cumsum() <= rules.misses * known.sum() + NOISE
    low = _longest(rest, missed & (rest <= rules.most_missed))
    percentile = 100 * (scores["score"].rank() - 0.5) / scores["score"].notna().sum()
    parted = np.select(
        [percentile >= cuts.complement, percentile >= cuts.keep], [COMPLEMENT, KEEP], JOINT
    )
    found = pd.Series(ASK, known.index, dtype=object)
    found = found.mask(found.index.isin(low), pd.Series(parted, scores.index))
    found[full] = FULL
    return found.reindex(scores.index).astype(object).where(scores["p_top"].notna(), None)


def _longest(rising: pd.Series, fits: pd.Series) -> pd.Index:
    """Return the longest head of a rising list that fits, areas that are alike all or none."""
    whole = fits.groupby(rising).transform("last")
    return rising.index[whole.cummin()] if len(rising) else rising.index


def verdict_labels(language: Language) -> Mapping[str, str]:
    """Return the words of each verdict, by its name, in their order."""
    return {name: text(f"verdict_{name}", language) for name in VERDICTS}


def verdict_meanings(rules: Uncertainty, *, top_k: int, language: Language) -> dict[str, str]:
    """Return what each verdict means in a sentence, by its name."""
    tenths = 10 * (1 - rules.false_discoveries)
    told = f"{tenths:g}".replace(".", "," if language == "sv" else ".")
    return {
        name: text(f"verdict_{name}_means", language, k=top_k, tenths=told) for name in VERDICTS
    }


def verdict_actions(profile: Profile, language: Language) -> Mapping[str, str]:
    """Return what to do in an area of each verdict, by its name; empty where nothing is said."""
    if profile.actions is None:
        return dict.fromkeys(VERDICTS, "")
    return {name: getattr(profile.actions, name).told(language) for name in VERDICTS}
