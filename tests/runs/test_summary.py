"""A run as it shows itself: the first areas, the mark and the warnings, nothing that runs."""

from dataclasses import replace

import pandas as pd
import pytest

from geoprio.runs import Summary, summary_html, summary_text

HOSTILE = "<script>alert('x')</script>\u202e"


@pytest.fixture
def summary() -> Summary:
    places = pd.DataFrame(
        {
            "area_name": ["Tensta", "Rinkeby", "Husby"],
            "score_canvass": [80.4, 92.6, None],
            "rank_canvass": [2.0, 1.0, None],
        },
        index=pd.Index(["a", "b", "c"], name="area_code"),
    )
    return Summary(
        title="Storstockholm",
        basis="Riksdagsvalet 2022",
        mark=None,
        scored_set="regso_2020",
        places={"regso_2020": places, "deso_2018": places.iloc[:1]},
        warnings=(),
        language="sv",
    )


def test_the_first_areas_are_named_in_their_order_and_the_unknown_is_said(summary: Summary) -> None:
    shown = summary_text(summary)
    assert shown.index("Rinkeby (93)") < shown.index("Tensta (80)") < shown.index("ingen uppgift")
    assert "Husby" not in shown
    rows = [line.split() for line in shown.splitlines()]
    assert ["regso_2020", "3", "2"] in rows
    assert ["deso_2018", "1", "1"] in rows


def test_the_mark_and_every_warning_are_told(summary: Summary) -> None:
    marked = replace(summary, mark="DEMO – påhittat", warnings=("Ett område saknar förening.",))
    for shown in (summary_text(marked), summary_html(marked)):
        assert "DEMO – påhittat" in shown
        assert "Ett område saknar förening." in shown
    assert "Att tänka på" not in summary_text(summary)


def test_no_text_runs_in_a_notebook(summary: Summary) -> None:
    places = summary.places["regso_2020"].assign(area_name=HOSTILE)
    hostile = replace(
        summary,
        title=HOSTILE,
        basis=HOSTILE,
        mark=HOSTILE,
        warnings=(HOSTILE,),
        places={
            "regso_2020": places.rename(columns={"score_canvass": "score_<b>"}).rename(
                columns={"rank_canvass": "rank_<b>"}
            )
        },
    )
    shown = summary_html(hostile)
    assert "\u202e" not in shown
    assert "<script" not in shown
    assert "<b>" not in shown
    assert shown.count("&lt;script&gt;") == 6
    assert "http" not in shown
    assert "src=" not in shown


def test_it_is_told_in_english_by_switch(summary: Summary) -> None:
    shown = summary_text(replace(summary, language="en"))
    assert "area set" in shown
    assert "unknown" in shown
