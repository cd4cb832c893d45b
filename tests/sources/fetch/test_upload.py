"""The app's server is imitated on loopback: what is sent, sent again, changed, and asked for."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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

TOKEN = "hemlig-nyckel"


class App(ThreadingHTTPServer):
    """What the app holds, and how it may fail."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.areas: dict[int, dict[str, Any]] = {}
        self.assignments: dict[int, dict[str, Any]] = {}
        self.assigned: set[tuple[int, int, int]] = set()
        self.asked: list[str] = []
        self.lost_after: int | None = None
        """So many areas are taken; of the next the answer is lost."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: App

    def _body(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return told

    def _answer(self, body: object, status: int = 200) -> None:
        content = json.dumps({"data": body}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _serve(self) -> None:
        app = self.server
        app.asked.append(f"{self.command} {self.path}")
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self._answer(f"{self.headers['Authorization']} is wrong", 401)
        place = self.path.removeprefix("/api2/orgs/7/").partition("?")[0].split("/")
        if self.command == "GET" and place == ["areas"]:
            page = int(self.path.rpartition("page=")[2])
            return self._answer([*app.areas.values()][100 * (page - 1) : 100 * page])
        if self.command == "GET":
            number = int(place[1])
            one = {"count_unique_households_visited": 5 * number, "sum_visits": 6 * number}
            more = {"id": 1, "area_id": number, "count_households": 99, "by": ["Kim"]}
            return self._answer({**one, "sum_successful_visits": number, **more})
        return self._change(place)

    def _change(self, place: list[str]) -> None:
        app = self.server
        if self.command == "PUT":
            app.assigned.add((int(place[1]), int(place[3]), int(place[5])))
            return self._answer({})
        held = app.areas if "areas" in place else app.assignments
        number = len(held) + 1 if self.command == "POST" else int(place[-1])
        held[number] = {**held.get(number, {}), **self._body(), "id": number, "organization_id": 7}
        if app.lost_after is not None and len(app.areas) > app.lost_after:
            app.lost_after = None
            self.close_connection = True
            self.connection.close()
            return None
        return self._answer(held[number])

    do_GET = do_POST = do_PATCH = do_PUT = _serve  # noqa: N815 - the library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def app() -> Iterator[App]:
    server = App()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


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
    assert done.loc["A0"].to_list() == [25, 30, 5]
    assert done.loc["A1"].to_list() == [10, 12, 2]


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
