"""The replay server's statistics office: PxWebApi v2 and v1 over cubes of figures."""

import itertools
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.sources.fetch.replay import Answer, Call

Figure = Callable[[Mapping[str, str]], float | None]


@dataclass
class Cube:
    """One table: its variables (code to label), value sets of the region, and its figures."""

    table: str
    label: str
    variables: dict[str, dict[str, str]]
    figure: Figure
    codelists: dict[str, dict[str, str]] = field(default_factory=dict)
    mandatory: tuple[str, ...] = ("ContentsCode", "Tid")
    updated: str = "2026-02-22T07:00:00Z"
    old_path: str = ""

    @property
    def regions(self) -> dict[str, str]:
        return self.variables["Region"]


@dataclass
class Office:
    """Switches: limits, and the status that too many cells give."""

    cubes: dict[str, Cube]
    most_cells: int = 150_000
    calls: int = 30
    seconds: float = 1.0
    too_many_status: int = 400
    closed: bool = False
    """v2 has been closed down."""

    def v2(self, call: Call) -> Answer:
        path = call.path.removeprefix("/v2host/api/v2")
        if self.closed:
            return Answer(b"gone", 404)
        if path == "/config":
            return Answer.json(
                {
                    "apiVersion": "2.3.2",
                    "maxDataCells": self.most_cells,
                    "maxCallsPerTimeWindow": self.calls,
                    "timeWindow": self.seconds,
                }
            )
        if path == "/tables":
            return self._search(call)
        if found := re.fullmatch(r"/code[lL]ists/([^/]+)", path):
            return self._codelist(found[1])
        if found := re.fullmatch(r"/tables/([^/]+)/(metadata|data)", path):
            cube = self.cubes.get(found[1])
            if cube is None:
                return problem("Non-existent table", 404)
            return Answer.json(metadata(cube)) if found[2] == "metadata" else self._data(cube, call)
        return problem("Not found", 404)

    def v1(self, call: Call) -> Answer:
        path = call.path.removeprefix("/v1host/OV0104/v1/doris/sv/ssd/")
        if "config" in call.query:
            limits = {"maxValues": 10_000, "maxCells": self.most_cells}
            return Answer.json({**limits, "maxCalls": self.calls, "timeWindow": self.seconds})
        cube = next((cube for cube in self.cubes.values() if cube.old_path == path), None)
        if cube is None:
            return Answer.json({"error": "Parameter error"}, 400)
        if call.method == "GET":
            return Answer.json(old_metadata(cube))
        chosen = {part["code"]: part["selection"]["values"] for part in call.body["query"]}
        if math.prod(map(len, chosen.values())) > self.most_cells:
            return Answer.json({"error": "Too many values selected"}, 403)
        return Answer.json(dataset(cube, chosen))

    def _search(self, call: Call) -> Answer:
        found = [cube for cube in self.cubes.values() if call.one("query") in cube.label.lower()]
        size, page = int(call.one("pageSize", "20")), int(call.one("pageNumber", "1"))
        tables = [
            {
                "id": cube.table,
                "label": cube.label,
                "variableNames": [NAMES.get(code, code.lower()) for code in cube.variables],
            }
            for cube in found[(page - 1) * size : page * size]
        ]
        pages = max(1, math.ceil(len(found) / size))
        return Answer.json({"tables": tables, "page": {"pageNumber": page, "totalPages": pages}})

    def _codelist(self, name: str) -> Answer:
        for cube in self.cubes.values():
            if name in cube.codelists:
                values = [
                    {"code": code, "label": label, "valueMap": [code]}
                    for code, label in cube.codelists[name].items()
                ]
                return Answer.json({"id": name, "type": "Valueset", "values": values})
        return problem("Non-existent codelist", 404)

    def _data(self, cube: Cube, call: Call) -> Answer:
        chosen: dict[str, list[str]] = {}
        for part in call.body["selection"]:
            values = chosen_codes(cube, part)
            if isinstance(values, Answer):
                return values
            chosen[part["variableCode"]] = values
        if any(code not in chosen for code in cube.mandatory):
            return problem("Missing selection for mandantory variable", 400)
        for code, labels in cube.variables.items():
            chosen.setdefault(code, list(labels)[:1])
        if math.prod(map(len, chosen.values())) > self.most_cells:
            return problem("Too many cells selected", self.too_many_status)
        return Answer.json(dataset(cube, chosen))


def chosen_codes(cube: Cube, part: Mapping[str, Any]) -> list[str] | Answer:
    code = part["variableCode"]
    if code not in cube.variables:
        return problem("Non-existent variable", 400)
    listed = list(cube.variables[code])
    if "codelist" in part:
        if part["codelist"] not in cube.codelists:
            return problem("Non-existent codelist", 400)
        listed = list(cube.codelists[part["codelist"]])
    values = expanded(part["valueCodes"], listed)
    if values is None:
        return problem("Non-existent value", 400)
    # An empty selection means the server's own choice, not everything.
    return values or listed[:1]


NAMES = {"Region": "region", "Tid": "år", "ContentsCode": "tabellinnehåll", "Kon": "kön"}


def problem(title: str, status: int) -> Answer:
    return Answer.json({"type": "Parameter error", "title": title, "status": status}, status)


def expanded(wanted: Sequence[str], listed: Sequence[str]) -> list[str] | None:
    codes: list[str] = []
    for text in wanted:
        if text in listed:
            codes.append(text)
        elif found := re.fullmatch(r"(?i)TOP\((\d+)\)", text):
            codes += list(listed)[-int(found[1]) :]
        elif found := re.fullmatch(r"(?i)FROM\((.+)\)", text):
            codes += list(listed)[list(listed).index(found[1]) :]
        elif "*" in text or "?" in text:
            codes += [code for code in listed if fnmatchcase(code.lower(), text.lower())]
        else:
            return None
    # The server answers in the table's order, not in that of the question.
    return [code for code in listed if code in set(codes)]


def metadata(cube: Cube) -> dict[str, Any]:
    described = dataset(cube, {code: list(labels) for code, labels in cube.variables.items()}, ())
    for code in cube.variables:
        links = [
            {
                "id": name,
                "label": name,
                "type": "Valueset",
                "links": [{"href": "https://x.invalid"}],
            }
            for name in (cube.codelists if code == "Region" else ())
        ]
        described["dimension"][code]["extension"] = {
            "elimination": code not in cube.mandatory,
            "codelists": links,
        }
    return described


def old_metadata(cube: Cube) -> dict[str, Any]:
    variables = [
        {
            "code": code,
            "text": NAMES.get(code, code.lower()),
            "values": list(labels),
            "valueTexts": list(labels.values()),
        }
        for code, labels in cube.variables.items()
    ]
    return {"title": cube.label, "variables": variables}


def dataset(
    cube: Cube, chosen: Mapping[str, Sequence[str]], figures: Sequence[Any] | None = None
) -> dict[str, Any]:
    names = list(cube.variables)
    labels = {name: dict(cube.variables[name]) for name in names}
    for codelist in cube.codelists.values():
        labels["Region"].update(codelist)
    if figures is None:
        cells = itertools.product(*(chosen[name] for name in names))
        figures = [cube.figure(dict(zip(names, cell, strict=True))) for cell in cells]
    return {
        "version": "2.0",
        "class": "dataset",
        "label": cube.label,
        "source": "SCB",
        "updated": cube.updated,
        "role": {"time": ["Tid"], "metric": ["ContentsCode"]},
        "id": names,
        "size": [len(chosen[name]) for name in names],
        "dimension": {
            name: {
                "label": NAMES.get(name, name.lower()),
                "category": {
                    "index": {code: at for at, code in enumerate(chosen[name])},
                    "label": {code: labels[name][code] for code in chosen[name]},
                },
            }
            for name in names
        },
        "value": list(figures),
    }


def cube_of(reply: str, *, codelist: str, updated: str = "2026-02-22T07:00:00Z") -> Cube:
    """Return the table that a json-stat2 reply, such as one of the demo, was cut from."""
    held = json.loads(reply)
    names = held["id"]
    codes = {name: list(held["dimension"][name]["category"]["index"]) for name in names}
    cells = dict(zip(itertools.product(*codes.values()), held["value"], strict=True))
    variables = {name: dict(held["dimension"][name]["category"]["label"]) for name in names}

    def figure(cell: Mapping[str, str]) -> float | None:
        # An area asked for in a year that is not its own: the real server answers 0 as well.
        return cells.get(tuple(cell[name] for name in names), 0)

    return Cube(
        table=held["extension"]["px"]["tableid"],
        label=held["label"],
        variables=variables,
        figure=figure,
        codelists={codelist: variables["Region"]},
        updated=updated,
    )
