"""What moved between two runs and why, held against the runs themselves."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
import pytest

from geoprio.errors import ConfigError
from geoprio.reports.difference import MOST, Difference, Movement, difference, lines
from geoprio.runs import Run, read_run
from geoprio.scores import score_areas


@pytest.fixture(scope="module")
def read(demo_result: Run) -> Run:
    return read_run(demo_result.paths["record"].parent)


def changed(run: Run, **record: object) -> Run:
    copy = json.loads(json.dumps(dict(run.record)))
    for path, value in record.items():
        place: Any = copy
        *parts, last = path.split("__")
        for part in parts:
            place = place[int(part) if part.isdigit() else part]
        place[int(last) if last.isdigit() else last] = value
    return replace(run, record=copy)


def rescored(run: Run, channel: str, indicators: Mapping[str, pd.Series] | None = None) -> Run:
    """Return the run with other figures, scored by its own profile."""
    figures = run.frame("indicators").assign(**(indicators or {}))
    profile = run.profiles[channel]
    fresh = score_areas(figures, profile, channel=channel, election="riksdag")
    scores = run.frame("scores").copy()
    own = scores["channel"] == channel
    for name in ("score", "rank"):
        scores.loc[own, name] = fresh[name].reindex(scores.index[own]).to_numpy()
    frames = {**run.frames, "regso_2020_scores": scores, "regso_2020_indicators": figures}
    return replace(run, frames=frames)


def heavier_doors(run: Run) -> Run:
    return rescored(changed(run, settings__profiles__canvass__criteria__2__weight=2.0), "canvass")


def of_channel(found: Difference, channel: str) -> Movement:
    return next(one for one in found.movements if one.channel == channel)


def test_a_run_is_like_itself(read: Run) -> None:
    same = difference(read, read, language="sv")
    assert "Körningarna är lika" in " ".join(lines(same, "sv"))
    found = asdict(same)
    assert found["record"] == {"settings": {}, "versions": {}, "sources": {}}
    assert json.loads(json.dumps(found))["gone"] == 0


def test_other_weights_are_told_as_such_and_the_parts_sum(read: Run) -> None:
    later = heavier_doors(read)
    found = difference(read, later, language="sv")
    name = "profiles.canvass.criteria.doors_per_km2.weight"
    assert dict(found.record.settings) == {name: ("0.5", "2.0")}
    assert found.digests[0] != found.digests[1]
    movement = of_channel(found, "canvass")
    assert movement.moved
    for area in movement.moved:
        assert area.parts is not None
        change = float(area.after["score"] or 0) - float(area.before["score"] or 0)
        assert sum(area.parts.values()) == pytest.approx(change, abs=1e-6)
        assert area.parts["weights"] == pytest.approx(change, abs=1e-6)
        assert area.figures == ()
    assert not of_channel(found, "mailing").moved
    page = "\n".join(lines(found, "sv"))
    assert "Utskick: inget område har flyttat sig." in page
    assert f"Inställning {name}: 0.5 → 2.0" in page.replace("\n    ", " ")
    assert max(map(len, page.splitlines())) <= 80


def test_a_verdict_of_the_first_two_that_changes_comes_before_any_move_of_ranks(read: Run) -> None:
    """One that is lost with its rank unchanged is seen; `--all` shows every area."""
    run = rescored(
        read,
        "canvass",
        {
            "doors_per_km2": read.frame("indicators")["doors_per_km2"][::-1].set_axis(
                read.frame("indicators").index
            )
        },
    )
    scores = run.frame("scores").copy()
    own = (scores["channel"] == "canvass") & (scores["verdict"] == "full")
    codes = list(scores.index[own][-1:])
    scores.loc[own & scores.index.isin(codes), "verdict"] = "complement"
    found = difference(
        read, replace(run, frames={**run.frames, "regso_2020_scores": scores}), language="sv"
    )
    movement = of_channel(found, "canvass")
    assert [one.area_code for one in movement.moved[:1]] == codes
    assert len(movement.moved) > MOST
    short, long = (" ".join(lines(found, "sv", most=most)) for most in (MOST, None))
    assert "Satsa fullt → Komplettera" in short
    assert "--all visar alla" in short
    assert "--all" not in long
    assert all(f"({one.area_code})" in long for one in movement.moved)


def test_new_figures_are_told_with_from_and_to(read: Run) -> None:
    doors = read.frame("indicators")["doors_per_km2"].copy()
    code = str(doors.idxmin())
    doors[code] = doors.max() + 100
    found = difference(read, rescored(read, "canvass", {"doors_per_km2": doors}), language="en")
    movement = of_channel(found, "canvass")
    area = next(one for one in movement.moved if one.area_code == code)
    old = read.frame("indicators")["doors_per_km2"][code]
    assert area.figures == (("doors_per_km2", "door density", old, doors[code]),)
    assert area.parts is not None
    assert area.parts["own_figures"] == pytest.approx(
        float(area.after["score"] or 0) - float(area.before["score"] or 0), abs=1e-6
    )
    others = [one.parts for one in movement.moved if one.area_code != code]
    assert all(one and one["other_areas"] < 0 and one["own_figures"] == 0 for one in others)
    assert movement.moved[0].area_code == code


def test_what_changed_in_the_records_is_told(read: Run) -> None:
    name = read.record["sources"][0]["name"]
    later = changed(
        read, sources__0__sha256="0" * 64, sources__0__vintage=2031, versions__numpy="99.0"
    )
    later.record["sources"].append({**later.record["sources"][1], "name": "ny_kalla"})
    page = " ".join(lines(difference(read, later, language="sv"), "sv"))
    assert f"Källa {name}: annan fil" in page
    assert "→ 2031" in page
    assert "Källa ny_kalla: ny" in page
    assert "Version av numpy" in page
    assert "Körningarna är lika" not in page


def test_other_campaigns_and_elections_are_plainly_told(read: Run) -> None:
    later = changed(read, campaign="annan", election__year=2026)
    page = " ".join(lines(difference(read, later, language="sv"), "sv"))
    assert "olika kampanjer, demo och annan" in page
    assert re.search(r"olika val, \w+ 2022 och \w+ 2026", " ".join(page.split()))


def test_other_weights_of_groups_are_said_to_count_as_figures(read: Run) -> None:
    later = changed(read, settings__campaign__target_groups__lo=0.5)
    page = " ".join(" ".join(lines(difference(read, later, language="sv"), "sv")).split())
    assert "målgruppernas vikter" in page
    assert "campaign.target_groups.lo: 1.0 → 0.5" in page


def test_runs_of_other_areas_are_refused(read: Run) -> None:
    other = changed(read, scored_set="deso_2018", settings__campaign__county_code="14")
    with pytest.raises(ConfigError, match=r"(?s)scored_set: .*county_code: 01 and 14"):
        difference(read, other, language="sv")
    frames = {**read.frames, "regso_2020_areas": read.frame("areas").add_prefix("x", axis=0)}
    with pytest.raises(ConfigError, match="no area is in both"):
        difference(read, replace(read, frames=frames), language="sv")


def test_areas_of_one_run_alone_are_counted(read: Run) -> None:
    frames = dict(read.frames)
    gone = read.frame("areas").index[0]
    for kind in ("areas", "scores", "indicators"):
        frames[f"regso_2020_{kind}"] = read.frame(kind).drop(index=gone)
    later = rescored(replace(read, frames=frames), "canvass")
    found = difference(read, later, language="sv")
    assert (found.gone, found.new) == (1, 0)
    parts = [one.parts for one in of_channel(found, "canvass").moved]
    assert all(one and one["own_figures"] == 0 for one in parts)
