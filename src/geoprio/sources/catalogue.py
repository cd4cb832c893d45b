"""The catalogue's model: what one raw file is, where it comes from and what each column means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import pandas as pd
from pydantic import AfterValidator, Field, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from geoprio.config import Election, Model, RefusedError, Text
from geoprio.tables import CRS as SWEREF
from geoprio.words import Phrase

LARGEST_MB = 1_000


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        raise ValueError(Phrase("address_not_https"))
    return url


def _known_crs(name: str) -> str:
    try:
        CRS.from_user_input(name)
    except CRSError:
        message = Phrase("crs_not_known")
        raise ValueError(message) from None
    return name


Address = Annotated[str, AfterValidator(_https)]
Names = Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
Megabytes = Annotated[int, Field(ge=1, le=LARGEST_MB)]


class Labelled(Model):
    """Values that are known by what they are called; their codes come from the metadata."""

    labels: Names


class Search(Model):
    """How a table is found whose id is not known."""

    query: str
    variables: Names
    """Names of variables that the table must have, such as "region"."""
    label: str = ""
    """Text that the table's title must hold."""


class OldApi(Model):
    """The same table in PxWebApi v1, used where v2 does not answer."""

    url: Address
    path: str


Choice = Names | str | Labelled
"""Codes, one expression (`*`, `TOP(1)`, `FROM(2020)`), or labels."""


class PxwebFetch(Model):
    """A table of a PxWebApi, for the county's areas."""

    kind: Literal["pxweb"]
    url: Address
    table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")] | None = None
    search: Search | None = None
    region: str = "Region"
    """The variable that holds areas; empty for a table of the whole country."""
    codelist: str | None = None
    """Value set of the region variable, such as `vs_DeSO2018`."""
    time: str = "Tid"
    times: Names
    select: Annotated[dict[str, Choice], Field(min_length=1)]
    """What is asked of every other variable; the key `*` is for all that are not named."""
    v1: OldApi | None = None
    credit: str = "Källa: SCB"
    maximum_mb: Megabytes = 100

    @model_validator(mode="after")
    def _one_way(self) -> "PxwebFetch":
        if (self.table is None) == (self.search is None):
            message = Phrase("table_named_twice")
            raise ValueError(message)
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that may be asked."""
        return _hosts(self.url, self.v1.url if self.v1 else None)


class WfsFetch(Model):
    """A layer of a WFS, page by page."""

    kind: Literal["wfs"]
    url: Address
    layer: str
    filter_by: str | None = None
    """Attribute that holds the county code; without it the whole layer is asked for."""
    dialect: Literal["cql", "filter"] = "cql"
    """`cql` for GeoServer, `filter` for the OGC standard's FILTER."""
    version: Literal["2.0.0", "1.1.0"] = "2.0.0"
    format: str = "application/json"
    crs: Annotated[str, Field(pattern=r"^[A-Za-z0-9:]+$"), AfterValidator(_known_crs)] = "EPSG:3006"
    sort_by: str | None = None
    page_size: Annotated[int, Field(ge=1, le=10_000)] = 1000
    clip_by: str | None = None
    """Name of a source of the campaign whose areas' extent the layer is cut to."""
    credit: str = "Källa: SCB"
    maximum_mb: Megabytes = 200

    @model_validator(mode="after")
    def _is_cut_in_metres(self) -> "WfsFetch":
        if self.clip_by is not None and CRS(self.crs).to_epsg() != SWEREF:
            raise ValueError(Phrase("clip_crs_differs", sweref=SWEREF))
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that may be asked."""
        return _hosts(self.url)


class FileFetch(Model):
    """One published file at a known address, looked up by name when the address has moved."""

    kind: Literal["file"]
    url: Address | None = None
    """Empty where only the index page is known."""
    index_page: Address | None = None
    file_name: str | None = None
    """Name, or pattern of a name that carries its date, to look for on the index page (of several
    the last, the newest); else the last part of the address."""
    credit: str
    maximum_mb: Megabytes = 100
    unpacked_mb: Annotated[int, Field(ge=1, le=LARGEST_MB)] = 500

    @model_validator(mode="after")
    def _can_be_found(self) -> "FileFetch":
        if self.url is None and (self.index_page is None or self.file_name is None):
            raise ValueError(Phrase("file_without_address"))
        return self

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that may be asked."""
        return _hosts(self.url, self.index_page)


class ListFetch(Model):
    """Files named by a published list of checksums."""

    kind: Literal["md5_list"]
    url: Address
    """The list: lines of `<md5>  ./path`."""
    members: str
    """Pattern of the paths wanted; `{county_code}` stands for the campaign's."""
    credit: str
    maximum_mb: Megabytes = 100
    unpacked_mb: Annotated[int, Field(ge=1, le=LARGEST_MB)] = 500

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that may be asked."""
        return _hosts(self.url)


class OwnFile(Model):
    """A file that cannot be fetched: the user puts it in place."""

    kind: Literal["own"]
    how: Text
    """What to get, from whom, and what to call it."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """No host: nothing is asked."""
        return ()


Fetch = Annotated[
    PxwebFetch | WfsFetch | FileFetch | ListFetch | OwnFile, Field(discriminator="kind")
]


def _hosts(*urls: str | None) -> tuple[str, ...]:
    names = (urlsplit(url).hostname for url in urls if url)
    return tuple(dict.fromkeys(name for name in names if name))


Provides = Literal[
    "areas", "key", "counts", "results", "names", "postal", "points", "mapping", "cells"
]

TEXTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "areas": (frozenset(), frozenset({"area_name", "parent_code", "municipality_code"})),
    "key": (
        frozenset({"parent_code", "parent_name", "municipality_name"}),
        frozenset({"municipality_code"}),
    ),
    "names": (frozenset({"municipality_name"}), frozenset()),
    "postal": (frozenset({"locality", "municipality_code"}), frozenset()),
    "points": (frozenset(), frozenset()),
    "counts": (frozenset(), frozenset()),
    "results": (frozenset(), frozenset()),
    "mapping": (frozenset(), frozenset()),
    "cells": (frozenset(), frozenset()),
}
"""Text columns that each kind of source must give, and those that it may give."""

NUMERIC = frozenset({"counts", "results"})
"""The kinds of source that give numbers."""


def _plain_pattern(pattern: str) -> str:
    if pattern.startswith(("/", "\\")) or ".." in pattern or ":" in pattern:
        message = Phrase("file_name_leaves_folder")
        raise ValueError(message)
    return pattern


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(Phrase("not_regular_expression", error=error)) from None
    return pattern


FileName = Annotated[str, Field(min_length=1), AfterValidator(_plain_pattern)]
Pattern = Annotated[str, AfterValidator(_regular_expression)]
Texts = Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
CountName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*_(count|share|class|mean_sek|median_sek)$")
]


class Span(Model):
    """Whole numbers from `from` to `to`, both included, written as text in the file."""

    first: Annotated[int, Field(alias="from")]
    to: int

    @model_validator(mode="after")
    def _rises(self) -> "Span":
        if self.first > self.to:
            raise ValueError(Phrase("from_above_to"))
        return self


Wanted = str | Texts | Span
Where = dict[str, Wanted]


class Options(Model):
    """What a reader must know of its file."""

    separator: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encoding: str | None = None
    sheet: str | None = None
    member: str | None = None
    """File name pattern of the file inside a zip; needed when it holds several."""
    layer: str | None = None
    """Layer of a GeoPackage; needed when it holds several."""
    dissolve: bool | None = None
    """Set where the features of one code are parts of one area."""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d{4,6}$")] | None = None
    """What the publisher's coordinates are, whatever the file declares."""
    names: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    """Names of the columns in their order, where the file's own are unknown or absent."""
    header: bool | None = None
    """False where the first row is data already; needs `names`."""
    comment: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """Sign that begins a row which is no data."""
    decimal: Literal[","] | None = None
    """Set where numbers are written with a decimal comma."""
    labels: Texts | None = None
    """Dimensions of a json-stat2 reply that are read by what their values are called, where their
    codes are not known."""
    spellings: dict[str, Texts] | None = None
    """Other spellings of a header, found by letters and digits alone: case, accents, blanks and
    signs do not count."""
    ages: Texts | None = None
    """Age groups wanted, such as "18-29" and "30-", of a file whose own are narrower or the
    same."""

    @model_validator(mode="after")
    def _names_without_header(self) -> "Options":
        if self.header is False and self.names is None:
            raise ValueError(Phrase("header_without_names"))
        return self


class Key(Model):
    """How a row finds its area code."""

    column: str | None = None
    columns: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Columns of a code that is split in parts, each padded to its `widths`."""
    widths: Annotated[tuple[int, ...], Field(strict=False)] = ()
    kind: Literal["code", "name", "slug"] = "code"
    width: Annotated[int, Field(ge=1)] | None = None
    """Length to which a code that lost its leading zeros is padded."""
    prefix: str = ""
    strip_suffix: str = ""
    """Ending that every code carries, such as `_RegSO2025`."""
    pattern: Pattern | None = None
    """Regular expression of a whole code, before the prefix."""

    @model_validator(mode="after")
    def _one_way(self) -> "Key":
        if (self.column is None) != bool(self.columns):
            raise ValueError(Phrase("one_of_column_and_columns"))
        if len(self.columns) != len(self.widths):
            raise ValueError(Phrase("widths_differ_in_number"))
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns that make the key."""
        return self.columns if self.column is None else (self.column,)


class Column(Model):
    """One canonical column: the sum of the file's columns `value`, less `minus`, over some rows."""

    name: CountName
    value: str | Texts
    minus: Annotated[tuple[str, ...], Field(strict=False)] = ()
    where: Where = Field(default_factory=dict)
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    optional: bool = False

    @model_validator(mode="after")
    def _no_sum_of_shares(self) -> "Column":
        if self.name.endswith("_share") and (len(self.added) > 1 or self.minus):
            raise ValueError(Phrase("share_of_several_columns"))
        return self

    @property
    def added(self) -> tuple[str, ...]:
        """The file's columns that are added."""
        return (self.value,) if isinstance(self.value, str) else self.value


class Unassigned(Model):
    """Rows of votes that belong to no polling district."""

    suffix: Annotated[str, Field(pattern=r"^\d{4}$")]
    """Last digits of their code, after the municipality's four."""
    column: str | None = None
    """Column that tells such rows where their code does not."""
    equals: str = ""


class MappingColumns(Model):
    """Where a publisher's own comparison of two vintages says which old areas an area was."""

    from_set: str
    """The older area set."""
    from_columns: Texts
    """Columns of older codes; empty cells are none."""
    width: Annotated[int, Field(ge=1)] = 8
    """Length to which a code that lost its leading zeros is padded."""
    share: str | None = None
    """Column with the share of the old area that went to the new one, as a share or per cent."""
    status: str | None = None
    """Column that says whether the areas can be compared."""
    comparable: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Its words for areas that can."""
    changed: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Its words for areas that cannot."""

    @property
    def needed(self) -> list[str]:
        """The file's columns that are read."""
        return [*self.from_columns, *(name for name in (self.share, self.status) if name)]


class EmptyIsZero(Model):
    """Columns where the publisher leaves a cell empty for none."""

    reason: Annotated[str, Field(min_length=10)]
    columns: Texts


class Source(Model):
    """One raw file: publisher, licence, vintage, names accepted, reader and column map."""

    title: str
    publisher: str
    licence: str
    page: str
    vintage: Annotated[int, Field(ge=1990, le=2100)]
    area_set: str
    provides: Provides
    files: Annotated[tuple[FileName, ...], Field(min_length=1, strict=False)]
    reader: str
    several: bool = False
    """Whether the publisher has one such file per municipality; all are read as one."""
    election: Election | None = None
    options: Options = Options()
    key: Key
    where: Where = Field(default_factory=dict)
    texts: dict[str, str] = Field(default_factory=dict)
    """Canonical text columns and the file's columns that hold them."""
    municipality: Annotated[str, Field(pattern=r"^(\d{4}|overlap)$")] | None = None
    """Of areas whose file does not say: the code of the one that all lie in, or `overlap`, and each
    belongs where most of its ground lies. Without it, codes begin with their municipality's."""
    lowercase_words: Annotated[tuple[str, ...], Field(strict=False)] | None = None
    """Set for names in capitals: each word gets one capital, except these."""
    unassigned: Unassigned | None = None
    mapping: MappingColumns | None = None
    empty_is_zero: EmptyIsZero | None = None
    columns: Annotated[tuple[Column, ...], Field(strict=False)] = ()
    instead: str | None = None
    """Name of the publisher's own source of the same, used where no file of this one's is there."""
    fetch: Fetch | None = None
    """Where `geoprio fetch` gets the file; without it, a file is put in place by hand."""
    variants: dict[str, dict[str, Any]] = Field(default_factory=dict, exclude=True)
    """Others of the same kind by their names, each with the keys that differ: a table is joined to
    that of the file, but for one with a `kind`, and anything else takes its place."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Source":
        faults = [*_text_faults(self), *_column_faults(self)]
        if (self.provides == "results") != (self.election is not None):
            faults.append(Phrase("election_only_of_results"))
        if self.unassigned is not None and self.provides != "results":
            faults.append(Phrase("unassigned_only_of_results"))
        if (self.mapping is not None) != (self.provides == "mapping"):
            faults.append(Phrase("mapping_only_of_mapping"))
        if self.municipality is not None and self.provides not in ("areas", "counts"):
            faults.append(Phrase("municipality_only_of_areas"))
        if self.municipality is not None and "municipality_code" in self.texts:
            faults.append(Phrase("municipality_said_twice"))
        if self.instead is not None and self.fetch is not None:
            faults.append(Phrase("instead_beside_fetch"))
        if faults:
            raise RefusedError(faults)
        return self


def _text_faults(source: Source) -> list[Phrase]:
    needed, allowed = TEXTS[source.provides]
    found = set(source.texts)
    faults = [Phrase("texts_missing", name=name) for name in sorted(needed - found)]
    unknown = sorted(found - needed - allowed)
    return faults + [
        Phrase("texts_not_column", name=name, provides=source.provides) for name in unknown
    ]


def _column_faults(source: Source) -> list[Phrase]:
    if (source.provides in NUMERIC) != bool(source.columns):
        return [Phrase("columns_only_of_numeric", numeric=sorted(NUMERIC))]
    names = [column.name for column in source.columns]
    return [
        Phrase("column_stands_twice", name=name)
        for name in sorted(set(names))
        if names.count(name) > 1
    ]


@dataclass(frozen=True)
class Loaded:
    """One source, read."""

    name: str
    source: Source
    files: tuple[Path, ...]
    frame: pd.DataFrame

    @property
    def origin(self) -> str:
        """Publisher and year, in words."""
        return f"{self.source.publisher} {self.source.vintage}"
