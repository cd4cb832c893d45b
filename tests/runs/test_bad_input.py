"""A spoilt file or setting: a clear error, exit 2, and nothing half-written."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.errors import ConfigError, GeoprioError, SourceError

ZIP = "valdistrikt-stockholms-lan-2022.zip"
BORDERS = "deso-2018-wfs.geojson"
AGES = "TAB6574.json"
GROUPS = ("unga", "lo", "kvinnor", "invandrarbakgrund")


def truncate(raw: Path) -> None:
    path = raw / ZIP
    path.write_bytes(path.read_bytes()[:2000])


def empty(raw: Path) -> None:
    (raw / AGES).write_bytes(b"")


def remove(raw: Path) -> None:
    (raw / AGES).unlink()


def edit_json(file: str, change: Callable[[dict[str, object]], None]) -> Callable[[Path], None]:
    def spoil(raw: Path) -> None:
        content = json.loads((raw / file).read_text(encoding="utf-8"))
        change(content)
        (raw / file).write_text(json.dumps(content), encoding="utf-8")

    return spoil


def negative(content: dict[str, object]) -> None:
    content["value"][0] = -5


def words(content: dict[str, object]) -> None:
    content["value"][0] = "många"


def twice(content: dict[str, object]) -> None:
    content["features"].append(content["features"][0])


def elsewhere(content: dict[str, object]) -> None:
    content["features"] = content["features"][1:]


def toml(old: str, new: str) -> Callable[[Path], None]:
    def spoil(raw: Path) -> None:
        path = raw / "demo.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def profile(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return what gives the campaign a profile of its own, like the shipped one but in a detail."""

    def write(raw: Path) -> None:
        text = (shipped_folder() / "profiles" / f"{name}.toml").read_text(encoding="utf-8")
        assert old in text
        (raw / "profiles").mkdir()
        (raw / "profiles" / f"{name}.toml").write_text(text.replace(old, new), encoding="utf-8")

    return write


def twin_borders(raw: Path) -> None:
    (raw / "sources").mkdir()
    borders = "scb_deso_2018_wfs"
    shutil.copyfile(shipped_folder() / "sources" / f"{borders}.toml", raw / "sources" / "twin.toml")
    toml(f'"{borders}",', f'"{borders}", "twin",')(raw)


CASES = {
    "truncated zip": (truncate, SourceError, ZIP),
    "empty file": (empty, SourceError, AGES),
    "missing file": (remove, SourceError, "geoprio fetch"),
    "negative count": (edit_json(AGES, negative), SourceError, "-5"),
    "text for a number": (edit_json(AGES, words), SourceError, "många"),
    "duplicated code": (edit_json(BORDERS, twice), SourceError, BORDERS),
    "area without borders": (edit_json(BORDERS, elsewhere), GeoprioError, "0114"),
    "unknown key": (toml("top_k", "topk"), ConfigError, "topk: unknown key; did you mean `top_k`"),
    "weight in words": (toml("lo = 1.0", 'lo = "mycket"'), ConfigError, "target_groups.lo"),
    "unknown source": (toml('"kommuner"', '"komuner"'), ConfigError, "did you mean 'kommuner'"),
    "unknown set": (
        toml('scored_set = "regso_2020"', 'scored_set = "regso_2099"'),
        ConfigError,
        "regso_2099",
    ),
    "no results": (toml("year = 2022", "year = 2014"), ConfigError, "riksdag 2014"),
    "two borders": (twin_borders, ConfigError, "twin all give the areas of deso_2018"),
    "source twice": (
        toml('"kommuner",', '"kommuner", "kommuner",'),
        ConfigError,
        "kommuner stands twice",
    ),
    "nested in itself": (
        toml('area_set = "regso_2020"', 'area_set = "deso_2018"'),
        ConfigError,
        "expected a larger one",
    ),
    "date in words": (toml('"2022-09-11"', '"i höstas"'), ConfigError, "election.date"),
    "unknown association": (
        lambda raw: (raw / "associations.csv").write_text(
            "association;area_set;area_code\nTäby;kommun;0161\n", encoding="utf-8"
        ),
        ConfigError,
        "Täby: kommun has no area '0161'",
    ),
    "association without a name": (
        lambda raw: (raw / "associations.csv").write_text(
            "association;area_set;area_code\n;kommun;0160\n", encoding="utf-8"
        ),
        ConfigError,
        "row 2: a value is missing",
    ),
    "unknown indicator": (
        profile("canvass", "mobilisation_count", "mobilisation_cuont"),
        ConfigError,
        "found 'mobilisation_cuont'; did you mean 'mobilisation_count'?",
    ),
    "criterion of no weight": (
        profile("canvass", "weight = 0.5", "weight = 0.0"),
        ConfigError,
        "criteria.2.weight",
    ),
    "no group has a weight": (
        lambda raw: [toml(f"{name} = 1.0", f"{name} = 0.0")(raw) for name in GROUPS],
        ConfigError,
        "target_groups",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_spoilt_input_is_told_and_leaves_nothing(
    name: str, own_raw: Path, tmp_path: Path
) -> None:
    spoil, error, said = CASES[name]
    spoil(own_raw)
    out = tmp_path / "ut"
    with pytest.raises(error) as caught:
        pipeline.run(own_raw / "demo.toml", raw=own_raw, out=out)
    assert said in str(caught.value)
    assert not out.exists() or not any(path.is_file() for path in out.rglob("*"))


def test_the_command_says_what_to_mend_and_exits_2(own_raw: Path, tmp_path: Path) -> None:
    truncate(own_raw)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "geoprio", "run", str(own_raw / "demo.toml")),
            *("--raw", str(own_raw), "--out", str(tmp_path / "ut")),
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert ZIP.encode() in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_earlier_run_s_outputs_outlive_a_failed_one(own_raw: Path, tmp_path: Path) -> None:
    result = pipeline.run(own_raw / "demo.toml", raw=own_raw, out=tmp_path)
    before = {path: path.read_bytes() for path in result.paths.values()}
    truncate(own_raw)
    with pytest.raises(SourceError):
        pipeline.run(own_raw / "demo.toml", raw=own_raw, out=tmp_path)
    assert {path: path.read_bytes() for path in result.paths.values()} == before
