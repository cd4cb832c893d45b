"""What is wrong in the lists that election staff keep as CSV: associations and constituencies."""

from collections.abc import Collection
from pathlib import Path
from typing import get_args

import pandas as pd

from geoprio.areas.associations import MUNICIPALITIES
from geoprio.config import Election, Fault, nearest
from geoprio.errors import ConfigError
from geoprio.pipeline.constituencies import load_constituencies
from geoprio.pipeline.memberships import load_memberships


def association_faults(path: Path, area_sets: Collection[str]) -> list[Fault]:
    """Return every fault of a list of associations that shows without the areas themselves.

    Parameters
    ----------
    area_sets
        Area sets that sources give; municipalities are there beside them.
    """
    try:
        rows = load_memberships(path.name, (path.parent,))
    except ConfigError as error:
        return _from_loading(error)
    rows.index = pd.Index(_lines(path, len(rows)), name="line")
    faults = _not_among(rows["area_set"], {MUNICIPALITIES, *area_sets}, "area_sets")
    for (area_set, code), parts in rows.groupby(["area_set", "area_code"]):
        if len(parts) > 1:
            words = f"{area_set} {code}: belongs to {' and '.join(parts['association'])}"
            faults.append(Fault("own", ("area_code",), int(parts.index[-1]), words=words))
    return faults


def constituency_faults(path: Path) -> list[Fault]:
    """Return every fault of a list of constituencies."""
    try:
        for election in get_args(Election):
            load_constituencies(election, (path.parent,))
    except ConfigError as error:
        return _from_loading(error)
    rows = pd.read_csv(path, sep=";", dtype=str, encoding="utf-8-sig", index_col=False)
    rows.index = pd.Index(_lines(path, len(rows)), name="line")
    return _not_among(rows["election"], get_args(Election), "elections")


def _from_loading(error: ConfigError) -> list[Fault]:
    heading, *faults = str(error).split("\n  - ")
    return [Fault("own", words=words) for words in faults or [heading.partition(": ")[2]]]


def _lines(path: Path, rows: int) -> list[int]:
    """Return the line of each row; empty lines are none."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    found = [number for number, line in enumerate(lines, start=1) if line.strip()][1:]
    # A cell may hold a line break: then the row's own number is the nearest that is known.
    return found if len(found) == rows else list(range(2, rows + 2))


def _not_among(names: pd.Series, known: Collection[str], kind: str) -> list[Fault]:
    faults = []
    for line, name in names[~names.isin(list(known))].items():
        near = nearest(name, known)
        fault = Fault(
            "wrong",
            (str(names.name),),
            int(str(line)),
            (f"name_{kind}",),
            known=() if near else tuple(sorted(known)),
            found=repr(name),
            near=repr(near) if near else "",
        )
        faults.append(fault)
    return faults
