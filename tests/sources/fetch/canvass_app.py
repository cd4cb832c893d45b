"""The party's app imitated on loopback: what it holds, how it answers, and how it may fail."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

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
            return self._answer({**one, "sum_successful_visits": 5 * number, **more})
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


@contextmanager
def serving() -> Iterator[App]:
    server = App()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
