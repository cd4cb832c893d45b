"""A packet for each association, with a list of what is in each: nothing is sent by geoprio."""

import hashlib
import io
import json
import zipfile
from html import escape
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geoprio.errors import SourceError
from geoprio.files.folder import safe_names
from geoprio.files.paper import render_page, render_pdf
from geoprio.files.table import list_bytes
from geoprio.reports.association import Hand, association_papers
from geoprio.reports.evening import evening_pages
from geoprio.reports.form import association_forms
from geoprio.reports.publication import ASSOCIATIONS, Files
from geoprio.reports.zetkin_areas import feature, zetkin_areas
from geoprio.words import one_line, text

PARCELS, MANIFEST, MERGE = "paket", "innehall.json", "brev.csv"
NO_TIME = (1980, 1, 1, 0, 0, 0)
"""When everything in a packet was made: equal runs give equal bytes."""


def parcels(hand: Hand, maps: Path, *, pdf: bool) -> Files:
    """Return a zip by association, what is in each with checksums, and rows for a mail merge.

    Parameters
    ----------
    hand
        A run that has been written, with its plan.
    maps
        Folder of the run's maps.
    pdf
        Whether reports are made as PDFs too.

    Returns
    -------
    files
        `paket/<name>.zip`, `paket/innehall.json` and `paket/brev.csv`: no address in any.

    Raises
    ------
    SourceError
        A map or a workbook of the run is not where it was written.
    """
    home = hand.run.folder or Path()
    papers, forms = association_papers(hand), association_forms(hand)
    one = hand.planned
    evenings = evening_pages(hand.run, one.stops, one.status) if one else {}
    areas = zetkin_areas(hand)
    files: Files = {}
    contents: dict[str, dict[str, str]] = {}
    for name, stem in safe_names(papers).items():
        inside = {
            "1 underlag.html": render_page(papers[name]),
            **({"1 underlag.pdf": render_pdf(papers[name])} if pdf else {}),
            "2 karta.html": _written(maps / ASSOCIATIONS / f"{stem}.html"),
            "3 arbetsbok.xlsx": _written(home / ASSOCIATIONS / f"{stem}.xlsx"),
            "4 svarsblankett.xlsx": forms[name],
        }
        if name in evenings:
            inside |= dict(zip(("5 kvallen.html", "5 kalender.ics"), evenings[name], strict=True))
        own = areas[areas["association"] == name]
        if len(own):
            inside |= {"6 rundor.gpx": gpx(own), "6 rundor.geojson": _geojson(own)}
        files[f"{PARCELS}/{stem}.zip"] = packed(inside)
        contents[name] = {file: hashlib.sha256(it).hexdigest() for file, it in inside.items()}
    return {**files, **_lists(hand, files, contents)} if files else {}


def _written(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise SourceError("parcel_lacks", path=path) from None


def packed(inside: Files) -> bytes:
    """Return files as a zip, the same bytes every time."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as book:
        for name in sorted(inside):
            book.writestr(zipfile.ZipInfo(name, NO_TIME), inside[name], zipfile.ZIP_DEFLATED)
    return content.getvalue()


def _lists(hand: Hand, files: Files, contents: dict[str, dict[str, str]]) -> Files:
    """Return what is in each packet, and a row for each association to send it by."""
    stems = safe_names(contents)
    sums = {name: files[f"{PARCELS}/{stem}.zip"] for name, stem in stems.items()}
    manifest = {
        name: {
            "file": f"{stems[name]}.zip",
            "bytes": len(sums[name]),
            "sha256": hashlib.sha256(sums[name]).hexdigest(),
            "contents": inside,
        }
        for name, inside in contents.items()
    }
    words = {
        key: [text(f"parcel_{key}", hand.language, association=one_line(it)) for it in stems]
        for key in ("subject", "letter")
    }
    rows = pd.DataFrame(
        {
            "association": [one_line(name) for name in stems],
            "file": [f"{stem}.zip" for stem in stems.values()],
            "sha256": [manifest[name]["sha256"] for name in stems],
            **words,
        }
    )
    rows.columns = pd.Index([text(f"parcel_column_{name}", hand.language) for name in rows])
    record = json.dumps(manifest, ensure_ascii=False, indent=2)
    return {
        f"{PARCELS}/{MANIFEST}": f"{record}\n".encode(),
        f"{PARCELS}/{MERGE}": list_bytes(rows),
    }


def _geojson(areas: gpd.GeoDataFrame) -> bytes:
    features = [feature(row) for row in areas.to_dict("records")]
    page = {"type": "FeatureCollection", "features": features}
    return f"{json.dumps(page, ensure_ascii=False)}\n".encode()


def gpx(areas: gpd.GeoDataFrame) -> bytes:
    """Return the borders of areas (WGS84) as tracks that a phone's map shows (GPX 1.1)."""
    tracks = [
        f"<trk><name>{escape(str(row['title']))}</name><trkseg>"
        + "".join(
            f'<trkpt lat="{north:.6f}" lon="{east:.6f}"/>'
            for east, north in shapely.get_coordinates(row["geometry"].exterior)
        )
        + "</trkseg></trk>"
        for row in areas.to_dict("records")
    ]
    head = '<gpx version="1.1" creator="geoprio" xmlns="http://www.topografix.com/GPX/1/1">'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{"".join(tracks)}</gpx>\n'.encode()
