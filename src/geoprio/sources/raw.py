"""Finding raw files and opening them safely: the only code that opens a raw file.

What is missing, damaged or unsafe is a `SourceError`.
"""

import codecs
import hashlib
import os
import re
import zipfile
from contextlib import suppress
from fnmatch import fnmatch, fnmatchcase
from pathlib import Path, PurePosixPath

from geoprio.config import Campaign, composed
from geoprio.errors import SourceError, why
from geoprio.sources.catalogue import OwnFile, Source
from geoprio.words import Phrase

LARGEST = 1_000_000_000
"""Bytes that a packed file may unpack to; the largest official one is about 260 MB."""

EXPANSION = 400
"""Times its packed size that a member may unpack to, above `SMALL`; borders and tables reach 50."""
SMALL = 1_000_000
"""Bytes below which a member's expansion is nobody's concern."""

MEMORY = ".folder"
"""Ending of what stands beside a folder of raw files where another was asked for."""

SIGNATURE = "_sign.sha256"
"""Ending of the signature beside a signed file in a zip."""
CHECKSUM = re.compile(r"^([0-9a-f]{32})\s+\*?(\S.*?)\s*$", re.IGNORECASE)


HEAD = 1 << 16
MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<")
OLD_RESULTS = re.compile(rb"<!DOCTYPE\s+(?:VAL|RESULTAT)\b|<(?:VAL|RESULTAT)\s[^>]*?\bVALDAG\s*=")
"""What stands in the beginning of a result in XML."""


def find_files(source: Source, raw: Path, *, campaign: str) -> tuple[Path, ...]:
    """Return the files in `raw` that bear a name of `source`, the first name that fits.

    SourceError: No file fits (the message says which names were looked for, where, and how to get
    it), or several files fit the same name and the source is not one of several files.
    """
    for pattern in source.files:
        found = _fitting(raw, pattern)
        if len(found) > 1 and not source.several:
            names = [path.name for path in found]
            raise SourceError(
                "several_files_fit", names, source=source.title, pattern=pattern, raw=raw
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
    return any(_fitting(raw, pattern) for pattern in source.files)


def _fitting(raw: Path, pattern: str) -> list[Path]:
    exact = list(raw.glob(pattern))
    # A Mac writes an ö in a name as two signs; people see no difference.
    alike = (path for path in raw.glob("*") if fnmatchcase(composed(path.name), composed(pattern)))
    # A .toml is the sidecar of a fetched file, never data.
    return sorted(path for path in exact or alike if path.is_file() and path.suffix != ".toml")


def sha256(path: Path) -> str:
    """Return the SHA-256 checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def md5(path: Path) -> str:
    """Return the MD5 checksum by which a publisher names a file: no proof against a forger."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def checksums(text: str) -> dict[str, str]:
    """Return the MD5 checksum of every path in a published list of them."""
    lines = (CHECKSUM.match(line) for line in text.splitlines())
    return {line[2].removeprefix("./"): line[1].lower() for line in lines if line}


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file that is not empty, and may be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SourceError("file_unreadable", error=why(error)) from None
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise SourceError("file_empty")
    return content


def refuse_old_results(path: Path) -> None:
    """Raise where a file is the election authority's XML of results, whatever it is called."""
    with path.open("rb") as file:
        start = file.read(HEAD)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            held = members(packed)
            # A workbook has parts of other kinds too.
            if held and all(item.filename.lower().endswith(".xml") for item in held):
                with packed.open(held[0]) as member:
                    start = member.read(HEAD)
    # Without the zeros between the letters of UTF-16.
    text = start.replace(b"\0", b"")
    if MARKUP.match(text) and OLD_RESULTS.search(text):
        years = re.findall(rb"\bVALDAG\s*=\s*.(\d{4})", text) or [b"2006-2018"]
        raise SourceError("results_in_xml", year=years[0].decode("ascii"))


def decode(content: bytes, *, encoding: str, hint: str = "") -> str:
    """Return bytes as text, which is in that encoding and looks so in no other.

    `hint` tells what may be done besides stating the encoding.
    """
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise SourceError("text_not_encoding", encoding=encoding, hint=hint) from None
    except LookupError:
        raise SourceError("unknown_encoding", encoding=encoding) from None
    other = "utf-16" if "\0" in text else ""
    if not content.isascii() and not codecs.lookup(encoding).name.startswith("utf"):
        # Any bytes are text in the old encodings, but their letters are hardly UTF-8 by chance.
        with suppress(UnicodeDecodeError):
            other = content.decode("utf-8") and "utf-8-sig"
    if other:
        raise SourceError("text_other_encoding", encoding=encoding, other=other, hint=hint)
    return composed(text)


def only_member(packed: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    """Return the one file whose name fits a pattern, which is no bomb."""
    held = members(packed)
    fitting = [item for item in held if is_named(item, pattern)]
    if len(fitting) != 1:
        found = [item.filename for item in fitting or held] or Phrase("nothing")
        raise SourceError("zip_not_one_file", patterns=[pattern], found=found)
    refuse_bomb(fitting)
    return fitting[0]


def members(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files of a zip, without what a Mac adds of its own."""
    files = [item for item in packed.infolist() if not item.is_dir()]
    return [item for item in files if not item.filename.startswith("__MACOSX/")]


def is_named(item: zipfile.ZipInfo, pattern: str) -> bool:
    """Return whether a file's name, without its folder, fits a pattern, in capitals or not."""
    name = composed(PurePosixPath(item.filename).name)
    return fnmatch(name.lower(), composed(pattern).lower())


def refuse_bomb(items: list[zipfile.ZipInfo], *, most: int | None = None) -> None:
    """Raise unless the members of a zip unpack to `most` bytes, and none expands as a bomb does."""
    most = LARGEST if most is None else most
    size = sum(item.file_size for item in items)
    if size > most:
        raise SourceError("packed_file_too_large", size=size, most=most)
    for item in items:
        if item.file_size > max(SMALL, EXPANSION * item.compress_size):
            times = item.file_size // max(item.compress_size, 1)
            raise SourceError("packed_file_is_bomb", file=item.filename, times=times)


def default_raw(campaign: Campaign, out: Path) -> Path:
    """Return the folder of the raw files: `GEOPRIO_RAW`, else the remembered, else the usual one.

    The usual one is `<out>/data/raw/<campaign>`; beside it stands the name of the folder that a
    command was last given with `--raw`.

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
    named, usual = os.environ.get("GEOPRIO_RAW"), out / "data" / "raw" / campaign.name
    if not named and (memory := usual.with_suffix(MEMORY)).is_file():
        named = memory.read_text(encoding="utf-8").strip()
    return Path(named) if named else usual


def remember_raw(campaign: Campaign, out: Path, raw: Path) -> None:
    """Let `default_raw` return the folder `raw` from now on, for what is made in `out`."""
    memory = (out / "data" / "raw" / campaign.name).with_suffix(MEMORY)
    memory.parent.mkdir(parents=True, exist_ok=True)
    memory.write_text(f"{raw.resolve()}\n", encoding="utf-8")
