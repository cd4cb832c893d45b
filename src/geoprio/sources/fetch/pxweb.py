"""Statistics Sweden's PxWebApi v2: limits, metadata and codes first, then figures by POST."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from geoprio.errors import SourceError
from geoprio.sources.catalogue import PxwebFetch, Search, Source
from geoprio.sources.fetch.client import GONE, Ask, Limit, RefusedError, UnreachableError
from geoprio.sources.fetch.order import Desk, FilePlan, canonical, saved_name
from geoprio.sources.fetch.selection import (
    JoinDatasets,
    Selection,
    Table,
    Variable,
    answers,
    by_prefix,
    cells,
    codes_of,
    from_v1,
    from_v2,
    refuse_wrong_vintage,
    resolve,
    split,
    usable,
    year_of,
)
from geoprio.words import Phrase

EVERY_OTHER = "*"


def select(
    source: Source, fetch: PxwebFetch, table: Table, *, regions: Variable | None, county_code: str
) -> Selection:
    """Return the codes that `source` asks of every variable of `table`.

    Parameters
    ----------
    regions
        The region variable with the codes of the value set asked for; None for a table of the
        whole country.

    Raises
    ------
    SourceError
        A variable is left unsaid (the server would choose for us), a value is unknown, no area is
        of the county, or years and areas do not fit.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    faults: list[object] = [
        Phrase("select_unknown_variable", code=code, variables=table.variables)
        for code in fetch.select
        if code != EVERY_OTHER and code not in table.variables
    ]
    for code, variable in table.variables.items():
        try:
            if regions is not None and code == regions.code:
                chosen[code] = _of_county(source, regions, county_code)
            else:
                chosen[code] = _chosen(fetch, variable)
        except SourceError as error:
            faults.append(error)
    if faults:
        raise SourceError("of_table", faults, table=table.table, label=table.label)
    # Whatever variable the areas stand in: one that the source does not call its region too.
    codes = [code for name in chosen if name != fetch.time for code in chosen[name]]
    refuse_wrong_vintage(codes, chosen.get(fetch.time, ()))
    return chosen


def _chosen(fetch: PxwebFetch, variable: Variable) -> tuple[str, ...]:
    if variable.code == fetch.time:
        return resolve(variable, fetch.times)
    choice = fetch.select.get(variable.code, fetch.select.get(EVERY_OTHER))
    if choice is None:
        # An empty selection means the server's own choice, which may change.
        values = "; ".join(f"{code} = {label}" for code, label in variable.values.items())
        raise SourceError(
            "select_missing", code=variable.code, label=variable.label, offered=values[:500]
        )
    return resolve(variable, choice)


def _of_county(source: Source, regions: Variable, county_code: str) -> tuple[str, ...]:
    pattern = source.key.pattern or r"\w+"
    whole = re.compile(f"(?:{pattern}){re.escape(source.key.strip_suffix)}")
    codes = [
        code
        for code in regions.values
        if code.startswith(county_code) and whole.fullmatch(code) is not None
    ]
    if not codes:
        found = ", ".join(list(regions.values)[:5])
        raise SourceError(
            "region_without_county",
            code=regions.code,
            county_code=county_code,
            pattern=whole.pattern,
            count=len(regions.values),
            example=found,
        )
    return tuple(sorted(codes))


UNSTATED_CELLS = 100_000
"""Cells of a call where the server states none: the lowest limit that SCB ever published."""


def plan_old_table(source: Source, fetch: PxwebFetch, desk: Desk) -> FilePlan:
    """Return the one file of a table from PxWebApi v1.

    SourceError: The table does not hold what the source asks, or the server does not answer.
    """
    if fetch.v1 is None:
        raise SourceError("v1_without_address", source=source.title)
    address = f"{fetch.v1.url}/{quote(fetch.v1.path)}"
    most = _pxweb_v1_limits(fetch.v1.url, desk)
    table = from_v1(fetch.v1.path, desk.json(address))
    # v1 lists the codes of every area set together: the key's pattern tells them apart.
    regions = table.variable(fetch.region) if fetch.region else None
    selection = select(source, fetch, table, regions=regions, county_code=desk.county_code)
    return FilePlan(
        name=saved_name(source),
        part=fetch.v1.path,
        asks=tuple(
            _ask(address, piece, _old_body) for piece in split(selection, most=usable(most))
        ),
        most=fetch.maximum_mb * 1_000_000,
        year=max(map(year_of, selection[fetch.time])),
        asked=canonical([address, selection]),
        join=JoinDatasets(selection, Phrase("v1_reply_all_zero", path=fetch.v1.path)),
    )


def _pxweb_v1_limits(url: str, desk: Desk) -> int:
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


def _old_body(selection: Selection) -> dict[str, Any]:
    query = [
        {"code": code, "selection": {"filter": "item", "values": list(values)}}
        for code, values in selection.items()
    ]
    return {"query": query, "response": {"format": "json-stat2"}}


def _ask(url: str, selection: Selection, body: Callable[[Selection], dict[str, Any]]) -> Ask:
    size = cells(selection)

    def smaller() -> list[Ask]:
        return [_ask(url, half, body) for half in split(selection, most=max(1, size // 2))]

    return Ask(url, answers(selection), body(selection), size, smaller if size > 1 else None)


LANGUAGE = {"lang": "sv"}
PAGES = 20
"""Pages of a search that are read; a search that gives more is too wide."""


class NotOneTableError(SourceError):
    """A search gives no table, or several."""


def plan_table(source: Source, fetch: PxwebFetch, desk: Desk) -> list[FilePlan]:
    """Return the one file of a table: v2, or v1 where v2 has no answer.

    SourceError: The table does not hold what the source asks, or no server answers.
    """
    try:
        return [_plan(source, fetch, desk)]
    except (UnreachableError, RefusedError, NotOneTableError) as error:
        gone = not isinstance(error, RefusedError) or error.status in GONE
        if fetch.v1 is None or not gone:
            raise
        try:
            return [plan_old_table(source, fetch, desk)]
        except SourceError as older:
            versions = {"v2": error, "v1": older}
            faults = [
                Phrase("by_version", version=version, fault=fault)
                for version, fault in versions.items()
            ]
            raise SourceError("no_version_gives_table", faults) from None


def _plan(source: Source, fetch: PxwebFetch, desk: Desk) -> FilePlan:
    most = _limits(fetch, desk)
    table_id = fetch.table or _found(fetch.url, fetch.search, desk)
    address = f"{fetch.url}/tables/{quote(table_id)}"
    table = from_v2(table_id, desk.json(f"{address}/metadata?{urlencode(LANGUAGE)}"))
    regions = _regions(fetch, table, desk)
    selection = select(source, fetch, table, regions=regions, county_code=desk.county_code)
    listed = list(regions.values) if regions else []
    data = f"{address}/data?{urlencode({**LANGUAGE, 'outputFormat': 'json-stat2'})}"
    body = partial(_body, fetch=fetch, listed=listed)
    asks = [_ask(data, piece, body) for piece in split(selection, most=usable(most))]
    return FilePlan(
        name=saved_name(source),
        part=table_id,
        asks=tuple(asks),
        most=fetch.maximum_mb * 1_000_000,
        year=max(map(year_of, selection[fetch.time])),
        asked=canonical([address, fetch.codelist, selection]),
        updated=table.updated,
        join=JoinDatasets(selection, Phrase("named", name=table_id, fault=Phrase(SILENT))),
    )


SILENT = "reply_all_zero"


def _limits(fetch: PxwebFetch, desk: Desk) -> int:
    """Return the cells of a call, and keep to the calls that the server allows."""
    stated = desk.json(f"{fetch.url}/config")
    try:
        calls, seconds = int(stated["maxCallsPerTimeWindow"]), float(stated["timeWindow"])
        limit, most = Limit(calls, seconds), int(stated["maxDataCells"])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise SourceError("limits_not_stated", url=fetch.url, error=error) from None
    if most < 1:
        raise SourceError("limits_without_cells", url=fetch.url, most=most)
    desk.client.limit(fetch.url, limit)
    return most


def _regions(fetch: PxwebFetch, table: Table, desk: Desk) -> Variable | None:
    if not fetch.region:
        return None
    region = table.variable(fetch.region)
    if fetch.codelist is None:
        return region
    if fetch.codelist not in region.codelists:
        raise SourceError(
            "value_set_missing",
            table=table.table,
            label=table.label,
            code=region.code,
            codelist=fetch.codelist,
            codelists=region.codelists,
        )
    address = f"{fetch.url}/codelists/{quote(fetch.codelist)}?{urlencode(LANGUAGE)}"
    return Variable(region.code, region.label, codes_of(desk.json(address)))


def _body(selection: Selection, fetch: PxwebFetch, listed: list[str]) -> dict[str, Any]:
    chosen: list[Mapping[str, Any]] = []
    for code, values in selection.items():
        if code != fetch.region:
            chosen.append({"variableCode": code, "valueCodes": list(values)})
            continue
        codelist = {} if fetch.codelist is None else {"codelist": fetch.codelist}
        short = by_prefix(values, listed)
        chosen.append({"variableCode": code, **codelist, "valueCodes": short})
    return {"selection": chosen}


def _found(url: str, search: Search | None, desk: Desk) -> str:
    """Return the id of the one table that a search describes."""
    if search is None:
        raise SourceError("no_table_named", url=url)
    tables = _hits(url, search.query, desk)
    wanted = {variable.casefold() for variable in search.variables}
    fitting = [
        (str(table["id"]), str(table["label"]))
        for table in tables
        if wanted <= {str(variable).casefold() for variable in table.get("variableNames", [])}
        and search.label.casefold() in str(table["label"]).casefold()
    ]
    if len(fitting) != 1:
        heading = Phrase(
            "search_not_one_table",
            url=url,
            query=search.query,
            variables=search.variables,
            count=len(fitting),
        )
        shown = fitting or [(str(table["id"]), str(table["label"])) for table in tables]
        raise NotOneTableError(
            heading, [Phrase("named", name=one, fault=label) for one, label in shown[:20]]
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
