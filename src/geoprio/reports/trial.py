"""What is left alone by lot in a plan, and the smallest effect that could be seen of the rest."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoprio.config.resources import Plan
from geoprio.plans.efforts import CANVASS, HOURLY
from geoprio.plans.holdouts import drawn_lots, imbalance, matched_pairs, smallest_effect
from geoprio.plans.programme import Programme
from geoprio.runs import Run
from geoprio.scores.draws import rng_for
from geoprio.words import decimal, text

ALIKE = ["turnout_share", "v_share", "red_green_share", "precision_share"]
"""What two areas of a pair are alike in, beside their size."""

ENOUGH = 8
"""Pairs below which the lots hardly show anything."""
PLAUSIBLE = 0.03
"""Rise in turnout that the largest of the published trials gave (Pasadena: 3.0002 points)."""


@dataclass(frozen=True, eq=False)
class Trial:
    """Pairs of areas, and which of each is left alone."""

    pairs: pd.DataFrame
    """From `matched_pairs`, with `holdout`."""
    figures: pd.DataFrame

    @property
    def left(self) -> pd.DataFrame:
        """What is left alone, as wishes."""
        codes = self.pairs.index[self.pairs["holdout"]]
        rows = [(code, channel, "out") for code in codes for channel in HOURLY]
        return pd.DataFrame(rows, columns=["area_code", "channel", "wish"], dtype=str)


def trial_of(run: Run, made: Programme, named: Collection[str]) -> Trial | None:
    """Return pairs of the areas that a plan canvasses in the second tier; None without any.

    Areas told "Satsa fullt", and those `named` in wishes, are always worked.
    """
    wanted = made.plan.holdouts
    sure = run.scored.scores[CANVASS]["verdict"] == "full" if CANVASS in run.scored.scores else None
    own = made.chosen.loc[made.chosen["channel"] == CANVASS, "area_code"]
    codes = sorted(set(own) - set(named) - set(sure.index[sure] if sure is not None else []))
    indicators = run.scored.indicators
    figures = indicators.loc[codes, ALIKE].assign(
        size=np.log(indicators.loc[codes, "households_count"].where(lambda homes: homes > 0))
    )
    pairs = matched_pairs(figures, wanted.pairs if wanted else 0)
    if pairs.empty:
        return None
    lots = drawn_lots(pairs, figures, rng=rng_for(run.campaign.seed, "plan: lots"))
    return Trial(pairs.assign(holdout=lots), figures)


def trial_record(run: Run, trial: Trial) -> dict[str, Any]:
    """Return the lots and what they were drawn of, so that anyone can draw them again."""
    rows = trial.figures.loc[trial.pairs.index].assign(**trial.pairs[["pair", "holdout"]])
    return {
        "seed": run.campaign.seed,
        "alike": list(trial.figures),
        "smallest": seen_by(run, trial),
        "rows": rows.reset_index().to_dict("records"),
    }


def seen_by(run: Run, trial: Trial) -> float:
    """Return the smallest effect on turnout that could be seen (0-1).

    Of the election before, where the run has it: pairs are alike in today's turnout by choice, and
    will differ more at the next.
    """
    earlier = [name for name in run.frames if name.startswith(f"{run.scored.area_set}_votes_")]
    if not earlier:
        return smallest_effect(trial.pairs, trial.figures["turnout_share"])
    votes = run.frames[max(earlier)]
    return smallest_effect(trial.pairs, votes["votes_cast_count"] / votes["electors_count"])


def trial_table(run: Run, trial: Trial) -> pd.DataFrame:
    """Return each pair's two areas, and which is worked and which is left alone."""
    words = {flag: text(f"lot_{flag}", run.language) for flag in ("left", "worked")}
    places = run.scored.areas.loc[trial.pairs.index, ["area_name", "association"]]
    lots = np.where(trial.pairs["holdout"], words["left"], words["worked"])
    table = pd.DataFrame(places).assign(pair=trial.pairs["pair"].astype(float), lot=lots)
    return table.sort_values(["pair", "lot"], kind="stable")


def trial_words(run: Run, plan: Plan, trial: Trial) -> str:
    """Return what is left alone, by whose decision, how alike the areas are and what can be seen.

    The smallest effect is of turnout, from how much a pair's areas differ in it today.
    """
    decided, pairs = plan.holdouts, trial.pairs
    if decided is None:
        return ""
    apart = imbalance(trial.figures.loc[pairs.index], pairs["holdout"]).max()
    seen, count = seen_by(run, trial), pairs["pair"].nunique()
    effect = decimal(100 * seen, 1, run.language)
    told = text(
        "trial_words",
        run.language,
        count=count,
        day=decided.decided,
        paragraph=decided.paragraph,
        apart=decimal(float(apart), 2, run.language),
        effect=effect,
    )
    if count >= ENOUGH and seen <= PLAUSIBLE:
        return told
    few = text("trial_few", run.language, count=count, effect=effect, least=ENOUGH)
    return f"{told} {few}"
