"""Which levels and layers the leadership's map has; columns are drawn, never computed."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geoprio.config import Group, Profile
from geoprio.outputs.maps.layers import MapLayer, MapLevel
from geoprio.texts import Language, text

TURNOUT, RED_GREEN = "turnout_share", "red_green_share"


def leadership_level(
    area_set: str,
    areas: gpd.GeoDataFrame,
    scores: Mapping[str, pd.DataFrame],
    figures: pd.DataFrame,
    *,
    reason: pd.Series,
) -> MapLevel:
    """Return one set of areas with its scores, group shares, election figures and reasons.

    Parameters
    ----------
    area_set
        Name of the set; its title is the words before the year.
    areas
        AREAS with `municipality_name` and `association`.
    scores
        By channel: `score`, `rank` and `level` (in words) by area. The first is the main one.
    figures
        `<group>_share` with its interval, turnout and red-green share by area.
    reason
        The main channel's reason by area.
    """
    values = figures.copy()
    for channel, frame in scores.items():
        values[f"score_{channel}"] = frame["score"]
        values[f"rank_{channel}"] = frame["rank"]
    main = next(iter(scores.values()))
    words = {"level": main["level"], "reason": reason, "association": areas["association"]}
    values = values.assign(**{key: column.fillna("") for key, column in words.items()})
    return MapLevel(key=area_set, title=set_title(area_set), areas=areas, values=values)


def set_title(area_set: str) -> str:
    """Return the words that people use for an area set."""
    kind = area_set.split("_")[0]
    return {"deso": "DeSO", "regso": "RegSO"}.get(kind, kind.capitalize())


def leadership_layers(
    profiles: Mapping[str, Profile],
    groups: Mapping[str, Group],
    notes: Mapping[str, str],
    *,
    estimated: frozenset[str],
    language: Language,
) -> list[MapLayer]:
    """Return the layers: a score for each profile, a share for each group, turnout, red-green.

    Parameters
    ----------
    notes
        Method, year and source in words, by profile, group or indicator.
    estimated
        Groups whose figures are estimates in some area.
    """
    layers = [
        MapLayer(
            key=channel,
            column=f"score_{channel}",
            title=_in(profile.label, language),
            question=_in(profile.question, language),
            kind="score",
            note=notes[channel],
        )
        for channel, profile in profiles.items()
    ]
    layers += [
        MapLayer(
            key=name,
            column=f"{name}_share",
            title=_in(group.label, language),
            question=text("question_group", language).format(group=_in(group.label, language)),
            kind="share",
            note=notes[name],
            low_column=f"{name}_low_share" if name in estimated else None,
            high_column=f"{name}_high_share" if name in estimated else None,
            estimate=name in estimated,
        )
        for name, group in groups.items()
    ]
    for column in (TURNOUT, RED_GREEN):
        layers.append(
            MapLayer(
                key=column,
                column=column,
                title=text(f"title_{column}", language),
                question=text(f"question_{column}", language),
                kind="share",
                note=notes[column],
                section="election",
            )
        )
    return layers


def _in(words: object, language: Language) -> str:
    return str(getattr(words, language))
