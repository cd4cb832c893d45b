"""What the demo knows and no source tells: kept aside in `facit/` so that methods can be graded.

Parquet files, codes as text:

- `grupper-deso_2018.parquet`, `grupper-regso_2020.parquet`: one row per area and base with the
  joint table of the four groups in 16 columns `cell_0000` ... `cell_1111`. The digits stand for
  young (18-29), LO member, woman, immigrant background (born abroad, or both parents were), in
  that order. Bases: `residents`, `adults`, `electorate_riksdag`, `electorate_kommun`; the region
  election has the kommun election's.
- `val-deso_2018.parquet`: one row per DeSO and election with electors, votes cast, valid votes
  and votes per party of those who live there, early votes included.
- `bitar.parquet`: residents and electors (riksdag and kommun 2022) of each DeSO ∩ polling district.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.demo.apportionment import Ints
from geoprio.demo.elections import PARTIES, Pieces
from geoprio.demo.geography import County
from geoprio.demo.people import People

FOLDER = "facit"
CELLS = tuple("cell_" + "".join(digits) for digits in product("01", repeat=4))


def write_truth(
    folder: Path,
    county: County,
    people: People,
    pieces: Pieces,
    *,
    counts: dict[tuple[int, str], pd.DataFrame],
) -> Path:
    """Write the truth into `folder`/facit and return that path."""
    target = folder / FOLDER
    target.mkdir()
    groups = _groups(county, people)
    _save(groups, target / "grupper-deso_2018.parquet")
    parent = groups["area_code"].map(county.deso["regso_code"])
    by_regso = groups.assign(area_code=parent).groupby(["area_code", "base"], as_index=False)
    _save(by_regso[list(CELLS)].sum(), target / "grupper-regso_2020.parquet")
    _save(_votes(county, pieces, counts), target / "val-deso_2018.parquet")
    _save(_pieces(county, pieces), target / "bitar.parquet")
    return target


def _groups(county: County, people: People) -> pd.DataFrame:
    minors = np.zeros_like(people.adults)
    minors[:, 0, 0] = people.origin[:, 0]
    bases = {
        "residents": people.adults + minors,
        "adults": people.adults,
        "electorate_kommun": people.citizens + people.foreigners,
        "electorate_riksdag": people.citizens + people.abroad,
    }
    frames = [
        pd.DataFrame(_cells(counts), columns=list(CELLS)).assign(
            area_code=county.deso.index.to_numpy(), base=base
        )
        for base, counts in bases.items()
    ]
    frame = pd.concat(frames).sort_values(["area_code", "base"], ignore_index=True)
    return frame[["area_code", "base", *CELLS]]


def _cells(counts: Ints) -> Ints:
    """Return (area, 16) of (area, young, LO, sex, origin)."""
    cells = np.stack([counts[..., 0], counts[..., 1:].sum(axis=-1)], axis=-1)
    return cells.reshape(len(counts), -1)


def _votes(
    county: County, pieces: Pieces, counts: dict[tuple[int, str], pd.DataFrame]
) -> pd.DataFrame:
    frames = []
    for (year, ballot), count in counts.items():
        names = ["electors", "foreign_citizens", "votes_cast", "valid", *PARTIES]
        total = count[names].groupby(pieces.deso).sum().reindex(range(len(county.deso)))
        total = total.rename(columns={party: f"votes_{party}" for party in PARTIES})
        total.insert(0, "election", ballot)
        total.insert(0, "year", year)
        total.insert(0, "area_code", county.deso.index.to_numpy())
        frames.append(total)
    return pd.concat(frames, ignore_index=True)


def _pieces(county: County, pieces: Pieces) -> pd.DataFrame:
    size = len(pieces.deso)
    at_home = pieces.citizens - pieces.abroad + pieces.foreigners
    return pd.DataFrame(
        {
            "deso_code": county.deso.index.to_numpy()[pieces.deso],
            "district_code": county.districts.index.to_numpy()[pieces.district],
            "population_count": pieces.population,
            "electors_riksdag_count": pieces.citizens.reshape(size, -1).sum(axis=1),
            "electors_kommun_count": at_home.reshape(size, -1).sum(axis=1),
        }
    )


def _save(frame: pd.DataFrame, path: Path) -> None:
    frame.to_parquet(path, index=False)
