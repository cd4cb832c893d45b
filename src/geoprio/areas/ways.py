"""Crosswalks between sets where one nests in the other, by the official key."""

from dataclasses import replace

import numpy as np
import pandas as pd

from geoprio.areas.crosswalk import KAPPA, Crosswalk, Floats, as_crosswalk
from geoprio.errors import CoverageError
from geoprio.words import Phrase

KAPPA_NESTED = 60.0
"""Where only the children's areas are known people hardly follow them: RegSO and DeSO are drawn
to hold alike many, so a split is nearly even (calibration on a real county)."""


def nest_crosswalk(
    parent: pd.Series,
    size: pd.Series,
    *,
    alpha: float = 1.0,
    kappa: float = KAPPA_NESTED,
) -> Crosswalk:
    """Return the crosswalk from parents to the children nested in them: `w ~ size ** alpha`.

    Parameters
    ----------
    parent
        Parent's code by child's code; children without a parent (NaN) are reached by nothing.
    size
        By child's code: its population (alpha 1), or its area with a fitted alpha. An unknown
        size (NaN) is taken for the mean of its siblings'; siblings without any known or positive
        size share evenly.
    alpha
        How far people follow `size`: 1 in proportion, 0 evenly.
    kappa
        Calibrated concentration; infinity where the sizes are the very count to be moved.
    """
    known = parent.dropna().sort_index()
    weight = nested_weights(known, size, alpha=np.array([alpha]))[:, 0]
    order = np.lexsort((known.index.to_numpy(str), known.to_numpy(str)))
    frame = as_crosswalk(
        pd.Index(known.to_numpy()[order]), known.index[order], weight[order], kappa=kappa
    )
    return Crosswalk(frame=frame, targets=parent.sort_index().index.rename("area_code"))


def whole_crosswalk(parent: pd.Series) -> Crosswalk:
    """Return the crosswalk from children to the parents they lie whole in: weight 1, error 0."""
    known = parent.dropna().sort_index()
    frame = as_crosswalk(known.index, pd.Index(known.to_numpy()), np.ones(len(known)), kappa=np.inf)
    parents = pd.Index(known.unique(), name="area_code").sort_values()
    orphans = tuple(parent.index[parent.isna()].sort_values())
    return Crosswalk(frame=frame, targets=parents, unmatched=orphans)


def nested_weights(parent: pd.Series, size: pd.Series, *, alpha: Floats) -> Floats:
    """Return each child's share of its parent, children in the order of `parent` x alphas."""
    sizes = size.reindex(parent.index).astype(float)
    sizes = sizes.fillna(sizes.groupby(parent).transform("mean"))
    usable = sizes.groupby(parent).transform("sum") > 0
    powered = pd.DataFrame(sizes.where(usable, 1.0).to_numpy()[:, None] ** alpha, parent.index)
    weight: Floats = (powered / powered.groupby(parent).transform("sum")).to_numpy()
    return weight


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
            faults.append(Phrase("kind_in_all", kind=kind, lost=lost[:5], count=len(lost)))
    if faults:
        raise CoverageError("mapping_without_borders", faults)
