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
from geoprio.groups import Evidence, Parent, estimate_groups, shares_by_group
from geoprio.pipeline.gather import Gathered
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
    kappa: float
    """Calibrated concentration of the splits of polling districts."""
    language: Language


@dataclass(frozen=True)
class Located:
    """Everything known of one area set; all frames but GROUPS have one row per area."""

    area_set: str
    areas: gpd.GeoDataFrame
    counts: pd.DataFrame
    votes: pd.DataFrame
    groups: pd.DataFrame
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
    known, filled, origins, errors = _counts(area_set, gathered)
    way = district_way(area_set, gathered, campaign, kappa=plans.kappa)
    tolerance = campaign.lost_count_tolerance * float(district_votes["electors_count"].sum())
    votes = move_counts(district_votes, way, tolerance=tolerance)
    association = _associations(area_set, atlas, plans.memberships)
    figures = Figures(
        counts=filled,
        votes=votes,
        area_km2=atlas.sets[area_set].area / M2_PER_KM2,
        shares=pd.DataFrame(index=filled.index),
        weights=campaign.target_groups,
        association=association,
        capacity=plans.capacity,
    )
    place = compute_indicators(figures, PLACE)
    evidence = Evidence(
        counts=known,
        parents=tuple(
            Parent(codes, _counts(parent, gathered)[0])
            for parent, codes in atlas.parents(area_set).items()
        ),
        electors=votes["electors_count"],
        indicators=place,
        origins=origins,
        errors=errors,
    )
    estimates = estimate_groups(plans.groups, evidence, election=campaign.election.basis)
    targets = compute_indicators(figures.with_shares(shares_by_group(estimates)), TARGETS)
    indicators = pd.concat([place, targets], axis=1)
    return Located(
        area_set=area_set,
        areas=atlas.sets[area_set]
        .drop(columns="population_count", errors="ignore")
        .assign(association=association),
        counts=filled,
        votes=votes,
        groups=estimates,
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


def _counts(
    area_set: str, gathered: Gathered
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str], pd.DataFrame | None]:
    """Return what is published for the set, the same with gaps filled, its origins and errors."""
    atlas, tables = gathered.atlas, gathered.tables
    if area_set != atlas.base and area_set not in atlas.nested:
        _, filled, origins, _ = _counts(atlas.base, gathered)
        way = find_way(atlas, atlas.base, area_set)
        moved = move_figures(filled, way)
        return moved, moved, origins, move_errors(filled, way)
    known, origins = known_counts(tables, atlas.parts(area_set), atlas.residents)
    parents = atlas.parents(area_set)
    filled = fill_from_parents(known, tables, parents, known["population_count"])
    for table in tables:
        if table.area_set in parents:
            origins = dict.fromkeys(map(str, table.counts), table.origin) | origins
    return check(known.astype(float), COUNTS), check(filled.astype(float), COUNTS), origins, None


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
