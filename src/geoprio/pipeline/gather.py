"""Read everything that a campaign names, and put each frame where it belongs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geoprio.areas import (
    Atlas,
    CountTable,
    build_atlas,
    comparable_rows,
    keep_official_way,
    keep_way,
    refuse_homeless,
)
from geoprio.config import Campaign
from geoprio.errors import ConfigError, join_faults
from geoprio.groups import derive_adults
from geoprio.sources import Source, find_files, read_source, source_at_hand

_FIRST = {"key": 0, "areas": 1, "names": 2}
"""What is read before the rest: the key, or what it is made from."""


@dataclass(frozen=True)
class Loaded:
    """One source, read."""

    name: str
    source: Source
    files: tuple[Path, ...]
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
    loaded, found = _load(campaign, raw, folders, campaign_file)
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
    atlas = keep_way(atlas, districts, base)
    for item in loaded:
        if item.source.mapping is not None:
            pair = item.source.mapping.from_set, item.source.area_set
            atlas = keep_official_way(atlas, item.frame, *pair)
    return Gathered(
        atlas=atlas,
        tables=tuple(_comparable(campaign, _with_adults(raw_tables), atlas)),
        results=results,
        loaded=loaded,
    )


def _load(
    campaign: Campaign, raw: Path, folders: Sequence[Path], campaign_file: str
) -> tuple[tuple[Loaded, ...], pd.DataFrame | None]:
    sources = {name: source_at_hand(name, folders, raw) for name in campaign.sources}
    files = {
        name: find_files(source, raw, campaign=campaign_file) for name, source in sources.items()
    }
    key = None
    loaded: dict[str, Loaded] = {}
    for name in sorted(sources, key=lambda name: _FIRST.get(sources[name].provides, len(_FIRST))):
        frame = read_source(sources[name], raw, county_code=campaign.county_code, key=key)
        loaded[name] = Loaded(name, sources[name], files[name], frame)
        key = _key(campaign, loaded) if key is None else key
    return tuple(loaded[name] for name in sources), key


def _key(campaign: Campaign, loaded: Mapping[str, Loaded]) -> pd.DataFrame | None:
    """Return the key, also one made of borders that say which larger area they lie in.

    None until all that it takes is loaded.
    """
    item = loaded.get(campaign.nesting.key)
    if item is None or item.source.provides == "key":
        return None if item is None else item.frame
    larger = [
        other.frame["area_name"]
        for other in loaded.values()
        if (other.source.provides, other.source.area_set) == ("areas", campaign.nesting.area_set)
    ]
    towns = [_names(other) for other in loaded.values() if other.source.provides == "names"]
    if not larger or not towns or "parent_code" not in item.frame:
        return None
    parent, home = item.frame["parent_code"], item.frame["municipality_code"]
    return pd.DataFrame(
        {
            "parent_code": parent,
            "parent_name": parent.map(larger[0]).fillna(parent),
            "municipality_code": home,
            "municipality_name": home.map(towns[0]),
        }
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
        # Where figures are disturbed (2025 and later) a part may exceed its whole by a few.
        abroad = (counts["population_count"] - counts["born_in_sweden_count"]).clip(lower=0)
        counts = counts.assign(born_abroad_count=abroad)
    if {"women_born_in_sweden_count", "women_count"} <= set(counts):
        women_abroad = (counts["women_count"] - counts["women_born_in_sweden_count"]).clip(lower=0)
        counts = counts.assign(women_born_abroad_count=women_abroad)
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
