"""Read everything that a campaign names, and put each frame where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geoprio.areas import Atlas, CountTable, build_atlas, comparable_rows, keep_way, refuse_homeless
from geoprio.config import Campaign
from geoprio.errors import ConfigError, join_faults
from geoprio.groups import derive_adults
from geoprio.sources import Source, find_file, load_source, read_source


@dataclass(frozen=True)
class Loaded:
    """One source, read."""

    name: str
    source: Source
    file: Path
    frame: pd.DataFrame

    @property
    def origin(self) -> str:
        """Publisher and year, in words."""
        return f"{self.source.publisher} {self.source.vintage}"


@dataclass(frozen=True)
class Gathered:
    """Everything that a campaign's sources say."""

    atlas: Atlas
    tables: tuple[CountTable, ...]
    results: Mapping[str, Loaded]
    """Results of the campaign's election year, by election."""
    loaded: tuple[Loaded, ...]

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
    def municipality_names(self) -> pd.Series:
        """Name by municipality code."""
        names: pd.Series = self.atlas.sets["kommun"]["area_name"]
        return names


def gather(
    campaign: Campaign, raw: Path, folders: Sequence[Path], *, campaign_file: str
) -> Gathered:
    """Return what the campaign's sources say of its county.

    Raises
    ------
    ConfigError
        The campaign lacks a source that a run cannot do without; all that are missing are named.
    SourceError
        A raw file is missing or wrong.
    """
    loaded = _load(campaign, raw, folders, campaign_file)
    _require(campaign, loaded)
    key = _one(loaded, campaign.nesting.key).frame
    sets = {item.source.area_set: item.frame for item in loaded if item.source.provides == "areas"}
    raw_tables = [
        CountTable(item.source.area_set, item.origin, item.frame)
        for item in loaded
        if item.source.provides == "counts"
    ]
    base = campaign.closer_set
    names = pd.concat([_names(item) for item in loaded if item.source.provides in ("names", "key")])
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
    return Gathered(
        atlas=keep_way(atlas, districts, base),
        tables=tuple(_comparable(campaign, _with_adults(raw_tables), atlas)),
        results=results,
        loaded=loaded,
    )


def _load(
    campaign: Campaign, raw: Path, folders: Sequence[Path], campaign_file: str
) -> tuple[Loaded, ...]:
    sources = {name: load_source(name, folders) for name in campaign.sources}
    files = {
        name: find_file(source, raw, campaign=campaign_file) for name, source in sources.items()
    }
    key = None
    loaded: dict[str, Loaded] = {}
    for name in sorted(sources, key=lambda name: sources[name].provides != "key"):
        frame = read_source(sources[name], raw, county_code=campaign.county_code, key=key)
        key = frame if name == campaign.nesting.key else key
        loaded[name] = Loaded(name, sources[name], files[name], frame)
    return tuple(loaded[name] for name in sources)


def _require(campaign: Campaign, loaded: Sequence[Loaded]) -> None:
    election, base = campaign.election, campaign.closer_set
    given = {(item.source.provides, item.source.area_set) for item in loaded}
    faults = []
    if campaign.nesting.key not in {item.name for item in loaded}:
        faults.append(f"nesting.key = {campaign.nesting.key!r} is not among the sources")
    if ("areas", base) not in given:
        faults.append(f"no source gives the borders of closer_set = {base!r}")
    if not any(
        item.source.area_set == base and "population_count" in item.frame for item in loaded
    ):
        faults.append(f"no source gives population_count on closer_set = {base!r}")
    if election.basis not in _results(campaign, loaded):
        faults.append(f"no source gives the results of {election.basis} {election.year}")
    faults += [*_twice(loaded, "areas"), *_twice(loaded, "results")]
    if faults:
        raise ConfigError(join_faults(f"{campaign.name}: sources are missing", faults))


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


def _one(loaded: Sequence[Loaded], name: str) -> Loaded:
    return next(item for item in loaded if item.name == name)


def _names(item: Loaded) -> pd.Series:
    frame = item.frame
    if item.source.provides == "names":
        return frame["municipality_name"]
    return frame.drop_duplicates("municipality_code").set_index("municipality_code")[
        "municipality_name"
    ]


def _population(tables: Sequence[CountTable], base: str) -> pd.Series:
    return next(
        table.counts["population_count"]
        for table in tables
        if table.area_set == base and "population_count" in table.counts
    )


def _with_adults(tables: Sequence[CountTable]) -> list[CountTable]:
    """Derive within each table, so that a share's parts come from the same year."""
    town = next(
        (table.counts for table in tables if "age_15_17_count" in table.counts), pd.DataFrame()
    )
    return [
        CountTable(table.area_set, table.origin, _derived(table.counts, town)) for table in tables
    ]


def _derived(counts: pd.DataFrame, town: pd.DataFrame) -> pd.DataFrame:
    if "age_15_19_count" in counts and len(town):
        municipality = counts.index.str[:4].to_series(index=counts.index)
        counts = derive_adults(counts, town, municipality)
    if {"born_in_sweden_count", "population_count"} <= set(counts):
        abroad = counts["population_count"] - counts["born_in_sweden_count"]
        counts = counts.assign(born_abroad_count=abroad)
    return counts


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
