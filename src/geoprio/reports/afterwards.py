"""How it went where an association knocked: what happened there, never what the work did."""

from collections.abc import Iterator

import pandas as pd

from geoprio.files.paper import Block
from geoprio.runs import Run
from geoprio.tables import DONE
from geoprio.words import decimal, text, whole

VISITED = DONE[0]


def afterwards(run: Run, name: str, done: pd.DataFrame, result: pd.DataFrame) -> Iterator[Block]:
    """Yield the areas where an association knocked beside its others, before and after.

    `done` is by area as `read_activity` returns it, and the next election's `result` as
    `read_outcome` does.

    An area is there where its result is known and the households visited are told, which are
    withheld where they are few; nothing is said where none was knocked in.
    """
    level, language = run.scored, run.language
    own = level.places["association"] == name
    columns = ["electors_count", "votes_cast_count"]
    after = result.reindex(index=level.votes.index, columns=columns).dropna()
    before = level.votes.loc[after.index, columns].dropna()
    told = done[VISITED].reindex(before.index)[own].dropna()
    if not (told > 0).any():
        return
    groups = {"worked": told.index[told > 0], "others": told.index[told == 0]}
    groups["all"] = before.index
    rows = []
    for kind, codes in groups.items():
        if len(codes):
            then, now = (_turnout(one.loc[codes]) for one in (before, after))
            homes = whole(round(told.sum()), language) if kind == "worked" else "–"
            shares = (decimal(100 * one, 1, language) for one in (then, now, now - then))
            rows.append([text(f"after_{kind}", language), f"{len(codes)}", homes, *shares])
    head = [text(f"after_head_{key}", language) for key in ("where", "areas", "homes")]
    head += [text(f"after_head_{key}", language) for key in ("then", "now", "moved")]
    yield Block("heading", text("after_heading", language))
    yield Block("table", text("after_told", language), head=head, rows=rows)
    left = int(own.sum()) - len(told)
    untold = [text("after_left", language, count=left)] if left else []
    yield Block("list", items=[text("after_no_effect", language), *untold])


def _turnout(votes: pd.DataFrame) -> float:
    sums = votes.sum()
    return float(sums["votes_cast_count"] / sums["electors_count"])
