"""The raw folder: whole read-only files with a sidecar each, and nothing half made."""

import os
import shutil
import stat
from pathlib import Path
from types import TracebackType
from typing import Self

from geoprio.sources.files import sha256
from geoprio.sources.web.sidecar import Sidecar, read_sidecar, sidecar_of, write_sidecar

SCRATCH = ".fetch"
REPLACED = ".replaced"


class Store:
    """A raw folder that is being filled; use it as a context."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.scratch = folder / SCRATCH

    def __enter__(self) -> Self:
        # What a killed fetch left is of no use: a file is put in place only when it is whole.
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)

    def place(self, made: Path, name: str, sidecar: Sidecar) -> Path:
        """Put a whole file and its sidecar in place, both read-only.

        The sidecar goes first: should the second move never come, its checksum does not fit what
        lies there, and the next fetch makes the file again.
        """
        path = self.folder / name
        beside = self.scratch / (name + ".sidecar")
        write_sidecar(sidecar, beside)
        _move(beside, sidecar_of(path))
        _move(made, path)
        return path

    def renew_sidecar(self, path: Path, sidecar: Sidecar) -> None:
        """Write another sidecar beside a file that stays as it is."""
        beside = self.scratch / (path.name + ".sidecar")
        write_sidecar(sidecar, beside)
        _move(beside, sidecar_of(path))

    def put_aside(self, path: Path) -> Path:
        """Move a file that is not what was fetched out of the way, and return where it went."""
        folder = self.folder / REPLACED
        folder.mkdir(exist_ok=True)
        kept = folder / path.name
        _unlock(kept)
        path.replace(kept)
        return kept


def held(path: Path) -> Sidecar | None:
    """Return the sidecar of a file that is there and is what was fetched; else None.

    Raises
    ------
    SourceError
        The sidecar cannot be read.
    """
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
