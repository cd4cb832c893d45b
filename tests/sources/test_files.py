"""Finding and opening raw files."""

import zipfile
from pathlib import Path

import pytest

from geoprio.errors import SourceError
from geoprio.sources import find_files, read_source, sha256
from geoprio.sources import raw as files
from geoprio.sources.fetch import state_of
from geoprio.words import told
from tests.sources.toy import area_source, districts, source, write_zip


def test_a_missing_file_says_which_where_and_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        find_files(source(files=["a.csv", "b-*.csv"]), tmp_path, campaign="lan")
    for part in ("Leksak", "a.csv, b-*.csv", str(tmp_path), 'geoprio fetch "lan"', "www.scb.se"):
        assert part in str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no such folder"):
        find_files(source(), tmp_path / "nowhere", campaign="lan")


def test_the_first_name_that_fits_wins(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).touch()
    found = find_files(source(files=["b.csv", "a.csv"]), tmp_path, campaign="lan")
    assert [path.name for path in found] == ["b.csv"]


def test_two_files_of_one_name_are_an_error_that_lists_them(tmp_path: Path) -> None:
    for name in ("toy.csv", "toy.txt"):
        (tmp_path / name).touch()
    with pytest.raises(SourceError, match=r"(?s)several files fit.*toy\.csv.*toy\.txt"):
        find_files(source(), tmp_path, campaign="lan")


def test_sha256_of_a_known_text(tmp_path: Path) -> None:
    path = tmp_path / "abc"
    path.write_bytes(b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n", b"  \n"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "toy.csv").write_bytes(content)
    with pytest.raises(SourceError, match=r"toy\.csv \(Leksak\): the file is empty"):
        read_source(source(), tmp_path, county_code="01")


@pytest.mark.parametrize("kept", [0.5, 0.98])
def test_a_truncated_zip_is_refused(tmp_path: Path, kept: float) -> None:
    path = write_zip(tmp_path / "toy.zip", {"a.json": districts()})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceError, match="truncated or damaged"):
        read_source(area_source(), tmp_path, county_code="01")


def test_a_zip_with_a_flipped_byte_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "toy.zip", {"a.json": districts()})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(SourceError, match="truncated or damaged"):
        read_source(area_source(), tmp_path, county_code="01")


def test_a_zip_without_geojson_says_what_it_holds(tmp_path: Path) -> None:
    write_zip(tmp_path / "toy.zip", {"readme.txt": "x"})
    with pytest.raises(SourceError, match=r"found readme\.txt"):
        read_source(area_source(), tmp_path, county_code="01")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    with zipfile.ZipFile(tmp_path / "toy.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.json", " " * 1001)
    with pytest.raises(SourceError, match="unpacks to 1,001 bytes"):
        read_source(area_source(), tmp_path, county_code="01")


@pytest.mark.parametrize("how", ["fråga kommunen", {"sv": "fråga kommunen", "en": "ask the town"}])
def test_how_an_own_file_is_got_is_one_sentence_or_one_a_language(
    tmp_path: Path, how: str | dict[str, str]
) -> None:
    own = source(files=["eget.csv"], fetch={"kind": "own", "how": how})
    with pytest.raises(SourceError) as missing:
        find_files(own, tmp_path, campaign="k.toml")
    english = how if isinstance(how, str) else how["en"]
    listed = state_of("eget", own, tmp_path).how
    assert "fråga kommunen" in missing.value.told("sv")
    assert "fråga kommunen" in told(listed, "sv")
    assert english in missing.value.told("en")
    assert english in told(listed, "en")
    assert "sv=" not in missing.value.told("sv") + told(listed, "en")
