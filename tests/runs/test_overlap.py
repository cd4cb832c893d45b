"""The groups' overlap in a run: where it is known from, and how that is told."""

import json
from pathlib import Path

import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.errors import ConfigError
from geoprio.groups import shares_by_group
from geoprio.runs import Run


def campaign_with(raw: Path, **changes: str) -> Path:
    """Return the demo's campaign with lines of its overlap changed."""
    text = (shipped_folder() / "demo.toml").read_text(encoding="utf-8")
    head, _, _ = text.partition("[overlap]")
    overlap = "\n".join(["[overlap]", *(f"{key} = {value}" for key, value in changes.items())])
    own = raw / "egen.toml"
    own.write_text(f"{head}{overlap}\n", encoding="utf-8")
    return own


def record_of(result: Run) -> dict[str, object]:
    record: dict[str, object] = json.loads(result.paths["record"].read_text(encoding="utf-8"))
    return record


def test_the_demo_takes_its_overlap_from_the_county_table(demo_result: Run) -> None:
    record = record_of(demo_result)
    overlap = record["overlap"]
    assert overlap["seed"] == "joint_groups_county"
    assert "joint_groups_county" not in record["unused_sources"]
    assert not any("oberoende" in line for line in overlap["words"])
    for level in record["area_sets"].values():
        joint = level["joint_table"]
        assert joint["groups"] == ["unga", "lo", "kvinnor", "invandrarbakgrund"]
        assert joint["areas"] == level["areas"]
        assert joint["largest_margin_error"] <= 1e-8
        assert set(joint["areas_with_two_way_table"]) == {
            "unga x kvinnor",
            "invandrarbakgrund x kvinnor",
        }


def test_the_indicators_have_the_union_between_its_bounds(demo_result: Run) -> None:
    for level in demo_result.levels.values():
        frame = level.indicators
        low, share, high = (frame[f"at_least_one_{part}share"] for part in ("low_", "", "high_"))
        assert ((low <= share) & (share <= high)).all()
        precision = frame["precision_share"]
        assert ((precision > 0) & (precision < share)).all()
        # Of those on the roll, the ones who live abroad are no target persons here.
        everyone = level.votes["electors_count"] * precision
        assert (frame["target_persons_count"] / everyone).between(0.85, 1).all()


def test_the_county_s_overlap_is_told_in_words_and_numbers_that_add_up(
    demo_result: Run,
) -> None:
    county = pd.DataFrame(record_of(demo_result)["overlap"]["county"])
    exactly = county[county["groups_count"].notna()]
    assert exactly["groups_count"].tolist() == [0, 1, 2, 3, 4]
    assert exactly["persons_count"].sum() == county["of_count"].max()
    table = pd.read_csv(demo_result.paths["overlap"], sep=";", decimal=",")
    assert len(table) == len(county) == 12 + 5 + 1
    both = table[(table["målgrupp"] == "Unga") & (table["hör också till"] == "Kvinnor")]
    page = demo_result.paths["map"].read_text(encoding="utf-8")
    number = round(100 * county.loc[county["also"] == "kvinnor", "share"].iloc[0])
    assert both["procent"].iloc[0] == pytest.approx(number, abs=0.5)
    assert f"{number} till Kvinnor" in page
    assert "hör till minst en av målgrupperna" not in page.split("<footer")[0]
    assert "till minst en av målgrupperna" in page


def test_without_a_table_independence_is_assumed_and_said(own_raw: Path, tmp_path: Path) -> None:
    path = campaign_with(own_raw, combine='"any"')
    result = pipeline.run(path, raw=own_raw, out=tmp_path / "out")
    told = "Hur målgrupperna överlappar är inte uppmätt: vi har antagit att grupperna är oberoende."
    assert record_of(result)["overlap"]["seed"] == "independence"
    assert record_of(result)["overlap"]["words"][-1] == told
    assert told in result.paths["map"].read_text(encoding="utf-8")
    assert told in result.paths["overlap"].read_text(encoding="utf-8-sig")
    ranking = result.paths["ranking"].read_text(encoding="utf-8-sig")
    assert "i varje grupp" not in ranking
    # Nobody counts LO members: their whole numbers must not pass for counts.
    rough = "LO-medlemmar: uppskattning, så tal där gruppen ingår är ungefärliga."
    assert rough in result.paths["overlap"].read_text(encoding="utf-8-sig")
    assert rough in result.paths["map"].read_text(encoding="utf-8")
    assert "hör till minst en av målgrupperna (" in ranking
    for level in result.levels.values():
        none = (1 - shares_by_group(level.ranked_groups)).prod(axis=1)
        union = level.indicators["at_least_one_share"]
        pd.testing.assert_series_equal(union, 1 - none, check_names=False, rtol=1e-8)
        # `any`: the share in at least one of the groups that locate is the intensity itself.
        intensity, precision = (
            level.indicators["intensity_share"],
            level.indicators["precision_share"],
        )
        pd.testing.assert_series_equal(intensity, precision, check_names=False, rtol=1e-8)


def test_odds_ratios_are_told_with_their_source(own_raw: Path) -> None:
    ratio = '[{ groups = ["unga", "lo"], ratio = 0.5, source = "räkneexempel" }]'
    result = pipeline.compute(campaign_with(own_raw, odds_ratios=ratio), raw=own_raw)
    assert result.record["overlap"]["words"][-1] == (
        "Hur målgrupperna överlappar följer oddskvoter: Unga och LO-medlemmar 0,50 (räkneexempel). "
        "Övriga par: vi har antagit att de är oberoende."
    )
    cells = result.scored.joint
    both, one, other, neither = (
        cells[f"joint_{digits}00_share"] for digits in ("11", "10", "01", "00")
    )
    assert (both * neither / (one * other)).round(6).eq(0.5).all()


def test_a_group_that_the_table_does_not_count_is_said_to_be_independent(own_raw: Path) -> None:
    cells = '["unga", "medlem", "kvinnor", "invandrarbakgrund"]'
    path = campaign_with(own_raw, joint='"joint_groups_county"', cells=cells)
    overlap = pipeline.compute(path, raw=own_raw).record["overlap"]
    assert overlap["summed_out"] == ["medlem"]
    assert "LO-medlemmar: vi har antagit att de är oberoende." in overlap["words"][-1]


def test_a_table_without_the_county_or_a_cell_is_told(own_raw: Path) -> None:
    cells = '["unga", "lo", "kvinnor"]'
    with pytest.raises(ConfigError, match=r"no count in joint_000_count"):
        pipeline.compute(
            campaign_with(own_raw, joint='"joint_groups_county"', cells=cells), raw=own_raw
        )
    cells = '["unga", "lo", "kvinnor", "invandrarbakgrund"]'
    with pytest.raises(ConfigError, match=r"overlap\.joint: kommuner has no row for the county 01"):
        pipeline.compute(campaign_with(own_raw, joint='"kommuner"', cells=cells), raw=own_raw)
