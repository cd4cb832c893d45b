"""What an association is asked on its form: what is written, and what is read back."""

from dataclasses import dataclass
from typing import Literal

MOST = 12
"""Cells to fill in."""
SHEET, KEYS = "Svar", "nyckel"
"""The sheet that is filled in, and the hidden one that says whose it is and what each row asks."""
FIRST = 5
"""Row of the first question, counted as a spreadsheet does."""


@dataclass(frozen=True)
class Question:
    """One cell: a number or a count within limits, yes or no, one of its areas, or a few words."""

    name: str
    kind: Literal["number", "count", "yes", "area", "words"]
    low: float = 0.0
    high: float = 0.0


QUESTIONS = (
    Question("people", "count", 0, 500),
    Question("evenings", "number", 0, 14),
    Question("hours", "number", 0.5, 12),
    Question("support", "yes"),
    Question("hubs", "area"),
    Question("local", "words", high=80),
    Question("locked", "count", 0, 10),
    Question("no_go", "area"),
)
"""Asked of every association; the rest of `MOST` are areas where the figures do not suffice."""
JUDGED = "area:"
"""What the key of a question about an area begins with; its code follows."""


def question_of(key: str) -> Question | None:
    """Return what a row asks; None of a key that no form has."""
    if key.startswith(JUDGED):
        return Question(key, "yes")
    return next((one for one in QUESTIONS if one.name == key), None)
