"""The catalogue's model: what one raw file is, where it comes from and what each column means."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from geoprio.config import Election, Model, RefusedError
from geoprio.sources.origins import Fetch

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
        message = "a file name is looked for inside the raw folder: no `..`, `:` or leading slash"
        raise ValueError(message)
    return pattern


def _regular_expression(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"not a regular expression: {error}"
        raise ValueError(message) from None
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
            message = "`from` is larger than `to`"
            raise ValueError(message)
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
            message = "`header = false` needs `names`"
            raise ValueError(message)
        return self


class Key(Model):
    """How a row finds its area code."""

    column: str | None = None
    columns: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Columns of a code that is split in parts, each padded to its `widths`."""
    widths: Annotated[tuple[int, ...], Field(strict=False)] = ()
    constant: Annotated[str, Field(min_length=1)] | None = None
    """The code of every row, in a table that has no areas: "00" for the whole country."""
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
        ways = (self.column is not None, bool(self.columns), self.constant is not None)
        if sum(ways) != 1:
            message = "a key needs one of `column`, `columns` and `constant`"
            raise ValueError(message)
        if len(self.columns) != len(self.widths):
            message = "`columns` and `widths` have different lengths"
            raise ValueError(message)
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
            message = "a share is one column of the file: shares are never added"
            raise ValueError(message)
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

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Source":
        faults = [*_text_faults(self), *_column_faults(self)]
        if (self.provides == "results") != (self.election is not None):
            faults.append("`election` belongs to results, and results need it")
        if self.unassigned is not None and self.provides != "results":
            faults.append("`unassigned` belongs to results")
        if (self.mapping is not None) != (self.provides == "mapping"):
            faults.append("`[mapping]` belongs to a mapping, and a mapping needs it")
        if self.municipality is not None and self.provides not in ("areas", "counts"):
            faults.append("`municipality` belongs to areas, and to counts of areas")
        if self.municipality is not None and "municipality_code" in self.texts:
            faults.append("`municipality` and texts.municipality_code: keep one")
        if self.instead is not None and self.fetch is not None:
            faults.append("`instead` and `[fetch]`: keep one")
        if faults:
            raise RefusedError(faults)
        return self


def _text_faults(source: Source) -> list[str]:
    needed, allowed = TEXTS[source.provides]
    found = set(source.texts)
    faults = [f"texts.{name} is missing" for name in sorted(needed - found)]
    unknown = sorted(found - needed - allowed)
    return faults + [f"texts.{name} is not a column of {source.provides}" for name in unknown]


def _column_faults(source: Source) -> list[str]:
    if (source.provides in NUMERIC) != bool(source.columns):
        return [f"`columns` belong to {', '.join(sorted(NUMERIC))}, and these need them"]
    names = [column.name for column in source.columns]
    return [f"column {name} stands twice" for name in sorted(set(names)) if names.count(name) > 1]
