"""What a server's status means: a whole reply, come back later, or no."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import requests

from geoprio.errors import SourceError
from geoprio.sources.web.bodies import SHOWN, plain_words

GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
"""The address holds nothing, or nothing any longer."""

NO_WAY = ("NameResolutionError", "NewConnectionError")
"""Words of the library's errors where no connection came about."""

REFUSED_TUNNEL = re.compile(r"Tunnel connection failed: (\d{3}[\w -]*)")
"""What the library says of a proxy that refuses, with the proxy's status."""


class RefusedError(SourceError):
    """The server said no to this request."""

    def __init__(self, message: str, *, status: int, said: str) -> None:
        super().__init__(message)
        self.status, self.said = status, said


class BusyError(SourceError):
    """The server asks to come back, or failed in a way that may pass."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


class NoWayError(BusyError):
    """No connection came about: no such name, no route, or nobody listens."""


class UnreachableError(SourceError):
    """A host gave no whole reply, however often it was asked."""


def refuse_status(response: requests.Response, url: str) -> None:
    """Raise unless the status says that a body follows, or that nothing changed.

    Raises
    ------
    BusyError
        Too many calls, or a fault of the server that may pass.
    RefusedError
        Anything else.
    """
    status = response.status_code
    if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        return
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.REQUEST_TIMEOUT) or (
        status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        after = _retry_after(response.headers.get("Retry-After"))
        later = "" if after is None else f" and asks to come back in {after:.0f} s"
        message = f"{url}: the server answers {status} {response.reason}{later}"
        raise BusyError(message, after=after)
    said = plain_words(response.raw.read(20_000, decode_content=True).decode("utf-8", "replace"))
    message = (
        f"{url}: the server refused with {status} {response.reason}; it says: {said[:SHOWN]!r}"
    )
    raise RefusedError(message, status=status, said=said)


def no_reply(error: requests.exceptions.RequestException, url: str) -> BusyError:
    """Return what to say where the library got no whole reply."""
    refused = REFUSED_TUNNEL.search(str(error))
    if refused:
        return NoWayError(f"{url}: the proxy of HTTPS_PROXY refuses with {refused[1].strip()}")
    message = f"{url}: no whole reply: {type(error).__name__}"
    timed_out = isinstance(error, requests.exceptions.ConnectTimeout)
    if timed_out or any(word in str(error) for word in NO_WAY):
        return NoWayError(message)
    return BusyError(message)


def _retry_after(header: str | None) -> float | None:
    """Return the seconds to wait, from a number or a date; None where neither is given."""
    if header is None:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
