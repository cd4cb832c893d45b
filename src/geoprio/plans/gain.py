"""What a mailing reaches beside its rivals: the gain curve, with intervals (METHOD 8)."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.plans.choice import Limit, choose_mailing, mailable_areas, precision_of
from geoprio.plans.knapsack import Floats, taken_down

LIMITS = tuple(percent / 100 for percent in range(5, 101, 5))
"""Shares of the households that the curve is worked out at."""
ENDS = (0.05, 0.95)
"""Of every interval: 90 %."""
ORDERS = 500
"""Random orders of the areas."""
OURS, RANDOM = "chosen", "random"


@dataclass(frozen=True)
class Drawn:
    """Figures as they may be: draws x areas that can be mailed, sorted by code."""

    persons: Floats
    """All who are reached."""
    targets: Floats
    """Target persons among them."""


def draw_figures(areas: pd.DataFrame, *, draws: int, rng: np.random.Generator) -> Drawn:
    """Return the electorate and the target persons of each area as they may be.

    Both the electorate and the share of target persons are normal within their standard errors,
    the share never outside 0-1; the errors of areas are taken to be independent of each other.

    Parameters
    ----------
    areas
        As in `choose_mailing`, with `electors_se` (persons) and `target_share_se` (0-1).
    draws
        Number of draws.
    rng
        Where the draws come from; the same gives the same.
    """
    able = mailable_areas(areas)
    persons = _drawn(able["electors_count"], able["electors_se"], draws, rng)
    persons = np.maximum(persons, 1.0)
    share = np.clip(_drawn(precision_of(able), able["target_share_se"], draws, rng), 0, 1)
    return Drawn(persons, persons * share)


def _drawn(values: pd.Series, errors: pd.Series, draws: int, rng: np.random.Generator) -> Floats:
    drawn = rng.standard_normal((draws, len(values)))
    drawn *= errors.fillna(0.0).to_numpy(float)
    drawn += values.to_numpy(float)
    return drawn


def naive_choice(areas: pd.DataFrame, share: pd.Series, households: float) -> pd.Series:
    """Return what is mailed down a ranking by one group's share, for as long as areas fit.

    Parameters
    ----------
    areas
        As in `choose_mailing`.
    share
        Share of the group by area; of equal ones the first by code comes first.
    households
        Largest number of households; an area that does not fit is passed over.
    """
    able = mailable_areas(areas)
    own = share.reindex(able.index).dropna()
    order = own.sort_values(ascending=False, kind="stable").index
    fits = taken_down(able.loc[order, "households_count"].round().to_numpy(float), households)
    return pd.Series(areas.index.isin(order[fits]), index=areas.index, name="chosen")


def gain_curve(
    areas: pd.DataFrame,
    shares: pd.DataFrame,
    drawn: Drawn,
    *,
    least_precision: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return what each way of choosing reaches at each share of the households.

    Parameters
    ----------
    areas
        As in `draw_figures`.
    shares
        Share (0-1) of each target group by area: one naive ranking each.
    drawn
        From `draw_figures`.
    least_precision
        As in `Limit`.
    rng
        Of the random orders.

    Returns
    -------
    curve
        One row per `method` and `limit_share` (0.05 to 1 of the households). `method` is `chosen`,
        a column of `shares` or `random`; the columns of `reached`, those of `random` with what the
        order alone does as their interval.
    """
    households = float(mailable_areas(areas)["households_count"].round().sum())
    rows = []
    for limit in LIMITS:
        most = limit * households
        choices = {
            OURS: choose_mailing(areas, Limit(households=most, least_precision=least_precision)),
            **{str(name): naive_choice(areas, shares[name], most) for name in shares},
        }
        rows += [
            {"method": name, "limit_share": limit, **reached(areas, chosen, drawn)}
            for name, chosen in choices.items()
        ]
    curve = [pd.DataFrame(rows), _at_random(areas, rng)]
    return pd.concat(curve, ignore_index=True).sort_values(
        "limit_share", kind="stable", ignore_index=True
    )


def reached(areas: pd.DataFrame, chosen: pd.Series, drawn: Drawn) -> dict[str, float]:
    """Return what a choice reaches, as shares (0-1) with the ends of their 90 % intervals.

    Parameters
    ----------
    areas, drawn
        As in `gain_curve`.
    chosen
        Whether each area is mailed.

    Returns
    -------
    `mailed_share` of the households, `reached_share` of all target persons and `precision_share`
    of those reached, the latter NaN where nobody is.
    """
    able = mailable_areas(areas)
    taken = chosen.reindex(able.index).to_numpy(bool)
    households = able["households_count"].round().to_numpy(float)
    targets = able["target_persons_count"].to_numpy(float)
    hits = drawn.targets[:, taken].sum(axis=1)
    told = {
        "mailed_share": float(households[taken].sum() / households.sum()),
        **_with_ends(
            "reached", targets[taken].sum() / targets.sum(), hits / drawn.targets.sum(axis=1)
        ),
    }
    if not taken.any():
        return told | dict.fromkeys(_named("precision"), float("nan"))
    persons = able["electors_count"].to_numpy(float)[taken].sum()
    return told | _with_ends(
        "precision", targets[taken].sum() / persons, hits / drawn.persons[:, taken].sum(axis=1)
    )


def advantage(
    areas: pd.DataFrame, chosen: pd.Series, rival: pd.Series, drawn: Drawn
) -> dict[str, float]:
    """Return how much more of all target persons (0-1) a choice reaches than a rival.

    Both are held against the same draws, so the interval is that of the difference.
    """
    able = mailable_areas(areas)
    targets = able["target_persons_count"].to_numpy(float)
    ours, theirs = (one.reindex(able.index).to_numpy(float) for one in (chosen, rival))
    more = (drawn.targets @ (ours - theirs)) / drawn.targets.sum(axis=1)
    return _with_ends("advantage", targets @ (ours - theirs) / targets.sum(), more)


def strongest(curve: pd.DataFrame, at: float) -> str:
    """Return the naive ranking that reaches most at a share of the households."""
    rows = curve[np.isclose(curve["limit_share"], at) & ~curve["method"].isin([OURS, RANDOM])]
    return str(rows.set_index("method")["reached_share"].idxmax())


def _at_random(areas: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return what random orders reach, of the last area the part that is mailed."""
    able = mailable_areas(areas)
    columns = ["households_count", "target_persons_count", "electors_count"]
    figures = able[columns].assign(households_count=able["households_count"].round())
    shares = (figures / figures.sum()).to_numpy(float)
    found = np.empty((ORDERS, 2, len(LIMITS)))
    for number in range(ORDERS):
        sums = np.vstack([np.zeros(3), shares[rng.permutation(len(able))].cumsum(axis=0)])
        found[number] = [np.interp(LIMITS, sums[:, 0], sums[:, part]) for part in (1, 2)]
    share = float(figures["target_persons_count"].sum() / figures["electors_count"].sum())
    precision = share * found[:, 0] / found[:, 1]
    rows = [
        {
            "method": RANDOM,
            "limit_share": limit,
            "mailed_share": limit,
            **_with_ends("reached", limit, found[:, 0, place]),
            **_with_ends("precision", share, precision[:, place]),
        }
        for place, limit in enumerate(LIMITS)
    ]
    return pd.DataFrame(rows)


def _with_ends(name: str, value: float, drawn: Floats) -> dict[str, float]:
    figures = [value, *np.quantile(drawn, ENDS)]
    return dict(zip(_named(name), map(float, figures), strict=True))


def _named(name: str) -> list[str]:
    return [f"{name}_share", f"{name}_low_share", f"{name}_high_share"]
