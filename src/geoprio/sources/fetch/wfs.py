"""Layers of a WFS: counted first, then page by page, filtered by the county's attribute."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geoprio.errors import SourceError
from geoprio.sources.borders import in_sweden
from geoprio.sources.catalogue import Source, WfsFetch
from geoprio.sources.fetch.client import (
    SHOWN,
    Ask,
    Check,
    anything,
    is_json,
    plain_words,
    quoted,
    read_json,
)
from geoprio.sources.fetch.order import Desk, FilePlan, canonical, saved_name


def is_page_of(count: int) -> Check:
    """Return the check that a body is a FeatureCollection of so many features."""

    def check(path: Path) -> None:
        is_json(path)
        page = read_json(path)
        features = page.get("features") if isinstance(page, dict) else None
        if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
            raise SourceError("not_a_feature_collection", kind=type(page).__name__)
        if len(features) != count:
            raise SourceError("page_features_wrong", count=len(features), expected=count)

    return check


@dataclass(frozen=True)
class JoinFeatures:
    """Puts the pages of one layer together."""

    total: int
    crs: str
    extent: Sequence[Any] | None = None
    """Polygons of the county, for a layer that the server cannot cut to it."""
    only: tuple[str, tuple[str, ...]] | None = None
    """Attribute, and the values of it that were asked for."""

    def __call__(self, parts: Sequence[Path], made: Path) -> None:
        """Write one FeatureCollection of all pages to `made`, without the server's time stamp.

        The system that was asked for is written where the server declares none: a reader takes
        such a file for degrees.
        """
        kept: list[dict[str, Any]] = []
        seen: set[str] = set()
        declared: Any = None
        for part in parts:
            page = read_json(part)
            declared = declared or page.get("crs")
            self._refuse_other_crs(page)
            self._refuse_unasked(page["features"])
            # Some servers give a feature no id.
            seen.update(str(one.get("id") or canonical(one)) for one in page["features"])
            kept += self._inside(page["features"])
        if len(seen) != self.total:
            raise SourceError("pages_features_wrong", count=len(seen), total=self.total)
        urn = "urn:ogc:def:crs:{}::{}".format(*CRS(self.crs).to_authority())
        whole = {
            "type": "FeatureCollection",
            "totalFeatures": len(kept),
            "features": kept,
            "crs": declared or {"type": "name", "properties": {"name": urn}},
        }
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        made.write_text(text, encoding="utf-8", newline="\n")

    def _refuse_other_crs(self, page: Mapping[str, Any]) -> None:
        number = self.crs.rpartition(":")[2]
        held = page.get("crs")
        held = held.get("properties") if isinstance(held, Mapping) else None
        declared = str(held.get("name") or "") if isinstance(held, Mapping) else ""
        if declared and not re.search(rf"(?<!\d){number}$", declared):
            raise SourceError("server_declares_crs", crs=self.crs, declared=declared)
        shapes = _shapes(page["features"])
        # Some servers declare nothing and give degrees, or north before east, whatever is asked.
        if len(shapes) and not in_sweden(shapely.get_coordinates(shapes), CRS(self.crs)):
            x, y = shapely.get_coordinates(shapes)[0]
            raise SourceError("page_axes_swapped", x=x, y=y, crs=self.crs)

    def _refuse_unasked(self, features: Sequence[Mapping[str, Any]]) -> None:
        if self.only is None:
            return
        name, values = self.only
        given = [(one.get("properties") or {}).get(name, values[0]) for one in features]
        other = sorted({str(one) for one in given} - {*values, *(it.lstrip("0") for it in values)})
        if other:
            raise SourceError("filter_not_heeded", name=name, value=values, other=other[:5])

    def _inside(self, features: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.extent is None:
            return features
        placed = [feature for feature in features if feature.get("geometry")]
        tree = shapely.STRtree(self.extent)
        touching = tree.query(_shapes(placed), predicate="intersects")[0]
        return [placed[place] for place in np.unique(touching)]


def _shapes(features: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.object_]:
    texts = [json.dumps(shape) for feature in features if (shape := feature.get("geometry"))]
    try:
        shapes: npt.NDArray[np.object_] = shapely.from_geojson(np.array(texts, dtype=object))
    except shapely.errors.GEOSException as error:
        raise SourceError("page_geometry_wrong", error=plain_words(str(error))[:SHOWN]) from None
    return shapes


COUNT = re.compile(r"\bnumber(?:Matched|OfFeatures)=[\"'](\d+)[\"']")
NAMESPACES = {
    "2.0.0": ("fes", "http://www.opengis.net/fes/2.0", "ValueReference"),
    "1.1.0": ("ogc", "http://www.opengis.net/ogc", "PropertyName"),
}
"""Prefix, namespace and property element of the standard's FILTER in each version."""


def plan_layer(source: Source, fetch: WfsFetch, desk: Desk) -> list[FilePlan]:
    """Return the one file of a layer."""
    asked = _asked(fetch, desk.home)
    total = _total(fetch, asked, desk)
    starts = range(0, total, fetch.page_size)
    only = (fetch.filter_by, desk.home) if fetch.filter_by else None
    return [
        FilePlan(
            name=saved_name(source),
            part=fetch.layer,
            asks=tuple(_page(fetch, asked, start, total) for start in starts),
            most=fetch.maximum_mb * 1_000_000,
            asked=canonical([fetch.url, asked, fetch.clip_by]),
            join=JoinFeatures(total, fetch.crs, desk.extent_of(fetch.clip_by), only),
        )
    ]


def _asked(fetch: WfsFetch, home: tuple[str, ...]) -> dict[str, str]:
    """Return the parameters that every request of the layer carries."""
    layer = "typeNames" if fetch.version == "2.0.0" else "typeName"
    asked = {"service": "WFS", "version": fetch.version, "request": "GetFeature"}
    asked |= {layer: fetch.layer, "srsName": fetch.crs}
    if fetch.filter_by is not None:
        # Spatial filters mix up the axes of EPSG:3006: the county is asked for by its attribute.
        if fetch.dialect == "cql":
            either = [f"{fetch.filter_by}='{code}'" for code in home]
            asked["CQL_FILTER"] = " OR ".join(either)
        else:
            asked["FILTER"] = standard_filter(fetch.filter_by, home, version=fetch.version)
    return asked


def standard_filter(attribute: str, values: Sequence[str], *, version: str) -> str:
    """Return the OGC standard's FILTER for features whose attribute has one of the values."""
    prefix, namespace, element = NAMESPACES[version]
    either = [
        f"<{prefix}:PropertyIsEqualTo><{prefix}:{element}>{escape(attribute)}</{prefix}:{element}>"
        f"<{prefix}:Literal>{escape(value)}</{prefix}:Literal></{prefix}:PropertyIsEqualTo>"
        for value in values
    ]
    inside = either[0] if len(either) == 1 else f"<{prefix}:Or>{''.join(either)}</{prefix}:Or>"
    return f'<{prefix}:Filter xmlns:{prefix}="{namespace}">{inside}</{prefix}:Filter>'


def _total(fetch: WfsFetch, asked: Mapping[str, str], desk: Desk) -> int:
    url = f"{fetch.url}?{urlencode({**asked, 'resultType': 'hits'})}"
    found = COUNT.search(desk.text(url, _is_count))
    total = int(found[1]) if found else 0
    if total == 0:
        by, code = fetch.filter_by, desk.home
        raise SourceError("no_feature_of_county", layer=fetch.layer, filter_by=by, county_code=code)
    return total


def _is_count(path: Path) -> None:
    anything(path)
    if COUNT.search(path.read_text(encoding="utf-8-sig", errors="replace")) is None:
        # An exception comes with a status that says success.
        raise SourceError("not_a_feature_count", text=quoted(path))


def _page(fetch: WfsFetch, asked: Mapping[str, str], start: int, total: int) -> Ask:
    count = "count" if fetch.version == "2.0.0" else "maxFeatures"
    paged: dict[str, Any] = {**asked, "outputFormat": fetch.format}
    paged |= {count: fetch.page_size, "startIndex": start}
    if fetch.sort_by is not None:
        # Without an order of its own a server may give a feature on two pages, or on none.
        paged["sortBy"] = fetch.sort_by
    size = min(fetch.page_size, total - start)
    return Ask(f"{fetch.url}?{urlencode(paged)}", is_page_of(size))
