"""The form that an association answers on: a dozen cells, and nothing else can be filled in."""

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from geoprio.config.questions import FIRST, JUDGED, KEYS, MOST, QUESTIONS, SHEET, Question
from geoprio.files.table import NO_TIME
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
        _write_keys(keys, hand, name, questions, own)
        _write_page(book, page, [title, *hand.marks], language)
        look = book.add_format(
            {"locked": False, "border": 1, "bg_color": "#fff7d6", "text_wrap": True}
        )
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for row, one in enumerate(questions, start=FIRST - 1):
            judging = one.name in names
            key = "judged" if judging else one.name
            asked = text(f"blank_{key}", language, area=names.get(one.name, ""))
            page.write_string(row, 0, asked, wrapped)
            page.write_blank(row, 1, None, look)
            page.write_string(row, 2, text(f"blank_{key}_help", language), wrapped)
            rule = _rule(one, len(questions), len(own), language)
            if rule:
                page.data_validation(row, 1, row, 1, rule)
    return content.getvalue()


def _write_page(book: Workbook, page: Worksheet, heads: Sequence[str], language: Language) -> None:
    bold = book.add_format({"bold": True, "font_size": 14})
    page.write_string(0, 0, " · ".join(heads), bold)
    page.write_string(1, 0, text("blank_how", language))
    page.write_string(2, 0, text("blank_persons", language))
    page.set_column(0, 0, 52)
    page.set_column(1, 1, 24)
    page.set_column(2, 2, 52)
    page.protect("", {"format_columns": True, "format_rows": True})
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 1)


def _write_keys(
    keys: Worksheet, hand: Hand, name: str, questions: Sequence[Question], own: pd.DataFrame
) -> None:
    """Write whose form it is, what each row asks, and the areas that may be named."""
    rows = [("campaign", hand.run.campaign.name), ("association", name)]
    rows += [("question", one.name) for one in questions]
    rows += [("place", str(area)) for area in own["area_name"]]
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            keys.write_string(row, column, cell)
    for row, code in enumerate(own.index):
        keys.write_string(2 + len(questions) + row, 2, str(code))
    keys.hide()


def _rule(one: Question, asked: int, areas: int, language: Language) -> dict[str, Any] | None:
    """Return what a spreadsheet lets be written in a cell; None where anything."""
    yes = [text("blank_yes", language), text("blank_no", language)]
    if one.kind == "number":
        return {
            "validate": "decimal",
            "criteria": "between",
            "minimum": one.low,
            "maximum": one.high,
        }
    if one.kind == "yes":
        return {"validate": "list", "source": yes}
    if one.kind == "area":
        first = 3 + asked
        return {"validate": "list", "source": f"={KEYS}!$B${first}:$B${first + areas - 1}"}
    return None
