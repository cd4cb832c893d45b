"""What a fetch is made of: the campaign's side of it, and the files that it plans to make."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from geoprio.errors import ConfigError, SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.fetch.client import Ask, Check, Client, is_json, read_json
from geoprio.sources.read import read_source
from geoprio.words import Phrase

FEW_BYTES = 50_000_000
"""What a reply of limits, codes or a list of tables may be at most."""

Join = Callable[[Sequence[Path], Path], None]


@dataclass(frozen=True)
class FilePlan:
    """One raw file to be: the requests that give it, and how their replies become it."""

    name: str
    part: str
    """Table, layer or file at the publisher."""
    asks: tuple[Ask, ...]
    most: int
    asked: str
    """What is asked for, in words that do not change with the server's limits."""
    updated: str = ""
    signed_by: str = ""
    """Checksum of the certificate that the file's signatures are held against; empty for none."""
    year: int | None = None
    """Last year that the figures are of; None for what is not a table."""
    join: Join | None = None
    """None where the one reply is the file."""
    otherwise: Callable[[], Ask] | None = None
    """Gives another request where the address has gone."""
    note: str = ""
    """What is told of the file beside what became of it."""

    @property
    def fingerprint(self) -> str:
        """Checksum of what is asked for."""
        return hashlib.sha256(self.asked.encode()).hexdigest()


@dataclass
class Desk:
    """Who asks, and a place to read replies at; the same question is sent once."""

    client: Client
    scratch: Path
    county_code: str | tuple[str, ...]
    """Of one county, or of several."""
    folder: Path
    """The raw folder."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """The campaign's sources by name."""
    saved: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the name of a file, the source that it was planned for and what was asked."""
    listing: bool = False
    """Whether requests are told of alone: what a layer is cut to may be one of them."""
    _known: dict[str, Any] = field(default_factory=dict)

    @property
    def home(self) -> tuple[str, ...]:
        """Codes of the counties."""
        return (self.county_code,) if isinstance(self.county_code, str) else self.county_code

    def json(self, url: str) -> Any:  # noqa: ANN401 - JSON is any
        """Return the JSON at an address."""
        if url not in self._known:
            self._known[url] = read_json(self.body(url, is_json))
        return self._known[url]

    def text(self, url: str, check: Check) -> str:
        """Return the text at an address."""
        return self.body(url, check).read_text(encoding="utf-8-sig", errors="replace")

    def extent_of(self, name: str | None) -> Sequence[Any] | None:
        """Return the polygons of the county that a source of the campaign gives."""
        if name is None:
            return None
        if name not in self.sources:
            raise SourceError("clip_source_missing", name=name)
        if self.listing:
            return None
        areas = read_source(self.sources[name], self.folder, county_code=self.county_code)
        return list(areas["geometry"])

    def body(self, url: str, check: Check) -> Path:
        """Return where the body at an address was saved."""
        path = self.scratch / (hashlib.sha256(url.encode()).hexdigest()[:16] + ".reply")
        self.client.save(Ask(url, check), path, most=FEW_BYTES)
        return path


Planner = Callable[[Source, Any, Desk], list[FilePlan]]
"""From a source and its `[fetch]` to the files that it needs."""


def canonical(value: object) -> str:
    """Return JSON that is the same for the same content."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def saved_name(source: Source, published: str | None = None) -> str:
    """Return the name that a fetched file is saved under: one that the source's reader looks for.

    ConfigError: The source has only patterns, and what is published fits none of them.
    """
    plain = [name for name in source.files if not set("*?[") & set(name)]
    if published is not None and any(fnmatchcase(published, name) for name in source.files):
        return published
    if plain:
        return plain[0]
    given = published or Phrase("the_reply")
    raise ConfigError(
        "files_name_missing", source=source.title, files=source.files, published=given
    )
