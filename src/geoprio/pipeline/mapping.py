"""What the maps of a run are made of: the leadership's, and one for each association."""

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from geoprio.groups import count_intervals, for_election, share_intervals, shown_by_group
from geoprio.outputs.maps.layers import MapLayer, MapLevel, MapPage
from geoprio.outputs.maps.leadership import figure_layers, score_layers, score_level
from geoprio.outputs.maps.own_layers import own_layers
from geoprio.outputs.maps.payload import layer_limits
from geoprio.outputs.names import safe_names
from geoprio.pipeline.locate import MAILING, Located
from geoprio.pipeline.organising import quadrant_labels, quadrant_places, quadrant_words
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.overlap import overlap_lines, overlap_origin
from geoprio.pipeline.words import basis_line, credit, layer_notes, publishers
from geoprio.scoring import answer_labels, answer_meanings
from geoprio.texts import Language, text

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


def association_maps(outcome: Outcome, scores: list[dict[str, pd.DataFrame]]) -> dict[str, Content]:
    """Return by file name what each association's map is made of: its own areas alone.

    Scores with reasons that name neither origin nor union, turnout and red-green share; no group,
    no criterion, nothing of any other association.
    """
    plans, language = outcome.plans, outcome.plans.language
    profiles = {name: plans.profiles[name] for name in scores[0]}
    everywhere = [
        _open_level(outcome, level, scored)
        for level, scored in zip(outcome.levels, scores, strict=True)
    ]
    scored, notes = everywhere[0].values, everywhere[0].notes
    layers = [
        # The same classes in every edition, so that maps can be laid side by side.
        replace(layer, limits=layer_limits(layer, scored))
        for layer in [
            *score_layers(profiles, scored, notes, language=language),
            *figure_layers({}, scored, notes, language=language),
        ]
    ]
    names = outcome.levels[0].areas["association"].dropna()
    contents = {}
    for name, file in safe_names(names).items():
        own = [_own(level, name) for level in everywhere]
        kept = [level for level in own if len(level.areas)]
        page = replace(
            _page(outcome),
            title=text("map_title_association", language).format(association=name),
            audience="forening",
            association=name,
            sources=(publishers(outcome.gathered.loaded),),
            online_base=None,
            notices=(text("about_areas", language),),
        )
        contents[file] = (kept, layers, page)
    return contents


def _own(level: MapLevel, association: str) -> MapLevel:
    own = level.areas["association"] == association
    return replace(level, areas=level.areas[own], values=level.values[own])


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
