"""The standard errors of indicators: how far each may stray from what it is (METHOD 2, 3 and 6).

Figures without a column here are taken as exact: they are published for the areas as they are
(households or dwellings, income, ground), or counted by the user (members, activity; the target
persons that those are rated by belong to a whole association, where the areas' errors even out).
How far an election's figures are from the next one's is in no error.

No error is shared between areas. The one that would be, that of LO's county total, has no published
size; a factor on every area's members alike moves no area past another by LO alone, but how LO
weighs against the other groups would move with it, and that is in no error.
"""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoprio.areas import Crosswalk, Split, mixing, move_counts
from geoprio.groups import Joint, for_election
from geoprio.pipeline.figures import Known
from geoprio.pipeline.rolls import piece_spread, roll_errors
from geoprio.scoring import at_least_one_error, intensity_error, product_error

if TYPE_CHECKING:
    from geoprio.pipeline.brief import Brief

RED_GREEN = ["votes_v_count", "votes_s_count", "votes_mp_count"]


def place_errors(
    district_votes: pd.DataFrame, way: Crosswalk, split: Split, known: Known, area_km2: pd.Series
) -> pd.DataFrame:
    """Return the standard errors of indicators of the place and its voters, by area.

    Of votes: moving them from the polling districts. Shares stray because a district's pieces do
    not vote alike. Non-voters x red-green share is electors x what each of them is worth, so it
    strays by both: by how many live in a piece, and by how those who do vote. Of households and
    doors: moving the dwellings, where they were moved.

    Parameters
    ----------
    district_votes
        Votes by polling district, the unassigned ones already spread.
    way, split
        The crosswalk from the districts, and its fitted error.
    known
        The area set's counts.
    area_km2
        Ground of each area.
    """
    votes = district_votes.reindex(district_votes.index.difference(list(way.unmatched)))
    electors, cast = votes["electors_count"], votes["votes_cast_count"]
    red_green = votes[RED_GREEN].sum(axis=1, skipna=False)
    share = red_green / votes["valid_count"].where(votes["valid_count"] > 0)
    potential = ((electors - cast).clip(lower=0) * share).fillna(0)
    counts = pd.DataFrame({"potential_count": potential, "electors_count": electors})
    of_numbers = roll_errors(counts, way, split)
    moved = move_counts(electors.to_frame("electors_count"), way)["electors_count"]
    of_worth = moved * _moved_share_error(potential, electors, way)
    doors = _households_error(known, area_km2.index)
    return pd.DataFrame(
        {
            "mobilisation_count": np.hypot(of_numbers["potential_count"], of_worth),
            "electors_count": of_numbers["electors_count"],
            "turnout_share": _moved_share_error(cast, electors, way),
            "red_green_share": _moved_share_error(red_green, votes["valid_count"], way),
            "v_share": _moved_share_error(votes["votes_v_count"], votes["valid_count"], way),
            "households_count": doors,
            "doors_per_km2": doors / area_km2,
        },
        index=area_km2.index,
    ).fillna(0.0)


def target_errors(
    usable: pd.DataFrame,
    joint: Joint,
    indicators: pd.DataFrame,
    place: pd.DataFrame,
    plans: "Brief",
) -> pd.DataFrame:
    """Return the standard errors of indicators that rest on the groups, by area.

    Made of the groups' standard errors as they may be computed with, so that nothing withheld is
    told.

    Parameters
    ----------
    usable
        GROUPS that may be computed with (`Protected.usable`).
    joint
        Joint table of the same.
    indicators
        INDICATORS of the areas.
    place
        From `place_errors`.
    plans
        What the campaign wants.
    """
    campaign = plans.campaign
    rows = for_election(usable, campaign.election.basis)
    by_group = rows.set_index("group", append=True)["share_se"].unstack()  # noqa: PD010
    errors = by_group.reindex(index=joint.shares.index, columns=joint.shares.columns)
    # An estimate without a known error is not exact: as far off as the groups with one are at most.
    errors = errors.fillna(errors.max()).fillna(0.0)
    intensity = intensity_error(joint, errors, plans.locating, combine=campaign.overlap.combine)
    any_of = at_least_one_error(joint, errors)
    share = indicators["at_least_one_share"]
    households, persons = indicators["households_count"], indicators["target_persons_count"]
    return pd.DataFrame(
        {
            "intensity_share": intensity,
            "at_least_one_share": any_of,
            "target_households_count": product_error(
                households, place["households_count"], share, any_of
            ),
            "target_persons_count": product_error(
                persons / share.where(share > 0), place["electors_count"], share, any_of
            ),
        }
    )


def _moved_share_error(part: pd.Series, whole: pd.Series, way: Crosswalk) -> pd.Series:
    home = whole.index.str[:4].to_series(index=whole.index)
    spread = piece_spread(part / whole.where(whole > 0), home, way)
    error: pd.Series = mixing(whole.to_frame("whole_count"), way)["whole_count"] * spread
    return error


def _households_error(known: Known, areas: pd.Index) -> pd.Series:
    errors = known.errors
    if errors is None:
        return pd.Series(0.0, areas)
    own = errors.filter(regex=r"^households_count$|^dwellings_\w+_count$")
    return pd.Series(np.sqrt((own**2).sum(axis=1)), areas)
