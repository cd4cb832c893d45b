"""Files read back as they were meant, and nothing half-written is left."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import GeoprioError
from geoprio.outputs.atomic import replace_all
from geoprio.outputs.files import render_csv, render_frame, render_record


def toy() -> pd.DataFrame:
    return pd.DataFrame(
        {"namn på område": ["Åkersberga", "=1+1"], "andel": [12.5, np.nan], "antal": [3.0, np.nan]},
        index=pd.Index(["0117R001", "0180R002"], name="kod"),
    )


def test_swedish_excel_s_rules() -> None:
    raw = render_csv(toy(), notes={"anmärkning": "DEMO"})
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode("utf-8-sig").splitlines() == [
        "kod;namn på område;andel;antal;anmärkning",
        "0117R001;Åkersberga;12,5;3;DEMO",
        "0180R002;'=1+1;;;DEMO",
    ]
    assert raw.count(b"\r\n") == 3


def test_an_unknown_number_never_becomes_a_token_that_is_not_json() -> None:
    assert json.loads(render_record({"seed": 1})) == {"seed": 1}
    with pytest.raises(ValueError, match="Out of range"):
        render_record({"seed": float("nan")})


def test_the_demo_mark_is_in_every_frame() -> None:
    marked = pd.read_parquet(io.BytesIO(render_frame(toy(), mark="DEMO")))
    assert (marked["demo_mark"] == "DEMO").all()
    assert "demo_mark" not in pd.read_parquet(io.BytesIO(render_frame(toy(), mark=None)))


def test_files_appear_together_or_not_at_all(tmp_path: Path) -> None:
    old, new, blocked = tmp_path / "old.csv", tmp_path / "new.csv", tmp_path / "folder"
    old.write_bytes(b"before")
    blocked.mkdir()
    (blocked / "in-the-way").write_bytes(b"")
    with pytest.raises(GeoprioError, match="folder: cannot be written"):
        replace_all({old: b"after", new: b"after", blocked: b"after"})
    assert old.read_bytes() == b"before"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["folder", "old.csv"]
    replace_all({old: b"after", new: b"after"})
    assert old.read_bytes() == new.read_bytes() == b"after"
