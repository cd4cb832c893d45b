"""Reasons: sentences that a district chair could have written."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from geoprio.config import Profile, load_named, shipped_folder
from geoprio.scores import reasons
from geoprio.scores.verdicts import VERDICTS
from geoprio.words import Language, spoken
from tests.scores.toy import toy, weigh

SHIPPED = shipped_folder()
PROFILES = sorted(path.stem for path in (SHIPPED / "profiles").glob("*.toml"))
NBSP = "\N{NO-BREAK SPACE}"


def shipped(name: str) -> Profile:
    return load_named(Profile, "profiles", name, (SHIPPED,))


def told(indicators: pd.DataFrame, name: str, language: Language = "sv", **kind: bool) -> pd.Series:
    return reasons(indicators, shipped(name), language=language, **kind).str.replace(NBSP, " ")


CANVASS = toy(
    intensity_share=[0.41, 0.10, 0.30, 0.31, 0.40, 0.12, np.nan],
    mobilisation_count=[1243, 0, 60, 70, 1, 900, 50],
    doors_per_km2=[5432, 0.3, 190, 200, 40, 12, 10],
)


def test_a_place_with_everything() -> None:
    assert told(CANVASS, "canvass")["A000"] == (
        "Det finns många rödgröna röster att hämta (omkring 1 200 röster om de som stannade hemma"
        " röstat som grannarna), och målgrupperna är var för sig i snitt 41 procent av väljarna,"
        " vilket är mycket."
    )


def test_a_place_with_nothing_tells_the_two_that_weigh_most() -> None:
    assert told(CANVASS, "canvass")["A001"] == (
        "Det finns få rödgröna röster att hämta (knappt någon om de som stannade hemma röstat som"
        " grannarna), och målgrupperna är var för sig i snitt 10 procent av väljarna, vilket är"
        " lite."
    )


def test_what_speaks_against_follows_after_but() -> None:
    assert told(CANVASS, "canvass")["A004"] == (
        "Målgrupperna är var för sig i snitt 40 procent av väljarna, vilket är mycket, men det"
        " finns få rödgröna röster att hämta (omkring en röst om de som stannade hemma röstat som"
        " grannarna)."
    )


def test_an_unknown_place_is_not_explained() -> None:
    assert told(CANVASS, "canvass")["A006"] == ""


def test_english_by_switch() -> None:
    assert told(CANVASS, "canvass", "en")["A005"] == (
        "There are many red-green votes to win (about 900 votes had those who stayed at home voted"
        " as their neighbours), but the target groups are each 12 percent of the voters on average,"
        " which is little."
    )


def test_the_public_is_told_no_figure_no_origin_and_no_union() -> None:
    assert told(CANVASS, "canvass", public=True)["A000"] == (
        "Det finns många röster att hämta bland dem som inte röstade, och många av dem som bor här"
        " hör till partiets målgrupper."
    )


def test_the_public_is_told_nothing_of_members() -> None:
    indicators = toy(
        intensity_share=[0.2, 0.2, 0.2], members_per_1000=[1, 5, 9], active_per_1000=[1, 5, 9]
    )
    assert told(indicators, "organise")["A000"] == (
        "Medlemmarna är få i förhållande till målgrupperna, och aktiviteten är låg i dag."
    )
    public = told(indicators, "organise", public=True)
    assert set(public) == {"Placeringen beror på flera saker tillsammans."}


def every_combination(chosen: Profile) -> pd.DataFrame:
    """Each criterion at its lowest, at the middle and at its highest, in every combination."""
    by_unit = {"share": [0.004, 0.2, 0.55], "count": [0, 50, 15432], "other": [0.2, 7.5, 4321]}
    columns = [
        by_unit.get(item.indicator.rsplit("_", 1)[1], by_unit["other"]) for item in chosen.criteria
    ]
    rows = np.array(list(itertools.product(*columns)))
    names = [item.indicator for item in chosen.criteria]
    return toy(**{name: list(column) for name, column in zip(names, rows.T, strict=True)})


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("name", PROFILES)
def test_every_combination_is_one_or_two_whole_sentences(
    name: str, language: Language, public: bool
) -> None:
    """Capital first, full stop last, no blank left, no doubled word or mark."""
    for sentence in told(every_combination(shipped(name)), name, language, public=public):
        assert re.fullmatch(r"[A-ZÅÄÖ][^.{}#|]*(\. (Men|But) [^.{}#|]*)?\.", sentence), sentence
        assert not re.search(r"  |\(\)|,,| ,| \.|\b(\w+) \1\b", sentence), sentence
        assert len(re.findall(r"\b[Mm]en\b|\b[Bb]ut\b", sentence)) <= 1, sentence
        assert not public or not re.search(r"\d", sentence)


@pytest.mark.parametrize("name", PROFILES)
def test_every_shipped_profile_says_what_each_verdict_asks_for(name: str) -> None:
    actions = shipped(name).actions
    assert actions is not None
    said = [getattr(actions, verdict) for verdict in VERDICTS]
    assert len({(one.sv, one.en) for one in said}) == len(VERDICTS)
    # A question to those who know the area, never an order.
    assert "Ni som känner området avgör" in actions.ask.sv


def test_an_average_area_is_told_so() -> None:
    text = reasons(toy(a_count=[1, 2, 3]), weigh("percentile", a_count=1), language="sv")
    assert text["A001"] == "Området ligger nära genomsnittet i alla kriterier."


def test_one_reason_is_not_told_twice() -> None:
    chosen = weigh("percentile", a_count=1, b_count=1)
    same = chosen.criteria[0].model_copy(update={"indicator": "b_count"})
    chosen = chosen.model_copy(update={"criteria": (chosen.criteria[0], same)})
    text = reasons(toy(a_count=[1, 2, 3, 9], b_count=[1, 2, 3, 9]), chosen, language="sv")
    assert text["A003"] == "Hög a_count (9)."


def test_a_figure_that_was_filled_in_is_not_shown_as_the_area_s_own() -> None:
    chosen = weigh("percentile", a_count=1, b_count=1).model_copy(update={"impute": "municipality"})
    indicators = toy(a_count=[1, 2, 3, np.nan, 9], b_count=[5, 5, 5, 5, 5])
    towns = pd.Series(["p", "p", "q", "r", "r"], index=indicators.index)
    text = reasons(indicators, chosen, language="sv", municipality=towns)
    assert text["A003"] == "Placeringen beror på flera saker tillsammans."
    assert text["A004"] == "Hög a_count (9)."


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("a_share", [0.314, 0.004, 0, 1], ["31 procent", "mindre än 1 procent", "0 procent"]),
        ("a_count", [0.4, 1.2, 99, 1243, 15650], ["0", "1", "99", "1 200", "16 000"]),
        ("a_per_1000", [2.52, 0.5], ["2,5", "0,5"]),
        ("a_per_km2", [104.0, 5432], ["100", "5 400"]),
        ("a_count", [np.nan], [""]),
    ],
)
def test_figures_as_they_are_said(column: str, values: list[float], said: list[str]) -> None:
    words = spoken(pd.Series(values, name=column), "sv").str.replace(NBSP, " ")
    assert words.tolist()[: len(said)] == said
