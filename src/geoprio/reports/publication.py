"""Everything that leaves a run: map, ranking, mailing plan, frames and the record."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geoprio.files.folder import earlier_files, replace_all
from geoprio.files.gpkg import render_geopackage
from geoprio.files.maps import build_map, build_maps, draw_levels, render_map
from geoprio.files.table import (
    Table,
    beside,
    figure_columns,
    group_columns,
    header,
    mailing_table,
    ranking_table,
    render_csv,
    render_frame,
    render_record,
)
from geoprio.groups import for_election
from geoprio.reports.books import association_workbooks, leadership_workbook
from geoprio.reports.certainty_words import (
    advice_columns,
    told_of_advice,
    told_of_ranking,
    weights_table,
)
from geoprio.reports.county import (
    county_overlap,
    group_labels,
    overlap_columns,
    overlap_estimated,
    overlap_origin,
)
from geoprio.reports.lists import organising_table, quadrants_table, told_of_organising
from geoprio.reports.map import association_maps, leadership_map
from geoprio.reports.notes import basis_words
from geoprio.reports.record import run_record
from geoprio.runs import Outcome
from geoprio.scores import Located, answer_labels, level_actions, level_labels
from geoprio.tables import Audience, may_see
from geoprio.words import Language, text

ASSOCIATIONS = "foreningar"
"""Where the associations' maps stand, beside the leadership's."""
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
        "organising": processed / "organising.csv",
        "quadrants": processed / "need_capacity.csv",
        "workbook": processed / "ranking.xlsx",
        "geopackage": processed / f"{outcome.plans.campaign.name}.gpkg",
        "record": processed / "run.json",
    }
    tables = {
        "ranking": _ranking(outcome),
        "mailing": _mailing(outcome),
        "overlap": _overlap(outcome),
        "weights": weights_table(outcome),
        "organising": organising_table(outcome, _places(outcome, outcome.levels[0])),
        "quadrants": quadrants_table(outcome),
    }
    scores = [_scores_in_words(outcome, level) for level in outcome.levels]
    levels, layers, page = leadership_map(outcome, scores)
    drawn = draw_levels(levels)
    contents = {
        paths["map"]: render_map(build_map(levels, layers, page=page, drawn=drawn)),
        paths["geopackage"]: render_geopackage(
            levels, layers, READERS, language=language, mark=outcome.mark
        ),
    }
    for name, table in tables.items():
        own = _overlap_notes(outcome) | notes if name == "overlap" else notes
        contents[paths[name]] = render_csv(table, READERS, language=language, notes=own)
    contents[paths["workbook"]] = leadership_workbook(outcome, tables, notes)
    levels, layers, pages = association_maps(outcome, scores)
    own_maps = build_maps(levels, layers, pages=pages.values(), drawn=drawn)
    for name, map_ in zip(pages, own_maps, strict=True):
        contents[maps / ASSOCIATIONS / f"{name}.html"] = render_map(map_)
    for name, content in _association_books(outcome, notes).items():
        contents[processed / name] = content
    for name, frame in _frames(outcome).items():
        contents[processed / f"{name}.parquet"] = render_frame(frame, READERS, mark=outcome.mark)
    sums = {
        _told_as(path, processed, maps): hashlib.sha256(content).hexdigest()
        for path, content in contents.items()
    }
    contents[paths["record"]] = render_record(run_record(outcome, sums), READERS)
    replace_all(
        contents,
        seal=paths["record"],
        earlier=lambda: earlier_files(paths["record"], [processed, maps]),
    )
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
    told += [*told_of_ranking(outcome), *told_of_advice(outcome), *told_of_organising(outcome)]
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
        beside(
            figure_columns(level.indicators, language=language),
            advice_columns(outcome, level.area_set),
        ),
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
            f"{level.area_set}_errors": _seen(level.errors),
            f"{level.area_set}_scores": pd.concat(level.scores.values()).sort_index(kind="stable"),
            f"{level.area_set}_crosswalk": level.way.frame,
            f"{level.area_set}_advice": outcome.advised[level.area_set].table,
            **_changes(outcome, level),
        }
    return frames | (outcome.earlier.frames if outcome.earlier else {})


def _changes(outcome: Outcome, level: Located) -> dict[str, pd.DataFrame]:
    found = outcome.changes.get(level.area_set)
    return {} if found is None else {f"{level.area_set}_changes": found}


def _seen(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[name for name in frame if may_see(name, READERS)]]
