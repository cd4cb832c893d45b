"""The frames of a run: what was computed, as it may be kept."""

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.areas import are_postal_codes, find_way, shared_borders
from geoprio.areas.land import land_about
from geoprio.areas.nearest import lived_centres, nearest_places
from geoprio.plans import plan_of, postal_pairs
from geoprio.plans.reach import CELL
from geoprio.runs import GROUND_FRAME, MUNICIPALITIES, WITHIN
from geoprio.runs.assurance import ORGANISE, weight_rows
from geoprio.runs.outcome import Outcome
from geoprio.runs.union import printed_overlap
from geoprio.scores import Located, need_and_capacity, new_associations, support_list
from geoprio.sources.catalogue import GROUND
from geoprio.tables import CRS, may_see

DISTRICT = "stadsdel_"
"""What the name of a set begins with whose areas' names people find their way by."""
LANDMARKS = ["place", "station"]
"""Kinds of places that people find their way by."""
PLACE = ["area_name", "municipality_name", "association"]


def run_frames(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """Return everything that a run keeps, by the names that `Run.frames` tells of.

    What tells of origin or union is kept as a group, as printed, or not at all; the user's own
    figures of members and activity never.
    """
    sets = outcome.gathered.atlas.sets
    frames = {
        "mailing": plan_of(outcome.mailings),
        "overlap": printed_overlap(outcome),
        "weights": weight_rows(outcome),
        "organising": organising_lists(outcome),
        "quadrants": quadrants(outcome),
    }
    for level in outcome.levels:
        frames |= _of_level(outcome, level)
    if outcome.overview is not None:
        frames |= _of_overview(outcome, outcome.overview)
    frames.setdefault(f"{MUNICIPALITIES}_areas", sets[MUNICIPALITIES])
    frames[GROUND_FRAME] = ground_of(outcome)
    frames |= _places(outcome) | _councils(outcome)
    postal = postal_of(outcome)
    if postal is not None:
        frames[f"{outcome.levels[0].area_set}_postal"] = postal[1]
    return frames | (outcome.earlier.frames if outcome.earlier else {})


def ground_of(outcome: Outcome) -> gpd.GeoDataFrame:
    """Return what maps draw under and over the areas: `type`, `area_name` and `geometry`.

    A type is a kind of `GROUND`, `places` for those of `LANDMARKS`, or `district` for a point in
    each area of a set that people know by name, `town` for one in each urban area, `polling` and
    `postal` for one in each polling district and postal code, whose name begins with its code. The
    land is the user's own where a source gives it.
    """
    base = outcome.levels[0].areas
    given = [
        gpd.GeoDataFrame(item.frame).assign(type=item.source.provides)
        for item in outcome.gathered.loaded
        if item.source.provides in GROUND
    ]
    places = outcome.gathered.places
    if places is not None:
        ours = places[places["place_kind"].isin(LANDMARKS)]
        given.append(ours.rename(columns={"place_name": "area_name"}).assign(type="places"))
    if not any((frame["type"] == "land").any() for frame in given):
        given.append(land_about(base).to_frame("geometry").assign(area_name="", type="land"))
    for name, areas in outcome.gathered.atlas.sets.items():
        if name.startswith(DISTRICT):
            # Beside a city's districts the set has whole municipalities.
            own = areas[areas.index != areas["municipality_code"]]
            middles = own.geometry.representative_point()
            given.append(
                gpd.GeoDataFrame(own[["area_name"]].assign(type="district"), geometry=middles)
            )
    given += _found(outcome)
    columns = ["type", "area_name", "geometry"]
    ground = gpd.GeoDataFrame(pd.concat(given, ignore_index=True)[columns], crs=CRS)
    return ground.sort_values(["type", "area_name"], kind="stable", ignore_index=True)


def _found(outcome: Outcome) -> list[gpd.GeoDataFrame]:
    """Return a point in each polling district and urban area, and one for each postal code."""
    basis = outcome.plans.campaign.election.basis
    sets = outcome.gathered.atlas.sets
    districts = sets[outcome.gathered.results[basis].source.area_set]
    # Districts of one municipality stand beside whole others, which are no districts.
    own = districts[districts.index != districts["municipality_code"]]
    named = own.index + (" " + own["area_name"]).where(own["area_name"] != own.index, "")
    found = [_points(named, own.geometry, "polling")]
    urban = outcome.gathered.urban
    if urban is not None:
        found.append(_points(urban["area_name"], urban.geometry, "town"))
    postal = postal_of(outcome)
    if postal is not None:
        inside = postal[1][postal[1]["source_code"] != ""]
        most = inside.sort_values(["area_code", "people_count", "source_code"])
        most = most.drop_duplicates("area_code", keep="last")
        shapes = outcome.levels[0].areas.geometry.reindex(most["source_code"])
        found.append(_points(most["area_code"], shapes, "postal"))
    return found


def _points(names: pd.Series | pd.Index, shapes: gpd.GeoSeries, kind: str) -> gpd.GeoDataFrame:
    columns = {"area_name": np.asarray(names, object), "type": kind}
    points = shapes.representative_point().to_numpy()
    return gpd.GeoDataFrame(columns, geometry=points, crs=CRS)


def postal_of(outcome: Outcome) -> tuple[str, pd.DataFrame] | None:
    """Return how the scored areas become postal codes, by borders before points; see there."""
    atlas, level = outcome.gathered.atlas, outcome.levels[0]
    codes = (name for name, areas in atlas.sets.items() if are_postal_codes(areas.index))
    own = next(codes, None)
    points = (
        gpd.GeoDataFrame(item.frame[item.frame.index != ""])
        for item in outcome.gathered.loaded
        if item.source.provides in ("points", "doors") and (item.frame.index != "").any()
    )
    return postal_pairs(
        level.areas,
        level.counts["population_count"],
        way=None if own is None else find_way(atlas, level.area_set, own).frame,
        points=next(points, None),
        least=outcome.plans.campaign.minimum_count,
    )


def _places(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """Return places that people go to, early votes by day, and the ground of urban areas."""
    gathered = outcome.gathered
    found = {
        "places": gathered.places,
        "early_votes": gathered.early_votes,
        "urban_areas": gathered.urban,
    }
    return {name: frame for name, frame in found.items() if frame is not None}


def _councils(outcome: Outcome) -> dict[str, pd.DataFrame]:
    """Return votes by council and party of every election read, and what is said of the councils.

    Of other counties only what elects the riksdag with the campaign's own is kept.
    """
    found = [it.ballots for it in outcome.gathered.loaded if it.ballots is not None]
    return {
        "ballots": pd.concat(found, ignore_index=True),
        "majorities": outcome.gathered.majorities,
    }


def _of_level(outcome: Outcome, level: Located) -> dict[str, pd.DataFrame]:
    advised, changes = outcome.advised[level.area_set], outcome.changes.get(level.area_set)
    return _named(
        level,
        {
            **_common(outcome, level),
            "areas": level.areas,
            "votes": level.roll,
            "joint": level.joint.cells.rename(columns=CELL.format),
            "electorates": level.rolls.table(),
            "crosswalk": level.way.frame,
            "advice": _reasons(level).join(advised.table),
            **({} if changes is None else {"changes": changes}),
            **_nearest(outcome, level),
        },
    )


def _nearest(outcome: Outcome, level: Located) -> dict[str, pd.DataFrame]:
    places = outcome.gathered.places
    if places is None:
        return {}
    centres = lived_centres(outcome.gathered.atlas, level.area_set, outcome.gathered.urban)
    return {"nearest": nearest_places(centres, places)}


def _of_overview(outcome: Outcome, level: Located) -> dict[str, pd.DataFrame]:
    """Return the municipalities' frames: associations may share one, and none is told to act."""
    common = _common(outcome, level)
    return _named(
        level,
        {
            **common,
            "scores": common["scores"].assign(verdict=None),
            "areas": level.areas.drop(columns="association"),
            "advice": _reasons(level),
        },
    )


def _common(outcome: Outcome, level: Located) -> dict[str, pd.DataFrame]:
    points = outcome.judged[level.area_set].points
    parts = [frame.add_prefix(f"points_{channel}_") for channel, frame in points.items()]
    return {
        "counts": _seen(level.counts),
        "groups": level.printed,
        "indicators": _seen(level.indicators),
        "errors": _seen(level.errors),
        "origins": _origins(level),
        "scores": _scores(outcome, level),
        "points": pd.concat([pd.DataFrame(index=level.areas.index), *parts], axis=1),
    }


def _origins(level: Located) -> pd.DataFrame:
    """Return where each figure is from, and the names of the larger areas that any is of."""
    seen = _seen(level.origins)
    used = [name for name in level.larger if (seen == name).to_numpy().any()]
    names = {f"{WITHIN}{name}": level.larger[name]["place"] for name in used}
    return seen.join(pd.DataFrame(names, index=seen.index))


def _scores(outcome: Outcome, level: Located) -> pd.DataFrame:
    """Return SCORES of every channel, with the ranks that the figures' errors do not exclude."""
    sets = outcome.judged[level.area_set].sets
    parts = [
        frame.join(sets[channel]) if channel in sets else frame
        for channel, frame in level.scores.items()
    ]
    return pd.concat(parts).sort_index(kind="stable")


def _named(level: Located, frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    return {f"{level.area_set}_{kind}": frame for kind, frame in frames.items()}


def _reasons(level: Located) -> pd.DataFrame:
    told = {f"{channel}_reason": words for channel, words in level.reasons.items()}
    return pd.DataFrame(told, index=level.areas.index)


def _seen(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[[name for name in frame if may_see(name, "valledning")]]


def quadrants(outcome: Outcome) -> pd.DataFrame:
    """Return each association's need beside its capacity, in words of the program: no figure."""
    level = outcome.levels[0]
    found = need_and_capacity(
        level.areas["association"],
        level.indicators["target_persons_count"],
        level.indicators["active_per_1000"],
    )
    return found[["need", "capacity", "quadrant"]]


def organising_lists(outcome: Outcome) -> pd.DataFrame:
    """Return the three lists, one below the other (METHOD 4).

    *Tidig lokal organisering*: the areas first in the organising channel, whether or not anyone has
    asked; none where members and activity are unknown. *Stöd till föreningar*: associations whose
    areas vote red-green, those that have asked first. *Ny förening?*: contiguous areas with many
    target persons and no active association.

    Returns
    -------
    lists
        `list` (early, support or new), `order` 1 first, `area_code` ("" for an association),
        `area_name`, `municipality_name`, `association`, `status` and `target_persons_count`.
    """
    names = outcome.gathered.municipality_names
    places = pd.DataFrame(
        outcome.levels[0].areas.assign(
            municipality_name=lambda areas: areas["municipality_code"].map(names)
        )[PLACE]
    )
    parts = [_early(outcome, places), _support(outcome), _new(outcome, places)]
    columns = ["list", "order", *PLACE, "status", "target_persons_count"]
    table = pd.concat(parts).reindex(columns=columns).rename_axis("area_code").reset_index()
    table[PLACE] = table[PLACE].astype(object).fillna("")
    return table.astype({"order": float})


def _early(outcome: Outcome, places: pd.DataFrame) -> pd.DataFrame:
    if ORGANISE not in outcome.plans.profiles:
        return places.iloc[:0].assign(list="early", order=np.nan, status="early")
    level = outcome.levels[0]
    rank, persons = level.scores[ORGANISE]["rank"], level.indicators["target_persons_count"]
    rank = rank.dropna().sort_index()
    first = rank[rank <= outcome.plans.campaign.top_k].sort_values(kind="stable")
    return places.loc[first.index].assign(
        list="early",
        order=first,
        status="early",
        target_persons_count=persons.reindex(first.index).round(),
    )


def _support(outcome: Outcome) -> pd.DataFrame:
    level, capacity = outcome.levels[0], outcome.plans.capacity
    asked = capacity.get("asked", pd.Series(np.nan, capacity.index))
    found = support_list(
        level.areas["association"],
        level.indicators["red_green_share"],
        level.votes["electors_count"],
        asked,
    )
    return pd.DataFrame(
        {
            "list": "support",
            "order": np.arange(1.0, len(found) + 1),
            "association": found.index,
            "status": found["status"].to_numpy(),
        },
        index=[""] * len(found),
    )


def _new(outcome: Outcome, places: pd.DataFrame) -> pd.DataFrame:
    level = outcome.levels[0]
    # An association without a figure is not idle: it is unknown.
    idle = level.areas["association"].isna() | (level.indicators["active_per_1000"] == 0)
    found = new_associations(
        idle, level.indicators["target_persons_count"], shared_borders(level.areas)
    )
    return places.loc[found.index].assign(
        list="new",
        order=found["place"],
        status="new",
        target_persons_count=found["target_persons_count"].round(),
    )
