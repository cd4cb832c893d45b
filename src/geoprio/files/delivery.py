"""A vendor's files of one edition: the same rows in each kind, and the sheet that controls them."""

import csv
import hashlib
import io
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import tomli_w

from geoprio.config import Vendor
from geoprio.config.vendors import VendorFile
from geoprio.errors import ContractError, SourceError
from geoprio.files.folder import safe_name
from geoprio.files.geodata import render_geopackage_layer, render_kml, render_shapefile, short_names
from geoprio.files.table import FORMULA, render_sheet
from geoprio.tables import for_audience
from geoprio.words import Language, Phrase, table, text

_SIGNS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|", "point": "."}
_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR", "": ""}


def sheet_words() -> dict[str, str]:
    """Return the words of a control sheet: Swedish whoever it is for, so that any is read back."""
    return table("control", "sv")


def _sign_words() -> dict[str, str]:
    words = sheet_words()
    return {sign: words[name] for name, sign in _SIGNS.items()} | _ENDS


@dataclass(frozen=True)
class Form:
    """How a CSV file is written."""

    encoding: str
    bom: bool
    separator: str
    decimal: str
    line_end: str
    """The line end itself; empty in a file of one line."""
    header: bool = True
    """Whether the first row holds the headings."""

    def told(self) -> dict[str, str | bool]:
        """Return its fields in words."""
        words = _sign_words()
        return {name: words.get(value, value) for name, value in asdict(self).items()}

    @classmethod
    def of_words(cls, told: Mapping[str, Any]) -> "Form":
        """Return what `told` gave."""
        signs = {word: sign for sign, word in _sign_words().items()}
        own = {name: signs[told[name]] for name in ("separator", "decimal", "line_end")}
        return cls(str(told["encoding"]), bool(told["bom"]), **own, header=bool(told["header"]))


OUR_FORM = Form("utf-8", True, ";", ",", "\r\n")
"""How the CSV files that stay in the house are written: they open in Swedish Excel."""
WHOLE = frozenset({"wave", "households_count", "households_open_count", "print_run_count"})
DECIMALS = {"area_km2": 2}
NULLABLE = frozenset({"households_open_count", "constituency"})
"""What may be unknown; an empty cell, never 0."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")


def vendor_rows(selection: pd.DataFrame, vendor: Vendor) -> pd.DataFrame:
    """Return the vendor's columns under its headings, by area code: typed, text in one form.

    Areas stand by their code: the order in which they were chosen is a ranking, and no vendor's.
    Raises ContractError with every fault: a column or a value that is missing, text that a
    spreadsheet would run, that holds a line break or a sign that the vendor's encoding has not, an
    area twice.
    """
    given = selection.rename_axis("area_code").reset_index()
    fields = [column.field for column in vendor.columns]
    optional = [field for field in fields if field in NULLABLE and field not in given]
    missing = [field for field in fields if field not in given and field not in optional]
    if missing:
        raise ContractError("selection_without_columns", vendor=vendor.name, columns=missing)
    given = given.assign(**dict.fromkeys(optional, np.nan)).sort_values("area_code")
    rows = pd.DataFrame(
        {one.heading: _typed(one.field, given[one.field]) for one in vendor.columns}
    ).reset_index(drop=True)
    faults = _faults(rows, vendor)
    if faults:
        raise ContractError("vendor_file_not_made", faults, vendor=vendor.name)
    return rows


def written(rows: pd.DataFrame, vendor: Vendor) -> pd.DataFrame:
    """Return every cell as the vendor's CSV writes it, quotation marks aside; unknown is empty."""
    cells = {}
    for heading, values in rows.items():
        shown = values.astype(object).where(values.notna(), "")
        if pd.api.types.is_float_dtype(values):
            shown = values.map("{:.2f}".format, na_action="ignore").fillna("")
            shown = shown.str.replace(".", vendor.decimal)
        cells[str(heading)] = shown.astype(str)
    return pd.DataFrame(cells, index=rows.index)


def render_dialect(rows: pd.DataFrame, vendor: Vendor) -> bytes:
    """Return rows as the vendor's CSV."""
    content = io.StringIO(newline="")
    writer = csv.writer(
        content,
        delimiter=vendor.separator,
        lineterminator=vendor.newline,
        quoting=csv.QUOTE_ALL if vendor.quote_text else csv.QUOTE_MINIMAL,
    )
    writer.writerow(rows.columns)
    writer.writerows(written(rows, vendor).to_numpy().tolist())
    return content.getvalue().encode(vendor.codec)


def _typed(field: str, values: pd.Series) -> pd.Series:
    if field in WHOLE:
        return values.astype(float).round().astype("Int32")
    if field in DECIMALS:
        return values.astype(float).round(DECIMALS[field])
    text = values.astype(object).where(values.notna(), None)
    return text.map(lambda word: unicodedata.normalize("NFC", str(word)), na_action="ignore")


def _faults(rows: pd.DataFrame, vendor: Vendor) -> list[Phrase]:
    faults = []
    for column in vendor.columns:
        values = rows[column.heading]
        known = values.dropna()
        if column.field not in NULLABLE and len(known) < len(values):
            lacking = len(values) - len(known)
            faults.append(Phrase("column_with_gaps", heading=column.heading, lacking=lacking))
        if column.field not in WHOLE and column.field not in DECIMALS:
            faults += [
                Phrase("word_refused", heading=column.heading, word=word, why=why)
                for word in known.unique()
                for why in _why_refused(str(word), vendor.encoding)
            ]
        if column.field == "area_code" and known.duplicated().any():
            twice = ", ".join(known[known.duplicated()].unique()[:5])
            faults.append(Phrase("kind_stands_twice", kind=column.heading, name=twice))
    return faults


def _why_refused(word: str, encoding: str) -> list[Phrase]:
    why = []
    if word.startswith(FORMULA):
        why.append(Phrase("begins_as_formula", word=word[0]))
    if _CONTROL.search(word):
        why.append(Phrase("holds_control_character"))
    try:
        word.encode(encoding)
    except UnicodeEncodeError as error:
        why.append(Phrase("holds_unencodable", word=word[error.start], encoding=encoding))
    return why


ENDING = ".kontroll.toml"


@dataclass(frozen=True)
class Control:
    """What files that hold the same rows shall be found to hold."""

    cells: pd.DataFrame
    """Every cell as the CSV writes it."""
    form: Form
    """How the CSV is written."""
    files: Mapping[str, str]
    """Checksum (SHA-256) by file name."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """By column, of those that are added."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the order is: campaign, edition, product, profile."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Short name by column, of a Shapefile."""


def checksums(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256(one).hexdigest() for name, one in sorted(files.items())}


def render_control(control: Control) -> bytes:
    """Return a control sheet as TOML that people read too."""
    words, cells = sheet_words(), control.cells
    sheet = {
        "about": dict(control.about),
        "rows": len(cells),
        "sums": dict(control.sums),
        "form": {words[name]: value for name, value in control.form.told().items()},
        "files": [{words["name"]: name, "sha256": one} for name, one in control.files.items()],
        **({"renamed": dict(control.renamed)} if control.renamed else {}),
        "cells": {words["columns"]: list(cells), words["rows"]: cells.to_numpy().tolist()},
    }
    content = tomli_w.dumps({words[name]: value for name, value in sheet.items()})
    return f"{text('control_head', 'sv')}\n{content}".encode()


def read_control(path: Path) -> Control:
    """Return what a control sheet says; SourceError if it is none, or none any more."""
    try:
        words, sheet = sheet_words(), tomllib.loads(path.read_text(encoding="utf-8-sig"))
        inside, form = sheet[words["cells"]], sheet[words["form"]]
        return Control(
            cells=pd.DataFrame(inside[words["rows"]], columns=inside[words["columns"]], dtype=str),
            form=Form.of_words({one.name: form[words[one.name]] for one in fields(Form)}),
            files={item[words["name"]]: item["sha256"] for item in sheet[words["files"]]},
            sums=sheet[words["sums"]],
            about=sheet[words["about"]],
            renamed=sheet.get(words["renamed"], {}),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(
            "not_a_control_sheet",
            path=path.name,
            kind=type(error).__name__,
            error=error,
            ending=ENDING,
        ) from None


@dataclass(frozen=True)
class Delivery:
    """What is ordered, and the words on its files."""

    name: str
    """What the files are called by, such as "omraden riksdag"."""
    about: Mapping[str, str]
    """What the control sheet says of the order: campaign, edition, week, contact."""
    language: Language = "sv"
    mark: str | None = None
    """The demo mark, where it belongs: a last column in every file."""

    @property
    def stem(self) -> str:
        """The name as files bear it."""
        return safe_name(self.name)


def render_vendor_files(
    selection: gpd.GeoDataFrame, vendor: Vendor, delivery: Delivery
) -> dict[str, bytes]:
    """Return the files of a selection by name: each kind that the vendor takes, and a control.

    `selection` has, by `area_code` and with geometry in EPSG:3006, the columns that the vendor's
    profile names. Counts are households; those without a "nej tack" sign may be missing or NaN and
    are then empty cells. Raises ContractError where the gate or `vendor_rows` refuses.
    """
    for_audience(selection, "leverantor")
    rows = vendor_rows(selection, vendor)
    marked = rows.assign(**_mark(delivery))
    shapes = selection.sort_index().geometry.to_numpy()
    areas = gpd.GeoDataFrame(marked, geometry=shapes, crs=selection.crs)
    files = {
        f"{delivery.stem}.{kind}{'.zip' if kind == 'shp' else ''}": _rendered(
            kind, areas, vendor, delivery
        )
        for kind in vendor.files
    }
    control = Control(
        cells=written(marked, vendor),
        form=Form(vendor.encoding, vendor.bom, vendor.separator, vendor.decimal, vendor.newline),
        files=checksums(files),
        sums=_sums(rows, vendor),
        about=about_delivery(vendor, delivery),
        renamed=short_names(map(str, marked)) if "shp" in vendor.files else {},
    )
    return files | {f"{delivery.stem}{ENDING}": render_control(control)}


def _mark(delivery: Delivery) -> dict[str, str]:
    column = text("column_note", delivery.language)
    return {column: delivery.mark} if delivery.mark else {}


def about_delivery(vendor: Vendor, delivery: Delivery) -> dict[str, str]:
    """Return what the control sheets say of an order."""
    words = sheet_words()
    return {
        words["to"]: text("audience_leverantor", delivery.language),
        words["profile"]: f"{vendor.name} {vendor.version}",
        words["product"]: vendor.product,
        **delivery.about,
        **_mark(delivery),
    }


def _sums(rows: pd.DataFrame, vendor: Vendor) -> dict[str, int]:
    """Return sums of the counts; of one that is unknown anywhere there is none."""
    counts = [one.heading for one in vendor.columns if one.field in WHOLE - {"wave"}]
    return {name: int(rows[name].sum()) for name in counts if rows[name].notna().all()}


def _rendered(
    kind: VendorFile, areas: gpd.GeoDataFrame, vendor: Vendor, delivery: Delivery
) -> bytes:
    rows, stem = pd.DataFrame(areas.drop(columns="geometry")), delivery.stem
    if kind == "csv":
        return render_dialect(rows, vendor)
    if kind == "xlsx":
        return render_sheet(rows, delivery.name)
    if kind == "gpkg":
        return render_geopackage_layer(areas, stem)
    if kind == "kml":
        code = next(column.heading for column in vendor.columns if column.field == "area_code")
        # A layer of KML bears a name that XML takes for an identifier.
        return render_kml(areas, stem.replace("-", "_"), name=code)
    short = short_names(map(str, rows))
    headings = text("column_short", delivery.language), text("column_full", delivery.language)
    names = pd.DataFrame({headings[0]: short.values(), headings[1]: short.keys()})
    sheet = {f"{stem}-kolumner.csv": render_dialect(names, vendor)}
    return render_shapefile(areas.rename(columns=short), stem, sheet)


POSTAL_CODE = re.compile(r"[1-9]\d{4}")


def render_postal_files(codes: pd.Series, vendor: Vendor, delivery: Delivery) -> dict[str, bytes]:
    """Return lists of postal codes by file name, at most `postal_part` in each, and control sheets.

    A list is bare: digits alone, one code a row, no heading and no mark; its control sheet says
    what it is. "111 22" is taken for "11122". Raises ContractError: a code is not five digits as
    text, or stands twice.
    """
    for_audience(codes.rename("postal_code").to_frame(), "leverantor")
    return code_lists(
        codes,
        f"{delivery.stem}-postnummer",
        rows=vendor.postal_part,
        newline=vendor.newline,
        about=about_delivery(vendor, delivery),
    )


def code_lists(
    codes: pd.Series, stem: str, *, rows: int, newline: str, about: Mapping[str, str]
) -> dict[str, bytes]:
    """Return codes that have passed the gate as lists of at most `rows`, each with its sheet."""
    plain = codes.astype(object).map(_unspaced).sort_values(ignore_index=True, key=_as_text)
    wrong = [Phrase("not_five_digits", code=code) for code in plain if not _is_code(code)]
    wrong += [Phrase("stands_twice", code=code) for code in plain[plain.duplicated()].unique()]
    if wrong:
        raise ContractError("postal_codes_wrong", wrong)
    starts = range(0, len(plain), rows)
    files: dict[str, bytes] = {}
    for number, start in enumerate(starts, start=1):
        part = plain.iloc[start : start + rows]
        own = stem + (f"-{number}" if len(starts) > 1 else "")
        told = {**about, sheet_words()["part"]: f"{number} ({len(starts)})"}
        files |= _part(part, own, newline=newline, about=told)
    return files


def _part(
    codes: pd.Series, stem: str, *, newline: str, about: Mapping[str, str]
) -> dict[str, bytes]:
    listed = "".join(f"{code}{newline}" for code in codes).encode("ascii")
    control = Control(
        cells=codes.rename(sheet_words()["postal_codes"]).to_frame(),
        form=Form("utf-8", False, ";", ",", newline, header=False),
        files=checksums({f"{stem}.txt": listed}),
        about=about,
    )
    return {f"{stem}.txt": listed, f"{stem}{ENDING}": render_control(control)}


def _unspaced(code: object) -> object:
    return re.sub("[ \N{NO-BREAK SPACE}]", "", code) if isinstance(code, str) else code


def _as_text(codes: pd.Series) -> pd.Series:
    return codes.map(str)


def _is_code(code: object) -> bool:
    return isinstance(code, str) and POSTAL_CODE.fullmatch(code) is not None
