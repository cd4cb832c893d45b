"""A campaign with everything that it names: its groups, its profiles, who owns which area."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from geoprio.config.campaign import Campaign
from geoprio.config.groups import Group
from geoprio.config.profiles import Profile
from geoprio.words import Language


@dataclass(frozen=True)
class Brief:
    """What the campaign wants: its groups, its profiles and who owns which area."""

    campaign: Campaign
    groups: Mapping[str, Group]
    profiles: Mapping[str, Profile]
    memberships: pd.DataFrame
    """`association`, `area_set`, `area_code`."""
    capacity: pd.DataFrame
    """Members and active members by association, as far as the user has given them."""
    language: Language

    @property
    def locating(self) -> dict[str, float]:
        """Central weights of the groups that count when areas are ranked."""
        weights = self.campaign.target_groups
        return {
            name: weights[name] for name, group in self.groups.items() if group.role == "locate"
        }
