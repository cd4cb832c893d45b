"""The demo's file of addresses: where its dwellings stand, in the form of a user's own file."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geoprio.demo.apportionment import Floats, Ints, apportion, noise
from geoprio.demo.elections import Pieces
from geoprio.demo.geography import County, Shapes
from geoprio.demo.people import TENURES, Living
from geoprio.tables import CRS

FILE, LAYER = "egna-adresser.gpkg", "adresser"
NO_DATE = "1980-01-01T00:00:00.000Z"
"""When the file says that it was made: equal counties give equal bytes."""
_HOUSES, _BLOCKS = 80, 20
"""Addresses of an area at most: of houses, one of which may be a row of them, and of flats."""
_CROWDED = 0.12
"""How far the people of a dwelling stray between the pieces of an area (of a logarithm)."""
_REACH, _TRIES = 0.25, 40
"""How far from its middle people live in a piece of ground, of its width."""
_STREETS = ("Storgatan", "Skolgatan", "Kyrkvägen", "Ängsvägen", "Björkvägen", "Torggatan")


def write_addresses(
    folder: Path, county: County, living: Living, pieces: Pieces, rng: np.random.Generator
) -> None:
    """Write every address with how many dwellings it has, where each piece's people live."""
    owned = living.dwellings[:, TENURES.index("owned")]
    parts = []
    for kind, homes, most in (
        ("Bostad; Småhus radhus", owned, _HOUSES),
        ("Bostad; Flerfamiljshus", living.dwellings.sum(axis=1) - owned, _BLOCKS),
    ):
        # A household is larger in one place than in another.
        size = np.exp(noise(rng, len(pieces.deso), scale=_CROWDED))
        weight = np.asarray((pieces.population + 0.01) * size, dtype=np.float64)
        held = apportion(weight, pieces.deso, homes)
        sizes = _sizes(held, homes[pieces.deso], most)
        parts.append(sizes.assign(andamal1=kind))
    told = pd.concat(parts, ignore_index=True)
    at = told["piece"].to_numpy()
    town = county.deso["municipality_code"].to_numpy()[pieces.deso[at]]
    frame = gpd.GeoDataFrame(
        {
            "objektidentitet": [f"demo-{number:08d}" for number in range(len(told))],
            "adress": rng.choice(_STREETS, len(told)) + " " + (told.index % 97 + 1).astype(str),
            "postnummer": np.char.add("9", town.astype(str)),
            "andamal1": told["andamal1"],
            "antal_lagenheter": told["dwellings"],
        },
        geometry=_points(_ground(county, pieces), at, rng),
        crs=CRS,
    )
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": NO_DATE})
    pyogrio.write_dataframe(frame, folder / FILE, layer=LAYER, driver="GPKG")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _sizes(held: Ints, whole: Ints, most: int) -> pd.DataFrame:
    """Return a row for each address: its piece, and its dwellings, as even as they come."""
    number = np.minimum(held, -(-held * most // np.maximum(whole, 1)))
    piece = np.repeat(np.arange(len(held)), number)
    first = np.repeat(np.cumsum(number) - number, number)
    place = np.arange(len(piece)) - first
    size = held[piece] // number[piece] + (place < held[piece] % number[piece])
    return pd.DataFrame({"piece": piece, "dwellings": size})


def _ground(county: County, pieces: Pieces) -> Shapes:
    areas, districts = county.deso.geometry.to_numpy(), county.districts.geometry.to_numpy()
    ground: Shapes = shapely.intersection(areas[pieces.deso], districts[pieces.district])
    return ground


def _points(ground: Shapes, at: Ints, rng: np.random.Generator) -> Shapes:
    """Return a point inside each address's piece of ground, about its middle."""
    middle = shapely.get_coordinates(shapely.point_on_surface(ground))
    reach = _REACH * np.sqrt(shapely.area(ground))
    points: Floats = middle[at]
    shapely.prepare(ground)
    waiting = np.arange(len(at))
    for _ in range(_TRIES):
        own = at[waiting]
        tried = middle[own] + rng.standard_normal((len(own), 2)) * reach[own, None]
        inside = shapely.contains_xy(ground[own], *tried.T)
        points[waiting[inside]] = tried[inside].round(1)
        waiting = waiting[~inside]
    return np.asarray(shapely.points(points))
