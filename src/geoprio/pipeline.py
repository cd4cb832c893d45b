"""The order of the stages, one call each."""

import gc
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from geoprio.areas import keep_ways, refuse_wrong_memberships
from geoprio.areas.associations import (
    expand_memberships,
    load_majorities,
    load_memberships,
)
from geoprio.config import (
    MAILING,
    Brief,
    Campaign,
    config_folders,
    load_campaign,
)
from geoprio.config.counties import fit_total
from geoprio.counts import (
    Gathered,
    calibrate,
    gather,
    refuse_misplaced,
    refuse_unfit,
    spread_unassigned,
)
from geoprio.counts.votes import Earlier, earlier_election, vote_changes
from geoprio.errors import CoverageError, CoverageWarning
from geoprio.groups.joint import joint_seed
from geoprio.plans import Grounds, plan_editions, refuse_wrong_additions
from geoprio.reports.publication import DECIDED_FOLDER, PLAN_FOLDER, publish, show_work
from geoprio.runs import Run
from geoprio.runs.assurance import told_of
from geoprio.runs.facts import run_record
from geoprio.runs.frames import run_frames
from geoprio.runs.outcome import Outcome
from geoprio.scores import Judged, Located, judge, locate, only_told, protect_counts, rank, survey
from geoprio.scores.advice import advise, load_guides
from geoprio.scores.remedies import (
    LEFT_OUT,
    Known,
    groups_left_out,
    households_lacking,
    known_columns,
    on_known_criteria,
    without_groups,
)
from geoprio.scores.vocabulary import groups_and_profiles
from geoprio.sources.activity import done_at
from geoprio.sources.private import read_additions, read_capacity
from geoprio.sources.raw import default_raw
from geoprio.sources.read import other_tables, read_all, source_at_hand
from geoprio.words import Language, Phrase, told

STAGES = ("read", "measure", "protect", "survey", "score", "judge", "advise", "publish")
"""In the order that they begin."""

Begins = Callable[[str], None]
"""Called with the name of each stage as it begins."""


def unheard(_: str) -> None:
    """Tell nobody that a stage begins."""


@contextmanager
def brisk() -> Iterator[None]:
    """Do without two habits of the libraries that took a third of a run.

    Looking for cycles: a run makes hardly any. And strings as Arrow's: frames of some thousand rows
    are indexed, compared and written row by row more often than they are searched.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        with pd.option_context("mode.string_storage", "python"):
            yield
    finally:
        if enabled:
            gc.enable()


def plain(run: Run) -> Run:
    """Return a run whose strings are as pandas has them, so that one's own frames compare equal."""
    return replace(run, frames={name: _plain(frame) for name, frame in run.frames.items()})


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    kind = pd.StringDtype(na_value=np.nan)
    found = frame.astype(dict.fromkeys(frame.select_dtypes("str"), kind))
    for name in ("index", "columns"):
        labels = getattr(found, name)
        if isinstance(labels.dtype, pd.StringDtype):
            found = found.set_axis(labels.astype(kind), axis=name)
    return found


def run(
    campaign_file: Path | str,
    *,
    raw: Path | str | None = None,
    out: Path | str | None = None,
    language: Language = "sv",
    begins: Begins = unheard,
) -> Run:
    """Run a campaign from its raw files to all its outputs.

    Parameters
    ----------
    campaign_file
        The campaign's TOML.
    raw
        Folder of the raw files; else `GEOPRIO_RAW`, else `<out>/data/raw/<campaign>`.
    out
        Folder that `data/processed/<campaign>` and `maps/<campaign>` are made in; else the
        current one.
    language
        Language of the outputs.
    begins
        Called with the name of each stage, one of `pipeline.STAGES`, as it begins.

    Returns
    -------
    run
        The frames of every area set, the mailing plan, the files written and the warnings. It shows
        itself as a short table.

    Raises
    ------
    GeoprioError
        Anything that the user can mend; nothing half-written is left.

    Examples
    --------
    >>> import geoprio as gp
    >>> run = gp.run("data/raw/demo/demo.toml", language="en")
    >>> list(run.levels)
    ['regso_2020', 'deso_2018']
    >>> areas = run.geo("regso_2020")
    >>> areas.crs.to_epsg(), areas["score_canvass"].between(0, 100).all().item()
    (3006, True)
    """
    with brisk():
        found = _computed(campaign_file, raw, out, language=language, begins=begins)
        begins("publish")
        folder = Path(out or "")
        made = publish(
            found,
            processed=folder / "data" / "processed" / found.campaign.name,
            maps=folder / "maps" / found.campaign.name,
        )
        _tell_plan(made, Path(raw) if raw else default_raw(made.campaign, folder))
    return plain(made)


def _tell_plan(made: Run, raw: Path) -> None:
    """Make the plan where the campaign says so; one that stands stays on the maps of a new run."""
    plan, home = made.campaign.plan, made.folder or Path()
    anew, decided = bool(plan and plan.with_run), (home / DECIDED_FOLDER).is_dir()
    # Its solvers and pages are half of what there is to import.
    if anew:
        from geoprio.reports.plan_files import write_plan
        from geoprio.reports.proposal import planned

        write_plan(planned(made))
    if decided or (not anew and (home / PLAN_FOLDER).is_dir()):
        from geoprio.reports.papers import work_shown

        work = work_shown(made, done_at(raw, made.within))
        if work:
            show_work(made, work)


def compute(
    campaign_file: Path | str,
    *,
    raw: Path | str | None = None,
    out: Path | str | None = None,
    language: Language = "sv",
    begins: Begins = unheard,
) -> Run:
    """Return what `run` would write, and write nothing.

    Parameters
    ----------
    campaign_file, raw, out, language, begins
        As in `run`.

    Returns
    -------
    run
        Its frames and its record; no file, and so no path.

    Raises
    ------
    GeoprioError
        Anything that the user can mend.

    Examples
    --------
    >>> import geoprio as gp
    >>> gp.compute("data/raw/demo/demo.toml").area_sets
    ('regso_2020', 'deso_2018')
    """
    return plain(_computed(campaign_file, raw, out, language=language, begins=begins))


@brisk()
def _computed(
    campaign_file: Path | str,
    raw: Path | str | None,
    out: Path | str | None,
    *,
    language: Language,
    begins: Begins,
) -> Run:
    path = Path(campaign_file)
    campaign = load_campaign(path)
    folder = Path(raw) if raw else default_raw(campaign, Path(out or ""))
    return kept(outcome_of(campaign, path, folder, language=language, begins=begins))


@brisk()
def kept(outcome: Outcome) -> Run:
    """Return what may be kept of what was computed."""
    return Run.of(run_record(outcome), run_frames(outcome))


@brisk()
def outcome_of(
    campaign: Campaign,
    campaign_file: Path,
    raw: Path,
    *,
    language: Language = "sv",
    begins: Begins = unheard,
) -> Outcome:
    """Return everything that a run computes. It holds what no file may: let it go no further."""
    # Two threads add up in another order than one, and a byte of a file would hang on that.
    with threadpool_limits(limits=1), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CoverageWarning)
        outcome = _compute(campaign, campaign_file, raw, language=language, begins=begins)
    lost = {
        told(getattr(item.message, "args", [item.message])[0], language)
        for item in caught
        if issubclass(item.category, CoverageWarning)
    }
    for item in caught:
        if not issubclass(item.category, CoverageWarning):
            warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)
    return replace(outcome, warnings=[*sorted(lost), *told_of(outcome)])


def _compute(
    campaign: Campaign, campaign_file: Path, raw: Path, *, language: Language, begins: Begins
) -> Outcome:
    """Return everything that a run computes: every stage but the last, in order."""
    gathered, plans = prepared(campaign, campaign_file, raw, language=language, begins=begins)
    added = read_additions(raw)
    begins("protect")
    told = protect_counts(gathered, plans)
    gathered = only_told(gathered, told, plans)
    begins("survey")
    votes = _votes(gathered, campaign)
    found = survey([*campaign.area_sets, *gathered.overview], gathered, votes, plans)
    plans, left_out = _of_known_groups(plans, found[0], gathered)
    campaign = plans.campaign
    begins("score")
    located = [locate(one, told, gathered, plans) for one in found]
    plans, criteria = _of_known_criteria(plans, located[0], gathered)
    located = [rank(one, plans) for one in located]
    begins("judge")
    judged = _judged(located, plans)
    levels, overview = _told_apart(located, judged, campaign)
    begins("advise")
    guides = load_guides(plans, config_folders(campaign_file))
    advised = {level.area_set: advise(level, plans, guides) for level in levels}
    refuse_wrong_additions(added, levels[0].areas["association"], campaign.editions)
    grounds = Grounds.of(plans, levels[0], joint_seed(campaign, gathered))
    earlier, changes = _changes(gathered, campaign, levels)
    return Outcome(
        plans=plans,
        gathered=gathered,
        district_votes=votes,
        levels=levels,
        overview=overview,
        judged=judged,
        guides=guides,
        advised=advised,
        mailings=plan_editions(grounds, added=added),
        earlier=earlier,
        changes=changes,
        left_out=[*left_out, *criteria],
    )


@brisk()
def district_ranking(campaign: Campaign, campaign_file: Path, raw: Path) -> Located:
    """Return what a run would know of the polling districts themselves, ranked and judged."""
    gathered, plans = prepared(campaign, campaign_file, raw)
    told = protect_counts(gathered, plans)
    gathered = only_told(gathered, told, plans)
    districts = gathered.results[campaign.election.basis].source.area_set
    found = survey([districts], gathered, _votes(gathered, campaign), plans)
    plans, _ = _of_known_groups(plans, found[0], gathered)
    one = locate(found[0], told, gathered, plans)
    plans, _ = _of_known_criteria(plans, one, gathered)
    one = rank(one, plans)
    scored = len(gathered.atlas.sets[campaign.scored_set])
    top_k = campaign.first_of(len(one.areas), scored)
    return replace(one, scores=judge(one, plans, top_k=top_k).scores)


def _votes(gathered: Gathered, campaign: Campaign) -> pd.DataFrame:
    """Return the votes of the campaign's election by polling district, the unassigned ones too."""
    results = gathered.results[campaign.election.basis].frame
    return spread_unassigned(results, party_votes=campaign.election.unassigned_party_votes)


def _of_known_groups(
    plans: Brief, first: Located, gathered: Gathered
) -> tuple[Brief, list[Phrase]]:
    """Return the brief of the groups that are located, as they are, and what is told of others."""
    unknown = {name: it for name, it in plans.groups.items() if name not in first.chosen.index}
    told = groups_left_out(unknown, known_columns(first.counts), gathered.others)
    known = without_groups(plans, unknown)
    return replace(known, groups=first.named_groups(known.groups)), told


def _of_known_criteria(
    plans: Brief, first: Located, gathered: Gathered
) -> tuple[Brief, list[Phrase]]:
    """Return the brief of the criteria that are known, and what is told of the rest.

    CoverageError: No channel can be ranked.
    """
    known, others = Known.of(first.counts, first.indicators), gathered.others
    profiles, covered, told = on_known_criteria(plans.profiles, known, others, plans.campaign.name)
    if all(line.key == LEFT_OUT for line in told) and len(told) == len(profiles):
        raise CoverageError("no_area_scored", told, area_set=first.area_set)
    if MAILING in profiles and "households_count" not in known.indicators:
        told.append(households_lacking(known.columns, others))
    return replace(plans, profiles=profiles, covered=covered), told


def _judged(located: Sequence[Located], plans: Brief) -> dict[str, Judged]:
    """Return how sure the rankings of each area set are; the scored set is first."""
    scored = len(located[0].areas)
    first = {one.area_set: plans.campaign.first_of(len(one.areas), scored) for one in located}
    return {one.area_set: judge(one, plans, top_k=first[one.area_set]) for one in located}


def _told_apart(
    located: Sequence[Located], judged: Mapping[str, Judged], campaign: Campaign
) -> tuple[list[Located], Located | None]:
    """Return the sets that are ranked with their verdicts, and the view from afar, if any."""
    ranked = [replace(one, scores=judged[one.area_set].scores) for one in located]
    sets = len(campaign.area_sets)
    return ranked[:sets], next(iter(ranked[sets:]), None)


def _changes(
    gathered: Gathered, campaign: Campaign, levels: Sequence[Located]
) -> tuple[Earlier | None, dict[str, pd.DataFrame]]:
    """Return the election before, and by area set how the votes moved, where they are known."""
    ways = {level.area_set: level.way for level in levels}
    earlier = earlier_election(gathered, campaign, ways)
    found = {name: vote_changes(name, gathered, campaign, earlier) for name in ways}
    return earlier, {name: frame for name, frame in found.items() if frame is not None}


def prepared(
    campaign: Campaign,
    campaign_file: Path,
    raw: Path,
    *,
    language: Language = "sv",
    begins: Begins = unheard,
) -> tuple[Gathered, Brief]:
    """Return what is gathered, small counts too, and everything that the stages after go by."""
    begins("read")
    folders = config_folders(campaign_file)
    groups, profiles = groups_and_profiles(campaign, folders)
    rows = load_memberships(campaign.associations, folders)
    sources = {name: source_at_hand(name, folders, raw) for name in campaign.sources}
    refuse_unfit(campaign, sources)
    refuse_misplaced(rows, campaign, sources)
    loaded, key = read_all(campaign, sources, raw, campaign_file.as_posix())
    gathered = gather(campaign, loaded, key)
    memberships = expand_memberships(rows, gathered.municipality_names, campaign)
    codes = {name: areas.index for name, areas in gathered.atlas.sets.items()}
    refuse_wrong_memberships(memberships, codes, file=campaign.associations)
    atlas = keep_ways(gathered.atlas, set(memberships["area_set"]))
    gathered = replace(gathered, atlas=atlas)
    begins("measure")
    others = other_tables(campaign, folders)
    county = atlas.sets[atlas.base]["municipality_code"].str[:2]
    people = atlas.population.groupby(county).sum()
    residents = {str(code): float(count) for code, count in people.items()}
    groups = {name: fit_total(name, group, campaign, residents) for name, group in groups.items()}
    seats = [item.seats for item in loaded if item.seats is not None]
    majorities = load_majorities(folders, *seats)
    splits = calibrate(gathered)
    gathered = replace(gathered, splits=splits, others=others, majorities=majorities)
    return gathered, Brief(
        campaign=campaign,
        groups=groups,
        profiles=profiles,
        memberships=memberships,
        capacity=read_capacity(raw, sorted(set(memberships["association"]))),
        language=language,
    )
