"""Files of every format, spoilt at random: read, or refused with a message, and nothing else.

The files are those of the demo, and own borders in each form. What is packed is spoilt inside its
pack too, where no checksum sees it.
"""

import io
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import box

from geoprio.areas.associations import load_memberships
from geoprio.errors import GeoprioError
from geoprio.sources import load_source, read_source
from geoprio.sources.private import read_capacity
from tests.shared import Shared

DEMO = {
    "scb_tab6571_deso": "TAB6571.json",
    "scb_deso_2018_wfs": "deso-2018-wfs.geojson",
    "val_valdistrikt_2022": "valdistrikt-stockholms-lan-2022.zip",
    "val_results_2022_riksdag": "valresultat-2022-riksdag-per-valdistrikt.xlsx",
    "val_results_2018_riksdag": "2018_R_per_valdistrikt.xlsx",
    "val_results_2026_riksdag": "Val_2026_slutlig_00_RD.zip",
    "val_seats_2026_riksdag": "Val_2026_slutlig_00_RD.zip",
    "scb_kommun_age_sex": "kommun-folkmangd-alder-kon-2018-2022.csv",
}
OWN = {
    "own.gpkg": {"driver": "GPKG"},
    "own.geojson": {"driver": "GeoJSON"},
    "own.shp": {"driver": "ESRI Shapefile", "encoding": "utf-8"},
    "own.parquet": {},
}
ODD = [
    *(b"[" * 2000, b"{}", b"]", b'"', b"\x00", b"\xff\xfe", b"\xf6", b"NaN", b"Infinity", b"null"),
    *(b"-1", b"1e999", b"9" * 5000, b"true", b"<", b"&x;", b' r="XFD1048576"', b"\r\n", b";;;"),
]
"""What is put in here and there, besides single bytes that are changed."""
TIMES = 30
"""How often each file is spoilt; more where a reader is changed."""


def spoilt(content: bytes, dice: random.Random) -> bytes:
    """Return bytes with one to four faults: changed, cut out, doubled, put in or cut off."""
    made = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(made) + 1), dice.choice((1, 2, 8, 300))
        kind = dice.randrange(5)
        if kind == 0:
            made[at : at + 1] = bytes([dice.randrange(256)])
        elif kind == 1:
            del made[at : at + length]
        elif kind == 2:
            made[at:at] = made[at : at + length]
        elif kind == 3:
            made[at:at] = dice.choice(ODD)
        elif dice.random() < 0.2:
            del made[at:]
    return bytes(made)


def spoil(path: Path, dice: random.Random) -> None:
    content = path.read_bytes()
    if not zipfile.is_zipfile(path) or dice.random() < 0.3:
        path.write_bytes(spoilt(content, dice))
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    name = dice.choice(sorted(parts))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for part, held in parts.items():
            packed.writestr(part, spoilt(held, dice) if part == name else held)


@pytest.fixture(scope="module")
def originals(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of small files: a fault hits more of a small one, and it is soon read."""
    demo_raw, folder = shared.county(areas=100, seed=3), tmp_path_factory.mktemp("originals")
    for name in set(DEMO.values()):
        shutil.copyfile(demo_raw / name, folder / name)
    names = ["Söder", "Älvsjö", "Årsta"]
    shapes = [box(672_000 + 900 * n, 6_580_000, 672_900 + 900 * n, 6_581_000) for n in range(3)]
    frame = gpd.GeoDataFrame({"KOD": ["01", "02", "03"], "NAMN": names}, geometry=shapes, crs=3006)
    for name, form in OWN.items():
        frame.to_file(folder / name, **form) if form else frame.to_parquet(folder / name)
    (folder / "privat").mkdir()
    lists = {
        "lista.csv": "association;area_set;area_code\nSöder;kommun;0180\nÅrsta;deso_2018;x\n",
        "privat/medlemmar.csv": "association;members_count\nSöder;10\nÅrsta;20\n",
    }
    for name, text in lists.items():
        (folder / name).write_text(text, encoding="utf-8-sig")
    return folder


def read(name: str, folder: Path) -> None:
    """Read one file as a run does."""
    if name == "lista.csv":
        load_memberships(name, (folder,))
    elif name == "privat/medlemmar.csv":
        read_capacity(folder, ["Söder", "Årsta"])
    else:
        source = load_source("own_stadsdelar" if name in OWN else name)
        if name in OWN:
            source = source.model_copy(update={"files": (name,)})
        read_source(source, folder, county_code="01")


def cases(seed: str, times: int) -> Iterator[tuple[str, random.Random]]:
    for name in (*DEMO, *OWN, "lista.csv", "privat/medlemmar.csv"):
        for number in range(times):
            yield name, random.Random(f"{seed} {name} {number}")


def tried(originals: Path, folder: Path, seed: str, times: int) -> list[str]:
    """Return every outcome that is neither of the two that may be, and how often each came."""
    wrong, outcomes = [], {"read": 0, "refused": 0}
    for number, (name, dice) in enumerate(cases(seed, times)):
        here = folder / str(number)
        shutil.copytree(originals / "privat", here / "privat")
        file = DEMO.get(name, name)
        beside = originals.glob("own.*") if name == "own.shp" else [originals / file]
        for path in beside:
            if name != "own.shp" or path.suffix not in (".gpkg", ".geojson", ".parquet"):
                shutil.copyfile(path, here / path.relative_to(originals))
        parts = sorted(here.glob("own.*")) if name == "own.shp" else [here / file]
        spoil(dice.choice(parts), dice)
        try:
            read(name, here)
            outcomes["read"] += 1
        except GeoprioError as error:
            assert str(error)
            outcomes["refused"] += 1
        except BaseException as error:  # noqa: BLE001 - a workbook's library panics
            wrong.append(f"{seed}, {number}, {name}: {type(error).__name__}: {error}")
        shutil.rmtree(here)
    return [*wrong, *(f"none was {one}" for one, times in outcomes.items() if not times)]


def test_a_spoilt_file_is_read_or_refused(originals: Path, tmp_path: Path) -> None:
    assert tried(originals, tmp_path, "a", TIMES) == []
