"""Files appear whole or not at all: written under a temporary name, then renamed."""

import hashlib
import json
import os
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR
from pathlib import Path

from geoprio.errors import GeoprioError


def replace_all(contents: Mapping[Path, bytes], *, seal: Path) -> None:
    """Write several files that belong together, `seal` last: where it stands, all are whole.

    Every file is on the disk under a temporary name before any gets its own, and the old seal goes
    first. When a file cannot get its name, those that did are put back as they were. A killed
    process leaves no seal; its temporary files are swept away here.

    Raises
    ------
    GeoprioError
        A folder cannot be made or a file cannot be written; the files are as they were.
    """
    ordered = [path for path in contents if path != seal] + [seal]
    for folder in {path.parent for path in ordered}:
        _sweep(folder)
    with ExitStack() as stack:
        parts = {path: stack.enter_context(_part(path, contents[path])) for path in ordered}
        _exchange(parts)


def _exchange(parts: Mapping[Path, Path]) -> None:
    """Give each part its name, the last one last; put everything back when one cannot get it."""
    kept: dict[Path, Path] = {}
    try:
        for path in reversed(list(parts)):
            if path.exists():
                kept[path] = path.replace(_beside(path, "old"))
        for path, part in parts.items():
            part.replace(path)
    except OSError as error:
        for path in parts.keys() - kept.keys():
            path.unlink(missing_ok=True)
        for path, old in kept.items():
            old.replace(path)
        raise GeoprioError(_fault(path, error)) from error
    for old in kept.values():
        old.unlink()


@contextmanager
def _part(path: Path, content: bytes) -> Iterator[Path]:
    """Yield a written temporary file beside `path`; take it away if it did not get its name."""
    part = _beside(path, "part")
    try:
        if path.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        _flush(part)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise GeoprioError(_fault(path, error)) from error
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f".{path.stem}.{os.getpid()}.{kind}{path.suffix}")


def _sweep(folder: Path) -> None:
    for kind in ("part", "old") if folder.is_dir() else ():
        for left in folder.glob(f".*.{kind}.*"):
            left.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write one file, whole or not at all.

    Raises
    ------
    GeoprioError
        The folder cannot be made or the file cannot be written.
    """
    replace_all({path: content}, seal=path)


def _flush(part: Path) -> None:
    """Make the content reach the disk before the name does, so a power cut leaves no empty file."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())


def _fault(path: Path, error: OSError) -> str:
    return (
        f"{path}: cannot be written ({error.strerror or error}). Expected a folder that can be"
        " written to and room on the disk; close the file if another program holds it open."
    )


# Files of an earlier run that a new one has no place for, such as a renamed association's.


def earlier_files(record: Path, homes: Iterable[Path]) -> dict[Path, str]:
    """Return checksums by path of the files that an earlier run's record names.

    Empty where there is no record, or none that can be read.

    Parameters
    ----------
    homes
        The folders that its names may be meant in; none leads out of them.
    """
    try:
        named = json.loads(record.read_text(encoding="utf-8"))["files"]
        sums = {str(name): str(checksum) for name, checksum in named.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {
        home / name: checksum
        for home in homes
        for name, checksum in sums.items()
        if (home / name).resolve().is_relative_to(home.resolve())
    }


def remove_superseded(earlier: Mapping[Path, str], kept: Container[Path]) -> None:
    """Remove an earlier run's files that are not `kept`; one that has been changed since stays."""
    gone = [path for path in earlier if path not in kept and path.is_file()]
    for path in gone:
        if hashlib.sha256(path.read_bytes()).hexdigest() == earlier[path]:
            path.unlink()
