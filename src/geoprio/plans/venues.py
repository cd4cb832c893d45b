"""Where an association meets, where stands and cabins stand, and where the tour stops.

Candidates are the user's own places and stations, and the middles of the smallest areas of a hub.
Nobody is met at a polling place.
"""

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from geoprio.config.resources import Round
from geoprio.errors import ConfigError
from geoprio.plans.efforts import CANVASS, DISTRIBUTION, STAND
from geoprio.plans.programme import Programme
from geoprio.plans.sites import Floats, Places, most_covered, nearest_on_average
from geoprio.plans.tour import Tour, best_tour
from geoprio.scores.draws import rng_for

MEET, CABIN = "meet", "cabin"
AREA = "area"
"""The kind of a site that is no place that anybody has named, but the middle of an area."""
COLUMNS = ["association", "role", "site", "area_code"]


def km_between(these: pd.DataFrame, those: pd.DataFrame) -> Floats:
    """Return the kilometres from each to each, as the crow flies; both have `x` and `y` (m)."""
    apart = these[["x", "y"]].to_numpy(float)[:, None] - those[["x", "y"]].to_numpy(float)
    return np.asarray(np.hypot(apart[..., 0], apart[..., 1]) / 1000.0)


def venues(made: Programme, sites: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the places of each association's work, and of the district's cabins.

    Parameters
    ----------
    made
        The plan.
    sites
        Candidates, numbered: `x` and `y` (metres), `place_kind`, `area_code` and `association`.
    people
        The smallest areas: `x`, `y`, `target_persons_count` and `area_code`, the scored area that
        each lies in.

    Returns
    -------
    venues
        `association` (missing of a cabin), `role`, `site` (its number) and `area_code`: of a stand
        the area that it serves. An association without candidates has none.
        `stand`: as many as it plans, so that most target persons live within a walk (maximal
        covering). `meet`: one place, from which the hours at doors are nearest on the whole
        (p-median). `cabin`: as many as the plan says, so that most hours are within reach.
    """
    hub = sites["area_code"].isin(made.plan.sites.hubs)
    own = sites[(sites["place_kind"] != AREA) | hub]
    parts = [_cabins(made, sites, people)]
    for name in sorted(made.places["association"].dropna().unique()):
        work = made.chosen[made.chosen["association"] == name]
        mine = own[own["association"] == name]
        stands = work.loc[work["channel"] == STAND, "area_code"].tolist()
        found = [
            *((STAND, *pair) for pair in _stands(made, mine, people, stands)),
            *((MEET, *pair) for pair in _meeting(work, mine, people)),
        ]
        rows = pd.DataFrame(found, columns=COLUMNS[1:]).assign(association=name)
        parts.append(rows[COLUMNS])
    return pd.concat([one for one in parts if len(one)] or parts[:1], ignore_index=True)


def _stands(
    made: Programme, sites: pd.DataFrame, people: pd.DataFrame, areas: list[str]
) -> list[tuple[int, str]]:
    """Return the stands' sites, each with the area that it serves.

    An area is served at a place of its own where it has one, else a walk from who lives there.
    """
    near = km_between(people, sites) <= made.plan.sites.walk_km
    codes = np.array(areas, dtype=object)[:, None]
    within = codes == sites["area_code"].to_numpy(object)
    walked = (codes == people["area_code"].to_numpy(object)).astype(float) @ near > 0
    serves = np.where(within.any(axis=1, keepdims=True), within, walked)
    able = np.flatnonzero(serves.any(axis=0))
    if not len(able):
        return []
    weights = np.nan_to_num(people["target_persons_count"].to_numpy(float))
    best = most_covered(near[:, able], weights, len(areas))
    covered = weights @ near[:, able]
    # An area that the best places pass over is still served where it can be.
    covered[best] += covered.sum()
    worth = serves[:, able] * (1 + covered)
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return [(int(sites.index[able[at]]), areas[one]) for one, at in pairs if worth[one, at]]


def _meeting(
    work: pd.DataFrame, sites: pd.DataFrame, people: pd.DataFrame
) -> list[tuple[int, str]]:
    hours = _door_hours(work, people)
    if sites.empty or hours.empty:
        return []
    (at,) = nearest_on_average(km_between(hours, sites), hours["hours"].to_numpy(float), 1)
    one = sites.iloc[at]
    return [(int(one.name), str(one["area_code"]))]


def _door_hours(work: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return the hours at the doors of each area, with the middle of where its people live."""
    doors = work[work["channel"].isin([CANVASS, DISTRIBUTION])]
    middle = people.groupby("area_code")[["x", "y"]].mean()
    return doors.groupby("area_code")[["hours"]].sum().join(middle, how="inner")


def _cabins(made: Programme, sites: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    plan, able, hours = made.plan.sites, _named(sites), _door_hours(made.chosen, people)
    if not plan.cabins or able.empty:
        return pd.DataFrame(columns=COLUMNS)
    near = km_between(hours, able) <= plan.cabin_km
    at = able.iloc[most_covered(near, hours["hours"].to_numpy(float), plan.cabins)]
    return at.assign(association=None, role=CABIN, site=at.index)[COLUMNS]


def _named(sites: pd.DataFrame) -> pd.DataFrame:
    """Return the places that somebody has named; the middles of areas where there are none."""
    named = sites[sites["place_kind"] != AREA]
    return named if len(named) else sites


def tour_days(
    made: Programme, sites: pd.DataFrame, people: pd.DataFrame, *, seed: int
) -> dict[str, tuple[pd.DataFrame, Tour]]:
    """Return each day of the district's tour: its stops in order, and the tour that they are.

    A day collects the target persons who live within a walk of its stops; who lives near a stop of
    an earlier day counts no more.

    Parameters
    ----------
    made
        The plan; without a tour there is no day.
    sites, people
        As in `venues`, with `place_name` and `municipality_code`; where the tour has a theme,
        `people` has a column of that group's persons.
    seed
        Of the search among more than 25 places.

    Raises
    ------
    ConfigError
        The tour begins at a place that is none of the sites.
    """
    tour = made.plan.tour
    if tour is None:
        return {}
    sites = _named(sites)
    starts = np.flatnonzero(sites["place_name"] == tour.begins_at)
    if not len(starts):
        raise ConfigError("tour_begins_nowhere", name=tour.begins_at, names=sites["place_name"])
    order: Places = np.r_[starts[0], np.setdiff1d(np.arange(len(sites)), starts[0])]
    sites = sites.iloc[order]
    near = km_between(people, sites) <= made.plan.sites.walk_km
    left = np.nan_to_num(people[tour.theme or "target_persons_count"].to_numpy(float))
    ways = _hours_between(sites, tour)
    rng = rng_for(seed, "plan: tour")
    days: dict[str, tuple[pd.DataFrame, Tour]] = {}
    for day in sorted(tour.days):
        prizes = left @ near
        # The day begins where it begins: that is no stop.
        prizes[0] = 0.0
        able = np.flatnonzero((prizes > 0) | (np.arange(len(sites)) == 0))
        quota = sites["municipality_code"].to_numpy(object)[able], tour.most_per_municipality
        found = best_tour(ways[np.ix_(able, able)], prizes[able], tour.hours, rng=rng, quota=quota)
        stops = able[found.order[1:]]
        stood = pd.DataFrame(sites.iloc[stops])
        days[day] = (stood.assign(target_persons_count=prizes[stops]), found)
        left = np.where(near[:, stops].any(axis=1), 0.0, left)
    return days


def _hours_between(sites: pd.DataFrame, tour: Round) -> Floats:
    """Return the hours between sites; what a stop takes lies half in each way to it."""
    stop = np.full(len(sites), tour.stop_hours / 2)
    stop[0] = 0.0
    ways = km_between(sites, sites) / tour.km_per_hour + stop[:, None] + stop
    return np.asarray(ways * (1 - np.eye(len(sites))))
