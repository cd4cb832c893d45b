"""The tables that people open say what the frames hold, in their words."""

import numpy as np
import pandas as pd

from geoprio.files.table import Table
from geoprio.reports.lists import figure_columns, group_columns, ranking_table

CODES = pd.Index(["A", "B", "C"], name="area_code")
PLACES = pd.DataFrame(
    {"area_name": ["Alvik", "Berg", "Dal"], "municipality_name": "Täby", "association": "Täby"},
    index=CODES,
)

NOTHING = Table(pd.DataFrame(index=CODES), {})


def channel(ranks: list[float], scores: list[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"rank": ranks, "score": scores}, index=CODES)
    return frame.assign(level="Satsa", reason="Talar för: x.")


def estimates() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": "lo",
            "base": "electorate",
            "count": [1234.4, np.nan, 90.6],
            "low": [1000.0, np.nan, 90.6],
            "high": [1500.0, np.nan, 90.6],
            "share": [0.1234, np.nan, 0.0906],
            "share_se": [0.02, np.nan, 0.0],
            "method": ["proxy", "proxy", "published"],
            "shown": ["shown", "small", "shown"],
        },
        index=CODES,
    )


def test_the_ranking_goes_by_the_first_channel_and_names_it() -> None:
    channels = {
        "canvass": ("Dörrknackning", channel([2, 1, np.nan], [50.04, 90, np.nan])),
        "mailing": ("Utskick", channel([1, 2, 3], [9, 8, 7])),
    }
    table = ranking_table(PLACES, channels, NOTHING, language="sv", top_k=1).headed
    assert table.index.tolist() == ["B", "A", "C"]
    assert table["Dörrknackning: bland de 1 främsta"].tolist() == ["ja", "nej", ""]
    assert table["Dörrknackning: poäng"].tolist()[:2] == [90, 50]
    assert table["Utskick: rang"].tolist() == [2, 1, 3]


def test_the_last_of_the_top_is_in_it() -> None:
    channels = {"canvass": ("Dörrknackning", channel([1, 2, 3], [9, 8, 7]))}
    table = ranking_table(PLACES, channels, NOTHING, language="sv", top_k=2).headed
    assert table["Dörrknackning: bland de 2 främsta"].tolist() == ["ja", "ja", "nej"]


def test_a_group_says_its_base_its_interval_and_what_is_hidden() -> None:
    table = group_columns(estimates(), {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert table["LO: procent av de röstberättigade"].tolist()[::2] == [12.3, 9.1]
    assert table["LO: antal"].tolist() == [1234, "färre än 10", 91]
    assert table["LO: lägst"].tolist()[0] == 1000
    assert table["LO: högst"].tolist()[0] == 1500
    assert table[["LO: lägst", "LO: högst"]].loc["C"].isna().all()
    assert table["LO: metod"].tolist() == ["uppskattning", "uppskattning", "publicerad"]


def test_what_is_published_of_residents_is_an_estimate_of_the_electorate() -> None:
    rows = estimates().assign(method="published")
    table = group_columns(rows, {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert table["LO: lägst"].tolist()[0] == 1000
    assert table.loc["A", "LO: metod"].endswith("(uppskattning)")
    assert table.loc["C", "LO: metod"] == "publicerad"


def test_what_is_withheld_for_another_s_sake_never_says_that_it_is_small() -> None:
    hidden = estimates().assign(shown=["shown", "withheld", "shown"])
    table = group_columns(hidden, {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert table["LO: antal"].tolist() == [1234, "visas inte", 91]


def test_whole_counts_stay_whole_beside_a_hidden_one() -> None:
    table = group_columns(estimates(), {"lo": "LO"}, language="sv", minimum_count=10).headed
    assert [str(value) for value in table["LO: antal"]] == ["1234", "färre än 10", "91"]


def test_figures_stand_under_their_own_headings() -> None:
    indicators = pd.DataFrame(
        {
            "turnout_share": [0.811, 0.5, np.nan],
            "red_green_share": [0.3, 0.4, 0.5],
            "mobilisation_count": [10.4, 20.6, 30.0],
            "households_count": [100.0, 200, 300],
        },
        index=CODES,
    )
    table = figure_columns(indicators, language="sv").headed
    assert table["valdeltagande procent"].tolist()[:2] == [81.1, 50]
    assert np.isnan(table["valdeltagande procent"]["C"])
    assert table["rödgröna procent"].tolist() == [30, 40, 50]
    assert table["ickeröstare × rödgrön andel"].tolist() == [10, 21, 30]
    assert table["hushåll (bostäder)"].tolist() == [100, 200, 300]
