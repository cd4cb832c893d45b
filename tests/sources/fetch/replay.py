"""A server on loopback that stands in for the official ones: real HTTP, and a switch per fault."""

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

HOSTS = {
    "https://www.scb.se": "/scb",
    "https://statistikdatabasen.scb.se": "/v2host",
    "https://api.scb.se": "/v1host",
    "https://geodata.scb.se": "/geo",
    "https://www.val.se": "/val",
    "https://data.val.se": "/data",
    "https://historik.val.se": "/historik",
    "https://resultat.val.se": "/resultat",
}
"""The official hosts, and the folder of the replay server that answers for each.

A request that reaches it under an official name, through a proxy, is put in that folder too.
"""


@dataclass(frozen=True)
class Call:
    """One request as it reached the server."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    body: Any
    headers: Mapping[str, str]
    at: float
    query_string: str = ""
    """The query as it was sent."""

    def one(self, name: str, default: str = "") -> str:
        return self.query.get(name, [default])[0]


@dataclass
class Answer:
    """One reply."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    """Bytes after which the connection is closed, the promised length being the whole."""
    hide_length: bool = False
    """No Content-Length, so that a cut body looks whole to HTTP."""
    seconds: float = 0.0
    half_sent: threading.Event | None = None
    """Is set when half the body is sent; the other half is never sent."""

    @classmethod
    def json(cls, content: Any, status: int = 200) -> "Answer":
        body = json.dumps(content, ensure_ascii=False).encode()
        return cls(body, status, {"Content-Type": "application/json; charset=utf-8"})


@dataclass
class Fault:
    """The next `times` requests whose path fits get `answer`, or a change of the true one."""

    path: str
    answer: Answer | None = None
    change: Callable[[Answer], Answer] | None = None
    times: int = 1


App = Callable[[Call], Answer]


class Replay:
    """What the server answers with, and what it was asked."""

    def __init__(self) -> None:
        self.apps: dict[str, App] = {}
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.allowed: tuple[int, float] | None = None
        """Calls in so many seconds, beyond which it answers 429."""
        self.refused = 0
        self.base = ""
        self._lock = threading.Lock()

    @property
    def route(self) -> dict[str, str]:
        return {official: self.base + folder for official, folder in HOSTS.items()}

    def paths(self, pattern: str, method: str | None = None) -> list[Call]:
        return [
            call
            for call in self.calls
            if re.search(pattern, call.path) and method in (None, call.method)
        ]

    def answer(self, call: Call) -> Answer:
        with self._lock:
            self.calls.append(call)
            if self._is_one_too_many(call):
                self.refused += 1
                words = b"API calls quota exceeded! maximum admitted 30 per 10s."
                return Answer(words, 429, {"Retry-After": "1", "Content-Type": "text/plain"})
            for fault in self.faults:
                if fault.times and re.search(fault.path, call.path):
                    fault.times -= 1
                    if fault.answer is not None:
                        return fault.answer
                    assert fault.change is not None
                    return fault.change(self._true(call))
        return self._true(call)

    def _true(self, call: Call) -> Answer:
        for folder, app in self.apps.items():
            if call.path.startswith(folder + "/"):
                return app(call)
        return Answer(b"not found", 404)

    def _is_one_too_many(self, call: Call) -> bool:
        if self.allowed is None:
            return False
        most, seconds = self.allowed
        recent = [other for other in self.calls if call.at - other.at < seconds]
        return len(recent) > most


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        self._reply(None)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._reply(json.loads(self.rfile.read(length)))

    def _reply(self, body: Any) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(
            method=self.command,
            path=HOSTS.get(f"https://{headers.get('host')}", "") + unquote(parts.path),
            query=parse_qs(parts.query, keep_blank_values=True),
            body=body,
            headers=headers,
            at=time.monotonic(),
            query_string=parts.query,
        )
        answer = self.server.replay.answer(call)
        time.sleep(answer.seconds)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not answer.hide_length:
            self.send_header("Content-Length", str(len(answer.body)))
        cut = answer.cut is not None or answer.hide_length
        if cut:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if answer.half_sent is not None:
            self.wfile.write(answer.body[: len(answer.body) // 2])
            answer.half_sent.set()
            # Ends when the client hangs up.
            self.rfile.read(1)
            return
        self.wfile.write(answer.body[: answer.cut])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, replay: Replay, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replay = replay
        if tls is not None:
            self.socket = tls.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up."""


@contextmanager
def serving(replay: Replay, tls: ssl.SSLContext | None = None) -> Iterator[Replay]:
    server = _Server(replay, tls)
    scheme = "http" if tls is None else "https"
    replay.base = f"{scheme}://127.0.0.1:{server.server_address[1]}"
    with running(server):
        yield replay


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
