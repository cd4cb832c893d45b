"""Everything that leaves a run: map, ranking, mailing plan, frames and the record."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geoprio.groups import for_election, share_intervals, shown_by_group
from geoprio.outputs.atomic import replace_all
from geoprio.outputs.audience import Audience, may_see
from geoprio.outputs.files import render_csv, render_frame, render_record
from geoprio.outputs.geopackage import render_geopackage
from geoprio.outputs.maps.layers import MapLayer, MapLevel, MapPage
from geoprio.outputs.maps.leadership import leadership_layers, leadership_level
from geoprio.outputs.maps.page import build_map, render_map
from geoprio.outputs.overlap import overlap_columns
from geoprio.outputs.superseded import earlier_files, remove_superseded
from geoprio.outputs.tables import (
    Table,
    beside,
    figure_columns,
    group_columns,
    header,
    mailing_table,
    ranking_table,
)
from geoprio.pipeline.judged_words import told_of_ranking, weights_table
from geoprio.pipeline.locate import Located
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.overlap import (
    county_overlap,
    group_labels,
    overlap_estimated,
    overlap_lines,
    overlap_origin,
)
from geoprio.pipeline.record import run_record
from geoprio.pipeline.words import basis_line, basis_words, credit, layer_notes
from geoprio.pipeline.workbooks import association_workbooks, leadership_workbook
from geoprio.scoring import answer_labels, level_actions, level_labels
from geoprio.texts import Language, text

READERS: Audience = "valledning"
"""Whom the files of a run are for."""


def publish(outcome: Outcome, *, processed: Path, maps: Path) -> dict[str, Path]:
    """Write every output, all of them or none, and return the paths by name.

    The record is written last and holds the checksum of every other file: where it stands, the
    run is whole. Every file but the associations' workbooks is the leadership's, frames for
    analysts too: what disclosure control withholds stands in none of them. Files that an earlier
    run wrote and this one does not, such as a renamed association's, are removed.
    """
    language, notes = outcome.plans.language, _notes(outcome)
    paths = {
        "map": maps / "index.html",
        "ranking": processed / "ranking.csv",
        "mailing": processed / "mailing.csv",
        "overlap": processed / "overlap.csv",
        "weights": processed / "weights.csv",
        "workbook": processed / "ranking.xlsx",
        "geopackage": processed / f"{outcome.plans.campaign.name}.gpkg",
        "record": processed / "run.json",
    }
    tables = {
        "ranking": _ranking(outcome),
        "mailing": _mailing(outcome),
        "overlap": _overlap(outcome),
        "weights": weights_table(outcome),
    }
    levels, layers = _map_content(outcome)
    contents = {
        paths["map"]: render_map(build_map(levels, layers, page=_page(outcome))),
        paths["geopackage"]: render_geopackage(
            levels, layers, READERS, language=language, mark=outcome.mark
        ),
    }
    for name, table in tables.items():
        own = _overlap_notes(outcome) | notes if name == "overlap" else notes
        contents[paths[name]] = render_csv(table, READERS, language=language, notes=own)
    contents[paths["workbook"]] = leadership_workbook(outcome, tables, notes)
    for name, content in _association_books(outcome, notes).items():
        contents[processed / name] = content
    for name, frame in _frames(outcome).items():
        contents[processed / f"{name}.parquet"] = render_frame(frame, READERS, mark=outcome.mark)
    sums = {
        _told_as(path, processed, maps): hashlib.sha256(content).hexdigest()
        for path, content in contents.items()
    }
    contents[paths["record"]] = render_record(run_record(outcome, sums), READERS)
    earlier = earlier_files(paths["record"], [processed, maps])
    replace_all(contents, seal=paths["record"])
    remove_superseded(earlier, contents)
    return paths


def told_of(outcome: Outcome) -> list[str]:
    """Return what people must be told: channels that nothing is known of, areas without a home."""
    plans, language = outcome.plans, outcome.plans.language
    told = []
    for channel, profile in plans.profiles.items():
        level = outcome.levels[0]
        if level.scores[channel]["score"].isna().all():
            criteria = [
                item for item in profile.criteria if level.indicators[item.indicator].isna().all()
            ]
            labels = [item.label.model_dump()[language] for item in criteria]
            name = profile.label.model_dump()[language]
            told.append(
                text("channel_unknown", language).format(channel=name, what=", ".join(labels))
            )
    for level in outcome.levels:
        homeless = int(level.areas["association"].isna().sum())
        if homeless:
            words = text("no_association", language)
            told.append(words.format(count=homeless, area_set=level.area_set))
        exceeding = level.rolls.exceeding(
            plans.campaign.election.basis, level.counts["population_count"]
        )
        if exceeding:
            words = text("electors_exceed", language)
            told.append(words.format(count=len(exceeding), area_set=level.area_set))
    told += told_of_ranking(outcome)
    if outcome.mailing.empty:
        told.append(text("nothing_mailed", language))
    return told


def _notes(outcome: Outcome) -> dict[str, str]:
    language = outcome.plans.language
    notes = {header("basis", language): basis_words(outcome.plans.campaign, language)}
    return notes | ({header("note", language): outcome.mark} if outcome.mark else {})


def _places(outcome: Outcome, level: Located) -> gpd.GeoDataFrame:
    names = outcome.gathered.municipality_names
    places = level.areas.copy()
    places["municipality_name"] = places["municipality_code"].map(names)
    return places


def _scores_in_words(outcome: Outcome, level: Located) -> dict[str, pd.DataFrame]:
    language = outcome.plans.language
    scored = {
        channel: scores.assign(
            level=scores["level"].map(level_labels(outcome.plans.profiles[channel], language)),
            action=scores["level"].map(level_actions(outcome.plans.profiles[channel], language)),
            reason=level.reasons[channel],
            **_answered(scores, language),
        )
        for channel, scores in level.scores.items()
    }
    # A channel that nothing is known of is told in the record, not shown as an empty layer.
    return {channel: frame for channel, frame in scored.items() if frame["score"].notna().any()}


def _answered(scores: pd.DataFrame, language: Language) -> dict[str, pd.Series]:
    if "answer" not in scores:
        return {}
    return {"answer": scores["answer"].map(answer_labels(language))}


def _map_content(outcome: Outcome) -> tuple[list[MapLevel], list[MapLayer]]:
    plans = outcome.plans
    language, campaign = plans.language, plans.campaign
    scores = [_scores_in_words(outcome, level) for level in outcome.levels]
    profiles = {name: plans.profiles[name] for name in scores[0]}
    notes = [layer_notes(plans, profiles, level, language=language) for level in outcome.levels]
    levels = [
        leadership_level(
            level.area_set,
            _places(outcome, level),
            scored,
            _map_figures(level, campaign.election.basis),
            notes=note,
        )
        for level, scored, note in zip(outcome.levels, scores, notes, strict=True)
    ]
    return levels, leadership_layers(profiles, plans.groups, notes[0], language=language)


def _page(outcome: Outcome) -> MapPage:
    plans, gathered = outcome.plans, outcome.gathered
    language, campaign = plans.language, plans.campaign
    example = campaign.associations_note
    return MapPage(
        title=text("map_title", language).format(title=campaign.title),
        subtitle=basis_line(campaign, language),
        language=language,
        audience=READERS,
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
    )


def _map_figures(level: Located, election: str) -> pd.DataFrame:
    ranked = for_election(level.printed, election)
    parts = [share_intervals(ranked), shown_by_group(ranked)]
    return pd.concat([*parts, level.indicators[["turnout_share", "red_green_share"]]], axis=1)


def _ranking(outcome: Outcome) -> Table:
    plans, level = outcome.plans, outcome.levels[0]
    language, campaign = plans.language, plans.campaign
    names = {name: group.label.model_dump()[language] for name, group in plans.groups.items()}
    figures = beside(
        group_columns(
            for_election(level.printed, campaign.election.basis),
            names,
            language=language,
            minimum_count=campaign.minimum_count,
        ),
        figure_columns(level.indicators, language=language),
    )
    return ranking_table(
        _places(outcome, level),
        {
            channel: (plans.profiles[channel].label.model_dump()[language], scores)
            for channel, scores in _scores_in_words(outcome, level).items()
        },
        figures,
        language=language,
        top_k=campaign.top_k,
    )


def _mailing(outcome: Outcome) -> Table:
    places = _places(outcome, outcome.levels[0])
    return mailing_table(outcome.mailing, places, language=outcome.plans.language)


def _overlap(outcome: Outcome) -> Table:
    plans = outcome.plans
    return overlap_columns(
        county_overlap(outcome),
        group_labels(plans),
        language=plans.language,
        minimum_count=plans.campaign.minimum_count,
    )


def _overlap_notes(outcome: Outcome) -> dict[str, str]:
    told = " ".join([*overlap_estimated(outcome), overlap_origin(outcome)])
    return {header("overlap_origin", outcome.plans.language): told}


def _association_books(outcome: Outcome, notes: Mapping[str, str]) -> dict[str, bytes]:
    scored = outcome.levels[0]
    scores = _scores_in_words(outcome, scored)
    return association_workbooks(outcome, _places(outcome, scored), scores, notes)


def _told_as(path: Path, *homes: Path) -> str:
    """Return how the record names a file: by its place in its folder."""
    home = next(home for home in homes if path.is_relative_to(home))
    return path.relative_to(home).as_posix()


def _frames(outcome: Outcome) -> dict[str, pd.DataFrame]:
    frames: dict[str, pd.DataFrame] = {"mailing": outcome.mailing}
    for level in outcome.levels:
        frames |= {
            f"{level.area_set}_areas": level.areas,
            # What tells of origin or union is shown as a group, or not at all.
            f"{level.area_set}_counts": _seen(level.counts),
            f"{level.area_set}_votes": level.votes,
            f"{level.area_set}_joint": level.joint.cells.add_prefix("joint_").add_suffix("_share"),
            f"{level.area_set}_groups": level.printed,
            f"{level.area_set}_electorates": level.rolls.table(),
            # Rates of members are the user's own and stay out of every file.
            f"{level.area_set}_indicators": _seen(level.indicators),
            f"{level.area_set}_scores": pd.concat(level.scores.values()).sort_index(kind="stable"),
            f"{level.area_set}_crosswalk": level.way.frame,
        }
    return frames | (outcome.earlier.frames if outcome.earlier else {})


def _seen(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[name for name in frame if may_see(name, READERS)]]
