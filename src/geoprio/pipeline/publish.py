"""Everything that leaves a run: map, ranking, mailing plan, frames and the record."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geoprio import __version__
from geoprio.areas import Split, lost_counts
from geoprio.groups import hide_small, share_intervals, unassigned_share
from geoprio.outputs.atomic import replace_all
from geoprio.outputs.files import render_csv, render_frame, render_record
from geoprio.outputs.maps.layers import MapPage
from geoprio.outputs.maps.leadership import leadership_layers, leadership_level
from geoprio.outputs.maps.page import build_map, render_map
from geoprio.outputs.tables import (
    figure_columns,
    group_columns,
    header,
    mailing_table,
    ranking_table,
)
from geoprio.pipeline.earlier import Earlier, earlier_frames
from geoprio.pipeline.gather import Gathered, Loaded
from geoprio.pipeline.locate import Located, Plans
from geoprio.pipeline.words import basis_line, layer_notes
from geoprio.scoring import constant_criteria, level_labels
from geoprio.sources import sha256
from geoprio.texts import text

LIBRARIES = ("geopandas", "numpy", "pandas", "pyarrow", "scipy", "shapely", "folium")


@dataclass(frozen=True)
class Outcome:
    """What a run computed, ready to be written."""

    plans: Plans
    gathered: Gathered
    district_votes: pd.DataFrame
    levels: Sequence[Located]
    """The scored set first, then the closer look."""
    mailing: pd.DataFrame
    splits: Mapping[str, Split]
    earlier: Earlier | None
    warnings: Sequence[str]

    @property
    def mark(self) -> str | None:
        """The demo mark, where it belongs."""
        demo = self.plans.campaign.demo
        return text("demo_mark", self.plans.language) if demo else None


def publish(outcome: Outcome, *, processed: Path, maps: Path) -> dict[str, Path]:
    """Write every output, all of them or none, and return the paths by name."""
    shown = [_shown_groups(outcome, level) for level in outcome.levels]
    notes = _notes(outcome)
    paths = {
        "map": maps / "index.html",
        "ranking": processed / "ranking.csv",
        "mailing": processed / "mailing.csv",
        "record": processed / "run.json",
    }
    frames = _frames(outcome)
    contents = {
        paths["map"]: _map(outcome, shown),
        paths["ranking"]: render_csv(_ranking(outcome, shown[0]), notes=notes),
        paths["mailing"]: render_csv(_mailing(outcome), notes=notes),
        paths["record"]: render_record(_record(outcome, sorted(frames))),
    }
    for name, frame in frames.items():
        contents[processed / f"{name}.parquet"] = render_frame(frame, mark=outcome.mark)
    replace_all(contents)
    return paths


def _shown_groups(outcome: Outcome, level: Located) -> pd.DataFrame:
    minimum = outcome.plans.campaign.minimum_count
    return hide_small(level.groups, outcome.plans.groups, minimum_count=minimum)


def _notes(outcome: Outcome) -> dict[str, str]:
    language = outcome.plans.language
    notes = {header("basis", language): basis_line(outcome.plans.campaign, language)}
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
            reason=level.reasons[channel],
        )
        for channel, scores in level.scores.items()
    }
    # A channel that nothing is known of is told in the record, not shown as an empty layer.
    return {channel: frame for channel, frame in scored.items() if frame["score"].notna().any()}


def _map(outcome: Outcome, shown: Sequence[pd.DataFrame]) -> bytes:
    plans, gathered = outcome.plans, outcome.gathered
    language, campaign = plans.language, plans.campaign
    main = outcome.levels[0]
    scores = [_scores_in_words(outcome, level) for level in outcome.levels]
    profiles = {name: plans.profiles[name] for name in scores[0]}
    unsure = pd.concat(shown).query("method not in ('published', 'unknown')")["group"]
    layers = leadership_layers(
        profiles,
        plans.groups,
        layer_notes(campaign, profiles, plans.groups, main.groups, language=language),
        estimated=frozenset(unsure),
        language=language,
    )
    levels = [
        leadership_level(
            level.area_set,
            _places(outcome, level),
            scored,
            pd.concat(
                [share_intervals(groups), level.indicators[["turnout_share", "red_green_share"]]],
                axis=1,
            ),
            reason=next(iter(scored.values()))["reason"],
        )
        for level, groups, scored in zip(outcome.levels, shown, scores, strict=True)
    ]
    page = MapPage(
        title=text("map_title", language).format(title=campaign.title),
        subtitle=basis_line(campaign, language),
        language=language,
        audience=text("audience_leadership", language),
        sources=tuple(_credit(item) for item in gathered.loaded),
        demo_mark=outcome.mark,
        notices=(text("about_areas", language),),
        outline=gathered.atlas.sets["kommun"].rename(columns={"area_name": "municipality_name"}),
    )
    return render_map(build_map(levels, layers, page=page))


def _credit(item: Loaded) -> str:
    source = item.source
    return f"{source.title}. {source.publisher} {source.vintage}. {source.licence}."


def _ranking(outcome: Outcome, shown: pd.DataFrame) -> pd.DataFrame:
    plans, level = outcome.plans, outcome.levels[0]
    language = plans.language
    labels = {name: group.label.model_dump()[language] for name, group in plans.groups.items()}
    channels = {
        plans.profiles[channel].label.model_dump()[language]: frame
        for channel, frame in _scores_in_words(outcome, level).items()
    }
    figures = pd.concat(
        [
            group_columns(
                shown, labels, language=language, minimum_count=plans.campaign.minimum_count
            ),
            figure_columns(level.indicators, language=language),
        ],
        axis=1,
    )
    places = _places(outcome, level)
    return ranking_table(places, channels, figures, language=language, top_k=plans.campaign.top_k)


def _mailing(outcome: Outcome) -> pd.DataFrame:
    places = _places(outcome, outcome.levels[0])
    return mailing_table(outcome.mailing, places, language=outcome.plans.language)


def _frames(outcome: Outcome) -> dict[str, pd.DataFrame]:
    frames: dict[str, pd.DataFrame] = {"mailing": outcome.mailing}
    for level in outcome.levels:
        frames |= {
            f"{level.area_set}_areas": level.areas,
            f"{level.area_set}_counts": level.counts,
            f"{level.area_set}_votes": level.votes,
            f"{level.area_set}_groups": level.groups,
            # Rates of members are the user's own and stay out of every file.
            f"{level.area_set}_indicators": level.indicators.filter(regex=r"(?<!_per_1000)$"),
            f"{level.area_set}_scores": pd.concat(level.scores.values()).sort_index(kind="stable"),
            f"{level.area_set}_crosswalk": level.way.frame,
        }
    return frames | earlier_frames(outcome.earlier, outcome.levels)


def _record(outcome: Outcome, frames: Sequence[str]) -> dict[str, Any]:
    campaign, language = outcome.plans.campaign, outcome.plans.language
    record: dict[str, Any] = {
        "campaign": campaign.name,
        "basis": basis_line(campaign, language),
        "about": text("about_areas", language),
        "seed": campaign.seed,
        "versions": {
            "geoprio": __version__,
            "python": platform.python_version(),
            "geos": ".".join(map(str, shapely.geos_version)),
            **{name: version(name) for name in LIBRARIES},
        },
        "sources": [_source_record(item) for item in outcome.gathered.loaded],
        "election": _election_record(outcome),
        "area_sets": {level.area_set: _level_record(outcome, level) for level in outcome.levels},
        "split_errors": {name: _split_record(split) for name, split in outcome.splits.items()},
        "frames": list(frames),
        "warnings": list(outcome.warnings),
    }
    if outcome.earlier is not None:
        record["earlier_election"] = outcome.earlier.record
    return record | ({"demo_mark": outcome.mark} if outcome.mark else {})


def _source_record(item: Loaded) -> dict[str, Any]:
    source = item.source
    return {
        "name": item.name,
        "title": source.title,
        "publisher": source.publisher,
        "licence": source.licence,
        "vintage": source.vintage,
        "area_set": source.area_set,
        "rows": len(item.frame),
        **_files_record(item),
    }


def _files_record(item: Loaded) -> dict[str, Any]:
    if len(item.files) == 1:
        return {"file": item.files[0].name, "sha256": sha256(item.files[0])}
    return {"files": {path.name: sha256(path) for path in item.files}}


def _election_record(outcome: Outcome) -> dict[str, Any]:
    campaign = outcome.plans.campaign
    results = outcome.gathered.results[campaign.election.basis].frame
    totals = outcome.district_votes.sum()
    return {
        "basis": campaign.election.basis,
        "year": campaign.election.year,
        "districts": len(outcome.district_votes),
        "unassigned_share": round(unassigned_share(results), 6),
        "unassigned_party_votes": campaign.election.unassigned_party_votes,
        "turnout": round(float(totals["votes_cast_count"] / totals["electors_count"]), 6),
        "totals": {str(name): round(float(value), 3) for name, value in totals.items()},
    }


def _level_record(outcome: Outcome, level: Located) -> dict[str, Any]:
    lost = lost_counts(outcome.district_votes, level.way)
    methods = (level.groups["group"] + ": " + level.groups["method"]).value_counts()
    plans = outcome.plans
    return {
        "areas": len(level.areas),
        "districts_without_area": list(level.way.unmatched),
        "electors_lost": round(float(lost["electors_count"].sum()), 3),
        "split_by_area_alone": list(level.way.by_area),
        "moved_by_dropped_slivers_share": round(level.way.sliver_share, 9),
        "methods": {str(name): int(areas) for name, areas in methods.items()},
        "unscored": {
            channel: int(scores["score"].isna().sum()) for channel, scores in level.scores.items()
        },
        "constant_criteria": {
            channel: constant_criteria(level.indicators, plans.profiles[channel])
            for channel in level.scores
        },
    }


def _split_record(split: Split) -> dict[str, Any]:
    return {
        "kappa": round(split.kappa, 4),
        "scaling_error": round(split.sigma, 4),
        "coverage_of_90_percent_intervals": {
            str(name): {"areas": int(row["areas_count"]), "coverage": round(row["coverage"], 4)}
            for name, row in split.coverage.iterrows()
        },
    }
