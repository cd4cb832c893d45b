"""A proxy on loopback, and the official names behind it with certificates of a throw-away CA."""

import select
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import trustme

from tests.sources.fetch.replay import HOSTS, Replay, running, serving

VARIABLES = (
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
)
"""What a user's environment may say of proxies and certificates."""


@dataclass
class Proxy:
    """Where the proxy listens, what it was asked to reach, and whose certificates are served."""

    address: str
    bundle: Path
    tunnels: list[str] = field(default_factory=list)
    refusal: int | None = None
    """Status that every tunnel is refused with."""

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a user behind the proxy."""
        return {"HTTPS_PROXY": self.address, "REQUESTS_CA_BUNDLE": str(self.bundle)}


class _Tunnel(BaseHTTPRequestHandler):
    server: "_ProxyServer"

    def do_CONNECT(self) -> None:
        proxy = self.server.proxy
        proxy.tunnels.append(self.path)
        if proxy.refusal is not None:
            self.send_error(proxy.refusal)
            return
        with socket.create_connection(self.server.behind) as upstream:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            _pump(self.connection, upstream)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        pass


class _ProxyServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behind: tuple[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.behind = behind
        self.proxy: Proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up."""


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until either side hangs up."""
    while True:
        for ready in select.select([one, other], [], [])[0]:
            found = ready.recv(1 << 16)
            if not found:
                return
            (other if ready is one else one).sendall(found)


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's side of TLS for loopback and the official names, and its CA's bundle."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = [official.removeprefix("https://") for official in HOSTS]
    authority.issue_cert("127.0.0.1", *names).configure_cert(context)
    bundle = folder / "own-ca.pem"
    authority.cert_pem.write_to_path(bundle)
    return context, bundle


@contextmanager
def behind_proxy(replay: Replay, folder: Path) -> Iterator[Proxy]:
    """Serve the official names over TLS; they are reached through the proxy alone."""
    context, bundle = certified(folder)
    with serving(replay, context):
        parts = urlsplit(replay.base)
        assert parts.port is not None
        server = _ProxyServer(("127.0.0.1", parts.port))
        server.proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}", bundle)
        with running(server):
            yield server.proxy
