"""Writing: every file, equal bytes for equal seeds, nothing half-written."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.demo import DemoFiles, authority, write_demo
from geoprio.demo.apportionment import published_figures
from geoprio.errors import ConfigError

pytestmark = pytest.mark.slow

FILES = """
2018_K_per_valdistrikt.xlsx 2018_L_per_valdistrikt.xlsx 2018_R_per_valdistrikt.xlsx
TAB6534.json TAB6568.json TAB6569.json TAB6571.json TAB6572.json TAB6574.json TAB6638.json
TAB6679.json TAB6680.json TAB6681.json associations.csv deso-2018-wfs.geojson facit
kommun-folkmangd-alder-kon-2018-2022.csv kommuner.csv koppling-deso2018-regso2020.csv
egna-adresser.gpkg malgrupper-samfordelning-lan.json privat regso-2020-wfs.geojson
valdistrikt-stockholms-lan-2018.zip valdistrikt-stockholms-lan-2022.zip
valresultat-2022-kommun-per-valdistrikt.xlsx valresultat-2022-region-per-valdistrikt.xlsx
valresultat-2022-riksdag-per-valdistrikt.xlsx
"""
LATER = """
Val_2026_slutlig_00_RD.zip Val_2026_slutlig_01_RF.zip associations-2026.csv
antal-rostberattigade-per-valdistrikt-och-valtyp-14-augusti-2026.xlsx
antal-rostberattigade-per-valdistrikt-uppdelat-pa-kon-och-alder-kvalifikationsdagen-14-augusti-2026-val-till-riksdagen.xlsx
deso-2025-wfs.geojson index.md5 regso-2025-wfs.geojson valdistrikt-riket-2026.zip
valdistrikt-jamforelser-mellan-2022-och-2026.xlsx
vallokaler.json rostningslokaler.json mottagna-fortidsroster-val2026.csv demo-stationer.csv
tatorter-2023-wfs.geojson
"""
TABLES = (6534, 6568, 6569, 6571, 6572, 6574, 6638, 6679, 6680, 6681)


def _files() -> list[str]:
    towns = published_figures().index
    later = [f"TAB{number}_DeSO2025.json" for number in TABLES]
    later += [f"Val_2026_slutlig_{town}_KF.zip" for town in towns]
    return sorted([*FILES.split(), *LATER.split(), *later])


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_file_is_there(demo: DemoFiles) -> None:
    assert sorted(path.name for path in demo.folder.iterdir()) == _files()
    assert demo.truth == demo.folder / "facit"
    assert (demo.deso, demo.regso, demo.districts) == (1290, 524, 1379)
    assert [path.name for path in demo.folder.parent.iterdir()] == [demo.folder.name]


def test_another_seed_gives_another_county(tmp_path: Path) -> None:
    """That equal ones give equal bytes, in another process too: `cli/test_cli.py`."""
    for seed in (5, 6):
        write_demo(tmp_path / str(seed), areas=100, seed=seed)
    table = "TAB6574.json"
    assert (tmp_path / "5" / table).read_bytes() != (tmp_path / "6" / table).read_bytes()


def test_writing_again_replaces_and_keeps_the_users_other_files(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    write_demo(folder, areas=100, seed=1)
    (folder / "own.txt").write_text("kept", encoding="utf-8")
    write_demo(folder, areas=110, seed=1)
    assert (folder / "own.txt").exists()
    write_demo(tmp_path / "fresh", areas=110, seed=1)
    (folder / "own.txt").unlink()
    assert _bytes(folder) == _bytes(tmp_path / "fresh")


def test_nothing_is_left_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(authority, "write_districts", broken)
    with pytest.raises(OSError, match="disk full"):
        write_demo(tmp_path / "raw", areas=100, seed=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("areas", [99, 150_001, 0, -5])
def test_a_number_of_areas_out_of_range_is_an_error(tmp_path: Path, areas: int) -> None:
    with pytest.raises(ConfigError, match=f"areas is {areas}; expected 100 to 150000"):
        write_demo(tmp_path / "raw", areas=areas, seed=1)
    assert list(tmp_path.iterdir()) == []


def test_chance_is_not_global(tmp_path: Path) -> None:
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - the global state is what is tested
    write_demo(tmp_path / "raw", areas=100, seed=1)
    assert (np.random.get_state()[1] == state).all()  # noqa: NPY002


def test_associations_cover_the_county_once(raw: Path) -> None:
    frame = pd.read_csv(raw / "associations.csv", sep=";", dtype=str)
    assert frame.columns.tolist() == ["association", "area_set", "area_code"]
    outside = frame[frame["area_set"] == "kommun"]
    inside = frame[frame["area_set"] == "regso_2020"]
    assert len(outside) == 25 and "0180" not in set(outside["area_code"])
    assert inside["association"].nunique() == 14
    assert inside["area_code"].is_unique and inside["area_code"].str.startswith("0180").all()
    assert frame["association"].str.startswith("Demoförening ").all()
    members = pd.read_csv(raw / "privat" / "medlemmar.csv", sep=";", encoding="utf-8-sig")
    active = pd.read_csv(raw / "privat" / "aktivitet.csv", sep=";", encoding="utf-8-sig")
    assert set(members["association"]) == set(frame["association"])
    assert (active["active_count"] <= members["members_count"]).all()
