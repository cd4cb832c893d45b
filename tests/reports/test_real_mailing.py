"""The real county's mailing at 20 % of the households, beside the figures of docs/mailing.md."""

import re
from pathlib import Path

import pandas as pd
import pytest

from geoprio.config import MailingEdition
from geoprio.plans import MailingWish
from geoprio.plans.gain import advantage, naive_choice, reached
from geoprio.reports.editions import choose_edition
from geoprio.runs import Level, Run

pytestmark = pytest.mark.real
PAGE = Path(__file__).parents[2] / "docs" / "mailing.md"
WITH_WOMEN = ("unga", "lo", "kvinnor", "invandrarbakgrund")


@pytest.mark.parametrize(("name", "groups"), [("riksdag", ()), ("riksdag med alla", WITH_WOMEN)])
def test_ours_reaches_more_than_any_naive_ranking_and_than_at_random(
    real_result: Run, name: str, groups: tuple[str, ...]
) -> None:
    households = real_result.scored.indicators["households_count"].round().sum()
    edition = MailingEdition(name=name, target_groups=groups)
    most = round(0.2 * households)
    mailing = choose_edition(real_result, edition, MailingWish(households=most))
    areas, shares = mailing.reach.areas, mailing.reach.shares
    ours = reached(areas, mailing.chosen, mailing.drawn)
    assert ours["mailed_share"] <= 0.2 + 1e-6
    assert ours["reached_low_share"] > 0.21
    differences = {
        str(group): advantage(
            areas, mailing.chosen, naive_choice(areas, shares[group], most), mailing.drawn
        )
        for group in shares
    }
    assert min(one["advantage_low_share"] for one in differences.values()) > 0
    best = min(differences, key=lambda group: differences[group]["advantage_share"])
    assert best == "invandrarbakgrund"
    page = PAGE.read_text(encoding="utf-8")
    for told in (ours, reached(areas, naive_choice(areas, shares[best], most), mailing.drawn)):
        assert _with_interval(told, "reached", "{:.1f} % ({:.1f}–{:.1f})") in page
        assert _with_interval(told, "precision", "{:.0f} ({:.0f}–{:.0f})") in page
    more = _with_interval(differences[best], "advantage", "{:.1f} ({:.1f}–{:.1f})")
    assert re.search(rf"{re.escape(more)}.*points more", page, re.DOTALL)


def test_the_first_areas_are_the_same_whichever_size_they_are_ranked_by(real_result: Run) -> None:
    """At least 30 of 50; a ranking of home counts had 17: its DeSO said nothing of its RegSO."""
    larger, smaller = real_result.levels.values()
    key = representative_points(smaller, larger)
    first = larger.scores["mailing"]["rank"].nsmallest(larger.top_k).index
    means = smaller.scores["mailing"]["score"].groupby(key).mean()
    assert len(first.intersection(means.nlargest(larger.top_k).index)) >= 30


def representative_points(smaller: Level, larger: Level) -> pd.Series:
    """Return the larger area that each of the smaller lies in."""
    points = smaller.areas.set_geometry(smaller.areas.representative_point())[["geometry"]]
    joined = points.sjoin(larger.areas[["geometry"]].rename_axis("larger"), predicate="within")
    return joined.loc[~joined.index.duplicated(), "larger"]


def _with_interval(told: dict[str, float], name: str, form: str) -> str:
    ends = (f"{name}_share", f"{name}_low_share", f"{name}_high_share")
    return form.format(*(100 * told[end] for end in ends))
