"""What `geoprio init` does: a campaign folder to start from, for any of the 21 counties."""

import difflib
import re
import shutil
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
from geoprio.config.counties import START, County, counties, county_name, fit_total
from geoprio.errors import ConfigError
from geoprio.sources.rows import slug
from geoprio.words import Language, Phrase, text, whole

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


def start(folder: Path, *, county: str | None) -> Path:
    """Write a campaign folder, and return the campaign's file.

    Without a county's two digits, the campaigns that geoprio comes with are copied as they are.
    ConfigError: The folder holds something already, or there is no such county.
    """
    found = None if county is None else find_county(county)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError("folder_not_empty", folder=folder)
    home = folder.resolve() if folder.exists() else folder.resolve().parent
    home.mkdir(parents=True, exist_ok=True)
    # Whole before it has its name: a full disk leaves nothing half made.
    with TemporaryDirectory(dir=home, prefix=".") as made:
        whole = Path(made) / "whole"
        campaign = _copy(whole) if found is None else _write(whole, found)
        for path in whole.iterdir() if folder.exists() else ():
            path.rename(folder / path.name)
        if not folder.exists():
            whole.rename(folder)
    return folder / campaign.name


def find_county(code: str) -> County:
    """Return the county with a code of two digits.

    ConfigError: There is none; the one with the nearest code or name is offered.
    """
    known = counties()
    if code in known:
        return known[code]
    near = _nearest(code.strip(), known)
    hint = "" if near is None else Phrase("near_county", code=near.code, name=near.name)
    listed = ", ".join(f"{item.code} {item.name}" for item in known.values())
    raise ConfigError("no_such_county", code=code, listed=listed, hint=hint)


def _nearest(code: str, known: Mapping[str, County]) -> County | None:
    if code.isdigit():
        # A zero that was left out, or two digits in the wrong order.
        return known.get(code.zfill(2)) or known.get(code[::-1])
    names = {_slug(item).removesuffix("_lan").rstrip("s"): item for item in known.values()}
    near = difflib.get_close_matches(_code(code).removesuffix("_lan"), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def _copy(folder: Path) -> Path:
    shutil.copytree(
        shipped_folder(), folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(START)
    )
    return next(path for path in sorted(folder.glob("*.toml")) if not load_campaign(path).demo)


def _write(folder: Path, county: County) -> Path:
    shipped = shipped_folder()
    for name in KEPT:
        shutil.copytree(shipped / name, folder / name)
    _write_text(folder / "associations.csv", ASSOCIATIONS)
    # Without a file of its own, the campaign would read another county's.
    _write_text(folder / "constituencies.csv", CONSTITUENCIES)
    campaign = folder / f"{_slug(county)}.toml"
    _write_text(campaign, _campaign_text(county))
    loaded = load_campaign(campaign)
    (folder / "sources").mkdir()
    for path in {find_named("sources", name, (shipped,)) for name in loaded.sources}:
        shutil.copyfile(path, folder / "sources" / path.name)
    return campaign


def _campaign_text(county: County) -> str:
    form = (shipped_folder() / START / "campaign.toml").read_text(encoding="utf-8")
    filled = Template(form).substitute(
        code=county.code, name=county.name, slug=_slug(county), top_k=_top_k(county)
    )
    return filled if county.elects_region else re.sub(r'(?m)^ *"\w+_region",\n', "", filled)


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


def _slug(county: County) -> str:
    """Return the name as a campaign bears it: small letters without accents."""
    return _code(county.name)


def _top_k(county: County) -> int:
    """Return about a tenth of its larger areas."""
    top = round(county.residents_thousands / RESIDENTS_PER_TOP_AREA / STEP) * STEP
    return max(LEAST_TOP, top)


def _code(name: str) -> str:
    return slug(name).replace("-", "_")


def _write_text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
