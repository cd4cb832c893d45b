"""What `geoprio init` does: a campaign folder to start from, for any of the 21 counties."""

import csv
import difflib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

import tomli_w
from pydantic import Field

from geoprio.config import Model, Text, find_named, load_campaign, load_model, shipped_folder
from geoprio.errors import ConfigError
from geoprio.sources.rows import slug
from geoprio.words import Language, Phrase, text, whole

START = "start"
"""Folder of what a new county's campaign is made from; no campaign reads it."""
KEPT = (
    *("addressed", "effects", "groups", "messages", "notices", "profiles", "registers"),
    *("typologies", "vendors"),
)
"""Folders that hold for every county, but for the totals of groups."""
ASSOCIATIONS = "association;area_set;area_code\n*;kommun;*\n"
CONSTITUENCIES = "election;municipality_code;constituency\n"
RESIDENTS_PER_TOP_AREA = 47
"""Thousands of residents for each area among the first: a RegSO has about 4,700, and one area in
ten is worth the name of first."""
LEAST_TOP, STEP = 5, 5


@dataclass(frozen=True)
class County:
    """One of the 21 counties."""

    code: str
    name: str
    residents_thousands: int
    """Residents in thousands (SCB, April 2026)."""
    elects_region: bool
    """Whether it votes for a region: where one municipality is the whole county, it does not."""

    @property
    def slug(self) -> str:
        """The name as a campaign bears it: small letters without accents."""
        return _code(self.name)

    @property
    def top_k(self) -> int:
        """About a tenth of its larger areas."""
        top = round(self.residents_thousands / RESIDENTS_PER_TOP_AREA / STEP) * STEP
        return max(LEAST_TOP, top)


class AssumedTotal(Model):
    """What stands in for a group's total in a county where nobody has counted it."""

    counted_in: tuple[str, ...] = Field(strict=False)
    """Codes of the counties that the group's own file has the total of."""
    per_1000_residents: float
    cv: float
    source: Text


class AssumedTotals(Model):
    """The groups that are counted in no small area, by name."""

    totals: dict[str, AssumedTotal]


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
    known = {item.code: item for item in counties()}
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
    names = {item.slug.removesuffix("_lan").rstrip("s"): item for item in known.values()}
    near = difflib.get_close_matches(_code(code).removesuffix("_lan"), names, n=1, cutoff=0.75)
    return names[near[0]] if near else None


def counties() -> list[County]:
    """Return the 21 counties by code."""
    table = (shipped_folder() / START / "counties.csv").read_text(encoding="utf-8")
    return [
        County(code, name, int(residents), elects == "ja")
        for code, name, residents, elects in [*csv.reader(table.splitlines(), delimiter=";")][1:]
    ]


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
    campaign = folder / f"{county.slug}.toml"
    _write_text(campaign, _campaign_text(county))
    loaded = load_campaign(campaign)
    (folder / "sources").mkdir()
    for path in {find_named("sources", name, (shipped,)) for name in loaded.sources}:
        shutil.copyfile(path, folder / "sources" / path.name)
    for group, total in _assumed(county).items():
        path = folder / "groups" / f"{group}.toml"
        _write_text(path, _with_total(path.read_text(encoding="utf-8"), total, county))
    return campaign


def _campaign_text(county: County) -> str:
    form = (shipped_folder() / START / "campaign.toml").read_text(encoding="utf-8")
    filled = Template(form).substitute(
        code=county.code, name=county.name, slug=county.slug, top_k=county.top_k
    )
    return filled if county.elects_region else re.sub(r'(?m)^ *"\w+_region",\n', "", filled)


def _assumed(county: County) -> dict[str, AssumedTotal]:
    """Return the totals of groups that nobody has counted in the county, by group."""
    totals = load_model(AssumedTotals, shipped_folder() / START / "totals.toml").totals
    return {name: total for name, total in totals.items() if county.code not in total.counted_in}


def _with_total(content: str, total: AssumedTotal, county: County) -> str:
    """Return a group's file with another `[total]`; all else, comments too, stays as it is."""
    table = {
        "count": _assumed_count(total, county),
        "cv": total.cv,
        "source": total.source.model_dump(),
    }
    # A total that is not the county's own must not stay: where none is found, that is a fault.
    changed, times = re.subn(
        r"(?ms)^\[total\]\n.*?\n(?=\n|\Z)", lambda _: tomli_w.dumps({"total": table}), content
    )
    if times != 1:
        raise ConfigError("total_tables_not_one", times=times)
    return changed


def _assumed_count(total: AssumedTotal, county: County) -> int:
    return 1000 * round(total.per_1000_residents * county.residents_thousands / 1000)


def assumed_lines(code: str, language: Language) -> list[str]:
    """Return what is assumed of a county, with the file in which its own figure goes."""
    county = find_county(code)
    lines = []
    for name, total in _assumed(county).items():
        count = whole(_assumed_count(total, county), language)
        lines.append(text("start_total", language, county=county.name, group=name, count=count))
    return [*lines, text("start_rates", language), text("start_associations", language)]


def _code(name: str) -> str:
    return slug(name).replace("-", "_")


def _write_text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8", newline="\n")
