"""Crosswalks by the publisher's own comparison of two vintages; geometry only where it is silent.

Official pairs come first and go whole: an older district that the publisher calls comparable is in
the newer one it names, whatever the drawings say. What is left goes by the overlay.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from geoprio.areas.crosswalk import KAPPA, Crosswalk, as_crosswalk
from geoprio.errors import CoverageError, join_faults

_PAIR = ["source_code", "area_code"]


def official_crosswalk(
    mapping: pd.DataFrame, overlay: Crosswalk, *, kappa: float = KAPPA
) -> Crosswalk:
    """Return the crosswalk from an older set to a newer by the official mapping (METHOD 2).

    - A source that the mapping names goes to the targets that name it, in the published shares;
      where these are not published, by the overlay's weights among them, evenly if it has none.
    - A source that it does not name goes by the overlay to the targets that are not comparable,
      else to all it overlaps.
    - A target that is not comparable and gets nothing so takes its part, by the overlay, also of
      sources that are named elsewhere.

    Parameters
    ----------
    mapping
        `source_code`, `area_code`, `share` (0-1, NaN where not published) and `comparable`; rows
        that are not comparable have no source.
    overlay
        The same crosswalk by geometry.
    kappa
        Concentration of the splits: `weight_se = sqrt(w (1 - w) / (kappa + 1))`.

    Raises
    ------
    CoverageError
        The mapping names areas that have no borders.
    """
    named = mapping.loc[mapping["comparable"], [*_PAIR, "share"]]
    drawn = overlay.frame[[*_PAIR, "weight"]]
    sources = pd.Index(drawn["source_code"]).union(pd.Index(overlay.unmatched, dtype=object))
    _refuse_unknown(named, mapping, sources, overlay.targets)
    rest = drawn[_by_geometry(named, drawn)]
    parts = pd.concat([_official(named, drawn, rest), rest], ignore_index=True)
    parts = parts.groupby(_PAIR)["weight"].sum().reset_index()
    by_source = parts.groupby("source_code")["weight"]
    total = by_source.transform("sum")
    even = 1 / by_source.transform("size")
    parts["weight"] = (parts["weight"] / total.where(total > 0)).fillna(even)
    parts = parts[parts["weight"] > 0].sort_values(_PAIR)
    frame = as_crosswalk(
        pd.Index(parts["source_code"]),
        pd.Index(parts["area_code"]),
        parts["weight"].to_numpy(float).clip(max=1.0),
        kappa=kappa,
    )
    reached = set(frame["source_code"])
    return replace(
        overlay, frame=frame, unmatched=tuple(code for code in sources if code not in reached)
    )


def _by_geometry(named: pd.DataFrame, drawn: pd.DataFrame) -> pd.Series:
    """Return which overlaid pairs count: those of sources and targets the mapping leaves open."""
    free = ~drawn["source_code"].isin(named["source_code"])
    open_ = ~drawn["area_code"].isin(named["area_code"])
    reaches_open = (free & open_).groupby(drawn["source_code"]).transform("any")
    taken = free & (open_ | ~reaches_open)
    fed = drawn.loc[taken, "area_code"]
    return taken | (open_ & ~drawn["area_code"].isin(fed))


def _official(named: pd.DataFrame, drawn: pd.DataFrame, rest: pd.DataFrame) -> pd.DataFrame:
    """Return the official pairs with a weight each: published, alone, or by the overlay."""
    pairs = named.merge(drawn, on=_PAIR, how="left")
    number = pairs.groupby("source_code")["area_code"].transform("size")
    alone = (number == 1) & ~pairs["source_code"].isin(rest["source_code"])
    overlaid = pairs["weight"].fillna(0.0)
    # A part of a split source is given to other targets too: what is left is the official part.
    left = 1 - rest.groupby("source_code")["weight"].sum()
    shared = pairs["share"] * pairs["source_code"].map(left).fillna(1.0).clip(lower=0.0)
    weight = shared.fillna(overlaid.mask(alone, 1.0))
    return pairs[_PAIR].assign(weight=weight)


def _refuse_unknown(
    named: pd.DataFrame, mapping: pd.DataFrame, sources: pd.Index, targets: pd.Index
) -> None:
    faults = []
    for kind, codes, known in (
        ("older", named["source_code"], sources),
        ("newer", mapping["area_code"], targets),
    ):
        lost = np.unique(codes[~codes.isin(known)].to_numpy(str))
        if len(lost):
            faults.append(f"{kind}: {', '.join(lost[:5])} ({len(lost)} in all)")
    if faults:
        heading = (
            "The official mapping names areas that have no borders; check that the borders are of"
            " the years it compares"
        )
        raise CoverageError(join_faults(heading, faults))
