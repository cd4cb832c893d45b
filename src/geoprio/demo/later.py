"""The same county some years on: DeSO and RegSO of 2025, the elections of 2026.

Nothing here takes from the draws of the files that came before, so those stay as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.demo import authority, shapes, tables
from geoprio.demo.elections import LATER, Pieces, Places, assigned, hold_elections
from geoprio.demo.geography import County
from geoprio.demo.living import Living
from geoprio.demo.people import People
from geoprio.demo.published import BALLOTS
from geoprio.demo.revision import merge_living, merge_people, revise

ASSOCIATIONS = "associations-2026.csv"
_RESULT_ROWS = Callable[..., pd.DataFrame]


@dataclass(frozen=True)
class Before:
    """The county as it was drawn for the earlier files."""

    county: County
    people: People
    living: Living
    pieces: Pieces
    places: Places


def write_later(
    folder: Path,
    before: Before,
    published: pd.DataFrame,
    result_rows: _RESULT_ROWS,
    *,
    rng: np.random.Generator,
) -> None:
    """Write the files of 2025 and 2026 into `folder`, and their truth into its `facit`."""
    revision = revise(before.county, rng=rng)
    county, towns = revision.county, published["municipality_name"]
    _write_text(folder / "deso-2025-wfs.geojson", shapes.wfs_deso(county.deso, version="2025_v2"))
    _write_text(
        folder / "regso-2025-wfs.geojson", shapes.wfs_regso(county.regso, version="2025_v2")
    )
    people = merge_people(before.people, revision.deso)
    living = merge_living(before.living, revision.deso)
    for file, text in tables.later_replies(county.deso.index, people, living, rng=rng):
        _write_text(folder / file, text)
    shapes.write_districts_2026(folder, county.districts, towns)
    authority.write_comparison(folder, revision, towns)
    pieces = replace(before.pieces, district=county.pieces["district"].to_numpy(np.int64))
    electors = authority.elector_counts(pieces, before.people, len(county.districts), rng)
    authority.write_electors(folder, county.districts, electors, towns)
    counts = hold_elections(pieces, before.places, published, rng=rng, years=(LATER,))
    for ballot in BALLOTS:
        in_place, early = assigned(counts[LATER, ballot], ballot, rng)
        rows = result_rows(county, pieces, in_place, early, published)
        authority.write_ballot(folder, rows, ballot, revision.comparison)
    authority.write_index(folder)
    _write_associations(folder)
    _write_truth(folder / "facit", before, county)


def _write_associations(folder: Path) -> None:
    """Write the associations again, by RegSO of 2025: the codes lived on."""
    frame = pd.read_csv(folder / "associations.csv", sep=";", dtype=str, encoding="utf-8")
    names = frame["area_set"].replace({"regso_2020": "regso_2025"})
    frame.assign(area_set=names).to_csv(
        folder / ASSOCIATIONS, sep=";", index=False, encoding="utf-8"
    )


def _write_truth(folder: Path, before: Before, county: County) -> None:
    """Write which pieces of land the areas of both years share, and who lives in each."""
    pieces, size = before.pieces, len(before.pieces.deso)
    pd.DataFrame(
        {
            "deso_2018": before.county.deso.index.to_numpy()[pieces.deso],
            "deso_2025": county.deso.index.to_numpy()[county.pieces["deso"]],
            "district_2022": before.county.districts.index.to_numpy()[pieces.district],
            "district_2026": county.districts.index.to_numpy()[county.pieces["district"]],
            "population_count": pieces.population,
            "electors_riksdag_count": pieces.citizens.reshape(size, -1).sum(axis=1),
        }
    ).to_parquet(folder / "bitar-2026.parquet", index=False)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
