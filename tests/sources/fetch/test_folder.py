"""The raw folder: what may be called a source's file, and what a fetch makes of it."""

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoprio.cli import fetches as fetching
from geoprio.config import load_campaign, shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import read_source, sha256
from geoprio.sources.fetch import Client, fetch_sources, preview, state_of
from geoprio.sources.fetch.store import Store
from tests.sources.fetch.conftest import API, OLD_API, Fetch, states, table_source
from tests.sources.fetch.replay import Answer, Call, Replay
from tests.sources.fetch.statistics_office import Office
from tests.sources.fetch.toys import source

Make = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("office")


def test_two_sources_that_would_save_different_figures_in_one_file_are_told(
    replay: Replay, fetch: Fetch
) -> None:
    with pytest.raises(SourceError, match=r"TAB6574.json is where folk saves .*, and other asks"):
        fetch(table_source(), other=table_source({"times": ["2022"]}))
    assert len(replay.paths("/data")) == 1
    assert states(fetch(table_source(), other=table_source())) == ["unchanged"] * 2


def test_what_is_wrong_with_one_source_is_set_in_below_its_name(
    office: Office, fetch: Fetch
) -> None:
    office.closed = True
    old = {"url": OLD_API, "path": "BE/Gone"}
    with pytest.raises(SourceError) as told:
        fetch(table_source({"v1": old}))
    begun = [line.split(":")[0] for line in str(told.value).splitlines()]
    assert begun[1:] == [
        "  - folk",
        "    - v2",
        "    - v1",
    ]


def test_offline_says_how_what_is_missing_is_got(tmp_path: Path, client: Make) -> None:
    own = {
        "kind": "own",
        "how": {"sv": "en egen fil: fråga staden", "en": "a file of your own: ask the city"},
    }
    sources = {"folk": table_source(), "own": source(own)}
    with pytest.raises(SourceError, match=r"--offline") as told:
        fetch_sources(sources, tmp_path, county_code="01", client=client(offline=True))
    assert "folk: missing; geoprio fetch gets it" in str(told.value)
    assert "own: missing; a file of your own: ask the city" in str(told.value)


def test_several_own_files_that_fit_one_name_are_not_called_missing(
    tmp_path: Path, replay: Replay, fetch: Fetch
) -> None:
    one = table_source(files=["folk-*.json", "TAB6574.json"])
    for year in (2022, 2023):
        (tmp_path / f"folk-{year}.json").write_text("mine", encoding="utf-8")
    with pytest.raises(SourceError, match=r"folk: .*several files fit 'folk-\*\.json'"):
        fetch(one)
    assert "several files fit" in str(state_of("folk", one, tmp_path).how)
    assert not replay.calls


def test_one_own_file_among_several_makes_them_the_users(tmp_path: Path, fetch: Fetch) -> None:
    fetch(table_source())
    one = table_source(files=["TAB*.json"], several=True)
    assert state_of("folk", one, tmp_path).state == "fetched"
    (tmp_path / "TAB6574-mine.json").write_text("mine", encoding="utf-8")
    assert state_of("folk", one, tmp_path).state == "own"


def test_a_sidecar_is_never_taken_for_data(tmp_path: Path, fetch: Fetch) -> None:
    fetch(table_source())
    one = table_source(files=["TAB6574*", "TAB6574.json"])
    assert state_of("folk", one, tmp_path).files == (tmp_path / "TAB6574.json",)
    assert len(read_source(one, tmp_path, county_code="01")) == 12


def test_one_part_that_did_not_change_does_not_speak_for_the_others(
    replay: Replay, office: Office, fetch: Fetch
) -> None:
    since = "Wed, 14 Oct 2026 07:00:00 GMT"

    def answer(call: Call) -> Answer:
        if call.method == "POST" and call.headers.get("if-modified-since") == since:
            return Answer(b"", 304)
        true = office.v2(call)
        return Answer(true.body, true.status, {"Last-Modified": since})

    replay.apps["/v2host"] = answer
    assert states(fetch(table_source())) == ["new"]
    office.cubes["TAB6574"].updated, office.most_cells = "2027-01-01T07:00:00Z", 30
    true = office.cubes["TAB6574"].figure
    office.cubes["TAB6574"].figure = lambda cell: (true(cell) or 0) + 1
    assert states(fetch(table_source())) == ["changed"]


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"sources": [{"sha256": "{old}"}]}, "made with an older TAB6574.json: the map, and in"),
        ({"sources": [{"files": {"TAB6574.json": "{old}"}}]}, "made with an older TAB6574.json"),
        ({"sources": [{"sha256": "another"}]}, None),
        ({"sources": 1}, "cannot be read: which outputs are outdated is unknown"),
    ],
    ids=["made with it", "among several", "made with another", "spoilt"],
)
def test_only_outputs_made_with_the_older_file_are_told_of(
    tmp_path: Path,
    office: Office,
    client: Make,
    record: dict[str, object],
    told: str | None,
) -> None:
    order = fetching.Order(
        campaign=load_campaign(shipped_folder() / "storstockholm.toml"),
        sources={"folk": table_source()},
        raw=tmp_path / "raw",
        processed=tmp_path / "out",
    )
    fetching.fetch(order, client(), lambda _: None)
    order.processed.mkdir()
    text = json.dumps(record).replace("{old}", sha256(order.raw / "TAB6574.json"))
    (order.processed / "run.json").write_text(text, encoding="utf-8")
    true = office.cubes["TAB6574"].figure
    office.cubes["TAB6574"].updated = "2027-01-01T07:00:00Z"
    office.cubes["TAB6574"].figure = lambda cell: (true(cell) or 0) + 1
    lines: list[str] = []
    fetching.fetch(order, client(), lines.append)
    assert lines[0].startswith("changed")
    assert (told in lines[-1]) if told else (len(lines) == 1)


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
    tmp_path: Path, replay: Replay, client: Make
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


def test_a_network_that_is_down_is_told_once(tmp_path: Path, client: Make) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{free.getsockname()[1]}"
        down = client(route={API: nowhere, OLD_API: nowhere})
        old = {"v1": {"url": OLD_API, "path": "BE/Folk"}}
        sources = {
            "one": table_source(old, files=["one.json"]),
            "other": table_source({"table": "TAB1"}, files=["other.json"]),
            "by_hand": table_source(files=["hand.json"]).model_copy(update={"fetch": None}),
        }
        with pytest.raises(SourceError) as told:
            fetch_sources(sources, tmp_path, county_code="01", client=down)
        assert preview(sources, tmp_path, county_code="01", client=down)[1][0] == down.cut_off
    heading, *faults = str(told.value).split("\n  - ")
    assert heading.startswith("2 file(s)")
    assert faults[0].startswith("none of api.scb.se, statistikdatabasen.scb.se could be reached")
    assert faults[1].startswith("by_hand: put it in place")
    assert client().cut_off is None


def test_a_dry_run_that_may_ask_nobody_says_so_once(tmp_path: Path, client: Make) -> None:
    site = {"kind": "file", "url": "https://www.val.se/x.csv", "credit": ""}
    sources = {
        "one": table_source(files=["one.json"]),
        "other": table_source({"table": "TAB1"}, files=["other.json"]),
        "plain": source(site, files=["x.csv"]),
        "by_hand": table_source(files=["hand.json"]).model_copy(update={"fetch": None}),
    }
    closed = client(offline=True)
    plans, faults = preview(sources, tmp_path, county_code="01", client=closed)
    assert [name for name, _ in plans] == ["plain"]
    first, second = map(str, faults)
    assert first.startswith("--offline closes the network")
    assert second.startswith("by_hand: put it in place")
    asked_first = {"plain": sources["plain"]}
    assert preview(asked_first, tmp_path, county_code="01", client=closed)[1] == []


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
