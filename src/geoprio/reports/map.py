"""The maps of a run: the leadership's, and one for each association."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config import MAILING, Group, Profile
from geoprio.files.folder import safe_names
from geoprio.files.maps import (
    MapLayer,
    MapLevel,
    MapPage,
    build_map,
    open_map,
    own_layers,
)
from geoprio.files.maps.layers import MapCriterion, MapScenario, MapWork, Section
from geoprio.files.maps.underlay import Underlay
from geoprio.groups import count_intervals, share_intervals, shown_by_group
from geoprio.reports.edition_page import edition_weeks, plan_words
from geoprio.reports.headline import association_headline, budget_words, headline
from geoprio.reports.lists import (
    goal_words,
    own_best,
    quadrant_labels,
    quadrant_places,
    quadrant_words,
    scores_in_words,
)
from geoprio.reports.majorities import STATUSES, Assembly, assemblies
from geoprio.runs import GROUND_FRAME, Level, Run
from geoprio.runs.notes import basis_line, credit, publishers
from geoprio.scores import verdict_labels, verdict_meanings
from geoprio.words import Language, set_name, text, whole

ANY = ["precision_share", "at_least_one_share", "at_least_one_low_share", "at_least_one_high_share"]
ELECTION = ["turnout_share", "red_green_share"]
KNOWN_SOMEWHERE = ["first_time_share", "region_drop_off_share", "drop_off_share"]
"""Known only where a source counts them: no layer stands empty."""
ADVICE = ["opening_line", "local_line", "type", "cluster", "conversation_words"]
QUADRANT = "quadrant_place"
MAJORITY, SPLIT = "majority_place", "split_share"
PARTED = ["region_place", "riksdag_place"]
"""Of constituencies, as `MAJORITY` of municipalities."""
OPEN = ["opening_line", "local_line", "type"]
"""What an association is told besides its scores."""
SECTIONS: dict[str, Section] = {
    "precision_share": "groups",
    "at_least_one_share": "groups",
    "turnout_share": "election",
    "red_green_share": "election",
    **dict.fromkeys(KNOWN_SOMEWHERE, "election"),
}
"""Layers that are no group's and no score's, and the heading that each is chosen under."""
SCORE_WORDS = ("verdict", "action", "reason", "public_reason", "depends")
SURE = ("p_top", "rank_low", "rank_high")
EVENING_HOURS = 2
"""That a pair is out at the doors of an evening."""
_SAID = ("score", "rank", *SCORE_WORDS, *SURE)


def _level(
    level: Level, scores: Mapping[str, pd.DataFrame], parts: Sequence[pd.DataFrame]
) -> MapLevel:
    """Return one set of areas with its scores and whatever else is shown of it.

    `scores` has by channel what is known of `score`, `rank`, `SURE`, `SCORE_WORDS` and criteria in
    points; `parts` are further columns.
    """
    own = [
        _texts(frame).rename(columns={name: f"{name}_{channel}" for name in _SAID})
        for channel, frame in scores.items()
    ]
    values = pd.concat([*own, *parts], axis=1)
    areas, notes = level.places, level.run.record["notes"][level.area_set]
    if "association" in areas:
        values = values.assign(association=areas["association"].astype(object).fillna(""))
    electors = _electors(level)
    return MapLevel(level.area_set, "", areas, values, notes, electors=electors, first=level.top_k)


def _electors(level: Level) -> pd.Series:
    """Return the electors of each area; a municipality's are those of its areas."""
    run = level.run
    if level.area_set in run.levels:
        return level.votes["electors_count"]
    scored = run.scored
    home = scored.areas["municipality_code"]
    return scored.votes["electors_count"].groupby(home).sum(min_count=1)


def _score_layers(run: Run, level: MapLevel) -> list[MapLayer]:
    """Return a layer for each known channel's score, with what the level's values hold of it."""
    profiles = {channel: run.profiles[channel] for channel in run.scored.known}
    return [
        MapLayer(
            key=channel,
            column=f"score_{channel}",
            title=profile.label.told(run.language),
            question=profile.question.told(run.language),
            kind="score",
            note=level.notes[channel],
            words=_there(SCORE_WORDS, channel, level.values),
            sure=_there(SURE, channel, level.values),
            **_weights(channel, profile, level.values, language=run.language),
        )
        for channel, profile in profiles.items()
    ]


def _figure_layers(
    level: MapLevel, groups: Mapping[str, Group], language: Language
) -> list[MapLayer]:
    """Return a share and a number for each group, at least one of them, turnout, red-green."""
    layers, values = [], level.values
    for name, group in groups.items():
        share = _group_layer(name, group, level.notes, language)
        layers.append(share)
        if f"{name}_count" in values:
            layers.append(_count_layer(name, share, level.notes, language))
    for column, section in SECTIONS.items():
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
                    note=level.notes[column],
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
        title=group.label.told(language),
        question=group.question.told(language),
        kind="share",
        note=notes[name],
        low_column=f"{name}_low_share",
        high_column=f"{name}_high_share",
        shown_column=f"{name}_shown",
    )


def _count_layer(
    name: str, share: MapLayer, notes: Mapping[str, str], language: Language
) -> MapLayer:
    """Return the group's number of persons as a layer."""
    return replace(
        share,
        key=f"{name}_count",
        column=f"{name}_count",
        title=text("title_count", language, group=share.title),
        question=text("question_count", language, group=share.title),
        kind="count",
        note=notes[f"{name}_count"],
        low_column=f"{name}_low",
        high_column=f"{name}_high",
    )


def _weights(
    channel: str, profile: Profile, values: pd.DataFrame, *, language: Language
) -> dict[str, Any]:
    """Return what other weights are tried with; nothing where the score is no weighted mean."""
    central = [(item, item.weight) for item in profile.criteria]
    known = [*central, *((item, 0.0) for item in profile.tried)]
    columns = [f"points_{channel}_{item.indicator}" for item, _ in known]
    if profile.aggregate != "arithmetic" or not set(columns) <= set(values):
        return {}
    return {
        "criteria": tuple(
            MapCriterion(item.indicator, item.label.told(language), column, weight)
            for (item, weight), column in zip(known, columns, strict=True)
        ),
        "scenarios": tuple(
            MapScenario(one.label.told(language), profile.weights(one)) for one in profile.scenarios
        ),
    }


def _texts(frame: pd.DataFrame) -> pd.DataFrame:
    words = [name for name in SCORE_WORDS if name in frame]
    return frame.assign(**{name: frame[name].astype(object).fillna("") for name in words})


def _there(roles: Sequence[str], channel: str, values: pd.DataFrame) -> dict[str, str]:
    found = {role: f"{role}_{channel}" for role in roles if f"{role}_{channel}" in values}
    # A page has one reason: the public one where its readers have no other.
    return {role.removeprefix("public_"): column for role, column in found.items()}


Content = tuple[list[MapLevel], list[MapLayer], MapPage]


def leadership_map(run: Run, *, work: MapWork | None = None) -> Content:
    """Return the levels, layers and page of the leadership's map, with what people do on it."""
    scores = {name: scores_in_words(level) for name, level in run.levels.items()}
    levels = [
        _level(level, _with_points(level, scores[name]), _parts(level))
        for name, level in run.levels.items()
    ]
    levels = [replace(level, sums=_sums(run.levels[level.key])) for level in levels]
    if run.overview is not None:
        levels.append(_overview(run.overview, list(run.scored.known)))
    levels, majorities = _with_majorities(run, levels)
    layers = [
        *_score_layers(run, levels[0]),
        *_quadrant_layer(run),
        *(layer for layer in majorities if layer.kind == "class"),
        *_figure_layers(levels[0], run.groups, run.language),
        *(layer for layer in majorities if layer.kind != "class"),
        *own_layers(run.language),
    ]
    page = _page(run, work)
    page = replace(page, headline=headline(run, work, page.weeks))
    return levels, [_placed(layer, run) for layer in layers], page


def _certainty(run: Run, areas: pd.Index) -> str:
    """Return the verdicts' note: in how many of `areas` a group's figure is a larger area's."""
    level, language = run.scored, run.language
    note = text("certainty_note", language, draws=whole(run.campaign.uncertainty.draws, language))
    shares = level.larger_names.columns.intersection([f"{name}_share" for name in run.groups])
    count = int((level.larger_names.loc[areas, shares] != "").any(axis=1).sum())
    counts = {"count": whole(count, language), "all": whole(len(areas), language)}
    kind = set_name(level.area_set, language)
    return f"{note} {text('larger_somewhere', language, **counts, kind=kind)}" if count else note


def opened_map(run: Run, *, offline: bool | Path | str) -> Any:  # noqa: ANN401 - folium's own
    """Return the leadership's map to add to; see `Run.map`."""
    levels, layers, page = leadership_map(run)
    return open_map(build_map(levels, layers, page=page), offline=offline)


def _sums(level: Level) -> pd.DataFrame:
    """Return what areas that are chosen together are summed by; NaN is unknown."""
    return level.indicators[["households_count", "target_persons_count"]].assign(
        electors_count=level.votes["electors_count"], se=level.errors["target_persons_count"]
    )


def _placed(layer: MapLayer, run: Run) -> MapLayer:
    """Return a layer that tells where its figure is a larger area's, if it is anywhere."""
    # A number of persons is made of the share, so it is from where the share is.
    share = layer.column.replace("_count", "_share")
    if not any(share in level.larger_names for level in run.levels.values()):
        return layer
    return replace(layer, words={**layer.words, "place": f"{share}_place"})


def association_maps(
    run: Run, *, page: MapPage | None = None, work: MapWork | None = None
) -> tuple[list[MapLevel], list[MapLayer], dict[str, MapPage]]:
    """Return what the associations' maps are cut from, and each one's page by file name.

    `page` is the leadership's, where that is at hand.
    Scores with reasons that name neither origin nor union, turnout and red-green share; no group
    and no criterion. `build_maps` gives each page its own areas alone.
    """
    language, best, named = run.language, own_best(run), run.scored.areas["association"]
    levels = [_open_level(level) for level in run.levels.values()]
    layers = [*_score_layers(run, levels[0]), *_figure_layers(levels[0], {}, language)]
    common = replace(
        page or _page(run, work),
        audience="forening",
        plan_words="",
        door_sek=0.0,
        sources=(publishers(run.record["sources"]),),
        online_base=None,
        evening_doors=EVENING_HOURS * (run.record["advice"].get("doors_per_hour") or 0.0),
    )
    pages = {
        file: replace(
            common,
            title=text("map_title_association", language, association=name),
            association=name,
            work=work and work.own(name),
            certainty=_certainty(run, named.index[named == name]),
            headline=association_headline(run, name, work and work.own(name)),
            notices=(" ".join([text("about_areas", language), *_best(best[name], work, name)]),),
        )
        for name, file in safe_names(named.dropna()).items()
    }
    return levels, layers, pages


def _best(told: Sequence[str], work: MapWork | None, association: str) -> Sequence[str]:
    """Return what is said of an association's own best areas; its plan says where it begins."""
    return () if work and association in work.begins else told


def _open_level(level: Level) -> MapLevel:
    advice = level.advice
    told = {
        channel: frame[["score", "rank", "p_top", "verdict", "action"]].assign(
            public_reason=advice[f"{channel}_public_reason"]
        )
        for channel, frame in scores_in_words(level).items()
    }
    parts = [
        level.indicators[_election(level.run)],
        advice.assign(type=advice["type_open"])[OPEN].astype(object).fillna(""),
        *(part.filter(["wave", "households_count", "planned_all"]) for part in _plan(level)),
        *_nearest(level),
        level.indicators["households_count"].round().rename("doors_count").to_frame(),
    ]
    ranked = {name: int(frame["rank"].notna().sum()) for name, frame in told.items()}
    # Circles are for a county of towns and wide land; an association's areas lie close.
    return replace(_level(level, told, parts), ranked=ranked, electors=None)


def _with_points(level: Level, scores: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    points = level.points
    return {
        channel: frame[[name for name in _SAID if name in frame]].join(
            points.filter(regex=f"^points_{channel}_")
        )
        for channel, frame in scores.items()
    }


def _overview(level: Level, channels: list[str]) -> MapLevel:
    """Return the municipalities: ranked, with their figures, and without a word of what to do."""
    scores = {
        channel: level.scores[channel][["score", "rank"]].assign(
            reason=level.advice[f"{channel}_reason"]
        )
        for channel in channels
    }
    parts = _figures(level)
    parts += _plan_sums(level)
    told = _level(level, _with_points(level, scores), [*parts, _own_figures(level, parts)])
    return replace(told, overview=True)


def _quadrant_layer(run: Run) -> list[MapLayer]:
    """Return need beside capacity as a layer, where the capacity of any association is known."""
    if quadrant_places(run).isna().all():
        return []
    layer = MapLayer(
        key="quadrant",
        column=QUADRANT,
        title=text("sheet_quadrants", run.language),
        question=text("question_quadrant", run.language),
        kind="class",
        note=text("note_quadrant", run.language),
        section="priority",
        labels=quadrant_labels(run.language),
    )
    return [layer]


def majority_view(run: Run) -> pd.DataFrame:
    """Return what a map says of each municipality's councils, by its code.

    Returns
    -------
    view
        `majority_place`: of its council among `STATUSES`, 1 first; NaN where its seats are not
        known or nobody has said who governs. `region_place` and `riksdag_place`: so of the
        constituency that it lies in; NaN where it lies in several. `council_words`: the seats, the
        votes to the next and to losing the last, and those to the next fixed seat of its
        constituencies.
    """
    towns = run.municipality_names.index
    view = pd.DataFrame(np.nan, towns, [MAJORITY, *PARTED])
    told = pd.Series("", towns, dtype=object)
    for one in assemblies(run) if "ballots" in run.frames else []:
        code, status = one.council.code, one.status
        if one.council.unknown:
            continue
        if one.council.election == "kommun":
            view.loc[code, MAJORITY] = (
                STATUSES.index(status) + 1.0 if status in STATUSES else np.nan
            )
            told[code] = " ".join([*one.standing(), told[code]]).strip()
        elif one.council.places is not None:
            parts = one.parts().drop_duplicates("constituency").set_index("constituency")["areas"]
            home = parts.str.split().explode()
            home = home[home.isin(towns) & ~home.duplicated(keep=False)]
            leads = home.index.map(one.leads.map(STATUSES.index).to_dict())
            view.loc[home, f"{one.council.election}_place"] = leads.to_numpy(float) + 1
        for town, words in _nearest_parts(one).items():
            told[town] = f"{told[town]} {words}".strip()
    return view.assign(council_words=told)


def _nearest_parts(one: Assembly) -> dict[str, str]:
    """Return by municipality its constituency with the fewest votes to a fixed seat, told."""
    parts, party, language = one.parts(), one.council.ours, one.run.language
    if parts.empty:
        return {}
    near = parts[parts["party"] == party].dropna(subset=["gain_votes_count"])
    told: dict[str, str] = {}
    for _, row in near.sort_values("gain_votes_count", ascending=False).iterrows():
        votes = f"{whole(int(row['gain_votes_count']), language)} ({row['taken_from']})"
        names = {"constituency": row["constituency"], "council": one.name, "party": party}
        words = text("council_part_near", language, votes=votes, **names)
        told |= dict.fromkeys(row["areas"].split(), words)
    return {town: told[town] for town in one.run.municipality_names.index if town in told}


def _with_majorities(run: Run, levels: list[MapLevel]) -> tuple[list[MapLevel], list[MapLayer]]:
    """Return the levels with who governs their municipality, and where people vote otherwise there.

    And a layer of each that is known somewhere: who governs is what the user has said.
    """
    view, language = majority_view(run), run.language

    def added(level: MapLevel) -> pd.DataFrame:
        home = view.reindex(level.areas["municipality_code"].to_numpy()).set_axis(level.areas.index)
        changes = run.frames.get(f"{level.key}_changes", pd.DataFrame(columns=[SPLIT]))
        split = changes[SPLIT].reindex(level.areas.index).astype(float)
        return level.values.join(home.assign(**{SPLIT: split}).fillna({"council_words": ""}))

    levels = [replace(level, values=added(level)) for level in levels]
    said = {"majorities": (MAJORITY, "status"), "split": (SPLIT, "")}
    parted = zip(("region", "riksdag"), PARTED, strict=True)
    said |= {f"majorities_{name}": (column, "lead") for name, column in parted}
    layers = [
        MapLayer(
            key=key,
            column=column,
            title=text(f"title_{key}", language),
            question=text(f"question_{key}", language),
            kind="class" if words else "share",
            note=text(f"note_{key}", language),
            section="priority" if words else "election",
            labels=tuple(text(f"{words}_{name}", language) for name in STATUSES if words),
        )
        for key, (column, words) in said.items()
    ]
    known = [layer for layer in layers if levels[0].values[layer.column].notna().any()]
    return levels, known


def _election(run: Run) -> list[str]:
    """Return the election figures that the run's areas have."""
    held = run.scored.indicators
    return [*ELECTION, *(name for name in KNOWN_SOMEWHERE if held[name].notna().any())]


def _figures(level: Level) -> list[pd.DataFrame]:
    ranked = level.ranked_groups
    # Of the overview's areas no association is said, nor is its quadrant.
    nowhere = pd.Series(index=level.areas.index, dtype=object)
    home = level.areas.get("association", nowhere)
    return [
        share_intervals(ranked),
        shown_by_group(ranked),
        count_intervals(ranked),
        level.indicators[[*ANY, *_election(level.run)]],
        home.map(quadrant_places(level.run)).astype(float).rename(QUADRANT).to_frame(),
    ]


def _parts(level: Level) -> list[pd.DataFrame]:
    run = level.run
    parts = [*_figures(level), level.advice[ADVICE].astype(object).fillna("")]
    if level.area_set == run.area_sets[0]:
        quadrant = level.areas["association"].map(quadrant_words(run))
        parts += [quadrant.astype(object).fillna("").rename("quadrant").to_frame()]
    parts += _plan(level) + _nearest(level)
    return [*parts, _own_figures(level, parts), level.larger_names.add_suffix("_place")]


PLAN = ["wave", "households_count", "cost_sek", "target_persons_count"]


def _plan(level: Level) -> list[pd.DataFrame]:
    """Return the decided plan as it concerns a set of areas; nothing where there is none.

    Of the scored areas: their first wave. A smaller area is mailed where the chosen area around its
    middle is, and is told by that area's name, since no figure of the plan is its own.
    """
    run = level.run
    if run.waves.empty:
        return []
    if level.area_set == run.area_sets[0]:
        told = run.waves[PLAN].assign(planned_all=every_wave(run))
        return [told.reindex(level.areas.index)]
    homes = run.homes["code"].reindex(level.areas.index)
    around = homes.where(homes.isin(run.waves.index))
    names = around.map(run.scored.areas["area_name"]).astype(object).fillna("")
    return [
        pd.DataFrame({"wave": around.map(run.waves["wave"]), "planned_within": names}),
    ]


def _nearest(level: Level) -> list[pd.DataFrame]:
    """Return the places nearest to each area in one sentence; nothing where none are known."""
    goals, joined = level.goals, "; ".join
    told = [f"{joined(words)}." for words in goal_words(goals, level.run.language)]
    return [pd.DataFrame({"nearest_words": told}, index=goals.index)] if len(goals.columns) else []


def every_wave(run: Run) -> pd.Series:
    """Return by area which wave of each edition it gets, in words; none where it is one alone."""
    mailed = run.mailing.dropna(subset="wave")
    said = [
        text("plan_edition", run.language, edition=edition, wave=whole(round(wave), run.language))
        for edition, wave in mailed[["edition", "wave"]].itertuples(index=False)
    ]
    waves = pd.Series(said, mailed.index, dtype=object).groupby(level=0)
    return waves.agg(", ".join)[waves.size() > 1]


def _plan_sums(level: Level) -> list[pd.DataFrame]:
    """Return the decided plan's sums by municipality; NaN where nothing is planned."""
    run = level.run
    home = run.scored.areas["municipality_code"].reindex(run.waves.index)
    sums = run.waves[["households_count", "cost_sek"]].groupby(home).sum(min_count=1)
    return [] if run.waves.empty else [sums.reindex(level.areas.index)]


def _own_figures(level: Level, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the indicators that layers of the user's own show, beside those of every map."""
    layers = own_layers(level.run.language)
    named = [name for layer in layers for name in layer.columns.values()]
    known = level.indicators.columns.difference([name for part in parts for name in part])
    return level.indicators[[name for name in dict.fromkeys(named) if name in known]]


def _page(run: Run, work: MapWork | None) -> MapPage:
    language, campaign = run.language, run.campaign
    example, ground = campaign.associations_note, run.frames.get(GROUND_FRAME)
    labels = verdict_labels(language)
    meanings = verdict_meanings(campaign.uncertainty, top_k=run.scored.top_k, language=language)
    outline = gpd.GeoDataFrame(run.frames["kommun_areas"])
    return MapPage(
        title=text("map_title", language, title=campaign.title),
        subtitle=basis_line(campaign, language),
        language=language,
        audience="valledning",
        few=text("fewer_than", language, number=campaign.minimum_count),
        sources=(
            *(credit(item) for item in run.record["sources"]),
            text("credit_shore", language),
        ),
        demo_mark=run.mark,
        notices=(
            text("about_areas", language),
            *([example.told(language)] if example else []),
            *(group.role_why.told(language) for group in run.groups.values() if group.role_why),
            *run.record["overlap"]["words"],
            *run.warnings,
        ),
        outline=outline.rename(columns={"area_name": "municipality_name"}),
        door_sek=campaign.mailing.cost_per_household_sek,
        planned=MAILING if run.mailing["wave"].notna().any() else "",
        ground=None if ground is None else Underlay.of(gpd.GeoDataFrame(ground)),
        plan_words=f"{budget_words(run)} {plan_words(run)}".strip(),
        work=work,
        weeks=work.waves if work and work.waves else _weeks(run),
        certainty=_certainty(run, run.scored.areas.index),
        online_base=campaign.map.online_base,
        verdicts={labels[name]: meanings[name] for name in labels},
    )


def _weeks(run: Run) -> tuple[str, ...]:
    """Return when each wave of the mailing lands, where the campaign says so."""
    if run.mailing["wave"].isna().all():
        return ()
    return tuple(edition_weeks(run)[run.campaign.editions[0].name])
