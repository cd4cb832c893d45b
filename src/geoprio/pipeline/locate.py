"""One area set, from counts to scores: the stages in their order."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

from geoprio.areas import (
    KAPPA,
    Atlas,
    Crosswalk,
    assign_associations,
    fill_from_parents,
    find_way,
    known_counts,
    move_counts,
    move_errors,
    move_figures,
)
from geoprio.config import Campaign, Group, Profile
from geoprio.errors import CoverageError
from geoprio.groups import Evidence, Joint, Parent, estimate_groups, shares_by_group
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.joining import join_groups
from geoprio.schemas import COUNTS, check
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
    kappas: Mapping[str, float]
    """Calibrated concentration of splits, `to_areas` and `to_districts`."""
    language: Language

    @property
    def locating(self) -> dict[str, float]:
        """Central weights of the groups that count when areas are ranked."""
        weights = self.campaign.target_groups
        return {
            name: weights[name] for name, group in self.groups.items() if group.role == "locate"
        }


@dataclass(frozen=True)
class Known:
    """COUNTS of one area set."""

    published: pd.DataFrame
    """What is published for the areas or all their parts; NaN elsewhere."""
    filled: pd.DataFrame
    """The same with gaps filled from larger areas."""
    origins: Mapping[str, str]
    """Publisher and year of each column."""
    errors: pd.DataFrame | None = None
    """Standard errors, where the counts were moved from other areas."""


@dataclass(frozen=True)
class Located:
    """Everything known of one area set; all frames but GROUPS have one row per area."""

    area_set: str
    areas: gpd.GeoDataFrame
    counts: pd.DataFrame
    votes: pd.DataFrame
    groups: pd.DataFrame
    joint: Joint
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
    known = known_figures(area_set, gathered, kappa=plans.kappas["to_districts"])
    way = district_way(area_set, gathered, campaign, kappa=plans.kappas["to_areas"])
    tolerance = campaign.lost_count_tolerance * float(district_votes["electors_count"].sum())
    votes = move_counts(district_votes, way, tolerance=tolerance)
    association = _associations(area_set, atlas, plans.memberships)
    figures = Figures(
        counts=known.filled,
        votes=votes,
        area_km2=atlas.sets[area_set].area / M2_PER_KM2,
        weights=plans.locating,
        association=association,
        capacity=plans.capacity,
        combine=campaign.overlap.combine,
    )
    place = compute_indicators(figures, PLACE)
    evidence = Evidence(
        counts=known.published,
        parents=tuple(
            Parent(codes, known_figures(parent, gathered).published)
            for parent, codes in atlas.parents(area_set).items()
        ),
        electors=votes["electors_count"],
        indicators=place,
        origins=known.origins,
        errors=known.errors,
    )
    estimates = estimate_groups(plans.groups, evidence, election=campaign.election.basis)
    joint = join_groups(shares_by_group(estimates), known.published, campaign, gathered)
    targets = compute_indicators(figures.with_joint(joint), TARGETS)
    indicators = pd.concat([place, targets], axis=1)
    return Located(
        area_set=area_set,
        areas=atlas.sets[area_set]
        .drop(columns="population_count", errors="ignore")
        .assign(association=association),
        counts=known.filled,
        votes=votes,
        groups=estimates,
        joint=joint,
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


def known_figures(area_set: str, gathered: Gathered, *, kappa: float = KAPPA) -> Known:
    """Return the counts that are published for an area set, and the same with their gaps filled."""
    atlas, tables = gathered.atlas, gathered.tables
    if area_set != atlas.base and area_set not in atlas.nested:
        base = known_figures(atlas.base, gathered)
        way = find_way(atlas, atlas.base, area_set, kappa=kappa)
        moved = move_figures(base.filled, way)
        return Known(moved, moved, base.origins, move_errors(base.filled, way))
    known, origins = known_counts(tables, atlas.parts(area_set), atlas.residents)
    parents = atlas.parents(area_set)
    filled = fill_from_parents(known, tables, parents, known["population_count"])
    for table in tables:
        if table.area_set in parents:
            origins = dict.fromkeys(map(str, table.counts), table.origin) | origins
    return Known(check(known.astype(float), COUNTS), check(filled.astype(float), COUNTS), origins)


def district_way(
    area_set: str, gathered: Gathered, campaign: Campaign, *, kappa: float = KAPPA
) -> Crosswalk:
    """Return the crosswalk from the election's polling districts to an area set."""
    districts = gathered.results[campaign.election.basis].source.area_set
    return find_way(gathered.atlas, districts, area_set, kappa=kappa)


def _associations(area_set: str, atlas: Atlas, memberships: pd.DataFrame) -> pd.Series:
    named = sorted(set(memberships["area_set"]) - {"kommun"})
    ways = {name: find_way(atlas, area_set, name).frame for name in named}
    return assign_associations(atlas.sets[area_set]["municipality_code"], memberships, ways)
