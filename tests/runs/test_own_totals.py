"""The user's own totals are in no file, log or message that a run makes."""

import io
import json
import logging
import re
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.runs import Run
from tests.runs.test_demo_run import all_bytes
from tests.unpacked import payload_of

CHECKSUM = re.compile(rb"[0-9a-f]{64}|sha256-[\w+/=]+")
"""Digits that mean nothing, and change with everything."""
NUMBER = re.compile(rb"\d+(?:[.,]\d+)?")
FILES = ("medlemmar.csv", "aktivitet.csv")


def written_numbers(folder: Path) -> set[bytes]:
    """Return every number, as it is written, of the text files of a run."""
    found: set[bytes] = set()
    for name, content in all_bytes(folder).items():
        if not name.endswith(".parquet"):
            read = READ.get(Path(name).suffix, bytes)(content)
            found |= set(NUMBER.findall(CHECKSUM.sub(b"", read)))
    return found


def unzipped(workbook: bytes) -> bytes:
    """Return what a workbook holds, not its packed letters, which hold digits by chance."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as held:
        return b"".join(held.read(name) for name in held.namelist())


def unpacked(page: bytes) -> bytes:
    """Return a map's page with its data as they are, not as letters that hold digits by chance."""
    before, _, after = page.partition(b'id="data">')
    held = json.dumps(payload_of(page.decode())).encode()
    return before + held + after.partition(b"</script>")[2]


READ = {".html": unpacked, ".xlsx": unzipped}


def parquet_numbers(folder: Path) -> np.ndarray:
    frames = [pd.read_parquet(path) for path in sorted(folder.rglob("*.parquet"))]
    return np.concatenate([frame.select_dtypes("number").to_numpy().ravel() for frame in frames])


def whole_numbers(folder: Path) -> list[int]:
    values = parquet_numbers(folder)
    return [int(value) for value in values[np.isfinite(values)] if value == int(value)]


def test_own_totals_are_in_no_file_log_or_message(
    demo_raw: Path,
    tmp_path: Path,
    demo_out: Path,
    demo_result: Run,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert demo_result.paths
    own_raw = Path(shutil.copytree(demo_raw, tmp_path / "raw"))
    caplog.set_level(logging.DEBUG)
    # Numbers that a run with other totals writes nowhere: found afterwards, they have leaked.
    usual = written_numbers(demo_out) | {b"%d" % value for value in whole_numbers(demo_out)}
    free = (number for number in range(901, 9999) if b"%d" % number not in usual)
    given: dict[str, pd.Series] = {}
    for name in FILES:
        path = own_raw / "privat" / name
        table = pd.read_csv(path, sep=";", encoding="utf-8-sig")
        table.iloc[:, 1] = [next(free) for _ in range(len(table))]
        table.to_csv(path, sep=";", index=False)
        given[name] = table.iloc[:, 1]
    out = own_raw / "out"
    result = pipeline.run(own_raw / "demo.toml", raw=own_raw, out=out)
    indicators = [level.indicators for level in result.levels.values()]
    rates = pd.concat([frame.filter(like="_per_1000") for frame in indicators]).to_numpy().ravel()
    assert np.isfinite(rates).all()

    own = {b"%d" % number for series in given.values() for number in series}
    assert not own & written_numbers(out)
    told = " ".join([*result.warnings, caplog.text, *capfd.readouterr()]).encode()
    assert not own & set(NUMBER.findall(told))
    numbers = parquet_numbers(out)
    assert not np.isin(pd.concat(list(given.values())), numbers).any()
    assert not np.isin(rates, numbers).any()
