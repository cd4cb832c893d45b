"""The invented county as its publishers give it: tables, layers and files, for a campaign on it."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from geoprio.config import shipped_folder
from geoprio.sources import load_source
from geoprio.sources.catalogue import FileFetch
from tests.sources.fetch.replay import Answer, Call
from tests.sources.fetch.statistics_office import Cube
from tests.sources.fetch.toys import GeoServer, Site, checksums


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
    files = {}
    for name in names:
        source = load_source(name, [*folders, shipped_folder()])
        assert isinstance(source.fetch, FileFetch)
        (path,) = (path for pattern in source.files for path in county.glob(pattern))
        files[urlsplit(source.fetch.url or "").path] = path.read_bytes()
    return Site("/val", files)


def results(county: Path) -> Site:
    letters = {"RD": "rd", "RF": "rf", "KF": "kf"}
    zips = {
        f"s/{letters[path.stem[-2:]]}/{path.name}": path.read_bytes()
        for path in county.glob("Val_2026_slutlig_*.zip")
        if path.stem[-2:] in letters
    }
    root = "/resultatfiler/val2026/"
    files = {root + path: body for path, body in zips.items()}
    return Site("/resultat", {**files, root + "index.md5": checksums(zips)})
