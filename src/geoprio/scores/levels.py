"""One area set, from counts to scores: the stages in their order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.areas import Atlas, Crosswalk, assign_associations, find_way, move_counts
from geoprio.config import Brief, ElectionBasis, Group
from geoprio.counts import Evidence, Gathered, Rolls
from geoprio.counts.electorates import (
    Move,
    abroad_by_district,
    district_moves,
    find_rolls,
    living_here,
)
from geoprio.counts.figures import OWN, as_published, known_figures
from geoprio.counts.inventory import columns_given, single_years
from geoprio.counts.votes import region_votes, riksdag_votes
from geoprio.errors import CoverageError
from geoprio.groups import (
    Joint,
    Nest,
    align_groups,
    as_located,
    as_told,
    choose_methods,
    columns_wanted,
    estimate_groups,
    for_election,
    held_of,
    prospective_errors,
    protect,
    shares_by_group,
    without,
)
from geoprio.groups.joint import join_groups
from geoprio.groups.measures import NONE, group_origins
from geoprio.scores.deviation import place_errors, share_errors, target_errors
from geoprio.scores.indicators import (
    PLACE,
    TARGETS,
    Figures,
    compute_indicators,
    lived_ground,
    own_figures,
    place_origins,
    target_origins,
)
from geoprio.scores.reasons import explain_areas, reasons_of
from geoprio.scores.remedies import groups_left_out, known_columns, without_groups
from geoprio.scores.score import score_areas

M2_PER_KM2 = 1e6
MOSTLY = 0.5
"""Part of an area's residents from which it is said to lie in a larger area."""


@dataclass(frozen=True)
class Located:
    """Everything known of one area set; all frames but GROUPS have one row per area.

    What `survey` cannot know yet is empty until `locate`.
    """

    area_set: str
    areas: gpd.GeoDataFrame
    figures: Figures
    """COUNTS with their gaps filled, votes and, when located, the joint table of the groups."""
    roll: pd.DataFrame
    """Votes as published, moved: Swedes abroad are among the electors and the votes cast."""
    published: pd.DataFrame
    """COUNTS that are published for the areas or all their parts."""
    groups: pd.DataFrame
    """GROUPS as estimated of what is told, of every election and of the groups' own bases."""
    rolls: Rolls
    chosen: pd.DataFrame
    """`method`, `measure` and `why` by group."""
    way: Crosswalk
    """From the polling districts to the areas."""
    indicators: pd.DataFrame
    """Of the place, its voters and, when located, its groups."""
    errors: pd.DataFrame
    """Standard errors of the indicators; a column that is not there is exact."""
    origins: pd.DataFrame
    """Where each figure is from, by area (METHOD 3): of counts and indicators by their names, of a
    group's share `<group>_share`. A column that is not there is the areas' own."""
    prospects: Mapping[str, pd.DataFrame]
    """By a table that the campaign lacks: what the standard errors (0-1) of the locating groups'
    shares would be with it (areas x groups), where they can be other than they are."""
    larger: Mapping[str, pd.DataFrame]
    """By larger area set, the nearest first: `place`, the name of the larger area that each area
    lies in, and the indicators of that."""
    printed: pd.DataFrame = field(default_factory=pd.DataFrame)
    """GROUPS as shown: what is withheld is NaN, and `shown` says why."""
    share_errors: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Standard errors (0-1) of the groups' shares, which those of the indicators are made of."""
    scores: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """SCORES by channel."""
    reasons: Mapping[str, pd.Series] = field(default_factory=dict)
    """Reason in words by channel."""

    @property
    def counts(self) -> pd.DataFrame:
        """COUNTS with their gaps filled."""
        return self.figures.counts

    @property
    def votes(self) -> pd.DataFrame:
        """Votes of those who live here, in the campaign's election or the one before it."""
        return self.figures.votes

    def named_groups(self, groups: Mapping[str, Group]) -> dict[str, Group]:
        """Return the groups by what they are called as they are located here."""
        known = self.indicators.columns[self.indicators.notna().any()]
        methods = self.chosen["method"]
        return {name: as_located(one, methods[name], known) for name, one in groups.items()}

    @property
    def joint(self) -> Joint:
        """Joint table of the groups as printed."""
        return self.figures.located


@dataclass(frozen=True)
class _Ground:
    """What is known of an area set before its groups are."""

    area_set: str
    move: Move
    roll: pd.DataFrame
    """Votes as published, moved."""
    rolls: Rolls
    figures: Figures
    """Of no group yet: `weights` are empty."""
    errors: pd.DataFrame
    """Standard errors of the indicators of the place."""
    evidence: Evidence
    """With the electors and the indicators of the place."""


def survey(
    area_sets: Sequence[str], gathered: Gathered, district_votes: pd.DataFrame, plans: Brief
) -> list[Located]:
    """Return the counts, votes and target groups of every area of each set.

    A group that nothing locates in one of the sets is left out of all: `chosen` has the others.
    `district_votes` are by polling district, the unassigned ones already spread. CoverageError: no
    group that locates is known.
    """
    measures = [measure for group in plans.groups.values() for measure in group.measures]
    names = dict.fromkeys([gathered.atlas.base, *area_sets])
    found = {name: known_figures(name, gathered, measures) for name in names}
    wanted = dict.fromkeys(area_sets)
    grounds = [_ground(name, found, gathered, district_votes, plans) for name in wanted]
    methods = [choose_methods(plans.groups, held_of(one.evidence))["method"] for one in grounds]
    unknown = {name for name in plans.groups if any(method[name] == NONE for method in methods)}
    if unknown >= set(plans.locating):
        columns = known_columns(grounds[0].figures.counts)
        faults = groups_left_out(plans.groups, columns, gathered.others)
        raise CoverageError("no_group_located", faults, campaign=plans.campaign.name)
    plans = without_groups(plans, unknown)
    return [_survey(one, gathered, plans) for one in grounds]


def _ground(
    area_set: str,
    found: Mapping[str, Evidence],
    gathered: Gathered,
    district_votes: pd.DataFrame,
    plans: Brief,
) -> _Ground:
    atlas, campaign, election = gathered.atlas, plans.campaign, plans.campaign.election
    known, moves = found[area_set], district_moves(gathered, area_set)
    move = moves[gathered.results[election.basis].source.area_set]
    lost = campaign.lost_count_tolerance
    electors = float(district_votes["electors_count"].sum())
    roll = move_counts(district_votes, move.way, tolerance=lost * electors)
    rolls = find_rolls(
        area_set, gathered, moves, tolerance=lost, abroad_shares=campaign.abroad_shares
    )
    votes, district_votes = _living_here(roll, district_votes, rolls, gathered, election)
    lived = _lived_km2(area_set, atlas, found[atlas.base].best)
    figures = Figures(
        counts=known.best,
        votes=votes,
        area_km2=atlas.sets[area_set].area / M2_PER_KM2,
        weights={},
        association=_associations(area_set, atlas, plans.memberships),
        capacity=plans.capacity,
        riksdag=riksdag_votes(area_set, gathered, campaign),
        region=region_votes(area_set, gathered, campaign),
        combine=campaign.overlap.combine,
        lived_km2=lived,
    )
    place = compute_indicators(figures, PLACE)
    return _Ground(
        area_set=area_set,
        move=move,
        roll=roll,
        rolls=rolls,
        figures=figures,
        errors=place_errors(district_votes, move, known, lived),
        evidence=replace(known, electors=roll["electors_count"], indicators=place),
    )


def _survey(ground: _Ground, gathered: Gathered, plans: Brief) -> Located:
    """Return the groups of an area set, on what is known of it."""
    area_set, atlas, evidence = ground.area_set, gathered.atlas, ground.evidence
    figures = replace(ground.figures, weights=plans.locating)
    sets = [name for name in atlas.nested if name != area_set]
    groups = group_origins(plans.groups, evidence)
    rolls, counts = ground.rolls, figures.counts
    capped = plans.campaign.cap_to_electorate
    standing = rolls.capped(counts["population_count"]) if capped else rolls
    estimates = align_groups(
        estimate_groups(plans.groups, evidence), standing, plans.groups, evidence
    )
    return Located(
        area_set=area_set,
        areas=atlas.sets[area_set]
        .drop(columns="population_count", errors="ignore")
        .assign(association=figures.association),
        figures=figures,
        roll=ground.roll,
        published=evidence.counts,
        groups=estimates,
        rolls=rolls,
        chosen=choose_methods(plans.groups, held_of(evidence)),
        way=ground.move.way,
        indicators=evidence.indicators,
        errors=ground.errors,
        origins=_origins(evidence, figures, groups, sets, ground.move.way),
        prospects=_prospects(area_set, gathered, evidence, standing, plans),
        larger=_larger(area_set, figures, gathered, plans.memberships),
    )


def _prospects(
    area_set: str, gathered: Gathered, evidence: Evidence, rolls: Rolls, plans: Brief
) -> dict[str, pd.DataFrame]:
    """Return `Located.prospects`, of a set that nests: one table for all that give the same."""
    campaign, base = plans.campaign, gathered.atlas.base
    told = set(campaign.area_sets) & set(gathered.published)
    wanted = columns_wanted({name: plans.groups[name] for name in plans.locating}, evidence)
    years = single_years([table.counts for table in gathered.tables])
    found: dict[frozenset[str], tuple[str, pd.DataFrame]] = {}
    for name, table in gathered.others.items() if area_set in told else ():
        given = columns_given(table.column_names, tuple(map(str, years)))
        columns = given & frozenset().union(*wanted.values())
        if columns and columns not in found and table.area_set in {area_set, base}:
            surer = {group: plans.groups[group] for group, own in wanted.items() if own & columns}
            with_it = as_published(evidence, columns, area_set, gathered)
            basis = campaign.election.basis
            errors = prospective_errors(columns, surer, with_it, rolls, election=basis)
            found[columns] = name, errors
    return dict(found.values())


def _larger(
    area_set: str, figures: Figures, gathered: Gathered, memberships: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return what is known of the larger areas that each area lies in; nobody votes in them."""
    homes = _homes(area_set, gathered.atlas)
    sets = [
        (
            name,
            codes,
            gathered.published[name][0],
            codes.map(gathered.atlas.sets[name]["area_name"]),
        )
        for name, codes in homes.items()
    ]
    if homes:
        # The only association of a municipality is told by the name of that, and one that bears
        # the name of an area would be taken for it.
        owner, town = figures.association, homes[_MUNICIPALITY]
        named = pd.concat([gathered.atlas.sets[name]["area_name"] for name in homes])
        several = owner.groupby(town).transform("nunique") > 1
        owner = owner.where(several & ~owner.isin(named))
        sets.insert(-1, (ASSOCIATION, owner, _association_counts(gathered, memberships), owner))
    found = {}
    for name, codes, counts, places in sets:
        theirs = replace(
            figures,
            counts=counts,
            votes=figures.votes.reindex(counts.index) * np.nan,
            area_km2=pd.Series(np.nan, counts.index),
            lived_km2=None,
            riksdag=None,
            region=None,
        )
        told = compute_indicators(theirs, PLACE).reindex(codes.to_numpy()).set_axis(codes.index)
        found[name] = told.assign(place=places).reindex(figures.counts.index)
    return found


def _association_counts(gathered: Gathered, memberships: pd.DataFrame) -> pd.DataFrame:
    """Return COUNTS of each association's areas in all; NaN where those of any are unknown."""
    atlas = gathered.atlas
    parts = [name for name in (atlas.base, *atlas.nested) if name != _MUNICIPALITY][-1]
    counts = gathered.published[parts][0].filter(regex="_count$")
    owner = _associations(parts, atlas, memberships).rename("area_code")
    return counts.groupby(owner).sum().where(counts.notna().groupby(owner).all())


def _homes(area_set: str, atlas: Atlas) -> dict[str, pd.Series]:
    """Return by larger set, the nearest first, the area of it that each area lies in.

    Of a set that does not nest: that most of its residents live in, else none.
    """
    homes = atlas.parents(area_set)
    if area_set == atlas.base or area_set in atlas.nested:
        return homes
    pieces = find_way(atlas, atlas.base, area_set).frame
    people = pieces["weight"] * pieces["source_code"].map(atlas.population)
    for name, codes in atlas.nested.items():
        parent = pieces["source_code"].map(codes)
        shared = people.groupby([pieces["area_code"], parent]).sum().reset_index(name="people")
        most = shared.sort_values("people", kind="stable").drop_duplicates("area_code", keep="last")
        whole = shared.groupby("area_code")["people"].sum()
        most = most.set_index("area_code").sort_index()
        mostly = most["people"] > whole * MOSTLY
        homes.setdefault(name, most.loc[mostly, "source_code"])
    return {name: homes[name] for name in atlas.nested}


def _origins(
    known: Evidence, figures: Figures, groups: pd.DataFrame, sets: Sequence[str], way: Crosswalk
) -> pd.DataFrame:
    """Return where counts, indicators and groups' shares are from; what is all own left out."""
    nowhere = pd.DataFrame(index=figures.counts.index)
    whence = nowhere if known.whence is None else known.whence
    split = way.shared.reindex(nowhere.index)
    place = place_origins(figures, whence, sets, split=split)
    targets = target_origins(groups, figures.weights, sets)
    # Counts and indicators share a name: an indicator's origin is the farthest of its parts'.
    counts = whence.drop(columns=place.columns, errors="ignore")
    found = pd.concat([counts, place, targets, groups.add_suffix("_share")], axis=1)
    return found.loc[:, (found != OWN).any()]


def _living_here(
    roll: pd.DataFrame,
    district_votes: pd.DataFrame,
    rolls: Rolls,
    gathered: Gathered,
    election: ElectionBasis,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the votes of those who live in the areas, and in the polling districts.

    Where Swedes abroad are not counted by district, the county's share of them is enough for an
    error.
    """
    abroad = rolls.by_election[election.basis].abroad_share.fillna(0.0)
    electors, county = roll["electors_count"], rolls.home.str[:2]
    shares = {
        code: (abroad[own] * electors[own]).sum() / electors[own].sum(min_count=1)
        for code, own in county.groupby(county).groups.items()
    }
    districts = gathered.results[election.basis].source.area_set
    homes = gathered.atlas.sets[districts]["municipality_code"].str[:2]
    away = homes.map(shares).reindex(district_votes.index)
    if election.basis == "riksdag":
        away = abroad_by_district(gathered, districts).reindex(away.index).fillna(away)
    return (
        living_here(roll, abroad, election.abroad_turnout),
        living_here(district_votes, away, election.abroad_turnout),
    )


def _lived_km2(area_set: str, atlas: Atlas, pieces: pd.DataFrame) -> pd.Series:
    """Return the ground that households fill as they live; an area's own where that is unknown."""
    own: pd.Series = atlas.sets[area_set].area / M2_PER_KM2
    if area_set == atlas.base:
        return own
    way = find_way(atlas, atlas.base, area_set).frame
    lived = lived_ground(pieces, atlas.sets[atlas.base].area / M2_PER_KM2, way)
    return lived.reindex(own.index).fillna(own)


def locate(
    found: Located, told: Mapping[str, pd.DataFrame], gathered: Gathered, plans: Brief
) -> Located:
    """Return the indicators of every area of a set, those of its groups too.

    `told` says by set how each sensitive count may be printed; none that may not went into `found`.
    """
    shown = told.get(found.area_set, pd.DataFrame())
    basis = plans.campaign.election.basis
    joint = join_groups(
        shares_by_group(for_election(found.groups, basis)),
        found.roll["electors_count"],
        found.published,
        plans,
        gathered,
    )
    figures = replace(found.figures, joint=joint)
    indicators = pd.concat([found.indicators, compute_indicators(figures, TARGETS)], axis=1)
    errors = share_errors(found.groups, joint, basis)
    of_targets = target_errors(errors, joint, indicators, found.errors, plans)
    if not plans.campaign.whole_municipalities:
        # A municipality is no area like the others: nothing that ranks or is mailed is said of it.
        whole = gathered.atlas.stand_ins(found.area_set)
        indicators = indicators.drop(index=whole).reindex(indicators.index)
    return replace(
        found,
        figures=figures,
        printed=as_told(found.groups, dict(found.chosen["measure"]), shown),
        indicators=indicators,
        errors=pd.concat([found.errors, of_targets], axis=1),
        share_errors=errors,
    )


def rank(found: Located, plans: Brief) -> Located:
    """Return the scores and reasons of every area of a set whose groups are located."""
    town = found.areas["municipality_code"]
    return replace(
        found,
        scores={channel: _scores(found, plans, channel) for channel in plans.profiles},
        reasons={
            channel: reasons_of(
                explain_areas(found.indicators, profile, municipality=town),
                own_figures(found.indicators, found.origins),
                profile,
                language=plans.language,
            )
            for channel, profile in plans.profiles.items()
        },
    )


def _scores(found: Located, plans: Brief, channel: str) -> pd.DataFrame:
    scores = score_areas(
        found.indicators,
        plans.profiles[channel],
        channel=channel,
        election=plans.campaign.election.basis,
        municipality=found.areas["municipality_code"],
    )
    return scores.assign(coverage=scores["coverage"] * plans.covered.get(channel, 1.0))


def _associations(area_set: str, atlas: Atlas, memberships: pd.DataFrame) -> pd.Series:
    named = sorted(set(memberships["area_set"]) - {_MUNICIPALITY})
    ways = {name: find_way(atlas, area_set, name).frame for name in named}
    return assign_associations(atlas.sets[area_set]["municipality_code"], memberships, ways)


_MUNICIPALITY = "kommun"
ASSOCIATION = "association"
"""Among the larger areas of a set: what an association's areas are in all."""


def protect_counts(gathered: Gathered, plans: Brief) -> dict[str, pd.DataFrame]:
    """Return by area set how each count of a sensitive group may be told; see `protect`.

    Sets that nest are one hierarchy, up to each county; polling districts, where a table counts a
    group by them, are one of their own up to the municipality.
    """
    atlas, bases = gathered.atlas, sensitive_bases(plans)
    control = partial(protect, bases=bases, minimum_count=plans.campaign.minimum_count)
    tables = {name: counts for name, (counts, _) in gathered.published.items()}
    told = control(tables, nest=nest_of(atlas))
    districts = {item.source.area_set for item in gathered.results.values()}
    for table in gathered.tables:
        if table.area_set in districts and not set(bases).isdisjoint(table.counts):
            sets = [table.area_set, _MUNICIPALITY]
            told |= control({table.area_set: table.counts}, nest=_nest(atlas, sets))
    return told


def only_told(gathered: Gathered, told: Mapping[str, pd.DataFrame], plans: Brief) -> Gathered:
    """Return what is gathered without the counts that may not be told.

    Whatever is made after this, an estimate, a score or a plan, is made of what is printed alone,
    and so tells no more.
    """
    crossed = {
        pair.both
        for pair in plans.campaign.overlap.pairs
        if any(plans.groups[name].sensitive for name in pair.groups)
    }

    def cleared(counts: pd.DataFrame, area_set: str) -> pd.DataFrame:
        return without(counts, told[area_set], crossed) if area_set in told else counts

    given = gathered.published.items()
    return replace(
        gathered,
        tables=tuple(
            replace(one, counts=cleared(one.counts, one.area_set)) for one in gathered.tables
        ),
        published={name: (cleared(counts, name), origins) for name, (counts, origins) in given},
    )


def sensitive_bases(plans: Brief) -> dict[str, str]:
    """Return, by column of a sensitive group's count, that of the persons it is counted among."""
    return {
        measure.count: measure.of
        for group in plans.groups.values()
        if group.sensitive
        for measure in group.measures
    }


def nest_of(atlas: Atlas) -> Nest:
    """Return the area sets that nest, from the smallest areas to their counties."""
    return _nest(atlas, [atlas.base, *atlas.nested])


def _nest(atlas: Atlas, sets: Sequence[str]) -> Nest:
    parents = {name: atlas.parents(name)[above] for name, above in pairwise(sets)}
    top = atlas.sets[sets[-1]].index
    return Nest(parents | {sets[-1]: pd.Series(top.str[:2], index=top)})
