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
from geoprio.counts.electorates import district_move, find_rolls, living_here
from geoprio.counts.figures import OWN, known_figures
from geoprio.counts.votes import riksdag_votes
from geoprio.errors import CoverageError
from geoprio.groups import (
    Joint,
    Nest,
    Protected,
    align_groups,
    as_located,
    choose_methods,
    estimate_groups,
    for_election,
    held_of,
    protect,
    shares_by_group,
    withhold_where,
)
from geoprio.groups.joint import join_groups
from geoprio.groups.measures import group_origins
from geoprio.scores.deviation import place_errors, target_errors
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
from geoprio.scores.score import score_areas

MAILING = "mailing"
"""The channel whose ranking the plan of a run goes down."""

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
    """GROUPS as estimated, of every election and of the groups' own bases; no file holds it."""
    rolls: Rolls
    chosen: pd.DataFrame
    """`method`, `measure` and `why` by group."""
    way: Crosswalk
    """From the polling districts to the areas."""
    indicators: pd.DataFrame
    """Of the place and its voters; those of the groups are made of what is printed alone, as are
    scores and reasons."""
    errors: pd.DataFrame
    """Standard errors of the indicators; a column that is not there is exact."""
    origins: pd.DataFrame
    """Where each figure is from, by area (METHOD 3): of counts and indicators by their names, of a
    group's share `<group>_share`. A column that is not there is the areas' own."""
    larger: Mapping[str, pd.DataFrame]
    """By larger area set, the nearest first: `place`, the name of the larger area that each area
    lies in, and the indicators of that."""
    printed: pd.DataFrame = field(default_factory=pd.DataFrame)
    """GROUPS as shown: what is withheld is NaN, and `shown` says why."""
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


def survey(
    area_set: str, gathered: Gathered, district_votes: pd.DataFrame, plans: Brief
) -> Located:
    """Return the counts, votes and target groups of every area of a set.

    `district_votes` are by polling district, the unassigned ones already spread.
    """
    atlas, campaign, election = gathered.atlas, plans.campaign, plans.campaign.election
    measures = [measure for group in plans.groups.values() for measure in group.measures]
    known = known_figures(area_set, gathered, measures)
    counts = known.best
    districts = gathered.results[election.basis].source.area_set
    move = district_move(gathered, districts, area_set)
    tolerance = campaign.lost_count_tolerance * float(district_votes["electors_count"].sum())
    roll = move_counts(district_votes, move.way, tolerance=tolerance)
    rolls = find_rolls(
        area_set,
        gathered,
        tolerance=campaign.lost_count_tolerance,
        abroad_share=campaign.abroad_share,
    )
    votes, district_votes = _living_here(roll, district_votes, rolls, election)
    association = _associations(area_set, atlas, plans.memberships)
    lived = _lived_km2(area_set, gathered)
    figures = Figures(
        counts=counts,
        votes=votes,
        area_km2=atlas.sets[area_set].area / M2_PER_KM2,
        weights=plans.locating,
        association=association,
        capacity=plans.capacity,
        riksdag=riksdag_votes(area_set, gathered, campaign),
        combine=campaign.overlap.combine,
        lived_km2=lived,
    )
    place = compute_indicators(figures, PLACE)
    larger = _larger(area_set, figures, gathered)
    sets = [name for name in atlas.nested if name != area_set]
    evidence = replace(known, electors=roll["electors_count"], indicators=place)
    groups = group_origins(plans.groups, evidence)
    standing = rolls.capped(counts["population_count"]) if campaign.cap_to_electorate else rolls
    estimates = align_groups(
        estimate_groups(plans.groups, evidence), standing, plans.groups, evidence
    )
    return Located(
        area_set=area_set,
        areas=atlas.sets[area_set]
        .drop(columns="population_count", errors="ignore")
        .assign(association=association),
        figures=figures,
        roll=roll,
        published=known.counts,
        groups=estimates,
        rolls=rolls,
        chosen=choose_methods(plans.groups, held_of(evidence)),
        way=move.way,
        indicators=place,
        errors=place_errors(district_votes, move, known, lived),
        origins=_origins(known, figures, groups, sets, move.way),
        larger=larger,
    )


def _larger(area_set: str, figures: Figures, gathered: Gathered) -> dict[str, pd.DataFrame]:
    """Return what is known of the larger areas that each area lies in; nobody votes in them."""
    found = {}
    for name, codes in _homes(area_set, gathered.atlas).items():
        counts = gathered.published[name][0]
        theirs = replace(
            figures,
            counts=counts,
            votes=figures.votes.reindex(counts.index) * np.nan,
            area_km2=pd.Series(np.nan, counts.index),
            lived_km2=None,
            riksdag=None,
        )
        told = compute_indicators(theirs, PLACE).reindex(codes.to_numpy()).set_axis(codes.index)
        names = codes.map(gathered.atlas.sets[name]["area_name"])
        found[name] = told.assign(place=names).reindex(figures.counts.index)
    return found


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
    roll: pd.DataFrame, district_votes: pd.DataFrame, rolls: Rolls, election: ElectionBasis
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the votes of those who live in the areas, and in the polling districts.

    Of the districts' Swedes abroad the county's share is known, which is enough for an error.
    """
    abroad = rolls.by_election[election.basis].abroad_share.fillna(0.0)
    electors = roll["electors_count"]
    county = float((abroad * electors).sum() / electors.sum())
    return (
        living_here(roll, abroad, election.abroad_turnout),
        living_here(district_votes, county, election.abroad_turnout),
    )


def _lived_km2(area_set: str, gathered: Gathered) -> pd.Series:
    """Return the ground that households fill as they live; an area's own where that is unknown."""
    atlas = gathered.atlas
    own: pd.Series = atlas.sets[area_set].area / M2_PER_KM2
    if area_set == atlas.base:
        return own
    pieces = known_figures(atlas.base, gathered).best
    way = find_way(atlas, atlas.base, area_set).frame
    lived = lived_ground(pieces, atlas.sets[atlas.base].area / M2_PER_KM2, way)
    return lived.reindex(own.index).fillna(own)


def locate(found: Located, protected: Protected, gathered: Gathered, plans: Brief) -> Located:
    """Return the indicators, scores and reasons of every area of a set, made of what is printed."""
    # A two-way table of an area where a group is withheld would tell of what is withheld.
    basis = plans.campaign.election.basis
    whole = (protected.printed["shown"] == "shown").groupby(level=0).all()
    joint = join_groups(
        shares_by_group(for_election(protected.usable, basis)),
        found.published.where(whole.reindex(found.published.index)),
        plans.campaign,
        gathered,
    )
    figures = replace(found.figures, joint=joint)
    indicators = pd.concat([found.indicators, compute_indicators(figures, TARGETS)], axis=1)
    of_targets = target_errors(protected.usable, joint, indicators, found.errors, plans)
    town = found.areas["municipality_code"]
    return replace(
        found,
        figures=figures,
        printed=protected.printed,
        indicators=indicators,
        errors=pd.concat([found.errors, of_targets], axis=1),
        scores=_scores(found, indicators, plans),
        reasons={
            channel: reasons_of(
                explain_areas(indicators, profile, municipality=town),
                own_figures(indicators, found.origins),
                profile,
                language=plans.language,
            )
            for channel, profile in plans.profiles.items()
        },
    )


def _scores(found: Located, indicators: pd.DataFrame, plans: Brief) -> dict[str, pd.DataFrame]:
    scores = {
        channel: score_areas(
            indicators,
            profile,
            channel=channel,
            election=plans.campaign.election.basis,
            municipality=found.areas["municipality_code"],
        )
        for channel, profile in plans.profiles.items()
    }
    if not any(frame["score"].notna().any() for frame in scores.values()):
        unknown = indicators.columns[indicators.isna().all()]
        raise CoverageError("no_area_scored", area_set=found.area_set, unknown=unknown)
    return scores


def _associations(area_set: str, atlas: Atlas, memberships: pd.DataFrame) -> pd.Series:
    named = sorted(set(memberships["area_set"]) - {_MUNICIPALITY})
    ways = {name: find_way(atlas, area_set, name).frame for name in named}
    return assign_associations(atlas.sets[area_set]["municipality_code"], memberships, ways)


_SIZES = {"residents": "population_count", "adults": "adults_count"}
_COUNTY, _MUNICIPALITY = "county", "kommun"


def protect_sets(found: Sequence[Located], atlas: Atlas, plans: Brief) -> dict[str, Protected]:
    """Return what may be shown of each area set's groups, and what may be computed with.

    Sets that nest are one hierarchy, up to the county. A set that does not nest, such as polling
    districts, is one of its own up to the municipality, and its counts are sums of parts of the
    closer set's: in each municipality where either set withholds a group, the closer one prints
    none of it.
    """
    control = partial(
        protect,
        groups=plans.groups,
        minimum_count=plans.campaign.minimum_count,
    )
    tables = {one.area_set: _sized(one) for one in found}
    scored, *closer = found
    if scored.area_set == atlas.base or scored.area_set in atlas.nested:
        return control(tables, nest=_nest(atlas, atlas.base, [*atlas.nested]))
    alone = {scored.area_set: tables.pop(scored.area_set)}
    own = control(alone, nest=_nest(atlas, scored.area_set))
    shown = own[scored.area_set]
    others = control(tables, nest=_nest(atlas, atlas.base, [*atlas.nested]))
    towns = {one.area_set: one.areas["municipality_code"] for one in found}
    return own | {
        one.area_set: withhold_where(
            others[one.area_set], shown, towns[one.area_set], towns[scored.area_set]
        )
        for one in closer
    }


def _nest(atlas: Atlas, smallest: str, larger: Sequence[str] = (_MUNICIPALITY,)) -> Nest:
    sets = [smallest, *larger]
    parents = {name: atlas.parents(name)[above] for name, above in pairwise(sets)}
    top = atlas.sets[sets[-1]].index
    return Nest(parents | {sets[-1]: pd.Series(_COUNTY, index=top)})


def _sized(one: Located) -> pd.DataFrame:
    """Return GROUPS with the persons in each row's base: its own where its share tells."""
    rows, figures = one.groups, one.figures
    sizes = {
        base: figures.counts[column] for base, column in _SIZES.items() if column in figures.counts
    }
    size = rows["count"] / rows["share"].where(rows["share"] > 0)
    for base, known in sizes.items():
        size = size.fillna(known.reindex(rows.index).where(rows["base"] == base))
    for election, roll in one.rolls.by_election.items():
        electors = roll.electors.reindex(rows.index)
        size = size.fillna(electors.where(rows["election"] == election))
    # Rounded, so that no noise of the division tells of the count.
    return rows.assign(size=size.round(6))
