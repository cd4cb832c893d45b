"""What `geoprio init` does: a campaign folder to start from, for any of the 21 counties."""

import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from geoprio.config import (
    config_folders,
    find_named,
    load_campaign,
    load_group,
    shipped_folder,
)
from geoprio.config.counties import (
    START,
    County,
    counties,
    county_name,
    find_county,
    fit_elections,
    fit_total,
)
from geoprio.errors import ConfigError
from geoprio.words import Language, text, whole

KEPT = (
    *("addressed", "effects", "groups", "messages", "notices", "profiles", "registers"),
    *("typologies", "vendors"),
)
"""Folders that hold for every county: what is counted in one says so."""
ASSOCIATIONS = "association;area_set;area_code\n*;kommun;*\n"
CONSTITUENCIES = "election;municipality_code;constituency\n"
RESIDENTS_PER_TOP_AREA = 47
"""Thousands of residents for each area among the first: a RegSO has about 4,700, and one area in
ten is worth the name of first."""
LEAST_TOP, STEP = 5, 5


def start(folder: Path, *, county: str | None, year: int | None = None) -> Path:
    """Write a campaign folder, and return the campaign's file.

    It is of an election, the newest without a `year`. Without a county's two digits, the campaigns
    that geoprio comes with are copied as they are.

    ConfigError: The folder holds something already, there is no such county, or nothing is known of
    that year.
    """
    found = None if county is None else find_county(county)
    elections = _elections()
    if year is not None and (found is None or year not in elections):
        raise ConfigError("no_such_year", year=year, known=sorted(elections))
    of_year = elections[year or max(elections)]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("folder_not_empty", folder=folder)
    home = folder.resolve() if folder.exists() else folder.resolve().parent
    home.mkdir(parents=True, exist_ok=True)
    # Whole before it has its name: a full disk leaves nothing half made.
    with TemporaryDirectory(dir=home, prefix=".") as made:
        whole = Path(made) / "whole"
        campaign = _copy(whole) if found is None else _write(whole, found, of_year)
        for path in whole.iterdir() if folder.exists() else ():
            path.rename(folder / path.name)
        if not folder.exists():
            whole.rename(folder)
    return folder / campaign.name


def _copy(folder: Path) -> Path:
    shutil.copytree(
        shipped_folder(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(START)
    )
    return next(path for path in sorted(folder.glob("*.toml")) if not load_campaign(path).demo)


def _write(folder: Path, county: County, of_year: Mapping[str, str]) -> Path:
    shipped = shipped_folder()
    for name in KEPT:
        shutil.copytree(shipped / name, folder / name)
    _write_text(folder / "associations.csv", ASSOCIATIONS)
    # Without a file of its own, the campaign would read another county's.
    _write_text(folder / "constituencies.csv", CONSTITUENCIES)
    text, name = _campaign(county, of_year)
    campaign = folder / f"{name}.toml"
    _write_text(campaign, text)
    loaded = load_campaign(campaign)
    (folder / "sources").mkdir()
    for path in {find_named("sources", name, (shipped,)) for name in loaded.sources}:
        shutil.copyfile(path, folder / "sources" / path.name)
    return campaign


def _elections() -> dict[int, dict[str, str]]:
    """Return what a campaign's form is filled with, by the year of its election."""
    text = (shipped_folder() / START / "years.toml").read_text(encoding="utf-8")
    return {int(year): {"year": year, **told} for year, told in tomllib.loads(text).items()}


def _campaign(county: County, of_year: Mapping[str, str]) -> tuple[str, str]:
    """Return the text of a county's campaign, and its name: that of the newest is the county's."""
    form = (shipped_folder() / START / "campaign.toml").read_text(encoding="utf-8")
    newest = of_year["year"] == str(max(_elections()))
    slug = county.slug.replace("-", "_") + ("" if newest else f"_{of_year['year']}")
    filled = Template(form).substitute(
        of_year, code=county.code, name=county.name, slug=slug, top_k=_top_k(county)
    )
    return fit_elections(filled, county), slug


def assumed_lines(campaign_file: Path, language: Language) -> list[str]:
    """Return what is assumed of a campaign's county, with the file its own figure goes in."""
    campaign, folders = load_campaign(campaign_file), config_folders(campaign_file)
    (home,) = campaign.home
    groups = {name: load_group(name, folders) for name in campaign.target_groups}
    lines = []
    for name, group in groups.items():
        if group.total and group.total.counted_in.county != home:
            residents = 1000 * counties()[home].residents_thousands
            total = fit_total(name, group, campaign, {home: residents}).total
            count = whole(1000 * round(total.count / 1000) if total else 0, language)
            told = {"county": county_name(home), "group": name, "count": count}
            lines.append(text("start_total", language, **told))
    return [*lines, text("start_rates", language), text("start_associations", language)]


def _top_k(county: County) -> int:
    """Return about a tenth of its larger areas."""
    top = round(county.residents_thousands / RESIDENTS_PER_TOP_AREA / STEP) * STEP
    return max(LEAST_TOP, top)


def _write_text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
