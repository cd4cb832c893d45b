"""Files appear whole or not at all."""

from pathlib import Path

import pytest

from geoprio.errors import GeoprioError
from geoprio.outputs.atomic import replacing, write_bytes, write_text


def test_a_written_file_holds_the_bytes_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "fil.csv"
    write_text(path, "å;ä\r\n", encoding="utf-8-sig")
    assert path.read_bytes() == b"\xef\xbb\xbf\xc3\xa5;\xc3\xa4\r\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_writer_leaves_the_old_file_and_no_half_new_one(tmp_path: Path) -> None:
    path = tmp_path / "karta.html"
    write_bytes(path, b"old")
    with pytest.raises(ValueError, match="broken"), replacing(path) as part:
        part.write_bytes(b"half")
        message = "broken"
        raise ValueError(message)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_temporary_name_keeps_the_ending_that_writers_choose_by(tmp_path: Path) -> None:
    with replacing(tmp_path / "plan.parquet") as part:
        assert part.parent == tmp_path
        assert part.suffix == ".parquet"
        part.write_bytes(b"x")


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "upptagen").write_bytes(b"")
    with pytest.raises(GeoprioError, match=r"karta\.html: cannot be written"):
        write_bytes(tmp_path / "upptagen" / "karta.html", b"x")
