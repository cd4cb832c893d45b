"""json-stat2 replies: that they hold what was asked for, and several put together as one."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from geoprio.errors import SourceError, join_faults
from geoprio.sources.cubes import MISSING
from geoprio.sources.numbers import listed
from geoprio.sources.web.bodies import Check, is_json, read_json
from geoprio.sources.web.selection import Selection

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

    Raises
    ------
    SourceError
        A variable or code is missing or comes unasked, or the figures do not fill the cells.
    """
    try:
        found = {name: codes_of(reply, name) for name in reply["id"]}
        count = len(reply["value"])
        sparse = isinstance(reply["value"], dict)
    except (KeyError, TypeError, AttributeError) as error:
        message = f"not a json-stat2 dataset: {error} is missing or of a wrong kind"
        raise SourceError(message) from None
    faults = []
    for name in sorted({*found, *selection}):
        lost = sorted(set(selection.get(name, ())) - set(found.get(name, ())))
        more = sorted(set(found.get(name, ())) - set(selection.get(name, ())))
        faults += [f"{name}: asked for and not given: {', '.join(listed(lost))}"] if lost else []
        faults += [f"{name}: given and not asked for: {', '.join(listed(more))}"] if more else []
    size = math.prod(len(codes) for codes in found.values())
    if not sparse and count != size:
        faults.append(f"value: {count} figures for {size} cells")
    places = {str(place) for place in reply["value"]} if sparse else set()
    beyond = sorted(places - {str(place) for place in range(size)}) if places else []
    if beyond:
        faults.append(f"value: figures stand in {', '.join(listed(beyond))} of {size} cells")
    if faults:
        raise SourceError(join_faults("the reply is not what was asked for", faults))


def codes_of(reply: Mapping[str, Any], name: str) -> list[str]:
    """Return the codes of a dataset's dimension, in its order."""
    category = reply["dimension"][name]["category"]
    index = category.get("index", category["label"])
    if isinstance(index, dict) and index is not category["label"]:
        return sorted(index, key=index.__getitem__)
    return list(index)


class JoinDatasets:
    """Puts the replies of one selection together; a single reply stays as it came."""

    def __init__(self, selection: Selection, silent_zeros: str) -> None:
        self.selection = selection
        self.silent_zeros = silent_zeros
        """What a table of nothing but zeros means."""

    def __call__(self, parts: Sequence[Path], made: Path) -> None:
        """Write the one dataset of `parts` to `made`.

        Raises
        ------
        SourceError
            No figure is above zero: the areas and the year do not belong together.
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
        found = {name: [places[name][code] for code in codes_of(reply, name)] for name in names}
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
