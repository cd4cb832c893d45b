"""Read everything that a campaign names, and put each frame where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from geoprio.areas import (
    Atlas,
    CountTable,
    Split,
    build_atlas,
    comparable_rows,
    keep_official_way,
    keep_way,
    refuse_homeless,
)
from geoprio.config import Campaign
from geoprio.errors import ConfigError, join_faults
from geoprio.pipeline.derived import derive, single_years
from geoprio.pipeline.loaded import Loaded
from geoprio.pipeline.read_all import town_names

DISTURBER, DISTURBED_FROM = "SCB", 2025
"""Who adds noise to each cell of small areas, and from which year on (METHOD 9)."""


@dataclass(frozen=True)
class Gathered:
    """Everything that a campaign's sources say."""

    atlas: Atlas
    tables: tuple[CountTable, ...]
    results: Mapping[str, Loaded]
    """Results of the campaign's election year, by election."""
    loaded: tuple[Loaded, ...]
    splits: Mapping[str, Split] = field(default_factory=dict)
    """Fitted errors of moving counts, by way; see `calibrate`."""

    @property
    def unused(self) -> list[str]:
        """Names of sources of counts on sets that no area of the run can be made of."""
        kinds = {name.split("_")[0] for name in self.atlas.sets}
        return [
            item.name
            for item in self.loaded
            if item.source.provides == "counts" and item.source.area_set.split("_")[0] not in kinds
        ]

    @property
    def disturbed(self) -> frozenset[str]:
        """Count columns of the statistics office from the years when each cell is disturbed."""
        return frozenset(
            column
            for item in self.loaded
            if item.source.publisher == DISTURBER and item.source.vintage >= DISTURBED_FROM
            for column in map(str, item.frame.filter(regex="_count$"))
        )

    @property
    def municipality_names(self) -> pd.Series:
        """Name by municipality code."""
        names: pd.Series = self.atlas.sets["kommun"]["area_name"]
        return names


def gather(campaign: Campaign, loaded: tuple[Loaded, ...], found: pd.DataFrame | None) -> Gathered:
    """Return what the campaign's sources say of its county.

    Parameters
    ----------
    campaign
        The campaign.
    loaded, found
        From `read_all`.

    Raises
    ------
    ConfigError
        The campaign lacks a source that a run cannot do without; all that are missing are named.
    """
    key = _require(campaign, loaded, found)
    sets = {item.source.area_set: item.frame for item in loaded if item.source.provides == "areas"}
    raw_tables = [
        CountTable(item.source.area_set, item.origin, item.frame)
        for item in loaded
        if item.source.provides == "counts"
    ]
    base = campaign.closer_set
    # The larger areas are made of the smaller ones, so that they nest to the metre.
    sets.pop(campaign.nesting.area_set, None)
    names = pd.concat(
        [town_names(item) for item in loaded if item.source.provides in ("names", "key")]
    )
    atlas = build_atlas(
        (base, sets.pop(base)),
        _population(raw_tables, base),
        (campaign.nesting.area_set, key),
        sets,
        municipality_names=names[~names.index.duplicated()],
    )
    refuse_homeless(raw_tables, atlas.sets, tolerance=campaign.lost_count_tolerance)
    results = _results(campaign, loaded)
    districts = results[campaign.election.basis].source.area_set
    atlas = keep_way(atlas, districts, base)
    for item in loaded:
        if item.source.mapping is not None:
            pair = item.source.mapping.from_set, item.source.area_set
            atlas = keep_official_way(atlas, item.frame, *pair)
    return Gathered(
        atlas=atlas,
        tables=tuple(_comparable(campaign, _with_derived(raw_tables), atlas)),
        results=results,
        loaded=loaded,
    )


def _require(
    campaign: Campaign, loaded: Sequence[Loaded], key: pd.DataFrame | None
) -> pd.DataFrame:
    election, base = campaign.election, campaign.closer_set
    given = {(item.source.provides, item.source.area_set) for item in loaded}
    faults = []
    if campaign.nesting.key not in {item.name for item in loaded}:
        faults.append(f"nesting.key = {campaign.nesting.key!r} is not among the sources")
    elif key is None:
        faults.append(
            f"nesting.key = {campaign.nesting.key!r} is no key; as borders that say what they lie"
            f" in, it needs a source of the borders of {campaign.nesting.area_set!r} and one of"
            " the municipalities' names"
        )
    for item in loaded:
        mapping = item.source.mapping
        wanted = () if mapping is None else (mapping.from_set, item.source.area_set)
        faults += [
            f"{item.name}: no source gives the borders of {name!r}, which it compares"
            for name in wanted
            if ("areas", name) not in given
        ]
    if ("areas", base) not in given:
        faults.append(f"no source gives the borders of closer_set = {base!r}")
    if not any(
        item.source.area_set == base and "population_count" in item.frame for item in loaded
    ):
        faults.append(f"no source gives population_count on closer_set = {base!r}")
    if election.basis not in _results(campaign, loaded):
        faults.append(f"no source gives the results of {election.basis} {election.year}")
    faults += [*_twice(loaded, "areas"), *_twice(loaded, "results")]
    if faults or key is None:
        raise ConfigError(join_faults(f"{campaign.name}: sources are missing", faults))
    return key


def _twice(loaded: Sequence[Loaded], kind: str) -> list[str]:
    given = pd.Series(
        {
            item.name: f"{item.source.area_set} {item.source.election or ''}".strip()
            for item in loaded
            if item.source.provides == kind
        },
        dtype=str,
    )
    shared = given[given.duplicated(keep=False)]
    return [
        f"{', '.join(names.index)} all give the {kind} of {what}; keep one"
        for what, names in shared.groupby(shared)
    ]


def _population(tables: Sequence[CountTable], base: str) -> pd.Series:
    return next(
        table.counts["population_count"]
        for table in tables
        if table.area_set == base and "population_count" in table.counts
    )


def _with_derived(tables: Sequence[CountTable]) -> list[CountTable]:
    town = single_years([table.counts for table in tables])
    return [CountTable(t.area_set, t.origin, derive(t.counts, town)) for t in tables]


def _comparable(campaign: Campaign, tables: Sequence[CountTable], atlas: Atlas) -> list[CountTable]:
    """Let a table on another vintage of a set stand in where its areas are the same still."""
    out = []
    for table in tables:
        kind = table.area_set.split("_")[0]
        twin = next((name for name in atlas.nested if name.split("_")[0] == kind), None)
        if table.area_set in atlas.sets or twin is None:
            out.append(table)
            continue
        people = atlas.population.groupby(atlas.nested[twin]).sum(min_count=1)
        tolerance = campaign.comparable_population_difference
        out.append(comparable_rows(table, people, area_set=twin, tolerance=tolerance))
    return out


def _results(campaign: Campaign, loaded: Sequence[Loaded]) -> dict[str, Loaded]:
    return {
        str(item.source.election): item
        for item in loaded
        if item.source.provides == "results" and item.source.vintage == campaign.election.year
    }
