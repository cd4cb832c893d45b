"""A toy county and a browser for the map's tests."""

from collections.abc import Callable, Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser
from shapely import box

from geoprio.files.maps import MapLayer, MapLevel, MapPage, build_map, save_map
from tests.visits import DESKTOP, Visit

HOSTILE = (
    "</script><script>window.hacked=1</script>",
    '"><img src=x onerror=window.hacked=1>',
    "${window.hacked=1}",
    "{{ 7 * 7 }}",
)
DEMO_MARK = "DEMO – påhittade områden och siffror. Får inte användas i valarbetet."
SIDE = 1000.0
OpenMap = Callable[..., Visit]
NORTHING, EASTING = 6_580_000.0, 670_000.0


def toy_areas(across: int, names: list[str], prefix: str) -> gpd.GeoDataFrame:
    """Return `across` x `across` squares of one county; the west half is 0180, the east 0127.

    The county is 6 km wide, so finer levels lie inside the same borders::

        0180 | 0127
        0180 | 0127
    """
    step = 6 * SIDE / across
    row, column = np.divmod(np.arange(across * across), across)
    west, south = EASTING + column * step, NORTHING + row * step
    return gpd.GeoDataFrame(
        {"area_name": names, "municipality_code": np.where(column < across / 2, "0180", "0127")},
        geometry=box(west, south, west + step, south + step),
        index=pd.Index([f"{prefix}{n:02d}" for n in range(across * across)], name="area_code"),
        crs=3006,
    )


def toy_values(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return values that rise from the first area to the last.

    The second lacks an LO figure; the last two have one that is published, so without an interval.
    The share of young is 1 at most and equal in the four areas at the top.
    """
    place = np.arange(len(areas), dtype=float)
    share = 0.05 + 0.9 * place / len(areas)
    lo = pd.Series(100 + 1000 * place, index=areas.index)
    lo.iloc[1] = np.nan
    estimated = lo.where(place < len(areas) - 2)
    return pd.DataFrame(
        {
            "score_canvass": 100 * share,
            "rank_canvass": len(areas) - place,
            "lo_count": lo,
            "lo_low": estimated * 0.8,
            "lo_high": estimated * 1.2,
            "young_share": np.minimum(share, share[-4]),
            "turnout_share": 1 - share,
            "income_mean_sek": 100_000 + 50_000 * place,
            "reason": "Många hyresrätter. Få medlemmar.",
            "association": np.where(place < 3, "Östermalms S-förening", "Testföreningen"),
            "verdict": "Satsa fullt",
            "action": "Knacka dörr i hela området.",
            "members_secret": 4711.0,
        },
        index=areas.index,
    )


def toy_layers() -> list[MapLayer]:
    return [
        MapLayer(
            "canvass", "score_canvass", "Dörrknackning", "Var knackar vi först?", "score", "Metod A"
        ),
        MapLayer(
            key="lo",
            column="lo_count",
            title="LO",
            question="Var bor LO:s medlemmar?",
            kind="count",
            note="Metod B",
            low_column="lo_low",
            high_column="lo_high",
        ),
        MapLayer(
            key="turnout",
            column="turnout_share",
            title="Valdeltagande",
            question="Var röstar flest?",
            kind="share",
            note="Valet 2022",
            section="election",
        ),
        MapLayer("income", "income_mean_sek", "Lön", "Var är lönen högst?", "sek", "SCB 2023"),
        MapLayer("young", "young_share", "Unga", "Var bor unga?", "share", "SCB 2024"),
    ]


def toy_page(**changes: object) -> MapPage:
    given: dict[str, object] = {
        "title": "Testlän",
        "subtitle": "Underlag: valet 2022 – planerar för: valen 2030",
        "language": "sv",
        "audience": "valledning",
        "sources": ("SCB (CC0)", "Valmyndigheten"),
        "notices": ("Siffrorna beskriver områden, inte personer.",),
        "outline": pd.DataFrame(
            {"municipality_name": ["Botkyrka", "Stockholm"]}, index=["0127", "0180"]
        ),
    }
    return MapPage(**{**given, **changes})  # type: ignore[arg-type]


def toy_levels() -> list[MapLevel]:
    names = ["Tensta", *HOSTILE, "Södermalm", "Årsta", *[f"Område {n}" for n in range(7, 16)]]
    coarse = toy_areas(4, names, "R")
    fine = toy_areas(8, [f"Ruta {n}" for n in range(64)], "D")
    return [
        MapLevel("regso", "RegSO", coarse, toy_values(coarse)),
        MapLevel("deso", "DeSO (närmare titt)", fine, toy_values(fine), {"lo": "Metod B, fin"}),
    ]


@pytest.fixture
def make_map() -> Callable[..., object]:
    def make(**changes: object) -> object:
        return build_map(toy_levels(), toy_layers(), page=toy_page(**changes))

    return make


@pytest.fixture(scope="session")
def windows() -> dict[str, list[Visit]]:
    """Return the windows of this session by device: a new one takes longer than its page."""
    return {}


@pytest.fixture
def visit(
    browser: Browser,
    windows: dict[str, list[Visit]],
    make_map: Callable[..., object],
    tmp_path: Path,
) -> Iterator[OpenMap]:
    """Open maps, the toy's or others; at the end none has complained or asked for anything."""
    visits: list[Visit] = []

    def open_map(
        device: dict = DESKTOP, *, shown: object = None, fragment: str = "", **page: object
    ) -> Visit:
        path = shown if isinstance(shown, Path) else tmp_path / f"{len(visits)}.html"
        if path != shown:
            save_map(shown or make_map(**page), path)
        kept = windows.setdefault(repr(device), [])
        if one := next((one for one in kept if one not in visits), None):
            one.again(path, fragment)
        else:
            context = browser.new_context(**device, locale="sv-SE", accept_downloads=True)
            kept.append(one := Visit(context, path, fragment))
        visits.append(one)
        return one

    yield open_map
    assert [(one.complaints, one.requests) for one in visits] == [([], [])] * len(visits)
