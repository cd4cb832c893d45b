"""What the party's app is given: rundor as areas, what each association does there, and the keys.

Nothing of a group, of origin or of a union is in it: whoever knocks may read all of it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geoprio.files.folder import safe_names
from geoprio.files.table import list_bytes
from geoprio.reports.association import Hand
from geoprio.reports.evening import span_words
from geoprio.words import one_line, text

SHOWN = 110
"""Signs of a description that the app shows."""
DIGITS = 11
"""Decimals of a degree: a thousandth of a millimetre, so that rundor still are their area."""
LEAST_M2 = 0.01
"""Parts of a cut that are no ground."""
KEY = re.compile(r"\[gp:([^\]\s]{1,80})\]")
"""How an area is known again: the app keeps no key of ours."""
WGS84 = 4326


def solid_parts(shape: shapely.Geometry) -> list[shapely.Polygon]:
    """Return polygons without holes that together are a shape, the largest first.

    A hole is cut through from north to south, for the app knows one closed ring alone.
    """
    left = [one for one in shapely.get_parts(shape).tolist() if one.geom_type == "Polygon"]
    whole: list[shapely.Polygon] = []
    while left:
        one = left.pop()
        if one.area <= LEAST_M2:
            continue
        if not one.interiors:
            whole.append(one)
            continue
        x = one.interiors[0].centroid.x
        west, south, east, north = one.bounds
        for box in ((west, south, x, north), (x, south, east, north)):
            cut = shapely.intersection(one, shapely.box(*box))
            left += [
                part for part in shapely.get_parts(cut).tolist() if part.geom_type == "Polygon"
            ]
    return sorted(whole, key=lambda one: (-one.area, one.bounds))


def zetkin_areas(hand: Hand) -> gpd.GeoDataFrame:
    """Return the areas that the app is given, a row for each part of a runda.

    `association`, `area_code` (the area that the runda lies in), `turf_code`, `title`,
    `description` and a `geometry` in WGS84 that is one polygon without holes.
    """
    rows = [row for one in hand.rounds.to_dict("records") for row in _rows(hand, one)]
    columns = ["association", "area_code", "turf_code", "title", "description", "geometry"]
    made = gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=3006)
    return made.to_crs(WGS84)


def _rows(hand: Hand, one: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    language, area = hand.language, hand.table.loc[one["area_code"]]
    number = round(one["round_number"])
    parts = solid_parts(one["geometry"])
    for place, part in enumerate(parts, start=1):
        code = f"{one['area_code']}-{number}" + (f"-{place}" if len(parts) > 1 else "")
        key = "zetkin_part" if len(parts) > 1 else "zetkin_title"
        weeks = span_words(one["week"], one["week_last"], language)
        yield {
            "association": one["association"],
            "area_code": one["area_code"],
            "turf_code": code,
            "title": one_line(
                text(key, language, number=number, name=one["round_name"], part=place)
            ),
            "description": described(area["verdict"], weeks, area["public_reason"], code),
            "geometry": part,
        }


def described(verdict: str, weeks: str, reason: str, code: str) -> str:
    """Return an area's description: verdict, week and reason in the signs shown, the key last."""
    head = " · ".join(filter(None, [one_line(verdict), one_line(weeks)]))
    room = SHOWN - len(head) - 3
    reason = one_line(reason)
    short = reason
    if len(reason) > room:
        cuts = [at for at in range(len(reason)) if reason[at] in ",." and 20 < at <= room - 1]
        ends = cuts or [reason.rfind(" ", 0, room)]
        short = f"{reason[: max(ends)].rstrip(',. ')}…" if max(ends) > 0 else ""
    more = f"\n{reason}" if short != reason else ""
    return f"{' · '.join(filter(None, [head, short]))}{more} [gp:{code}]"


def feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one area as a feature whose properties are what is posted of it, and nothing else."""
    ring = np.round(shapely.get_coordinates(row["geometry"].exterior), DIGITS).tolist()
    boundary = {"type": "Polygon", "coordinates": [ring]}
    body = {"title": row["title"], "description": row["description"], "boundary": boundary}
    return {"type": "Feature", "geometry": boundary, "properties": body}


def zetkin_files(hand: Hand) -> dict[str, bytes]:
    """Return each association's areas and assignment, and the keys of all; none without rundor."""
    areas = zetkin_areas(hand)
    if areas.empty:
        return {}
    files: dict[str, bytes] = {}
    for name, stem in safe_names(areas["association"]).items():
        own = areas[areas["association"] == name]
        features = [feature(row) for row in own.to_dict("records")]
        files[f"zetkin/{stem}.geojson"] = _json(
            {"type": "FeatureCollection", "name": one_line(name), "features": features}
        )
        files[f"zetkin/{stem}.uppdrag.json"] = _json(assignment(hand, name))
    keys = pd.DataFrame(areas)[["turf_code", "area_code", "association", "title"]]
    files["zetkin/nycklar.csv"] = list_bytes(keys)
    return files


def assignment(hand: Hand, association: str) -> dict[str, Any]:
    """Return what is posted of an association's assignment: title, instructions and days."""
    own = hand.rounds[hand.rounds["association"] == association]
    last = pd.Timestamp(own["week_last"].max()) + pd.Timedelta(days=6)
    return {
        "title": one_line(text("zetkin_assignment", hand.language, association=association)),
        "instructions": text("zetkin_instructions", hand.language),
        # No door is told of by itself.
        "reporting_level": "location",
        "start_date": own["week"].min(),
        "end_date": last.date().isoformat(),
    }


def _json(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, allow_nan=False)}\n".encode()
