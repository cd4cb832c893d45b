"""What the demo knows and no source tells: kept aside in `facit/` so that methods can be graded.

Parquet files, codes as text:

- `grupper-deso_2018.parquet`, `grupper-regso_2020.parquet`: one row per area and base with the
  joint table of the four groups in 16 columns `cell_0000` ... `cell_1111`. The digits stand for
  young (18-29), LO member, woman, immigrant background (born abroad, or both parents were), in
  that order. Bases: `residents`, `adults`, `citizens` (adults who are), `electorate_riksdag` (they
  and Swedes abroad), `electorate_kommun`; the region election has the kommun election's.
- `grupper-utrikesfodda-deso_2018.parquet` and its RegSO: the same where the fourth digit is born
  abroad, which is all that is published of many areas.
- `val-deso_2018.parquet`: one row per DeSO and election with electors, votes cast, valid votes
  and votes per party of those on its roll, early votes included; `abroad` and `abroad_cast` are
  the Swedes abroad among electors and votes cast.
- `bitar.parquet`: residents and electors (riksdag and kommun 2022) of each DeSO ∩ polling district.
- `bitar-2026.parquet`: the pieces that the areas of both years share, and who lives in each.
"""

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.demo.apportionment import Ints
from geoprio.demo.elections import PARTIES, Pieces, sums
from geoprio.demo.geography import County
from geoprio.demo.people import People, by_background, by_birth

FOLDER = "facit"
CELLS = tuple("cell_" + "".join(digits) for digits in product("01", repeat=4))


def write_truth(
    folder: Path,
    county: County,
    people: People,
    pieces: Pieces,
    *,
    counts: dict[tuple[int, str], pd.DataFrame],
) -> None:
    """Write the truth of 2018 and 2022 into `folder`/facit."""
    target = folder / FOLDER
    target.mkdir()
    for kind, fourth in (("", by_background), ("utrikesfodda-", by_birth)):
        groups = _groups(county, people, fourth)
        groups.to_parquet(target / f"grupper-{kind}deso_2018.parquet", index=False)
        parent = groups["area_code"].map(county.deso["regso_code"])
        by_regso = groups.assign(area_code=parent).groupby(["area_code", "base"], as_index=False)
        regso = by_regso[list(CELLS)].sum()
        regso.to_parquet(target / f"grupper-{kind}regso_2020.parquet", index=False)
    votes = pd.concat([_votes(county, pieces, *held) for held in counts.items()])
    votes.to_parquet(target / "val-deso_2018.parquet", index=False)
    at_home = pieces.citizens - pieces.abroad + pieces.foreigners
    pd.DataFrame(
        {
            "deso_code": county.deso.index.to_numpy()[pieces.deso],
            "district_code": county.districts.index.to_numpy()[pieces.district],
            "population_count": pieces.population,
            "electors_riksdag_count": sums(pieces.citizens),
            "electors_kommun_count": sums(at_home),
        }
    ).to_parquet(target / "bitar.parquet", index=False)


def _groups(county: County, people: People, fourth: Callable[[Ints], Ints]) -> pd.DataFrame:
    minors = np.zeros_like(people.adults)
    minors[:, 0, 0] = people.origin[:, 0]
    bases = {
        "residents": people.adults + minors,
        "adults": people.adults,
        "electorate_kommun": people.citizens + people.foreigners,
        "electorate_riksdag": people.citizens + people.abroad,
        "citizens": people.citizens,
    }
    frames = []
    for base, counts in bases.items():
        cells = fourth(counts).reshape(len(counts), -1)
        frame = pd.DataFrame(cells, columns=list(CELLS))
        frames.append(frame.assign(area_code=county.deso.index.to_numpy(), base=base))
    frame = pd.concat(frames).sort_values(["area_code", "base"], ignore_index=True)
    return frame[["area_code", "base", *CELLS]]


def _votes(
    county: County, pieces: Pieces, election: tuple[int, str], count: pd.DataFrame
) -> pd.DataFrame:
    names = ["electors", "foreign_citizens", "abroad", "votes_cast", "abroad_cast", "valid"]
    names += PARTIES
    total = count[names].groupby(pieces.deso).sum().reindex(range(len(county.deso)))
    total = total.rename(columns={party: f"votes_{party}" for party in PARTIES})
    head = {"area_code": county.deso.index.to_numpy(), "year": election[0], "election": election[1]}
    return pd.concat([pd.DataFrame(head, index=total.index), total], axis=1)


def write_later_truth(folder: Path, before: County, later: County, pieces: Pieces) -> None:
    """Write which pieces of land the areas of both years share, and who lives in each.

    `pieces` are those of the county before.
    """
    pd.DataFrame(
        {
            "deso_2018": before.deso.index.to_numpy()[pieces.deso],
            "deso_2025": later.deso.index.to_numpy()[later.pieces["deso"]],
            "district_2022": before.districts.index.to_numpy()[pieces.district],
            "district_2026": later.districts.index.to_numpy()[later.pieces["district"]],
            "population_count": pieces.population,
            "electors_riksdag_count": sums(pieces.citizens),
        }
    ).to_parquet(folder / FOLDER / "bitar-2026.parquet", index=False)
