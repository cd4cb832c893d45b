"""Files read back as they were meant, and nothing half-written is left."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import GeoprioError
from geoprio.files.folder import replace_all
from geoprio.files.table import Table, render_csv, render_frame, render_record

HEADINGS = {
    "area_code": "kod",
    "area_name": "namn på område",
    "lo_share": "andel",
    "lo_count": "antal",
}


def toy() -> pd.DataFrame:
    return pd.DataFrame(
        {"area_name": ["Åkersberga", "=1+1"], "lo_share": [12.5, np.nan], "lo_count": [3, np.nan]},
        index=pd.Index(["0117R001", "0180R002"], name="area_code"),
    )


def csv(frame: pd.DataFrame, **notes: str) -> bytes:
    return render_csv(Table(frame, HEADINGS), "valledning", language="sv", notes=notes)


def test_swedish_excel_s_rules() -> None:
    raw = csv(toy(), anmärkning="DEMO")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines() == [
        "kod;namn på område;andel;antal;anmärkning;får läsas av",
        "0117R001;Åkersberga;12,5;3;DEMO;Internt – valledningen",
        "0180R002;'=1+1;;;DEMO;Internt – valledningen",
    ]
    assert raw.count(b"\r\n") == 3


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_that_a_spreadsheet_would_run_is_text(first: str) -> None:
    index = pd.Index(["-0117"], name="area_code")
    raw = csv(pd.DataFrame({"area_name": [f"{first}1+1"]}, index=index))
    assert f"'{first}1+1" in raw.decode("utf-8-sig")
    assert "'-0117" in raw.decode("utf-8-sig")


def test_a_table_without_rows_still_says_what_it_is() -> None:
    raw = csv(toy()[:0], anmärkning="DEMO")
    assert raw.decode("utf-8-sig").splitlines() == [
        "kod;namn på område;andel;antal;anmärkning;får läsas av",
        ";;;;DEMO;Internt – valledningen",
    ]
    frame = pd.read_parquet(io.BytesIO(render_frame(toy()[:0], "valledning", mark="DEMO")))
    assert frame.attrs["demo_mark"] == "DEMO"


def test_an_unknown_number_never_becomes_a_token_that_is_not_json() -> None:
    assert json.loads(render_record({"seed": 1}, "valledning")) == {
        "seed": 1,
        "audience": "valledning",
    }
    with pytest.raises(ValueError, match="Out of range"):
        render_record({"seed": float("nan")}, "valledning")


def test_the_demo_mark_is_in_every_frame() -> None:
    marked = pd.read_parquet(io.BytesIO(render_frame(toy(), "valledning", mark="DEMO")))
    assert (marked["demo_mark"] == "DEMO").all()
    assert "demo_mark" not in pd.read_parquet(
        io.BytesIO(render_frame(toy(), "valledning", mark=None))
    )


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    old, new, blocked = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "folder"
    seal = tmp_path / "run.json"
    old.write_bytes(b"before")
    seal.write_bytes(b"before")
    blocked.mkdir()
    with pytest.raises(GeoprioError, match="folder: cannot be written"):
        replace_all({old: b"after", new: b"after", blocked: b"x", seal: b"after"}, seal=seal)
    assert old.read_bytes() == seal.read_bytes() == b"before"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["folder", "old.csv", "run.json"]
    replace_all({old: b"after", new: b"after", seal: b"after"}, seal=seal)
    assert old.read_bytes() == new.read_bytes() == seal.read_bytes() == b"after"
    assert len(list(tmp_path.iterdir())) == 4


def test_a_name_that_cannot_be_had_puts_the_others_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [tmp_path / name for name in ("a.csv", "b.csv", "run.json")]
    for path in names[1:]:
        path.write_bytes(b"before")
    whole = Path.replace

    def busy(self: Path, target: Path) -> Path:
        if target.name == "b.csv" and ".part" in self.name:
            raise PermissionError(13, "open in another program")
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(GeoprioError, match=r"b\.csv: cannot be written"):
        replace_all(dict.fromkeys(names, b"after"), seal=names[-1])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        "b.csv": b"before",
        "run.json": b"before",
    }


def test_what_a_killed_run_left_is_swept_away_and_the_seal_goes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [tmp_path / name for name in ("a.csv", "run.json")]
    replace_all(dict.fromkeys(names, b"before"), seal=names[-1])
    whole = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if target.name == "a.csv":
            raise KeyboardInterrupt
        return whole(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        replace_all(dict.fromkeys(names, b"after"), seal=names[-1])
    assert not names[-1].exists()
    monkeypatch.undo()
    replace_all(dict.fromkeys(names, b"after"), seal=names[-1])
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.csv", "run.json"]
