"""What is handed out of campaigns that lack something: all of it is made, or says what it needs."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from geoprio.errors import ConfigError
from geoprio.files.paper import render_page
from geoprio.reports.papers import PAPERS, hand_of, write_papers
from geoprio.reports.parcels import parcels
from geoprio.reports.plan_files import plan_files
from geoprio.reports.proposal import planned
from geoprio.reports.state import state_page
from geoprio.runs import Run

AREAS, ADVICE = "regso_2020_areas", "regso_2020_advice"


def owned(run: Run, names: set[str]) -> Run:
    """Return a run in which only some associations have areas."""
    frames = {
        key: frame.assign(association=frame["association"].where(frame["association"].isin(names)))
        for key, frame in run.frames.items()
        if key.endswith("_areas") and "association" in frame
    }
    return replace(run, frames={**run.frames, **frames})


def without_plan(run: Run) -> Run:
    campaign = {**run.settings["campaign"], "plan": None}
    settings = {**run.settings, "campaign": campaign}
    return replace(run, record={**run.record, "settings": settings})


def alone(run: Run) -> Run:
    """Return it with its smallest association alone: most areas are nobody's."""
    sizes = run.scored.areas["association"].value_counts()
    return owned(run, {str(sizes.index[-1])})


def wordless(run: Run) -> Run:
    """Return it with no verdict, reason or line in any area, as where none has a score."""
    advice = run.frames[ADVICE]
    words = [name for name in advice if not pd.api.types.is_numeric_dtype(advice[name])]
    bare = advice.assign(**dict.fromkeys(words, None))
    return alone(replace(run, frames={**run.frames, ADVICE: bare}))


CAMPAIGNS: dict[str, Callable[[Run], Run]] = {
    "no association": lambda run: owned(run, set()),
    "one association": alone,
    "no plan": lambda run: without_plan(alone(run)),
    "nothing": lambda run: without_plan(owned(run, set())),
    "no words": wordless,
}
NEEDY = {"briefs", "forms", "zetkin"}
"""Of what is an association's: where there is none, none is written."""


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_every_paper_is_made_or_says_what_it_needs(demo_result: Run, campaign: str) -> None:
    run = CAMPAIGNS[campaign](demo_result)
    hand = hand_of(run)
    assert len(hand.names) == (0 if campaign in {"no association", "nothing"} else 1)
    for name, make in PAPERS.items():
        bare = not hand.names or (name == "zetkin" and hand.planned is None)
        if name in NEEDY and bare:
            with pytest.raises(ConfigError, match="nothing to write"):
                write_papers(hand, name)
            continue
        if name == "factsheets":  # a page for each municipality: as of any campaign
            continue
        made = make(hand)
        assert made
        assert not any(b">nan<" in page or b">None<" in page for page in made.values())
    if hand.planned is not None:
        assert plan_files(hand.planned)
    elif run.campaign.plan is not None:
        with pytest.raises(ConfigError, match="nothing to plan"):
            planned(run)
    if not hand.names:
        assert parcels(hand, run.folder, pdf=False) == {}
        assert b"Kampanjen har ingen plan" in render_page(state_page(hand))
