"""A vendor's files of one edition: the same rows as CSV, workbook and map files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geoprio.config import Vendor
from geoprio.config.vendors import VendorFile
from geoprio.outputs.audience import for_audience
from geoprio.outputs.geodata import (
    render_geopackage_layer,
    render_kml,
    render_shapefile,
    short_names,
)
from geoprio.outputs.names import safe_name
from geoprio.outputs.vendors.control import ENDING, Control, checksums, render_control
from geoprio.outputs.vendors.form import Form
from geoprio.outputs.vendors.rows import WHOLE, render_dialect, vendor_rows, written
from geoprio.outputs.workbook import render_sheet
from geoprio.texts import Language, text


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

    Parameters
    ----------
    selection
        By `area_code`, with geometry in EPSG:3006: the columns that the vendor's profile names.
        Counts are households; `households_open_count` (those without a "nej tack" sign) may be
        missing or NaN and is then an empty cell. No score, group, reason or order of areas.

    Raises
    ------
    ContractError
        A column that no vendor may see, or values that the vendor's file cannot hold: see
        `vendor_rows`.
    """
    for_audience(selection, "leverantor")
    rows = vendor_rows(selection, vendor)
    marked = rows.assign(**_mark(delivery))
    shapes = selection.sort_index().geometry.to_numpy()
    areas = gpd.GeoDataFrame(marked, geometry=shapes, crs=selection.crs)
    files: dict[str, bytes] = {}
    for kind in vendor.files:
        ending, render = _KINDS[kind]
        files[f"{delivery.stem}{ending}"] = render(areas, vendor, delivery)
    control = Control(
        cells=written(marked, vendor),
        form=form_of(vendor),
        files=checksums(files),
        sums=_sums(rows, vendor),
        about=about_delivery(vendor, delivery),
        renamed=short_names(map(str, marked)) if "shp" in vendor.files else {},
    )
    return files | {f"{delivery.stem}{ENDING}": render_control(control)}


def form_of(vendor: Vendor) -> Form:
    """Return how a vendor's CSV is written."""
    return Form(vendor.encoding, vendor.bom, vendor.separator, vendor.decimal, vendor.newline)


def _mark(delivery: Delivery) -> dict[str, str]:
    column = text("column_note", delivery.language)
    return {column: delivery.mark} if delivery.mark else {}


def about_delivery(vendor: Vendor, delivery: Delivery) -> dict[str, str]:
    """Return what the control sheets say of an order."""
    return {
        "till": text("audience_leverantor", delivery.language),
        "profil": f"{vendor.name} {vendor.version}",
        "produkt": vendor.product,
        **delivery.about,
        **_mark(delivery),
    }


def _sums(rows: pd.DataFrame, vendor: Vendor) -> dict[str, int]:
    """Return sums of the counts; of one that is unknown anywhere there is none."""
    counted = [
        column.heading
        for column in vendor.columns
        if column.field in WHOLE - {"wave"} and rows[column.heading].notna().all()
    ]
    return {heading: int(rows[heading].sum()) for heading in counted}


def _csv(areas: gpd.GeoDataFrame, vendor: Vendor, _: Delivery) -> bytes:
    return render_dialect(_plain(areas), vendor)


def _xlsx(areas: gpd.GeoDataFrame, _: Vendor, delivery: Delivery) -> bytes:
    return render_sheet(_plain(areas), delivery.name)


def _gpkg(areas: gpd.GeoDataFrame, _: Vendor, delivery: Delivery) -> bytes:
    return render_geopackage_layer(areas, delivery.stem)


def _shp(areas: gpd.GeoDataFrame, vendor: Vendor, delivery: Delivery) -> bytes:
    short = short_names(map(str, _plain(areas)))
    headings = text("column_short", delivery.language), text("column_full", delivery.language)
    names = pd.DataFrame({headings[0]: short.values(), headings[1]: short.keys()})
    sheet = {f"{delivery.stem}-kolumner.csv": render_dialect(names, vendor)}
    return render_shapefile(areas.rename(columns=short), delivery.stem, sheet)


def _kml(areas: gpd.GeoDataFrame, vendor: Vendor, delivery: Delivery) -> bytes:
    code = next(column.heading for column in vendor.columns if column.field == "area_code")
    # A layer of KML bears a name that XML takes for an identifier.
    return render_kml(areas, delivery.stem.replace("-", "_"), name=code)


def _plain(areas: gpd.GeoDataFrame) -> pd.DataFrame:
    return pd.DataFrame(areas.drop(columns="geometry"))


_Render = Callable[[gpd.GeoDataFrame, Vendor, Delivery], bytes]
_KINDS: dict[VendorFile, tuple[str, _Render]] = {
    "csv": (".csv", _csv),
    "xlsx": (".xlsx", _xlsx),
    "gpkg": (".gpkg", _gpkg),
    "shp": (".shp.zip", _shp),
    "kml": (".kml", _kml),
}
