"""Lists of postal codes for a vendor: five digits each, one per row, in parts."""

import re
from collections.abc import Mapping

import pandas as pd

from geoprio.config import Vendor
from geoprio.errors import ContractError, join_faults
from geoprio.outputs.audience import for_audience
from geoprio.outputs.vendors.control import ENDING, Control, checksums, render_control
from geoprio.outputs.vendors.files import Delivery, about_delivery
from geoprio.outputs.vendors.form import Form

POSTAL_CODE = re.compile(r"[1-9]\d{4}")


def render_postal_files(codes: pd.Series, vendor: Vendor, delivery: Delivery) -> dict[str, bytes]:
    """Return lists of postal codes by file name, at most `postal_part` in each, and control sheets.

    A list is bare: digits alone, one code a row, no heading and no mark. Its control sheet says
    what it is, also that it is a demo's.

    Parameters
    ----------
    codes
        Five digits as text ("111 22" is taken for "11122"); each once.

    Raises
    ------
    ContractError
        A code is not five digits, is no text, or stands twice.
    """
    for_audience(codes.rename("postal_code").to_frame(), "leverantor")
    return code_lists(
        codes,
        f"{delivery.stem}-postnummer",
        rows=vendor.postal_part,
        newline=vendor.newline,
        about=about_delivery(vendor, delivery),
    )


def code_lists(
    codes: pd.Series, stem: str, *, rows: int, newline: str, about: Mapping[str, str]
) -> dict[str, bytes]:
    """Return codes that have passed the gate as lists of at most `rows`, each with its sheet.

    Raises
    ------
    ContractError
        As `render_postal_files`.
    """
    plain = codes.astype(object).map(_unspaced).sort_values(ignore_index=True, key=_as_text)
    wrong = [f"{code!r}: is not five digits" for code in plain if not _is_code(code)]
    wrong += [f"{code}: stands twice" for code in plain[plain.duplicated()].unique()]
    if wrong:
        message = "Postal codes: the list cannot be made; expected text such as '11122'"
        raise ContractError(join_faults(message, wrong))
    parts = range(0, len(plain), rows)
    files: dict[str, bytes] = {}
    for number, start in enumerate(parts, start=1):
        part = plain.iloc[start : start + rows]
        own = stem + (f"-{number}" if len(parts) > 1 else "")
        told = {**about, "del": f"{number} ({len(parts)})"}
        files |= _part(part, own, newline=newline, about=told)
    return files


def _part(
    codes: pd.Series, stem: str, *, newline: str, about: Mapping[str, str]
) -> dict[str, bytes]:
    listed = "".join(f"{code}{newline}" for code in codes).encode("ascii")
    control = Control(
        cells=codes.rename("postnummer").to_frame(),
        form=Form("utf-8", False, ";", ",", newline, header=False),
        files=checksums({f"{stem}.txt": listed}),
        about=about,
    )
    return {f"{stem}.txt": listed, f"{stem}{ENDING}": render_control(control)}


def _as_text(codes: pd.Series) -> pd.Series:
    return codes.map(str)


def _unspaced(code: object) -> object:
    return (
        code.replace(" ", "").replace("\N{NO-BREAK SPACE}", "") if isinstance(code, str) else code
    )


def _is_code(code: object) -> bool:
    return isinstance(code, str) and POSTAL_CODE.fullmatch(code) is not None
