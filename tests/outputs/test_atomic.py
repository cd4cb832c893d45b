"""One file appears whole or not at all; several that belong together are in `test_files`."""

from pathlib import Path

import pytest

from geoprio.errors import GeoprioError
from geoprio.files.folder import write_bytes


def test_a_written_file_holds_the_bytes_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "fil.csv"
    for content in ("å;ä\r\n".encode("utf-8-sig"), b"again"):
        write_bytes(path, content)
        assert path.read_bytes() == content
        assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_no_half_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "karta.html"
    write_bytes(path, b"old")
    whole = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        whole(self, content[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(GeoprioError, match="No space left"):
        write_bytes(path, b"half")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "upptagen").write_bytes(b"")
    with pytest.raises(GeoprioError, match=r"karta\.html: cannot be written"):
        write_bytes(tmp_path / "upptagen" / "karta.html", b"x")
