"""`geoprio fetch` as its user runs it, stopped in the middle of a file, and run again."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoprio.config import shipped_folder
from geoprio.sources import load_source, read_source
from geoprio.sources.catalogue import FileFetch
from tests.sources.fetch.proxy import VARIABLES, Proxy, behind_proxy
from tests.sources.fetch.replay import Answer, Fault, Replay
from tests.sources.fetch.toys import GeoServer, Site, zipped

pytestmark = pytest.mark.slow

AREAS, DISTRICTS = "scb_deso_2025_wfs", "val_valdistrikt_2026"
FILES = ("deso-2025-wfs.geojson", "valdistrikt-riket-2026.zip")
ZIP = zipped({"valdistrikt-riket-2026.geojson": os.urandom(2_000_000)})


@pytest.fixture
def replay() -> Replay:
    fetch = load_source(DISTRICTS).fetch
    assert isinstance(fetch, FileFetch)
    assert fetch.url is not None
    site = Site("/val", {fetch.url.removeprefix("https://www.val.se"): ZIP})
    replay = Replay()
    replay.apps = {"/geo": GeoServer().answer, "/val": site.answer}
    return replay


@pytest.fixture
def proxy(replay: Replay, tmp_path: Path) -> Iterator[Proxy]:
    with behind_proxy(replay, tmp_path) as started:
        yield started


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    text = (shipped_folder() / "demo2026.toml").read_text(encoding="utf-8")
    before, _, rest = text.partition("sources = [")
    listed = f'sources = ["{AREAS}", "{DISTRICTS}"]'
    text = before.replace("demo = true", "") + listed + rest.partition("]")[2]
    text = text.partition("[overlap]")[0].replace("associations-2026.csv", "associations.csv")
    path = tmp_path / "campaign.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def heeded() -> Iterator[None]:
    """Let the command hear SIGINT: a shell that runs the tests in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(
    campaign: Path, raw: Path, proxy: Proxy, *, program: tuple[str, ...] = ("-m", "geoprio")
) -> subprocess.Popen[str]:
    bare = {key: value for key, value in os.environ.items() if key.upper() not in VARIABLES}
    return subprocess.Popen(
        [sys.executable, *program, "fetch", str(campaign), "--raw", str(raw)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=campaign.parent,
        env=bare | proxy.environment,
    )


def wait_until_half_is_there(
    fetching: subprocess.Popen[str], half: Path, half_sent: threading.Event
) -> None:
    deadline = time.monotonic() + 600
    while not (half_sent.is_set() and half.is_file() and half.stat().st_size > 0):
        if fetching.poll() is not None or time.monotonic() > deadline:
            fetching.kill()
            out, err = fetching.communicate()
            pytest.fail(f"the fetch never came to the middle of the second file:\n{out}{err}")
        time.sleep(0.02)


@pytest.mark.skipif(os.name == "nt", reason="Windows knows neither SIGINT nor SIGKILL")
@pytest.mark.parametrize("sent", ["SIGINT", "SIGKILL"])
@pytest.mark.usefixtures("heeded")
def test_a_stop_in_the_middle_of_a_file_keeps_whole_files_and_the_next_fetch_completes(
    tmp_path: Path, replay: Replay, campaign: Path, proxy: Proxy, sent: str
) -> None:
    raw, half_sent = tmp_path / "raw", threading.Event()
    replay.faults.append(
        Fault("^/val/", change=lambda true: Answer(true.body, half_sent=half_sent))
    )
    fetching = start(campaign, raw, proxy)
    wait_until_half_is_there(fetching, raw / ".fetch" / "part-0", half_sent)
    fetching.send_signal(getattr(signal, sent))
    out, err = fetching.communicate(timeout=600)
    whole = [FILES[0], FILES[0] + ".toml"]
    if sent == "SIGINT":
        assert fetching.returncode == 130
        assert sorted(path.name for path in raw.iterdir()) == whole
        assert out.startswith(f"new       {FILES[0]}")
        assert err.strip().splitlines()[-1] == (
            "stopped: the files that were whole are kept; the same command fetches the rest"
        )
        assert "Traceback" not in err
    assert sorted(path.name for path in raw.iterdir() if path.name != ".fetch") == whole

    again = start(campaign, raw, proxy)
    out, err = again.communicate(timeout=600)
    assert again.returncode == 0, err
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["unchanged", FILES[0]],
        ["new", FILES[1]],
    ]
    assert sorted(path.name for path in raw.iterdir()) == sorted(
        [*FILES, *(name + ".toml" for name in FILES)]
    )
    assert (raw / FILES[1]).read_bytes() == ZIP
    areas = read_source(load_source(AREAS), raw, county_code="01")
    assert len(areas) == 5
    assert set(proxy.tunnels) == {"geodata.scb.se:443", "www.val.se:443"}


FULL = """
import resource
from geoprio.cli.entry import main
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
main()
"""
"""A disk that takes half of the second file."""


def test_a_full_disk_is_told_keeps_whole_files_and_the_next_fetch_completes(
    tmp_path: Path, campaign: Path, proxy: Proxy
) -> None:
    raw = tmp_path / "raw"
    fetching = start(campaign, raw, proxy, program=("-c", FULL))
    out, err = fetching.communicate(timeout=600)
    assert fetching.returncode == 2
    assert out.startswith(f"new       {FILES[0]}")
    assert "nothing more can be written: File too large; make room on the disk" in err
    assert "Traceback" not in err
    assert sorted(path.name for path in raw.iterdir()) == [FILES[0], FILES[0] + ".toml"]
    again = start(campaign, raw, proxy)
    out, err = again.communicate(timeout=600)
    assert again.returncode == 0, err
    assert (raw / FILES[1]).read_bytes() == ZIP
