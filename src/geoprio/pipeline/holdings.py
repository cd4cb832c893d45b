"""What a campaign's sources would give each area set, told from the catalogue alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pandas as pd

from geoprio.config import Campaign
from geoprio.groups import PARTIES, Held
from geoprio.pipeline.derived import derive
from geoprio.scoring import PLACE, Figures, compute_indicators
from geoprio.sources import Source

TOWNS = "kommun"
_ROW = pd.Index(["0000"], name="area_code")


@dataclass(frozen=True)
class Holdings:
    """The sources of a campaign that are at hand, by name."""

    campaign: Campaign
    sources: Mapping[str, Source]

    def with_source(self, name: str, source: Source) -> "Holdings":
        """Return the same with one more."""
        return Holdings(self.campaign, {**self.sources, name: source})

    def electorates(self) -> dict[str, str]:
        """Return the source of each election's electorate, those of the campaign's year."""
        return {
            str(source.election): name
            for name, source in self.sources.items()
            if source.provides == "results" and source.vintage == self.campaign.election.year
        }

    def given_by(self, column: str) -> list[str]:
        """Return the names of the sources that give a count column, or what it is made of."""
        town = self._town()
        return [
            name
            for name, source in self.sources.items()
            if source.provides == "counts" and column in _columns(source, town)
        ]

    def held(self, area_set: str) -> Held:
        """Return what is held of an area set, and how near it is published."""
        town = self._town()
        chain = self._chain()
        place = chain.index(area_set) if area_set in chain else None
        own, moved, above = set[str](), set[str](), set[str]()
        districts = {
            source.area_set for source in self.sources.values() if source.provides == "results"
        }
        for source in self.sources.values():
            if source.provides != "counts":
                continue
            columns = _columns(source, town)
            at = _place(source.area_set, chain)
            if source.area_set == area_set:
                own |= columns
            elif source.area_set in districts or (at is not None and place is None):
                moved |= columns
            elif at is not None and place is not None:
                (own if at <= place else above).update(columns)
        known = frozenset(own | moved | above)
        return Held(frozenset(own), frozenset(moved - own), frozenset(above), _indicators(known))

    def _chain(self) -> list[str]:
        """Return the sets that nest, the smallest first."""
        return [self.campaign.closer_set, self.campaign.nesting.area_set, TOWNS]

    def _town(self) -> pd.DataFrame:
        """Return a row of single years about 18 where a source gives them."""
        for source in self.sources.values():
            columns = {column.name for column in source.columns}
            if "age_15_17_count" in columns:
                return pd.DataFrame(1.0, index=_ROW, columns=sorted(columns))
        return pd.DataFrame()


def useful(source: Source, campaign: Campaign, districts: Iterable[str]) -> bool:
    """Return whether a source counts anything on the areas that a campaign is made of."""
    chain = {campaign.closer_set, campaign.nesting.area_set, TOWNS, *districts}
    return source.provides == "counts" and source.area_set in chain


def _place(area_set: str, chain: list[str]) -> int | None:
    if area_set in chain:
        return chain.index(area_set)
    # Another vintage of a larger set stands in where its areas are the same still.
    kinds = [name.split("_")[0] for name in chain]
    kind = area_set.split("_")[0]
    return kinds.index(kind) if kind in kinds[1:] else None


def _columns(source: Source, town: pd.DataFrame) -> set[str]:
    """Return the count columns of a source, those that are made from them included."""
    names = [column.name for column in source.columns]
    made = derive(pd.DataFrame(1.0, index=_ROW, columns=names), town)
    return set(map(str, made.columns[made.notna().any()]))


@cache
def _indicators(columns: frozenset[str]) -> frozenset[str]:
    """Return the indicators of a place that can be made of counts and an election's votes."""
    parties = {f"votes_{party}_count": 1.0 for party in PARTIES}
    whole = dict.fromkeys(
        ["electors_count", "votes_cast_count", "valid_count"], float(len(parties))
    )
    figures = Figures(
        counts=pd.DataFrame(1.0, index=_ROW, columns=sorted(columns)),
        votes=pd.DataFrame(parties | whole, index=_ROW),
        area_km2=pd.Series(1.0, index=_ROW),
        weights={},
        association=pd.Series("", index=_ROW),
        capacity=pd.DataFrame(),
    )
    made = compute_indicators(figures, PLACE)
    return frozenset(map(str, made.columns[made.notna().any()]))
