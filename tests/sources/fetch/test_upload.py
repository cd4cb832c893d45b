"""The app's server is imitated on loopback: what is sent, sent again, changed, and asked for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geoprio.errors import ConfigError, SourceError
from geoprio.sources.activity import WAYS, read_activity, read_ways
from geoprio.sources.fetch.client import Limit, Limiter
from geoprio.sources.fetch.upload import (
    BEGUN,
    Post,
    Sent,
    area_statistics,
    assign,
    send_areas,
    send_assignment,
)
from tests.sources.fetch.canvass_app import TOKEN, App, serving


@pytest.fixture
def app() -> Iterator[App]:
    with serving() as server:
        yield server


def post(app: App, token: str = TOKEN) -> Post:
    still = Limiter(Limit(10_000, 1.0), clock=lambda: 0.0, sleep=lambda _: None)
    return Post(app.address, 7, 3, token, still)


def areas(count: int, told: str = "Komplettera") -> list[dict[str, Any]]:
    ring = [[18.0, 59.0], [18.1, 59.0], [18.1, 59.1], [18.0, 59.0]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    return [
        {
            "area_code": f"A{number % 3}",
            "turf_code": f"A{number % 3}-{number}",
            "body": {
                "title": f"Runda {number}",
                "description": f"{told} [gp:A{number % 3}-{number}]",
                "boundary": boundary,
            },
        }
        for number in range(count)
    ]


def test_areas_are_sent_once_changed_where_they_differ_and_read_back(
    app: App, tmp_path: Path
) -> None:
    app.areas[1] = {"id": 1, "title": "Annans", "description": None, "boundary": {}}
    sent = Sent.of(tmp_path / WAYS)
    assert {it for _, it in send_areas(post(app), areas(230), sent)} == {"new"}
    assert len(app.areas) == 231
    again = Sent.of(tmp_path / WAYS)
    assert {it for _, it in send_areas(post(app), areas(230), again)} == {"same"}
    other = Sent.of(tmp_path / WAYS)
    assert {it for _, it in send_areas(post(app), areas(2, "Satsa"), other)} == {"changed"}
    assert app.areas[1]["title"] == "Annans"
    posted = [one for one in app.areas.values() if one["title"] != "Annans"]
    assert all(set(one) == {*areas(1)[0]["body"], "id", "organization_id"} for one in posted)
    assert len(read_ways(tmp_path / WAYS)) == 230


@pytest.mark.parametrize("lost", [0, 3, 8])
def test_one_that_is_killed_half_way_goes_on_without_doubles(
    app: App, tmp_path: Path, lost: int
) -> None:
    app.lost_after = lost
    with pytest.raises(SourceError, match="run again") as caught:
        [*send_areas(post(app), areas(9), Sent.of(tmp_path / WAYS))]
    assert TOKEN not in str(caught.value)
    sent = Sent.of(tmp_path / WAYS)
    [*send_areas(post(app), areas(9), sent)]
    assert sent.counts == {"new": 9 - lost - 1, "same": lost + 1, "changed": 0}
    assert sorted(one["title"] for one in app.areas.values()) == [f"Runda {n}" for n in range(9)]
    assert len(sent.rows) == 9


def test_an_assignment_is_sent_once_and_one_on_its_way_is_not_sent_again(
    app: App, tmp_path: Path
) -> None:
    path = tmp_path / "uppdrag.csv"
    body = {"title": "Dörrknackning", "reporting_level": "household"}
    numbers = [send_assignment(post(app), "Kista", body, Sent.of(path)) for _ in range(2)]
    assert numbers == [1, 1]
    assert len(app.assignments) == 1
    assign(post(app), 1, [4, 5], 9)
    assert app.assigned == {(1, 4, 9), (1, 5, 9)}
    Sent.of(path).keep("Rinkeby", BEGUN, "")
    with pytest.raises(SourceError, match="on its way"):
        send_assignment(post(app), "Rinkeby", body, Sent.of(path))
    assert len(app.assignments) == 1


def test_of_what_is_done_three_totals_are_kept(app: App, tmp_path: Path) -> None:
    sent = Sent.of(tmp_path / WAYS)
    [*send_areas(post(app), areas(4), sent)]
    rows = area_statistics(post(app), sent)
    assert "Kim" not in json.dumps(rows)
    (tmp_path / "s.json").write_text(json.dumps(rows), "utf-8")
    done = read_activity(tmp_path / "s.json", ways=read_ways(tmp_path / WAYS))
    # Rundor 1 and 4 are of A0, each with five households for its number.
    assert done.loc["A0"].to_list() == [25, 30, 25]
    assert done.loc["A1"].to_list() == [10, 12, 10]


def test_a_no_tells_why_and_never_the_token(app: App, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="401") as caught:
        [*send_areas(post(app, "fel-nyckel"), areas(1), Sent.of(tmp_path / WAYS))]
    assert "fel-nyckel" not in str(caught.value)
    assert "fel-nyckel" not in repr(post(app, "fel-nyckel"))


@pytest.mark.parametrize(
    "address", ["http://app.example", "ftp://127.0.0.1", "https://a:b@app.example", "app.example"]
)
def test_a_token_goes_to_no_open_address(address: str) -> None:
    with pytest.raises(ConfigError, match="https address"):
        Post(address, 7, 3, TOKEN)
    with pytest.raises(ConfigError, match="your own token"):
        Post("https://app.example", 7, 3, "")
