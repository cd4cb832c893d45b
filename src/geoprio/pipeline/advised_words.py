"""What areas are told besides their scores, as files and people get it."""

from typing import Any

import pandas as pd

from geoprio.outputs.tables import Table, header
from geoprio.pipeline.outcome import Outcome
from geoprio.scoring import unknown_words
from geoprio.texts import text

SHOWN = [
    *("opening_line", "local_line", "conversation_relative", "krona_relative"),
    *("type", "type_certainty", "cluster"),
]


def advice_columns(outcome: Outcome, area_set: str) -> Table:
    """Return the columns of advice that a ranking shows, by area."""
    language, advice = outcome.plans.language, outcome.advised[area_set].table
    shown = advice[SHOWN].copy()
    relative = ["conversation_relative", "krona_relative"]
    shown[relative] = shown[relative].round(2)
    shown["type_certainty"] = (100 * shown["type_certainty"].astype(float)).round()
    shown["type"] = shown["type"].astype(object).fillna("")
    told = [name for name in SHOWN if name != "local_line" or (shown[name] != "").any()]
    return Table(shown[told], {name: header(name, language) for name in told})


def told_of_advice(outcome: Outcome) -> list[str]:
    """Return in how many areas a yield is unknown, and why, and which traits no type rests on."""
    language, told = outcome.plans.language, []
    for area_set, advised in outcome.advised.items():
        told += [
            text("told_yield", language).format(area_set=area_set, what=words)
            for words in unknown_words(advised.yields["unknown"], language)
        ]
    return told


def advice_record(outcome: Outcome) -> dict[str, Any]:
    """Return what the advice rests on, and how the areas of each set come out."""
    campaign = outcome.plans.campaign
    return {
        "effects": campaign.effects,
        "typology": campaign.typology,
        "messages": sorted(outcome.guides.messages),
        "area_sets": {
            area_set: {
                "yield_unknown": _counts(advised.yields["unknown"]),
                "openings": _counts(advised.openings["message"]),
                "types": _counts(advised.types.areas["type"].dropna()),
                "traits_unused": list(advised.types.unused),
            }
            for area_set, advised in outcome.advised.items()
        },
    }


def _counts(values: pd.Series) -> dict[str, int]:
    told = values[values != ""]
    return {str(name): int(count) for name, count in told.value_counts().sort_index().items()}
