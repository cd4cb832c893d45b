"""Two elections in the same places: by the official key, by equal codes, else by municipality."""

from dataclasses import dataclass

import pandas as pd

OFFICIAL, CODE, TOWN = "official", "code", "municipality"
"""How a place was brought together, the surest first."""
TOLERANCE = 0.1
"""An equal code is taken for the same district where electors differ by at most this share."""
LEAST = 0.5
"""Where equal codes hold less than this share of the electors, nothing is compared by code."""
ELECTORS = "electors_count"


@dataclass(frozen=True, eq=False)
class Units:
    """Places that two elections are compared in."""

    basis: pd.Series
    """By unit: `official`, `code`, or `municipality` (what is left of it, or all of it)."""
    earlier: pd.Series
    """The unit of each district of the earlier election; districts in none are not there."""
    later: pd.Series
    """The unit of each district of the later election."""

    @property
    def municipality(self) -> pd.Series:
        """Municipality code by unit."""
        return self.basis.index.to_series().str[:4]

    def sums(self, counts: pd.DataFrame, side: str) -> pd.DataFrame:
        """Return counts by district of one side, `earlier` or `later`, summed by unit."""
        unit = getattr(self, side).reindex(counts.index)
        return counts.groupby(unit).sum(min_count=1).reindex(self.basis.index)

    def means(self, values: pd.DataFrame, electors: pd.Series, side: str) -> pd.DataFrame:
        """Return the electors' mean of values by district; NaN where none of a unit's is known."""
        known = values.notna().mul(electors, axis=0)
        weighed = values.mul(electors, axis=0)
        return self.sums(weighed, side) / self.sums(known, side).where(lambda whole: whole > 0)


def matched_units(
    earlier: pd.DataFrame,
    later: pd.DataFrame,
    key: pd.DataFrame | None = None,
    *,
    tolerance: float = TOLERANCE,
) -> Units:
    """Return the places that two elections can be compared in.

    Parameters
    ----------
    earlier, later
        COUNTS by polling district, early votes spread.
    key
        The publisher's comparison: `area_code` (later), `source_code` (earlier), `comparable`. What
        is not comparable is left out. Without it districts of equal code are taken for the same
        where electors differ by at most `tolerance`: equal codes do not prove equal borders. What
        is left of each municipality is one place, whose borders are the same.
    tolerance
        Share of the earlier electors.
    """
    if key is not None:
        return _by_key(earlier, later, key)
    both = earlier.index.intersection(later.index)
    before, after = earlier.loc[both, ELECTORS], later.loc[both, ELECTORS]
    same = both[(after - before).abs() <= tolerance * before]
    if later.loc[same, ELECTORS].sum() < LEAST * later[ELECTORS].sum():
        same = same[:0]
    sides = {
        name: pd.Series(side.index.where(side.index.isin(same), side.index.str[:4]), side.index)
        for name, side in {"earlier": earlier, "later": later}.items()
    }
    shared = pd.Index(sides["earlier"].unique()).intersection(sides["later"].unique()).sort_values()
    basis = pd.Series(CODE, shared, name="basis").where(shared.isin(same), TOWN)
    return Units(basis, **{name: side[side.isin(shared)] for name, side in sides.items()})


def _by_key(earlier: pd.DataFrame, later: pd.DataFrame, key: pd.DataFrame) -> Units:
    pairs = key.loc[key["comparable"], ["source_code", "area_code"]]
    # A district that became parts of several cannot be compared with any.
    once = ~pairs["source_code"].duplicated(keep=False)
    known = once & pairs["source_code"].isin(earlier.index) & pairs["area_code"].isin(later.index)
    whole = known.groupby(pairs["area_code"]).transform("all")
    pairs = pairs[whole]
    codes = pd.Index(pairs["area_code"].unique()).sort_values()
    return Units(
        pd.Series(OFFICIAL, codes, name="basis"),
        earlier=pairs.set_index("source_code")["area_code"],
        later=pd.Series(codes, codes),
    )
