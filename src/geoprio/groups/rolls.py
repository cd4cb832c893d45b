"""Who may vote in each election, area by area, and what part of the adults they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

LOCAL = ("kommun", "region")
"""Elections in which foreign citizens vote and Swedes abroad do not."""


@dataclass(frozen=True)
class Roll:
    """The electorate of one election in the areas of a set; NaN where unknown."""

    electors: pd.Series
    """Electors, moved from the polling districts."""
    se: pd.Series
    """Standard error of that, in persons."""
    foreign_share: pd.Series
    """Foreign citizens, of the electors (0-1)."""
    foreign_se: pd.Series
    abroad_share: pd.Series
    """Swedes abroad, of the electors (0-1): an estimate."""
    origin: str
    """Publisher and year, in words."""


@dataclass(frozen=True)
class Rolls:
    """The electorates of every election that the campaign's sources give."""

    by_election: Mapping[str, Roll]
    home: pd.Series
    """Municipality of each area."""

    @property
    def local(self) -> Roll | None:
        """The roll of those who live in the area and vote there, foreign citizens included."""
        return next((self.by_election[name] for name in LOCAL if name in self.by_election), None)

    def exceeding(self, election: str, people: pd.Series) -> list[str]:
        """Return the areas with more electors than people counted: other years, drawn borders."""
        over = self.by_election[election].electors > people
        return sorted(over.index[over])

    def capped(self, people: pd.Series) -> "Rolls":
        """Return the same with no more electors in an area than people counted there."""
        return replace(
            self,
            by_election={
                name: replace(roll, electors=roll.electors.clip(upper=people))
                for name, roll in self.by_election.items()
            },
        )

    def table(self) -> pd.DataFrame:
        """Return COUNTS of every election: electors, foreign citizens and Swedes abroad."""
        columns = {}
        for name, roll in self.by_election.items():
            columns[f"{name}_electors_count"] = roll.electors
            columns[f"{name}_electors_se_count"] = roll.se
            if name in LOCAL:
                columns[f"{name}_foreign_citizens_count"] = roll.electors * roll.foreign_share
            else:
                columns[f"{name}_swedes_abroad_count"] = roll.electors * roll.abroad_share
        return pd.DataFrame(columns).astype(float)


def at_home_share(rolls: Rolls, election: str, adults: pd.Series) -> pd.Series:
    """Return the share (0-1) of an area's adults who vote there in an election.

    Those on the local roll are the municipality's share of its adults, since an area's moved roll
    strays far more from its adults than its own share does; citizens are that less the area's own
    share of foreign citizens. Without a local roll, the municipality's electors of its adults. NaN
    where the adults are unknown.
    """
    local = rolls.local
    roll = rolls.by_election[election]
    if local is None:
        at_home = roll.electors * (1 - roll.abroad_share.fillna(0))
        return _by_home(at_home, adults, rolls.home)
    share = _by_home(local.electors, adults, rolls.home)
    return share if election in LOCAL else share * (1 - local.foreign_share.fillna(0))


def _by_home(electors: pd.Series, adults: pd.Series, home: pd.Series) -> pd.Series:
    sums = pd.DataFrame({"electors": electors, "adults": adults}).groupby(home).sum(min_count=1)
    share: pd.Series = home.map(sums["electors"] / sums["adults"].where(sums["adults"] > 0))
    return share.clip(upper=1.0).where(adults.notna() | np.isnan(share))
