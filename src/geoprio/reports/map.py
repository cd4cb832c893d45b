"""What the maps of a run are made of: the leadership's, and one for each association."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import pandas as pd

from geoprio.config import Group, Profile
from geoprio.files.maps import MapLayer, MapLevel, MapPage, own_layers
from geoprio.files.maps.layers import MapCriterion, MapCut, MapScenario, Section
from geoprio.files.names import safe_names
from geoprio.groups import count_intervals, for_election, share_intervals, shown_by_group
from geoprio.reports.county import overlap_lines, overlap_origin
from geoprio.reports.lists import quadrant_labels, quadrant_places, quadrant_words
from geoprio.reports.notes import basis_line, credit, layer_notes, publishers
from geoprio.runs import Outcome
from geoprio.scores import Located, answer_labels, answer_meanings
from geoprio.scores.levels import MAILING
from geoprio.words import Language, text

# Which levels and layers the leadership's map has; columns are drawn, never computed.


TURNOUT, RED_GREEN, LEADERSHIP_ANY = "turnout_share", "red_green_share", "at_least_one_share"
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
    sections: dict[str, Section] = {
        LEADERSHIP_ANY: "groups",
        TURNOUT: "election",
        RED_GREEN: "election",
    }
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


ANY = ["at_least_one_share", "at_least_one_low_share", "at_least_one_high_share"]
ELECTION = ["turnout_share", "red_green_share"]
ADVICE = ["opening_line", "local_line", "type", "cluster", "yield_words"]
WATER = "vatten_"
"""What the name of a set of areas that is water begins with; its year follows."""
QUADRANT = "quadrant_place"
OPEN = ["opening_line", "local_line", "type"]
"""What an association is told besides its scores."""

Content = tuple[list[MapLevel], list[MapLayer], MapPage]


def leadership_map(outcome: Outcome, scores: list[dict[str, pd.DataFrame]]) -> Content:
    """Return the levels, layers and page of the leadership's map.

    Parameters
    ----------
    scores
        By area set, the scored one first, and by channel: SCORES with `level`, `action`, `reason`
        and `answer` in words, of channels that are known.
    """
    plans, language = outcome.plans, outcome.plans.language
    profiles = {name: plans.profiles[name] for name in scores[0]}
    notes = [_notes(outcome, level) for level in outcome.levels]
    levels = [
        score_level(
            level.area_set,
            _places(outcome, level),
            _with_points(outcome, level, scored),
            _parts(outcome, level),
            notes=note,
        )
        for level, scored, note in zip(outcome.levels, scores, notes, strict=True)
    ]
    if outcome.overview is not None:
        levels.append(_overview(outcome, outcome.overview, list(profiles)))
    values = levels[0].values
    layers = [
        *score_layers(profiles, values, notes[0], language=language),
        *_quadrant_layer(outcome),
        *figure_layers(plans.groups, values, notes[0], language=language),
        *own_layers(language),
    ]
    return levels, layers, _page(outcome)


def association_maps(
    outcome: Outcome, scores: list[dict[str, pd.DataFrame]]
) -> tuple[list[MapLevel], list[MapLayer], dict[str, MapPage]]:
    """Return what the associations' maps are cut from, and each one's page by file name.

    Scores with reasons that name neither origin nor union, turnout and red-green share; no group
    and no criterion. `build_maps` gives each page its own areas alone.
    """
    plans, language = outcome.plans, outcome.plans.language
    profiles = {name: plans.profiles[name] for name in scores[0]}
    levels = [
        _open_level(outcome, level, scored)
        for level, scored in zip(outcome.levels, scores, strict=True)
    ]
    scored, notes = levels[0].values, levels[0].notes
    layers = [
        *score_layers(profiles, scored, notes, language=language),
        *figure_layers({}, scored, notes, language=language),
    ]
    common = replace(
        _page(outcome),
        audience="forening",
        sources=(publishers(outcome.gathered.loaded),),
        online_base=None,
        notices=(text("about_areas", language),),
    )
    title = text("map_title_association", language)
    pages = {
        file: replace(common, title=title.format(association=name), association=name)
        for name, file in safe_names(outcome.levels[0].areas["association"].dropna()).items()
    }
    return levels, layers, pages


def _open_level(outcome: Outcome, level: Located, scored: Mapping[str, pd.DataFrame]) -> MapLevel:
    advised = outcome.advised[level.area_set]
    told = {
        channel: frame[["score", "rank", *(set(frame) & {"p_top"}), "level", "action"]].assign(
            public_reason=advised.public_reasons[channel],
            **{name: frame[name] for name in ["answer"] if name in frame},
        )
        for channel, frame in scored.items()
    }
    parts = [level.indicators[ELECTION], advised.table[OPEN].astype(object).fillna("")]
    whole = score_level(
        level.area_set, _places(outcome, level), told, parts, notes=_notes(outcome, level)
    )
    return replace(
        whole, ranked={name: int(frame["rank"].notna().sum()) for name, frame in told.items()}
    )


def _with_points(
    outcome: Outcome, level: Located, scored: Mapping[str, pd.DataFrame]
) -> dict[str, pd.DataFrame]:
    shown = ["score", "rank", "p_top", "rank_low", "rank_high", "level", "action", "reason"]
    points = outcome.judged[level.area_set].points
    return {
        channel: pd.concat(
            [
                frame[[name for name in [*shown, "answer"] if name in frame]],
                points[channel].add_prefix("points_") if channel in points else frame[[]],
            ],
            axis=1,
        )
        for channel, frame in scored.items()
    }


def _overview(outcome: Outcome, level: Located, channels: list[str]) -> MapLevel:
    """Return the municipalities: ranked, with their figures, and without a word of what to do."""
    reasons = {channel: level.reasons[channel].rename("reason") for channel in channels}
    scores = {
        channel: level.scores[channel][["score", "rank"]].join(reasons[channel])
        for channel in channels
    }
    # Several associations may share one.
    areas = _places(outcome, level).drop(columns="association")
    parts = _figures(outcome, level)
    return replace(
        score_level(
            level.area_set,
            areas,
            _with_points(outcome, level, scores),
            [*parts, _own_figures(level, parts, outcome.plans.language)],
            notes=_notes(outcome, level),
        ),
        overview=True,
    )


def _quadrant_layer(outcome: Outcome) -> list[MapLayer]:
    """Return need beside capacity as a layer, where the capacity of any association is known."""
    language = outcome.plans.language
    if quadrant_places(outcome).isna().all():
        return []
    layer = MapLayer(
        key="quadrant",
        column=QUADRANT,
        title=text("sheet_quadrants", language),
        question=text("question_quadrant", language),
        kind="class",
        note=text("note_quadrant", language),
        section="priority",
        labels=quadrant_labels(language),
    )
    return [layer]


def _figures(outcome: Outcome, level: Located) -> list[pd.DataFrame]:
    ranked = for_election(level.printed, outcome.plans.campaign.election.basis)
    # Of the overview's areas no association is said, nor is its quadrant.
    home = level.areas["association"]
    if level is outcome.overview:
        home = pd.Series(index=home.index, dtype=object)
    return [
        share_intervals(ranked),
        shown_by_group(ranked),
        count_intervals(ranked),
        level.indicators[[*ANY, *ELECTION]],
        home.map(quadrant_places(outcome)).astype(float).rename(QUADRANT).to_frame(),
    ]


def _parts(outcome: Outcome, level: Located) -> list[pd.DataFrame]:
    advice = outcome.advised[level.area_set].table[ADVICE].astype(object).fillna("")
    parts = [*_figures(outcome, level), advice]
    if level is outcome.levels[0]:
        quadrant = level.areas["association"].map(quadrant_words(outcome))
        quadrant = quadrant.astype(object).fillna("")
        plan = outcome.mailing.reindex(level.areas.index)
        parts += [
            quadrant.rename("quadrant").to_frame(),
            plan[["wave", "households_count", "target_count"]],
        ]
    return [*parts, _own_figures(level, parts, outcome.plans.language)]


def _own_figures(level: Located, parts: list[pd.DataFrame], language: Language) -> pd.DataFrame:
    """Return the indicators that layers of the user's own show, beside those of every map."""
    named = [name for layer in own_layers(language) for name in layer.columns.values()]
    known = level.indicators.columns.difference([name for part in parts for name in part])
    return level.indicators[[name for name in dict.fromkeys(named) if name in known]]


def _places(outcome: Outcome, level: Located) -> gpd.GeoDataFrame:
    names = outcome.gathered.municipality_names
    return level.areas.assign(municipality_name=level.areas["municipality_code"].map(names))


def _notes(outcome: Outcome, level: Located) -> dict[str, str]:
    plans, language = outcome.plans, outcome.plans.language
    known = {
        name: profile
        for name, profile in plans.profiles.items()
        if level.scores[name]["score"].notna().any()
    }
    any_of = text("note_at_least_one_share", language).format(origin=overlap_origin(outcome))
    notes = layer_notes(plans, known, level, language=language)
    return notes | {"at_least_one_share": any_of}


def _page(outcome: Outcome) -> MapPage:
    plans, gathered = outcome.plans, outcome.gathered
    language, campaign = plans.language, plans.campaign
    example = campaign.associations_note
    labels = answer_labels(language)
    meanings = answer_meanings(campaign.uncertainty, top_k=campaign.top_k, language=language)
    return MapPage(
        title=text("map_title", language).format(title=campaign.title),
        subtitle=basis_line(campaign, language),
        language=language,
        audience="valledning",
        few=text("fewer_than", language).format(number=campaign.minimum_count),
        sources=tuple(credit(item) for item in gathered.loaded),
        demo_mark=outcome.mark,
        notices=(
            text("about_areas", language),
            *([example.model_dump()[language]] if example else []),
            *overlap_lines(outcome),
            *outcome.warnings,
        ),
        outline=gathered.atlas.sets["kommun"].rename(columns={"area_name": "municipality_name"}),
        planned=MAILING if outcome.mailing["wave"].notna().any() else "",
        water=_water(outcome),
        online_base=campaign.map.online_base,
        answers={labels[answer]: meanings[answer] for answer in labels},
    )


def _water(outcome: Outcome) -> gpd.GeoSeries | None:
    sets = outcome.gathered.atlas.sets
    water = next((areas for name, areas in sets.items() if name.startswith(WATER)), None)
    return None if water is None else water.geometry
