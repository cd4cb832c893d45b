"""The raw folder: whole files with a sidecar each, whatever moment a fetch is stopped at."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoprio.errors import SourceError
from geoprio.sources import read_source
from geoprio.sources.fetch import Client, fetch_sources, state_of
from geoprio.sources.fetch.store import Store
from tests.sources.fetch.conftest import Fetch, states, table_source
from tests.sources.fetch.replay import Replay
from tests.sources.fetch.statistics_office import Office

Make = Callable[..., Client]


class StoppedError(Exception):
    """The power went."""


@pytest.mark.parametrize("moved", [0, 1])
@pytest.mark.parametrize("before", [False, True], ids=["first", "again"])
def test_a_stop_between_the_sidecar_and_its_file_is_mended(
    tmp_path: Path,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    fetch: Fetch,
    *,
    before: bool,
    moved: int,
) -> None:
    if before:
        fetch(table_source())
        office.cubes["TAB6574"].updated = "2026-03-01T07:00:00Z"
        true = office.cubes["TAB6574"].figure
        office.cubes["TAB6574"].figure = lambda cell: (true(cell) or 0) + 1
    replace, left = Path.replace, [moved]

    def stopping(self: Path, target: Path) -> Path:
        if not left[0]:
            raise StoppedError
        left[0] -= 1
        return replace(self, target)

    with monkeypatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr(Path, "replace", stopping)
        fetch(table_source())
    fetch(table_source())
    counts = read_source(table_source(), tmp_path, county_code="01")
    assert counts.loc["0114A1010", "population_count"] == 23 + before
    assert state_of("folk", table_source(), tmp_path).state == "fetched"
    assert states(fetch(table_source())) == ["unchanged"]


@pytest.mark.usefixtures("office")
def test_a_spoilt_file_and_a_spoilt_sidecar_are_told(tmp_path: Path, fetch: Fetch) -> None:
    fetch(table_source())
    listed = state_of("folk", table_source(), tmp_path)
    assert (listed.state, listed.age_days) == ("fetched", 0)
    path = tmp_path / "TAB6574.json"
    path.chmod(0o600)
    path.write_text("{}", encoding="utf-8")
    assert state_of("folk", table_source(), tmp_path).state == "damaged"
    beside = tmp_path / "TAB6574.json.toml"
    beside.chmod(0o600)
    beside.write_text("a = 1", encoding="utf-8")
    with pytest.raises(SourceError, match="not a sidecar that geoprio wrote"):
        state_of("folk", table_source(), tmp_path)


def test_what_can_be_fetched_is_fetched_before_the_faults_are_told(
    tmp_path: Path, replay: Replay, office: Office, client: Make
) -> None:
    sources = {
        "wrong": table_source({"table": "TAB1"}, files=["wrong.json"]),
        "by_hand": table_source(files=["hand.json"]).model_copy(update={"fetch": None}),
        "right": table_source(),
    }
    with pytest.raises(SourceError, match=r"2 file\(s\) could not be fetched; 1 are in") as told:
        fetch_sources(sources, tmp_path, county_code="01", client=client())
    assert "wrong: " in str(told.value)
    assert "by_hand: put it in place by hand: hand.json" in str(told.value)
    assert (tmp_path / "TAB6574.json").is_file()
    assert replay.calls
    assert office.cubes


@pytest.mark.skipif(sys.platform == "win32", reason="Windows opens no folder")
def test_a_second_fetch_into_a_folder_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    first, second = Store(tmp_path), Store(tmp_path)
    with first:
        half = first.scratch / "part-0"
        half.write_text("half", encoding="utf-8")
        with pytest.raises(SourceError, match="another geoprio fetches into it"), second:
            pass
        assert half.is_file()
    with second:
        assert second.scratch.is_dir()
