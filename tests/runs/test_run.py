"""One Run: protected by construction, and every document a function of it."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geoprio.errors import ConfigError, ContractError
from geoprio.reports import publication
from geoprio.reports.publication import DOCUMENTS, Press, publish, render, report
from geoprio.runs import Run, read_run
from geoprio.words import texts


@pytest.fixture(scope="module")
def read(demo_out: Path) -> Run:
    return read_run(next(demo_out.rglob("run.json")).parent)


def unprotected(read: Run) -> dict[str, pd.DataFrame]:
    """Return frames that no run may keep, by what is wrong with them."""
    groups, areas = read.scored.groups, read.scored.areas[[]]
    hidden = groups.assign(shown=groups["shown"].where(groups.index != groups.index[0], "small"))
    return {
        "never controlled": groups.drop(columns="shown"),
        "withheld, and told": hidden.assign(count=hidden["count"].fillna(3.0)),
        "members": areas.assign(members_count=12.0),
        "born abroad": areas.assign(born_abroad_count=7.0),
        "a person": areas.assign(personnummer="x"),
    }


@pytest.mark.parametrize(
    "what", ["never controlled", "withheld, and told", "members", "born abroad", "a person"]
)
def test_a_frame_that_is_not_protected_makes_no_run(read: Run, what: str) -> None:
    planted = {**read.frames, "regso_2020_groups": unprotected(read)[what]}
    with pytest.raises(ContractError, match="regso_2020_groups"):
        Run.of(read.record, planted)
    with pytest.raises(ContractError, match="regso_2020_groups"):
        replace(read, frames=planted)


def test_a_record_that_tells_more_makes_no_run(read: Run) -> None:
    with pytest.raises(ContractError, match="members"):
        Run.of({**read.record, "members": 4711}, read.frames)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_a_run_read_back_is_the_one_that_the_run_wrote(
    read: Run, demo_out: Path, name: str
) -> None:
    for place, content in render(Press(read), name).items():
        home = demo_out / "maps/demo" if place.startswith("maps/") else read.folder
        assert home is not None
        assert (home / place.removeprefix("maps/")).read_bytes() == content, place


def test_a_document_is_made_again_beside_its_run(read: Run, tmp_path: Path) -> None:
    (made,) = report(replace(read, folder=tmp_path), "weights", maps=tmp_path)
    assert read.folder is not None
    assert made.read_bytes() == (read.folder / made.name).read_bytes()
    with pytest.raises(ConfigError, match=r"nothing: .* map, ranking"):
        report(read, "nothing", maps=tmp_path)


def test_the_command_has_a_word_for_every_file_that_it_names(demo_result: Run) -> None:
    named = {*DOCUMENTS, "record"} - {"associations"}
    # No source of this run counts early votes.
    assert set(demo_result.paths) == named - {"early_votes"}
    for language in ("sv", "en"):
        assert {f"file_{name}" for name in named} <= set(texts(language))


def test_what_was_made_of_an_earlier_plan_does_not_lie_beside_another(
    read: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {name: DOCUMENTS[name] for name in ("mailing", "ranking")}
    monkeypatch.setattr(publication, "DOCUMENTS", few)
    publish(read, processed=tmp_path, maps=tmp_path / "maps")
    ordered = tmp_path / "utskick" / "plan.txt"
    ordered.parent.mkdir()
    ordered.write_text("of the first plan", encoding="utf-8")
    publish(read, processed=tmp_path, maps=tmp_path / "maps")
    assert ordered.exists()
    other = {**read.frames, "mailing": read.mailing.iloc[:-1]}
    publish(replace(read, frames=other), processed=tmp_path, maps=tmp_path / "maps")
    assert not ordered.exists()
    assert (tmp_path / "utskick - tidigare plan 1" / "plan.txt").exists()
