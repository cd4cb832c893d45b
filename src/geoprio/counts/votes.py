"""Who may vote: results per polling district with every vote in its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geoprio.areas import Crosswalk, find_way, lost_counts, move_counts
from geoprio.config import Campaign
from geoprio.counts.inventory import Gathered
from geoprio.errors import CoverageError
from geoprio.sources.catalogue import Loaded
from geoprio.words import Phrase

PARTIES = ("m", "c", "l", "kd", "mp", "s", "v", "sd", "other")
PARTY_VOTES = [f"votes_{party}_count" for party in PARTIES]
_BY_VOTES_CAST = ["votes_cast_count", "invalid_count", "blank_count"]


def spread_unassigned(results: pd.DataFrame, *, party_votes: str = "spread") -> pd.DataFrame:
    """Return the districts' results with early votes not assigned to a district spread over them.

    Votes cast and invalid votes are spread within the municipality in proportion to the district's
    votes cast, party votes in proportion to its votes for the same party (METHOD 2); where no
    district of the municipality has a vote for the party, in proportion to votes cast.

    Parameters
    ----------
    results
        Rows by district code, with a column `unassigned` that is true for `kkkk9800`.
    party_votes
        `"spread"`, or `"omit"` to leave unassigned party votes out of the vote shares.

    Returns
    -------
    votes
        Rows of the districts only, counts in votes. `valid_count` is the sum of the party votes.
        Totals survive, except the party votes that are left out on request.

    Raises
    ------
    CoverageError
        A municipality has unassigned votes but no district that votes were cast in.

    Examples
    --------
    >>> import geoprio as gp
    >>> from pathlib import Path
    >>> source = gp.load_source("val_results_2022_riksdag")
    >>> results = gp.read_source(source, Path("data/raw/demo"), county_code="01")
    >>> votes = gp.spread_unassigned(results)
    >>> bool(abs(votes["votes_v_count"].sum() / results["votes_v_count"].sum() - 1) < 1e-12)
    True
    """
    districts = results.loc[~results["unassigned"]].drop(columns="unassigned")
    unassigned = results.loc[results["unassigned"]]
    unassigned = unassigned.set_axis(unassigned.index.str[:4])
    municipality = districts.index.str[:4].to_series(index=districts.index)
    _require_districts(districts, unassigned, municipality)
    cast = _shares(districts["votes_cast_count"], municipality)
    out = districts.copy()
    for column in districts.columns.intersection(_BY_VOTES_CAST):
        out[column] += _taken(unassigned[column], municipality) * cast
    if party_votes == "spread":
        for column in PARTY_VOTES:
            own = _shares(districts[column], municipality).fillna(cast)
            out[column] += _taken(unassigned[column], municipality) * own
    out["valid_count"] = out[PARTY_VOTES].sum(axis=1, skipna=False)
    return out


def unassigned_share(results: pd.DataFrame) -> float:
    """Return the share (0-1) of votes cast that is not assigned to a district."""
    cast = results["votes_cast_count"]
    return float(cast[results["unassigned"]].sum() / cast.sum())


def _shares(votes: pd.Series, municipality: pd.Series) -> pd.Series:
    totals = votes.groupby(municipality).transform("sum")
    return votes / totals.where(totals > 0)


def _taken(votes: pd.Series, municipality: pd.Series) -> pd.Series:
    # A municipality without such a row has no unassigned votes: the file lists every one that has.
    listed = votes.reindex(votes.index.union(pd.Index(municipality.unique())), fill_value=0.0)
    return municipality.map(listed)


def _require_districts(
    districts: pd.DataFrame, unassigned: pd.DataFrame, municipality: pd.Series
) -> None:
    cast = districts["votes_cast_count"].groupby(municipality).sum()
    waiting = unassigned["votes_cast_count"]
    stranded = waiting[(waiting > 0) & ~(cast.reindex(waiting.index) > 0)]
    if len(stranded):
        faults = [Phrase("votes_of", code=code, votes=votes) for code, votes in stranded.items()]
        raise CoverageError("early_votes_without_district", faults)


def votes_on(
    area_set: str, election: Loaded, gathered: Gathered, campaign: Campaign
) -> pd.DataFrame:
    """Return an election's votes in the areas of a set, early votes spread as the campaign says.

    Official pairs of districts come before geometry (METHOD 2).

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    votes = spread_unassigned(election.frame, party_votes=campaign.election.unassigned_party_votes)
    way = find_way(gathered.atlas, election.source.area_set, area_set)
    tolerance = campaign.lost_count_tolerance * float(votes["electors_count"].sum())
    return move_counts(votes, way, tolerance=tolerance)


@dataclass(frozen=True)
class Earlier:
    """An earlier election's votes where the later one's were cast."""

    year: int
    crosswalk: pd.DataFrame
    """CROSSWALK from the older districts."""
    by_set: dict[str, pd.DataFrame]
    """Votes in the areas of each area set of the run."""
    record: dict[str, Any]
    """How the districts were brought together, for the record."""

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames to be written, by name."""
        named = {f"{name}_votes_{self.year}": votes for name, votes in self.by_set.items()}
        return named | {f"districts_{self.year}_crosswalk": self.crosswalk}


def earlier_election(
    gathered: Gathered, campaign: Campaign, ways: Mapping[str, Crosswalk]
) -> Earlier | None:
    """Return the earlier election that the campaign's comparison leads from; None without one.

    `ways` lead from the later election's districts to each area set of the run.

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    districts = gathered.results[campaign.election.basis].source.area_set
    found = _compared(gathered, campaign, districts)
    if found is None:
        return None
    comparison, before = found
    moved = votes_on(districts, before, gathered, campaign)
    way = find_way(gathered.atlas, before.source.area_set, districts)
    named = comparison.frame["comparable"]
    electors = before.frame.loc[~before.frame["unassigned"], ["electors_count"]]
    record = {
        "year": before.source.vintage,
        "comparison": comparison.name,
        "districts_by_official_comparison": int(comparison.frame.loc[named, "area_code"].nunique()),
        "districts_by_geometry": int(comparison.frame.loc[~named, "area_code"].nunique()),
        "districts_without_earlier_votes": int(moved["electors_count"].isna().sum()),
        "electors_lost": round(float(lost_counts(electors, way)["electors_count"].sum()), 3),
    }
    # What is unknown of a district must not be refused as lost: it is NaN where it goes.
    by_set = {
        area_set: move_counts(moved.reindex(moved.index.difference(list(to_set.unmatched))), to_set)
        for area_set, to_set in ways.items()
    }
    return Earlier(before.source.vintage, way.frame, by_set, record)


def _compared(
    gathered: Gathered, campaign: Campaign, districts: str
) -> tuple[Loaded, Loaded] | None:
    for item in gathered.loaded:
        mapping = item.source.mapping
        if mapping is None or item.source.area_set != districts:
            continue
        for other in gathered.loaded:
            same = other.source.election == campaign.election.basis
            if same and other.source.area_set == mapping.from_set:
                return item, other
    return None


def region_votes(area_set: str, gathered: Gathered, campaign: Campaign) -> pd.DataFrame | None:
    """Return the votes of the day's region election by area, for a riksdag campaign; else None."""
    if campaign.election.basis != "riksdag" or "region" not in gathered.results:
        return None
    return votes_on(area_set, gathered.results["region"], gathered, campaign)


def riksdag_votes(area_set: str, gathered: Gathered, campaign: Campaign) -> pd.DataFrame | None:
    """Return the votes of the latest riksdag election by area, for a European campaign.

    Returns
    -------
    None in another campaign, and where no source gives a riksdag election's results and the borders
    of its polling districts.

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    held = [
        item
        for item in gathered.loaded
        if item.source.provides == "results"
        and item.source.election == "riksdag"
        and item.source.vintage <= campaign.election.year
        and item.source.area_set in gathered.atlas.sets
    ]
    if campaign.election.basis != "eu" or not held:
        return None
    latest = max(held, key=lambda item: item.source.vintage)
    return votes_on(area_set, latest, gathered, campaign)


RED_GREEN = ["votes_v_count", "votes_s_count", "votes_mp_count"]


def red_green_of(votes: pd.DataFrame) -> pd.Series:
    """Return the votes for V, S and MP, of valid votes (0-1); NaN where there are none."""
    valid = votes["valid_count"]
    return votes[RED_GREEN].sum(axis=1, skipna=False) / valid.where(valid > 0)


def election_changes(
    riksdag: pd.DataFrame, kommun: pd.DataFrame, earlier: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return how much the red-green share differs, by area, and by what it was told (METHOD 4).

    The National Democratic Institute's targeting manual calls the mean of the two volatility: how
    ready people are to vote otherwise.

    Parameters
    ----------
    riksdag, kommun
        Votes by area of the two elections of one day, moved to the same areas.
    earlier
        Votes in the riksdag election before, moved to the same areas; None without one.

    Returns
    -------
    With the index of `riksdag`: `split_share` (|r riksdag - r kommun|, 0-1), `shift_share` (|r now
    - r before|, NaN without an earlier election), `volatility_share` (their mean, else the split
    alone), `volatility_basis`: `split_and_shift`, `split_alone` or `unknown`, and
    `split_votes_count`: red-green votes for the riksdag less those in the kommun.
    """
    now = red_green_of(riksdag)
    split = (now - red_green_of(kommun).reindex(now.index)).abs()
    before = pd.Series(float("nan"), now.index) if earlier is None else red_green_of(earlier)
    shift = (now - before.reindex(now.index)).abs()
    left = [votes[RED_GREEN].sum(axis=1, skipna=False) for votes in (riksdag, kommun)]
    basis = pd.Series("split_and_shift", now.index, dtype=object)
    basis = basis.mask(shift.isna(), "split_alone").mask(split.isna(), "unknown")
    return pd.DataFrame(
        {
            "split_share": split,
            "shift_share": shift,
            # Without a shift the split stands alone; without a split nothing is said.
            "volatility_share": ((split + shift) / 2).fillna(split),
            "volatility_basis": basis,
            "split_votes_count": left[0] - left[1].reindex(now.index),
        }
    )


BALLOTS = ("riksdag", "kommun")
"""Whose difference on one day is the split."""


def vote_changes(
    area_set: str, gathered: Gathered, campaign: Campaign, earlier: Earlier | None
) -> pd.DataFrame | None:
    """Return split, shift and volatility of the red-green share by area (METHOD 4).

    The shift is from the riksdag election before, where the campaign's comparison leads there;
    else the split stands alone, and `volatility_basis` says so.

    Returns
    -------
    See `election_changes`. None where no source gives both of the day's elections.

    Raises
    ------
    CoverageError
        More electors than the campaign tolerates would be lost.
    """
    if not set(BALLOTS) <= set(gathered.results):
        return None
    riksdag, kommun = (
        votes_on(area_set, gathered.results[name], gathered, campaign) for name in BALLOTS
    )
    before = None
    if earlier is not None and campaign.election.basis == "riksdag":
        before = earlier.by_set.get(area_set)
    return election_changes(riksdag, kommun, before)
