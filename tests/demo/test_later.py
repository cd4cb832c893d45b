"""The same county in 2025 and 2026: read by the readers of the real files, and consistent."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.areas import build_crosswalk, move_counts, official_crosswalk
from geoprio.demo.apportionment import published_figures
from tests.demo.conftest import read


@pytest.fixture(scope="module")
def mapping(raw: Path) -> pd.DataFrame:
    return read("val_mapping_2022_2026", raw)


@pytest.fixture(scope="module")
def pieces(raw: Path) -> pd.DataFrame:
    return pd.read_parquet(raw / "facit" / "bitar-2026.parquet")


@pytest.mark.parametrize(
    ("ballot", "areas", "seats"),
    [("riksdag", ["01-01", "01-02"], 79), ("region", ["01"], 149), ("kommun", None, None)],
)
def test_seats_are_whole_and_follow_the_votes(
    raw: Path, ballot: str, areas: list[str] | None, seats: int | None
) -> None:
    frame = read(f"val_seats_2026_{ballot}", raw)
    votes = read(f"val_results_2026_{ballot}", raw)
    towns = sorted(set(votes.index.str[:4]))
    assert frame.index.tolist() == (areas or towns)
    assert seats is None or frame["seats_count"].sum() == seats
    parties = frame.filter(regex="^seats_(m|c|l|kd|mp|s|v|sd)_count$")
    assert (parties.sum(axis=1) == frame["seats_count"]).all()
    assert (frame["seats_fixed_count"] + frame["seats_adjustment_count"]).equals(
        frame["seats_count"]
    )
    assert (frame["seats_count"] % 2 == 1).all() or ballot == "riksdag"
    party_votes = votes[[name.replace("seats", "votes") for name in parties]]
    place = votes.index.str[:4] if ballot == "kommun" else np.zeros(len(votes), dtype=int)
    cast = party_votes.groupby(place).sum().to_numpy()
    won = parties.to_numpy() if ballot == "kommun" else parties.sum().to_numpy()[np.newaxis]
    # The party with most votes in an area has no fewer seats than any other there.
    most = np.take_along_axis(won, cast.argmax(axis=1)[:, np.newaxis], axis=1)
    assert (most >= won).all()


def test_the_list_of_checksums_is_right(raw: Path) -> None:
    lines = (raw / "index.md5").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 28
    for line in lines:
        expected, path = line.split()
        name = path.rsplit("/", 1)[1]
        assert path == f"./s/{name[-6:-4].lower()}/{name}"
        found = hashlib.md5((raw / name).read_bytes(), usedforsecurity=False).hexdigest()
        assert found == expected


def test_codes_of_2025_carry_their_ending_and_totals_are_disturbed(raw: Path) -> None:
    reply = json.loads((raw / "TAB6574_DeSO2025.json").read_text(encoding="utf-8"))
    codes = list(reply["dimension"]["Region"]["category"]["index"])
    assert all(code.endswith("_DeSO2025") for code in codes)
    people = read("scb_tab6574_deso2025", raw)
    parts = people["men_count"] + people["women_count"]
    assert 0 < (parts - people["population_count"]).abs().max() <= 3
    before = read("scb_tab6574_deso", raw)["population_count"].sum()
    assert people["population_count"].sum() == pytest.approx(before, rel=1e-4)


def test_deso_of_2025_nest_in_regso_whose_codes_lived_on(raw: Path) -> None:
    deso, before = read("scb_deso_2025_wfs", raw), read("scb_deso_2018_wfs", raw)
    assert deso.index.isin(before.index).all()
    assert len(deso) < len(before)
    regso = read("scb_regso_2025_wfs", raw)
    assert set(deso["parent_code"]) == set(regso.index)
    same = deso["parent_code"] == before["parent_code"].reindex(deso.index)
    assert 0.95 < same.mean() < 1
    assert deso.area.sum() == pytest.approx(before.area.sum(), rel=1e-9)
    assert regso.area.sum() == pytest.approx(before.area.sum(), rel=1e-9)


def test_districts_of_2026_cover_the_county_and_some_codes_mislead(
    raw: Path, mapping: pd.DataFrame
) -> None:
    old, new = read("val_valdistrikt_2022", raw), read("val_valdistrikt_2026", raw)
    assert new.area.sum() == pytest.approx(old.area.sum(), rel=1e-6)
    assert set(mapping["area_code"]) == set(new.index)
    apart = mapping.loc[~mapping["comparable"], "area_code"]
    assert 0.1 < len(apart) / len(new) < 0.3
    assert apart.isin(old.index).any(), "a code that lived on though its borders did not"
    summed = mapping["area_code"].value_counts()
    assert (summed == 2).any()
    one = mapping[mapping["comparable"] & mapping["area_code"].map(summed).eq(1)]
    assert (one["source_code"] != one["area_code"]).any()


def test_electors_by_sex_and_age_make_the_roll(raw: Path) -> None:
    electors = read("val_electors_2026", raw)
    roll = read("val_results_2026_riksdag", raw)
    roll = roll.loc[~roll["unassigned"], "electors_count"]
    assert (electors["riksdag_electors_count"] == roll).all()
    assert electors["riksdag_electors_18_29_count"].sum() / roll.sum() == pytest.approx(
        0.17, abs=0.04
    )
    abroad = electors["riksdag_electors_abroad_count"].sum() / roll.sum()
    assert abroad == pytest.approx(0.034, abs=0.003)
    assert (
        electors["riksdag_electors_first_time_count"]
        .le(electors["riksdag_electors_18_29_count"])
        .all()
    )


def test_electors_by_kind_of_election_tell_foreign_citizens_and_swedes_abroad(raw: Path) -> None:
    rolls, by_age = read("val_rolls_2026", raw), read("val_electors_2026", raw)
    same = ["riksdag_electors_count", "riksdag_electors_abroad_count"]
    pd.testing.assert_frame_equal(rolls[same], by_age[same])
    for ballot in ("region", "kommun"):
        held = read(f"val_results_2026_{ballot}", raw)
        assert (
            rolls[f"{ballot}_electors_count"] == held.loc[~held["unassigned"], "electors_count"]
        ).all()
    foreign = rolls["foreign_citizens_count"].groupby(rolls.index.str[:4]).sum()
    known = published_figures()["foreign_citizens"].reindex(foreign.index)
    assert (foreign == known).all()


def test_the_official_mapping_comes_nearer_the_truth_than_geometry(
    raw: Path, mapping: pd.DataFrame, pieces: pd.DataFrame
) -> None:
    """Who was on the roll of each district of 2026 in 2022 is known: the demo placed them."""
    old, new = read("val_valdistrikt_2022", raw), read("val_valdistrikt_2026", raw)
    truth = pieces.groupby("district_2026")["electors_riksdag_count"].sum()
    rolls = pieces.groupby("district_2022")[["electors_riksdag_count"]].sum().astype(float)
    drawn = build_crosswalk(old, new)
    official = official_crosswalk(mapping, drawn)
    errors = {}
    for name, way in (("drawn", drawn), ("official", official)):
        moved = move_counts(rolls, way)["electors_riksdag_count"]
        assert moved.sum() == pytest.approx(truth.sum())
        errors[name] = (moved - truth).abs()
    comparable = truth.index.isin(mapping.loc[mapping["comparable"], "area_code"])
    assert np.allclose(errors["official"][comparable], 0)
    assert errors["official"].sum() <= errors["drawn"].sum() + 1e-6
    assert errors["official"][~comparable].sum() < 0.35 * truth[~comparable].sum()
