"""The `[fetch]` table of a source: where its file is fetched from, and what is asked for there."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator
from pyproj import CRS
from pyproj.exceptions import CRSError

from geoprio.config import Model
from geoprio.schemas import CRS as SWEREF

LARGEST_MB = 1_000


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.fragment:
        message = "expected an https address with a host, without a user name or a fragment"
        raise ValueError(message)
    return url


def _known_crs(name: str) -> str:
    try:
        CRS.from_user_input(name)
    except CRSError:
        message = 'expected a coordinate system that is known, such as "EPSG:3006"'
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
            message = "a table is named either by `table` or by `[fetch.search]`, and not both"
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
            message = f"clip_by: the areas are in EPSG:{SWEREF}; expected that as `crs` too"
            raise ValueError(message)
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
            message = "a file needs `url`, or both `index_page` and `file_name`"
            raise ValueError(message)
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
    how: Annotated[str, Field(min_length=10)]
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
