"""The organising lists of the scored set, and each association's need beside its capacity."""

import numpy as np
import pandas as pd

from geoprio.areas import shared_borders
from geoprio.files.table import Table, header
from geoprio.runs import Outcome
from geoprio.scores import need_and_capacity, new_associations, support_list
from geoprio.words import Language, text

ORGANISE = "organise"
"""Name of the profile whose ranking the first list goes down."""
QUADRANTS = ("low_low", "low_high", "high_high", "high_low")
"""Need and capacity, the least urgent first."""
COLUMNS = ["list", "order", "area_name", "municipality_name", "association", "status"]


def organising_table(outcome: Outcome, places: pd.DataFrame) -> Table:
    """Return the three lists, one below the other (METHOD 4).

    *Tidig lokal organisering*: the areas first in the organising channel, whether or not anyone has
    asked; none where members and activity are unknown. *Stöd till föreningar*: associations whose
    areas vote red-green, those that have asked first. *Ny förening?*: contiguous areas with many
    target persons and no active association.

    Parameters
    ----------
    places
        `area_name`, `municipality_name`, `association` of the scored set.
    """
    language = outcome.plans.language
    parts = [_early(outcome, places), _support(outcome), _new(outcome, places)]
    table = pd.concat(parts).reindex(columns=[*COLUMNS, "target_persons_count"])
    table["list"] = table["list"].map(lambda key: text(f"list_{key}", language))
    table["status"] = table["status"].map(lambda key: text(f"status_{key}", language))
    table = table.astype({"order": float}).rename_axis("area_code")
    headings = {name: header(name, language) for name in ["area_code", *table]}
    texts = ["area_name", "municipality_name", "association"]
    table[texts] = table[texts].astype(object).fillna("")
    return Table(table, headings)


def quadrants_table(outcome: Outcome) -> Table:
    """Return each association's need beside its capacity, in words; never a figure of members."""
    language, frame = outcome.plans.language, quadrants(outcome)
    table = pd.DataFrame(
        {
            "need": frame["need"].map(lambda key: text(key, language)),
            "capacity": frame["capacity"].map(lambda key: text(f"capacity_{key}", language)),
            "quadrant": quadrant_words(outcome),
        }
    ).rename_axis("association")
    return Table(table, {name: header(name, language) for name in ["association", *table]})


def quadrants(outcome: Outcome) -> pd.DataFrame:
    """Return `need_and_capacity` of the scored set's associations."""
    level = outcome.levels[0]
    return need_and_capacity(
        level.areas["association"],
        level.indicators["target_persons_count"],
        level.indicators["active_per_1000"],
    )


def quadrant_words(outcome: Outcome) -> pd.Series:
    """Return what an association's need and capacity call for, in words."""
    language = outcome.plans.language
    return quadrants(outcome)["quadrant"].map(lambda key: text(f"quadrant_{key}", language))


def quadrant_places(outcome: Outcome) -> pd.Series:
    """Return each association's place among `quadrant_labels`, 1 first; NaN where unknown."""
    places = {name: float(place) for place, name in enumerate(QUADRANTS, start=1)}
    return quadrants(outcome)["quadrant"].map(places)


def quadrant_labels(language: Language) -> tuple[str, ...]:
    """Return the quadrants in a few words, the one that others should help last."""
    return tuple(text(f"quadrant_{name}", language).split(":")[0] for name in QUADRANTS)


def told_of_organising(outcome: Outcome) -> list[str]:
    """Return what people must be told of the lists."""
    plans = outcome.plans
    unknown = (
        ORGANISE in plans.profiles and outcome.levels[0].scores[ORGANISE]["score"].isna().all()
    )
    return [text("told_no_early", plans.language)] if unknown else []


def _early(outcome: Outcome, places: pd.DataFrame) -> pd.DataFrame:
    if ORGANISE not in outcome.plans.profiles:
        return places.iloc[:0].assign(list="early", order=np.nan, status="early")
    level = outcome.levels[0]
    rank, persons = level.scores[ORGANISE]["rank"], level.indicators["target_persons_count"]
    rank = rank.dropna().sort_index()
    first = rank[rank <= outcome.plans.campaign.top_k].sort_values(kind="stable")
    return places.loc[first.index, ["area_name", "municipality_name", "association"]].assign(
        list="early",
        order=first,
        status="early",
        target_persons_count=persons.reindex(first.index).round(),
    )


def _support(outcome: Outcome) -> pd.DataFrame:
    level, capacity = outcome.levels[0], outcome.plans.capacity
    asked = capacity.get("asked", pd.Series(np.nan, capacity.index))
    found = support_list(
        level.areas["association"],
        level.indicators["red_green_share"],
        level.votes["electors_count"],
        asked,
    )
    return pd.DataFrame(
        {
            "list": "support",
            "order": np.arange(1.0, len(found) + 1),
            "association": found.index,
            "status": found["status"].to_numpy(),
        },
        index=[""] * len(found),
    )


def _new(outcome: Outcome, places: pd.DataFrame) -> pd.DataFrame:
    level = outcome.levels[0]
    # An association without a figure is not idle: it is unknown.
    idle = level.areas["association"].isna() | (level.indicators["active_per_1000"] == 0)
    found = new_associations(
        idle, level.indicators["target_persons_count"], shared_borders(level.areas)
    )
    return places.loc[found.index, ["area_name", "municipality_name", "association"]].assign(
        list="new",
        order=found["place"],
        status="new",
        target_persons_count=found["target_persons_count"].round(),
    )
