"""Statistics Sweden's PxWebApi v2: limits, metadata and codes first, then figures by POST."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from geoprio.errors import SourceError, join_faults
from geoprio.sources.catalogue import Source
from geoprio.sources.origins import PxwebFetch, Search
from geoprio.sources.web.asking import select
from geoprio.sources.web.client import Ask
from geoprio.sources.web.datasets import JoinDatasets, answers
from geoprio.sources.web.limiter import Limit
from geoprio.sources.web.plans import Desk, FilePlan, canonical, saved_name
from geoprio.sources.web.pxweb_v1 import plan_old_table
from geoprio.sources.web.selection import Selection, by_prefix, cells, split, usable, year_of
from geoprio.sources.web.statuses import GONE, RefusedError, UnreachableError
from geoprio.sources.web.tables import Table, Variable, codes_of, from_v2

LANGUAGE = {"lang": "sv"}
PAGES = 20
"""Pages of a search that are read; a search that gives more is too wide."""


class NotOneTableError(SourceError):
    """A search gives no table, or several."""


def plan_table(name: str, source: Source, desk: Desk) -> list[FilePlan]:
    """Return the one file of a table: v2, or v1 where v2 has no answer.

    Raises
    ------
    SourceError
        The table does not hold what the source asks, or no server answers.
    """
    fetch = source.fetch
    if not isinstance(fetch, PxwebFetch):
        message = f"{name}: not a table"
        raise TypeError(message)
    try:
        return [_plan(source, fetch, desk)]
    except (UnreachableError, RefusedError, NotOneTableError) as error:
        gone = not isinstance(error, RefusedError) or error.status in GONE
        if fetch.v1 is None or not gone:
            raise
        try:
            return [plan_old_table(source, fetch, desk)]
        except SourceError as older:
            heading = "neither version of the API gives the table"
            raise SourceError(join_faults(heading, [f"v2: {error}", f"v1: {older}"])) from None


def _plan(source: Source, fetch: PxwebFetch, desk: Desk) -> FilePlan:
    most = _limits(fetch, desk)
    table_id = fetch.table or _found(fetch.url, fetch.search, desk)
    address = f"{fetch.url}/tables/{quote(table_id)}"
    table = from_v2(table_id, desk.json(f"{address}/metadata?{urlencode(LANGUAGE)}"))
    regions = _regions(fetch, table, desk)
    selection = select(source, fetch, table, regions=regions, county_code=desk.county_code)
    listed = list(regions.values) if regions else []
    data = f"{address}/data?{urlencode({**LANGUAGE, 'outputFormat': 'json-stat2'})}"
    asks = [_ask(data, fetch, piece, listed) for piece in split(selection, most=usable(most))]
    return FilePlan(
        name=saved_name(source),
        part=table_id,
        asks=tuple(asks),
        most=fetch.maximum_mb * 1_000_000,
        year=max(map(year_of, selection[fetch.time])),
        asked=canonical([address, fetch.codelist, selection]),
        updated=table.updated,
        join=JoinDatasets(selection, f"{table_id}: {SILENT}"),
    )


SILENT = (
    "every figure of the reply is zero or missing; expected figures: the areas and the year do"
    " not belong together, see `codelist` and `times`"
)


def _limits(fetch: PxwebFetch, desk: Desk) -> int:
    """Return the cells of a call, and keep to the calls that the server allows."""
    stated = desk.json(f"{fetch.url}/config")
    try:
        calls, seconds = int(stated["maxCallsPerTimeWindow"]), float(stated["timeWindow"])
        limit, most = Limit(calls, seconds), int(stated["maxDataCells"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        message = f"{fetch.url}/config: the server does not state its limits: {error}"
        raise SourceError(message) from None
    if most < 1:
        message = f"{fetch.url}/config: the server gives {most} cells in a call; expected some"
        raise SourceError(message)
    desk.client.limit(fetch.url, limit)
    return most


def _regions(fetch: PxwebFetch, table: Table, desk: Desk) -> Variable | None:
    if not fetch.region:
        return None
    region = table.variable(fetch.region)
    if fetch.codelist is None:
        return region
    if fetch.codelist not in region.codelists:
        message = (
            f"{table.table} ({table.label}): {region.code} has no value set {fetch.codelist!r};"
            f" found {', '.join(region.codelists) or 'none'}"
        )
        raise SourceError(message)
    address = f"{fetch.url}/codelists/{quote(fetch.codelist)}?{urlencode(LANGUAGE)}"
    return Variable(region.code, region.label, codes_of(desk.json(address)))


def _ask(url: str, fetch: PxwebFetch, selection: Selection, listed: list[str]) -> Ask:
    def smaller() -> list[Ask]:
        halves = split(selection, most=max(1, cells(selection) // 2))
        return [_ask(url, fetch, half, listed) for half in halves]

    chosen: list[Mapping[str, Any]] = []
    for code, values in selection.items():
        if code != fetch.region:
            chosen.append({"variableCode": code, "valueCodes": list(values)})
            continue
        codelist = {} if fetch.codelist is None else {"codelist": fetch.codelist}
        short = by_prefix(values, listed)
        chosen.append({"variableCode": code, **codelist, "valueCodes": short})
    size = cells(selection)
    return Ask(url, answers(selection), {"selection": chosen}, size, smaller if size > 1 else None)


def _found(url: str, search: Search | None, desk: Desk) -> str:
    """Return the id of the one table that a search describes."""
    if search is None:
        message = f"{url}: no table named"
        raise SourceError(message)
    tables = _hits(url, search.query, desk)
    wanted = {variable.casefold() for variable in search.variables}
    fitting = [
        (str(table["id"]), str(table["label"]))
        for table in tables
        if wanted <= {str(variable).casefold() for variable in table.get("variableNames", [])}
        and search.label.casefold() in str(table["label"]).casefold()
    ]
    if len(fitting) != 1:
        heading = (
            f"{url}: the search {search.query!r} with variables {', '.join(search.variables)} gives"
            f" {len(fitting)} tables; expected one: name it as `table` in the source"
        )
        shown = fitting or [(str(table["id"]), str(table["label"])) for table in tables]
        raise NotOneTableError(
            join_faults(heading, [f"{one}: {label}" for one, label in shown[:20]])
        )
    return fitting[0][0]


def _hits(url: str, query: str, desk: Desk) -> list[Mapping[str, Any]]:
    tables: list[Mapping[str, Any]] = []
    for page in range(1, PAGES + 1):
        asked = {**LANGUAGE, "query": query, "pageSize": 100, "pageNumber": page}
        reply = desk.json(f"{url}/tables?{urlencode(asked)}")
        tables += reply.get("tables", [])
        if page >= int(reply.get("page", {}).get("totalPages", 1)):
            break
    return tables
