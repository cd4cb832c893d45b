"""The catalogue's model: what one raw file is, where it comes from and what each column means."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

import pandas as pd
from pydantic import AfterValidator, Field, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from geoprio.config import RESERVED, Election, Model, RefusedError, Text
from geoprio.tables import CRS as SWEREF
from geoprio.tables import PLACE_KINDS
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
        raise ValueError(Phrase("crs_not_known")) from None
    return name


def _refused(key: str, when: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - as pydantic has it
    """Return the validator of a model that is refused, with that word, when something is so."""

    def validate(model: Model) -> Model:
        if when(model):
            raise ValueError(Phrase(key))
        return model

    return model_validator(mode="after")(validate)


Address = Annotated[str, AfterValidator(_https)]
Listed = Annotated[tuple[str, ...], Field(strict=False)]
Texts = Annotated[Listed, Field(min_length=1)]
Pair = Annotated[Listed, Field(min_length=2, max_length=2)]
Megabytes = Annotated[
    int, Field(ge=1, le=LARGEST_MB, description="Size that is refused above, in megabytes.")
]
Sign = Annotated[str, Field(min_length=1, max_length=1)]
Width = Annotated[int, Field(ge=1)]


class Labelled(Model):
    """Values that are known by what they are called; their codes come from the metadata."""

    labels: Texts
    """What they are called."""


class Search(Model):
    """How a table is found whose id is not known."""

    query: str
    """What is searched for."""
    variables: Texts
    """Names of variables that the table must have, such as "region"."""
    label: str = ""
    """Text that the table's title must hold."""


class OldApi(Model):
    """The same table in PxWebApi v1, used where v2 does not answer; SCB closes it in 2026/27."""

    url: Address
    """Address of the API."""
    path: str
    """The table below it."""


Choice = Texts | str | Labelled
"""Codes, a pattern of them (`*`, `16-*`), or labels."""


class _Published(Model):
    """What is got from a publisher's server."""

    credit: str
    """How the publisher wants to be named."""
    maximum_mb: Megabytes = 100

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts that may be asked."""
        names = (urlsplit(url).hostname for url in self._addresses() if url)
        return tuple(dict.fromkeys(name for name in names if name))

    def _addresses(self) -> tuple[str | None, ...]:
        return (getattr(self, "url", None),)


class PxwebFetch(_Published):
    """A table of a PxWebApi, for the county's areas."""

    kind: Literal["pxweb"]
    url: Address
    """Address of the API."""
    table: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")] | None = None
    """The table's id."""
    search: Search | None = None
    region: str = "Region"
    """The variable that holds areas; empty for a table of the whole country."""
    codelist: str | None = None
    """Value set of the region variable, such as `vs_DeSO2018`."""
    time: str = "Tid"
    """The variable that holds times."""
    times: Texts
    """The times that are asked for."""
    select: Annotated[dict[str, Choice], Field(min_length=1)]
    """What is asked of every other variable; the key `*` is for all that are not named."""
    v1: OldApi | None = None
    credit: str = "Källa: SCB"

    _one_way = _refused("table_named_twice", lambda it: (it.table is None) == (it.search is None))

    def _addresses(self) -> tuple[str | None, ...]:
        return self.url, self.v1.url if self.v1 else None


class WfsFetch(_Published):
    """A layer of a WFS, page by page."""

    kind: Literal["wfs"]
    url: Address
    """Address of the service."""
    layer: str
    """Name of the layer."""
    filter_by: str | None = None
    """Attribute that holds the county code; without it the whole layer is asked for."""
    dialect: Literal["cql", "filter"] = "cql"
    """`cql` for GeoServer, `filter` for the OGC standard's FILTER."""
    version: Literal["2.0.0", "1.1.0"] = "2.0.0"
    """The protocol's version."""
    format: str = "application/json"
    """What is asked for, as the service calls it."""
    crs: Annotated[str, Field(pattern=r"^[A-Za-z0-9:]+$"), AfterValidator(_known_crs)] = "EPSG:3006"
    """Coordinates that are asked for."""
    sort_by: str | None = None
    """Attribute that pages are ordered by."""
    page_size: Annotated[int, Field(ge=1, le=10_000)] = 250
    """Features asked for at once; 500 with full borders have been seen to take 90 s."""
    clip_by: str | None = None
    """Name of a source of the campaign whose areas' extent the layer is cut to."""
    credit: str = "Källa: SCB"
    maximum_mb: Megabytes = 200

    @model_validator(mode="after")
    def _is_cut_in_metres(self) -> "WfsFetch":
        if self.clip_by is not None and CRS(self.crs).to_epsg() != SWEREF:
            raise ValueError(Phrase("clip_crs_differs", sweref=SWEREF))
        return self


class FileFetch(_Published):
    """One published file at a known address, looked up by name when the address has moved."""

    kind: Literal["file"]
    url: Address | None = None
    """Empty where only the index page is known."""
    index_page: Address | None = None
    """Page that links to the file."""
    file_name: str | None = None
    """Name, or pattern of a name that carries its date, to look for on the index page (of several
    the last, the newest); else the last part of the address. `{county}` stands for the name of the
    campaign's, as `uppsala-lan`."""
    unpacked_mb: Megabytes = 500

    _can_be_found = _refused(
        "file_without_address", lambda it: it.url is None and not (it.index_page and it.file_name)
    )

    def _addresses(self) -> tuple[str | None, ...]:
        return self.url, self.index_page


class ListFetch(_Published):
    """Files named by a published list of checksums."""

    kind: Literal["md5_list"]
    url: Address
    """The list: lines of `<md5>  ./path`."""
    members: str
    """Pattern of the paths wanted; `{county_code}` stands for each of the campaign's."""
    how: str | Text | None = None
    """What to do where the list or its paths, which are guessed, are not there."""
    certificate: Address | None = None
    """Where the certificate lies that the JSON files in the zips are signed by (RSA, SHA-256)."""
    certificate_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Its checksum: another certificate is not trusted."""
    unpacked_mb: Megabytes = 500

    _whose = _refused(
        "certificate_without_checksum",
        lambda it: (it.certificate is None) != (it.certificate_sha256 is None),
    )

    def _addresses(self) -> tuple[str | None, ...]:
        return self.url, self.certificate


class OwnFile(Model):
    """A file that cannot be fetched: the user puts it in place."""

    kind: Literal["own"]
    how: str | Text
    """What to get, from whom, and what to call it."""
    hosts: ClassVar[tuple[str, ...]] = ()


Fetch = Annotated[
    PxwebFetch | WfsFetch | FileFetch | ListFetch | OwnFile, Field(discriminator="kind")
]


Provides = Literal[
    "areas",
    "key",
    "counts",
    "results",
    "names",
    "postal",
    "points",
    "mapping",
    "cells",
    "doors",
    "places",
    "early_votes",
    "land",
    "water",
    "roads",
]
GROUND = frozenset({"land", "water", "roads"})
"""The kinds that maps draw under and over the areas and nothing is counted in."""
SHOWN = GROUND | {"places", "early_votes"}
"""Those without whose file a run shows less and is the same."""
URBAN = "tatort_"
"""What the name of a set of areas that are urban begins with; its year follows. Nothing is counted
in them."""

TEXTS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "areas": (frozenset(), frozenset({"area_name", "parent_code", "municipality_code"})),
    "key": (
        frozenset({"parent_code", "parent_name", "municipality_name"}),
        frozenset({"municipality_code"}),
    ),
    "names": (frozenset({"municipality_name"}), frozenset()),
    "postal": (frozenset({"locality", "municipality_code"}), frozenset()),
    "doors": (frozenset(), frozenset({"building"})),
    "places": (frozenset({"place_name"}), frozenset({"place_kind", "open_days"})),
}
"""Text columns that a kind of source must give, and those that it may give; others give none."""

NUMERIC = frozenset({"counts", "results", "doors"})
"""The kinds of source that give numbers."""
PLACED = frozenset({"areas", "counts", "places", "early_votes"})
"""The kinds of source whose rows lie in a municipality that their code may not tell."""


def _plain_pattern(pattern: str) -> str:
    if pattern.startswith(("/", "\\")) or ".." in pattern or ":" in pattern:
        raise ValueError(Phrase("file_name_leaves_folder"))
    for name in re.split(r"[/\\]", pattern):
        if RESERVED.match(name.partition(".")[0].lower()) or re.search(r'["<>|]|[. ]$', name):
            raise ValueError(Phrase("name_of_device", name=name))
    return pattern


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(Phrase("not_regular_expression", error=error)) from None
    return pattern


FileName = Annotated[str, Field(min_length=1), AfterValidator(_plain_pattern)]
Pattern = Annotated[str, AfterValidator(_regular_expression)]
CountName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*_(count|share|class|mean_sek|median_sek)$")
]


class Span(Model):
    """Whole numbers from `from` to `to`, both included, written as text in the file."""

    first: Annotated[int, Field(alias="from")]
    """The first."""
    to: int
    """The last."""

    _rises = _refused("from_above_to", lambda it: it.first > it.to)


Wanted = str | Texts | Span
Where = dict[str, Wanted]


class Options(Model):
    """What a reader must know of its file."""

    separator: Sign | None = None
    """Sign between the cells of a row."""
    encoding: str | None = None
    """Of the text, such as `utf-8` or `cp1252`."""
    sheet: str | None = None
    """Sheet of a workbook; else the first."""
    member: str | None = None
    """File name pattern of the file inside a zip; needed when it holds several."""
    layer: str | None = None
    """Layer of a GeoPackage; needed when it holds several."""
    dissolve: bool | None = None
    """Set where the features of one code are parts of one area."""
    crs: Annotated[str, Field(pattern=r"^EPSG:\d{4,6}$")] | None = None
    """What the publisher's coordinates are, whatever the file declares."""
    names: Texts | None = None
    """Names of the columns in their order, where the file's own are unknown or absent."""
    header: bool | None = None
    """False where the first row is data already; needs `names`."""
    comment: Sign | None = None
    """Sign that begins a row which is no data."""
    decimal: Literal[","] | None = None
    """Set where numbers are written with a decimal comma."""
    labels: Texts | None = None
    """Dimensions of a json-stat2 reply that are read by what their values are called, where their
    codes are not known."""
    spellings: dict[str, Texts] | None = None
    """Other spellings of a header, found by letters and digits alone: case, accents, blanks and
    signs do not count."""
    coordinates: Pair | None = None
    """Columns of north (or latitude) and east (or longitude), in this order, of places."""
    ages: Texts | None = None
    """Age groups wanted, such as "18-29" and "30-", of a file whose own are narrower or the
    same."""

    _names_without_header = _refused(
        "header_without_names", lambda it: it.header is False and it.names is None
    )


class Key(Model):
    """How a row finds its area code."""

    column: str | None = None
    """The file's column of the code."""
    columns: Listed = ()
    """Columns of a code that is split in parts, each padded to its `widths`."""
    widths: Annotated[tuple[int, ...], Field(strict=False)] = ()
    """Length of each part."""
    kind: Literal["code", "name", "slug"] = "code"
    """Whether it holds codes, areas' names, or names that a code is made of."""
    width: Width | None = None
    """Length to which a code that lost its leading zeros is padded."""
    prefix: str = ""
    """What is set before a code to make it whole."""
    strip_suffix: str = ""
    """Ending that every code carries, such as `_RegSO2025`."""
    pattern: Pattern | None = None
    """Regular expression of a whole code, before the prefix."""

    _one_way = _refused(
        "one_of_column_and_columns", lambda it: (it.column is None) != bool(it.columns)
    )
    _one_width_each = _refused(
        "widths_differ_in_number", lambda it: len(it.columns) != len(it.widths)
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns that make the key."""
        return self.columns if self.column is None else (self.column,)


class Column(Model):
    """One canonical column: the sum of the file's columns `value`, less `minus`, over some rows."""

    name: CountName
    """What geoprio calls it; the ending tells its unit."""
    value: str | Texts
    """The file's column or columns that are added."""
    minus: Listed = ()
    """The file's columns that are taken away."""
    where: Where = Field(default_factory=dict)
    """Rows that are added: by column, the value or values wanted."""
    scale: Annotated[float, Field(gt=0, allow_inf_nan=False)] = 1.0
    """What the sum is multiplied by, such as 0.01 of per cent."""

    _no_sum_of_shares = _refused(
        "share_of_several_columns", lambda it: it.name.endswith("_share") and len(it.numbers) > 1
    )

    @property
    def added(self) -> tuple[str, ...]:
        """The file's columns that are added."""
        return (self.value,) if isinstance(self.value, str) else self.value

    @property
    def numbers(self) -> tuple[str, ...]:
        """The file's columns that are added or taken away."""
        return (*self.added, *self.minus)


class Unassigned(Model):
    """Rows of votes that belong to no polling district."""

    suffix: Annotated[str, Field(pattern=r"^\d{4}$")]
    """Last digits of their code, after the municipality's four."""
    column: str | None = None
    """Column that tells such rows where their code does not."""
    equals: str = ""
    """What the column holds in them."""


class MappingColumns(Model):
    """Where a publisher's own comparison of two vintages says which old areas an area was."""

    from_set: str
    """The older area set."""
    from_columns: Texts
    """Columns of older codes; empty cells are none."""
    width: Width = 8
    """Length to which a code that lost its leading zeros is padded."""
    share: str | None = None
    """Column with the share of the old area that went to the new one, as a share or per cent."""
    status: str | None = None
    """Column that says whether the areas can be compared."""
    comparable: Listed = ()
    """Its words for areas that can."""
    changed: Listed = ()
    """Its words for areas that cannot."""

    @property
    def needed(self) -> list[str]:
        """The file's columns that are read."""
        return [*self.from_columns, *(name for name in (self.share, self.status) if name)]


class EmptyIsZero(Model):
    """Columns where the publisher leaves a cell empty for none."""

    reason: Annotated[str, Field(min_length=10)]
    """Where the publisher says so."""
    columns: Texts
    """The file's columns."""


class Source(Model):
    """One raw file: publisher, licence, vintage, names accepted, reader and column map."""

    title: str | Text
    """What the publisher calls it."""
    publisher: str
    """Who publishes it."""
    licence: str | Text
    """On what terms it may be used."""
    page: str
    """Address of the publisher's page about it."""
    vintage: Annotated[int, Field(ge=1990, le=2100)]
    """The year that it tells of."""
    area_set: str
    """The areas of its rows, such as `deso_2018`."""
    provides: Provides
    """What it gives."""
    files: Annotated[tuple[FileName, ...], Field(min_length=1, strict=False)]
    """Names that the file may have in the raw folder, `*` for any signs; the first that is there is
    read."""
    reader: str
    """Its file format, by the name in `READERS`."""
    several: bool = False
    """Whether the publisher has one such file per municipality or county; all are read as one."""
    election: Election | None = None
    """Which election it is of."""
    constituency: str | None = None
    """Of results: the file's column of the constituency's code, by which seats are counted."""
    constituency_name: str | None = None
    """And of what it is called, for people to read."""
    options: Options = Options()
    key: Key
    where: Where = Field(default_factory=dict)
    """Rows that are read: by column of the file, the value or values wanted."""
    texts: dict[str, str] = Field(default_factory=dict)
    """Canonical text columns and the file's columns that hold them."""
    municipality: Annotated[str, Field(pattern=r"^(\d{4}|overlap)$")] | None = None
    """Of areas whose file does not say: the code of the one that all lie in, or `overlap`, and each
    belongs where most of its ground lies. Without it, codes begin with their municipality's."""
    lowercase_words: Listed | None = None
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

    @property
    def column_names(self) -> tuple[str, ...]:
        """The canonical columns that it gives."""
        return tuple(column.name for column in self.columns)

    @property
    def is_by_hand(self) -> bool:
        """Whether nothing but a user's own file can serve it."""
        return self.fetch is None or isinstance(self.fetch, OwnFile)

    @property
    def is_shown(self) -> bool:
        """Whether a run without its file shows less and is the same."""
        return self.provides in SHOWN or self.area_set.startswith(URBAN)

    @property
    def needed(self) -> list[str]:
        """The columns that the file must have."""
        names = [*self.key.names, *self.where, *self.texts.values()]
        names += self.mapping.needed if self.mapping else []
        names += [self.unassigned.column] if self.unassigned and self.unassigned.column else []
        for column in self.columns:
            names += [*column.numbers, *column.where]
        return list(dict.fromkeys(names))

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Source":
        of_results, placed = self.provides == "results", self.municipality is not None
        wrong = {
            "election_only_of_results": of_results != (self.election is not None),
            "unassigned_only_of_results": self.unassigned is not None and not of_results,
            "mapping_only_of_mapping": (self.mapping is None) == (self.provides == "mapping"),
            "municipality_only_of_areas": placed and self.provides not in PLACED,
            "municipality_said_twice": placed and "municipality_code" in self.texts,
            "places_of_no_kind": self.provides == "places" and self.area_set not in PLACE_KINDS,
            "instead_beside_fetch": self.instead is not None and self.fetch is not None,
        }
        faults = [*_text_faults(self), *_column_faults(self)]
        faults += [Phrase(key) for key, is_so in wrong.items() if is_so]
        if faults:
            raise RefusedError(faults)
        return self


def _text_faults(source: Source) -> list[Phrase]:
    kind, found = source.provides, set(source.texts)
    needed, allowed = TEXTS.get(kind, (frozenset(), frozenset()))
    unknown = sorted(found - needed - allowed)
    return [
        *(Phrase("texts_missing", name=name) for name in sorted(needed - found)),
        *(Phrase("texts_not_column", name=name, provides=kind) for name in unknown),
    ]


def _column_faults(source: Source) -> list[Phrase]:
    if (source.provides in NUMERIC) != bool(source.columns):
        return [Phrase("columns_only_of_numeric", numeric=sorted(NUMERIC))]
    names = Counter(column.name for column in source.columns)
    double = sorted(name for name, times in names.items() if times > 1)
    return [Phrase("column_stands_twice", name=name) for name in double]


@dataclass(frozen=True)
class Loaded:
    """One source, read."""

    name: str
    source: Source
    files: tuple[Path, ...]
    frame: pd.DataFrame
    ballots: pd.DataFrame | None = None
    """Of results: votes by council and party, the riksdag's of the country; see `sum_ballots`."""
    seats: pd.DataFrame | None = None
    """Of results that say it: `election`, `year`, `code` and `seats`, as in `load_majorities`."""

    @property
    def origin(self) -> str:
        """Publisher and year, in words."""
        return f"{self.source.publisher} {self.source.vintage}"
