"""The page and the table of majorities, of the demo's run: what they say is what was counted."""

import io
import json
import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from geoprio.errors import ConfigError
from geoprio.reports.majorities import STATUSES, Assembly, _order, assemblies, majorities_files
from geoprio.reports.map import _nearest_parts, leadership_map, majority_view
from geoprio.reports.publication import DOCUMENTS, report
from geoprio.runs import Run
from geoprio.scores.mandates import Rule, council_seats

HOSTILE = '<script>alert(1)</script>"'
OWN = ("governs", "coalition")


def with_said(run: Run, *rows: tuple[str, str, int, str, str]) -> Run:
    """Return the run as if a user's majorities.csv had said so."""
    columns = ["election", "code", "seats", *OWN]
    said = pd.DataFrame(rows, columns=columns).astype({"seats": float}).assign(year=2022.0)
    ballots = run.frames["ballots"]
    # As small parties stand in the files of 2026, and an election before whose votes moved.
    small = ballots["party"] == "OTHER"
    ballots = ballots.assign(votes_count=ballots["votes_count"].mask(small, 0.0))
    earlier = ballots.assign(year=2018.0)
    moved = earlier["votes_count"].mask(earlier["party"] == "S", earlier["votes_count"] * 0.9)
    ballots = pd.concat([ballots, earlier.assign(votes_count=moved.round())], ignore_index=True)
    valid = ballots.groupby(["election", "year", "council", "constituency"])["votes_count"]
    ballots["valid_count"] = valid.transform("sum")
    return replace(run, frames={**run.frames, "ballots": ballots, "majorities": said})


@pytest.fixture(scope="module")
def run(demo_result: Run) -> Run:
    return with_said(
        demo_result,
        ("region", "01", 149, "S+V", "S+V+MP"),
        ("kommun", "0184", 61, "M+L", "S+V+MP"),
        ("kommun", "0127", 61, "", ""),
        ("riksdag", "00", 349, "", ""),
    )


@pytest.fixture(scope="module")
def found(run: Run) -> dict[str, Assembly]:
    return {f"{one.council.election} {one.council.code}": one for one in assemblies(run)}


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return majorities_files(run)["majorities.html"].decode()


def test_who_governs_is_said_by_the_user_alone(found: dict[str, Assembly]) -> None:
    assert found["region 01"].status.startswith("governs")
    assert found["kommun 0184"].status.startswith("opposes")
    assert found["kommun 0127"].status == "unsaid"
    assert found["kommun 0160"].council.unknown == "council_without_seats"
    # The demo's file has one county, and no seat of the country's can be told of it.
    assert found["riksdag 00"].council.unknown == "council_without_nation"


def test_a_party_that_nobody_voted_for_is_told_and_no_majority_is_said(demo_result: Run) -> None:
    run = with_said(demo_result, ("region", "01", 149, "Vänsterpartiet+S", "Vänsterpartiet+S+MP"))
    one = next(it for it in assemblies(run) if it.council.election == "region")
    assert "Vänsterpartiet" in one.lines()[1]
    assert not any("mandat. För majoritet" in line for line in one.lines())
    assert one.status == "unsaid"
    assert np.isnan(one.majority_chance)


def test_chances_are_those_of_the_draws(found: dict[str, Assembly]) -> None:
    one = found["region 01"]
    assert one.draws is not None
    assert (one.draws.sum(axis=1) == 149).all()
    share = (one.draws > one.council.seats).mean(axis=0)
    assert one.chances["chance_more_share"].to_numpy() == pytest.approx(share)
    likely = one.chances[["seats_low", "seats_high"]].to_numpy()[:, :, None]
    inside = (one.draws.T[:, None] >= likely[:, :1]) & (one.draws.T[:, None] <= likely[:, 1:])
    assert (inside.mean(axis=2) >= 0.8).all()
    own = [one.council.parties.index(name) for name in ("S", "V", "MP")]
    assert one.majority_chance == (one.draws[:, own].sum(axis=1) >= 75).mean()


def test_the_areas_named_hold_the_votes_to_the_seat(found: dict[str, Assembly], run: Run) -> None:
    one = found["kommun 0184"]
    needed = one.table.loc["S", "gain_votes_count"]
    held = run.scored.indicators.loc[one.codes, "mobilisation_count"].dropna().sort_values()[::-1]
    told, first = one.first_areas
    assert (run.scored.areas.loc[one.codes, "municipality_code"] == "0184").all()
    assert len(one.areas()) == min(len(first), 5)
    if len(first):
        assert first.sum() >= needed > first.iloc[:-1].sum()
        assert first.index.equals(held.index[: len(first)])
        assert f"i {len(first)} omr" in told
    else:
        assert held.sum() < needed


def test_a_message_box_names_an_associations_own_areas_alone(
    found: dict[str, Assembly], run: Run
) -> None:
    one, areas = found["kommun 0184"], run.scored.areas
    home = areas["association"].loc[one.codes].iloc[0]
    told = " ".join(one.message(home))
    others = areas.loc[areas["association"] != home, "area_name"]
    assert not any(name in told for name in set(others) - set(areas["area_name"].loc[one.codes]))
    if len(one.first_areas[1]):
        assert str(areas["area_name"][one.first_areas[1].index[0]]) in told
    assert one.message("ingen") == []
    assert found["kommun 0160"].message(home) == []


def test_the_page_asks_nobody_and_names_harm_nobody(run: Run, page: str) -> None:
    assert not re.findall(r"""(?:src|href)=["'](?!#)""", page)
    assert "default-src 'none'" in unescape(page)
    ballots = run.frames["ballots"]
    hostile = ballots.assign(party=ballots["party"].replace("C", HOSTILE))
    names = run.frames["kommun_areas"].assign(area_name=HOSTILE)
    bad = replace(run, frames={**run.frames, "ballots": hostile, "kommun_areas": names})
    files = majorities_files(bad)
    assert files["majorities.html"].decode().count("<script>") == 1
    assert "\n=" not in files["majorities.csv"].decode()


def test_a_column_that_nothing_is_known_for_is_not_shown(run: Run, page: str) -> None:
    """Without who governs there is no status, without an election before no chance."""
    heads = ["läge", "chans till majoritet", "mandat i åtta fall av tio", "vart det lutar"]
    assert all(f'<th scope="col">{head}</th>' in page for head in heads)
    plain = run.frames["majorities"].assign(governs="", coalition="")
    now = run.frames["ballots"][run.frames["ballots"]["year"] == 2022]
    bare = replace(run, frames={**run.frames, "ballots": now, "majorities": plain})
    told = majorities_files(bare)["majorities.html"].decode()
    assert not any(f'<th scope="col">{head}</th>' in told for head in heads)
    assert '<th scope="col">mandat</th>' in told


def test_the_table_has_every_council_and_its_unknowns_are_empty(run: Run) -> None:
    text = majorities_files(run)["majorities.csv"].decode("utf-8-sig")
    table = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    assert table["församling"].nunique() == 28
    whole = table[table["valkrets"].isna()].set_index("församling")
    assert whole.loc["Regionfullmäktige, Stockholms län", "mandat"].sum() == 149
    assert whole.loc["Riksdagen", "mandat"].isna().all()
    assert "DEMO" in text


def test_a_document_is_made_when_asked_for_and_no_run_waits_for_it(
    demo_out: Path, tmp_path: Path, demo_result: Run
) -> None:
    assert "majorities" not in DOCUMENTS
    kept = replace(demo_result, folder=tmp_path)
    made = report(kept, "majorities", maps=tmp_path)
    assert [path.name for path in made] == ["majorities.html", "majorities.csv"]
    assert not (demo_out / "majorities.html").exists()
    assert "Inga chanser visas" in made[0].read_text(encoding="utf-8")
    record = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert "majorities.csv" in record["files"]


def test_the_map_has_the_layer_once_it_is_said_who_governs(
    run: Run, demo_result: Run, found: dict[str, Assembly]
) -> None:
    assert "majorities" not in {layer.key for layer in leadership_map(demo_result)[1]}
    levels, layers, _ = leadership_map(run)
    layer = next(layer for layer in layers if layer.key == "majorities")
    for level in levels:
        shown = level.values[layer.column].map(lambda place: layer.labels[int(place) - 1], "ignore")
        home = level.areas["municipality_code"]
        # The others' seats or who governs them are not known.
        assert shown[home != "0184"].isna().all()
        assert shown[home == "0184"].unique() == [found["kommun 0184"].summary()[1]]


def test_a_run_of_a_year_without_councils_is_a_page_without_them(run: Run) -> None:
    none = run.frames["ballots"].iloc[:0]
    files = majorities_files(replace(run, frames={**run.frames, "ballots": none}))
    assert "<section" not in files["majorities.html"].decode()
    older = {name: frame for name, frame in run.frames.items() if name != "ballots"}
    with pytest.raises(ConfigError, match="ballots"):
        majorities_files(replace(run, frames=older))
    assert majority_view(replace(run, frames=older))["majority_place"].isna().all()


def test_the_view_says_the_seats_and_votes_that_the_table_has(
    run: Run, found: dict[str, Assembly]
) -> None:
    view, one = majority_view(run), found["kommun 0184"]
    gain = one.table.loc["S", "gain_votes_count"]
    assert f"{gain:.0f}" in view.loc["0184", "council_words"].replace("\N{NO-BREAK SPACE}", "")
    assert view["majority_place"].notna().tolist() == (view.index == "0184").tolist()
    # The seats of the others are not said; of the region each lies in a constituency.
    near = _nearest_parts(found["region 01"])
    assert all(view.loc[town, "council_words"].endswith(words) for town, words in near.items())


def test_a_constituency_is_led_by_who_has_most_of_its_fixed_seats(
    run: Run, found: dict[str, Assembly]
) -> None:
    one, view = found["region 01"], majority_view(run)
    parts = one.parts()
    assert len(one.leads) == parts["constituency"].nunique() > 1
    assert found["kommun 0127"].leads.empty, "nobody has said who governs"
    in_parts: dict[str, list[str]] = {}
    for row, (name, rows) in zip(
        one.part_rows, parts.groupby("constituency", sort=False), strict=True
    ):
        own = rows.set_index("party")
        held = own.loc[["S", "V", "MP"], "seats_fixed"].sum()
        assert one.leads[name].startswith("governs") == (2 * held > own["seats_fixed"].sum())
        votes, rule = one.council._taking(row), Rule(int(one.council.fixed[row]), 2022, 0)
        place = list(own.index).index("S")
        more = votes.copy()
        more[place] += int(own.loc["S", "gain_votes_count"])
        moved = council_seats(more, more.sum(), rule) - council_seats(votes, votes.sum(), rule)
        assert moved[place] == 1
        assert moved[list(own.index).index(own.loc["S", "taken_from"])] == -1
        for town in str(rows["areas"].iloc[0]).split():
            in_parts.setdefault(town, []).append(str(name))
    for town, place_ in view["region_place"].items():
        names = in_parts[str(town)]
        assert np.isnan(place_) == (len(names) > 1)
        assert len(names) > 1 or STATUSES[int(place_) - 1] == one.leads[names[0]]


def test_the_slider_counts_as_the_program_does(
    browser: Browser, page: str, found: dict[str, Assembly], tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    held = sorted((one for one in found.values() if not one.council.unknown), key=_order)
    names = [unescape(one.data()) for one in held]
    assert len(names) == 3
    tab = browser.new_page()
    tab.goto((tmp_path / "page.html").as_uri())
    rng = np.random.default_rng(4)
    for _ in range(20):
        points = {name: float(rng.integers(-6, 7)) / 2 for name in held[0].council.parties}
        told = tab.evaluate("(p) => tables.map(([council]) => swung(council, p))", points)
        for seats, one in zip(told, held, strict=True):
            council = one.council
            moved = [points[name] * council.valid / 100 for name in council.parties]
            votes = np.maximum(council.votes + np.array(moved), 0)
            valid = votes.sum() + council.valid - council.votes.sum()
            assert seats == council_seats(votes, valid, council.free).tolist()
    tab.close()
