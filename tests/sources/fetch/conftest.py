"""A replay server with one small table, and a client that is sent there."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from geoprio.sources import Source
from geoprio.sources.fetch import Client, Outcome, fetch_sources
from tests.sources.fetch.replay import Replay, serving
from tests.sources.fetch.statistics_office import Cube, Office
from tests.sources.toy import source

API = "https://statistikdatabasen.scb.se/api/v2"
OLD_API = "https://api.scb.se/OV0104/v1/doris/sv/ssd"
DESO = {
    f"{kommun}{letter}{number}0": f"{kommun}{letter}{number}0"
    for kommun in ("0114", "0180", "0380")
    for letter in "AC"
    for number in (101, 102, 103)
}
NEW_DESO = {f"{code}_DeSO2025": code for code in DESO}

Fetch = Callable[..., list[Outcome]]


class Time:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture(scope="session")
def county(demo_raw: Path) -> Path:
    """Return the raw files of a small demo county; nothing writes there."""
    return demo_raw


@pytest.fixture
def replay() -> Iterator[Replay]:
    with serving(Replay()) as server:
        yield server


@pytest.fixture
def office(replay: Replay) -> Office:
    """Return an office with TAB6574 for 18 areas, three ages, three sexes and four years."""
    served = Office({"TAB6574": population()})
    replay.apps |= {"/v2host": served.v2, "/v1host": served.v1}
    return served


@pytest.fixture
def passing() -> Time:
    return Time()


@pytest.fixture
def client(replay: Replay, passing: Time) -> Callable[..., Client]:
    def make(**changes: Any) -> Client:
        hosts = frozenset(official.removeprefix("https://") for official in replay.route)
        settings: dict[str, Any] = {"clock": passing.clock, "sleep": passing.sleep}
        return Client(hosts, **{**settings, "route": replay.route, **changes})

    return make


@pytest.fixture
def fetch(tmp_path: Path, client: Callable[..., Client]) -> Fetch:
    """Fetch a source, called folk, and others by their names."""

    def get(
        one: Source, raw: Path = tmp_path, asking: Client | None = None, **others: Source
    ) -> list[Outcome]:
        sources = {"folk": one, **others}
        return fetch_sources(sources, raw, county_code="01", client=asking or client())

    return get


def states(done: list[Outcome]) -> list[str]:
    return [item.state for item in done]


def population() -> Cube:
    def figure(cell: Mapping[str, str]) -> float | None:
        code, year = cell["Region"], int(cell["Tid"])
        if code.endswith("_DeSO2025") != (year >= 2024):
            return 0
        if code.startswith("0180A1030"):
            return None
        base = 10 * (list(DESO).index(code[:9]) + 1) + year - 2022
        return {"1": base, "2": base + 1, "1+2": 2 * base + 1}[cell["Kon"]]

    return Cube(
        table="TAB6574",
        label="Folkmängden per region efter ålder och kön. År 2010-2025",
        variables={
            "Region": {"00": "Riket", **DESO, **NEW_DESO},
            "Alder": {"totalt": "totalt", "15-19": "15-19 år", "20-24": "20-24 år"},
            "Kon": {"1": "män", "2": "kvinnor", "1+2": "totalt"},
            "ContentsCode": {"000007Y7": "Antal"},
            "Tid": {year: year for year in ("2022", "2023", "2024", "2025")},
        },
        figure=figure,
        codelists={"vs_DeSO2018": DESO, "vs_DeSO2025": NEW_DESO},
        old_path="BE/BE0101/BE0101Y/FolkmDesoAldKon",
    )


def table_source(fetch: Mapping[str, Any] | None = None, **changes: Any) -> Source:
    """Return a source of TAB6574 in 2023, with changes in its table and in its `[fetch]`."""
    origin = {
        "kind": "pxweb",
        "url": API,
        "table": "TAB6574",
        "codelist": "vs_DeSO2018",
        "times": ["2023"],
        "select": {"Alder": ["totalt", "15-19"], "Kon": "*", "ContentsCode": ["000007Y7"]},
        **(fetch or {}),
    }
    table: dict[str, Any] = {
        "area_set": "deso_2018",
        "files": ["TAB6574.json"],
        "reader": "jsonstat2",
        "key": {"column": "Region", "width": 9, "pattern": r"\d{4}[ABC]\d{4}"},
        "columns": [
            {
                "name": "population_count",
                "value": "value",
                "where": {"Alder": "totalt", "Kon": "1+2"},
            }
        ],
        "fetch": {name: value for name, value in origin.items() if value is not None},
    }
    return source(**{**table, **changes})
