"""Read everything that a campaign names, and put each frame where it belongs."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.areas import (
    Atlas,
    CountTable,
    Split,
    build_atlas,
    comparable_rows,
    count_doors,
    keep_official_way,
    keep_way,
    known_counts,
    refuse_homeless,
)
from geoprio.areas.doors import located
from geoprio.config import Campaign
from geoprio.errors import CoverageWarning
from geoprio.sources.catalogue import URBAN, Loaded, Source
from geoprio.sources.read import town_names
from geoprio.words import Phrase

_DERIVED = {
    "adults_count": ("population_count", "age_0_14_count", "age_15_19_count", "age_15_17_count"),
    "adult_women_count": (
        "women_count",
        "women_age_0_14_count",
        "women_age_15_19_count",
        "women_age_15_17_count",
    ),
}
_YOUNG = "age_18_29_count"
SPLIT = frozenset({*_DERIVED, _YOUNG})
"""Columns that rest on how many of those aged 15-19 are minors."""
_BESIDE = ("age_0_14_count", "age_20_24_count")
_MINORS, _MINORS_TAU = 0.6, 0.6
"""Minors among those aged 15-19 where no source gives single years, three ages of five, and the
spread of their log odds between areas: an assumption (in 26 municipalities of one county in 2022
the share is 0.60-0.64, spread 0.04; their parts differ far more, a campus most of all)."""


def derive_adults(
    counts: pd.DataFrame, municipality_counts: pd.DataFrame, municipality: pd.Series
) -> pd.DataFrame:
    """Return `counts` with adults and 18-29 year-olds added, women among them too.

    The band 15-19 is split at 18 by the municipality's own share (METHOD 3), where no source gives
    single years three to two.

    Parameters
    ----------
    counts
        COUNTS of any area set; bands that are not there give NaN.
    municipality_counts
        COUNTS by municipality code with single years summed to 15-17, 18-19 and 15-19; empty where
        no source gives them.
    municipality
        Municipality code of each row of `counts`.

    Returns
    -------
    COUNTS with the same index; NaN where a band is unknown.
    """
    known = counts.reindex(columns=[*counts.columns, *_missing(counts)])
    split = {sex: _minors(municipality, municipality_counts, sex) for sex in ("", "women_")}
    added = {}
    for name, (everyone, children, teens, _) in _DERIVED.items():
        minors = split["women_" if children.startswith("women_") else ""]
        added[name] = known[everyone] - known[children] - known[teens] * minors
    for sex, minors in split.items():
        added[f"{sex}age_18_29_count"] = (
            known[f"{sex}age_15_19_count"] * (1 - minors)
            + known[f"{sex}age_20_24_count"]
            + known[f"{sex}age_25_29_count"]
        )
    return counts.assign(**added)


def split_errors(
    counts: pd.DataFrame, municipality_counts: pd.DataFrame, municipality: pd.Series
) -> pd.DataFrame:
    """Return the standard errors that the split at 18 gives the columns of `derive_adults`.

    With m the municipality's share of minors among n teenagers, the variance is
    `n m (1 - m) (1 + n m (1 - m) tau^2)`: chance, and the area's own log odds of being 15-17. Their
    spread tau within a municipality is that between municipalities, times how much more the bands
    on either side (0-14 against 20-24) differ within than between; both sexes have the same. In
    persons; NaN where a band is unknown.
    """
    tau = _straying(counts, municipality, municipality_counts)
    errors = {}
    for name, (_, children, teens, _) in _DERIVED.items():
        sex = "women_" if children.startswith("women_") else ""
        minors = _minors(municipality, municipality_counts, sex)
        chance = counts.get(teens, np.nan) * minors * (1 - minors)
        errors[name] = np.sqrt(chance * (1 + chance * tau**2))
    errors[_YOUNG] = errors["adults_count"]
    return pd.DataFrame(errors, index=counts.index)


def _straying(
    counts: pd.DataFrame, municipality: pd.Series, municipality_counts: pd.DataFrame
) -> float:
    """Return tau of `split_errors`; 0 where there is one municipality to learn from."""
    if municipality_counts.empty:
        return _MINORS_TAU
    share = _minor_share(municipality_counts, "")
    inside = share.where((share > 0) & (share < 1))
    between = float(np.nan_to_num(np.log(inside / (1 - inside)).std()))
    if not set(_BESIDE) <= set(counts) & set(municipality_counts):
        return between
    bands = counts[list(_BESIDE)]
    towns = bands.groupby(municipality).sum(min_count=1)
    gaps = _log_ratio(bands) - municipality.map(_log_ratio(towns))
    # Areas may be known in one municipality alone, whose level says nothing of how levels differ.
    above = _log_ratio(municipality_counts)
    # What chance alone puts between areas is no difference of theirs.
    own = float((gaps**2).mean() - (1 / bands.where(bands > 0)).sum(axis=1, skipna=False).mean())
    level = float(above.std())
    if not (own > 0 and level > 0):
        return between
    return between * max(1.0, float(np.sqrt(own)) / level)


def _log_ratio(bands: pd.DataFrame) -> pd.Series:
    known = bands.where(bands > 0)
    return pd.Series(np.log(known[_BESIDE[0]] / known[_BESIDE[1]]), index=bands.index)


def _missing(counts: pd.DataFrame) -> list[str]:
    needed = {column for columns in _DERIVED.values() for column in columns[:3]}
    needed |= {f"{sex}age_{band}_count" for sex in ("", "women_") for band in ("20_24", "25_29")}
    return sorted(needed - set(counts.columns))


def _minors(municipality: pd.Series, municipality_counts: pd.DataFrame, sex: str) -> pd.Series:
    """Return the share (0-1) of minors among those aged 15-19 of each row's municipality."""
    if municipality_counts.empty:
        return pd.Series(_MINORS, index=municipality.index)
    return municipality.map(_minor_share(municipality_counts, sex))


def _minor_share(municipality_counts: pd.DataFrame, sex: str) -> pd.Series:
    teens = municipality_counts[f"{sex}age_15_19_count"]
    return municipality_counts[f"{sex}age_15_17_count"] / teens.where(teens > 0)


TOTALS = {
    "dwellings_count": r"^dwellings_\w+_count$",
    "education_count": r"^education_\w+_count$",
}
"""Totals that a table's parts add up to: what groups by tenure or education are counted of."""


def derive(counts: pd.DataFrame, town: pd.DataFrame) -> pd.DataFrame:
    """Return COUNTS of a table with adults, born abroad, foreign citizens and totals added.

    Within each table, so that a share's parts come from the same year. NaN where a part is unknown.

    Parameters
    ----------
    town
        COUNTS by municipality with single years about 18; empty where no source gives them.
    """
    if "age_15_19_count" in counts:
        municipality = counts.index.str[:4].to_series(index=counts.index)
        counts = derive_adults(counts, town, municipality)
    if {"born_in_sweden_count", "population_count"} <= set(counts):
        # Where figures are disturbed (2025 and later) a part may exceed its whole by a few.
        abroad = (counts["population_count"] - counts["born_in_sweden_count"]).clip(lower=0)
        counts = counts.assign(born_abroad_count=abroad)
    if {"swedish_citizens_count", "population_count"} <= set(counts):
        foreign = (counts["population_count"] - counts["swedish_citizens_count"]).clip(lower=0)
        counts = counts.assign(foreign_nationals_count=foreign)
    if {"women_born_in_sweden_count", "women_count"} <= set(counts):
        women_abroad = (counts["women_count"] - counts["women_born_in_sweden_count"]).clip(lower=0)
        counts = counts.assign(women_born_abroad_count=women_abroad)
    for total, parts in TOTALS.items():
        found = counts.filter(regex=parts)
        if total not in counts and len(found.columns):
            counts = counts.assign(**{total: found.sum(axis=1, skipna=False)})
    return counts


_ROW = pd.Index(["0000"], name="area_code")


@cache
def columns_given(names: tuple[str, ...], years: tuple[str, ...] = ()) -> frozenset[str]:
    """Return a table's count columns and what is made from them.

    `years` are the columns of the table by municipality with single years about 18; none without.
    """
    town = pd.DataFrame(1.0, index=_ROW[: len(years)], columns=list(years))
    made = derive(pd.DataFrame(1.0, index=_ROW, columns=list(names)), town)
    return frozenset(map(str, made.columns[made.notna().any()]))


def single_years(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the first table that tells minors from adults among 15-19; empty without one."""
    found = (counts for counts in tables if "age_15_17_count" in counts)
    return next(found, pd.DataFrame())


DISTURBER, DISTURBED_FROM = "SCB", 2025
"""Who adds noise to each cell of small areas, and from which year on (METHOD 9)."""


FEWEST = 3
"""Municipalities that an overview has at least."""


@dataclass(frozen=True)
class Gathered:
    """Everything that a campaign's sources say."""

    atlas: Atlas
    tables: tuple[CountTable, ...]
    results: Mapping[str, Loaded]
    """Results of the campaign's election year, by election."""
    loaded: tuple[Loaded, ...]
    published: Mapping[str, tuple[pd.DataFrame, Mapping[str, str]]]
    """COUNTS of each set that nests, and the publisher and year of each column."""
    splits: Mapping[str, Split] = field(default_factory=dict)
    """Fitted errors of moving counts, by way; see `calibrate`."""
    others: Mapping[str, Source] = field(default_factory=dict)
    """Tables of the catalogue that the campaign does not name; see `other_tables`."""
    majorities: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Seats of councils and who governs; see `load_majorities`."""

    @cached_property
    def places(self) -> gpd.GeoDataFrame | None:
        """Places that people go to in the campaign's municipalities; None without a source."""
        found = [item.frame for item in self.loaded if item.source.provides == "places"]
        if not found:
            return None
        towns = self.atlas.sets["kommun"]
        every = gpd.GeoDataFrame(pd.concat(found, ignore_index=True))
        at = located(every, towns.geometry.to_numpy())
        here = every[at >= 0].assign(municipality_code=towns.index[at[at >= 0]])
        order = ["place_kind", "municipality_code", "place_name"]
        return here.sort_values(order, kind="stable", ignore_index=True) if len(here) else None

    @cached_property
    def early_votes(self) -> pd.DataFrame | None:
        """Early votes received by municipality and day; None without a source."""
        found = (it.frame for it in self.loaded if it.source.provides == "early_votes")
        return next(found, None)

    @cached_property
    def urban(self) -> gpd.GeoDataFrame | None:
        """Urban areas (AREAS) of the campaign's municipalities; None without a source."""
        found = (it.frame for it in self.loaded if it.source.area_set.startswith(URBAN))
        frame = next(found, None)
        if frame is None:
            return None
        every, towns = gpd.GeoDataFrame(frame), self.atlas.sets["kommun"]
        inside = every.set_geometry(every.representative_point())
        home = located(inside, towns.geometry.to_numpy())
        here = every[home >= 0].assign(municipality_code=towns.index[home[home >= 0]])
        return here if len(here) else None

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
    def overview(self) -> list[str]:
        """The municipalities, where they are enough for a map of them to say anything."""
        return ["kommun"] if len(self.atlas.sets["kommun"]) >= FEWEST else []

    @property
    def municipality_names(self) -> pd.Series:
        """Name by municipality code."""
        names: pd.Series = self.atlas.sets["kommun"]["area_name"]
        return names


def gather(campaign: Campaign, loaded: tuple[Loaded, ...], key: pd.DataFrame | None) -> Gathered:
    """Return what the campaign's sources say of its county.

    Parameters
    ----------
    campaign
        The campaign.
    loaded, key
        From `read_all`; a campaign that `refuse_unfit` lets through.
    """
    sets = _drawn(loaded)
    raw_tables = [
        CountTable(item.source.area_set, item.origin, item.frame)
        for item in loaded
        if item.source.provides == "counts"
    ]
    base = campaign.base_set
    # The larger areas are made of the smaller ones, so that they nest to the metre.
    larger = None
    if campaign.nesting is not None and key is not None:
        sets.pop(campaign.nesting.area_set, None)
        larger = campaign.nesting.area_set, key
    named = [town_names(item) for item in loaded if item.source.provides in ("names", "key")]
    names = pd.concat([pd.Series(dtype=str), *named])
    atlas = build_atlas(
        (base, sets.pop(base)),
        _population(raw_tables, base),
        larger,
        sets,
        municipality_names=names[~names.index.duplicated()],
    )
    atlas, counted = _with_doors(atlas, loaded, campaign)
    raw_tables += counted
    refuse_homeless(raw_tables, atlas.sets, tolerance=campaign.lost_count_tolerance)
    results = _results(campaign, loaded)
    districts = results[campaign.election.basis].source.area_set
    # Each set of the run asks for both again.
    atlas = keep_way(keep_way(atlas, districts, base), base, districts)
    for pair, (used, *others) in _compared(loaded).items():
        atlas = keep_official_way(atlas, used.frame, *pair)
        for other in others:
            _warn_of_difference(used, other)
    tables = tuple(_comparable(campaign, _with_derived(raw_tables), atlas))
    published = {
        name: known_counts(tables, atlas.parts(name), atlas.residents)
        for name in (atlas.base, *atlas.nested)
    }
    return Gathered(atlas, tables, results, loaded, published)


def _drawn(loaded: Sequence[Loaded]) -> dict[str, pd.DataFrame]:
    """Return the areas that anything is counted in, by set: nothing is in urban areas."""
    given = [item for item in loaded if item.source.provides == "areas"]
    sets = {item.source.area_set: item.frame for item in given}
    return {name: frame for name, frame in sets.items() if not name.startswith(URBAN)}


def _with_doors(
    atlas: Atlas, loaded: Sequence[Loaded], campaign: Campaign
) -> tuple[Atlas, list[CountTable]]:
    """Return the atlas that knows where people live, and how many doors the base set has."""
    items = [item for item in loaded if item.source.provides == "doors"]
    if not items:
        return atlas, []
    # A file that tells of dwellings says more than one that does not.
    best = max(items, key=lambda item: bool(item.frame["dwellings_count"].notna().any()))
    doors = gpd.GeoDataFrame(best.frame)
    counts = count_doors(doors, atlas.sets[atlas.base], least=campaign.minimum_count)
    return replace(atlas, doors=doors), [CountTable(atlas.base, best.origin, counts)]


def _compared(loaded: Sequence[Loaded]) -> dict[tuple[str, str], list[Loaded]]:
    """Return the publisher's comparisons of two vintages, by the older and the newer set."""
    found: dict[tuple[str, str], list[Loaded]] = {}
    for item in loaded:
        if item.source.mapping is not None:
            pair = item.source.mapping.from_set, item.source.area_set
            found.setdefault(pair, []).append(item)
    return found


def _warn_of_difference(used: Loaded, other: Loaded) -> None:
    """Warn where a publisher's second comparison says else of a district than the first."""
    says = [
        item.frame.fillna({"source_code": ""}).groupby("area_code")["source_code"].agg(sorted)
        for item in (used, other)
    ]
    both = pd.concat(says, axis=1, keys=["used", "other"])
    wrong = both.index[both["used"].astype(str) != both["other"].astype(str)]
    if len(wrong):
        message = Phrase(
            "comparisons_differ",
            count=len(wrong),
            codes=map(str, wrong[:5]),
            used=used.source.title,
            other=other.source.title,
        )
        warnings.warn(message, CoverageWarning, stacklevel=2)


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
