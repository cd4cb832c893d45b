"""Vendors: how one mail house or printer wants its files, as its own specification says."""

import re
from typing import Annotated, Literal

from pydantic import Field

from geoprio.config.model import Model, Text, broken, twice
from geoprio.words import Phrase

VendorField = Literal[
    "area_code",
    "area_name",
    "municipality_code",
    "municipality_name",
    "constituency",
    "campaign",
    "edition",
    "product",
    "wave",
    "delivery_week",
    "delivery_from",
    "delivery_to",
    "households_count",
    "households_basis",
    "households_open_count",
    "print_run_count",
    "area_km2",
]
"""What a vendor may be told of an area; no score, no group, no reason, and no order of areas."""

VendorFile = Literal["csv", "xlsx", "gpkg", "shp", "kml"]
_HEADING = re.compile(r"[^\W\d_][\w .()/-]{0,59}")
_UNICODE = ("utf-8", "utf-16")


class VendorColumn(Model):
    """One column of the vendor's file."""

    field: VendorField
    """What it holds."""
    heading: str
    """What the vendor calls it."""

    def _own_faults(self) -> list[Phrase]:
        right = _HEADING.fullmatch(self.heading) and self.heading.strip() == self.heading
        return broken({"heading_signs_wrong": not right}, heading=self.heading)


class Vendor(Model):
    """One file dialect: a name, a version, and every choice that a reader must know."""

    name: Annotated[str, Field(min_length=1)]
    """What the vendor is called."""
    version: Annotated[str, Field(min_length=1)]
    """Changes with every change of the file, so that an order says which one it was made by."""
    specification: Annotated[str, Field(min_length=10)]
    """Whose specification it follows and of what date; or that none has been given."""
    product: Annotated[str, Field(min_length=1)]
    """What is ordered, in the vendor's words."""
    files: Annotated[tuple[VendorFile, ...], Field(min_length=1, strict=False)]
    """File formats that are written."""
    separator: Literal[";", ",", "\t", "|"]
    """Sign between the cells of a CSV."""
    decimal: Literal[",", "."]
    """Sign before decimals."""
    encoding: Literal["utf-8", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15"]
    """Of the CSV."""
    bom: bool
    """Whether the CSV begins with a byte order mark."""
    line_end: Literal["crlf", "lf"]
    """How its lines end."""
    quote_text: bool = False
    """Whether every text stands between quotation marks, not only where it must."""
    reserve_share: Annotated[float, Field(ge=0, le=0.25)] = 0.0
    """What is printed beyond the households, for waste."""
    postal_part: Annotated[int, Field(ge=1, le=100_000)] = 1000
    """Postal codes in one file at most."""
    minimum_lot: Annotated[int, Field(ge=1, le=10_000_000)] = 1
    """Households that the vendor takes at least in one wave."""
    columns: Annotated[tuple[VendorColumn, ...], Field(min_length=1, strict=False)]

    def _own_faults(self) -> list[Phrase]:
        fields = [str(column.field) for column in self.columns]
        headings = [column.heading.casefold() for column in self.columns]
        faults = [Phrase("columns_stands_twice", what=it) for it in twice(fields) + twice(headings)]
        rules = {
            "columns_without_area_code": "area_code" not in fields,
            "separator_is_decimal": self.separator == self.decimal,
            "bom_not_in_encoding": self.bom and self.encoding not in _UNICODE,
            "bom_needed": self.encoding == "utf-16" and not self.bom,
            "file_kind_twice": twice(self.files),
        }
        return faults + broken(rules, decimal=self.decimal, encoding=self.encoding)

    @property
    def codec(self) -> str:
        """Name of the encoding as Python knows it, mark included."""
        return "utf-8-sig" if self.bom and self.encoding == "utf-8" else self.encoding

    @property
    def newline(self) -> str:
        """The line end itself."""
        return "\r\n" if self.line_end == "crlf" else "\n"


YOUNGEST, OLDEST = 17, 110
"""Ages that an order may hold: at 17 one may turn 18 before election day; younger is no voter."""


class Parameter(Model):
    """One parameter of a register's order, in the register's words."""

    name: Text
    use: Literal["postal_codes", "ages", "unused"]
    """What geoprio fills it with."""


class Register(Model):
    """A holder of addresses with a legal basis of its own, and what an order to it may hold."""

    name: Annotated[str, Field(min_length=1)]
    """What the holder is called."""
    version: Annotated[str, Field(min_length=1)]
    """Changes with every change of the order's form."""
    specification: Annotated[str, Field(min_length=10)]
    """Where the form is described, and what of it is assumed."""
    list_rows: Annotated[int, Field(ge=1, le=100_000)]
    """Postal codes in one file at most."""
    geography_conditions: Annotated[int, Field(ge=1)]
    """Combined conditions on geography at most, beside the file."""
    line_end: Literal["crlf", "lf"]
    """How the file's lines end."""
    parameters: Annotated[tuple[Parameter, ...], Field(min_length=2, strict=False)]

    def _own_faults(self) -> list[Phrase]:
        used = [item.use for item in self.parameters if item.use != "unused"]
        wrong = sorted(used) != ["ages", "postal_codes"]
        return broken({"parameters_use_wrong": wrong}, used=used)

    @property
    def newline(self) -> str:
        """The line end itself."""
        return "\r\n" if self.line_end == "crlf" else "\n"


class Addressed(Model):
    """What is wanted of one addressed mailing: an age, in the areas that a plan has chosen."""

    order_from: str
    """Name of a file in `registers/`."""
    age_from: int | None = None
    """Youngest who gets it, on election day."""
    age_to: int | None = None
    """Oldest who gets it."""
    purpose: Text
    least_residents: Annotated[int, Field(ge=100)] = 500
    """Residents of the age in the whole selection, below which no order is made."""

    def age_faults(self) -> list[Phrase]:
        """Return what is wrong with the ages; empty where they can be ordered."""
        limits = Phrase("age_limits", youngest=YOUNGEST, oldest=OLDEST)
        given = {"age_from": self.age_from, "age_to": self.age_to}
        faults = [
            Phrase(
                "age_outside_limits",
                name=name,
                words=Phrase("missing") if age is None else Phrase("found_age", age=age),
                limits=limits,
            )
            for name, age in given.items()
            if age is None or not YOUNGEST <= age <= OLDEST
        ]
        if not faults and self.ages[0] > self.ages[1]:
            faults.append(Phrase("ages_reversed", age_from=self.age_from, age_to=self.age_to))
        return faults

    @property
    def ages(self) -> tuple[int, int]:
        """First and last age; those of an order without `age_faults`."""
        return self.age_from or 0, self.age_to or 0
