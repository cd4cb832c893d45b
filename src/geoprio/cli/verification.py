"""The command `geoprio verify`: a file that came back, beside its control sheet."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from geoprio.errors import SourceError, why
from geoprio.files import Finding, compare, control_of, read_returned
from geoprio.files.delivery import ENDING, Control, read_control
from geoprio.words import Language, text

RECORD = "run.json"
MOST = 20
"""Differences of one kind that are told one by one."""


@dataclass(frozen=True)
class Verified:
    """A file that came back, beside what it was compared with."""

    file: str
    control: str
    findings: Sequence[Finding] = ()
    rows: int | None = None
    """Rows that were compared; None where every byte is as it was."""

    @property
    def same(self) -> bool:
        """Whether it says what was sent."""
        return not self.findings


def verified(file: Path, *, against: Path | None) -> Verified:
    """Return every difference between a CSV, workbook or map file and what was sent.

    `against` is its control sheet, or the file of ours that it is a copy of; else a control sheet
    or the record of a run, in the same folder, that names the file.
    SourceError: A file is missing or cannot be read, or there is nothing to compare with.
    """
    content = _read(file)
    against = against or _sheet_beside(file)
    sums, control = _expected(against)
    if hashlib.sha256(content).hexdigest() in sums:
        return Verified(file.name, against.name)
    if control is None:
        raise SourceError("changed_since_run", file=file.name, against=against.name)
    returned = read_returned(file, control)
    findings = compare(control, returned)
    return Verified(file.name, against.name, findings, rows=len(returned.cells))


def lines_of(found: Verified, language: Language) -> list[str]:
    """Return what is to be told of a file that came back."""
    named = {"file": found.file, "control": found.control}
    if found.rows is None:
        return [text("verify_bytes", language, **named)]
    if found.same:
        return [text("verify_same", language, rows=found.rows, **named)]
    first = text("verify_differs", language, count=len(found.findings), **named)
    return [first, *(f"  - {line}" for line in worded(found.findings, language))]


def worded(findings: Sequence[Finding], language: Language) -> list[str]:
    """Return each difference as a line, at most `MOST` of a kind."""
    lines = []
    for kind, group in groupby(sorted(findings, key=lambda one: one.kind), lambda one: one.kind):
        same = list(group)
        words = text(f"verify_{kind}", language)
        lines += [
            words.format(where=one.where, found=one.found, expected=one.expected)
            for one in same[:MOST]
        ]
        if len(same) > MOST:
            lines.append(text("verify_more", language, count=len(same) - MOST))
    return lines


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SourceError("returned_file_unreadable", path=file, error=why(error)) from None


def _sheet_beside(file: Path) -> Path:
    """Return the control sheet or record in the file's folder that names it."""
    sheets = sorted(file.parent.glob(f"*{ENDING}"))
    for sheet in sheets:
        if file.name in read_control(sheet).files:
            return sheet
    for record in (file.parent / RECORD, file.parent.parent / RECORD):
        if record.is_file() and file.name in {Path(name).name for name in _recorded(record)}:
            return record
    if len(sheets) == 1:
        return sheets[0]
    names = [sheet.name for sheet in sheets]
    raise SourceError("no_control_sheet", file=file.name, sheets=names, ending=ENDING)


def _expected(against: Path) -> tuple[set[str], Control | None]:
    """Return the checksums of files that are as they were, and what to compare others with."""
    if against.name == RECORD:
        return set(_recorded(against).values()), None
    if against.name.endswith(ENDING):
        control = read_control(against)
        return set(control.files.values()), control
    return {hashlib.sha256(_read(against)).hexdigest()}, control_of(against)


def _recorded(record: Path) -> dict[str, str]:
    try:
        files: dict[str, str] = json.loads(record.read_text(encoding="utf-8"))["files"]
    except (KeyError, ValueError) as error:
        raise SourceError("run_record_broken", record=record.name, error=error) from None
    return files
