"""The real county: published totals, known places, and nothing lost on the way."""

import json
from pathlib import Path

import pandas as pd
import pytest

from geoprio.config import shipped_folder
from geoprio.groups import for_election, own_base
from geoprio.runs import Run
from geoprio.runs.outcome import Outcome
from geoprio.scores import Located
from tests.shared import levels, thin

pytestmark = pytest.mark.real
CAMPAIGN = shipped_folder() / "storstockholm.toml"


def record(result: Run) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(result.paths["record"].read_text(encoding="utf-8"))
    return loaded


def test_published_totals_of_the_riksdag_election_2022(real_result: Run) -> None:
    election = record(real_result)["election"]
    totals = election["totals"]
    assert election["districts"] == 1378
    assert totals["electors_count"] == 1_734_545
    assert totals["votes_cast_count"] == pytest.approx(1_442_115)
    assert totals["votes_v_count"] == pytest.approx(122_794)
    assert totals["votes_s_count"] == pytest.approx(393_364)
    assert totals["votes_mp_count"] == pytest.approx(103_075)
    assert round(100 * election["turnout"], 1) == 83.1


def test_every_district_and_area_joins(real_result: Run) -> None:
    sets = record(real_result)["area_sets"]
    assert sets["regso_2020"]["areas"] == 524
    assert sets["deso_2018"]["areas"] == 1287
    for level in sets.values():
        assert level["districts_without_area"] == []
        assert level["electors_lost"] == 0


def test_totals_survive_in_every_municipality(real_result: Run, facts: Path) -> None:
    known = pd.read_csv(
        facts / "kommuner-stockholms-lan.csv", dtype={"kommunkod": str}, encoding="utf-8-sig"
    ).set_index("kommunkod")
    columns = {
        "electors_count": "riksdag_2022_rostberattigade",
        "votes_cast_count": "riksdag_2022_rostande",
        "votes_v_count": "riksdag_2022_v",
        "votes_s_count": "riksdag_2022_s",
        "votes_mp_count": "riksdag_2022_mp",
    }
    for level in real_result.levels.values():
        moved = level.votes.groupby(level.areas["municipality_code"]).sum()
        for ours, theirs in columns.items():
            pd.testing.assert_series_equal(
                moved[ours], known[theirs].astype(float), check_names=False, rtol=1e-9
            )


def test_residents_add_up(real_result: Run) -> None:
    for level in real_result.levels.values():
        assert level.counts["population_count"].sum() == pytest.approx(2_454_821, rel=1e-12)


def test_one_in_seven_non_voters_on_the_roll_lives_abroad(real_outcome: Outcome) -> None:
    scored = real_outcome.levels[0]
    on_roll, living = (
        votes["electors_count"] - votes["votes_cast_count"] for votes in (scored.roll, scored.votes)
    )
    assert round(100 * (1 - living.sum() / on_roll.sum()), 1) == 13.7
    assert (1 - living / on_roll > 0.4).sum() == 19
    turnout = scored.votes.sum()["votes_cast_count"] / scored.votes.sum()["electors_count"]
    assert round(100 * turnout, 1) == 84.9
    # What is published stays as it is.
    assert scored.roll["electors_count"].sum() == pytest.approx(1_734_545)


def test_non_voters_by_red_green_share_is_led_by_tensta_rinkeby_and_husby(
    real_result: Run,
) -> None:
    level = real_result.levels["regso_2020"]
    top = level.indicators["mobilisation_count"].nlargest(3).index
    assert level.areas.loc[top, "area_name"].tolist() == ["Tensta", "Rinkeby", "Husby"]


def test_groups_say_how_they_were_found(real_result: Run) -> None:
    # The share of the electorate: an estimate also where the count itself is published.
    groups = for_election(real_result.levels["regso_2020"].groups, "riksdag")
    methods = groups.groupby("group")["method"].agg(lambda method: sorted(set(method)))
    assert methods.to_dict() == {
        "invandrarbakgrund": ["published"],
        "kvinnor": ["prorated", "published"],
        "lo": ["proxy"],
        "unga": ["prorated", "published"],
    }
    members = own_base(real_result.levels["regso_2020"].groups).query("group == 'lo'")
    assert set(members["base"]) == {"adults"}
    assert members["count"].sum() == pytest.approx(176_000)
    assert (groups["low"] < groups["count"]).all()
    assert (groups["count"] < groups["high"]).all()


def test_a_closer_area_s_published_count_is_not_invented(real_outcome: Outcome) -> None:
    closer, scored = (own_base(level.groups) for level in reversed(real_outcome.levels))
    born_abroad = closer.query("group == 'invandrarbakgrund'")
    assert set(born_abroad["method"]) == {"prorated"}
    total = scored.query("group == 'invandrarbakgrund'")
    assert (total["se"] == 0).all()
    assert born_abroad["count"].sum() == pytest.approx(total["count"].sum(), rel=1e-9)


def test_counts_before_alignment_meet_the_published_totals(
    real_outcome: Outcome, facts: Path
) -> None:
    known = pd.read_csv(
        facts / "kommuner-stockholms-lan.csv", dtype={"kommunkod": str}, encoding="utf-8-sig"
    ).set_index("kommunkod")
    level = real_outcome.levels[0]
    home, own = level.areas["municipality_code"], own_base(level.groups)
    # Ages are of 2022, and residents of 2023: the county grew by one per cent in between.
    for group, column in (("kvinnor", "kvinnor_18plus_2022"), ("unga", "folkmangd_18_29_2022")):
        counted = own[own["group"] == group]["count"].groupby(home).sum()
        pd.testing.assert_series_equal(
            counted,
            known[column].astype(float),
            check_names=False,
            check_index_type=False,
            rtol=0.021,
        )
    abroad = own[own["group"] == "invandrarbakgrund"]["count"].groupby(home).sum()
    born_abroad = known["folkmangd_2023"] - known["inrikes_fodda_2023"]
    alike = {"check_names": False, "check_index_type": False}
    pd.testing.assert_series_equal(abroad, born_abroad.astype(float), **alike)
    foreign = level.rolls.table()["kommun_foreign_citizens_count"].groupby(home).sum()
    expected = known["kommun_2022_utlandska_medborgare_rostberattigade"].astype(float)
    pd.testing.assert_series_equal(foreign, expected, **alike)


@pytest.fixture(scope="module", params=["stadsdel_2021", "valdistrikt_2022"])
def other_set(
    request: pytest.FixtureRequest, real_raw: Path, tmp_path_factory: pytest.TempPathFactory
) -> Located:
    """Return the campaign's scores on another area set, with a table more: no Python needed."""
    text = CAMPAIGN.read_text(encoding="utf-8")
    for old, new in (
        ("sources = [", 'sources = [\n  "scb_kommun_turnout_age",'),
        ('scored_set = "regso_2020"', f'scored_set = "{request.param}"'),
    ):
        assert old in text
        text = text.replace(old, new)
    text = thin(text, "unga", "canvass").replace("draws = 2000", "draws = 20")
    own = tmp_path_factory.mktemp("own") / "egen.toml"
    own.write_text(text, encoding="utf-8")
    return levels(own, real_raw)[request.param]


def test_the_share_of_electors_known_by_municipality_is_met(other_set: Located) -> None:
    home = other_set.areas["municipality_code"]
    ranked = for_election(other_set.groups, "riksdag")
    young = ranked[ranked["group"] == "unga"]["count"].groupby(home)
    electors = other_set.rolls.table()["riksdag_electors_count"]
    # SCB ME0105 2022: 125,170 of 697,432 electors in the city.
    share = young.sum() / electors.groupby(home).sum()
    assert share["0180"] == pytest.approx(0.1795, abs=0.0005)


def test_the_areas_with_more_electors_than_residents_are_thirteen(real_result: Run) -> None:
    listed = record(real_result)["area_sets"]["deso_2018"]["more_electors_than_residents"]
    assert len(listed["riksdag"]) == 13
    assert any("13 områden i DeSO 2018" in told for told in real_result.warnings)


def test_the_campaign_states_its_data_and_its_election_apart(real_result: Run) -> None:
    basis = record(real_result)["basis"]
    assert basis == "Underlag: riksdagsvalet 2022 – planerar för: de tre valen 2030"
    assert basis in real_result.paths["map"].read_text(encoding="utf-8")


def test_every_area_has_an_association_and_all_thirty_six_take_part(real_result: Run) -> None:
    for level in real_result.levels.values():
        assert level.areas["association"].notna().all()
        assert level.areas["association"].nunique() == 36


def test_the_run_is_not_a_demo_and_carries_every_checksum(real_result: Run) -> None:
    run = record(real_result)
    assert "demo_mark" not in run
    assert all(len(source["sha256"]) == 64 for source in run["sources"])
    assert run["seed"] == 2026


def test_measured_split_errors_cover_as_they_should(real_result: Run) -> None:
    splits = record(real_result)["split_errors"]
    assert set(splits) == {
        *("to_areas", "to_districts", "nested", "rolls_to_regso_2020", "rolls_to_deso_2018"),
    }
    nested = splits.pop("nested")["coverage_of_90_percent_intervals"]
    assert all(0.75 <= one["coverage"] <= 0.98 for one in nested.values())
    for split in splits.values():
        coverage = split["coverage_of_90_percent_intervals"]
        assert 0.85 <= coverage["all"]["coverage"] <= 0.95
        for tercile in ("sparse", "middle", "dense"):
            assert 0.78 <= coverage[tercile]["coverage"] <= 0.97


def test_another_area_set_needs_no_python(other_set: Located) -> None:
    assert other_set.roll["electors_count"].sum() == pytest.approx(1_734_545, rel=1e-9)
    whole = other_set.areas.index.str.fullmatch(r"\d{4}")
    # Whole municipalities stand in, and are not ranked among them.
    assert (other_set.scores["canvass"]["score"].isna().to_numpy() == whole).all()
    if other_set.area_set == "stadsdel_2021":
        codes = other_set.areas.index
        assert len(codes) == 117 + 25
        assert "0180-gamla-stan" in codes
        assert codes.str.fullmatch(r"\d{4}").sum() == 25


def test_the_municipalities_are_ranked_for_the_view_from_afar(real_outcome: Outcome) -> None:
    afar = real_outcome.overview
    assert afar is not None
    assert len(afar.areas) == 26
    assert afar.roll["electors_count"].sum() == pytest.approx(1_734_545, rel=1e-9)
    assert afar.scores["canvass"]["score"].notna().all()
