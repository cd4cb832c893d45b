"""The one place that opens the network: named hosts, https, limits, patience, size."""

import hashlib
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import requests
import tenacity

from geoprio import __version__
from geoprio.errors import SourceError
from geoprio.sources.web.bodies import Check, DamagedError
from geoprio.sources.web.limiter import UNSTATED, Limit, Limiter
from geoprio.sources.web.statuses import (
    BusyError,
    NoWayError,
    UnreachableError,
    no_reply,
    refuse_status,
)

CHUNK = 1 << 16
HOST = re.compile(r"https://([a-z0-9.-]+)(?=[/?#]|$)", re.IGNORECASE)
"""An address and its host, where every reader of addresses agrees on it: no user, port or `\\`."""
REDIRECTS = 3


@dataclass(frozen=True)
class Ask:
    """One request, as it is sent and as a dry run lists it."""

    url: str
    check: Check
    """Lets the body in, or raises."""
    body: Mapping[str, Any] | None = None
    """JSON that is posted; a GET has none."""
    cells: int | None = None
    """Figures that are asked for; None for what is not a table."""
    smaller: Callable[[], Sequence["Ask"]] | None = None
    """Cuts the request in two, should the server find it too large."""

    @property
    def method(self) -> Literal["GET", "POST"]:
        """GET, or POST where there is a body."""
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True)
class Reply:
    """What came back, and where its body lies."""

    path: Path
    sha256: str
    size: int
    last_modified: str | None = None
    unchanged: bool = False


@dataclass(frozen=True)
class Patience:
    """How long is waited, in seconds, and how often is asked again."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 900.0
    """Longest time that one body may take."""
    attempts: int = 6
    connections: int = 3
    """How often is tried to reach a host that cannot be reached at all."""
    first_wait: float = 1.0
    longest_wait: float = 120.0


@dataclass
class Client:
    """Sends requests to the hosts it was given, and to no other.

    Raises of `save`: SourceError, with what was asked and what to do.
    """

    hosts: frozenset[str]
    offline: bool = False
    route: Mapping[str, str] = field(default_factory=dict)
    """Official address to another that answers for it, for tests on the own machine."""
    patience: Patience = Patience()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"geoprio/{__version__}"
        self._session.headers["Accept-Language"] = "sv"
        # Keeps passwords of the user's .netrc out of what is sent.
        self._session.auth = _no_password
        self._limiters: dict[str, Limiter] = {}
        self._silent: dict[str, str] = {}

    def limit(self, url: str, limit: Limit) -> None:
        """Keep to what the host of `url` states from now on."""
        self._limiter(url).limit = limit

    def save(
        self,
        ask: Ask,
        path: Path,
        *,
        most: int,
        newer_than: str | None = None,
    ) -> Reply:
        """Send a request and put the body in `path`, once its check has let it in.

        Parameters
        ----------
        most
            Bytes that the body may have.
        newer_than
            `Last-Modified` of what is held: the reply may be that nothing changed.

        Raises
        ------
        RefusedError
            The server refused; its status and words are in the error.
        SourceError
            The address is not allowed, the network is closed, or no whole reply came in time.
        """
        self._refuse_address(ask.url)
        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(self._may_pass),
            stop=self._is_enough,
            wait=self._next_wait,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            return retrying(self._send, ask, path, most=most, newer_than=newer_than)
        except (BusyError, DamagedError) as error:
            path.unlink(missing_ok=True)
            host = urlsplit(ask.url).hostname or ""
            tries = retrying.statistics["attempt_number"]
            message = f"{error} ({tries} times); check the network and try again later"
            if isinstance(error, DamagedError):
                raise SourceError(message) from None
            # What is left to ask of a host that does not answer is not waited for once more.
            self._silent[host] = str(error)
            raise UnreachableError(message) from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _refuse_address(self, url: str) -> None:
        found = HOST.match(url)
        host = found[1].lower() if found else ""
        if host not in self.hosts:
            message = (
                f"{url}: refused; expected https to a host that a source names:"
                f" {', '.join(sorted(self.hosts)) or 'none'}"
            )
            raise SourceError(message)
        if self.offline:
            message = f"{url}: the network is closed by --offline; fetch without it"
            raise SourceError(message)
        if host in self._silent:
            message = f"{url}: not asked; {self._silent[host]}"
            raise UnreachableError(message)

    def _limiter(self, url: str) -> Limiter:
        host = urlsplit(url).hostname or ""
        fresh = Limiter(UNSTATED, clock=self.clock, sleep=self.sleep)
        return self._limiters.setdefault(host, fresh)

    def _may_pass(self, error: BaseException) -> bool:
        """Return whether asking again may help, within the time that is waited at most."""
        if isinstance(error, BusyError):
            return (error.after or 0.0) <= self.patience.longest_wait
        return isinstance(error, DamagedError)

    def _is_enough(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        few = isinstance(error, NoWayError)
        most = self.patience.connections if few else self.patience.attempts
        return state.attempt_number >= most

    def _next_wait(self, state: tenacity.RetryCallState) -> float:
        """Return what the server asked for, else a wait that doubles each time."""
        error = state.outcome.exception() if state.outcome else None
        doubled: float = self.patience.first_wait * 2.0 ** (state.attempt_number - 1)
        after = error.after if isinstance(error, BusyError) else None
        return min(after if after is not None else doubled, self.patience.longest_wait)

    def _send(self, ask: Ask, path: Path, *, most: int, newer_than: str | None) -> Reply:
        headers = {"If-Modified-Since": newer_than} if newer_than else {}
        try:
            with self._open(ask, headers) as response:
                refuse_status(response, ask.url)
                modified = response.headers.get("Last-Modified")
                if response.status_code == HTTPStatus.NOT_MODIFIED:
                    return Reply(path, "", 0, newer_than, unchanged=True)
                digest, size = self._stream(response, path, most=most)
        except requests.exceptions.SSLError as error:
            message = (
                f"{ask.url}: the server's certificate is not trusted ({error});"
                " behind a proxy, name its CA bundle in REQUESTS_CA_BUNDLE"
            )
            raise SourceError(message) from None
        except requests.exceptions.RequestException as error:
            raise no_reply(error, ask.url) from None
        try:
            ask.check(path)
        except DamagedError as error:
            message = f"{ask.url}: {error}"
            raise DamagedError(message) from None
        except SourceError as error:
            message = f"{ask.url}: {error}"
            raise SourceError(message) from None
        return Reply(path, digest, size, modified)

    def _open(self, ask: Ask, headers: Mapping[str, str]) -> requests.Response:
        url = ask.url
        for _ in range(REDIRECTS + 1):
            self._limiter(url).wait()
            response = self._session.request(
                ask.method,
                _routed(url, self.route),
                json=ask.body,
                headers=dict(headers),
                timeout=(self.patience.connect, self.patience.read),
                allow_redirects=False,
                stream=True,
                verify=_trusted(),
            )
            if not response.is_redirect:
                return response
            # A redirect is followed only where the address itself would be allowed.
            response.close()
            url = urljoin(url, response.headers["Location"])
            self._refuse_address(url)
        message = f"{ask.url}: more than {REDIRECTS} redirects; refused"
        raise SourceError(message)

    def _stream(self, response: requests.Response, path: Path, *, most: int) -> tuple[str, int]:
        digest, size, started = hashlib.sha256(), 0, self.clock()
        with path.open("wb") as file:
            for chunk in response.iter_content(CHUNK):
                size += len(chunk)
                if size > most:
                    message = (
                        f"{response.url}: the reply is larger than {most:,} bytes, the source's"
                        " stated maximum: refused; raise `maximum_mb` if the file has grown"
                    )
                    raise SourceError(message)
                if self.clock() - started > self.patience.whole:
                    message = f"{response.url}: the reply took over {self.patience.whole:.0f} s"
                    raise BusyError(message)
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest(), size


def _no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _trusted() -> str | bool:
    """Return the CA bundle that the user's environment names, else the built-in one.

    Raises
    ------
    SourceError
        What the environment names is not there.
    """
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        bundle = os.environ.get(name)
        if bundle and not Path(bundle).exists():
            message = f"{name} names {bundle}, which is not there; name a CA bundle or unset it"
            raise SourceError(message)
        if bundle:
            return bundle
    return True


def _routed(url: str, route: Mapping[str, str]) -> str:
    for official, other in route.items():
        if url.startswith(official):
            return other + url.removeprefix(official)
    return url
