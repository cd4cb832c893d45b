"""The record of a run: sources, joins, methods, errors, checksums."""

import platform
from importlib.metadata import version
from typing import Any

import numpy as np
import shapely

from geoprio.areas import Split, lost_counts
from geoprio.config import Group, MailOrder, Profile
from geoprio.counts import unassigned_share
from geoprio.groups import for_election
from geoprio.plans import Mailing
from geoprio.runs import OWN
from geoprio.runs.assurance import advice_record, certainty_record
from geoprio.runs.frames import postal_of
from geoprio.runs.notes import basis_line, layer_notes, precision_note, why_words
from geoprio.runs.outcome import Outcome
from geoprio.runs.union import joint_record, overlap_origin, overlap_record
from geoprio.scores import PRIVATE, Located, constant_criteria
from geoprio.sources import sha256
from geoprio.sources.catalogue import Loaded
from geoprio.words import Language, text, told

LIBRARIES = ("geopandas", "numpy", "pandas", "pyarrow", "scipy", "shapely", "folium")


def run_record(outcome: Outcome) -> dict[str, Any]:
    """Return what was used and what became of it: the record of the run, less its checksums."""
    campaign, language = outcome.plans.campaign, outcome.plans.language
    record: dict[str, Any] = {
        "campaign": campaign.name,
        "basis": basis_line(campaign, language),
        "scored_set": campaign.scored_set,
        "language": language,
        "about": text("about_areas", language),
        "seed": campaign.seed,
        "settings": _settings_record(outcome),
        "versions": {
            "python": platform.python_version(),
            "geos": ".".join(map(str, shapely.geos_version)),
            **{name: version(name) for name in ("geoprio", *LIBRARIES)},
        },
        "sources": [
            _source_record(item, outcome.plans.language) for item in outcome.gathered.loaded
        ],
        "election": _election_record(outcome),
        "area_sets": {level.area_set: _level_record(outcome, level) for level in outcome.levels},
        "split_errors": {
            name: _split_record(split) for name, split in outcome.gathered.splits.items()
        },
        "notes": _notes(outcome),
        "groups": {name: _group_record(group) for name, group in outcome.plans.groups.items()},
        "mailing": _mailing_record(outcome),
        "certainty": certainty_record(outcome),
        "advice": advice_record(outcome),
        "overlap": overlap_record(outcome),
        "unused_sources": [
            name for name in outcome.gathered.unused if name != campaign.overlap.joint
        ],
        "warnings": list(outcome.warnings),
    }
    if outcome.earlier is not None:
        record["earlier_election"] = outcome.earlier.record
    return record | ({"demo_mark": outcome.mark} if outcome.mark else {})


def _settings_record(outcome: Outcome) -> dict[str, Any]:
    """Return what the campaign and its profiles say, so that a score can be made anew from it."""
    plans = outcome.plans
    persons = {"mailing": {"order": set(MailOrder.persons)}}
    return {
        "campaign": plans.campaign.model_dump(mode="json", exclude=persons),
        "profiles": {name: _remembered(profile) for name, profile in plans.profiles.items()},
        "groups": {name: group.model_dump(mode="json") for name, group in plans.groups.items()},
    }


def _remembered(profile: Profile) -> dict[str, Any]:
    """Return a profile as a record holds it: without the names of the user's own figures."""
    values = profile.model_dump(mode="json")
    names = {
        item.indicator: f"{OWN}{place}"
        for place, item in enumerate(profile.criteria, 1)
        if item.indicator in PRIVATE
    }
    for item in values["criteria"]:
        item["indicator"] = names.get(item["indicator"], item["indicator"])
    for scenario in values["scenarios"]:
        weights = scenario["weights"].items()
        scenario["weights"] = {names.get(name, name): weight for name, weight in weights}
    return values


def _notes(outcome: Outcome) -> dict[str, dict[str, str]]:
    """Return by area set how each score, group and election figure is made, in words."""
    plans, language = outcome.plans, outcome.plans.language
    any_of = text("note_at_least_one_share", language, origin=overlap_origin(outcome))
    levels = [*outcome.levels, *([outcome.overview] if outcome.overview else [])]
    return {
        level.area_set: layer_notes(plans, plans.profiles, level, language=language)
        | {"at_least_one_share": any_of, "precision_share": precision_note(plans, level)}
        for level in levels
    }


def _source_record(item: Loaded, language: Language) -> dict[str, Any]:
    source = item.source
    return {
        "name": item.name,
        "title": told(source.title, language),
        "publisher": source.publisher,
        "licence": told(source.licence, language),
        "vintage": source.vintage,
        "area_set": source.area_set,
        "rows": len(item.frame),
        "columns": [*map(str, item.frame.columns)],
        **_files_record(item),
    }


def _files_record(item: Loaded) -> dict[str, Any]:
    if len(item.files) == 1:
        return {"file": item.files[0].name, "sha256": sha256(item.files[0])}
    return {"files": {path.name: sha256(path) for path in item.files}}


def _election_record(outcome: Outcome) -> dict[str, Any]:
    campaign = outcome.plans.campaign
    results = outcome.gathered.results[campaign.election.basis].frame
    totals = outcome.district_votes.sum(skipna=False)
    return {
        "basis": campaign.election.basis,
        "year": campaign.election.year,
        "districts": len(outcome.district_votes),
        "unassigned_share": round(unassigned_share(results), 6),
        "unassigned_party_votes": campaign.election.unassigned_party_votes,
        "turnout": _rounded(totals["votes_cast_count"] / totals["electors_count"], 6),
        "totals": {str(name): _rounded(value, 3) for name, value in totals.items()},
    }


def _level_record(outcome: Outcome, level: Located) -> dict[str, Any]:
    lost = lost_counts(outcome.district_votes, level.way)
    plans = outcome.plans
    ranked = for_election(level.groups, plans.campaign.election.basis)
    methods = (ranked["group"] + ": " + ranked["method"]).value_counts()
    return {
        "areas": len(level.areas),
        "districts_without_area": list(level.way.unmatched),
        "electors_lost": round(float(lost["electors_count"].sum()), 3),
        "split_by_area_alone": list(level.way.by_area),
        "moved_by_dropped_slivers_share": round(level.way.sliver_share, 9),
        "joint_table": joint_record(level.joint),
        "chosen": {
            str(name): {
                "method": choice["method"],
                "measure": choice["measure"] or None,
                "why": why_words(choice, plans.language),
            }
            for name, choice in level.chosen.to_dict("index").items()
        },
        "electorates": _electorates_record(level),
        "more_electors_than_residents": {
            election: level.rolls.exceeding(election, level.counts["population_count"])
            for election in level.rolls.by_election
        },
        "methods": {str(name): int(areas) for name, areas in methods.items()},
        "unscored": {
            channel: int(scores["score"].isna().sum()) for channel, scores in level.scores.items()
        },
        "constant_criteria": {
            channel: constant_criteria(level.indicators, plans.profiles[channel])
            for channel in level.scores
        },
    }


def _electorates_record(level: Located) -> dict[str, Any]:
    totals = level.rolls.table().drop(columns=level.rolls.table().filter(regex="_se_count$"))
    return {str(name): _rounded(value, 3) for name, value in totals.sum(min_count=1).items()}


def _split_record(split: Split) -> dict[str, Any]:
    return {
        "kappa": round(split.kappa, 4),
        "scaling_error": round(split.sigma, 4),
        "coverage_of_90_percent_intervals": {
            str(name): {"areas": int(row["areas_count"]), "coverage": round(row["coverage"], 4)}
            for name, row in split.coverage.iterrows()
        },
    }


def _group_record(group: Group) -> dict[str, Any]:
    return {
        "definition": group.definition.sv,
        "decided": group.decided,
        "role": group.role,
        "measures": {item.count: item.share_sd_source for item in group.measures},
        "total": None if group.total is None else group.total.source.sv,
    }


def _mailing_record(outcome: Outcome) -> dict[str, Any]:
    budget, postal = outcome.plans.campaign.mailing, postal_of(outcome)
    return {
        "budget_sek": budget.budget_sek,
        "cost_source": budget.cost_source,
        "postal_codes": None if postal is None else postal[0],
        "editions": {one.edition.name: _edition_record(one) for one in outcome.mailings},
    }


def _edition_record(mailing: Mailing) -> dict[str, Any]:
    """Return what an edition comes to: figures of all its areas, whoever pays."""
    plan = mailing.plan
    sums = plan[["households_count", "cost_sek", "electors_count", "target_persons_count"]].sum()
    reached = sums["electors_count"]
    return {
        "areas": len(plan),
        "households": _rounded(sums["households_count"], 1),
        "cost_sek": _rounded(sums["cost_sek"], 2),
        "precision": _rounded(sums["target_persons_count"] / reached if reached else np.nan, 4),
        "precision_of_mailing_everyone": _rounded(mailing.county_precision, 4),
        "asked_for_twice": {str(area): str(payer) for area, payer in mailing.doubled.items()},
    }


def _rounded(value: float, digits: int) -> float | None:
    """Return a number that JSON has a word for: None where it is unknown."""
    return None if np.isnan(value) else round(float(value), digits)
