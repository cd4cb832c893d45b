"""Tables that people open in Excel: columns chosen, named and rounded; nothing is computed."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geoprio.tables import Audience, for_audience, refuse_keys
from geoprio.words import Language, text

PLACE = ["area_name", "municipality_name", "association"]
CERTAINTY = ["answer", "p_top", "rank_median", "rank_low", "rank_high"]
"""How sure a ranking is, where it is known."""


@dataclass(frozen=True)
class Table:
    """A table whose columns keep their own names, for the gate, beside their headings."""

    frame: pd.DataFrame
    headings: Mapping[str, str]
    """Heading by column, and by the index's name."""

    @classmethod
    def of(cls, frame: pd.DataFrame, language: Language, **blanks: object) -> "Table":
        """Return a frame under the headings that its columns and its index have."""
        names = map(str, [frame.index.name, *frame])
        return cls(frame, {name: header(name, language, **blanks) for name in names})

    @property
    def headed(self) -> pd.DataFrame:
        """The table as people read it."""
        names = [self.headings.get(str(name), str(name)) for name in self.frame]
        named = self.frame.set_axis(names, axis=1)
        return named.rename_axis(self.headings.get(str(named.index.name)))


def header(key: str, language: Language, **blanks: object) -> str:
    """Return a column's heading."""
    return text(f"column_{key}", language, **blanks)


def ranking_table(
    places: pd.DataFrame,
    channels: Mapping[str, tuple[str, pd.DataFrame]],
    figures: Table,
    *,
    language: Language,
    top_k: int,
) -> Table:
    """Return one row per area, best first in the first channel.

    `places` has `PLACE`; `channels` have their name for people, and `score`, `rank`, `level`,
    `reason` and, where known, `CERTAINTY`, by area; `figures` are further columns.
    """
    parts = [places[PLACE]]
    headings = {key: header(key, language) for key in ["area_code", *PLACE]}
    for channel, (label, scores) in channels.items():
        known = [name for name in CERTAINTY if name in scores]
        shown = scores[["rank", "score", "level", *known, "reason"]].copy()
        shown["score"] = shown["score"].round(1)
        if known:
            shown["p_top"] = (100 * shown["p_top"]).round(1)
        parts.append(shown.add_prefix(f"{channel}_"))
        headings |= {
            f"{channel}_{key}": f"{label}: {header(str(key), language, k=top_k)}" for key in shown
        }
    main, (label, first) = next(iter(channels.items()))
    answers = {True: header("yes", language), False: header("no", language)}
    chosen = (first["rank"] <= top_k).map(answers).where(first["rank"].notna(), "")
    headings[f"{main}_top"] = f"{label}: {header('top', language, k=top_k)}"
    parts.insert(1, chosen.rename(f"{main}_top").to_frame())
    table = pd.concat([*parts, figures.frame], axis=1).rename_axis("area_code")
    order = first["rank"].sort_index().sort_values(kind="stable", na_position="last").index
    return Table(table.loc[order], headings | dict(figures.headings))


def group_columns(
    printed: pd.DataFrame, labels: Mapping[str, str], *, language: Language, minimum_count: int
) -> Table:
    """Return the groups' shares, counts, intervals and methods by area, headed by group and base.

    A figure that is exact has no interval; a small count says "färre än", one that is withheld for
    the sake of another "visas inte".
    """
    few = text("fewer_than", language, number=minimum_count)
    parts: list[pd.Series] = []
    headings: dict[str, str] = {}
    for name, label in labels.items():
        rows = printed[printed["group"] == name]
        # What is published of residents is an estimate of the electorate.
        estimated = rows["low"] != rows["high"]
        method = rows["method"].mask((rows["method"] == "published") & estimated, "aligned")
        whole = rows[["count", "low", "high"]].round().astype("Int64")
        count = whole["count"].astype(object).mask(rows["shown"] == "small", few)
        columns = {
            "share": (100 * rows["share"]).round(1),
            "count": count.mask(rows["shown"] == "withheld", text("not_shown", language)),
            "low": whole["low"].where(estimated),
            "high": whole["high"].where(estimated),
            "method": method.map(lambda key: text(f"method_{key}", language)),
        }
        base = text(f"base_{rows['base'].iloc[0]}", language)
        parts += [values.rename(f"{name}_{key}") for key, values in columns.items()]
        headings |= {
            f"{name}_{key}": f"{label}: {header(key, language, base=base)}" for key in columns
        }
    return Table(pd.concat(parts, axis=1), headings)


def figure_columns(indicators: pd.DataFrame, *, language: Language) -> Table:
    """Return turnout, red-green share, mobilisation and households by area."""
    shown = {
        "turnout_share": (100 * indicators["turnout_share"]).round(1),
        "red_green_share": (100 * indicators["red_green_share"]).round(1),
        "mobilisation_count": indicators["mobilisation_count"].round(),
        "households_count": indicators["households_count"].round(),
    }
    return Table.of(pd.DataFrame(shown), language)


def beside(*tables: Table) -> Table:
    """Return tables of the same areas as one."""
    headings = {name: words for table in tables for name, words in table.headings.items()}
    return Table(pd.concat([table.frame for table in tables], axis=1), headings)


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""First characters by which a spreadsheet takes text for a formula."""


def render_csv(
    table: Table, audience: Audience, *, language: Language, notes: Mapping[str, str]
) -> bytes:
    """Return `table` as Swedish Excel reads it: semicolon, decimal comma, UTF-8 with BOM, CRLF.

    Who may read it and each of `notes` become last columns that repeat their text on every row, so
    that it follows the rows wherever they are copied. Text that a spreadsheet would run gets a
    leading `'`. Raises ContractError: the audience may not see a column.
    """
    for_audience(table.frame, audience)
    marked = marked_rows(table, audience, language=language, notes=notes)
    texts = marked.select_dtypes(["object", "str"]).columns
    marked[texts] = marked[texts].map(_inert)
    whole = {name: "Int64" for name in marked.select_dtypes("float") if _is_whole(marked[name])}
    marked = marked.astype(whole).rename(columns=lambda name: str(_inert(str(name))))
    content = marked.to_csv(index=False, sep=";", decimal=",", lineterminator="\r\n")
    return content.encode("utf-8-sig")


def marked_rows(
    table: Table, audience: Audience, *, language: Language, notes: Mapping[str, str]
) -> pd.DataFrame:
    """Return a table as people read it, with the notes and its readers as last columns.

    A table without rows gets one that holds them alone.
    """
    rows = table.headed.reset_index()
    readers = {text("column_audience", language): text(f"audience_{audience}", language)}
    return (rows if len(rows) else rows.reindex([0])).assign(**notes, **readers)


def render_frame(frame: pd.DataFrame, audience: Audience, *, mark: str | None) -> bytes:
    """Return a frame as Parquet, as GeoParquet when it has geometry.

    The audience and the mark become columns, and attributes of the frame for one without rows.
    Raises ContractError: the audience may not see a column, or the groups are not protected.
    """
    said = {"audience": audience} | ({} if mark is None else {"demo_mark": mark})
    marked = for_audience(frame, audience).assign(**said)
    marked.attrs |= said
    content = io.BytesIO()
    marked.to_parquet(content)
    return content.getvalue()


def render_record(record: Mapping[str, Any], audience: Audience) -> bytes:
    """Return the record of a run as JSON, in its order; it says whom it is for.

    Raises ContractError: it tells of what the audience may not see; ValueError: a number is NaN or
    infinite, where a record says null.
    """
    refuse_keys(record, audience)
    said = {**record, "audience": audience}
    content = json.dumps(said, indent=2, ensure_ascii=False, allow_nan=False)
    return f"{content}\n".encode()


def bare(cell: str) -> str:
    """Return a text as it was before `render_csv` kept a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and _runs(cell) else cell


def _inert(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _runs(value) else value


def _runs(value: str) -> bool:
    """Return whether a text is a formula, or one made inert: so that every `'` can be undone."""
    return value.lstrip("'").startswith(FORMULA)


def _is_whole(values: pd.Series) -> bool:
    known = values.dropna()
    return bool((known == known.round()).all())
