"""Statistics Sweden's PxWebApi v2: limits, metadata and codes first, then figures by POST."""

import difflib
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import numpy.typing as npt

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Choice, Labelled, OldApi, PxwebFetch, Search, Source
from geoprio.sources.cubes import MISSING
from geoprio.sources.cubes import codes_of as category_codes
from geoprio.sources.fetch.client import (
    GONE,
    MARGIN,
    Ask,
    Check,
    Limit,
    RefusedError,
    UnreachableError,
    is_json,
    read_json,
)
from geoprio.sources.fetch.order import Desk, FilePlan, canonical, saved_name
from geoprio.sources.rows import listed, refuse_any
from geoprio.words import Phrase


@dataclass(frozen=True)
class Variable:
    """One variable: what each value code is called, in the table's order."""

    code: str
    label: str
    values: Mapping[str, str]
    codelists: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its variables in order, and when it was last changed."""

    table: str
    label: str
    updated: str
    variables: Mapping[str, Variable]

    def variable(self, code: str) -> Variable:
        """Return the variable with that code."""
        if code not in self.variables:
            raise SourceError("no_variable", table=self.table, code=code, variables=self.variables)
        return self.variables[code]


def from_v2(table: str, reply: Mapping[str, Any]) -> Table:
    """Return the table that a v2 metadata reply (json-stat2 without figures) describes."""
    try:
        variables = {}
        for code in reply["id"]:
            held = reply["dimension"][code]
            labels = held["category"]["label"]
            values = {value: labels[value] for value in category_codes(held["category"])}
            lists = held.get("extension", {}).get("codelists", [])
            sets = tuple(item["id"] for item in lists)
            variables[code] = Variable(code, held["label"], values, sets)
        return Table(table, reply["label"], reply.get("updated") or "", variables)
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError("not_v2_metadata", table=table, error=error) from None


def from_v1(table: str, reply: Mapping[str, Any]) -> Table:
    """Return the table that a v1 metadata reply describes."""
    try:
        variables = {}
        for held in reply["variables"]:
            values = dict(zip(held["values"], held["valueTexts"], strict=True))
            variables[held["code"]] = Variable(held["code"], held["text"], values)
        return Table(table, reply["title"], "", variables)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError("not_v1_metadata", table=table, error=error) from None


def codes_of(codelist: Mapping[str, Any]) -> dict[str, str]:
    """Return what each code of a value set is called."""
    try:
        return {value["code"]: value["label"] for value in codelist["values"]}
    except (KeyError, TypeError) as error:
        raise SourceError("not_a_code_list", error=error) from None


NEW_CODES_FROM = 2024
"""First reference year of the 2025 areas, whose codes carry `_DeSO2025` or `_RegSO2025`."""
SMALL_AREA = re.compile(r"\d{4}(?:[ABC]\d{4}|R\d{3})(?P<suffix>_(?:DeSO|RegSO)2025)?")

Selection = Mapping[str, tuple[str, ...]]
"""The codes asked of every variable."""


def resolve(variable: Variable, choice: Choice) -> tuple[str, ...]:
    """Return the codes that a choice means, each known to the table."""
    if isinstance(choice, Labelled):
        return _by_label(variable, choice.labels)
    wanted = (choice,) if isinstance(choice, str) else choice
    codes: dict[str, None] = {}
    faults = []
    for text in wanted:
        # A literal code wins over a pattern, as the server has it.
        found = [text] if text in variable.values else _fitting(text, list(variable.values))
        codes.update(dict.fromkeys(found))
        if not found:
            faults.append(f"{text!r}{_near(text, variable.values)}")
    _refuse_values("variable_without_value", faults, variable)
    return tuple(codes)


def _refuse_values(key: str, faults: Sequence[str], variable: Variable) -> None:
    if faults:
        pairs = [f"{code} = {label}" for code, label in variable.values.items()]
        offered = Phrase("values_offered", pairs=listed(pairs))
        raise SourceError(key, [*faults, offered], code=variable.code, label=variable.label)


def _fitting(text: str, codes: Sequence[str]) -> list[str]:
    """Return the codes that a pattern of `*` and `?` fits; none where it is not one."""
    if not set("*?") & set(text):
        return []
    pattern = text.replace("[", "[[]").upper()
    return [code for code in codes if fnmatchcase(code.upper(), pattern)]


def _by_label(variable: Variable, labels: Sequence[str]) -> tuple[str, ...]:
    known: dict[str, list[str]] = {}
    for code, label in variable.values.items():
        known.setdefault(_plain(label), []).append(code)
    faults, codes = [], []
    for label in labels:
        found = known.get(_plain(label), [])
        if len(found) != 1:
            what = Phrase("stands_for_several", found=found) if found else Phrase("not_offered")
            faults.append(f"{label!r} {what}{_near(label, variable.values.values())}")
        codes += found[:1]
    _refuse_values("labels_ambiguous", faults, variable)
    return tuple(codes)


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def _near(text: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(text, list(known), n=1)
    return Phrase("near", near=near[0]) if near else ""


def refuse_wrong_vintage(regions: Sequence[str], times: Sequence[str]) -> None:
    """Raise where a year is asked of areas that are not its own: the server answers with zeros.

    Codes without suffix are of 2023 or earlier, codes with one of 2024 or later.
    """
    areas = [match for code in regions if (match := SMALL_AREA.fullmatch(code))]
    plain = [match.group() for match in areas if not match["suffix"]]
    dressed = [match.group() for match in areas if match["suffix"]]
    since = NEW_CODES_FROM
    late = [time for time in times if areas and year_of(time) >= since]
    early = [time for time in times if areas and year_of(time) < since]
    faults = []
    if plain and late:
        new = Phrase("years_of_new_areas", late=late, plain=plain[0], new_codes_from=since)
        faults.append(new)
    if dressed and early:
        old = Phrase("years_of_old_areas", early=early, dressed=dressed[0], new_codes_from=since)
        faults.append(old)
    refuse_any("years_and_areas_differ", faults)


def year_of(time: str) -> int:
    """Return the last year of a period such as `2025`, `2026M05` or `2024-2025`."""
    years = re.findall(r"\d{4}", time)
    if not years:
        raise SourceError("period_without_year", time=time)
    return max(int(year) for year in years)


def cells(selection: Selection) -> int:
    """Return how many figures a selection asks for."""
    return math.prod(len(codes) for codes in selection.values())


def split(selection: Selection, most: int) -> list[Selection]:
    """Return the selection cut into calls of at most `most` cells, as few as one cut can see."""
    size = cells(selection)
    if size <= most:
        return [selection]
    if most < 1:
        raise SourceError("no_cells_in_call", most=most)
    steps = {name: max(1, most * len(codes) // size) for name, codes in selection.items()}

    def calls(name: str) -> int:
        values, step = len(selection[name]), steps[name]
        return math.ceil(values / step) * math.ceil(size // values * step / most)

    # Regions come first in these tables: a tie is cut by municipality.
    several = [name for name, codes in selection.items() if len(codes) > 1]
    name = min(several, key=lambda name: (calls(name), -len(selection[name])))
    codes, step = selection[name], steps[name]
    parts = [{**selection, name: codes[at : at + step]} for at in range(0, len(codes), step)]
    return [piece for part in parts for piece in split(part, most)]


def usable(most: int) -> int:
    """Return the cells of a call that stay under the server's limit by the margin."""
    return max(1, math.floor(most * MARGIN))


def by_prefix(codes: Sequence[str], listed_codes: Sequence[str]) -> list[str]:
    """Return codes with every whole municipality written as its prefix (`1480*`).

    A prefix is used only where it means exactly the codes asked for, of all that the server lists.
    """
    asked, everywhere = (Counter(code[:4] for code in held) for held in (codes, listed_codes))
    whole = {place for place, count in asked.items() if 1 < count == everywhere[place]}
    return list(dict.fromkeys(f"{code[:4]}*" if code[:4] in whole else code for code in codes))


Cells = npt.NDArray[np.object_]


def answers(selection: Selection) -> Check:
    """Return the check that a reply holds the figures of `selection`, no more and no fewer."""

    def check(path: Path) -> None:
        is_json(path)
        refuse_other(read_json(path), selection)

    return check


def refuse_other(reply: Mapping[str, Any], selection: Selection) -> None:
    """Raise unless a dataset holds exactly the codes asked for, and a figure for each cell."""
    try:
        found = {name: datasets_codes_of(reply, name) for name in reply["id"]}
        figures = reply["value"]
        count, sparse = len(figures), isinstance(figures, dict)
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError("not_json_stat_reply", error=error) from None
    faults = []
    for name in sorted({*found, *selection}):
        lost = sorted(set(selection.get(name, ())) - set(found.get(name, ())))
        more = sorted(set(found.get(name, ())) - set(selection.get(name, ())))
        faults += [Phrase("asked_not_given", name=name, lost=listed(lost))] if lost else []
        faults += [Phrase("given_not_asked", name=name, more=listed(more))] if more else []
    size = math.prod(len(codes) for codes in found.values())
    if not sparse and count != size:
        faults.append(Phrase("figures_do_not_fit_cells", count=count, size=size))
    beyond = sorted(set(figures) - set(map(str, range(size)))) if sparse else []
    if beyond:
        faults.append(Phrase("figures_beyond_cells", beyond=listed(beyond), size=size))
    if faults:
        raise SourceError("reply_not_as_asked", faults)


def datasets_codes_of(reply: Mapping[str, Any], name: str) -> list[str]:
    """Return the codes of a dataset's dimension, in its order."""
    return category_codes(reply["dimension"][name]["category"])


@dataclass(frozen=True)
class JoinDatasets:
    """Puts the replies of one selection together; a single reply stays as it came."""

    selection: Selection
    silent_zeros: str
    """What a table of nothing but zeros means: its areas and its year do not belong together."""

    def __call__(self, parts: Sequence[Path], made: Path) -> None:
        """Write the one dataset of `parts` to `made`."""
        replies = [read_json(part) for part in parts]
        if not any(_has_figure(reply) for reply in replies):
            raise SourceError(self.silent_zeros)
        if len(parts) == 1:
            made.write_bytes(parts[0].read_bytes())
            return
        joined = joined_dataset(replies, self.selection)
        text = json.dumps(joined, ensure_ascii=False, separators=(",", ":"))
        made.write_text(text, encoding="utf-8", newline="\n")


def joined_dataset(replies: Sequence[Mapping[str, Any]], selection: Selection) -> dict[str, Any]:
    """Return one dataset with the codes in the order of `selection`; null stays null."""
    names = list(replies[0]["id"])
    places = {name: {code: at for at, code in enumerate(selection[name])} for name in names}
    shape = tuple(len(selection[name]) for name in names)
    values: Cells = np.full(shape, None, dtype=object)
    status: Cells = np.full(shape, None, dtype=object)
    labels: dict[str, dict[str, str]] = {name: {} for name in names}
    for reply in replies:
        turned = [list(reply["id"]).index(name) for name in names]
        given = {name: datasets_codes_of(reply, name) for name in names}
        found = {name: [places[name][code] for code in given[name]] for name in names}
        at = np.ix_(*found.values())
        size = [len(found[name]) for name in reply["id"]]
        values[at] = _dense(reply["value"], size).transpose(turned)
        status[at] = _dense(reply.get("status") or {}, size).transpose(turned)
        for name in names:
            labels[name].update(reply["dimension"][name]["category"].get("label", {}))
    first = {name: part for name, part in replies[0].items() if name != "status"}
    first["size"] = list(shape)
    first["dimension"] = {
        name: _dimension(first["dimension"][name], selection[name], labels[name]) for name in names
    }
    first["value"] = values.ravel().tolist()
    told = {str(at): text for at, text in enumerate(status.ravel().tolist()) if text is not None}
    return {**first, "status": told} if told else first


def _dimension(
    dimension: Mapping[str, Any], codes: Sequence[str], labels: Mapping[str, str]
) -> dict[str, Any]:
    category = {
        **dimension["category"],
        "index": {code: at for at, code in enumerate(codes)},
        "label": {code: labels.get(code, code) for code in codes},
    }
    return {**dimension, "category": category}


def _dense(held: Mapping[str, Any] | Sequence[Any], size: Sequence[int]) -> Cells:
    flat: Cells = np.full(math.prod(size), None, dtype=object)
    given = held.items() if isinstance(held, Mapping) else enumerate(held)
    for at, item in given:
        flat[int(at)] = item
    return flat.reshape(size)


def _has_figure(reply: Mapping[str, Any]) -> bool:
    held = reply["value"]
    figures = held.values() if isinstance(held, Mapping) else held
    return any(figure for figure in figures if figure != MISSING)


def select(
    source: Source, fetch: PxwebFetch, table: Table, *, regions: Variable | None, desk: Desk
) -> Selection:
    """Return the codes that `source` asks of every variable of `table`.

    `regions` is the region variable with the codes of the value set asked for; None for a table of
    the whole country.
    """
    chosen: dict[str, tuple[str, ...]] = {}
    faults: list[object] = [
        Phrase("select_unknown_variable", code=code, variables=table.variables)
        for code in fetch.select
        if code not in ("*", *table.variables)
    ]
    for code, variable in table.variables.items():
        try:
            if regions is not None and code == regions.code:
                chosen[code] = _of_county(source, regions, desk.home)
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
    choice = fetch.select.get(variable.code, fetch.select.get("*"))
    if choice is None:
        # An empty selection means the server's own choice, which may change.
        values = "; ".join(f"{code} = {label}" for code, label in variable.values.items())
        raise SourceError(
            "select_missing", code=variable.code, label=variable.label, offered=values[:500]
        )
    return resolve(variable, choice)


def _of_county(source: Source, regions: Variable, home: tuple[str, ...]) -> tuple[str, ...]:
    pattern = source.key.pattern or r"\w+"
    whole = re.compile(f"(?:{pattern}){re.escape(source.key.strip_suffix)}")
    near = [code for code in regions.values if code.startswith(home)]
    codes = sorted(code for code in near if whole.fullmatch(code))
    if not codes:
        raise SourceError(
            "region_without_county",
            code=regions.code,
            county_code=home,
            pattern=whole.pattern,
            count=len(regions.values),
            example=list(regions.values)[:5],
        )
    return tuple(codes)


UNSTATED_CELLS = 100_000
"""Cells of a call where the server states none: the lowest limit that SCB ever published."""


class UnstatedError(SourceError):
    """A server does not say how much may be asked of it."""


def _limits(url: str, config: str, names: tuple[str, str], desk: Desk) -> int:
    """Return the cells of a call, and keep to the calls that the server allows.

    `names` are what it calls the calls of a time window, and the cells.
    """
    stated = desk.json(f"{url}/{config}")
    try:
        limit = Limit(int(stated[names[0]]), float(stated["timeWindow"]))
        most = int(stated[names[1]])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnstatedError("limits_not_stated", url=url, error=error) from None
    if most < 1:
        raise UnstatedError("limits_without_cells", url=url, most=most)
    desk.client.limit(url, limit)
    return most


def _plan_old(source: Source, fetch: PxwebFetch, old: OldApi, desk: Desk) -> FilePlan:
    """Return the one file of a table from PxWebApi v1."""
    address = f"{old.url}/{quote(old.path)}"
    try:
        most = _limits(old.url, "?config", ("maxCalls", "maxCells"), desk)
    except (RefusedError, UnstatedError):
        # An old server states nothing; the limiter keeps to its cautious default.
        most = UNSTATED_CELLS
    table = from_v1(old.path, desk.json(address))
    # v1 lists the codes of every area set together: the key's pattern tells them apart.
    regions = table.variable(fetch.region) if fetch.region else None
    selection = select(source, fetch, table, regions=regions, desk=desk)
    return FilePlan(
        name=saved_name(source),
        part=old.path,
        asks=tuple(_ask(address, piece, _old_body) for piece in split(selection, usable(most))),
        most=fetch.maximum_mb * 1_000_000,
        year=max(map(year_of, selection[fetch.time])),
        asked=canonical([address, selection]),
        join=JoinDatasets(selection, Phrase("v1_reply_all_zero", path=old.path)),
        note=Phrase("v1_leaving"),
    )


def _old_body(selection: Selection) -> dict[str, Any]:
    query = [
        {"code": code, "selection": {"filter": "item", "values": list(values)}}
        for code, values in selection.items()
    ]
    return {"query": query, "response": {"format": "json-stat2"}}


def _ask(url: str, selection: Selection, body: Callable[[Selection], dict[str, Any]]) -> Ask:
    size = cells(selection)

    def smaller() -> list[Ask]:
        return [_ask(url, half, body) for half in split(selection, max(1, size // 2))]

    return Ask(url, answers(selection), body(selection), size, smaller if size > 1 else None)


LANGUAGE = {"lang": "sv"}
PAGES = 20
"""Pages of a search that are read; a search that gives more is too wide."""


class NotOneTableError(SourceError):
    """A search gives no table, or several."""


def plan_table(source: Source, fetch: PxwebFetch, desk: Desk) -> list[FilePlan]:
    """Return the one file of a table: v2, or v1 where v2 has no answer."""
    try:
        return [_plan(source, fetch, desk)]
    except (UnreachableError, RefusedError, NotOneTableError) as error:
        gone = not isinstance(error, RefusedError) or error.status in GONE
        if fetch.v1 is None or not gone:
            raise
        try:
            return [_plan_old(source, fetch, fetch.v1, desk)]
        except SourceError as older:
            if all(isinstance(it, UnreachableError) for it in (error, older)):
                raise error from None
            both = {"v2": error, "v1": older}.items()
            faults = [Phrase("by_version", version=version, fault=fault) for version, fault in both]
            raise SourceError("no_version_gives_table", faults) from None


def _plan(source: Source, fetch: PxwebFetch, desk: Desk) -> FilePlan:
    most = _limits(fetch.url, "config", ("maxCallsPerTimeWindow", "maxDataCells"), desk)
    table_id = fetch.table or _found(fetch.url, fetch.search, desk)
    address = f"{fetch.url}/tables/{quote(table_id)}"
    table = from_v2(table_id, desk.json(f"{address}/metadata?{urlencode(LANGUAGE)}"))
    regions = _regions(fetch, table, desk)
    selection = select(source, fetch, table, regions=regions, desk=desk)
    listed = list(regions.values) if regions else []
    data = f"{address}/data?{urlencode({**LANGUAGE, 'outputFormat': 'json-stat2'})}"
    body = partial(_body, fetch=fetch, listed=listed)
    zeros = Phrase("named", name=table_id, fault=Phrase("reply_all_zero"))
    return FilePlan(
        name=saved_name(source),
        part=table_id,
        asks=tuple(_ask(data, piece, body) for piece in split(selection, usable(most))),
        most=fetch.maximum_mb * 1_000_000,
        year=max(map(year_of, selection[fetch.time])),
        asked=canonical([address, fetch.codelist, selection]),
        updated=table.updated,
        join=JoinDatasets(selection, zeros),
    )


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
        codelist = {"codelist": fetch.codelist} if fetch.codelist else {}
        chosen.append({"variableCode": code, **codelist, "valueCodes": by_prefix(values, listed)})
    return {"selection": chosen}


def _found(url: str, search: Search | None, desk: Desk) -> str:
    """Return the id of the one table that a search describes."""
    if search is None:
        raise SourceError("no_table_named", url=url)
    tables = _hits(url, search.query, desk)
    wanted = {variable.casefold() for variable in search.variables}

    def fits(table: Mapping[str, Any]) -> bool:
        given = {str(variable).casefold() for variable in table.get("variableNames", [])}
        return wanted <= given and search.label.casefold() in str(table["label"]).casefold()

    fitting = [table for table in tables if fits(table)]
    if len(fitting) != 1:
        raise NotOneTableError(
            "search_not_one_table",
            [Phrase("named", name=it["id"], fault=it["label"]) for it in (fitting or tables)[:20]],
            url=url,
            query=search.query,
            variables=search.variables,
            count=len(fitting),
        )
    return str(fitting[0]["id"])


def _hits(url: str, query: str, desk: Desk) -> list[Mapping[str, Any]]:
    tables: list[Mapping[str, Any]] = []
    for page in range(1, PAGES + 1):
        asked = {**LANGUAGE, "query": query, "pageSize": 100, "pageNumber": page}
        reply = desk.json(f"{url}/tables?{urlencode(asked)}")
        tables += reply.get("tables", [])
        if page >= int(reply.get("page", {}).get("totalPages", 1)):
            break
    return tables
