"""Pages of GeoJSON from a WFS: that each is whole, and all of them put together as one file."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS

from geoprio.errors import SourceError
from geoprio.sources.geometry import in_sweden
from geoprio.sources.web.bodies import SHOWN, Check, is_json, read_json


def is_page_of(count: int) -> Check:
    """Return the check that a body is a FeatureCollection of so many features."""

    def check(path: Path) -> None:
        is_json(path)
        page = read_json(path)
        features = page.get("features") if isinstance(page, dict) else None
        if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
            message = f"expected a GeoJSON FeatureCollection; found {type(page).__name__}"
            raise SourceError(message)
        if len(features) != count:
            message = (
                f"the page holds {len(features)} features; expected {count}: the layer changed, or"
                " the server gives fewer at a time; lower `page_size` or fetch again"
            )
            raise SourceError(message)

    return check


class JoinFeatures:
    """Puts the pages of one layer together."""

    def __init__(
        self,
        total: int,
        crs: str,
        extent: Sequence[Any] | None = None,
        only: tuple[str, str] | None = None,
    ) -> None:
        self.total = total
        self.crs = crs
        self.extent = None if extent is None else shapely.STRtree(list(extent))
        """Polygons of the county, for a layer that the server cannot cut to it."""
        self.only = only
        """Attribute, and the one value of it that was asked for."""

    def __call__(self, parts: Sequence[Path], made: Path) -> None:
        """Write one FeatureCollection of all pages to `made`, without the server's time stamp.

        The system that was asked for is written where the server declares none: a reader takes
        such a file for degrees.

        Raises
        ------
        SourceError
            A feature stands twice or is missing, was not asked for, or the coordinates are not in
            the system asked for.
        """
        kept: list[dict[str, Any]] = []
        seen: set[str] = set()
        declared: Any = None
        for part in parts:
            page = read_json(part)
            declared = declared or page.get("crs")
            self._refuse_other_crs(page)
            self._refuse_unasked(page["features"])
            seen.update(_identity(feature) for feature in page["features"])
            kept += self._inside(page["features"])
        if len(seen) != self.total:
            message = (
                f"the pages hold {len(seen)} different features; expected {self.total}:"
                " state `sort_by`, an attribute that orders them, and fetch again"
            )
            raise SourceError(message)
        whole = {
            "type": "FeatureCollection",
            "totalFeatures": len(kept),
            "features": kept,
            "crs": declared or {"type": "name", "properties": {"name": _urn(self.crs)}},
        }
        text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
        made.write_text(text, encoding="utf-8", newline="\n")

    def _refuse_other_crs(self, page: Mapping[str, Any]) -> None:
        number = self.crs.rpartition(":")[2]
        declared = _declared(page.get("crs"))
        if declared and not re.search(rf"(?<!\d){number}$", str(declared)):
            message = f"asked for {self.crs}; the server declares {declared!r}"
            raise SourceError(message)
        shapes = _shapes(page["features"])
        # Some servers declare nothing and give degrees, or north before east, whatever is asked.
        if len(shapes) and not in_sweden(shapely.total_bounds(shapes), CRS(self.crs)):
            x, y = shapely.get_coordinates(shapes)[0]
            message = (
                f"coordinates such as {x:.7g} {y:.7g} are not east, north in {self.crs} inside"
                " Sweden: the server swaps the axes or gives another system; state `crs` as the"
                " server wants it"
            )
            raise SourceError(message)

    def _refuse_unasked(self, features: Sequence[Mapping[str, Any]]) -> None:
        if self.only is None:
            return
        name, value = self.only
        given = [(one.get("properties") or {}).get(name, value) for one in features]
        other = sorted({str(one) for one in given} - {value, value.lstrip("0")})
        if other:
            message = (
                f"asked for features where {name} is {value}; found {', '.join(other[:5])}: the"
                " server does not heed the filter; state the other `dialect`, or `clip_by` in place"
                " of `filter_by`"
            )
            raise SourceError(message)

    def _inside(self, features: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if self.extent is None:
            return features
        placed = [feature for feature in features if feature.get("geometry")]
        touching = self.extent.query(_shapes(placed), predicate="intersects")[0]
        return [placed[place] for place in np.unique(touching)]


def _declared(crs: object) -> str:
    """Return the name of the system that a page declares; empty where it declares none."""
    held = crs.get("properties") if isinstance(crs, Mapping) else None
    return str(held.get("name") or "") if isinstance(held, Mapping) else ""


def _shapes(features: Sequence[Mapping[str, Any]]) -> npt.NDArray[np.object_]:
    texts = [json.dumps(shape) for feature in features if (shape := feature.get("geometry"))]
    try:
        shapes: npt.NDArray[np.object_] = shapely.from_geojson(np.array(texts, dtype=object))
    except shapely.errors.GEOSException as error:
        message = f"a geometry of the page is not one of GeoJSON: {' '.join(str(error).split())}"
        raise SourceError(message[:SHOWN]) from None
    return shapes


def _identity(feature: Mapping[str, Any]) -> str:
    """Return what tells a feature from all others; some servers give it no id."""
    whole = [feature.get("properties"), feature.get("geometry")]
    return str(feature.get("id") or json.dumps(whole, sort_keys=True))


def _urn(crs: str) -> str:
    authority, code = CRS(crs).to_authority()
    return f"urn:ogc:def:crs:{authority}::{code}"
