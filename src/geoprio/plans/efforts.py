"""What could be done in each area: every effort with its hours, its cost and whom it reaches."""

import numpy as np
import pandas as pd

from geoprio.config import Election, MailingEdition
from geoprio.config.resources import Doors, Effort, Phase, Plan
from geoprio.plans.reach import Grounds, Reach, edition_reach

CANVASS, DISTRIBUTION, STAND = "canvass", "distribution", "stand"
ORGANISE, MAILING = "organise", "mailing"
HOURLY = (CANVASS, DISTRIBUTION, STAND)
"""Channels that compete for an association's hours."""
TENURES = ("rental", "tenant_owned", "owned")
LONGEST, ROUNDING = 1.25, 1e-6
"""Of an evening: how long it is at most, and what is nothing."""
PART, WHOLE = "part", "whole"
"""An effort as large as the hours go, and the only one of a channel."""
KEYS = ["channel", "election", "effort"]
COLUMNS = [
    *("hours", "cost_sek", "doors_count", "households_count", "electors_count"),
    *("target_persons_count", "precision", "precision_se"),
]


def with_elections(plan: Plan, basis: Election) -> Plan:
    """Return a plan each of whose phases says which election it is about: else the campaign's."""
    phases = [one.model_copy(update={"election": one.election or basis}) for one in plan.phases]
    return plan.model_copy(update={"phases": tuple(phases)})


def strands(plan: Plan) -> list[tuple[str, str]]:
    """Return each channel that takes hours with each election it is worked for, in their order.

    Those who live in an area are not the electorate of every election: whoever is no citizen has a
    vote for the region and the municipality.
    """
    pairs = [(name, str(one.election)) for name in HOURLY for one in plan.phases_of(name)]
    return list(dict.fromkeys(pairs))


def reach_of(grounds: Grounds, plan: Plan) -> dict[str, Reach]:
    """Return whom work reaches, by the election that it is for."""
    elections = dict.fromkeys(election for _, election in strands(plan))
    # An edition's fields are checked where a campaign is read; these names are a phase's.
    editions = {
        name: MailingEdition.model_validate({"name": name, "election": name}) for name in elections
    }
    return {name: edition_reach(grounds, one) for name, one in editions.items()}


def efforts(grounds: Grounds, places: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return every effort that an association could make in an area, smallest first.

    Parameters
    ----------
    grounds
        What is known of each area.
    places
        By area `association`, `municipality_code` and `relative_yield`: what a conversation there
        is expected to give beside the average area, 1; NaN where unknown.
    plan
        The campaign's.

    Returns
    -------
    efforts
        `area_code`, `association`, `municipality_code`, `channel`, `election` (whose electorate is
        reached, in the phases that are about it), `effort`, and of each `hours`
        (of all who work), `cost_sek`, `doors_count` (knocked at least once), `households_count`,
        `electors_count` and `target_persons_count` who are reached (of the canvass and the stand:
        who are talked to and have a vote), `precision` and its standard error (0-1), and
        `worth`. An area whose households, electors, target groups or, where the plan is by yield,
        yield are unknown has none: it is not guessed at.
    """
    reaches = reach_of(grounds, plan)
    makers = {CANVASS: _canvass, DISTRIBUTION: _distribution, STAND: _stand}
    parts = []
    for channel, election in strands(plan):
        able = _able(reaches[election], places, plan)
        able = able.join(_homes(able, grounds.frames["counts"], plan.doors))
        able["election"] = election
        # Whoever opens the door may have no vote in this election.
        adults = grounds.frames["counts"].get("adults_count", able["electors_count"])
        able["voting_share"] = (able["electors_count"] / adults).clip(upper=1).fillna(1.0)
        made = [
            part.assign(channel=channel, election=election) for part in makers[channel](able, plan)
        ]
        parts += [able[["association", "municipality_code", "yield"]].join(part) for part in made]
    columns = ["association", "municipality_code", *KEYS, *COLUMNS, "worth"]
    if not parts:
        return pd.DataFrame(columns=["area_code", *columns])
    whole = pd.concat(parts).rename_axis("area_code").reset_index()
    whole["worth"] = whole["target_persons_count"] * whole["yield"] * _worth(whole, plan)
    whole = whole[(whole["hours"] > 0) & (whole["worth"] > 0)]
    order = ["association", "channel", "area_code", "election", "hours"]
    return whole.sort_values(order, kind="stable", ignore_index=True)[["area_code", *columns]]


def _able(reach: Reach, places: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Return the areas of an association where all that an effort rests on is known."""
    areas = reach.areas.join(places)
    areas["yield"] = areas["relative_yield"] if plan.objective == "yield" else 1.0
    needed = ["households_count", "electors_count", "target_persons_count", "yield"]
    known = (areas[needed] > 0).all(axis=1) & areas["association"].notna()
    own = areas[known].sort_index()
    return own.assign(precision=(own["target_persons_count"] / own["electors_count"]).clip(upper=1))


def _homes(areas: pd.DataFrame, counts: pd.DataFrame, doors: Doors) -> pd.DataFrame:
    """Return `open_share` of the doors, and `pair_hours` to knock each of them once.

    An area whose tenures are unknown has those of all areas together.
    """
    names = [f"dwellings_{tenure}_count" for tenure in TENURES]
    homes = counts.reindex(index=areas.index, columns=names)
    known = homes.sum(axis=1, skipna=False) > 0
    every = homes[known].sum()
    # Where no area's are known, each kind is as likely.
    mean = every / every.sum() if every.sum() > 0 else pd.Series(1 / len(names), names)
    shares = homes.div(homes.sum(axis=1), axis=0).where(known).fillna(mean)
    kinds = [getattr(doors, tenure) for tenure in TENURES]
    inside = shares * [kind.access_share for kind in kinds]
    open_share = inside.sum(axis=1)
    speed = (inside / [kind.doors_per_hour for kind in kinds]).sum(axis=1) / open_share
    own = pd.Series(doors.access, dtype=float).reindex(areas.index)
    open_share = own.fillna(open_share)
    hours = areas["households_count"] * open_share * speed
    return pd.DataFrame({"open_share": open_share, "pair_hours": hours})


def _canvass(areas: pd.DataFrame, plan: Plan) -> list[pd.DataFrame]:
    """Return each of the plan's ways to canvass; of each door that opens, one is talked to."""
    parts = [_knocked(areas, plan.doors, effort) for effort in plan.efforts]
    least = parts[0]
    # As far as the hours go, where not even the smallest effort fits.
    # All areas are those of one election.
    election = areas["election"].max() if len(areas) else ""
    hours = areas["association"].map(lambda name: season_hours(plan, CANVASS, name, election))
    hours = hours.astype(float)  # of no area too
    fits = (hours / least["hours"]).where(least["hours"] > hours)
    shrunk = fits[fits > 0]
    part = least.loc[shrunk.index].copy()
    sizes = [name for name in COLUMNS if name in part and not name.startswith("precision")]
    part[sizes] = part[sizes].mul(shrunk, axis=0)
    return [part.assign(effort=PART), *parts]


def _knocked(areas: pd.DataFrame, doors: Doors, effort: Effort) -> pd.DataFrame:
    closed = 1 - doors.contact_share
    tries = doors.knocks(effort.rounds)
    knocked = areas["households_count"] * areas["open_share"] * effort.doors_share
    talks = knocked * (1 - closed**effort.rounds) * areas["voting_share"]
    return pd.DataFrame(
        {
            "effort": effort.name,
            "hours": doors.together * areas["pair_hours"] * effort.doors_share * tries,
            "cost_sek": 0.0,
            "doors_count": knocked,
            "households_count": knocked,
            "electors_count": talks,
            "target_persons_count": talks * areas["precision"],
            "precision": areas["precision"],
            "precision_se": areas["target_share_se"],
        }
    )


def _distribution(areas: pd.DataFrame, plan: Plan) -> list[pd.DataFrame]:
    rates = plan.distribution
    if rates is None:
        return []
    homes = areas["households_count"] * areas["open_share"]
    readers = areas["electors_count"] * areas["open_share"]
    part = pd.DataFrame(
        {
            "effort": WHOLE,
            "hours": homes / rates.homes_per_hour,
            "cost_sek": homes * rates.sek_per_home,
            "doors_count": np.nan,
            "households_count": homes,
            "electors_count": readers,
            "target_persons_count": readers * areas["precision"],
            "precision": areas["precision"],
            "precision_se": areas["target_share_se"],
        }
    )
    return [part]


def _stand(areas: pd.DataFrame, plan: Plan) -> list[pd.DataFrame]:
    rates = plan.stand
    if rates is None:
        return []
    met = rates.hours * rates.met_per_hour * areas["voting_share"]
    met = met.clip(upper=areas["electors_count"])
    part = pd.DataFrame(
        {
            "effort": WHOLE,
            "hours": rates.hours,
            "cost_sek": 0.0,
            "doors_count": np.nan,
            "households_count": np.nan,
            "electors_count": met,
            "target_persons_count": met * areas["precision"],
            "precision": areas["precision"],
            "precision_se": areas["target_share_se"],
        }
    )
    return [part]


def _worth(efforts: pd.DataFrame, plan: Plan) -> pd.Series:
    """Return what one who is reached counts beside one who is talked to."""
    leaflet = plan.distribution.worth if plan.distribution else 0.0
    return efforts["channel"].map({CANVASS: 1.0, DISTRIBUTION: leaflet, STAND: 1.0}).astype(float)


def weeks_of(plan: Plan, channel: str, election: str = "") -> list[tuple[Phase, str]]:
    """Return the weeks of a channel, each with its phase, as the ISO day of its Monday.

    Those of one election alone, where it is named.
    """
    return [
        (phase, week.isoformat())
        for phase in plan.phases_of(channel)
        if election in ("", phase.election)
        for week in phase.weeks
    ]


def season_hours(plan: Plan, channel: str, association: str, election: str = "") -> float:
    """Return the hours that an association has for a channel, of one election or of all."""
    weeks = len(weeks_of(plan, channel, election))
    return plan.crew_of(association).hours_per_week * weeks


def whole_evenings(work: pd.Series) -> pd.Series:
    """Return how many evenings work is: so many that each is as near to a whole one as can be.

    `work` is in evenings of those who come. One is at most a quarter longer than they have planned.
    """
    fewer = np.floor(work + ROUNDING).clip(lower=1)
    # Above this one evening more is nearer: as much too short as the others are too long.
    even = 2 * fewer * (fewer + 1) / (2 * fewer + 1)
    more = work > np.minimum(even, LONGEST * fewer)
    return pd.Series(fewer + more.astype(float))
