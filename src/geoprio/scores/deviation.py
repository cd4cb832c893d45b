"""The standard errors of indicators: how far each may stray from what it is (METHOD 2, 3 and 6).

Figures without a column here are taken as exact: they are published for the areas as they are
(households or dwellings, income, ground), or counted by the user (members, activity; the target
persons that those are rated by belong to a whole association, where the areas' errors even out).
How far an election's figures are from the next one's is in no error.

No error is shared between areas. The one that would be, that of LO's county total, has no published
size; a factor on every area's members alike moves no area past another by LO alone, but how LO
weighs against the other groups would move with it, and that is in no error.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geoprio.config import Combine
from geoprio.counts import Evidence
from geoprio.counts.electorates import Move
from geoprio.counts.votes import RED_GREEN
from geoprio.groups import Joint, for_election
from geoprio.scores.indicators import BUILT, KM2_PER_HECTARE
from geoprio.scores.kernel import Floats

if TYPE_CHECKING:
    from geoprio.config import Brief


def intensity_parts(
    joint: Joint, errors: pd.DataFrame, weights: Mapping[str, float], *, combine: Combine
) -> pd.DataFrame:
    """Return what each group's error gives of the intensity's (0-1): areas x groups that count.

    To first order `d_g se_g`, where `d_g` is what one more point of group g adds: its weight for
    `sum`, else what it adds to those who are in no heavier group, read off the joint table.
    """
    names = list(joint.shares.columns)
    weight = np.array([weights.get(name, 0.0) for name in names])
    if combine == "sum":
        added = np.broadcast_to(weight / weight.sum(), joint.shares.shape)
    elif combine == "max":
        added = _added(joint, weight / weight.max())
    else:
        added = _added(joint, (weight > 0).astype(float))
    return (errors[names] * added).loc[:, weight > 0]


def intensity_error(
    joint: Joint, errors: pd.DataFrame, weights: Mapping[str, float], *, combine: Combine
) -> pd.Series:
    """Return the standard error (0-1) of the intensity in each area; NaN where one is unknown.

    The groups' errors are taken to be independent of each other; see `intensity_parts`.
    """
    return together(intensity_parts(joint, errors, weights, combine=combine))


def at_least_one_error(joint: Joint, errors: pd.DataFrame) -> pd.Series:
    """Return the standard error (0-1) of the share in at least one group; see `intensity_error`."""
    everyone = dict.fromkeys(joint.shares.columns, 1.0)
    return intensity_error(joint, errors, everyone, combine="any")


def together(parts: pd.DataFrame) -> pd.Series:
    """Return the standard error of a sum of independent `parts` (columns) by area."""
    return pd.Series(np.sqrt((parts.to_numpy(float) ** 2).sum(axis=1)), index=parts.index)


def product_error(
    first: pd.Series, first_se: pd.Series, second: pd.Series, second_se: pd.Series
) -> pd.Series:
    """Return the standard error of `first x second`, to first order, errors independent."""
    error: pd.Series = ((first * second_se) ** 2 + (second * first_se) ** 2) ** 0.5
    return error


def _added(joint: Joint, worth: Floats) -> Floats:
    """Return areas x groups: what a point of each group adds to the mean of the heaviest worth."""
    belongs = joint.belongs()
    cells = joint.cells.to_numpy(float)
    added = np.empty((len(cells), belongs.shape[1]))
    for group in range(belongs.shape[1]):
        # Those outside the group and inside it alike, as they stand in the other groups.
        others = (np.delete(belongs, group, axis=1) * np.delete(worth, group)).max(
            axis=1, initial=0.0
        )
        gain = np.maximum(worth[group] - others, 0.0)
        added[:, group] = cells @ gain
    return added


def place_errors(
    district_votes: pd.DataFrame, move: Move, known: Evidence, ground: pd.Series
) -> pd.DataFrame:
    """Return the standard errors of indicators of the place and its voters, by area.

    Of votes: moving them from the polling districts (`district_votes`, the unassigned already
    spread). Shares stray because a district's pieces do not vote alike. Non-voters x red-green
    share is residents x what each of them is worth, so it strays by both: by how many live in a
    piece, and by who they are and how they vote. Of households and doors: moving the dwellings,
    where they were moved. `ground` is what the doors are dense on, in km2.
    """
    votes = district_votes.reindex(district_votes.index.difference(list(move.way.unmatched)))
    electors, cast = votes["electors_count"], votes["votes_cast_count"]
    red_green = votes[RED_GREEN].sum(axis=1, skipna=False)
    share = red_green / votes["valid_count"].where(votes["valid_count"] > 0)
    potential = ((electors - cast).clip(lower=0) * share).fillna(0)
    counts = pd.DataFrame({"potential_count": potential, "electors_count": electors})
    of_numbers = move.count_errors(counts)
    of_worth = (
        known.counts["population_count"]
        * move.share(potential, move.residents.reindex(votes.index))[1]
    )
    doors = _households_error(known, ground.index)
    return pd.DataFrame(
        {
            "mobilisation_count": np.hypot(of_numbers["potential_count"], of_worth),
            "electors_count": of_numbers["electors_count"],
            "turnout_share": move.share(cast, electors)[1],
            "red_green_share": move.share(red_green, votes["valid_count"])[1],
            "v_share": move.share(votes["votes_v_count"], votes["valid_count"])[1],
            "households_count": doors,
            "doors_per_km2": _density_error(known, doors, ground),
        },
        index=ground.index,
    ).fillna(0.0)


def share_errors(usable: pd.DataFrame, joint: Joint, election: str) -> pd.DataFrame:
    """Return the standard errors (0-1) of the groups' shares of an electorate: areas x groups.

    As they may be computed with (`usable` and the `joint` table of the same), so that nothing
    withheld is told.
    """
    rows = for_election(usable, election)
    by_group = rows.set_index("group", append=True)["share_se"].unstack()  # noqa: PD010
    errors = by_group.reindex(index=joint.shares.index, columns=joint.shares.columns)
    # An estimate without a known error is not exact: as far off as the groups with one are at most.
    return errors.fillna(errors.max()).fillna(0.0)


def target_errors(
    errors: pd.DataFrame,
    joint: Joint,
    indicators: pd.DataFrame,
    place: pd.DataFrame,
    plans: "Brief",
) -> pd.DataFrame:
    """Return the standard errors of indicators that rest on the groups, by area.

    `errors` are from `share_errors`, `place` from `place_errors`.
    """
    campaign = plans.campaign
    intensity = intensity_error(joint, errors, plans.locating, combine=campaign.overlap.combine)
    precision = intensity_error(joint, errors, plans.locating, combine="any")
    share = indicators["precision_share"]
    households, persons = indicators["households_count"], indicators["target_persons_count"]
    return pd.DataFrame(
        {
            "intensity_share": intensity,
            "at_least_one_share": at_least_one_error(joint, errors),
            "precision_share": precision,
            "target_households_count": product_error(
                households, place["households_count"], share, precision
            ),
            "target_persons_count": product_error(
                persons / share.where(share > 0), place["electors_count"], share, precision
            ),
        }
    )


def _density_error(known: Evidence, households: pd.Series, ground: pd.Series) -> pd.Series:
    """Return the error of doors per km2: of doors that are counted, that of moving them."""
    if not known.best.reindex(columns=[BUILT]).notna().to_numpy().any():
        return households / ground
    built = known.best[BUILT] * KM2_PER_HECTARE
    if known.best["doors_count"].isna().all():
        return households / built
    moved = None if known.errors is None else known.errors.get("doors_count")
    return (pd.Series(0.0, ground.index) if moved is None else moved) / built


def _households_error(known: Evidence, areas: pd.Index) -> pd.Series:
    errors = known.errors
    if errors is None:
        return pd.Series(0.0, areas)
    own = errors.filter(regex=r"^households_count$|^dwellings_\w+_count$")
    return pd.Series(np.sqrt((own**2).sum(axis=1)), areas)
