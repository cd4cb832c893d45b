"""Published files: moved addresses, checksum lists, and zips that are not what they seem."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.sources import Source, load_source, read_source
from geoprio.sources.catalogue import FileFetch, ListFetch
from geoprio.sources.fetch import Client, fetch_sources
from geoprio.sources.fetch.store import read_sidecar
from geoprio.sources.raw import find_files
from tests.sources.fetch.conftest import Fetch
from tests.sources.fetch.replay import Answer, Replay
from tests.sources.fetch.toys import RESULTS, VAL, Site, authority, checksums, source, zipped
from tests.sources.test_val_json import MEMBER, VOTES, district
from tests.sources.toy import write_xlsx

Make = Callable[..., Client]
OLD = "/download/18.1/100/valdistrikt.zip"
NEW = "/download/18.2/200/Valdistrikt.zip"
PAGE = "/radata"
GOOD = zipped({"d.json": b'{"features": []}'})


@pytest.fixture
def site(replay: Replay) -> Site:
    served = Site("/val", {OLD: GOOD})
    replay.apps["/val"] = served.answer
    return served


@pytest.fixture
def results(replay: Replay) -> Site:
    files = {
        path: zipped({"r.json": path.encode()})
        for path in ("s/kf/KF_0114.zip", "s/kf/KF_0180.zip", "s/kf/KF_0380.zip", "p/kf/KF_0114.zip")
    }
    folder = "/resultatfiler/val2026/"
    served = Site("/resultat", {folder + path: body for path, body in files.items()})
    served.files[folder + "index.md5"] = checksums(files)
    replay.apps["/resultat"] = served.answer
    return served


def file_source(**changes: Any) -> Source:
    origin = {
        "kind": "file",
        "url": VAL + OLD,
        "index_page": VAL + PAGE,
        "credit": "Valmyndigheten",
    }
    return source({**origin, **changes}, files=["valdistrikt.zip"])


def list_source(**changes: Any) -> Source:
    origin = {
        "kind": "md5_list",
        "url": f"{RESULTS}/index.md5",
        "members": "s/kf/KF_{county_code}??.zip",
        "credit": "Valmyndigheten",
    }
    return source({**origin, **changes}, files=["KF_*.zip"], several=True)


def test_a_file_is_fetched_once_and_asked_for_again_only_if_newer(
    tmp_path: Path, replay: Replay, site: Site, fetch: Fetch
) -> None:
    assert [item.state for item in fetch(file_source())] == ["new"]
    assert (tmp_path / "valdistrikt.zip").read_bytes() == GOOD
    assert [item.state for item in fetch(file_source())] == ["unchanged"]
    assert replay.calls[-1].headers["if-modified-since"] == site.modified
    site.modified = "Thu, 15 Oct 2026 07:00:00 GMT"
    site.files[OLD] = zipped({"d.json": b'{"features": [1]}'})
    assert [item.state for item in fetch(file_source())] == ["changed"]


def test_a_moved_file_is_found_by_its_name_on_the_index_page(
    tmp_path: Path, site: Site, fetch: Fetch
) -> None:
    site.files = {
        NEW: GOOD,
        PAGE: f'<a href="/annat.zip">x</a><p><a class="f" href="{NEW}">Valdistrikt</a>'.encode(),
    }
    fetch(file_source())
    assert (tmp_path / "valdistrikt.zip").read_bytes() == GOOD
    told = (tmp_path / "valdistrikt.zip.toml").read_text(encoding="utf-8")
    assert VAL + NEW in told


def test_a_file_that_the_index_page_lacks_is_told_with_the_nearest(
    site: Site, fetch: Fetch
) -> None:
    site.files = {PAGE: b'<a href="/download/18.2/200/valdistrikt-2.zip">x</a>'}
    with pytest.raises(SourceError, match=r"0 links to a file named 'valdistrikt.zip'") as told:
        fetch(file_source())
    assert "found: valdistrikt-2.zip" in str(told.value)


def test_a_link_to_another_host_is_not_followed(replay: Replay, site: Site, fetch: Fetch) -> None:
    site.files = {PAGE: b'<a href="https://elsewhere.invalid/valdistrikt.zip">x</a>'}
    with pytest.raises(SourceError, match="refused; expected https to a host that a source names"):
        fetch(file_source())
    assert len(replay.calls) == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (zipped({"../ut.json": b"{}"}), "paths that leave its folder"),
        (zipped({"/etc/x": b"{}"}), "paths that leave its folder"),
        (zipped({"C:\\x.json": b"{}"}), "paths that leave its folder"),
        (zipped({"a\\..\\..\\x.json": b"{}"}), "paths that leave its folder"),
        (zipped({"a.json": bytes(5_000_000)}), r"a\.json unpacks to [\d,]+ times its size"),
        (b"<!DOCTYPE html><h1>Underh\xc3\xa5ll</h1>", "found an XML or HTML page.*Underhåll"),
        (GOOD[:40], "cut off or damaged"),
        (b"", "the reply is empty"),
    ],
    ids=["climbs", "absolute", "drive", "backslash", "expands", "page", "cut", "empty"],
)
def test_a_file_that_is_not_safe_or_whole_is_refused(
    tmp_path: Path, site: Site, body: bytes, message: str, fetch: Fetch
) -> None:
    site.files[OLD] = body
    with pytest.raises(SourceError, match=message):
        fetch(file_source())
    assert not list(tmp_path.iterdir())


def test_a_zip_of_more_than_its_stated_content_is_refused(
    tmp_path: Path, site: Site, fetch: Fetch
) -> None:
    # A harmless expansion, but more than the source says that the file may hold.
    site.files[OLD] = zipped({"a.json": bytes(range(256)) * 8_000})
    with pytest.raises(SourceError, match=r"unpacks to 2,048,000 bytes; at most 1,000,000"):
        fetch(file_source(unpacked_mb=1))
    assert not list(tmp_path.iterdir())


def test_a_file_larger_than_its_stated_maximum_is_refused(
    tmp_path: Path, site: Site, fetch: Fetch
) -> None:
    site.files[OLD] = bytes(range(256)) * 4000
    with pytest.raises(SourceError, match="larger than 1,000,000 bytes"):
        fetch(file_source(maximum_mb=1))
    assert not list(tmp_path.iterdir())


def test_the_countys_files_of_a_list_are_fetched(
    tmp_path: Path, replay: Replay, results: Site, fetch: Fetch
) -> None:
    fetch(list_source())
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["KF_0114.zip", "KF_0180.zip"]
    before = len(replay.calls)
    assert {item.state for item in fetch(list_source())} == {"unchanged"}
    # The list alone is asked for: its checksums are those of the files that are there.
    assert len(replay.calls) == before + 1
    assert results.files


def test_a_file_that_is_not_what_the_list_says_is_refused(
    tmp_path: Path, results: Site, fetch: Fetch
) -> None:
    results.files["/resultatfiler/val2026/s/kf/KF_0180.zip"] = zipped({"r.json": b"other"})
    with pytest.raises(SourceError, match=r"KF_0180.zip: its MD5 is .* the publisher's list says"):
        fetch(list_source())
    # The other file is whole, and stays.
    assert [path.name for path in sorted(tmp_path.glob("*.zip"))] == ["KF_0114.zip"]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"url": RESULTS.replace("2026", "2024") + "/index.md5"}, "404"),
        ({"members": "s/*/Val_2024*_slutlig_00_E.zip"}, r"found: s/kf/KF_0114\.zip"),
    ],
    ids=["no such list", "other names"],
)
@pytest.mark.usefixtures("results")
def test_a_guess_that_is_wrong_says_what_the_server_has_and_what_to_do(
    fetch: Fetch, changes: dict[str, str], found: str
) -> None:
    with pytest.raises(SourceError, match=rf"(?s){found}.*is a guess.*ask the authority"):
        fetch(list_source(how="ask the authority", **changes))


def test_the_guessed_names_of_the_eu_election_are_asked_for(
    tmp_path: Path, results: Site, client: Make
) -> None:
    name, path = "val_results_2024_eu", "s/e/Val_20240609_slutlig_00_E.zip"
    folder = "/resultatfiler/val2024/"
    body = zipped({"Val_20240609_slutlig_rostfordelning_00_E.json": b"{}"})
    results.files |= {folder + path: body, folder + "index.md5": checksums({path: body})}
    source = load_source(name)
    fetch_sources({name: source}, tmp_path, county_code="01", client=client())
    (found,) = find_files(source, tmp_path, campaign="x")
    assert found.name == "Val_20240609_slutlig_00_E.zip"


def test_a_list_that_climbs_out_names_no_file(results: Site, fetch: Fetch) -> None:
    results.files["/resultatfiler/val2026/index.md5"] = b"0" * 32 + b"  ./../s/kf/KF_0114.zip\n"
    with pytest.raises(SourceError, match="expected a list of MD5 checksums"):
        fetch(list_source())


SIGNED = {"r.json": b'{"r": 1}', "m.json": b'{"m": 1}'}


@pytest.fixture
def signing(results: Site) -> Callable[..., None]:
    """Serve one zip of those members, and the certificate or another file in its place."""

    def serve(members: dict[str, bytes], pem: bytes | None = None) -> None:
        folder, path = "/resultatfiler/val2026/", "s/kf/KF_0114.zip"
        body = zipped(members)
        results.files |= {
            folder + path: body,
            folder + "index.md5": checksums({path: body}),
            "/keys/val-sign-crt.pem": authority().pem if pem is None else pem,
        }

    return serve


def signed_source() -> Source:
    certificate = "https://resultat.val.se/keys/val-sign-crt.pem"
    return list_source(certificate=certificate, certificate_sha256=authority().fingerprint)


def test_what_is_signed_by_the_authority_is_placed_and_the_sidecar_says_so(
    tmp_path: Path, signing: Callable[..., None], fetch: Fetch
) -> None:
    signing(authority().signed(SIGNED))
    assert [item.state for item in fetch(signed_source())] == ["new"]
    sidecar = read_sidecar(tmp_path / "KF_0114.zip")
    assert sidecar is not None
    assert sidecar.signed_by == authority().fingerprint
    assert [item.state for item in fetch(signed_source())] == ["unchanged"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"r.json": b'{"r": 2}'}, r"signature is not that of the file: r\.json"),
        ({"m_sign.sha256": b"0" * 256}, r"signature is not that of the file: m\.json"),
        ({"m_sign.sha256": b""}, r"signature is not that of the file: m\.json"),
        ({"x.json": b"{}"}, r"signature is missing beside the file: x\.json"),
    ],
    ids=["changed file", "other signature", "empty signature", "no signature"],
)
def test_what_somebody_has_changed_is_refused_though_its_checksum_is_right(
    tmp_path: Path,
    signing: Callable[..., None],
    fetch: Fetch,
    changed: dict[str, bytes],
    message: str,
) -> None:
    signing(authority().signed(SIGNED) | changed)
    with pytest.raises(SourceError, match=message):
        fetch(signed_source())
    assert not (tmp_path / "KF_0114.zip").exists()


@pytest.mark.parametrize(
    ("pem", "message"),
    [
        (b"<html>Sidan finns inte</html>", "cannot be read as one of RSA"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read as"),
        (None, "certificate that signatures are held against is another: its SHA-256 is "),
    ],
    ids=["page", "damaged", "other"],
)
def test_a_certificate_that_is_not_the_known_one_is_not_trusted(
    signing: Callable[..., None], fetch: Fetch, pem: bytes | None, message: str
) -> None:
    stranger = authority.__wrapped__()
    signing(stranger.signed(SIGNED), stranger.pem if pem is None else pem)
    with pytest.raises(SourceError, match=message):
        fetch(signed_source())


@pytest.mark.parametrize("counted", [True, False])
def test_a_final_that_is_signed_and_half_counted_is_fetched_and_not_read(
    tmp_path: Path, results: Site, client: Make, counted: bool
) -> None:
    """It is what the authority has that day: the next fetch gets the whole count."""
    name, path = "val_results_2026_riksdag", "s/rd/Val_2026_slutlig_00_RD.zip"
    districts = [district("01140101", VOTES), district("01140102", VOTES if counted else None)]
    reply = json.dumps({"valtyp": "RD", "valdistrikt": districts}).encode()
    body = zipped(authority().signed({MEMBER: reply}))
    folder = "/resultatfiler/val2026/"
    results.files |= {
        folder + path: body,
        folder + "index.md5": checksums({path: body}),
        "/keys/val-sign-crt.pem": authority().pem,
    }
    shipped = load_source(name)
    assert isinstance(shipped.fetch, ListFetch)
    fetch = shipped.fetch.model_copy(update={"certificate_sha256": authority().fingerprint})
    source = shipped.model_copy(update={"fetch": fetch})
    fetch_sources({name: source}, tmp_path, county_code="01", client=client())
    if counted:
        assert len(read_source(source, tmp_path, county_code="01")) == 2
        return
    with pytest.raises(SourceError, match=r"(?s)1 of 2 polling districts.*not counted.*01140102"):
        read_source(source, tmp_path, county_code="01")


def test_a_certificate_needs_its_checksum() -> None:
    with pytest.raises(ValueError, match="belong together"):
        list_source(certificate="https://resultat.val.se/keys/val-sign-crt.pem")


LISTS = ("val_polling_places_2026", "val_early_places_2026", "val_early_votes_2026")


def published_list(name: str, demo_raw: Path) -> tuple[Source, str, bytes]:
    """Return a list of places, or of early votes: its source, its path at the host, its bytes."""
    source = load_source(name)
    assert isinstance(source.fetch, FileFetch)
    body = (demo_raw / source.files[0]).read_bytes()
    return source, urlsplit(source.fetch.url or "").path, body


@pytest.mark.parametrize("name", LISTS)
def test_where_people_vote_is_fetched_in_the_authoritys_form_and_read(
    tmp_path: Path, replay: Replay, client: Make, demo_raw: Path, name: str
) -> None:
    source, path, body = published_list(name, demo_raw)
    replay.apps["/data"] = Site("/data", {path: body}).answer
    fetch_sources({name: source}, tmp_path, county_code="01", client=client())
    read = read_source(source, tmp_path, county_code="01")
    pd.testing.assert_frame_equal(read, read_source(source, demo_raw, county_code="01"))
    assert len(read) > 20


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Answer(b"<!DOCTYPE html><h1>Underh\xc3\xa5ll</h1>"), "found an XML or HTML page"),
        (Answer(b""), "the reply is empty"),
        (Answer(b"[" * 400, cut=200), "no whole reply"),
        (Answer(b"borta", 410), "refused with 404"),
    ],
    ids=["page with 200", "empty", "cut", "gone"],
)
def test_what_is_no_list_of_where_people_vote_is_not_placed(
    tmp_path: Path,
    replay: Replay,
    client: Make,
    demo_raw: Path,
    name: str,
    answer: Answer,
    message: str,
) -> None:
    source, _, _ = published_list(name, demo_raw)
    replay.apps["/data"] = lambda _: answer
    with pytest.raises(SourceError, match=message):
        fetch_sources({name: source}, tmp_path, county_code="01", client=client())
    assert not list(tmp_path.iterdir())


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
def scb(replay: Replay) -> Site:
    served = Site("/scb")
    replay.apps["/scb"] = served.answer
    return served


def book(folder: Path, header: list[str], **other: Any) -> bytes:
    path = write_xlsx(folder / "made.xlsx", [*TITLES, header, *ROWS], **other)
    content = path.read_bytes()
    path.unlink()
    return content


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
    tmp_path: Path, scb: Site, client: Make, name: str, spelling: int
) -> None:
    source = load_source(name)
    scb.files[path_of(origin(source).url)] = book(tmp_path, headers(name)[spelling], sheet="Blad1")
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
    tmp_path: Path, scb: Site, client: Make, name: str
) -> None:
    source = load_source(name)
    stem = str(origin(source).file_name).removesuffix("*.xlsx")
    page = [f'<a href="/nytt/{stem}_{date}.xlsx">x</a>' for date in ("2027-01-15", "2026-12-01")]
    scb.files = {
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
    source = load_source("scb_key_deso2018_regso2020")
    assert len(read_source(source, tmp_path, county_code="01")) == 2


def test_unknown_headings_are_told_with_what_to_do(tmp_path: Path) -> None:
    content = book(tmp_path, ["Kommun", "Kommunnamn", "Område", "Större", "Kod"], sheet="Nya")
    (tmp_path / "koppling-deso2018-regso2020_2027-01-01.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=r"(?s)no row holds.*`spellings`.*'Nya' row 4: 'Kommun'"):
        read_source(load_source("scb_key_deso2018_regso2020"), tmp_path, county_code="01")
