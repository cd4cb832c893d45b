"""The rundor of a plan: what is walked together in an evening or a few, in which order, and where.

Every area that is canvassed is parted into the smallest areas that the run knows, and these are put
together to rounds of whole evenings; see `geoprio.plans.turfs`.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import linear_sum_assignment

from geoprio.plans.efforts import CANVASS, whole_evenings
from geoprio.plans.programme import Programme
from geoprio.plans.schedule import in_turn
from geoprio.plans.turfs import places_of, turfs
from geoprio.runs import Run
from geoprio.runs.notes import listed
from geoprio.scores.draws import rng_for
from geoprio.words import Language, text

Floats = npt.NDArray[np.float64]

REACH_M = 500.0
"""How far those who walk a round step over what is not theirs, such as water."""
MEETING_KM = 1.5
"""How far from where a round's people live a place to meet is at most."""
MEETINGS = ("station", "place")
"""Kinds of places that people find their way to."""
NAMED, MOST_NAMED = 0.25, 3
"""A round is called by the places that have so much of its work each, and how many at most."""
WINDS = ("middle", "e", "ne", "n", "nw", "w", "sw", "s", "se")
SPOT = ["east", "north", "size"]
COVERED = 0.95
"""Of a place: what is as large is all of it."""
SUMS = ["doors_count", "households_count", "hours"]
OWN = ["evenings", "meeting_place", "deviation"]
KEY = ["association", "round_number"]


def round_areas(run: Run, made: Programme) -> pd.DataFrame:
    """Return which small area is walked in which round, in each association's order.

    Parameters
    ----------
    run
        A finished run.
    made
        Its plan.

    Returns
    -------
    areas
        Index `area_code`: the smallest areas that the run knows of what the plan canvasses, each
        once; the plan's own area where it has none, or where the homes of one are unknown. Sorted
        by `association` and `round_number` (1 first; together they are the key of a round).
        `area_name`, `municipality_name`; `round_within`, the plan's area, its code `round_area` and
        its `effort`; `round_name`, unique in the association; `week` and `week_last`, the Mondays
        of its first and last week, and the `phase` of the first; `evenings` of those who come
        there, of the whole round, and `deviation`, how much fuller they are than those of the
        association's rounds on the whole (0.1 is 10 %); `meeting_place`, the nearest known place,
        "" where none is near; and of the small area itself `doors_count`, `households_count` and
        `hours`.
    """
    columns = [
        *("area_name", "association", "municipality_name", "round_number", "round_name"),
        *("round_area", "round_within", "effort", "week", "week_last", "phase", *OWN, *SUMS),
    ]
    areas = _drawn(run, made)
    if areas.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="area_code"))
    evening = made.plan.crew.hours_per_evening
    by_round = without_leftovers(round_weeks(areas, made), KEY, evening).groupby(KEY)
    span = by_round[["week", "phase"]].first().assign(week_last=by_round["week"].last())
    areas = areas.join(span, on=KEY)
    areas["meeting_place"] = areas["turf"].map(_meetings(run, areas))
    return pd.DataFrame(areas.sort_values([*KEY, "area_code"], kind="stable")[columns])


def _drawn(run: Run, made: Programme) -> gpd.GeoDataFrame:
    """Return the small areas with their round, its name and how long it takes."""
    own = made.chosen[made.chosen["channel"] == CANVASS].rename_axis("place").reset_index()
    if own.empty:
        return gpd.GeoDataFrame()
    areas = _small_areas(run, own, made)
    crews = {name: made.plan.crew_of(name) for name in own["association"]}
    evening = areas["association"].map(
        {name: crew.people * crew.hours_per_evening for name, crew in crews.items()}
    )
    # One effort is walked at a time: a turf crosses neither an association nor an effort.
    apart = areas.assign(association=areas["association"] + "\n" + areas["effort"])
    work, rng = (areas["hours"] / evening).astype(float), rng_for(run.campaign.seed, "rounds")
    areas["turf"] = turfs(apart, work, 1.0, rng=rng, reach_m=REACH_M)["turf"]
    order = areas.groupby("turf").agg({"association": "first", "place": "min"})
    order = order.sort_values(["association", "place", "turf"], kind="stable")
    areas["round_number"] = areas["turf"].map(order.groupby("association").cumcount() + 1.0)
    whole = work.groupby(areas["turf"]).transform("sum")
    areas["evenings"] = whole_evenings(whole)
    # The same for each of a round's areas, so that its mean over rounds is one of rounds.
    full = (whole / areas["evenings"]).groupby(areas["turf"]).first()
    owner = order["association"].reindex(full.index)
    areas["deviation"] = areas["turf"].map(full / full.groupby(owner).transform("mean") - 1)
    return areas.assign(round_name=areas["turf"].map(_names(run, areas)))


def rounds(run: Run, areas: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return a row for each round of `round_areas`: its sums, the names of its `areas`, its shape.

    In EPSG:3006, sorted by `association` and `round_number`; `round_within` has each of the plan's
    areas that it lies in.
    """
    shapes = pd.concat([run.frame("areas", name)[["geometry"]] for name in reversed(run.area_sets)])
    shapes = shapes[~shapes.index.duplicated()]
    first = [name for name in areas if name not in {*KEY, *SUMS, "area_name", "round_area"}]
    how = dict.fromkeys(first, "first") | dict.fromkeys(SUMS, "sum") | {"area_name": ", ".join}
    table = areas.groupby(KEY).agg(how).rename(columns={"area_name": "areas"})
    found = gpd.GeoDataFrame(areas[KEY].join(shapes), crs=run.scored.areas.crs)
    union = found.dissolve(KEY)[["geometry"]]
    return gpd.GeoDataFrame(table.join(union).reset_index(), crs=found.crs)


def round_weeks(areas: pd.DataFrame, made: Programme) -> pd.DataFrame:
    """Return the hours of each round by week: `association`, `round_number`, `week`, `phase`."""
    weeks = made.weeks[made.weeks["channel"] == CANVASS]
    slots = weeks.groupby(["association", "week", "phase"], as_index=False)["hours"].sum()
    work = areas.groupby(KEY)[["hours"]].sum().reset_index()
    parts = [
        in_turn(own, slots[slots["association"] == name])
        for name, own in work.groupby("association", sort=False)
    ]
    columns = ["place", "week", "phase", "hours"]
    found = pd.concat(parts) if parts else pd.DataFrame(columns=columns)
    return found.join(work[KEY], on="place")[[*KEY, *columns[1:]]].reset_index(drop=True)


def without_leftovers(weeks: pd.DataFrame, by: list[str], least: float) -> pd.DataFrame:
    """Return the weeks of each work without the phases that have less than `least` hours of it.

    A few doors that were left over are knocked with the others: the work's hours are as many. The
    phase that has most of it is kept.
    """
    own = weeks.groupby([*by, "phase"])["hours"].transform("sum")
    most = own.groupby([weeks[name] for name in by]).transform("max")
    kept = weeks[(own >= least) | (own == most)]
    whole, left = (one.groupby(by)["hours"].transform("sum") for one in (weeks, kept))
    return kept.assign(hours=kept["hours"] * whole[kept.index] / left)


def in_rounds(
    areas: pd.DataFrame, made: Programme, language: Language
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the plan's `chosen` and `weeks` with `round_areas`' rounds for what is canvassed.

    A round stands for the plan's area that it is in, the first one if there are several, and has
    the column `round_name` with its number.
    """
    if areas.empty:
        return made.chosen.assign(round_name=None), made.weeks
    how = dict.fromkeys(["round_area", "effort", "round_name"], "first")
    each = areas.groupby(KEY).agg(how | dict.fromkeys(SUMS, "sum")).reset_index()
    each.index += len(made.chosen)
    told = zip(each["round_number"], each["round_name"], strict=True)
    each["round_name"] = [
        text("round_of", language, number=round(number), name=name) for number, name in told
    ]
    each = each.rename(columns={"round_area": "area_code"}).assign(channel=CANVASS)
    keys = ["area_code", "association", "channel", "effort"]
    number = each.reset_index().set_index(KEY)["index"]
    weeks = round_weeks(areas, made).join(number, on=KEY).set_index("index")
    weeks = weeks[["week", "phase", "hours"]].join(each[keys])
    walked = made.chosen.index[made.chosen["channel"] == CANVASS]
    others = made.weeks.drop(index=walked, errors="ignore")
    return pd.concat([made.chosen.drop(index=walked), each]), pd.concat([others, weeks])


def _small_areas(run: Run, own: pd.DataFrame, made: Programme) -> gpd.GeoDataFrame:
    """Return the small areas of what is canvassed, each with its part of the doors and hours."""
    own = own.join(made.places[["area_name", "municipality_name"]], on="area_code")
    own = own.rename(columns={"area_code": "round_area", "area_name": "round_within"})
    kept = [
        "place",
        "round_area",
        "round_within",
        "municipality_name",
        "association",
        "effort",
        *SUMS,
    ]
    chosen = run.scored.areas.loc[own["round_area"], ["area_name", "geometry"]].rename_axis(
        "area_code"
    )
    whole = chosen.reset_index().merge(own[kept], left_on="area_code", right_on="round_area")
    base, level = run.campaign.base_set, run.levels.get(run.campaign.base_set)
    if level is None or base == run.area_sets[0]:
        return gpd.GeoDataFrame(whole.set_index("area_code").sort_index(), crs=chosen.crs)
    middles = level.areas[["geometry"]].set_geometry(level.areas.representative_point())
    inside = middles.sjoin(whole[["round_area", "geometry"]], predicate="within")["round_area"]
    inside = inside[~inside.index.duplicated()]
    homes = _homes(run, base).reindex(inside.index)
    sums = homes.groupby(inside).agg(lambda one: one.sum(skipna=False))
    parted = sums.index[sums > 0]
    inside = inside[inside.isin(parted)]
    small = level.areas.loc[inside.index, ["area_name", "geometry"]].assign(round_area=inside)
    small = small.reset_index().merge(own[kept], on="round_area").set_index("area_code")
    small[SUMS] = small[SUMS].mul(homes / inside.map(sums), axis=0)
    rest = whole[~whole["round_area"].isin(parted)].set_index("area_code")
    return gpd.GeoDataFrame(pd.concat([small, rest]).sort_index(), crs=chosen.crs)


def _homes(run: Run, area_set: str) -> pd.Series:
    """Return the doors of small areas by the user's own file of addresses, else their homes."""
    known = run.frame("indicators", area_set)
    homes = known["households_count"]
    return known.get("doors_count", homes).fillna(homes)


def _meetings(run: Run, areas: pd.DataFrame) -> pd.Series:
    """Return by turf the place that is nearest to where most of its people live, "" if none is."""
    most = areas.sort_values("hours", kind="stable").reset_index().groupby("turf")["area_code"]
    codes = most.last()
    frames = [f"{name}_nearest" for name in run.area_sets if f"{name}_nearest" in run.frames]
    known = pd.concat([run.frames[name] for name in frames]) if frames else pd.DataFrame()
    known = known[~known.index.duplicated()].reindex(codes)
    found, near = pd.Series("", codes.index, dtype=object), np.full(len(codes), MEETING_KM)
    for kind in MEETINGS:
        if f"nearest_{kind}_km" in known:
            km = known[f"nearest_{kind}_km"].to_numpy(float)
            closer = km <= near
            found[closer] = known[f"nearest_{kind}"].to_numpy(object)[closer]
            near = np.where(closer, km, near)
    return found


def _names(run: Run, areas: gpd.GeoDataFrame) -> pd.Series:
    """Return by turf what it is called: its places, or the part of one, and a number if need be."""
    language, level = run.language, run.levels[run.campaign.base_set]
    every = _spots(level.areas, level.places["municipality_name"]).groupby("key")[SPOT].sum()
    own = _spots(areas, areas["municipality_name"]).join(areas[["turf", "association", "hours"]])
    found = own.groupby("turf")[["association", "key"]].first()
    found = found.join(own.groupby("turf")[SPOT].sum())
    work = own.groupby(["turf", "key", "place"])["hours"].sum().reset_index()
    work = work.sort_values(["turf", "hours"], ascending=[True, False], kind="stable")
    rows = work[["turf", "place", "hours"]].itertuples(index=False, name=None)
    named = {turf: list(own) for turf, own in groupby(rows, key=itemgetter(0))}
    main = {turf: _main_places([own[1:] for own in ranked]) for turf, ranked in named.items()}
    words = {
        turf: listed(places, language)
        if places
        else text("round_around", language, place=named[turf][0][1])
        for turf, places in main.items()
    }
    found["name"] = pd.Series(words, dtype=object)
    single = [turf for turf, ranked in named.items() if len(ranked) == 1]
    alone = found.loc[single]
    spots = dict(zip(every.index.astype(str), every.to_numpy(float), strict=True))
    for (_, key), parts in alone[alone["key"].isin(every.index)].groupby(["association", "key"]):
        winds = _winds(spots[str(key)], parts[SPOT].to_numpy())
        told = [text(f"round_part_{wind}", language, place=parts["name"].iloc[0]) for wind in winds]
        found.loc[parts.index[: len(told)], "name"] = told
    again = found.groupby(["association", "name"]).cumcount() + 1
    pairs = zip(found["name"], again, strict=True)
    numbered = [text("round_again", language, name=name, count=count) for name, count in pairs]
    return found["name"].where(again == 1, pd.Series(numbered, found.index, dtype=object))


def _spots(areas: gpd.GeoDataFrame, towns: pd.Series) -> pd.DataFrame:
    """Return the place of each area, its size, and its middle as many times as it is large."""
    middles, size = areas.centroid, areas.area
    places = places_of(areas)
    return pd.DataFrame(
        {
            "key": towns.astype(str) + "\n" + places,
            "place": places,
            "east": middles.x * size,
            "north": middles.y * size,
            "size": size,
        }
    )


def _main_places(ranked: Sequence[tuple[str, float]]) -> list[str]:
    """Return the places that have most of the work, of all with what each has, most first."""
    least = NAMED * sum(work for _, work in ranked)
    return [place for place, work in ranked if work >= least][:MOST_NAMED]


def _winds(whole: Floats, parts: Floats) -> list[str]:
    """Return where in a place its parts lie: each in one of `WINDS`, no two in one if it can be.

    The parts' middles are matched to the points of a rose as wide as the place (the Hungarian way).
    None where one part is the whole.
    """
    points = parts[:, :2] / parts[:, 2:]
    covered = parts[:, 2].sum() >= COVERED * whole[2]
    if covered and len(parts) == 1:
        return []
    # Two halves lie on either side of what is between their middles.
    away = points - (points.mean(axis=0) if covered else whole[:2] / whole[2])
    away /= max(np.hypot(*away.T).max(), whole[2] ** 0.5 / 2)
    turn = np.arange(len(WINDS) - 1) * np.pi / 4
    rose = np.vstack([[0.0, 0.0], 0.8 * np.column_stack([np.cos(turn), np.sin(turn)])])
    times = -(-len(parts) // len(WINDS))
    _, wind = linear_sum_assignment(((away[:, None] - np.tile(rose, (times, 1))) ** 2).sum(axis=2))
    return [WINDS[at % len(WINDS)] for at in wind]
