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
    notes: Mapping[str, str],
) -> MapLevel:
    """Return one set of areas with its scores, group shares, election figures and reasons.

    Parameters
    ----------
    area_set
        Name of the set; the page has words for it.
    areas
        AREAS with `municipality_name` and `association`.
    scores
        By channel: `score`, `rank`, and in words `level`, `action` and `reason` by area. The
        first is the main one; only its words are shown.
    figures
        `<group>_share` with its interval and `<group>_shown`, turnout and red-green share by area.
        The interval's ends are NaN where the share is published.
    notes
        Method, year and source in words on this set, by layer key.
    """
    values = figures.copy()
    for channel, frame in scores.items():
        values[f"score_{channel}"] = frame["score"]
        values[f"rank_{channel}"] = frame["rank"]
    main = next(iter(scores.values()))
    words = {
        "level": main["level"],
        "action": main["action"],
        "reason": main["reason"],
        "association": areas["association"],
    }
    values = values.assign(**{key: column.fillna("") for key, column in words.items()})
    return MapLevel(key=area_set, title="", areas=areas, values=values, notes=notes)


def leadership_layers(
    profiles: Mapping[str, Profile],
    groups: Mapping[str, Group],
    notes: Mapping[str, str],
    *,
    language: Language,
) -> list[MapLayer]:
    """Return the layers: a score for each profile, a share for each group, turnout, red-green.

    Parameters
    ----------
    notes
        Method, year and source in words, by profile, group or indicator.
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
            question=_in(group.question, language),
            kind="share",
            note=notes[name],
            low_column=f"{name}_low_share",
            high_column=f"{name}_high_share",
            shown_column=f"{name}_shown",
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
