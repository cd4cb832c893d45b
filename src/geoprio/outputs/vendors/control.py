"""The control sheet that goes with a vendor's files: rows, sums and checksums, and every row."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import tomli_w

from geoprio.errors import SourceError
from geoprio.outputs.vendors.form import Form

ENDING = ".kontroll.toml"

_HEAD = """\
# Kontrollblad. Filerna nedan ska ha dessa rader, summor och kontrollsummor (sha256).
# Skicka tillbaka den fil som användes: "geoprio verify FIL" jämför den med detta blad och säger
# vad som saknas, har ändrats eller står dubbelt, och om nollor eller bokstäver gått förlorade.
"""


@dataclass(frozen=True)
class Control:
    """What files that hold the same rows shall be found to hold."""

    cells: pd.DataFrame
    """Every cell as the CSV writes it."""
    form: Form
    """How the CSV is written."""
    files: Mapping[str, str]
    """Checksum (SHA-256) by file name."""
    sums: Mapping[str, int] = field(default_factory=dict)
    """By column, of those that are added."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What the order is: campaign, edition, product, profile."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Short name by column, of a Shapefile."""


def checksums(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256(one).hexdigest() for name, one in sorted(files.items())}


def render_control(control: Control) -> bytes:
    """Return a control sheet as TOML that people read too."""
    cells = control.cells
    sheet = {
        "bestallning": dict(control.about),
        "rader": len(cells),
        "summor": dict(control.sums),
        "form": control.form.told(),
        "filer": [{"namn": name, "sha256": one} for name, one in control.files.items()],
        **({"shapefil_kolumner": dict(control.renamed)} if control.renamed else {}),
        "innehall": {"kolumner": list(cells), "rader": cells.to_numpy().tolist()},
    }
    return f"{_HEAD}\n{tomli_w.dumps(sheet)}".encode()


def read_control(path: Path) -> Control:
    """Return what a control sheet says.

    Raises
    ------
    SourceError
        The file is no control sheet, or has been changed so that it no longer is one.
    """
    try:
        sheet = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        inside = sheet["innehall"]
        return Control(
            cells=pd.DataFrame(inside["rader"], columns=inside["kolumner"], dtype=str),
            form=Form.of_words(sheet["form"]),
            files={item["namn"]: item["sha256"] for item in sheet["filer"]},
            sums=sheet["summor"],
            about=sheet["bestallning"],
            renamed=sheet.get("shapefil_kolumner", {}),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = (
            f"{path.name}: is no whole control sheet ({type(error).__name__}: {error}); expected"
            f" the file *{ENDING} as it was written with the order"
        )
        raise SourceError(message) from None
