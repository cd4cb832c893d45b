"""What is asked of a table: codes, expressions and labels become codes, before anything is sent."""

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Choice, Labelled
from geoprio.sources.cubes import MISSING
from geoprio.sources.cubes import codes_of as category_codes
from geoprio.sources.fetch.client import MARGIN
from geoprio.sources.fetch.replies import Check, is_json, read_json
from geoprio.sources.rows import listed
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
        """Return the variable with that code.

        SourceError: The table has none such.
        """
        if code not in self.variables:
            raise SourceError("no_variable", table=self.table, code=code, variables=self.variables)
        return self.variables[code]


def from_v2(table: str, reply: Mapping[str, Any]) -> Table:
    """Return the table that a v2 metadata reply (json-stat2 without figures) describes.

    SourceError: The reply lacks a part.
    """
    try:
        variables = {}
        for code in reply["id"]:
            held = reply["dimension"][code]
            labels, index = held["category"]["label"], held["category"].get("index")
            order = index if isinstance(index, list) else sorted(index, key=index.__getitem__)
            lists = held.get("extension", {}).get("codelists", [])
            variables[code] = Variable(
                code,
                held["label"],
                {value: labels[value] for value in order},
                tuple(item["id"] for item in lists),
            )
        return Table(table, reply["label"], reply.get("updated") or "", variables)
    except (KeyError, TypeError, AttributeError) as error:
        raise SourceError("not_v2_metadata", table=table, error=error) from None


def from_v1(table: str, reply: Mapping[str, Any]) -> Table:
    """Return the table that a v1 metadata reply describes.

    SourceError: The reply lacks a part, or has more values than the server lists.
    """
    try:
        variables = {
            held["code"]: Variable(
                held["code"],
                held["text"],
                dict(zip(held["values"], held["valueTexts"], strict=True)),
            )
            for held in reply["variables"]
        }
        return Table(table, reply["title"], "", variables)
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError("not_v1_metadata", table=table, error=error) from None


def codes_of(codelist: Mapping[str, Any]) -> dict[str, str]:
    """Return what each code of a value set is called.

    SourceError: The reply is not a code list.
    """
    try:
        return {value["code"]: value["label"] for value in codelist["values"]}
    except (KeyError, TypeError) as error:
        raise SourceError("not_a_code_list", error=error) from None


NEW_CODES_FROM = 2024
"""First reference year of the 2025 areas, whose codes carry `_DeSO2025` or `_RegSO2025`."""
SMALL_AREA = re.compile(r"\d{4}(?:[ABC]\d{4}|R\d{3})(?P<suffix>_(?:DeSO|RegSO)2025)?")
CALL = re.compile(r"(?P<name>TOP|BOTTOM|FROM|TO|RANGE)\((?P<arguments>[^()]*)\)", re.IGNORECASE)

Selection = Mapping[str, tuple[str, ...]]
"""The codes asked of every variable."""


def resolve(variable: Variable, choice: Choice) -> tuple[str, ...]:
    """Return the codes that a choice means, each known to the table.

    SourceError: A code or label is not among the table's, or an expression fits none; the nearest
    are told.
    """
    if isinstance(choice, Labelled):
        return _by_label(variable, choice.labels)
    wanted = (choice,) if isinstance(choice, str) else choice
    codes: dict[str, None] = {}
    faults = []
    for text in wanted:
        # A literal code wins over an expression, as the server has it.
        found = [text] if text in variable.values else expand(text, list(variable.values))
        codes.update(dict.fromkeys(found))
        if not found:
            faults.append(f"{text!r}{_near(text, variable.values)}")
    if faults:
        raise SourceError(
            "variable_without_value",
            [*faults, _offered(variable)],
            code=variable.code,
            label=variable.label,
        )
    return tuple(codes)


def expand(expression: str, codes: Sequence[str]) -> list[str]:
    """Return the codes that an expression of PxWebApi v2 fits; none where it is not one."""
    call = CALL.fullmatch(expression.strip())
    if call is None:
        if not set("*?") & set(expression):
            return []
        pattern = re.sub(r"([\[])", r"[\1]", expression).upper()
        return [code for code in codes if fnmatchcase(code.upper(), pattern)]
    arguments = [part.strip() for part in call["arguments"].split(",")]
    name = call["name"].upper()
    if name in ("TOP", "BOTTOM"):
        return _counted(name, arguments, codes)
    return _spanned(name, arguments, codes)


def _counted(name: str, arguments: Sequence[str], codes: Sequence[str]) -> list[str]:
    if not 1 <= len(arguments) <= 2 or not all(part.isdecimal() for part in arguments):
        return []
    number, skipped = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    # The newest period stands last in the table, and TOP means the newest.
    ordered = list(reversed(codes)) if name == "TOP" else list(codes)
    return ordered[skipped : skipped + number]


def _spanned(name: str, arguments: Sequence[str], codes: Sequence[str]) -> list[str]:
    places = [codes.index(part) for part in arguments if part in codes]
    if len(places) != len(arguments) or len(places) != (2 if name == "RANGE" else 1):
        return []
    first = 0 if name == "TO" else places[0]
    last = len(codes) - 1 if name == "FROM" else places[-1]
    return list(codes[first : last + 1])


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
    if faults:
        raise SourceError(
            "labels_ambiguous",
            [*faults, _offered(variable)],
            code=variable.code,
            label=variable.label,
        )
    return tuple(codes)


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()


def _near(text: str, known: object) -> str:
    near = difflib.get_close_matches(text, [str(item) for item in known], n=1)  # type: ignore[attr-defined]
    return Phrase("near", near=near[0]) if near else ""


def _offered(variable: Variable) -> Phrase:
    pairs = [f"{code} = {label}" for code, label in variable.values.items()]
    return Phrase("values_offered", pairs=listed(pairs))


def refuse_wrong_vintage(regions: Sequence[str], times: Sequence[str]) -> None:
    """Raise where a year is asked of areas that are not its own: the server answers with zeros.

    SourceError: Codes without suffix are asked for 2024 or later, or codes with one for 2023 or
    earlier.
    """
    areas = [match for code in regions if (match := SMALL_AREA.fullmatch(code))]
    plain = [match.group() for match in areas if not match["suffix"]]
    dressed = [match.group() for match in areas if match["suffix"]]
    if not areas:
        return
    late = [time for time in times if year_of(time) >= NEW_CODES_FROM]
    early = [time for time in times if year_of(time) < NEW_CODES_FROM]
    faults = []
    if plain and late:
        faults.append(
            Phrase(
                "years_of_new_areas",
                late=late,
                plain=plain[0],
                new_codes_from=NEW_CODES_FROM,
            )
        )
    if dressed and early:
        faults.append(
            Phrase(
                "years_of_old_areas",
                early=early,
                dressed=dressed[0],
                new_codes_from=NEW_CODES_FROM,
            )
        )
    if faults:
        raise SourceError("years_and_areas_differ", faults)


def year_of(time: str) -> int:
    """Return the last year of a period such as `2025`, `2026M05` or `2024-2025`.

    SourceError: The period names no year.
    """
    years = re.findall(r"\d{4}", time)
    if not years:
        raise SourceError("period_without_year", time=time)
    return max(int(year) for year in years)


def cells(selection: Selection) -> int:
    """Return how many figures a selection asks for."""
    return math.prod(len(codes) for codes in selection.values())


def split(selection: Selection, *, most: int) -> list[Selection]:
    """Return the selection cut into as few calls of at most `most` cells as cuts can make it.

    SourceError: One figure alone is too many.
    """
    if cells(selection) <= most:
        return [selection]
    if most < 1:
        raise SourceError("no_cells_in_call", most=most)
    names = list(selection)
    # Regions come first in these tables: a tie is cut by municipality.
    place = _best_cut(tuple(len(selection[name]) for name in names), most)
    name, codes = names[place], selection[names[place]]
    step = _step(cells(selection), len(codes), most)
    parts = [{**selection, name: codes[at : at + step]} for at in range(0, len(codes), step)]
    return [piece for part in parts for piece in split(part, most=most)]


def _step(size: int, values: int, most: int) -> int:
    """Return how many of a variable's values fit in a call; one where not even one does."""
    return max(1, most * values // size)


def _best_cut(sizes: tuple[int, ...], most: int) -> int:
    """Return the place of the variable whose cutting gives the fewest calls."""
    places = [place for place, size in enumerate(sizes) if size > 1]
    return min(places, key=lambda place: (_calls_cut(sizes, place, most), -sizes[place]))


def _calls_cut(sizes: tuple[int, ...], place: int, most: int) -> int:
    size = sizes[place]
    step = _step(math.prod(sizes), size, most)
    whole, rest = divmod(size, step)

    def part(values: int) -> int:
        return _calls((*sizes[:place], values, *sizes[place + 1 :]), most)

    return whole * part(step) + (part(rest) if rest else 0)


@lru_cache(maxsize=4096)
def _calls(sizes: tuple[int, ...], most: int) -> int:
    """Return how many calls a selection of so many values each is cut into."""
    if math.prod(sizes) <= most:
        return 1
    return _calls_cut(sizes, _best_cut(sizes, most), most)


def usable(most: int) -> int:
    """Return the cells of a call that stay under the server's limit by the margin."""
    return max(1, math.floor(most * MARGIN))


def by_prefix(codes: Sequence[str], listed_codes: Sequence[str]) -> list[str]:
    """Return codes with every whole municipality written as its prefix (`1480*`).

    Parameters
    ----------
    listed_codes
        Every code that the server knows in the value set: a prefix is used only where it means
        exactly the codes asked for.
    """
    everywhere = {key: len(list(group)) for key, group in groupby(sorted(listed_codes), _place)}
    short: list[str] = []
    for place, group in groupby(codes, _place):
        held = list(group)
        whole = len(held) > 1 and len(held) == everywhere.get(place)
        short += [f"{place}*"] if whole else held
    return short


def _place(code: str) -> str:
    return code[:4]


# json-stat2 replies: that they hold what was asked for, and several put together as one.


Cells = npt.NDArray[np.object_]


def answers(selection: Selection) -> Check:
    """Return the check that a reply holds the figures of `selection`, no more and no fewer."""

    def check(path: Path) -> None:
        is_json(path)
        reply = read_json(path)
        refuse_other(reply, selection)

    return check


def refuse_other(reply: Mapping[str, Any], selection: Selection) -> None:
    """Raise unless a dataset holds exactly the codes asked for, and a figure for each cell.

    SourceError: A variable or code is missing or comes unasked, or the figures do not fill the
    cells.
    """
    try:
        found = {name: datasets_codes_of(reply, name) for name in reply["id"]}
        count = len(reply["value"])
        sparse = isinstance(reply["value"], dict)
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
    places = {str(place) for place in reply["value"]} if sparse else set()
    beyond = sorted(places - {str(place) for place in range(size)}) if places else []
    if beyond:
        faults.append(Phrase("figures_beyond_cells", beyond=listed(beyond), size=size))
    if faults:
        raise SourceError("reply_not_as_asked", faults)


def datasets_codes_of(reply: Mapping[str, Any], name: str) -> list[str]:
    """Return the codes of a dataset's dimension, in its order."""
    return category_codes(reply["dimension"][name]["category"])


class JoinDatasets:
    """Puts the replies of one selection together; a single reply stays as it came."""

    def __init__(self, selection: Selection, silent_zeros: str) -> None:
        self.selection = selection
        self.silent_zeros = silent_zeros
        """What a table of nothing but zeros means."""

    def __call__(self, parts: Sequence[Path], made: Path) -> None:
        """Write the one dataset of `parts` to `made`.

        SourceError: No figure is above zero: the areas and the year do not belong together.
        """
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
        found = {
            name: [places[name][code] for code in datasets_codes_of(reply, name)] for name in names
        }
        at = np.ix_(*found.values())
        size = [len(found[name]) for name in reply["id"]]
        values[at] = _dense(reply["value"], size).transpose(turned)
        status[at] = _dense(reply.get("status") or {}, size).transpose(turned)
        for name in names:
            labels[name].update(reply["dimension"][name]["category"].get("label", {}))
    first = dict(replies[0])
    first["size"] = list(shape)
    first["dimension"] = {
        name: _dimension(first["dimension"][name], selection[name], labels[name]) for name in names
    }
    first["value"] = values.ravel().tolist()
    told = {str(at): text for at, text in enumerate(status.ravel().tolist()) if text is not None}
    first.pop("status", None)
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
    if isinstance(held, Mapping):
        for at, item in held.items():
            flat[int(at)] = item
    else:
        flat[:] = held
    return flat.reshape(size)


def _has_figure(reply: Mapping[str, Any]) -> bool:
    held = reply["value"]
    figures = held.values() if isinstance(held, Mapping) else held
    return any(figure for figure in figures if figure != MISSING)
