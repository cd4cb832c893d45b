"""Hours are lent where they are worth more, no further than people travel."""

import pandas as pd
import pytest

from geoprio.config.resources import Crew
from geoprio.plans.loans import loans, spare_and_need
from geoprio.plans.programme import Programme
from geoprio.reports.plan_files import plan_lines, plan_tables
from geoprio.reports.proposal import plan_of_run, planned
from geoprio.reports.trial import trial_words
from geoprio.runs import Run


@pytest.fixture(scope="module")
def uneven(demo_result: Run) -> Programme:
    """Return a plan where every other association has many people, and the others none."""
    names = sorted(demo_result.scored.areas["association"].dropna().unique())
    crews = {name: Crew(people=40 if at % 2 else 0) for at, name in enumerate(names)}
    return planned(
        demo_result, plan=plan_of_run(demo_result).model_copy(update={"crews": crews})
    ).made


def test_nobody_lends_more_than_is_spare_or_borrows_more_than_is_needed(
    uneven: Programme,
) -> None:
    names = sorted(uneven.places["association"].dropna().unique())
    centres = pd.DataFrame({"x": [1000.0 * at for at in range(len(names))], "y": 0.0}, index=names)
    found, (spare, need) = loans(uneven, centres), spare_and_need(uneven)
    assert len(found) > 0
    lent, borrowed = (found.groupby(side)["hours"].sum() for side in ("lender", "borrower"))
    assert (lent <= spare.reindex(lent.index) + 1e-6).all()
    assert (borrowed <= need.reindex(borrowed.index) + 1e-6).all()
    assert found["km"].between(0, uneven.plan.loan_km).all()
    assert not set(found["lender"]) & set(found["borrower"])


def test_nobody_lends_to_those_too_far_away(uneven: Programme) -> None:
    names = sorted(uneven.places["association"].dropna().unique())
    far = pd.DataFrame({"x": [1e6 * at for at in range(len(names))], "y": 0.0}, index=names)
    assert loans(uneven, far).empty


def test_hold_outs_are_left_alone_in_every_channel_that_takes_hours(demo_result: Run) -> None:
    frame = plan_of_run(demo_result)
    decided = {"pairs": 4, "decided": "2029-05-01", "paragraph": "§ 3"}
    trying = type(frame).model_validate({**frame.model_dump(), "holdouts": decided})
    one = planned(demo_result, plan=trying)
    assert one.trial is not None
    left = set(one.trial.pairs.index[one.trial.pairs["holdout"]])
    assert len(left) == one.trial.pairs["pair"].nunique() > 0
    assert not left & set(one.made.chosen["area_code"])
    assert one.made.plan.holdouts is not None
    told = trial_words(demo_result, one.made.plan, one.trial)
    assert "områden lämnas genom lottning (beslut 2029-05-01, § 3)" in told
    # So few show nothing that canvassing has ever given: said before the lots are frozen.
    assert f"Varning: {len(left)} par räcker knappast. En ökning under" in told
    assert told in plan_lines(one)
    table = plan_tables(one)["jamforelse"].frame
    assert table["lot"].value_counts().to_dict() == {"lämnas": len(left), "arbetas": len(left)}
