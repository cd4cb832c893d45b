"""The form that an association answers on: a dozen cells, and nothing else can be filled in."""

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from geoprio.config.questions import FIRST, JUDGED, KEYS, MOST, QUESTIONS, SHEET, Question
from geoprio.files.table import NO_TIME, write_cells
from geoprio.reports.association import Hand
from geoprio.scores import verdict_labels
from geoprio.scores.verdicts import ASK
from geoprio.words import Language, one_line, text


def association_forms(hand: Hand) -> dict[str, bytes]:
    """Return each association's form as a workbook, by its name.

    It asks of people and hours, of what only those who live there know, and of as many areas told
    *Bedöm lokalt* as there are cells left, the first in the association's order.
    """
    label = verdict_labels(hand.language)[ASK]
    made = {}
    for name in hand.names:
        own = hand.table[hand.table["association"] == name]
        judged = [str(code) for code in own.index[own["verdict"] == label]]
        made[name] = _form(hand, name, own, judged[: MOST - len(QUESTIONS)])
    return made


def _form(hand: Hand, name: str, own: pd.DataFrame, judged: Sequence[str]) -> bytes:
    language, content = hand.language, io.BytesIO()
    questions = [*QUESTIONS, *(Question(f"{JUDGED}{code}", "yes") for code in judged)]
    names = {f"{JUDGED}{code}": own["area_name"][code] for code in judged}
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(content, options) as book:
        title = text("blank_title", language, association=one_line(name))
        book.set_properties({"title": title, "created": NO_TIME})
        page, keys = book.add_worksheet(SHEET), book.add_worksheet(KEYS)
        _write_keys(keys, book.add_format(), [hand.run.campaign.name, name], questions, own)
        _write_page(book, page, [title, *hand.marks], language)
        look = book.add_format(
            {"locked": False, "border": 1, "bg_color": "#fff7d6", "text_wrap": True}
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        kinds = ["judged" if one.name in names else one.name for one in questions]
        areas = [names.get(one.name, "") for one in questions]
        pairs = zip(kinds, areas, strict=True)
        asked = [text(f"blank_{key}", language, area=area) for key, area in pairs]
        write_cells(page, 0, asked, wrapped, row=FIRST - 1)
        helps = [text(f"blank_{key}_help", language) for key in kinds]
        write_cells(page, 2, helps, wrapped, row=FIRST - 1)
        for row, one in enumerate(questions, start=FIRST - 1):
            page.write_blank(row, 1, None, look)
            rule = _rule(one, len(questions), len(own), language)
            if rule:
                page.data_validation(row, 1, row, 1, rule)
    return content.getvalue()


def _write_page(book: Workbook, page: Worksheet, heads: Sequence[str], language: Language) -> None:
    bold = book.add_format({"bold": True, "font_size": 14})
    write_cells(page, 0, [" · ".join(heads)], bold, row=0)
    how = [text(f"blank_{key}", language) for key in ("how", "persons")]
    write_cells(page, 0, how, book.add_format(), row=1)
    page.set_column(0, 0, 52)
    page.set_column(1, 1, 24)
    page.set_column(2, 2, 52)
    page.protect("", {"format_columns": True, "format_rows": True})
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 1)


def _write_keys(
    keys: Worksheet,
    look: Format,
    whose: Sequence[str],
    questions: Sequence[Question],
    own: pd.DataFrame,
) -> None:
    """Write whose form it is, what each row asks, and the areas that may be named."""
    kinds = ["campaign", "association", *["question"] * len(questions), *["place"] * len(own)]
    told = [*whose, *(one.name for one in questions), *map(str, own["area_name"])]
    write_cells(keys, 0, kinds, look, row=0)
    write_cells(keys, 1, told, look, row=0)
    write_cells(keys, 2, [*map(str, own.index)], look, row=2 + len(questions))
    keys.hide()


def _rule(one: Question, asked: int, areas: int, language: Language) -> dict[str, Any] | None:
    """Return what a spreadsheet lets be written in a cell; None where anything."""
    yes = [text("blank_yes", language), text("blank_no", language)]
    if one.kind in ("number", "count"):
        kind = "decimal" if one.kind == "number" else "integer"
        ends = {"minimum": one.low, "maximum": one.high}
        return {"validate": kind, "criteria": "between", **ends}
    if one.kind == "yes":
        return {"validate": "list", "source": yes}
    if one.kind == "area":
        first = 3 + asked
        return {"validate": "list", "source": f"={KEYS}!$B${first}:$B${first + areas - 1}"}
    return None
