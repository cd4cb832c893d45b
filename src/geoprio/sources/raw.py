"""Finding raw files and opening them safely: the only code that opens a raw file."""

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import IO

from geoprio.config import Campaign
from geoprio.errors import SourceError
from geoprio.sources.catalogue import OwnFile, Source
from geoprio.words import Phrase

LARGEST = 1_000_000_000
"""Bytes that a packed file may unpack to; the largest official one is about 130 MB."""

EXPANSION = 400
"""Times its packed size that a member may unpack to, above `SMALL`; borders and tables reach 50."""
SMALL = 1_000_000
"""Bytes below which a member's expansion is nobody's concern."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def find_file(source: Source, raw: Path, *, campaign: str) -> Path:
    """Return the file in `raw` that bears a name of `source`; of several allowed ones, the first.

    SourceError: As `find_files`.
    """
    return find_files(source, raw, campaign=campaign)[0]


def find_files(source: Source, raw: Path, *, campaign: str) -> tuple[Path, ...]:
    """Return the files in `raw` that bear a name of `source`, the first name that fits.

    SourceError: No file fits (the message says which names were looked for, where, and how to get
    it), or several files fit the same name and the source is not one of several files.
    """
    for pattern in source.files:
        found = sorted(path for path in raw.glob(pattern) if _is_raw(path))
        if len(found) > 1 and not source.several:
            raise SourceError(
                "several_files_fit",
                [path.name for path in found],
                source=source.title,
                pattern=pattern,
                raw=raw,
            )
        if found:
            return tuple(found)
    how = [
        Phrase("looked_for", source=source.files),
        Phrase("looked_in", raw=raw, value="" if raw.is_dir() else Phrase("no_folder")),
        Phrase("file_is", how=source.fetch.how)
        if isinstance(source.fetch, OwnFile)
        else Phrase("fetch_with", campaign=campaign),
        Phrase("take_from", publisher=source.publisher, page=source.page),
    ]
    raise SourceError("file_missing", how, source=source.title)


def has_file(source: Source, raw: Path) -> bool:
    """Return whether a file in `raw` bears a name of `source`."""
    return any(_is_raw(path) for pattern in source.files for path in raw.glob(pattern))


def _is_raw(path: Path) -> bool:
    # A .toml is the sidecar of a fetched file, never data.
    return path.is_file() and path.suffix != ".toml"


def sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file.

    SourceError: The file is empty, or may not be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError("file_unreadable", error=error.strerror) from None
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SourceError("file_empty")
    return content


def read_text(path: Path, *, encoding: str = "utf-8-sig") -> str:
    """Return the text of a file, without its byte order mark.

    SourceError: The file is empty, or not in that encoding.
    """
    return decode(read_bytes(path), encoding=encoding)


def decode(content: bytes, *, encoding: str) -> str:
    """Return bytes as text.

    SourceError: They are not in that encoding, or it is unknown.
    """
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise SourceError("text_not_encoding", encoding=encoding, start=error.start) from None
    except LookupError:
        raise SourceError("unknown_encoding", encoding=encoding) from None


def read_member(path: Path, *, patterns: tuple[str, ...]) -> bytes:
    """Return the bytes of the one file in a zip whose name fits one of `patterns`.

    It is read into memory, so that no path in the zip can reach the disk.

    SourceError: The zip is truncated, damaged or locked, or holds none or several such files, or
    one that unpacks to more than 1 GB.
    """
    with open_zip(path) as packed:
        return packed.read(only_member(packed, *patterns))


@contextmanager
def open_zip(file: Path | IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a zip, for all that is read of it while it is open.

    SourceError: The zip is truncated or damaged, or packed in a way that cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            yield packed
    except _DAMAGE as error:
        raise SourceError("zip_damaged", error=error) from None


def only_member(packed: zipfile.ZipFile, *patterns: str) -> zipfile.ZipInfo:
    """Return the one file whose name fits one of the patterns.

    SourceError: None fits, or several do, or it unpacks to more than any official file.
    """
    listed = [item for item in packed.infolist() if not item.is_dir()]
    fitting = [
        item
        for item in listed
        if any(fnmatch(PurePosixPath(item.filename).name.lower(), p.lower()) for p in patterns)
        and not item.filename.startswith("__MACOSX/")
    ]
    if len(fitting) != 1:
        found = [item.filename for item in fitting or listed] or Phrase("nothing")
        raise SourceError("zip_not_one_file", patterns=patterns, found=found)
    refuse_bomb(fitting)
    return fitting[0]


def refuse_bomb(members: list[zipfile.ZipInfo]) -> None:
    """Raise unless the members of a zip unpack to 1 GB or less, and none expands beyond reason.

    SourceError: They unpack to more, or one is hundreds of times larger than packed, as only a bomb
    is.
    """
    size = sum(item.file_size for item in members)
    if size > LARGEST:
        raise SourceError("packed_file_too_large", size=size, most=LARGEST)
    for item in members:
        if item.file_size > max(SMALL, EXPANSION * item.compress_size):
            times = item.file_size // max(item.compress_size, 1)
            raise SourceError("packed_file_is_bomb", file=item.filename, times=times)


def default_raw(campaign: Campaign, out: Path) -> Path:
    """Return the folder of the raw files: `GEOPRIO_RAW`, else `<out>/data/raw/<campaign>`.

    Parameters
    ----------
    campaign
        The campaign.
    out
        Folder that it is run in.

    Returns
    -------
    raw
        The folder, whether it is there or not.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geoprio import default_raw, load_campaign
    >>> default_raw(load_campaign("data/raw/demo/demo.toml"), Path()).as_posix()
    'data/raw/demo'
    """
    named = os.environ.get("GEOPRIO_RAW")
    return Path(named) if named else out / "data" / "raw" / campaign.name
