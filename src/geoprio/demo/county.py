"""Writing the demo: a synthetic Stockholms län as raw files in the official formats."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.demo import authority, truth, workbooks
from geoprio.demo import raw_files as lists
from geoprio.demo import raw_files as shapes
from geoprio.demo import statistics as tables
from geoprio.demo.apportionment import BALLOTS, published_figures
from geoprio.demo.elections import (
    LATER,
    PARTIES,
    Pieces,
    Places,
    assigned,
    hold_elections,
    lasting_effects,
    place_people,
)
from geoprio.demo.geography import CONSTITUENCIES, County, build_county
from geoprio.demo.latent import draw_latent
from geoprio.demo.living import Living, draw_living
from geoprio.demo.people import People, draw_people
from geoprio.demo.revision import merge_living, merge_people, revise
from geoprio.errors import ConfigError

# The same county some years on: DeSO and RegSO of 2025, the elections of 2026.


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
    _later_write_text(
        folder / "deso-2025-wfs.geojson", shapes.wfs_deso(county.deso, version="2025_v2")
    )
    _later_write_text(
        folder / "regso-2025-wfs.geojson", shapes.wfs_regso(county.regso, version="2025_v2")
    )
    people = merge_people(before.people, revision.deso)
    living = merge_living(before.living, revision.deso)
    for file, text in tables.later_replies(county.deso.index, people, living, rng=rng):
        _later_write_text(folder / file, text)
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


def _later_write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


LEAST_AREAS, MOST_AREAS = 100, 150_000

Counts = dict[tuple[int, str], pd.DataFrame]


@dataclass(frozen=True)
class DemoFiles:
    """What was written and where: numbers of areas by kind, and the folder of the truth."""

    folder: Path
    truth: Path
    deso: int
    regso: int
    districts: int


def write_demo(folder: Path, *, areas: int = 1290, seed: int) -> DemoFiles:
    """Write the demo county's raw files into `folder` and return what was written.

    Equal `areas` and `seed` give byte-identical files. The files are built in a temporary folder
    beside `folder` and moved there when all are complete; files of an earlier demo there are
    replaced.

    Parameters
    ----------
    folder
        Where the files go; made if missing.
    areas
        Number of DeSO, 100 to 150,000. RegSO and polling districts follow in proportion; the
        municipalities' totals stay the published ones, so areas shrink as they grow in number.
    seed
        Of every draw.

    Returns
    -------
    files
        The folder, that of the truth behind the figures, and the number of areas of each kind.

    Raises
    ------
    ConfigError
        `areas` is out of range.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geoprio import write_demo
    >>> files = write_demo(Path("another-county"), areas=100, seed=1)
    >>> files.deso, files.regso
    (100, 45)
    """
    if not LEAST_AREAS <= areas <= MOST_AREAS:
        message = (
            f"demo: areas is {areas}; expected {LEAST_AREAS} to {MOST_AREAS}. Choose a number of"
            " areas in that range, for example --areas 1290."
        )
        raise ConfigError(message)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=folder.parent) as name:
        built = Path(name) / "built"
        built.mkdir()
        county = _build(built, areas=areas, seed=seed)
        _move(built, folder)
    return DemoFiles(
        folder=folder,
        truth=folder / truth.FOLDER,
        deso=len(county.deso),
        regso=len(county.regso),
        districts=len(county.districts),
    )


def _build(folder: Path, *, areas: int, seed: int) -> County:
    """Draw the county and write every file into the empty `folder`."""
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(9)]
    published = published_figures()
    county = build_county(published, areas=areas, rng=streams[0])
    latent = draw_latent(county, streams[1])
    people = draw_people(county, latent, published, rng=streams[2])
    living = draw_living(county, people, latent, published, rng=streams[3])
    pieces = place_people(county, people, rng=streams[4])
    places = lasting_effects(county, pieces, latent, published, rng=streams[5])
    counts = hold_elections(pieces, places, published, rng=streams[5])
    _write_geography(folder, county, published)
    for file, text in tables.table_replies(county.deso.index, people, living):
        _write_text(folder / file, text)
    joint = tables.county_joint_reply(people.adults)
    _write_text(folder / "malgrupper-samfordelning-lan.json", joint)
    lists.write_ages(folder, county, people, published, rng=streams[6])
    lists.write_associations(folder, county, published, rng=streams[6])
    for (year, ballot), count in counts.items():
        in_place, early = assigned(count, ballot, streams[7])
        rows = _rows(county, pieces, in_place, early, published)
        workbooks.write_results(folder / workbooks.file_name(year, ballot), rows, year, ballot)
    truth.write_truth(folder, county, people, pieces, counts=counts)
    before = Before(county, people, living, pieces, places)
    write_later(folder, before, published, _rows, rng=streams[8])
    return county


def _write_geography(folder: Path, county: County, published: pd.DataFrame) -> None:
    _write_text(folder / "deso-2018-wfs.geojson", shapes.wfs_deso(county.deso))
    _write_text(folder / "regso-2020-wfs.geojson", shapes.wfs_regso(county.regso))
    for year in shapes.DISTRICT_FILES:
        shapes.write_districts(folder, county.districts, year)
    lists.write_key(folder, county, published)
    lists.write_municipalities(folder, published)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _rows(
    county: County,
    pieces: Pieces,
    in_place: pd.DataFrame,
    early: pd.DataFrame,
    published: pd.DataFrame,
) -> pd.DataFrame:
    """Return the workbook's rows: each district, and one row per constituency's early votes."""
    plain = pd.DataFrame(county.districts.drop(columns="geometry"))
    districts = plain.reset_index(names="district_code")
    total = in_place.groupby(pieces.district).sum().reindex(range(len(districts)))
    rows = pd.concat([districts, total], axis=1).rename(columns={"area_name": "district_name"})
    place = districts.loc[pieces.district, ["municipality_code", "constituency"]]
    keys = [place["municipality_code"].to_numpy(), place["constituency"].to_numpy()]
    unplaced = early.groupby(keys).sum()
    unplaced.index.names = ["municipality_code", "constituency"]
    unplaced = unplaced.reset_index().assign(
        district_code=lambda frame: frame["municipality_code"] + "9800",
        district_name=workbooks.EARLY,
    )
    both = pd.concat([rows, unplaced])
    rows = both.sort_values(["district_code", "constituency"], ignore_index=True)
    rows = rows.rename(columns={party: f"votes_{party}" for party in PARTIES})
    return rows.assign(**_constituencies(rows, published))


def _constituencies(rows: pd.DataFrame, published: pd.DataFrame) -> dict[str, pd.Series]:
    """Return names and codes; where there is only one it has the municipality's name, code 00."""
    municipality = rows["municipality_code"].map(published["municipality_name"])
    several = rows["municipality_code"].isin(list(CONSTITUENCIES))
    number = rows["constituency"].astype(str)
    return {
        "municipality_name": municipality,
        "constituency": municipality.where(~several, number + " " + municipality),
        "constituency_code": number.str.zfill(2).where(several, "00"),
    }


def _move(built: Path, folder: Path) -> None:
    """Put the finished files in `folder`: by one rename where it does not exist yet."""
    if not folder.exists():
        built.rename(folder)
        return
    for item in sorted(built.iterdir()):
        target = folder / item.name
        if item.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        item.replace(target)
