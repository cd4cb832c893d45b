"""Who may vote: results per polling district with every vote in its place."""

import pandas as pd

from geoprio.errors import CoverageError, join_faults

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
        faults = [f"{code}: {votes:,.0f} votes" for code, votes in stranded.items()]
        raise CoverageError(
            join_faults("Unassigned early votes in municipalities without a district:", faults)
        )
