"""The one place that opens the network: named hosts, https, limits, patience, size."""

import hashlib
import json
import math
import os
import re
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import requests
import tenacity
from urllib3.exceptions import HTTPError

from geoprio import __version__
from geoprio.errors import SourceError
from geoprio.sources.raw import refuse_bomb
from geoprio.words import Phrase

PACKED = b"PK\x03\x04"
"""How a zip begins."""

TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
Check = Callable[[Path], None]
SHOWN = 300
"""Characters of an unexpected reply that an error quotes."""


class DamagedError(SourceError):
    """A reply that is cut off or garbled: asking again may give a whole one."""


def anything(path: Path) -> None:
    """Raise where a body is empty."""
    if path.stat().st_size == 0:
        raise DamagedError("reply_empty")


def is_json(path: Path) -> None:
    """Raise unless a body is whole JSON; a server's error page or XML exception is quoted.

    Servers tell of a fault with a status that says success.
    """
    anything(path)
    start = _start(path)
    if start.startswith(b"<"):
        raise SourceError("markup_for_json", words=quoted(path))
    if start.startswith(PACKED):
        raise SourceError("zip_for_json")
    read_json(path)


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON is any
    """Return what a JSON body holds."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DamagedError("reply_json_broken", error=error) from None


def plain_words(markup: str) -> str:
    """Return the text of XML or HTML without its tags, for quoting in an error."""
    return " ".join(TAGS.sub(" ", markup).split()) or " ".join(markup.split())


def is_page(path: Path) -> bool:
    """Return whether a body is an HTML page or an XML document."""
    return _start(path).startswith(b"<")


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")


def quoted(path: Path) -> str:
    """Return the first words of a body that is not what it should be."""
    return plain_words(path.read_bytes()[:20_000].decode("utf-8-sig", errors="replace"))[:SHOWN]


def is_file(name: str, *, unpacked: int) -> Check:
    """Return the check of a published file, by the ending of its name.

    A `.zip` or `.xlsx` is looked into: its members may unpack to so many bytes.
    """
    ending = PurePosixPath(name).suffix.lower()

    def check(path: Path) -> None:
        anything(path)
        if ending not in (".html", ".xml") and is_page(path):
            raise SourceError("markup_for_file", name=name, words=quoted(path))
        if ending in (".zip", ".xlsx"):
            _refuse_unsafe_zip(path, unpacked=unpacked)
        elif ending in (".json", ".geojson"):
            is_json(path)

    return check


def _refuse_unsafe_zip(path: Path, *, unpacked: int) -> None:
    """Raise unless a zip is whole and no member can leave its folder or fill the disk."""
    try:
        with zipfile.ZipFile(path) as packed:
            items = packed.infolist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise DamagedError("reply_zip_damaged", error=error) from None
    wrong = [item.filename for item in items if leaves_its_folder(item.filename)]
    if wrong:
        raise SourceError("zip_leaves_folder", wrong=wrong[:5])
    refuse_bomb(items, most=unpacked)


def leaves_its_folder(name: str) -> bool:
    """Return whether a member's path is absolute or climbs out, on any system."""
    return (
        PurePosixPath(name).is_absolute()
        or bool(PureWindowsPath(name).anchor)
        or ".." in re.split(r"[/\\]", name)
    )


MARGIN = 0.8
"""Share of the stated limits that is used."""


@dataclass(frozen=True)
class Limit:
    """So many calls in so many seconds, as the server states it."""

    calls: int
    seconds: float

    def __post_init__(self) -> None:
        """Refuse what no server means, with a `ValueError`."""
        if self.calls < 1 or not 0 < self.seconds < math.inf:
            raise ValueError(Phrase("limit_without_calls", calls=self.calls, seconds=self.seconds))

    @property
    def used(self) -> int:
        """Calls in a window that stay under the limit by the margin; at least one."""
        return max(1, math.floor(self.calls * MARGIN))


UNSTATED = Limit(calls=10, seconds=10.0)
"""What is kept to where a server states nothing: the lowest limit that SCB ever published."""


@dataclass
class Limiter:
    """Waits before a call that would be one too many."""

    limit: Limit
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    sent: list[float] = field(default_factory=list)

    def wait(self) -> None:
        """Return when one more call may be sent, and note it as sent."""
        used = self.limit.used
        if len(self.sent) >= used:
            # The one call that must have left the window first.
            left = self.sent[-used] + self.limit.seconds - self.clock()
            if left > 0:
                self.sleep(left)
        self.sent.append(self.clock())


GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""The address holds nothing, or nothing any longer."""

NO_WAY = ("NameResolutionError", "NewConnectionError")
"""Words of the library's errors where no connection came about."""

REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}[\w -]*)")
"""What the library says of a proxy that refuses, with the proxy's status."""


class RefusedError(SourceError):
    """The server said no to this request."""

    def __init__(self, key: str, /, *, status: int, said: str, **values: object) -> None:
        super().__init__(key, (), status=status, said=said[:SHOWN], **values)
        self.status, self.said = status, said


class BusyError(SourceError):
    """The server asks to come back, or failed in a way that may pass."""

    def __init__(self, key: str, /, *, after: float | None = None, **values: object) -> None:
        super().__init__(key, (), **values)
        self.after = after


class NoWayError(BusyError):
    """No connection came about: no such name, no route, or nobody listens."""


class ClosedError(SourceError):
    """Nobody may be asked."""


class UnreachableError(SourceError):
    """A host gave no whole reply, however often it was asked."""


def _refuse_status(response: requests.Response, url: str) -> None:
    """Raise unless the status says that a body follows, or that nothing changed."""
    status = response.status_code
    if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        return
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT) or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        after = _retry_after(response.headers.get("Retry-After"))
        words = "" if after is None else Phrase("come_back_in", after=after)
        why = response.reason
        raise BusyError(
            "server_answers", url=url, status=status, reason=why, later=words, after=after
        )
    key, said = "server_refused_says", ""
    try:
        body = response.raw.read(20_000, decode_content=True)
        said = plain_words(body.decode("utf-8", "replace"))
    except (HTTPError, OSError):
        # A refusal is one though its words are cut off, or are not packed as they say.
        key = "server_refused_mute"
    raise RefusedError(key, url=url, status=status, reason=response.reason, said=said)


def _no_reply(error: requests.exceptions.RequestException, url: str) -> BusyError:
    """Return what to say where the library got no whole reply."""
    refused = REFUSED_TUNNEL.search(str(error))
    if refused:
        return NoWayError("proxy_refuses", url=url, refused=refused[1].strip())
    message = Phrase("no_whole_reply", url=url, kind=type(error).__name__)
    timed_out = isinstance(error, requests.exceptions.ConnectTimeout)
    if timed_out or any(word in str(error) for word in NO_WAY):
        return NoWayError(message)
    return BusyError(message)


def _retry_after(header: str | None) -> float | None:
    """Return the seconds to wait, from a number or a date; None where neither is given."""
    if header is None:
        return None
    with suppress(ValueError):
        return max(0.0, float(header))
    with suppress(TypeError, ValueError):
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    return None


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
    read: float = 120.0
    whole: float = 900.0
    """Longest time that one body may take."""
    attempts: int = 6
    connections: int = 3
    """How often is tried to reach a host that cannot be reached at all."""
    first_wait: float = 1.0
    longest_wait: float = 120.0


@dataclass
class Client:
    """Sends requests to the hosts it was given, and to no other."""

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
        self._session.auth = lambda request: request
        self._limiters: dict[str, Limiter] = {}
        self._silent: dict[str, SourceError] = {}
        self._reached = False

    @property
    def cut_off(self) -> Phrase | None:
        """What is told where no host may or can be reached: it is the network, not they."""
        if self.offline:
            return Phrase("network_closed_to_all")
        if self._reached or not all(isinstance(it, NoWayError) for it in self._silent.values()):
            return None
        hosts, why = sorted(self._silent), next(iter(self._silent.values()), None)
        return Phrase("network_down", hosts=hosts, why=why) if hosts else None

    def limit(self, url: str, limit: Limit) -> None:
        """Keep to what the host of `url` states from now on."""
        self._limiter(url).limit = limit

    def save(self, ask: Ask, path: Path, *, most: int, newer_than: str | None = None) -> Reply:
        """Send a request and put the body in `path`, once its check has let it in.

        It may have `most` bytes; with the `Last-Modified` of what is held, the reply may be that
        nothing changed.

        RefusedError: The server refused; its status and words are in the error. SourceError: The
        address is not allowed, the network is closed, or no whole reply came in time.
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
            message = Phrase("tried_in_vain", error=error, tries=tries)
            if isinstance(error, DamagedError):
                raise SourceError(message) from None
            # What is left to ask of a host that does not answer is not waited for once more.
            self._silent[host] = error
            raise UnreachableError(message) from None
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    def _refuse_address(self, url: str) -> None:
        found = HOST.match(url)
        host = found[1].lower() if found else ""
        if host not in self.hosts:
            raise SourceError("host_refused", url=url, hosts=sorted(self.hosts))
        if self.offline:
            raise ClosedError("network_closed", url=url)
        if host in self._silent:
            raise UnreachableError("host_silent", url=url, why=self._silent[host])

    def _limiter(self, url: str) -> Limiter:
        fresh = Limiter(UNSTATED, clock=self.clock, sleep=self.sleep)
        return self._limiters.setdefault(urlsplit(url).hostname or "", fresh)

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
                self._reached = True
                _refuse_status(response, ask.url)
                modified = response.headers.get("Last-Modified")
                if response.status_code == HTTPStatus.NOT_MODIFIED:
                    return Reply(path, "", 0, newer_than, unchanged=True)
                digest, size = self._stream(response, path, most=most)
        except requests.exceptions.SSLError as error:
            raise SourceError("certificate_not_trusted", url=ask.url, error=error) from None
        except requests.exceptions.RequestException as error:
            raise _no_reply(error, ask.url) from None
        except ValueError as error:
            # The library looks at where a redirect leads before it is asked to follow.
            raise SourceError("redirect_nowhere", url=ask.url, error=error) from None
        try:
            ask.check(path)
        except SourceError as error:
            again = DamagedError if isinstance(error, DamagedError) else SourceError
            raise again("named", name=ask.url, fault=error) from None
        return Reply(path, digest, size, modified)

    def _open(self, ask: Ask, headers: Mapping[str, str]) -> requests.Response:
        url = ask.url
        for _ in range(REDIRECTS + 1):
            self._limiter(url).wait()
            official = next((at for at in self.route if url.startswith(at)), "")
            response = self._session.request(
                ask.method,
                self.route.get(official, "") + url.removeprefix(official),
                json=ask.body,
                headers=dict(headers),
                timeout=(self.patience.connect, self.patience.read),
                allow_redirects=False,
                stream=True,
                verify=trusted(),
            )
            if not response.is_redirect:
                return response
            # A redirect is followed only where the address itself would be allowed.
            response.close()
            url = urljoin(url, response.headers["Location"])
            self._refuse_address(url)
        raise SourceError("too_many_redirects", url=ask.url, most=REDIRECTS)

    def _stream(self, response: requests.Response, path: Path, *, most: int) -> tuple[str, int]:
        digest, size, started = hashlib.sha256(), 0, self.clock()
        with path.open("wb") as file:
            for chunk in response.iter_content(CHUNK):
                size += len(chunk)
                if size > most:
                    raise SourceError("reply_too_large", url=response.url, most=most)
                if self.clock() - started > self.patience.whole:
                    raise BusyError("reply_too_slow", url=response.url, seconds=self.patience.whole)
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest(), size


def trusted() -> str | bool:
    """Return the CA bundle that the user's environment names, else the built-in one."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        bundle = os.environ.get(name)
        if bundle and not Path(bundle).exists():
            raise SourceError("ca_bundle_missing", name=name, bundle=bundle)
        if bundle:
            return bundle
    return True
