"""The verdict on each area in a channel: the one scale of what to do (METHOD 6)."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from geoprio.config import Cuts, Profile, Uncertainty
from geoprio.words import Language, text

FULL, ASK, COMPLEMENT, KEEP, JOINT = VERDICTS = ("full", "ask", "complement", "keep", "joint")
"""From what to do most to least; their words are in `verdict_labels`."""
SURE_ENOUGH = (FULL, ASK)
"""Verdicts of areas that are, or may be, among the first."""


def verdicts(scores: pd.DataFrame, cuts: Cuts, rules: Uncertainty) -> pd.Series:
    """Return the verdict on each area; None where its chance of being among the first is unknown.

    `full` is the longest list from the top by `p_top` whose mean of 1 - p_top, the share expected
    to be told so falsely, is at most `rules.false_discoveries`. Of the rest, the longest list from
    the bottom whose mean of p_top is at most `rules.misses`, none above `rules.most_missed`, is
    parted by score at the `cuts`. What is left is `ask`. Areas alike stand or fall together.
    """
    known = scores["p_top"].dropna()
    chances = known.sort_values(ascending=False)
    full = _longest(1 - chances, rules.false_discoveries)
    rest = known.drop(full).sort_values()
    low = _longest(rest[rest <= rules.most_missed], rules.misses)
    percentile = 100 * (scores["score"].rank() - 0.5) / scores["score"].notna().sum()
    parted = np.select(
        [percentile >= cuts.complement, percentile >= cuts.keep], [COMPLEMENT, KEEP], JOINT
    )
    found = pd.Series(ASK, known.index, dtype=object)
    found = found.mask(found.index.isin(low), pd.Series(parted, scores.index))
    found[full] = FULL
    return found.reindex(scores.index).astype(object).where(scores["p_top"].notna(), None)


def _longest(errors: pd.Series, most: float) -> pd.Index:
    """Return the longest head of a rising list whose mean is at most `most`, ties whole."""
    fits = errors.expanding().mean() <= most + 1e-12
    # Of areas that are alike the last tells: all of them fit, or none.
    whole = fits.groupby(errors).transform("last")
    return errors.index[whole.cummin()] if len(errors) else errors.index


def verdict_labels(language: Language) -> Mapping[str, str]:
    """Return the words of each verdict, by its name, in their order."""
    return {name: text(f"verdict_{name}", language) for name in VERDICTS}


def verdict_meanings(rules: Uncertainty, *, top_k: int, language: Language) -> dict[str, str]:
    """Return what each verdict means in a sentence, by its name."""
    tenths = 10 * (1 - rules.false_discoveries)
    told = f"{tenths:g}".replace(".", "," if language == "sv" else ".")
    return {
        name: text(f"verdict_{name}_means", language)
        .replace("{k}", str(top_k))
        .replace("{tenths}", told)
        for name in VERDICTS
    }


def verdict_actions(profile: Profile, language: Language) -> Mapping[str, str]:
    """Return what to do in an area of each verdict, by its name; empty where nothing is said."""
    if profile.actions is None:
        return dict.fromkeys(VERDICTS, "")
    return {name: getattr(profile.actions, name).told(language) for name in VERDICTS}
