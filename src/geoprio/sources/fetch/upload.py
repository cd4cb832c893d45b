"""The party's app: rundor sent when the user says so, and area totals asked for. Never a person.

What was sent is kept in a list that is written after each area. A run that is killed goes on where
it was: the app is first asked what it has, and an area of the same key is never sent twice.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import requests
from urllib3.exceptions import HTTPError

from geoprio.errors import ConfigError, SourceError
from geoprio.sources.activity import OF_ZETKIN
from geoprio.sources.fetch.client import Limit, Limiter, plain_words, trusted

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PAGE, PAGES = 100, 100
"""Areas of a page, and pages at most."""
LARGEST = 20_000_000
"""Bytes of a reply at most."""
KEY = re.compile(r"\[gp:([^\]\s]{1,80})\]")
"""How an area of ours is known again in its description: the app has no key of ours."""
COLUMNS = ["zetkin_id", "area_code", "turf_code"]
"""Of the list of what was sent; an assignment has its association for a code."""
BEGUN = "begun"
"""Instead of an id: it was about to be sent. Nobody knows whether it was."""


@dataclass(frozen=True)
class Post:
    """Where areas are sent: one organisation of the app, with the user's own token."""

    server: str
    org: int
    project: int
    token: str = field(repr=False)
    limiter: Limiter = field(
        default_factory=lambda: Limiter(Limit(20, 10.0), clock=time.monotonic, sleep=time.sleep),
        repr=False,
    )

    def __post_init__(self) -> None:
        """Refuse an address that a token must not be sent to."""
        parts = urlsplit(self.server)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        if not secure or not parts.hostname or parts.username or parts.query or parts.fragment:
            raise ConfigError("zetkin_address_wrong")
        if not re.fullmatch(r"[\x21-\x7e]+", self.token):
            raise ConfigError("zetkin_without_token")

    def ask(self, method: str, place: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON is any
        """Return what the app answers; SourceError where it says no. A token is in no message."""
        url = f"{self.server.rstrip('/')}/api2/orgs/{self.org}/{place}"
        self.limiter.wait()
        try:
            with requests.request(
                method,
                url,
                json=body,
                auth=self._signed,
                timeout=(10, 60),
                allow_redirects=False,
                stream=True,
                verify=trusted(),
            ) as reply:
                content = reply.raw.read(LARGEST, decode_content=True)
                status = reply.status_code
        except (requests.exceptions.RequestException, HTTPError, OSError) as error:
            raise SourceError("zetkin_silent", url=url, why=type(error).__name__) from None
        told = content.decode("utf-8", errors="replace")
        if not 200 <= status < 300:
            said = plain_words(told)[:200].replace(self.token, "…")
            raise SourceError("zetkin_refused", url=url, status=status, said=said)
        try:
            found = json.loads(told) if told.strip() else {}
        except ValueError:
            raise SourceError("zetkin_answer_odd", url=url) from None
        return found["data"] if isinstance(found, dict) and "data" in found else found

    def _signed(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Return a request with the token, in place of what a .netrc may say."""
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def known_areas(post: Post) -> dict[str, dict[str, Any]]:
    """Return the app's areas that are ours, by the key in their description."""
    found: dict[str, dict[str, Any]] = {}
    for page in range(1, PAGES + 1):
        rows = post.ask("GET", f"areas?size={PAGE}&page={page}")
        if not isinstance(rows, list):
            raise SourceError("zetkin_answer_odd", url=post.server)
        for row in rows:
            key = KEY.search(str(row.get("description") or ""))
            if key:
                found[key[1]] = row
        if len(rows) < PAGE:
            break
    return found


@dataclass
class Sent:
    """What was sent, and is kept in a list of keys."""

    path: Path
    rows: dict[str, list[str]] = field(default_factory=dict)
    """`zetkin_id` and `area_code` by `turf_code`."""
    counts: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("new", "changed", "same"), 0)
    )

    @classmethod
    def of(cls, path: Path) -> "Sent":
        """Return what an earlier upload left."""
        if not path.is_file():
            return cls(path)
        table = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig").fillna("")
        if list(table.columns) != COLUMNS:
            raise SourceError("privat_columns_wrong", file=path.name, columns=";".join(COLUMNS))
        return cls(path, {row[2]: [row[0], row[1]] for row in table.to_numpy().tolist()})

    def keep(self, code: str, number: object, area: str) -> None:
        """Write that something has been sent, before anything else is."""
        self.rows[code] = [str(number), area]
        table = pd.DataFrame([[*row, code] for code, row in self.rows.items()], columns=COLUMNS)
        part = self.path.with_name(f".{self.path.name}.part")
        part.write_text(table.to_csv(index=False, sep=";"), encoding="utf-8")
        part.replace(self.path)


def send_areas(
    post: Post, areas: Sequence[Mapping[str, Any]], sent: Sent
) -> Iterator[tuple[str, str]]:
    """Send areas that the app has not, change those that differ, and yield what became of each.

    Parameters
    ----------
    post
        Where to.
    areas
        `area_code`, `turf_code` and `body` (title, description and boundary) of each.
    sent
        The list that is kept.

    Yields
    ------
    outcome
        `turf_code`, and "new", "changed" or "same".
    """
    known = known_areas(post)
    for one in areas:
        code, body = str(one["turf_code"]), one["body"]
        there = known.get(code)
        if there is None:
            outcome, number = "new", post.ask("POST", "areas", body)["id"]
        elif all(there.get(key) == body[key] for key in body):
            outcome, number = "same", there["id"]
        else:
            outcome, number = "changed", there["id"]
            post.ask("PATCH", f"areas/{int(number)}", body)
        sent.keep(code, int(number), str(one["area_code"]))
        sent.counts[outcome] += 1
        yield code, outcome


def send_assignment(post: Post, association: str, body: Mapping[str, Any], sent: Sent) -> int:
    """Return the app's id of an association's assignment, sent if it has not been.

    The app cannot be asked for an assignment by name. One that was about to be sent when a run was
    killed is therefore not sent again: SourceError says where to look.
    """
    kept = sent.rows.get(association, ["", ""])[0]
    if kept == BEGUN:
        raise SourceError("zetkin_assignment_begun", association=association, file=sent.path.name)
    if kept:
        post.ask("PATCH", f"area_assignments/{int(kept)}", body)
        return int(kept)
    sent.keep(association, BEGUN, "")
    made = post.ask("POST", f"projects/{post.project}/area_assignments", body)
    sent.keep(association, int(made["id"]), "")
    return int(made["id"])


def assign(post: Post, assignment: int, areas: Sequence[int], user: int) -> None:
    """Let areas be an assignment's: the app does so by who is to work there alone."""
    for area in areas:
        post.ask("PUT", f"area_assignments/{assignment}/areas/{area}/assignees/{user}")


def area_statistics(post: Post, sent: Sent) -> list[dict[str, Any]]:
    """Return three totals of each area that was sent; of what the app tells, nothing else."""
    rows = []
    for number, area in sent.rows.values():
        if not area:
            continue
        told = post.ask("GET", f"areas/{int(number)}/stats")
        if not isinstance(told, dict):
            raise SourceError("zetkin_answer_odd", url=post.server)
        if not set(OF_ZETKIN) <= set(told):
            raise SourceError("zetkin_answer_odd", url=post.server)
        rows.append({"area_id": int(number), **{key: told[key] for key in OF_ZETKIN}})
    return rows
