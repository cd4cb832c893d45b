"""An attacker reads all files of a run together; METHOD 3's interval rule must hold."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio import pipeline, runs
from geoprio.config import shipped_folder
from geoprio.files import table as files
from geoprio.groups import Nest, Protected, disclosure
from geoprio.runs.outcome import Outcome
from geoprio.scores import Located
from geoprio.tables import NO_ELECTION
from tests.groups.attack import ends_by_lp
from tests.runs.attacker import (
    BASIS,
    LOCAL,
    Control,
    Findings,
    attack,
    of_group,
    places_of,
    read_siblings,
)
from tests.shared import levels, spoilable, write_two

stage, writing, running = (
    import_module(f"geoprio.{name}") for name in ("scores.levels", "runs.frames", "pipeline")
)
pytestmark = pytest.mark.whole
MINIMUM = 1900
"""The demo's areas are few and large; of its counts, about as many are below this as in a real
county are below 10."""
GROUPS = ("lo", "invandrarbakgrund")
"""Sensitive groups, in the campaign's order."""


@pytest.fixture(scope="module")
def campaign(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = spoilable(demo_raw, tmp_path_factory.mktemp("attacked") / "raw") / "demo.toml"
    text = path.read_text(encoding="utf-8")
    assert "minimum_count = 10" in text
    path.write_text(text.replace("minimum_count = 10", f"minimum_count = {MINIMUM}"), "utf-8")
    return path


@pytest.fixture(scope="module")
def attacked(
    campaign: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Outcome, Path, Control]:
    """Return the run as it is, its folder, and what its disclosure control did."""
    out = tmp_path_factory.mktemp("written")
    result, control = watched_run(campaign, campaign.parent, out)
    return result, out, control


def computed(campaign: Path, raw: Path, out: Path) -> Outcome:
    """Run the campaign, and return what it computed."""
    made: list[Outcome] = []
    kept = pipeline.kept
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "kept", lambda outcome: made.append(outcome) or kept(outcome))
        pipeline.run(campaign, raw=raw, out=out)
    return made[0]


def watched_run(campaign: Path, raw: Path, out: Path) -> tuple[Outcome, Control]:
    nests: list[Nest] = []
    hidden: list[np.ndarray] = []

    def seen_protect(*args: object, nest: Nest, **named: object) -> object:
        nests.append(nest)
        return protect(*args, nest=nest, **named)

    def seen_withhold(*args: object, **named: object) -> np.ndarray:
        hidden.append(withhold(*args, **named))
        return hidden[-1]

    protect, withhold = stage.protect, disclosure.withhold

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "protect", seen_protect)
        patch.setattr(disclosure, "withhold", seen_withhold)
        result = computed(campaign, raw, out)
    states = pd.concat([level.printed for level in all_levels(result)])
    named = set(states.loc[states["shown"] == "small", "group"])
    controlled = [group for group in GROUPS if group in named]
    return result, Control(nests[0], dict(zip(controlled, hidden, strict=True)))


def by_set(result: Outcome) -> dict[str, Located]:
    return {level.area_set: level for level in result.levels}


def all_levels(result: Outcome) -> list[Located]:
    assert result.overview is not None
    return [*result.levels, result.overview]


def faults(out: Path, result: Outcome, control: Control, *, minimum: int = MINIMUM) -> list[str]:
    """Return every cell of either set that the attacker comes too close to."""
    told = []
    for group, election in product(control.hidden, (NO_ELECTION, BASIS, LOCAL)):
        known, counts = attack(
            out,
            by_set(result),
            control,
            group,
            overview=result.overview,
            minimum_count=minimum,
            election=election,
        )
        rows = pd.concat(
            {
                level.area_set: of_group(level.printed, group, election)[["shown", "method"]]
                for level in all_levels(result)
            }
        )
        # An estimate is no count: it is shown, however small.
        counted = (election == NO_ELECTION) & (rows["method"] == "published")
        places = places_of(control.nest, rows["shown"])
        for place, state, own in zip(places, rows["shown"], counted, strict=True):
            small = own and bool(counts[place] < minimum)
            if small or state != "shown":
                low, high = ends_by_lp(control.nest.tree, known, place)
                narrow = high - low < minimum - 1 - 1e-3
                if narrow or (small and (low > 1e-3 or high < minimum - 1 - 1e-3)):
                    told.append(f"{control.nest.nodes[place]}: {low:.1f} to {high:.1f}")
    return told


def test_the_rule_holds_over_all_files_together(
    attacked: tuple[Outcome, Path, Control],
) -> None:
    result, out, control = attacked
    printed = pd.concat([level.printed for level in result.levels])
    counted = printed[printed["election"] == NO_ELECTION]["shown"].value_counts()
    assert counted["small"] >= 5
    assert 0 < counted["withheld"] <= counted["small"]
    small = printed[printed["shown"] == "small"]
    assert set(small["election"]) == {NO_ELECTION}
    assert set(small["method"]) == {"published"}
    assert faults(out, result, control) == []


def only_small(*given: object, **_: object) -> object:
    return given[2]


def unprotected(tables: dict[str, pd.DataFrame], *_: object, **__: object) -> dict[str, Protected]:
    bare = {
        name: frame.drop(columns="size").assign(shown="shown") for name, frame in tables.items()
    }
    return {name: Protected(frame, frame) for name, frame in bare.items()}


def kept_rule(*given: object, **_: object) -> object:
    return np.ones_like(given[2], dtype=bool)


def but_local(rows: pd.DataFrame, *given: object) -> pd.DataFrame:
    if set(rows["election"]) == {LOCAL}:
        return rows[disclosure.FIGURES].assign(shown="shown")
    return plain_scaled(rows, *given)


plain_scaled = disclosure._scaled
MUTANTS: dict[str, list[tuple[object, str, Callable[..., object]]]] = {
    "helpers not withheld": [
        (disclosure, "withhold", only_small),
        (disclosure, "keeps_rule", kept_rule),
    ],
    "the local election is shown": [(disclosure, "_scaled", but_local)],
    "groups not controlled": [(stage, "protect", unprotected)],
    "counts not cleared": [
        (writing, "_seen", lambda frame: frame),
        (runs, "for_audience", lambda frame, *_, **__: frame),
        (files, "for_audience", lambda frame, *_, **__: frame),
    ],
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_attacker_finds_what_is_left_open(
    name: str,
    attacked: tuple[Outcome, Path, Control],
    campaign: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, attribute, instead in MUTANTS[name]:
        monkeypatch.setattr(module, attribute, instead)
    result = computed(campaign, campaign.parent, tmp_path)
    assert faults(tmp_path, result, attacked[2])


def test_the_attacker_works_out_a_withheld_share_from_a_sibling_that_shares_it() -> None:
    codes = pd.Index(list("abc"), name="area_code")
    rows = pd.DataFrame({"share": [0.2, np.nan, np.nan], "method": "prorated"}, codes)
    base = pd.Series(500.0, codes)
    found = Findings(codes, base)
    read_siblings(found, rows, base, pd.Series(["R1", "R1", "R2"], codes))
    assert found.low["b"] == pytest.approx(100, abs=1e-3)
    assert found.high["b"] == pytest.approx(100, abs=1e-3)
    assert found.high["c"] == 500


def other_truth(result: Outcome, nest: Nest) -> dict[str, pd.DataFrame]:
    """Return GROUPS of every set with persons moved between withheld areas of one parent."""
    closer, scored = by_set(result)["deso_2018"], by_set(result)["regso_2020"]
    rows = closer.groups.assign(shown=closer.printed["shown"], parent=nest.parents["deso_2018"])
    rows = of_group(rows[rows["shown"] != "shown"], "invandrarbakgrund", NO_ELECTION)
    printed = of_group(scored.printed, "invandrarbakgrund", NO_ELECTION)
    known = printed.index[printed["shown"] == "shown"]
    families = rows[rows["parent"].isin(known)].groupby("parent")
    first = families["count"].idxmin()
    last = families["count"].idxmax()
    moved = closer.groups.copy()
    own = moved["group"] == "invandrarbakgrund"
    for small, helper in zip(first, last, strict=True):
        step = np.floor(moved.loc[own & (moved.index == small), "count"].min() / 2)
        for code, by in ((small, -step), (helper, step)):
            row = own & (moved.index == code)
            size = moved.loc[row, "count"] / moved.loc[row, "share"]
            moved.loc[row, ["count", "low", "high"]] += by
            moved.loc[row, "share"] = moved.loc[row, "count"] / size.round(6)
    assert len(first)
    return {"deso_2018": moved, "regso_2020": scored.groups}


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_are_the_same_whatever_is_withheld(
    attacked: tuple[Outcome, Path, Control],
    campaign: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No score, reason, plan or rounding can tell more: another truth gives the same bytes."""
    truth, plain = other_truth(attacked[0], attacked[2].nest), running.survey

    def another(*given: object) -> list[Located]:
        found = plain(*given)  # type: ignore[arg-type]
        return [replace(one, groups=truth.get(one.area_set, one.groups)) for one in found]

    monkeypatch.setattr(running, "survey", another)
    pipeline.run(campaign, raw=campaign.parent, out=tmp_path / "other")
    before = by_set(attacked[0])["deso_2018"].groups["count"]
    assert not np.allclose(truth["deso_2018"]["count"], before)
    one, other = written(attacked[1]), written(tmp_path / "other")
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []

    # The same test sees it when scores are made of what is withheld.
    def uncontrolled(found: Located, protected: Protected, *others: object) -> object:
        return plain_locate(found, replace(protected, usable=found.groups), *others)

    plain_locate = running.locate
    monkeypatch.setattr(running, "locate", uncontrolled)
    leaks: list[Located] = []
    for survey in (plain, another):
        monkeypatch.setattr(running, "survey", survey)
        leaks.append(levels(campaign, campaign.parent)["deso_2018"])
    assert not leaks[0].indicators.equals(leaks[1].indicators)
    assert not pd.concat(leaks[0].scores).equals(pd.concat(leaks[1].scores))


@pytest.mark.real
@pytest.mark.slow
def test_the_rule_holds_over_all_files_of_the_county(real_raw: Path, tmp_path: Path) -> None:
    """With a limit that the county's published counts fall below; at 10 none does."""
    minimum = 200
    text = (shipped_folder() / "storstockholm.toml").read_text(encoding="utf-8")
    own = tmp_path / "egen.toml"
    own.write_text(text.replace("minimum_count = 10", f"minimum_count = {minimum}"), "utf-8")
    write_two(shipped_folder() / "associations.csv", tmp_path / "associations.csv")
    result, control = watched_run(own, real_raw, tmp_path / "out")
    assert set(control.hidden) == {"invandrarbakgrund"}
    for group in control.hidden:
        rows = pd.concat([of_group(one.printed, group, NO_ELECTION) for one in result.levels])
        # What is taken over from a withheld count is withheld with it, and is no count.
        states = rows.loc[rows["method"] == "published", "shown"].value_counts()
        assert 0 < states["withheld"] <= states["small"]
    assert faults(tmp_path / "out", result, control, minimum=minimum) == []
