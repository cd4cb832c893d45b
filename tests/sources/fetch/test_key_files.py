"""The keys of DeSO to RegSO: workbooks whose names carry a date, of a layout not seen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from geoprio.config import shipped_folder
from geoprio.errors import SourceError
from geoprio.sources import Source, load_source, read_source
from geoprio.sources.catalogue import FileFetch
from geoprio.sources.fetch import Client, fetch_sources
from tests.sources.fetch.replay import Replay
from tests.sources.fetch.toys import Site
from tests.sources.toy import write_xlsx

Make = Callable[..., Client]
YEARS = {
    "scb_key_deso2018_regso2020": ("2018", "2020"),
    "scb_key_deso2025_regso2025": ("2025",) * 2,
}
TITLES: list[list[Any]] = [["Koppling mellan DeSO och RegSO"], [], ["Källa: SCB", "", "2026-03-25"]]
ROWS: list[list[Any]] = [
    ["0180", "Stockholm", "0180C1010", "Kista", "0180R001"],
    ["0114", "Upplands Väsby", "0114A0010", "Bollstanäs", "0114R001"],
    ["0305", "Håbo", "0305A0010", "Bålsta", "0305R001"],
]


@pytest.fixture
def site(replay: Replay) -> Site:
    served = Site("/scb")
    replay.apps["/scb"] = served.answer
    return served


def book(folder: Path, header: list[str], **other: Any) -> bytes:
    path = write_xlsx(folder / "made.xlsx", [*TITLES, header, *ROWS], **other)
    content = path.read_bytes()
    path.unlink()
    return content


def key(name: str) -> Source:
    return load_source(name, [shipped_folder()])


def origin(source: Source) -> FileFetch:
    assert isinstance(source.fetch, FileFetch)
    return source.fetch


def path_of(url: str | None) -> str:
    return urlsplit(url or "").path


def headers(name: str) -> list[list[str]]:
    first, second = YEARS[name]
    return [
        ["Kommun", "Kommunnamn", f"DeSO_{first}", f"RegSO_{second}", f"RegSOkod_{second}"],
        ["Kommun", "Kommunnamn", "DeSO", "RegSO", "RegSO kod"],
        ["KOMMUN", "Kommunens namn", f"DeSO-kod {first}", "RegSO-namn", f"RegSO-kod {second}"],
    ]


@pytest.mark.parametrize("name", YEARS)
@pytest.mark.parametrize("spelling", [0, 1])
def test_the_key_is_fetched_and_read(
    tmp_path: Path, site: Site, client: Make, name: str, spelling: int
) -> None:
    source = key(name)
    site.files[path_of(origin(source).url)] = book(tmp_path, headers(name)[spelling], sheet="Blad1")
    fetch_sources({name: source}, tmp_path, county_code="01", client=client())
    frame = read_source(source, tmp_path, county_code="01")
    assert list(frame.index) == ["0114A0010", "0180C1010"]
    assert frame.loc["0180C1010"].to_dict() == {
        "parent_code": "0180R001",
        "parent_name": "Kista",
        "municipality_code": "0180",
        "municipality_name": "Stockholm",
    }


@pytest.mark.parametrize("name", YEARS)
def test_a_newer_date_in_the_name_is_found_on_the_page(
    tmp_path: Path, site: Site, client: Make, name: str
) -> None:
    source = key(name)
    stem = str(origin(source).file_name).removesuffix("*.xlsx")
    page = [f'<a href="/nytt/{stem}_{date}.xlsx">x</a>' for date in ("2027-01-15", "2026-12-01")]
    site.files = {
        path_of(origin(source).index_page): "".join(page).encode(),
        f"/nytt/{stem}_2027-01-15.xlsx": book(tmp_path, headers(name)[0]),
        f"/nytt/{stem}_2026-12-01.xlsx": b"the older one",
    }
    fetch_sources({name: source}, tmp_path, county_code="01", client=client())
    assert [path.name for path in tmp_path.glob("*.xlsx")] == [f"{stem}.xlsx"]
    assert len(read_source(source, tmp_path, county_code="01")) == 2


def test_the_csv_put_in_place_by_hand_still_serves(tmp_path: Path) -> None:
    text = "Kommun,Kommunnamn,DeSO_2018,RegSO_2020,RegSOkod_2020\r\n" + "\r\n".join(
        ",".join(row) for row in ROWS
    )
    (tmp_path / "koppling-deso2018-regso2020.csv").write_text(text, encoding="utf-8-sig")
    assert len(read_source(key("scb_key_deso2018_regso2020"), tmp_path, county_code="01")) == 2


def test_unknown_headings_are_told_with_what_to_do(tmp_path: Path) -> None:
    content = book(tmp_path, ["Kommun", "Kommunnamn", "Område", "Större", "Kod"], sheet="Nya")
    (tmp_path / "koppling-deso2018-regso2020_2027-01-01.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=r"(?s)no row holds.*`spellings`.*'Nya' row 4: 'Kommun'"):
        read_source(key("scb_key_deso2018_regso2020"), tmp_path, county_code="01")
