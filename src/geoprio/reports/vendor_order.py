"""A vendor's files of one mailing: what it may be told of the areas that were chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import isnan
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pandas as pd

from geoprio.areas import find_way
from geoprio.areas.associations import load_constituencies
from geoprio.config import Vendor, config_folders, load_named
from geoprio.errors import GeoprioError, SourceError
from geoprio.files import Delivery, render_postal_files, render_vendor_files
from geoprio.files.folder import remove_superseded, replace_all
from geoprio.files.names import safe_name
from geoprio.files.vendor import ENDING, POSTAL_CODE, read_control
from geoprio.pipeline import compute
from geoprio.plans.postal import (
    PostalChoice,
    choose_by_points,
    choose_postal_codes,
    delivery_weeks,
    print_run,
    way_by_points,
)
from geoprio.runs.outcome import Outcome
from geoprio.scores import Located
from geoprio.scores.levels import M2_PER_KM2
from geoprio.sources import sha256
from geoprio.words import Language, text

# The way from a campaign's areas to postal codes, by whatever the user has given.


@dataclass(frozen=True)
class PostalWay:
    """How areas become postal codes."""

    by: Literal["own", "residents", "points"]
    """The areas are postal codes; or codes by residents, where borders are known, or by points."""
    frame: pd.DataFrame
    """CROSSWALK from the scored areas to postal codes."""
    points: gpd.GeoDataFrame | None = None
    """Points with a postal code each, where these lead there."""

    def choose(self, outcome: Outcome, chosen: pd.Index) -> PostalChoice:
        """Return the codes half of which, or more, lie in the chosen areas."""
        level = outcome.levels[0]
        if self.points is not None:
            return choose_by_points(self.points, level.areas, chosen)
        return choose_postal_codes(self.frame, level.counts["population_count"], chosen)


def postal_way(outcome: Outcome) -> PostalWay | None:
    """Return the way by residents where borders are known, else by points, else None."""
    atlas, level = outcome.gathered.atlas, outcome.levels[0]
    if are_postal_codes(level.areas.index):
        codes = level.areas.index
        same = {"source_code": codes, "area_code": codes, "weight": 1.0}
        return PostalWay("own", pd.DataFrame(same))
    for name, areas in atlas.sets.items():
        if are_postal_codes(areas.index):
            return PostalWay("residents", find_way(atlas, level.area_set, name).frame)
    for item in outcome.gathered.loaded:
        if item.source.provides == "points":
            points = gpd.GeoDataFrame(item.frame)
            return PostalWay("points", way_by_points(points, level.areas), points)
    return None


def are_postal_codes(codes: pd.Index) -> bool:
    """Return whether every area is a postal code, with a blank in it or not."""
    plain = codes.str.replace(" ", "")
    return len(codes) > 0 and bool(plain.str.fullmatch(POSTAL_CODE.pattern).all())


OPEN = "households_open_count"
"""Households without a "nej tack" sign; known only where a source of the user's own counts them."""


@dataclass(frozen=True)
class Edition:
    """What is mailed: one edition of a mailing."""

    name: str
    """For people and for file names, such as "riksdag" or "kommun Botkyrka"."""
    election_day: date
    """Of the election that it is for: it must arrive before early voting starts."""
    constituencies: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))
    """Constituency by municipality code; see `load_constituencies`."""
    weeks: tuple[str, ...] = ()
    """Delivery week of each wave; else the last ones before early voting."""


def vendor_files(
    outcome: Outcome, plan: pd.DataFrame, vendor: Vendor, edition: Edition
) -> dict[str, bytes]:
    """Return the files of one edition by name: areas, postal codes where known, control sheets.

    Parameters
    ----------
    plan
        PLAN of the edition: `wave` and `households_count` by area of the scored set, and
        `households_open_count` if the counts do not have it. Nothing else of it reaches the vendor.

    Raises
    ------
    ContractError
        The vendor's file cannot hold something; see `render_vendor_files`.
    """
    campaign, language = outcome.plans.campaign, outcome.plans.language
    selection = vendor_selection(outcome, plan, vendor, edition)
    about = {
        "kampanj": campaign.title,
        "version": edition.name,
        "valdag": edition.election_day.isoformat(),
        "leveransveckor": ", ".join(selection["delivery_week"].drop_duplicates().sort_values()),
        "hushall": text("about_households_words", language),
        "nej_tack": text("vendor_no_thanks", language),
    }
    name = f"{text('vendor_areas', language)} {edition.name}"
    delivery = Delivery(name=name, about=about, language=language, mark=outcome.mark)
    files = render_vendor_files(selection, vendor, delivery)
    return files | _postal_files(outcome, plan.index, vendor, delivery)


def vendor_selection(
    outcome: Outcome, plan: pd.DataFrame, vendor: Vendor, edition: Edition
) -> gpd.GeoDataFrame:
    """Return what a vendor may be told of each chosen area, with its geometry."""
    level, campaign = outcome.levels[0], outcome.plans.campaign
    areas = level.areas.loc[plan.index.sort_values()]
    plan = plan.loc[areas.index]
    towns = areas["municipality_code"]
    waves = int(plan["wave"].max()) if len(plan) else 1
    weeks = edition.weeks or delivery_weeks(edition.election_day, waves)
    columns = {
        "area_name": areas["area_name"],
        "municipality_code": towns,
        "municipality_name": towns.map(outcome.gathered.municipality_names),
        "constituency": towns.map(edition.constituencies),
        "campaign": campaign.title,
        "edition": edition.name,
        "product": vendor.product,
        "wave": plan["wave"],
        "delivery_week": plan["wave"].map(dict(enumerate(weeks, start=1))),
        "households_count": plan["households_count"],
        "households_basis": households_basis(level, outcome.plans.language).loc[areas.index],
        OPEN: plan.get(OPEN, level.counts.get(OPEN)),
        "print_run_count": print_run(plan["households_count"], vendor.reserve_share),
        "area_km2": areas.area / M2_PER_KM2,
    }
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=areas.index), geometry=areas.geometry)


def households_basis(level: Located, language: Language) -> pd.Series:
    """Return what the households of each area are: counted households, or dwellings for them."""
    used = level.indicators["households_count"]
    counted = level.counts.get("households_count", pd.Series(dtype=float)).reindex(used.index)
    dwellings = level.counts.filter(regex=r"^dwellings_.*_count$").sum(axis=1, min_count=1)
    words = {key: text(f"households_{key}", language) for key in ("counted", "dwellings", "moved")}
    basis = pd.Series(words["moved"], index=used.index, dtype=object)
    return basis.mask(used == dwellings, words["dwellings"]).mask(used == counted, words["counted"])


def _postal_files(
    outcome: Outcome, chosen: pd.Index, vendor: Vendor, delivery: Delivery
) -> dict[str, bytes]:
    """Return lists of postal codes where the campaign has such areas, or points with codes."""
    if not len(chosen):
        return {}
    way = postal_way(outcome)
    if way is None:
        return {}
    if way.by == "own":
        return render_postal_files(pd.Series(chosen), vendor, delivery)
    choice = way.choose(outcome, chosen)
    words = text(f"vendor_postal_{way.by}", delivery.language)
    told = {"postnummer": words.format(**shares_in_words(choice))}
    own = replace(delivery, about={**delivery.about, **told})
    return render_postal_files(pd.Series(choice.codes.index), vendor, own)


def shares_in_words(choice: PostalChoice) -> dict[str, str]:
    """Return whole percent of those who are reached, and of those who live outside."""
    shares = {"reached": choice.reached_share, "outside": choice.outside_share}
    return {name: "–" if isnan(share) else f"{100 * share:.0f}" for name, share in shares.items()}


# Order a mailing from a vendor: choose as the campaign says, and write what the vendor is sent.


FOLDER = "utskick"
"""Where orders stand, beside the files of a run; one folder for each edition."""


@dataclass(frozen=True)
class Wish:
    """What is to be mailed, and by whom."""

    vendor: str
    """Name of a profile in `vendors/`."""
    edition: str
    """For people and for file names, such as "riksdag"."""
    election_day: date
    """Of the election that it is for."""


def order(
    campaign_file: Path,
    wish: Wish,
    *,
    raw: Path | None = None,
    out: Path | None = None,
    language: Language = "sv",
) -> list[Path]:
    """Return the files that a vendor is sent for the campaign's mailing plan, written.

    Parameters
    ----------
    campaign_file
        The campaign's TOML.
    wish
        Vendor, edition and election day.
    raw, out
        As in `run`.

    Raises
    ------
    GeoprioError
        Anything that the user can mend, an empty plan included; nothing half-written is left.
    """
    folders = config_folders(campaign_file)
    vendor = load_named(Vendor, "vendors", wish.vendor, folders)
    outcome = compute(campaign_file, raw=raw, out=out, language=language)
    campaign = outcome.plans.campaign
    if outcome.mailing.empty:
        message = (
            f"{campaign.name}: mailing.budget_sek = {campaign.mailing.budget_sek:g} is enough for"
            " no area; there is nothing to order. Raise it, or lower the cost per household"
        )
        raise GeoprioError(message)
    towns = load_constituencies(campaign.election.basis, folders)
    edition = Edition(wish.edition, wish.election_day, towns)
    files = vendor_files(outcome, outcome.mailing, vendor, edition)
    home = (out or Path()) / "data" / "processed" / campaign.name / FOLDER
    return write_order(files, home / safe_name(wish.edition))


def write_order(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write an order's files, all of them or none, and return their paths.

    What an earlier order left in the folder and this one does not hold, such as a further part of a
    list of postal codes, is removed where it is as its control sheet says.
    """
    contents = {folder / name: content for name, content in files.items()}
    earlier = ordered_earlier(folder)
    sheets = [path for path in contents if path.name.endswith(ENDING)]
    replace_all(contents, seal=sheets[0])
    remove_superseded(earlier, contents)
    return list(contents)


def ordered_earlier(folder: Path) -> dict[Path, str]:
    """Return checksums by path of the files that the control sheets of a folder name."""
    earlier: dict[Path, str] = {}
    for sheet in sorted(folder.glob(f"*{ENDING}")):
        try:
            named = read_control(sheet).files
        except SourceError:
            continue  # not a whole sheet: nothing that it names is ours to remove
        earlier |= {folder / Path(name).name: checksum for name, checksum in named.items()}
        earlier[sheet] = sha256(sheet)
    return earlier
