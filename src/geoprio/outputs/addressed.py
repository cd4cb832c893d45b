"""An order for addressed mail: the rule by which a register selects, in its own form."""

import csv
import io
from dataclasses import dataclass

import pandas as pd

from geoprio.config import Register
from geoprio.outputs.audience import for_audience
from geoprio.outputs.files import marked_rows, render_csv
from geoprio.outputs.markdown import escaped, one_line, table
from geoprio.outputs.names import safe_name
from geoprio.outputs.tables import Table, header
from geoprio.outputs.vendors.control import ENDING, Control, checksums, render_control
from geoprio.outputs.vendors.form import Form
from geoprio.outputs.vendors.postal import code_lists
from geoprio.outputs.workbook import render_sheet
from geoprio.texts import Language, text, whole

FORM = Form("utf-8", True, ";", ",", "\r\n")
"""How the table is written: it opens in Swedish Excel."""


@dataclass(frozen=True)
class AddressOrder:
    """What is ordered, and the words on its files."""

    edition: str
    campaign: str
    purpose: str
    ages: tuple[int, int]
    """First and last age in whole years."""
    language: Language = "sv"
    mark: str | None = None
    """The demo mark, where it belongs."""

    @property
    def stem(self) -> str:
        """What the files are called by."""
        name = f"{text('order_stem', self.language)} {self.edition}"
        return safe_name(name)


def render_order(codes: pd.DataFrame, register: Register, order: AddressOrder) -> dict[str, bytes]:
    """Return an order's files by name: sheet, table, lists of postal codes, and control sheets.

    Parameters
    ----------
    codes
        By `postal_code`, five digits as text: `municipality_code` and `municipality_name`, which
        are information and no condition. No area, score, group, reason or order of choice.
    register
        What an order to it may hold.
    order
        What is ordered.

    Raises
    ------
    ContractError
        A column that no vendor may see, or a code that is not five digits or stands twice.
    """
    for_audience(codes.reset_index(), "leverantor")
    about = _about(register, order)
    lists = code_lists(
        codes.index.to_series(),
        f"{order.stem}-postnummer",
        rows=register.list_rows,
        newline=register.newline,
        about=about,
    )
    listed = _table(codes, register, order)
    notes = {header("note", order.language): order.mark} if order.mark else {}
    files = {
        f"{order.stem}.csv": render_csv(listed, "leverantor", language=order.language, notes=notes)
    }
    rows = marked_rows(listed, "leverantor", language=order.language, notes=notes)
    files[f"{order.stem}.xlsx"] = render_sheet(rows, order.stem)
    names = [name for name in lists if name.endswith(".txt")]
    files[f"{order.stem}.md"] = _sheet(len(codes), names, register, order)
    control = Control(_cells(files[f"{order.stem}.csv"]), FORM, checksums(files), about=about)
    files[f"{order.stem}{ENDING}"] = render_control(control)
    return files | lists


def _table(codes: pd.DataFrame, register: Register, order: AddressOrder) -> Table:
    sorted_codes = codes.sort_index()
    columns = {
        "list_number": [1 + place // register.list_rows for place in range(len(codes))],
        "municipality_code": sorted_codes["municipality_code"],
        "municipality_name": sorted_codes["municipality_name"].map(one_line),
        "county_code": sorted_codes["municipality_code"].str[:2],
        "age_from": order.ages[0],
        "age_to": order.ages[1],
        "edition": one_line(order.edition),
        "campaign": one_line(order.campaign),
    }
    frame = pd.DataFrame(columns, index=sorted_codes.index.rename("postal_code"))
    return Table(frame, {name: header(name, order.language) for name in ["postal_code", *columns]})


def _cells(content: bytes) -> pd.DataFrame:
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    head, *rows = lines
    return pd.DataFrame(rows, columns=head, dtype=str)


def _about(register: Register, order: AddressOrder) -> dict[str, str]:
    """Return what the control sheets say of the order; a list's codes are its own rows."""
    return {
        "till": text("audience_leverantor", order.language),
        "profil": f"{register.name} {register.version}",
        "kampanj": order.campaign,
        "version": order.edition,
        **_parameters(register, order),
        **({header("note", order.language): order.mark} if order.mark else {}),
    }


def _parameters(register: Register, order: AddressOrder, **own: str) -> dict[str, str]:
    """Return each parameter of the register as it is stated; `own` are words by use."""
    first, last = order.ages
    words = {
        "ages": text("order_ages", order.language).format(first=first, last=last),
        "unused": text("order_unused", order.language),
        **own,
    }
    return {
        item.name.model_dump()[order.language]: words[item.use]
        for item in register.parameters
        if item.use in words
    }


def _sheet(count: int, lists: list[str], register: Register, order: AddressOrder) -> bytes:
    language = order.language
    codes = text("order_codes", language).format(
        count=whole(count, language),
        files=", ".join(lists),
        rows=whole(register.list_rows, language),
    )
    rows = [list(item) for item in _parameters(register, order, postal_codes=codes).items()]
    about = {
        "basis_readers": text("audience_leverantor", language),
        "order_register": f"{register.name} ({register.version})",
        "order_campaign": order.campaign,
        "order_purpose": order.purpose,
    }
    remarks = [
        text("order_geography", language).format(conditions=register.geography_conditions),
        *([text("order_several", language)] if len(lists) > 1 else []),
        *(text(f"order_{key}", language) for key in ("address", "excluded", "simulate")),
        text("order_form", language).format(specification=register.specification),
    ]
    lines = [
        f"# {text('order_title', language).format(edition=escaped(order.edition))}",
        "",
        *([f"**{escaped(order.mark)}**", ""] if order.mark else []),
        *(f"- {text(key, language)}: {escaped(words)}" for key, words in about.items()),
        "",
        *table([text("order_parameter", language), text("order_value", language)], rows),
        "",
        *(f"- {escaped(words)}" for words in remarks),
        "",
    ]
    return "\n".join(lines).encode()
