"""Which levels and layers the leadership's map has; columns are drawn, never computed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geoprio.config import Group, Profile
from geoprio.outputs.maps.layers import (
    MapCriterion,
    MapCut,
    MapLayer,
    MapLevel,
    MapScenario,
    Section,
)
from geoprio.texts import Language, text

TURNOUT, RED_GREEN, ANY = "turnout_share", "red_green_share", "at_least_one_share"
SCORE_WORDS = ("level", "action", "reason", "public_reason", "answer")
SURE = ("p_top", "rank_low", "rank_high")


def score_level(
    area_set: str,
    areas: gpd.GeoDataFrame,
    scores: Mapping[str, pd.DataFrame],
    parts: Sequence[pd.DataFrame],
    *,
    notes: Mapping[str, str],
) -> MapLevel:
    """Return one set of areas with its scores and whatever else is shown of it.

    Parameters
    ----------
    area_set
        Name of the set; the page has words for it.
    areas
        AREAS with `municipality_name` and `association`.
    scores
        By channel: `score`, `rank`, how sure it is (`SURE`), its criteria in points
        (`points_<criterion>`), and in words `SCORE_WORDS`, by area; what is not known is not there.
    parts
        Further columns by area: shares with their interval and `<group>_shown`, advice, a plan.
    notes
        Method, year and source in words on this set, by layer key.
    """
    own = [
        _texts(frame).set_axis([_of_channel(str(name), channel) for name in frame], axis=1)
        for channel, frame in scores.items()
    ]
    values = pd.concat([*own, *parts], axis=1)
    if "association" in areas:
        values = values.assign(association=areas["association"].astype(object).fillna(""))
    return MapLevel(key=area_set, title="", areas=areas, values=values, notes=notes)


def score_layers(
    profiles: Mapping[str, Profile],
    values: pd.DataFrame,
    notes: Mapping[str, str],
    *,
    language: Language,
) -> list[MapLayer]:
    """Return a layer for each channel's score, with what the level's values hold of it."""
    return [
        MapLayer(
            key=channel,
            column=f"score_{channel}",
            title=_in(profile.label, language),
            question=_in(profile.question, language),
            kind="score",
            note=notes[channel],
            words=_there(SCORE_WORDS, channel, values),
            sure=_there(SURE, channel, values),
            **_weights(channel, profile, values, language=language),
        )
        for channel, profile in profiles.items()
    ]


def figure_layers(
    groups: Mapping[str, Group],
    values: pd.DataFrame,
    notes: Mapping[str, str],
    *,
    language: Language,
) -> list[MapLayer]:
    """Return a share and a number for each group, at least one of them, turnout, red-green."""
    layers = []
    for name, group in groups.items():
        share = _group_layer(name, group, notes, language)
        layers += [share, *_count_layer(name, share, values, language)]
    sections: dict[str, Section] = {ANY: "groups", TURNOUT: "election", RED_GREEN: "election"}
    for column, section in sections.items():
        if column in values:
            low, high = (column.replace("_share", f"_{end}_share") for end in ("low", "high"))
            bounded = {low, high} <= set(values)
            layers.append(
                MapLayer(
                    key=column,
                    column=column,
                    title=text(f"title_{column}", language),
                    question=text(f"question_{column}", language),
                    kind="share",
                    note=notes[column],
                    low_column=low if bounded else None,
                    high_column=high if bounded else None,
                    section=section,
                )
            )
    return layers


def _group_layer(name: str, group: Group, notes: Mapping[str, str], language: Language) -> MapLayer:
    return MapLayer(
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


def _count_layer(
    name: str, share: MapLayer, values: pd.DataFrame, language: Language
) -> list[MapLayer]:
    """Return the group's number of persons as a layer, where the values hold it."""
    if f"{name}_count" not in values:
        return []
    count = replace(
        share,
        key=f"{name}_count",
        column=f"{name}_count",
        title=text("title_count", language).format(group=share.title),
        kind="count",
        low_column=f"{name}_low",
        high_column=f"{name}_high",
    )
    return [count]


def _weights(
    channel: str, profile: Profile, values: pd.DataFrame, *, language: Language
) -> dict[str, Any]:
    """Return what other weights are tried with; nothing where the score is no weighted mean."""
    columns = [f"points_{channel}_{item.indicator}" for item in profile.criteria]
    if profile.aggregate != "arithmetic" or not set(columns) <= set(values):
        return {}
    return {
        "criteria": tuple(
            MapCriterion(item.indicator, _in(item.label, language), column, item.weight)
            for item, column in zip(profile.criteria, columns, strict=True)
        ),
        "cuts": tuple(
            MapCut(cut.from_percentile, _in(cut.label, language), _in(cut.actions, language))
            for cut in profile.levels
        ),
        "scenarios": tuple(
            MapScenario(_in(one.label, language), profile.weights(one)) for one in profile.scenarios
        ),
    }


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    words = [name for name in SCORE_WORDS if name in frame]
    return frame.assign(**{name: frame[name].astype(object).fillna("") for name in words})


def _of_channel(name: str, channel: str) -> str:
    kind, _, rest = name.partition("_")
    return f"points_{channel}_{rest}" if kind == "points" else f"{name}_{channel}"


def _there(roles: Sequence[str], channel: str, values: pd.DataFrame) -> dict[str, str]:
    found = {role: f"{role}_{channel}" for role in roles if f"{role}_{channel}" in values}
    # A page has one reason: the public one where its readers have no other.
    return {role.removeprefix("public_"): column for role, column in found.items()}


def _in(words: object, language: Language) -> str:
    return str(getattr(words, language))
