"""Writing the demo: a synthetic county as raw files in the official formats.

The same county stands there twice: on its areas of 2018 and 2022, and some years on, with DeSO and
RegSO of 2025 and the elections of 2026.
"""

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geoprio.config import shipped_folder
from geoprio.config.counties import counties, find_county, fit_elections
from geoprio.demo import authority, statistics, truth
from geoprio.demo.addresses import write_addresses
from geoprio.demo.apportionment import BALLOTS, CITY, COUNTY_CODE, apportion, published_figures
from geoprio.demo.elections import (
    LATER,
    Pieces,
    Places,
    assigned,
    hold_elections,
    lasting_effects,
    place_people,
)
from geoprio.demo.geography import County, build_county, invented_names
from geoprio.demo.people import Living, People, draw_latent, draw_living, draw_people
from geoprio.demo.premises import write_premises
from geoprio.demo.revision import merge_living, merge_people, revise
from geoprio.errors import ConfigError

CAMPAIGNS = ("demo.toml", "demo2026.toml")
AROUND_THE_CAPITAL = "Storstockholm"
"""What their titles call the county of the capital."""
LEAST_AREAS, MOST_AREAS = 100, 150_000
CITY_ASSOCIATIONS = 14


@dataclass(frozen=True)
class Drawn:
    """The county as it is drawn for the files of 2018 and 2022."""

    county: County
    people: People
    living: Living
    pieces: Pieces
    places: Places


@dataclass(frozen=True)
class DemoFiles:
    """What was written and where: numbers of areas by kind, and the folder of the truth."""

    folder: Path
    truth: Path
    deso: int
    regso: int
    districts: int


def write_demo(
    folder: Path, *, areas: int = 1290, seed: int, county: str = COUNTY_CODE
) -> DemoFiles:
    """Write the demo county's raw files into `folder` and return what was written.

    Equal arguments give byte-identical files. They are moved to `folder` when all are
    complete, and replace those of an earlier demo.

    Parameters
    ----------
    folder
        Where the files go; made if missing.
    areas
        Number of DeSO, 100 to 150,000. RegSO and polling districts follow in proportion; people
        do not, so areas shrink as they grow in number.
    seed
        Of every draw.
    county
        Two digits, such as "14": its municipalities have their own codes, names and borders, and
        the figures of others (`published_figures`). Campaigns are beside those of "01" (see
        `write_campaigns`).

    Returns
    -------
    files
        The folder, that of the truth behind the figures, and the number of areas of each kind.

    Raises
    ------
    ConfigError
        `areas` is out of range, or there is no such county.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geoprio import write_demo
    >>> files = write_demo(Path("another-county"), areas=100, seed=1)
    >>> files.deso, files.regso
    (100, 45)
    """
    if not LEAST_AREAS <= areas <= MOST_AREAS:
        raise ConfigError("areas_out_of_range", areas=areas, least=LEAST_AREAS, most=MOST_AREAS)
    find_county(county)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=folder.parent) as name:
        built = Path(name) / "built"
        built.mkdir()
        drawn = _build(built, areas=areas, seed=seed, code=county)
        _move(built, folder)
    sizes = map(len, (drawn.deso, drawn.regso, drawn.districts))
    return DemoFiles(folder, folder / truth.FOLDER, *sizes)


def write_campaigns(folder: Path, *, county: str = COUNTY_CODE) -> list[Path]:
    """Write the campaigns on a demo county's files beside them, and return where."""
    home, written = counties()[county], []
    for name in CAMPAIGNS:
        text = (shipped_folder() / name).read_text(encoding="utf-8")
        if county != COUNTY_CODE:
            text = text.replace(f'county_code = "{COUNTY_CODE}"', f'county_code = "{county}"')
            text = fit_elections(text.replace(AROUND_THE_CAPITAL, home.name), home)
        written.append(folder / name)
        written[-1].write_text(text, encoding="utf-8", newline="\n")
    return written


def _build(folder: Path, *, areas: int, seed: int, code: str) -> County:
    """Draw the county and write every file into the empty `folder`."""
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(10)]
    published = published_figures(code)
    county = build_county(published, areas=areas, rng=streams[0])
    latent = draw_latent(county, streams[1])
    people = draw_people(county, latent, streams[2])
    living = draw_living(county, people, latent, streams[3])
    pieces = place_people(county, people, rng=streams[4])
    places = lasting_effects(county, pieces, latent, streams[5])
    counts = hold_elections(pieces, places, published, rng=streams[5])
    _write_texts(folder, statistics.area_pages(county, deso="2018_v3", regso="2020_v1"))
    _write_texts(folder, statistics.table_replies(county.deso.index, people, living))
    statistics.write_key(folder, county)
    statistics.write_municipalities(folder, published)
    statistics.write_ages(folder, county, people, streams[6])
    _write_associations(folder, county, streams[6])
    for year in authority.DISTRICT_FILES:
        authority.write_districts(folder, county, year)
    for (year, ballot), count in counts.items():
        counted = assigned(count, ballot, streams[7])
        rows = authority.result_rows(county, pieces, counted)
        authority.write_results(folder, rows, year, ballot)
    truth.write_truth(folder, county, people, pieces, counts=counts)
    write_addresses(folder, county, living, pieces, streams[9])
    drawn = Drawn(county, people, living, pieces, places)
    _write_later(folder, drawn, streams[8])
    return county


def _write_later(folder: Path, before: Drawn, rng: np.random.Generator) -> None:
    """Write the files of 2025 and 2026 into `folder`, and their truth into its `facit`."""
    revision = revise(before.county, rng=rng)
    county = revision.county
    people = merge_people(before.people, revision.deso)
    living = merge_living(before.living, revision.deso)
    _write_texts(folder, statistics.area_pages(county, deso="2025_v2", regso="2025_v2"))
    _write_texts(folder, statistics.later_replies(county.deso.index, people, living, rng=rng))
    authority.write_districts_2026(folder, county)
    authority.write_comparison(folder, revision)
    pieces = replace(before.pieces, district=county.pieces["district"].to_numpy(np.int64))
    electors = authority.elector_counts(pieces, before.people, len(county.districts), rng)
    authority.write_electors(folder, county, electors)
    authority.write_rolls(folder, county, pieces)
    counts = hold_elections(pieces, before.places, county.published, rng=rng, years=(LATER,))
    for ballot in BALLOTS:
        counted = assigned(counts[LATER, ballot], ballot, rng)
        rows = authority.result_rows(county, pieces, counted)
        authority.write_ballot(folder, rows, ballot, revision.comparison)
    authority.write_index(folder)
    write_premises(folder, county, rng.spawn(1)[0])
    truth.write_later_truth(folder, before.county, county, before.pieces)


def _write_texts(folder: Path, texts: Iterable[tuple[str, str]]) -> None:
    for name, text in texts:
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _write_associations(folder: Path, county: County, rng: np.random.Generator) -> None:
    """Write the associations by RegSO of 2020 and of 2025, and members and activity in privat/."""
    frame, published = _associations(county, rng), county.published
    # The codes of the RegSO live on.
    later = frame.replace({"area_set": {"regso_2020": "regso_2025"}})
    for name, listed in (("associations.csv", frame), ("associations-2026.csv", later)):
        listed.to_csv(folder / name, sep=";", index=False, encoding="utf-8")
    people = published["population"].drop(CITY, errors="ignore").to_numpy(float)
    city = np.full(CITY_ASSOCIATIONS, published["population"].get(CITY, 0) / CITY_ASSOCIATIONS)
    weight = np.concatenate([people, city * 1.6])
    names = frame["association"].drop_duplicates().to_numpy()
    weight = weight[: len(names)] * np.exp(rng.standard_normal(len(names)) * 0.5)
    members = apportion(weight, np.zeros(len(names), dtype=np.int64), np.array([3_100]))
    active = rng.binomial(members, rng.beta(3, 12, len(names)))
    (folder / "privat").mkdir()
    counted = pd.DataFrame({"association": names, "members_count": members, "active_count": active})
    for file, column in (("medlemmar.csv", "members_count"), ("aktivitet.csv", "active_count")):
        own = counted[["association", column]]
        path = folder / "privat" / file
        own.to_csv(path, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")


def _associations(county: County, rng: np.random.Generator) -> pd.DataFrame:
    """Return one association per municipality outside the capital and 14 in it, by RegSO."""
    outside = county.published.drop(CITY, errors="ignore")
    regso = county.regso[county.regso["municipality_code"] == CITY]
    centres = regso.representative_point()
    angle = np.arctan2(centres.y - centres.y.mean(), centres.x - centres.x.mean())
    place = angle.argsort(kind="stable").argsort(kind="stable")
    parts = min(CITY_ASSOCIATIONS, len(regso))
    names = invented_names(parts, rng)[(place.to_numpy() * parts) // len(regso)]
    towns = [(name, "kommun", code) for code, name in outside["municipality_name"].items()]
    quarters = [(name, "regso_2020", code) for name, code in zip(names, regso.index, strict=True)]
    columns = ["association", "area_set", "area_code"]
    rows = pd.DataFrame([*towns, *sorted(quarters)], columns=columns)
    return rows.assign(association="Demoförening " + rows["association"])


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
