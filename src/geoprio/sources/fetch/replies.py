"""What a reply must look like before it is let in."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from geoprio.errors import SourceError

EXPANSION = 1000
"""A zip that unpacks to this many times its size is refused."""

PACKED = b"PK\x03\x04"
"""How a zip begins."""

TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
Check = Callable[[Path], None]
SHOWN = 300
"""Characters of an unexpected reply that an error quotes."""


class DamagedError(SourceError):
    """A reply that is cut off or garbled: asking again may give a whole one."""


def anything(path: Path) -> None:
    """Raise where a body is empty.

    DamagedError: It is.
    """
    if path.stat().st_size == 0:
        raise DamagedError("reply_empty")


def is_json(path: Path) -> None:
    """Raise unless a body is whole JSON; a server's error page or XML exception is quoted.

    SourceError: The body is XML or HTML: the server tells of a fault with a status that says
    success. Or it is a zip. DamagedError: It is cut off.
    """
    anything(path)
    with path.open("rb") as file:
        start = file.read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"<"):
        words = plain_words(path.read_bytes()[:20_000].decode("utf-8-sig", errors="replace"))
        raise SourceError("markup_for_json", words=words[:SHOWN])
    if start.startswith(PACKED):
        raise SourceError("zip_for_json")
    read_json(path)


def read_json(path: Path) -> Any:  # noqa: ANN401 - JSON is any
    """Return what a JSON body holds.

    DamagedError: It is cut off or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DamagedError("reply_json_broken", error=error) from None


def plain_words(markup: str) -> str:
    """Return the text of XML or HTML without its tags, for quoting in an error."""
    return " ".join(TAGS.sub(" ", markup).split()) or " ".join(markup.split())


def is_page(path: Path) -> bool:
    """Return whether a body is an HTML page or an XML document."""
    with path.open("rb") as file:
        return file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def is_file(name: str, *, unpacked: int) -> Check:
    """Return the check of a published file, by the ending of its name.

    Parameters
    ----------
    name
        Name of the file; `.zip` and `.xlsx` are looked into.
    unpacked
        Bytes that the members may unpack to.
    """
    ending = PurePosixPath(name).suffix.lower()

    def check(path: Path) -> None:
        anything(path)
        if ending not in (".html", ".xml") and is_page(path):
            words = plain_words(path.read_bytes()[:20_000].decode("utf-8-sig", errors="replace"))
            raise SourceError("markup_for_file", name=name, words=words[:SHOWN])
        if ending in (".zip", ".xlsx"):
            refuse_unsafe_zip(path, unpacked=unpacked)
        elif ending in (".json", ".geojson"):
            is_json(path)

    return check


def refuse_unsafe_zip(path: Path, *, unpacked: int) -> None:
    """Raise unless a zip is whole and no member can leave its folder or fill the disk.

    SourceError: A member has an absolute path or `..`, or the members unpack to more than
    `unpacked` bytes or a thousand times the zip. DamagedError: The zip is cut off.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise DamagedError("reply_zip_damaged", error=error) from None
    faults = [item.filename for item in members if leaves_its_folder(item.filename)]
    if faults:
        raise SourceError("zip_leaves_folder", wrong=faults[:5])
    size, packed_size = sum(item.file_size for item in members), path.stat().st_size
    if size > unpacked or size >= EXPANSION * packed_size:
        raise SourceError(
            "reply_zip_too_large",
            packed_size=packed_size,
            size=size,
            unpacked=unpacked,
            expansion=EXPANSION,
        )


def leaves_its_folder(name: str) -> bool:
    """Return whether a member's path is absolute or climbs out, on any system."""
    return (
        PurePosixPath(name).is_absolute()
        or bool(PureWindowsPath(name).anchor)
        or ".." in re.split(r"[/\\]", name)
    )
