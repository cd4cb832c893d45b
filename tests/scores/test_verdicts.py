"""The verdict: two lists that hold what they promise, and the rest parted by score."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from geoprio.config import Cuts
from geoprio.scores import verdict_labels, verdict_meanings, verdicts
from geoprio.scores.verdicts import ASK, FULL, VERDICTS
from tests.scores.toy import codes, vary

RULES = vary(("percentile", "arithmetic"))


def told(*chances: float, cuts: Cuts | None = None) -> pd.Series:
    """Return the verdicts of areas with these chances; the first has the best score."""
    size = len(chances)
    scores = pd.DataFrame({"score": np.linspace(90, 10, size), "p_top": chances}, index=codes(size))
    return verdicts(scores, cuts or Cuts(), RULES)


def test_known_answer() -> None:
    """Mean of 1 - p is 0.1 with the third and above it with the fourth; 0.15 is 0.0435 of 3.45."""
    found = told(1, 0.9, 0.8, 0.6, 0.15, 0, 0, 0)
    assert found.tolist() == [*(FULL,) * 3, ASK, "complement", "keep", "keep", "joint"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_both_lists_hold_what_they_promise_and_could_be_no_longer(chances: list[float]) -> None:
    p = pd.Series(chances, codes(len(chances)))
    found = told(*chances)
    full, ask = found == FULL, found == ASK
    low = ~(full | ask)
    assert not full.any() or (1 - p[full]).mean() <= RULES.false_discoveries + 1e-9
    assert p[low].sum() <= RULES.misses * p.sum() + 1e-9
    assert (p[low] <= RULES.most_missed).all()
    if not full.all():
        # The next areas, all that are alike, would make it too many.
        best = p[~full].max()
        longer = p[full | (p == best)]
        assert (1 - longer).mean() > RULES.false_discoveries - 1e-9
    if ask.any() and p[ask].min() <= RULES.most_missed:
        longer = p[low | (ask & (p == p[ask].min()))]
        assert longer.sum() > RULES.misses * p.sum() - 1e-9


@given(st.lists(st.sampled_from([0.0, 0.04, 0.2, 0.5, 0.9, 1.0]), min_size=2, max_size=40))
def test_areas_alike_are_told_alike_in_any_order(chances: list[float]) -> None:
    scores = pd.DataFrame({"score": chances, "p_top": chances}, codes(len(chances)))
    found = verdicts(scores, Cuts(), RULES)
    kinds = found.groupby(scores["p_top"])
    assert (kinds.transform("first") == found).all()
    turned = verdicts(scores.iloc[::-1], Cuts(), RULES)
    pd.testing.assert_series_equal(turned.sort_index(), found)


def test_the_rest_is_parted_at_percentiles_of_the_score() -> None:
    found = told(*[0.0] * 10, cuts=Cuts(complement=60, keep=20))
    assert found.value_counts().to_dict() == {"complement": 4, "keep": 4, "joint": 2}


def test_an_unknown_chance_is_no_verdict_and_counts_for_no_other() -> None:
    found = told(1, np.nan, 0, 0)
    assert found.isna().tolist() == [False, True, False, False]
    assert found.iloc[0] == FULL


def test_cuts_fall() -> None:
    with pytest.raises(ValidationError, match="complement"):
        Cuts(complement=10, keep=15)


def test_every_verdict_is_said_and_has_something_to_do() -> None:
    assert list(verdict_labels("sv").values()) == [
        *("Satsa fullt", "Bedöm lokalt", "Komplettera", "Håll kontakten", "Gemensam kampanj"),
    ]
    meanings = verdict_meanings(RULES, top_k=50, language="sv")
    assert "Minst 9 av 10 sådana områden hör till de 50 främsta" in meanings["full"]
    assert "avgör" in meanings["ask"]
    assert set(meanings) == set(VERDICTS)
