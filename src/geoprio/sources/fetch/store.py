"""The raw folder: whole read-only files with a sidecar each, and nothing half made.

A sidecar that cannot be read, or a folder where another fetch is at work, is a `SourceError`.
"""

import os
import shutil
import stat
import sys
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

import tomli_w
from pydantic import Field, ValidationError

from geoprio.config import Model
from geoprio.errors import SourceError
from geoprio.sources.catalogue import OwnFile, Source
from geoprio.sources.raw import find_files, has_file, sha256
from geoprio.words import Phrase

if sys.platform != "win32":
    import fcntl

NOISE_FROM = 2025
"""First reference year that SCB publishes with controlled random noise (the Cell Key Method)."""


PAGES = "pages"
"""Folder of the pages of a file that is not whole yet: the next fetch goes on from them."""
FRESH = 24 * 3600
"""Seconds for which they are gone on from: a layer may have changed since."""


class Sent(Model):
    """One request with the JSON that was posted, and the checksum of what came back."""

    method: str
    url: str
    body: str = ""
    sha256: str


class Sidecar(Model):
    """What is known of one fetched file."""

    source: str
    title: str
    publisher: str
    credit: str
    """What stands under a figure, such as "Källa: SCB"."""
    licence: str
    page: str
    part: str
    """Table, layer or file at the publisher."""
    reference_year: int
    area_set: str
    """Areas and vintage that the rows are of."""
    noise: bool
    """Figures carry the publisher's random noise: totals need not be the sum of their parts."""
    fetched_at: str
    sha256: str
    bytes: int
    joined: bool
    """Several replies were put together; each has its own checksum below."""
    asked: str
    """Checksum of what was asked for: another choice in the source's TOML fetches anew."""
    updated: str = ""
    """The publisher's own mark of the version."""
    last_modified: str = ""
    signed_by: str = ""
    """Checksum of the certificate that its signatures were found right by; empty for none."""
    requests: Annotated[tuple[Sent, ...], Field(strict=False)]


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a raw file lies."""
    return path.with_name(f"{path.name}.toml")


def read_sidecar(path: Path) -> Sidecar | None:
    """Return the sidecar of the raw file `path`, or None where it has none."""
    place = sidecar_of(path)
    try:
        return Sidecar.model_validate(tomllib.loads(place.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        raise SourceError("not_a_sidecar", place=place, error=str(error).splitlines()[0]) from None


class Store:
    """A raw folder that is being filled; use it as a context."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scratch = folder / ".fetch"
        self._lock: int | None = None

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self.folder)
        self._clear()
        self.scratch.mkdir(exist_ok=True)
        return self

    def forget_pages(self) -> None:
        """Remove the pages of a file that is whole now, or never will be."""
        shutil.rmtree(self.scratch / PAGES, ignore_errors=True)

    def _clear(self) -> None:
        """Remove what a fetch leaves, but for fresh whole pages of a file that lacks others."""
        for path in [*self.scratch.glob(f"{PAGES}/*"), *self.scratch.glob("*")]:
            if path.is_file() and (
                path.parent == self.scratch or time.time() - path.stat().st_mtime > FRESH
            ):
                path.unlink(missing_ok=True)
        for folder in (self.scratch / PAGES, self.scratch):
            with suppress(OSError):
                folder.rmdir()

    def __exit__(self, *_: object) -> None:
        self._clear()
        if self._lock is not None:
            os.close(self._lock)

    def place(self, made: Path, name: str, sidecar: Sidecar) -> None:
        """Put a whole file and its sidecar in place, both read-only.

        The sidecar goes first: should the second move never come, its checksum does not fit what
        lies there, and the next fetch makes the file again.
        """
        self.renew_sidecar(self.folder / name, sidecar)
        _move(made, self.folder / name)

    def renew_sidecar(self, path: Path, sidecar: Sidecar) -> None:
        """Write another sidecar beside a file that stays as it is."""
        beside = self.scratch / (path.name + ".sidecar")
        told = tomli_w.dumps(sidecar.model_dump(mode="json"))
        beside.write_text(told, encoding="utf-8", newline="\n")
        _move(beside, sidecar_of(path))

    def put_aside(self, path: Path) -> Path:
        """Move a file that is not what was fetched out of the way, and return where it went."""
        kept = self.folder / ".replaced" / path.name
        kept.parent.mkdir(exist_ok=True)
        _unlock(kept)
        path.replace(kept)
        return kept


def _locked(folder: Path) -> int | None:
    """Return what keeps other fetches out of a folder until it is closed, or its process ends."""
    if sys.platform == "win32":  # It opens no folder.
        return None
    handle = os.open(folder, os.O_RDONLY)
    # Some network disks know no locks (another OSError): there it is as if nobody else fetched.
    with suppress(OSError):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise SourceError("another_fetches_here", folder=folder) from None
    return handle


def held(path: Path) -> Sidecar | None:
    """Return the sidecar of a file that is there and is what was fetched; else None."""
    sidecar = read_sidecar(path)
    if sidecar is None or not path.is_file() or sha256(path) != sidecar.sha256:
        return None
    return sidecar


def _move(made: Path, path: Path) -> None:
    with made.open("r+b") as file:
        os.fsync(file.fileno())
    made.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    _unlock(path)
    made.replace(path)


def _unlock(path: Path) -> None:
    """Let a read-only file be replaced: Windows would refuse it."""
    if path.exists():
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)


State = Literal["fetched", "own", "missing", "damaged"]


@dataclass(frozen=True)
class Listed:
    """One source of a campaign, and what is there of it."""

    name: str
    source: Source
    state: State
    files: tuple[Path, ...] = ()
    sidecar: Sidecar | None = None
    """Of the first file that was fetched."""
    fault: SourceError | None = None
    """Why files that are there cannot be used."""

    @property
    def age_days(self) -> int | None:
        """Whole days since the file was fetched; None for one that the user put there."""
        if self.sidecar is None:
            return None
        return (datetime.now(UTC) - datetime.fromisoformat(self.sidecar.fetched_at)).days

    @property
    def how(self) -> SourceError | Phrase:
        """How the file is got, where it is not there; or what keeps it from being used."""
        if self.fault:
            return self.fault
        return by_hand(self.source) if self.is_by_hand else Phrase("fetch_gets_it")

    @property
    def is_spared(self) -> bool:
        """Whether it is an own file that is not there, and a run without it only shows less."""
        return self.is_by_hand and self.state == "missing" and self.source.is_shown

    @property
    def is_by_hand(self) -> bool:
        """Whether nothing but a user's own file can serve the source."""
        return self.source.is_by_hand


def state_of(name: str, source: Source, folder: Path) -> Listed:
    """Return what is there of one source.

    A file without a sidecar is the user's own. One that is not what its sidecar says is damaged.
    """
    try:
        files = find_files(source, folder, campaign="<campaign>")
    except SourceError as error:
        # Several files of the user's that fit one name are not the same as none.
        fault = error if has_file(source, folder) else None
        return Listed(name, source, "missing", fault=fault)
    if any(not sidecar_of(path).exists() for path in files):
        return Listed(name, source, "own", files)
    sidecars = [held(path) for path in files]
    if None in sidecars:
        return Listed(name, source, "damaged", files)
    return Listed(name, source, "fetched", files, sidecars[0])


def by_hand(source: Source) -> Phrase:
    """Return how a file that cannot be fetched is got: what, from whom, and what to call it."""
    place = Phrase("published_at", publisher=source.publisher, page=source.page)
    if isinstance(source.fetch, OwnFile):
        return Phrase("get_by_hand", how=source.fetch.how, names=source.files, place=place)
    return Phrase("put_by_hand", names=source.files, place=place)
