"""Files appear whole or not at all: written under a temporary name, then renamed."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from errno import EISDIR
from pathlib import Path

from geoprio.errors import GeoprioError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; rename it to `path` when the block succeeds.

    The temporary name keeps the ending of `path`, since some writers choose their format by it.
    When the block fails the temporary file is removed and `path` stays as it was.

    Raises
    ------
    GeoprioError
        The folder cannot be made or the file cannot be written.
    """
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        _flush(part)
        part.replace(path)
    except OSError as error:
        raise GeoprioError(_fault(path, error)) from error
    finally:
        with suppress(OSError):
            part.unlink()


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """Write several files, all of them or none: every one is on the disk before any gets its name.

    Raises
    ------
    GeoprioError
        A folder cannot be made or a file cannot be written; the files are then as they were.
    """
    with ExitStack() as stack:
        for path, content in contents.items():
            if path.is_dir():
                raise GeoprioError(_fault(path, IsADirectoryError(EISDIR, os.strerror(EISDIR))))
            stack.enter_context(replacing(path)).write_bytes(content)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all.

    Raises
    ------
    GeoprioError
        The folder cannot be made or the file cannot be written.
    """
    with replacing(path) as part:
        part.write_bytes(content)


def write_text(path: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Write `text` to `path`, whole or not at all, with its line ends as they are.

    Raises
    ------
    GeoprioError
        The folder cannot be made or the file cannot be written.
    """
    write_bytes(path, text.encode(encoding))


def _flush(part: Path) -> None:
    """Make the content reach the disk before the name does, so a power cut leaves no empty file."""
    with part.open("r+b") as file:
        os.fsync(file.fileno())


def _fault(path: Path, error: OSError) -> str:
    return (
        f"{path}: cannot be written ({error.strerror or error}). Expected a folder that can be"
        " written to and room on the disk; close the file if another program holds it open."
    )
