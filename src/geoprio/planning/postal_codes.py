"""Which postal codes a choice of areas comes to, and what of it they miss."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

HALF = 0.5


@dataclass(frozen=True)
class PostalChoice:
    """Postal codes that stand for chosen areas."""

    codes: pd.Series
    """Share (0-1) of each code's residents (or points) in the chosen areas; at least half."""
    reached_share: float
    """Share of the chosen areas' residents (or points) who are in the codes; NaN where none is."""
    outside_share: float
    """Share of the codes' residents (or points) outside the chosen areas; NaN without codes."""


def choose_postal_codes(way: pd.DataFrame, residents: pd.Series, chosen: pd.Index) -> PostalChoice:
    """Return the postal codes half of whose residents, or more, live in the chosen areas.

    Parameters
    ----------
    way
        CROSSWALK from the areas to postal codes.
    residents
        Residents by area; unknown counts as nobody here, since no code can be chosen for them.
    chosen
        Codes of the chosen areas.
    """
    people = way["weight"] * way["source_code"].map(residents).fillna(0.0)
    inside = people.where(way["source_code"].isin(chosen), 0.0)
    return _choice(pd.DataFrame({"all": people, "inside": inside}).groupby(way["area_code"]).sum())


def choose_by_points(
    points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame, chosen: pd.Index
) -> PostalChoice:
    """Return the postal codes half of whose points, or more, lie in the chosen areas.

    A point on a border between two areas is in the one whose code comes first.

    Parameters
    ----------
    points
        By postal code, in the CRS of `areas`; a code may have many.
    areas
        AREAS.
    """
    home = _homes(points, areas)
    inside = home.isin(np.flatnonzero(areas.index.isin(chosen)))
    counted = pd.DataFrame({"all": 1.0, "inside": inside.to_numpy(float)}, index=points.index)
    return _choice(counted.groupby(level=0).sum())


def way_by_points(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the way from areas to postal codes: each area goes as its points do.

    An area without points has no row, and nor has a code with all its points outside the areas.

    Parameters
    ----------
    points
        By postal code, in the CRS of `areas`.
    areas
        AREAS.
    """
    home = _homes(points, areas).dropna().astype(int)
    pairs = pd.DataFrame(
        {"source_code": areas.index[home], "area_code": points.index[home.index]}
    ).value_counts(sort=False)
    weight = pairs / pairs.groupby(level="source_code").transform("sum")
    return weight.rename("weight").reset_index()


def _homes(points: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return the place among the areas of the one that holds each point; NaN outside them all."""
    place, area = areas.sindex.query(points.geometry, predicate="intersects")
    return pd.Series(area).groupby(place).min().reindex(range(len(points)))


def _choice(by_code: pd.DataFrame) -> PostalChoice:
    share = (by_code["inside"] / by_code["all"]).where(by_code["all"] > 0)
    taken = by_code[share >= HALF]
    total, reached, held = by_code["inside"].sum(), taken["inside"].sum(), taken["all"].sum()
    return PostalChoice(
        codes=share[share >= HALF].rename("inside_share"),
        reached_share=float(reached / total) if total else float("nan"),
        outside_share=float(1 - reached / held) if held else float("nan"),
    )
