"""Where one was, beside where the figures said that one should be."""

import pandas as pd

from geoprio.proof.answer import Part
from geoprio.scores.verdicts import FULL, SURE_ENOUGH
from geoprio.words import Language, text

NAMED = 30
"""So many places of a kind are named at most."""


def attendance(verdict: pd.Series, contacted: pd.Series) -> dict[str, pd.Index]:
    """Return the areas by kind: `absent`, `beside` and `untold`.

    Parameters
    ----------
    verdict
        By `area_code`; areas without one are in no list.
    contacted
        Persons contacted, by `area_code`; NaN, or no row, where nobody tells: that is not none.

    Returns
    -------
    areas
        `absent`: told "Satsa fullt", and nobody was contacted there; `beside`: worked though the
        figures do not support it; `untold`: told "Satsa fullt", and nobody says.
    """
    told, full = contacted.reindex(verdict.index), verdict == FULL
    sure = verdict.isna() | verdict.isin(SURE_ENOUGH)
    found = {
        "absent": full & (told == 0),
        "beside": ~sure & (told > 0),
        "untold": full & told.isna(),
    }
    return {name: verdict.index[one] for name, one in found.items()}


def attendance_part(
    verdict: pd.Series, contacted: pd.Series, names: pd.Series, language: Language
) -> Part:
    """Return what is said of where one was; `names` are by `area_code`."""
    lines = []
    for kind, codes in attendance(verdict, contacted).items():
        places = sorted(names.reindex(codes).dropna().astype(str))
        more = text("attendance_more", language, count=len(places) - NAMED)
        listed = ", ".join(places[:NAMED]) + (more if len(places) > NAMED else "")
        key = f"attendance_{kind}" if places else f"attendance_{kind}_none"
        lines.append(text(key, language, count=len(places), places=listed))
    return Part(text("attendance_heading", language), lines)
