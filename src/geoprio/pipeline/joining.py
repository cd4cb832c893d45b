"""The target groups' shares become a joint table, by what the campaign knows of their overlap."""

import pandas as pd

from geoprio.config import Campaign
from geoprio.errors import ConfigError
from geoprio.groups import Joint, carried_share, fit_joint, odds_seed, table_seed
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.loaded import Loaded


def join_groups(
    shares: pd.DataFrame, counts: pd.DataFrame, campaign: Campaign, gathered: Gathered
) -> Joint:
    """Return the joint table of the groups in each area.

    Parameters
    ----------
    shares
        Share (0-1) of each group in the electorate, by area.
    counts
        COUNTS that are published for the areas, with the columns of the campaign's two-way tables;
        a table that no source gives is passed over.
    """
    shares = shares[list(campaign.target_groups)]
    carried = {
        table.groups: carried_share(shares, counts, table) for table in campaign.overlap.pairs
    }
    return fit_joint(
        shares,
        seed=_seed(campaign, gathered),
        pairs={pair: both for pair, both in carried.items() if both is not None},
    )


def joint_source(campaign: Campaign, gathered: Gathered) -> Loaded | None:
    """Return the source of the county's joint table; None where the campaign names none."""
    named = (item for item in gathered.loaded if item.name == campaign.overlap.joint)
    return next(named, None)


def _seed(campaign: Campaign, gathered: Gathered) -> pd.Series:
    groups, overlap = list(campaign.target_groups), campaign.overlap
    source = joint_source(campaign, gathered)
    if source is None:
        return odds_seed(groups, {item.groups: item.ratio for item in overlap.odds_ratios})
    if campaign.county_code not in source.frame.index:
        message = (
            f"overlap.joint: {source.name} has no row for the county {campaign.county_code}; found"
            f" {', '.join(map(str, source.frame.index[:5]))}"
        )
        raise ConfigError(message)
    county = source.frame.loc[[campaign.county_code]].iloc[0]
    return table_seed(groups, county, overlap.cells)
