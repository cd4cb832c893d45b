"""Which postal codes a choice of areas comes to, and what of it they miss."""

from dataclasses import dataclass

import pandas as pd

HALF = 0.5


@dataclass(frozen=True)
class PostalChoice:
    """Postal codes that stand for chosen areas."""

    codes: pd.Series
    """Share (0-1) of each code's residents who live in the chosen areas, by code; at least half."""
    reached_share: float
    """Share of the chosen areas' residents who live in the codes; NaN where nobody does."""
    outside_share: float
    """Share of the codes' residents who live outside the chosen areas."""


def choose_postal_codes(way: pd.DataFrame, residents: pd.Series, chosen: pd.Index) -> PostalChoice:
    """Return the postal codes most of whose residents live in the chosen areas.

    A code with exactly half of them inside is taken.

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
    by_code = pd.DataFrame({"all": people, "inside": inside}).groupby(way["area_code"]).sum()
    share = (by_code["inside"] / by_code["all"]).where(by_code["all"] > 0)
    taken = by_code[share >= HALF]
    total, reached = by_code["inside"].sum(), taken["inside"].sum()
    lived_in = taken["all"].sum()
    return PostalChoice(
        codes=share[share >= HALF].rename("inside_share"),
        reached_share=float(reached / total) if total else float("nan"),
        outside_share=float(1 - reached / lived_in) if lived_in else float("nan"),
    )
