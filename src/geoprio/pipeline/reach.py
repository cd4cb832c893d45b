"""Whom an edition of the mailing reaches in each area, and how sure that is."""

from dataclasses import dataclass

import pandas as pd

from geoprio.config import MailingEdition
from geoprio.errors import ConfigError
from geoprio.groups import Joint, for_election, intensity, shares_by_group
from geoprio.pipeline.joining import join_groups
from geoprio.pipeline.outcome import Outcome
from geoprio.planning.electorate import steady_electors
from geoprio.scoring import intensity_error


@dataclass(frozen=True)
class Reach:
    """The areas of the scored set as one edition sees them."""

    areas: pd.DataFrame
    """`households_count`, `electors_count`, `electors_se`, `target_persons_count` and
    `target_share_se` by area; NaN where unknown."""
    shares: pd.DataFrame
    """Share (0-1) of each of its target groups by area."""


def reach_of(outcome: Outcome, edition: MailingEdition) -> Reach:
    """Return whom an edition reaches, made of what is printed alone.

    Raises
    ------
    ConfigError
        No source gives the electorate of the edition's election.
    """
    campaign, level = outcome.plans.campaign, outcome.levels[0]
    election = edition.election or campaign.election.basis
    joint = level.joint if election == campaign.election.basis else _joint(outcome, election)
    rows = for_election(level.printed, election)
    wide = rows.set_index("group", append=True)["share_se"].unstack()  # noqa: PD010
    errors = wide.reindex(index=joint.shares.index, columns=joint.shares.columns)
    # An estimate without a known error is not exact: as far off as the groups with one at most.
    errors = errors.fillna(errors.max()).fillna(0.0)
    names = list(edition.target_groups or campaign.target_groups)
    everyone = intensity(joint, dict.fromkeys(joint.shares.columns, 1.0), combine="any")
    weights = dict.fromkeys(names, 1.0)
    share = intensity(joint, weights, combine="any")
    electors, se = _electors(outcome, election)
    adults = level.counts.get("adults_count", pd.Series(float("nan"), electors.index))
    steadied = steady_electors(electors, se, adults, everyone)
    areas = steadied.assign(
        households_count=level.indicators["households_count"],
        target_persons_count=steadied["electors_count"] * share,
        target_share_se=intensity_error(joint, errors, weights, combine="any"),
    )
    return Reach(areas, joint.shares[names])


def _electors(outcome: Outcome, election: str) -> tuple[pd.Series, pd.Series]:
    level = outcome.levels[0]
    if election == outcome.plans.campaign.election.basis:
        return level.votes["electors_count"], level.errors["electors_count"]
    roll = level.rolls.by_election[election]
    return roll.electors, roll.se


def _joint(outcome: Outcome, election: str) -> Joint:
    level, campaign = outcome.levels[0], outcome.plans.campaign
    if election not in level.rolls.by_election:
        there = ", ".join(level.rolls.by_election)
        message = (
            f"mailing.editions: election {election!r}: no source gives its electorate; expected"
            f" one of {there}"
        )
        raise ConfigError(message)
    shares = shares_by_group(for_election(level.printed, election)).reindex(level.areas.index)
    # Two-way tables are of the campaign's own election, and areas where a group is withheld.
    return join_groups(shares, pd.DataFrame(index=shares.index), campaign, outcome.gathered)
