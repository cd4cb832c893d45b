"""A folder's files: their names are plain, and those that belong together appear whole or not.

One process at a time writes them.
"""

import hashlib
import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep

from geoprio.config import RESERVED
from geoprio.errors import GeoprioError, why

if sys.platform != "win32":
    import fcntl

LONGEST = 60


def safe_name(name: str) -> str:
    """Return the file name of one name, without suffix: `a-z`, `0-9` and `-` alone.

    Letters lose their accents (å and ä become a, ö becomes o); whatever else becomes one `-`.
    """
    signs = unicodedata.normalize("NFKD", name).lower()
    letters = "".join(sign for sign in signs if not unicodedata.combining(sign))
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST].strip("-")
    return f"{plain or 'utan-namn'}-x" if not plain or RESERVED.match(plain) else plain


def safe_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name by name; of those that would be alike, the later in order get a number."""
    safe: dict[str, str] = {}
    for name in sorted(set(names)):
        plain = safe_name(name)
        options = (plain, *(f"{plain}-{n}" for n in range(2, len(safe) + 3)))
        safe[name] = next(option for option in options if option not in safe.values())
    return safe


PATIENCE = 20.0
"""Seconds that a process waits for another that writes in the same folder."""
_LEFT = re.compile(r"\.[0-9a-f]{8}\.(old|part)\..+")
"""Names of files on their way: an old one set aside, or a new one that has no name yet."""


def replace_all(
    contents: Mapping[Path, bytes], *, seal: Path, earlier: Callable[[], Mapping[Path, str]] = dict
) -> None:
    """Write several files that belong together, `seal` last: where it stands, all are whole.

    Their folders are locked against other processes meanwhile. Every file is on the disk under a
    temporary name before any gets its own, and the old seal is set aside first. When a file cannot
    get its name, those that did are put back as they were (GeoprioError). A killed process leaves
    no seal, and its temporary files until the next that ends well: its seals say which are
    nobody's.

    `earlier` is asked once the folders are locked: checksums by path of files written here before.
    Those that are not among `contents`, and are still as they were, are removed.
    """
    ordered = [path for path in contents if path != seal] + [seal]
    folders = {path.parent: path for path in ordered}
    token = token_hex(4)
    with ExitStack() as stack:
        for folder in sorted(folders):
            stack.enter_context(alone(folder, folders[folder]))
        gone = _superseded(earlier(), contents)
        parts = {path: stack.enter_context(_part(path, contents[path], token)) for path in ordered}
        _exchange(parts, gone, token)
        for folder in {*folders, *(path.parent for path in gone)}:
            for left in filter(_is_left, list(folder.iterdir())):
                left.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write one file, whole or not at all; see `replace_all`."""
    replace_all({path: content}, seal=path)


def earlier_files(record: Path, homes: Iterable[Path]) -> dict[Path, str]:
    """Return checksums by path of the files that an earlier run's record names.

    Its names may be meant in any of `homes`; none leads out of them. Records that killed runs had
    not yet given their name, or had set aside, are read too; without any that can be read it is
    empty.
    """
    homes = [home.resolve() for home in homes]
    left = [one for one in record.parent.glob(f"*.{record.name}") if _is_left(one)]
    found: dict[Path, str] = {}
    for name, checksum in (item for one in (*left, record) for item in _named(one)):
        for home in homes:
            path = (home / name).resolve()
            # Of two that name it, the one whose file stands there.
            if path.is_relative_to(home) and (path not in found or _sum(path) == checksum):
                found[path] = checksum
    return found


def remove_superseded(earlier: Mapping[Path, str], kept: Iterable[Path]) -> None:
    """Remove an earlier run's files that are not `kept`; one that has been changed since stays."""
    for path in _superseded(earlier, kept):
        path.unlink()


def _superseded(earlier: Mapping[Path, str], kept: Iterable[Path]) -> list[Path]:
    names = {path.resolve() for path in kept}
    return [
        path
        for path, checksum in earlier.items()
        if path.resolve() not in names and _sum(path) == checksum
    ]


def _named(record: Path) -> list[tuple[str, str]]:
    try:
        files = json.loads(record.read_text(encoding="utf-8"))["files"]
        return [(str(name), str(checksum)) for name, checksum in files.items()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def _sum(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


@contextmanager
def alone(folder: Path, path: Path) -> Iterator[None]:
    """Lock the folder that `path` is to stand in; a lock ends with its process, however it ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Windows opens no folder, and keeps two processes from one file by itself.
        handle = None if sys.platform == "win32" else os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _fault(path, error) from error
    try:
        if handle is not None:
            _lock(handle, folder)
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    until = monotonic() + PATIENCE
    # Some network disks know no locks (another OSError): there it is as if nobody else wrote.
    with suppress(OSError):
        while True:
            try:
                return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if monotonic() >= until:
                    break
                sleep(0.05)
        raise GeoprioError("another_writes_here", folder=folder, seconds=PATIENCE)


def _exchange(parts: Mapping[Path, Path], gone: Sequence[Path], token: str) -> None:
    """Give each part its name, the last one last, in place of what is `gone` too.

    The old last one is set aside first. When one cannot get its name, everything is put back.
    """
    aside: dict[Path, Path] = {}
    given: list[Path] = []
    try:
        for path in (*reversed(list(parts)), *gone):
            if path.exists():
                aside[path] = path.replace(_beside(path, "old", token))
        for path, part in parts.items():
            given.append(part.replace(path))
    except BaseException as error:
        for new in given:
            new.unlink(missing_ok=True)
        for name in reversed(aside):
            aside[name].replace(name)
        if isinstance(error, OSError):
            raise _fault(path, error) from error
        raise


@contextmanager
def _part(path: Path, content: bytes, token: str) -> Iterator[Path]:
    """Yield a written temporary file beside `path`; take it away if it did not get its name."""
    part = _beside(path, "part", token)
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        part.write_bytes(content)
        _flush(part)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _fault(path, error) from error
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _flush(part: Path) -> None:
    """Make the content reach the disk before the name does, so a power cut leaves no empty file."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())


def _beside(path: Path, kind: str, token: str) -> Path:
    return path.with_name(f".{token}.{kind}.{path.name}")


def _is_left(path: Path) -> bool:
    return _LEFT.fullmatch(path.name) is not None


def _fault(path: Path, error: OSError) -> GeoprioError:
    return GeoprioError("cannot_be_written", path=path, error=why(error))
