"""The invented county as its publishers give it: tables, layers and files, for a campaign on it."""

import csv
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from xlsxwriter import Workbook

from geoprio.cli import fetches as fetching
from geoprio.config import shipped_folder
from geoprio.sources import load_source, read_source
from geoprio.sources.catalogue import FileFetch
from geoprio.sources.fetch import Client
from geoprio.sources.sheets import CAST, ELECTORS, PARTY, VALID, VOTES
from geoprio.sources.sheets import CODE as DISTRICT
from tests.sources.fetch.conftest import Time
from tests.sources.fetch.replay import Answer, Call, Replay
from tests.sources.fetch.statistics_office import Cube, Office, cube_of
from tests.sources.fetch.toys import GeoServer, Site, authority, checksums, zipped

TABLES = (
    *("TAB6574", "TAB6569", "TAB6571", "TAB6572", "TAB6638", "TAB6679", "TAB6568", "TAB6681"),
    "TAB6534",
)
BALLOTS = {"riksdag": "RD", "region": "RF", "kommun": "KF"}
PARTIES = {
    "m": "Moderaterna",
    "c": "Centerpartiet",
    "l": "Liberalerna",
    "kd": "Kristdemokraterna",
    "mp": "Miljöpartiet de gröna",
    "s": "Arbetarepartiet-Socialdemokraterna",
    "v": "Vänsterpartiet",
    "sd": "Sverigedemokraterna",
    "other": "Övriga anmälda partier",
}
LAYERS = {
    "stat:DeSO_2025": "deso-2025-wfs.geojson",
    "stat:RegSO_2025": "regso-2025-wfs.geojson",
    "stat:Tatorter_2023": "tatorter-2023-wfs.geojson",
}
PLACES = ("val_polling_places_2026", "val_early_places_2026", "val_early_votes_2026")
"""The lists of where people vote, and of early votes."""


def county_of_2025(
    county: Path, files: Sequence[str], *folders: Path, most_cells: int = 150_000, home: str = ""
) -> tuple[Replay, Office]:
    """Return a server that publishes the county in its areas of 2025, and its tables.

    With the county's code in `home`, the results of 2022 too, in the authority's own form.
    """
    texts = [(county / f"{name}_DeSO2025.json").read_text(encoding="utf-8") for name in TABLES]
    cubes = [*(cube_of(text, codelist="vs_DeSO2025") for text in texts), residents(county)]
    site = published(county, files, *folders)
    for ballot in BALLOTS if home else ():
        workbook_ = long_results(county, ballot, home=home)
        site.files[address(f"val_roster_2022_{ballot}")] = workbook_
    office, replay = Office({cube.table: cube for cube in cubes}, most_cells), Replay()
    replay.apps = {
        "/v2host": office.v2,
        "/geo": layers(county, LAYERS),
        "/val": site.answer,
        "/data": replace(site, folder="/data").answer,
        "/resultat": results(county).answer,
    }
    return replay, office


def asking(order: fetching.Order, replay: Replay) -> Client:
    """Return the client of a fetch, sent to the replay server and never asleep."""
    passing, client = Time(), fetching.client_for(order, offline=False)
    return replace(client, route=replay.route, clock=passing.clock, sleep=passing.sleep)


def residents(county: Path) -> Cube:
    """Return TAB6471 with the residents of the demo's municipalities by age and sex."""
    with (county / "kommun-folkmangd-alder-kon-2018-2022.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    with (county / "kommuner.csv").open(encoding="utf-8-sig") as file:
        names = {
            row["municipality_code"].zfill(4): row["municipality_name_short"]
            for row in csv.DictReader(file)
        }
    held: dict[tuple[str, str, str], int] = {}
    for row in rows:
        code, age = row["municipality_code"].zfill(4), row["age"]
        sex = {"men": "1", "women": "2"}[row["gender"]]
        for key in ((age, sex), (age, "TotSa"), ("TotSA", sex), ("TotSA", "TotSa")):
            held[code, *key] = held.get((code, *key), 0) + int(row["population2022"])

    def figure(cell: Mapping[str, str]) -> float | None:
        return held[cell["Region"], cell["Alder"], cell["Kon"]]

    codes = {code: names[code] for code in dict.fromkeys(key[0] for key in held)}
    return Cube(
        table="TAB6471",
        label="Folkmängden per månad",
        variables={
            "Region": codes,
            "Alder": {age: age for age in dict.fromkeys(key[1] for key in held)},
            "Kon": {"1": "män", "2": "kvinnor", "TotSa": "totalt"},
            "ContentsCode": {"000007SF": "Folkmängd"},
            "Tid": {"2025M12": "2025M12"},
        },
        figure=figure,
        codelists={"vs_CKM03Kommun": codes},
    )


def address(name: str) -> str:
    fetch = load_source(name).fetch
    assert isinstance(fetch, FileFetch)
    return unquote(urlsplit(fetch.url or "").path)


def workbook(rows: list[list[Any]], *, sheet: str) -> bytes:
    content = BytesIO()
    with Workbook(content, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return content.getvalue()


def long_results(county: Path, ballot: str, *, home: str = "01") -> bytes:
    """Return the authority's own form of the results: codes as numbers, a row per party."""
    source = load_source(f"val_results_2022_{ballot}")
    frame = read_source(source, county, county_code=home).astype(int)
    rows: list[list[Any]] = [[DISTRICT, PARTY, VOTES, ELECTORS]]
    for code, counts in frame.to_dict("index").items():
        collecting = str(code).endswith("9800")
        number, electors = int(str(code)[:6] if collecting else code), counts["electors_count"]
        named = {name: counts[f"votes_{party}_count"] for party, name in PARTIES.items()}
        sums = {
            VALID: counts["valid_count"],
            CAST: counts["votes_cast_count"],
            "ej anmält deltagande": 0,
            "blanka röster": counts["blank_count"],
            "övriga ogiltiga": counts["invalid_count"] - counts["blank_count"],
        }
        rows += [[number, name, votes, electors] for name, votes in {**named, **sums}.items()]
    return workbook(rows, sheet=f"roster_{BALLOTS[ballot]}")


def layers(county: Path, files: Mapping[str, str]) -> Callable[[Call], Answer]:
    servers = {}
    for name, file in files.items():
        servers[name] = GeoServer(())
        held = json.loads((county / file).read_text(encoding="utf-8"))
        servers[name].features = held["features"]

    def answer(call: Call) -> Answer:
        return servers[call.one("typeNames")].answer(call)

    return answer


def published(county: Path, names: Sequence[str], *folders: Path) -> Site:
    files: dict[str, bytes] = {}
    for name in names:
        source = load_source(name, [*folders, shipped_folder()])
        assert isinstance(source.fetch, FileFetch)
        (path,) = (path for pattern in source.files for path in county.glob(pattern))
        link = urlsplit(source.fetch.url or "").path
        if not link:
            # Known by its name on a page alone, where it says nothing of its year.
            link = f"/download/18.1/1/{path.name.replace(f'-{source.vintage}', '')}"
            page = urlsplit(source.fetch.index_page or "").path
            files[page] = files.get(page, b"") + f'<a href="{link}">{path.stem}</a>\n'.encode()
        files[link] = path.read_bytes()
    return Site("/val", files)


KEY, ROOT = "/keys/val-sign-crt.pem", "/resultatfiler/val2026/"


def results(county: Path) -> Site:
    """Return the county's results as the authority has them: each file signed."""
    letters = {"RD": "rd", "RF": "rf", "KF": "kf"}
    zips = {
        f"s/{letters[path.stem[-2:]]}/{path.name}": signed(path)
        for path in county.glob("Val_2026_slutlig_*.zip")
        if path.stem[-2:] in letters
    }
    files = {ROOT + path: body for path, body in zips.items()}
    files[KEY] = authority().pem
    return Site("/resultat", {**files, ROOT + "index.md5": checksums(zips)})


def signed(path: Path) -> bytes:
    with zipfile.ZipFile(path) as packed:
        return zipped(authority().signed({name: packed.read(name) for name in packed.namelist()}))


def trust(config: Path) -> None:
    """Write the sources of signed files into a campaign's folder: the key is the tests' own."""
    folder = config / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("val_results_2026_riksdag", "val_former_2026"):
        text = (shipped_folder() / "sources" / f"{name}.toml").read_text(encoding="utf-8")
        known = re.search('certificate_sha256 = "([0-9a-f]+)"', text)
        assert known is not None
        own = text.replace(known[1], authority().fingerprint)
        (folder / f"{name}.toml").write_text(own, encoding="utf-8")
