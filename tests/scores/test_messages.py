"""What to talk about: the strongest question that is true, in words a canvasser would say."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Message, Text, load_local_questions, load_messages, shipped_folder
from geoprio.errors import ConfigError
from geoprio.scores import PLACE, local_lines, opening_lines

SHIPPED = shipped_folder()
MESSAGES = load_messages((SHIPPED,))
SPACE = "\N{NO-BREAK SPACE}"
QUESTIONS = [
    "alla_tre",
    "fler_hyresratter",
    "forsta_valet",
    "hyresratter",
    "lika_inkomst",
    "skola",
    "trygga_jobb",
    "vard",
]


def message(indicator: str, threshold: float, **changes: object) -> Message:
    line = Text(sv=f"{indicator}: {{value}}.", en=f"{indicator}: {{value}}.")
    told = {"label": line, "indicator": indicator, "direction": "high", "line": line}
    return Message(**(told | {"threshold": threshold} | changes))


def frame(**columns: list[float]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    index = pd.Index([f"A{number}" for number in range(size)], name="area_code")
    return pd.DataFrame(columns, index=index, dtype=float)


def test_the_party_s_profile_questions_are_there_and_each_indicator_exists() -> None:
    assert sorted(MESSAGES) == QUESTIONS
    assert {item.indicator for item in MESSAGES.values()} <= set(PLACE)


def test_an_area_opens_with_what_stands_out_most_there() -> None:
    indicators = frame(
        rental_share=[0.68, 0.9, 0.15, np.nan],
        care_jobs_share=[0.13, 0.14, 0.05, np.nan],
        unemployed_share=[0.05, 0.051, 0.02, np.nan],
        children_share=[np.nan] * 4,
        income_gap_share=[np.nan] * 4,
        first_time_share=[np.nan] * 4,
        region_drop_off_share=[np.nan] * 4,
    )
    told = opening_lines(indicators, MESSAGES, language="sv")
    assert told.index.equals(indicators.index)
    assert told["message"].tolist() == ["trygga_jobb", "hyresratter", "", ""]
    assert (
        told["line"]["A1"]
        == f"Börja samtalet med hyrorna: 90{SPACE}procent av bostäderna är hyresrätter."
    )
    assert told["line"]["A0"] == (
        f"Börja samtalet med jobben: 5{SPACE}procent"
        " av invånarna mellan 20 och 64 år är arbetslösa."
    )
    assert told["line"][["A2", "A3"]].tolist() == ["", ""]
    assert told["strength"].isna().tolist() == [False, False, True, True]
    english = opening_lines(indicators, MESSAGES, language="en")
    assert english["line"]["A1"] == f"Start with the rents: 90{SPACE}percent of homes are rented."


def test_a_question_that_no_table_counts_leaves_room_for_the_others() -> None:
    indicators = frame(rental_share=[0.5, 0.7], care_jobs_share=[np.nan] * 2).assign(
        unemployed_share=np.nan,
        children_share=np.nan,
        income_gap_share=np.nan,
        first_time_share=[0.04, 0.16],
        region_drop_off_share=[0.119, 0.05],
    )
    told = opening_lines(indicators, MESSAGES, language="sv")
    assert told["message"].tolist() == ["hyresratter", "forsta_valet"]
    assert told["line"]["A1"].startswith(f"Börja med första valet: 16{SPACE}procent av väljarna")


def test_a_larger_area_s_figure_is_said_of_it_by_name_and_never_of_the_area() -> None:
    indicators = frame(a_share=[0.9, 0.9, 0.9, 0.3], b_share=[0.5, 0.1, 0.1, 0.1])
    larger = Text(sv="I {place}: {value}.", en="In {place}: {value}.")
    asked = {"a": message("a_share", 0.2, larger=larger), "b": message("b_share", 0.2)}
    origins = pd.DataFrame({"a_share": ["regso"] * 2 + ["kommun", "own"]}, indicators.index)
    theirs = indicators.assign(place=["Rinkeby", "{value}", None, "Husby"])
    theirs = theirs.assign(a_share=[0.8, 0.8, np.nan, 0.8])
    told = opening_lines(indicators, asked, origins, larger={"regso": theirs}, language="sv")
    assert told["line"].str.replace(SPACE, " ").tolist() == [
        "b_share: 50 procent.",  # a figure of its own comes first
        "I {value}: 80 procent.",  # the larger area's own figure, not what was left for this one
        "",  # nobody knows the larger area's: nothing is said
        "a_share: 30 procent.",
    ]
    silent = asked | {"a": message("a_share", 0.2)}
    told = opening_lines(indicators, silent, origins, larger={"regso": theirs}, language="sv")
    assert told["message"].tolist() == ["b", "", "", "a"]


def test_where_no_question_is_an_area_s_own_the_nearest_larger_area_s_is_told_by_its_name() -> None:
    indicators = frame(a_share=[0.3, 0.1, 0.1, 0.1], b_share=[0.1, 0.1, 0.1, np.nan])
    larger = Text(sv="I {place}: {value}.", en="In {place}: {value}.")
    asked = {name: message(f"{name}_share", 0.2, larger=larger) for name in ("a", "b")}
    near = indicators.assign(place="Tensta", a_share=[0.4, 0.4, 0.1, 0.4], b_share=0.1)
    far = indicators.assign(place="Stockholm", a_share=0.5, b_share=0.6)
    origins = pd.DataFrame({"b_share": ["own"] * 3 + ["kommun"]}, indicators.index)
    told = opening_lines(
        indicators, asked, origins, larger={"regso": near, "kommun": far}, language="sv"
    )
    assert told["line"].str.replace(SPACE, " ").tolist() == [
        "a_share: 30 procent.",
        "I Tensta: 40 procent.",
        "I Stockholm: 50 procent.",
        "I Stockholm: 60 procent.",  # nobody knows the area's own figure
    ]


def test_a_line_of_a_larger_area_names_it() -> None:
    nameless = Text(sv="Där: {value}.", en="There: {value}.")
    with pytest.raises(ValueError, match=r"must have \{place\}"):
        message("a_share", 0.2, larger=nameless)


def test_a_low_figure_may_be_what_matters() -> None:
    asked = {"few": message("a_share", 0.2, direction="low")}
    told = opening_lines(frame(a_share=[0.1, 0.2, 0.3]), asked, language="sv")
    assert (told["message"] == "few").tolist() == [True, True, False]
    assert told["strength"]["A0"] > told["strength"]["A1"]


def test_a_figure_that_is_alike_everywhere_can_be_told_but_never_wins() -> None:
    asked = {"same": message("a_share", 0.1), "other": message("b_share", 0.1)}
    told = opening_lines(frame(a_share=[0.3] * 3, b_share=[0.2, 0.3, 0.4]), asked, language="sv")
    assert told["message"].tolist() == ["same", "same", "other"]
    assert told["strength"]["A0"] == 0


def test_no_questions_give_no_lines() -> None:
    told = opening_lines(frame(a_share=[0.3]), {}, language="sv")
    assert told["line"].tolist() == [""]


def test_every_fault_of_the_questions_is_told() -> None:
    asked = {"x": message("missing_share", 0.1), "y": message("members_per_1000", 1.0)}
    with pytest.raises(ConfigError, match=r"missing_share is not an indicator.*\n.*never shown"):
        opening_lines(frame(members_per_1000=[1.0]), asked, language="sv")


def test_an_association_has_a_question_of_its_own() -> None:
    association = pd.Series(["Skarpnäck", "Farsta", np.nan], index=["A", "B", "C"])
    asked = {"Skarpnäck": Text(sv="Fråga om biblioteket.", en="Ask about the library.")}
    told = local_lines(association, asked, language="sv")
    assert told.tolist() == ["Fråga om biblioteket.", "", ""]
    with pytest.raises(ConfigError, match=r"Skarpnak: no area.*did you mean 'Skarpnäck'"):
        local_lines(association, {"Skarpnak": asked["Skarpnäck"]}, language="sv")


def test_the_shipped_local_questions_invent_none() -> None:
    assert load_local_questions((SHIPPED,)) == {}


def test_a_campaign_s_own_question_replaces_the_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "messages"
    own.mkdir()
    text = (SHIPPED / "messages" / "vard.toml").read_text(encoding="utf-8")
    (own / "vard.toml").write_text(text.replace("0.12", "0.5"), encoding="utf-8")
    (own / "skola.toml").write_text(text, encoding="utf-8")
    loaded = load_messages((tmp_path, SHIPPED))
    assert loaded["vard"].threshold == 0.5
    assert list(loaded) == QUESTIONS
