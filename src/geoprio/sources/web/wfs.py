"""Layers of a WFS: counted first, then page by page, filtered by the county's attribute."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.origins import WfsFetch
from geoprio.sources.web.bodies import SHOWN, Check, anything, plain_words
from geoprio.sources.web.client import Ask
from geoprio.sources.web.features import JoinFeatures, is_page_of
from geoprio.sources.web.plans import Desk, FilePlan, canonical, saved_name

COUNT = re.compile(r"\bnumber(?:Matched|OfFeatures)=[\"'](\d+)[\"']")
NAMESPACES = {
    "2.0.0": ("fes", "http://www.opengis.net/fes/2.0", "ValueReference"),
    "1.1.0": ("ogc", "http://www.opengis.net/ogc", "PropertyName"),
}
"""Prefix, namespace and property element of the standard's FILTER in each version."""


def plan_layer(name: str, source: Source, desk: Desk) -> list[FilePlan]:
    """Return the one file of a layer.

    Raises
    ------
    SourceError
        The server does not say how many features there are, or there are none.
    """
    fetch = source.fetch
    if not isinstance(fetch, WfsFetch):
        message = f"{name}: not a layer"
        raise TypeError(message)
    asked = _asked(fetch, desk.county_code)
    total = _total(fetch, asked, desk)
    starts = range(0, total, fetch.page_size)
    only = (fetch.filter_by, desk.county_code) if fetch.filter_by else None
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


def _asked(fetch: WfsFetch, county_code: str) -> dict[str, str]:
    """Return the parameters that every request of the layer carries."""
    second = fetch.version == "2.0.0"
    asked = {
        "service": "WFS",
        "version": fetch.version,
        "request": "GetFeature",
        "typeNames" if second else "typeName": fetch.layer,
        "srsName": fetch.crs,
    }
    if fetch.filter_by is not None:
        # Spatial filters mix up the axes of EPSG:3006: the county is asked for by its attribute.
        if fetch.dialect == "cql":
            asked["CQL_FILTER"] = f"{fetch.filter_by}='{county_code}'"
        else:
            asked["FILTER"] = standard_filter(fetch.filter_by, county_code, version=fetch.version)
    return asked


def standard_filter(attribute: str, value: str, *, version: str) -> str:
    """Return the OGC standard's FILTER for features whose attribute has that value."""
    prefix, namespace, element = NAMESPACES[version]
    return (
        f'<{prefix}:Filter xmlns:{prefix}="{namespace}"><{prefix}:PropertyIsEqualTo>'
        f"<{prefix}:{element}>{escape(attribute)}</{prefix}:{element}>"
        f"<{prefix}:Literal>{escape(value)}</{prefix}:Literal>"
        f"</{prefix}:PropertyIsEqualTo></{prefix}:Filter>"
    )


def _total(fetch: WfsFetch, asked: Mapping[str, str], desk: Desk) -> int:
    url = f"{fetch.url}?{urlencode({**asked, 'resultType': 'hits'})}"
    text = desk.text(url, _is_count)
    found = COUNT.search(text)
    total = int(found[1]) if found else 0
    if total == 0:
        message = (
            f"{fetch.layer}: no feature where {fetch.filter_by} is {desk.county_code};"
            " expected some: see `layer` and `filter_by`"
        )
        raise SourceError(message)
    return total


def _is_count(path: Path) -> None:
    anything(path)
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    if COUNT.search(text) is None:
        # An exception comes with a status that says success.
        message = f"expected a count of features; the server says: {plain_words(text)[:SHOWN]!r}"
        raise SourceError(message)


def _page(fetch: WfsFetch, asked: Mapping[str, str], start: int, total: int) -> Ask:
    size = min(fetch.page_size, total - start)
    paged: dict[str, Any] = {
        **asked,
        "outputFormat": fetch.format,
        "count" if fetch.version == "2.0.0" else "maxFeatures": fetch.page_size,
        "startIndex": start,
    }
    if fetch.sort_by is not None:
        # Without an order of its own a server may give a feature on two pages, or on none.
        paged["sortBy"] = fetch.sort_by
    check: Check = is_page_of(size)
    return Ask(f"{fetch.url}?{urlencode(paged)}", check)
