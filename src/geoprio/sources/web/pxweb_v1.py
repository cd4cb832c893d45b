"""PxWebApi v1: the way to a table where v2 does not answer. It may close."""

from urllib.parse import quote

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.origins import PxwebFetch
from geoprio.sources.web.asking import select
from geoprio.sources.web.client import Ask
from geoprio.sources.web.datasets import JoinDatasets, answers
from geoprio.sources.web.limiter import Limit
from geoprio.sources.web.plans import Desk, FilePlan, canonical, saved_name
from geoprio.sources.web.selection import Selection, cells, split, usable, year_of
from geoprio.sources.web.statuses import RefusedError
from geoprio.sources.web.tables import from_v1

UNSTATED_CELLS = 100_000
"""Cells of a call where the server states none: the lowest limit that SCB ever published."""


def plan_old_table(source: Source, fetch: PxwebFetch, desk: Desk) -> FilePlan:
    """Return the one file of a table from PxWebApi v1.

    Raises
    ------
    SourceError
        The table does not hold what the source asks, or the server does not answer.
    """
    if fetch.v1 is None:
        message = f"{source.title}: no address in v1"
        raise SourceError(message)
    address = f"{fetch.v1.url}/{quote(fetch.v1.path)}"
    most = _limits(fetch.v1.url, desk)
    table = from_v1(fetch.v1.path, desk.json(address))
    # v1 lists the codes of every area set together: the key's pattern tells them apart.
    regions = table.variable(fetch.region) if fetch.region else None
    selection = select(source, fetch, table, regions=regions, county_code=desk.county_code)
    return FilePlan(
        name=saved_name(source),
        part=fetch.v1.path,
        asks=tuple(_ask(address, piece) for piece in split(selection, most=usable(most))),
        most=fetch.maximum_mb * 1_000_000,
        year=max(map(year_of, selection[fetch.time])),
        asked=canonical([address, selection]),
        join=JoinDatasets(selection, f"{fetch.v1.path}: every figure is zero or missing"),
    )


def _limits(url: str, desk: Desk) -> int:
    """Return the cells of a call, and keep to the calls that the server allows."""
    try:
        stated = desk.json(f"{url}/?config")
        limit = Limit(int(stated["maxCalls"]), float(stated["timeWindow"]))
        most = int(stated["maxCells"])
    except (RefusedError, KeyError, TypeError, ValueError, OverflowError):
        # An old server states nothing; the limiter keeps to its cautious default.
        return UNSTATED_CELLS
    desk.client.limit(url, limit)
    return most if most > 0 else UNSTATED_CELLS


def _ask(url: str, selection: Selection) -> Ask:
    def smaller() -> list[Ask]:
        return [_ask(url, half) for half in split(selection, most=max(1, cells(selection) // 2))]

    size = cells(selection)
    body = {
        "query": [
            {"code": code, "selection": {"filter": "item", "values": list(values)}}
            for code, values in selection.items()
        ],
        "response": {"format": "json-stat2"},
    }
    return Ask(url, answers(selection), body, size, smaller if size > 1 else None)
