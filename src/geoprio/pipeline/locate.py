"""One area set, from counts to scores: the stages in their order."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import pandas as pd

from geoprio.areas import (
    Atlas,
    Crosswalk,
    Split,
    assign_associations,
    find_way,
    move_counts,
)
from geoprio.config import Campaign, Group, Profile
from geoprio.errors import CoverageError
from geoprio.groups import (
    Evidence,
    Parent,
    Rolls,
    align_groups,
    choose_methods,
    estimate_groups,
    for_election,
    held_of,
    shares_by_group,
)
from geoprio.pipeline.figures import Known, known_figures
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.rolls import find_rolls, way_split
from geoprio.scoring import PLACE, TARGETS, Figures, compute_indicators, reasons, score_areas
from geoprio.texts import Language

M2_PER_KM2 = 1e6


@dataclass(frozen=True)
class Plans:
    """What the campaign wants: its groups, its profiles and who owns which area."""

    campaign: Campaign
    groups: Mapping[str, Group]
    profiles: Mapping[str, Profile]
    memberships: pd.DataFrame
    """`association`, `area_set`, `area_code`."""
    capacity: pd.DataFrame
    """Members and active members by association, as far as the user has given them."""
    splits: Mapping[str, Split]
    """Fitted errors of moving counts, by way; see `calibrate`."""
    language: Language

    @property
    def locating(self) -> dict[str, float]:
        """Central weights of the groups that count when areas are ranked."""
        weights = self.campaign.target_groups
        return {
            name: weights[name] for name, group in self.groups.items() if group.role == "locate"
        }


@dataclass(frozen=True)
class Located:
    """Everything known of one area set; all frames but GROUPS have one row per area."""

    area_set: str
    areas: gpd.GeoDataFrame
    counts: pd.DataFrame
    votes: pd.DataFrame
    groups: pd.DataFrame
    """GROUPS of every election, and of the groups' own bases."""
    rolls: Rolls
    chosen: pd.DataFrame
    """`method`, `measure` and `why` by group."""
    indicators: pd.DataFrame
    scores: Mapping[str, pd.DataFrame]
    """SCORES by channel."""
    reasons: Mapping[str, pd.Series]
    """Reason in words by channel."""
    way: Crosswalk
    """From the polling districts to the areas."""


def locate(
    area_set: str, gathered: Gathered, district_votes: pd.DataFrame, plans: Plans
) -> Located:
    """Return the target groups, indicators, scores and reasons of every area of a set.

    Parameters
    ----------
    area_set
        Name of a set in the atlas.
    gathered
        What the sources say.
    district_votes
        Votes by polling district, the unassigned ones already spread.
    plans
        What the campaign wants.
    """
    atlas, campaign = gathered.atlas, plans.campaign
    measures = [measure for group in plans.groups.values() for measure in group.measures]
    known = known_figures(area_set, gathered, plans.splits, measures)
    way = district_way(area_set, gathered, campaign, plans.splits)
    tolerance = campaign.lost_count_tolerance * float(district_votes["electors_count"].sum())
    votes = move_counts(district_votes, way, tolerance=tolerance)
    association = _associations(area_set, atlas, plans.memberships)
    figures = Figures(
        counts=known.filled,
        votes=votes,
        area_km2=atlas.sets[area_set].area / M2_PER_KM2,
        shares=pd.DataFrame(index=known.filled.index),
        weights=plans.locating,
        association=association,
        capacity=plans.capacity,
    )
    place = compute_indicators(figures, PLACE)
    evidence = _evidence(area_set, gathered, plans, known=known, electors=votes["electors_count"])
    evidence = replace(evidence, indicators=place)
    rolls = find_rolls(area_set, gathered, plans.splits, tolerance=campaign.lost_count_tolerance)
    standing = (
        rolls.capped(known.filled["population_count"]) if campaign.cap_to_electorate else rolls
    )
    estimates = align_groups(
        estimate_groups(plans.groups, evidence), standing, plans.groups, evidence
    )
    ranked = for_election(estimates, campaign.election.basis)
    targets = compute_indicators(figures.with_shares(shares_by_group(ranked)), TARGETS)
    indicators = pd.concat([place, targets], axis=1)
    return Located(
        area_set=area_set,
        areas=atlas.sets[area_set]
        .drop(columns="population_count", errors="ignore")
        .assign(association=association),
        counts=known.filled,
        votes=votes,
        groups=estimates,
        rolls=rolls,
        chosen=choose_methods(plans.groups, held_of(evidence)),
        indicators=indicators,
        scores=_scores(area_set, indicators, plans),
        reasons={
            channel: reasons(indicators, profile, language=plans.language)
            for channel, profile in plans.profiles.items()
        },
        way=way,
    )


def _scores(area_set: str, indicators: pd.DataFrame, plans: Plans) -> dict[str, pd.DataFrame]:
    election = plans.campaign.election.basis
    scores = {
        channel: score_areas(indicators, profile, channel=channel, election=election)
        for channel, profile in plans.profiles.items()
    }
    if not any(frame["score"].notna().any() for frame in scores.values()):
        unknown = indicators.columns[indicators.isna().all()]
        message = (
            f"{area_set}: no area could be scored in any channel; unknown everywhere: "
            f"{', '.join(unknown)}. Add sources that give them, or take them out of the profiles."
        )
        raise CoverageError(message)
    return scores


def _evidence(
    area_set: str, gathered: Gathered, plans: Plans, *, known: Known, electors: pd.Series
) -> Evidence:
    return Evidence(
        counts=known.published,
        parents=tuple(
            Parent(codes, known_figures(parent, gathered, plans.splits).published)
            for parent, codes in gathered.atlas.parents(area_set).items()
        ),
        electors=electors,
        indicators=pd.DataFrame(index=known.published.index),
        origins=known.origins,
        errors=known.errors,
        share_errors=known.share_errors,
        noise=known.noise,
    )


def district_way(
    area_set: str, gathered: Gathered, campaign: Campaign, splits: Mapping[str, Split]
) -> Crosswalk:
    """Return the crosswalk from the election's polling districts to an area set."""
    districts = gathered.results[campaign.election.basis].source.area_set
    kappa = way_split(area_set, splits).kappa
    return find_way(gathered.atlas, districts, area_set, kappa=kappa)


def _associations(area_set: str, atlas: Atlas, memberships: pd.DataFrame) -> pd.Series:
    named = sorted(set(memberships["area_set"]) - {"kommun"})
    ways = {name: find_way(atlas, area_set, name).frame for name in named}
    return assign_associations(atlas.sets[area_set]["municipality_code"], memberships, ways)
