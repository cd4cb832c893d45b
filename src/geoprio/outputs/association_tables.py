"""What an association is given of its own areas: sheets of a workbook, in words for members."""

import pandas as pd

from geoprio.outputs.tables import PLACE, Table, header
from geoprio.texts import Language

_CHANNEL = ["rank", "answer", "score", "level", "action", "public_reason"]
_FACTS = ["population_count", "households_count", "electors_count"]
_SHARES = ["turnout_share", "red_green_share"]


def channel_table(places: pd.DataFrame, scores: pd.DataFrame, *, language: Language) -> Table:
    """Return one channel's areas, best first: rank in the whole county, score, level, why.

    Parameters
    ----------
    places
        `area_name`, `municipality_name` and `association` of the association's own areas.
    scores
        `rank`, `score`, and in words `level`, `action`, `public_reason` and, where it is known how
        sure the ranking is, `answer`, by area.
    """
    shown = scores.loc[places.index, [name for name in _CHANNEL if name in scores]]
    shown = shown.assign(score=shown["score"].round(1))
    table = pd.concat([places[PLACE], shown], axis=1).rename_axis("area_code")
    ordered = table.sort_index().sort_values("rank", kind="stable", na_position="last")
    return _headed(ordered, language)


def facts_table(places: pd.DataFrame, figures: pd.DataFrame, *, language: Language) -> Table:
    """Return official figures of the association's own areas, by name.

    Parameters
    ----------
    figures
        Residents, households, electors, turnout and red-green share by area, as far as known.
    """
    own = figures.loc[places.index]
    counts = own[[name for name in _FACTS if name in own]].round()
    shares = (100 * own[[name for name in _SHARES if name in own]]).round(1)
    table = pd.concat([places[PLACE], counts, shares], axis=1).rename_axis("area_code")
    return _headed(table.sort_values("area_name", kind="stable"), language)


def waves_table(places: pd.DataFrame, plan: pd.DataFrame, *, language: Language) -> Table:
    """Return the association's own areas that the mailing goes to, and in which wave."""
    own = plan[plan.index.isin(places.index)]
    shown = own[["wave", "households_count"]].assign(
        households_count=lambda frame: frame["households_count"].round()
    )
    table = pd.concat([places.loc[own.index, PLACE], shown], axis=1).rename_axis("area_code")
    return _headed(table.sort_values(["wave", "area_name"], kind="stable"), language)


def _headed(frame: pd.DataFrame, language: Language) -> Table:
    return Table(frame, {key: header(key, language) for key in ["area_code", *frame]})
