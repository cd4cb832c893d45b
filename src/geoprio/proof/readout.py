"""What the work did, on a page: the effect, how sure it is, what a vote cost, and where one was."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoprio.proof.answer import Grid, Part, known_figures, render_page
from geoprio.proof.contrast import (
    PARTY,
    TURNOUT,
    Estimate,
    Lots,
    cost_per_vote,
    counts_effect,
    pair_effects,
    seen_afterwards,
)
from geoprio.scores.draws import rng_for
from geoprio.scores.verdicts import FULL, SURE_ENOUGH
from geoprio.words import Language, decimal, text, whole

ADJUSTED = "adjusted"
SURE = 0.1
"""Randomisation p from which nothing is said to be seen."""
NAMED = 30
"""So many places of a kind are named at most."""


@dataclass(frozen=True, eq=False)
class Readout:
    """The effects of the work that a decided plan left some areas without."""

    lots: Lots
    record: Mapping[str, Any]
    """The decided plan's."""
    result: pd.DataFrame
    """By area of the pairs that are known: electors, votes cast, and what else is told."""
    effects: Mapping[str, Mapping[str, Estimate]]
    """By outcome: `paired` and `adjusted`."""

    @classmethod
    def of(cls, lots: Lots, record: Mapping[str, Any], result: pd.DataFrame) -> "Readout":
        """Return the effects on turnout, and on the party's votes where they are told."""
        rng = rng_for(lots.seed, "effect: lots")
        own = result.reindex(lots.pairs.index)
        electors = own["electors_count"].where(own["electors_count"] > 0)
        before = lots.figures["turnout_share"]
        outcomes = {TURNOUT: (own["votes_cast_count"] / electors, before)}
        if "votes_v_count" in own:
            outcomes[PARTY] = own["votes_v_count"] / electors, before * lots.figures["v_share"]
        effects = {
            name: pair_effects(lots, after, then, rng=rng)
            for name, (after, then) in outcomes.items()
        }
        known = (own["votes_cast_count"] / electors).notna()
        return cls(lots, record, own[known.groupby(lots.pairs["pair"]).transform("all")], effects)

    def _sides(self, column: str) -> tuple[float, float]:
        """Return the sums of those worked and of those left; NaN where one area is untold."""
        left = self.lots.pairs["holdout"].reindex(self.result.index)
        worked, alone = (self.result.loc[left == one, column] for one in (False, True))
        return float(worked.sum(skipna=False)), float(alone.sum(skipna=False))

    @property
    def known(self) -> int:
        """How many pairs have a result on both sides."""
        return len(self.result) // 2

    @property
    def contacts(self) -> float:
        """How much larger a share (0-1) was contacted where one worked; NaN where untold."""
        if "contacted_count" not in self.result or not self.result["contacted_count"].any():
            return float("nan")
        people = self._sides("electors_count")
        worked, left = (a / b for a, b in zip(self._sides("contacted_count"), people, strict=True))
        return worked - left

    @property
    def pooled(self) -> Estimate:
        """The difference of all votes cast together, as if persons had been drawn."""
        return counts_effect(self._sides("votes_cast_count"), self._sides("electors_count"))

    @property
    def cost(self) -> tuple[float, float, float] | None:
        """Kronor per vote and the ends of its interval; None where no cost is told."""
        if "cost_sek" not in self.result or not self._sides("cost_sek")[0] > 0:
            return None
        cost, electors = self._sides("cost_sek")[0], self._sides("electors_count")[0]
        return cost_per_vote(cost, electors, self.effects[TURNOUT][ADJUSTED])

    def figures(self) -> dict[str, Any]:
        """Return the figures as JSON has them, in shares (0-1) and kronor."""
        contacts = self.contacts
        cost = self.cost or (np.nan,) * 3
        told = {
            "pairs": self.known,
            "effects": {
                outcome: {name: asdict(one) for name, one in both.items()}
                for outcome, both in self.effects.items()
            },
            "contact_difference": contacts,
            "contact_adjusted": asdict(self.effects[TURNOUT][ADJUSTED].over(contacts)),
            "pooled_difference": self.pooled.value,
            "smallest_told_before": self.lots.smallest,
            "smallest_seen_after": seen_afterwards(self.lots, self._turnout()),
            "sek_per_vote": dict(zip(("value", "low", "high"), cost, strict=True)),
        }
        found: dict[str, Any] = known_figures(told)
        return found

    def _turnout(self) -> pd.Series:
        return self.result["votes_cast_count"] / self.result["electors_count"]

    def lines(self, language: Language) -> list[str]:
        """Return the answer and what it rests on."""
        one, told = self.effects[TURNOUT][ADJUSTED], self.figures()
        # An interval that Student's t makes of few pairs is no proof where lots could not differ.
        sure = one.p <= SURE
        kind = "up" if sure and one.low > 0 else "down" if sure and one.high < 0 else "unseen"

        def points(value: float) -> str:
            return decimal(100 * value, 1, language)

        ends = {"effect": points(one.value), "low": points(one.low), "high": points(one.high)}
        after = told["smallest_seen_after"]
        decision = self.record["decision"]
        lines = [
            text(f"effect_{kind}", language, **ends, p=decimal(one.p, 2, language)),
            text(
                "effect_basis",
                language,
                count=self.known,
                of=self.lots.pairs["pair"].nunique(),
                day=decision["day"],
                paragraph=decision["paragraph"],
            ),
            *([text("effect_few_lots", language, lots=one.lots)] if SURE * one.lots < 2 else []),
            text(
                "effect_smallest",
                language,
                before=points(self.lots.smallest),
                after=points(after),
            ),
        ]
        if "contacted_count" in self.result and self.result["contacted_count"].isna().any():
            lines.append(text("effect_contacts_untold", language))
        elif not np.isnan(self.contacts):
            told_of = one.over(self.contacts)
            contact = {name: points(getattr(told_of, name)) for name in ("value", "low", "high")}
            lines.append(text("effect_contacts", language, share=points(self.contacts), **contact))
        return [*lines, *self._cost_line(language)]

    def _cost_line(self, language: Language) -> list[str]:
        cost = self.cost
        if cost is None:
            return []
        value, low, high = cost
        if np.isnan(value):
            return [text("effect_cost_none", language)]
        ends = {"value": whole(round(value), language), "low": whole(round(low), language)}
        if np.isinf(high) or np.isnan(high):
            return [text("effect_cost_open", language, **ends)]
        return [text("effect_cost", language, **ends, high=whole(round(high), language))]

    def page(
        self, title: str, mark: str | None, language: Language, more: Sequence[Part] = ()
    ) -> bytes:
        """Return the page, which asks nobody for anything; `more` stands last."""
        first, *basis = self.lines(language)
        rows = [
            [
                text(f"effect_{outcome}", language),
                text(f"effect_{name}", language),
                decimal(100 * one.value, 2, language),
                text(
                    "effect_ends",
                    language,
                    low=decimal(100 * one.low, 2, language),
                    high=decimal(100 * one.high, 2, language),
                ),
                decimal(one.p, 3, language),
            ]
            for outcome, both in self.effects.items()
            for name, one in both.items()
        ]
        heads = [text(f"effect_head_{name}", language) for name in ("of", "by", "points", "ends")]
        grid = Grid(text("effect_caption", language), [*heads, "p"], rows)
        part = Part(text("effect_heading", language), [text("effect_how", language)], tables=[grid])
        named = text("effect_title", language, campaign=title)
        return render_page(named, mark, (first, basis), [part, *more], language)


def attendance(verdict: pd.Series, contacted: pd.Series) -> dict[str, pd.Index]:
    """Return the areas by kind: `absent`, `beside` and `untold`.

    Parameters
    ----------
    verdict
        By `area_code`; areas without one are in no list.
    contacted
        Persons contacted, or households visited, by `area_code`; NaN, or no row, where nobody
        tells: that is not none.

    Returns
    -------
    areas
        `absent`: told "Satsa fullt", and nobody was contacted there; `beside`: worked though the
        figures do not support it; `untold`: told "Satsa fullt", and nobody says.
    """
    told, full = contacted.reindex(verdict.index), verdict == FULL
    sure = verdict.isna() | verdict.isin(SURE_ENOUGH)
    found = {
        "absent": full & (told == 0),
        "beside": ~sure & (told > 0),
        "untold": full & told.isna(),
    }
    return {name: verdict.index[one] for name, one in found.items()}


def attendance_part(
    verdict: pd.Series, contacted: pd.Series, of: tuple[pd.Series, int], language: Language
) -> Part:
    """Return what is said of where one was, `of` names by `area_code` and an election's year."""
    names, year = of
    lines = []
    for kind, codes in attendance(verdict, contacted).items():
        places = sorted(names.reindex(codes).dropna().astype(str))
        more = text("attendance_more", language, count=len(places) - NAMED)
        listed = ", ".join(places[:NAMED]) + (more if len(places) > NAMED else "")
        key = f"attendance_{kind}" if places else f"attendance_{kind}_none"
        lines.append(text(key, language, count=len(places), places=listed))
    return Part(text("attendance_heading", language, year=year), lines)
