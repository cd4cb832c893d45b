"""A vendor's files of one mailing: what it may be told of the areas that were chosen."""

from dataclasses import dataclass, field, replace
from datetime import date
from math import isnan
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from geoprio.config import Vendor
from geoprio.errors import SourceError
from geoprio.files import Delivery, render_postal_files, render_vendor_files
from geoprio.files.delivery import ENDING, read_control, sheet_words
from geoprio.files.folder import safe_name
from geoprio.files.table import Sheet, Table, Wording, render_workbook
from geoprio.plans import Mailing
from geoprio.plans.postal import (
    PostalChoice,
    choose_postal_codes,
    delivery_weeks,
    households_by_code,
    print_run,
    week_days,
    week_span,
)
from geoprio.reports.edition_page import mark_of
from geoprio.runs import Level, Run
from geoprio.scores.levels import M2_PER_KM2
from geoprio.sources import sha256
from geoprio.words import Language, text, whole

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
    alternative: str = ""
    """What sets it apart from the run's plan, in words; empty for the plan itself."""

    @property
    def label(self) -> str:
        """What its receiver is told that it is called."""
        return f"{self.name} - {self.alternative}".removesuffix(" - ")


def vendor_files(
    run: Run, plan: pd.DataFrame, vendor: Vendor, edition: Edition
) -> dict[str, bytes]:
    """Return the files of one edition by name: areas, postal codes where known, control sheets.

    `plan` is PLAN of the edition: `wave`, `households_count`, and `households_open_count` if the
    counts do not have it; nothing else of it reaches the vendor. Raises ContractError: the vendor's
    file cannot hold something; see `render_vendor_files`.
    """
    campaign, language = run.campaign, run.language
    selection = vendor_selection(run, plan, vendor, edition)
    words = sheet_words()
    about = {
        words["campaign"]: campaign.title,
        words["edition"]: edition.label,
        words["election_day"]: edition.election_day.isoformat(),
        words["weeks"]: ", ".join(
            map(week_span, selection.sort_values("wave")["delivery_week"].unique())
        ),
        words["households"]: text("about_households_words", language),
        words["no_thanks"]: text("vendor_no_thanks", language),
    }
    name = f"{text('vendor_areas', language)} {edition.label}"
    mark = mark_of(run, edition.alternative)
    delivery = Delivery(name=name, about=about, language=language, mark=mark)
    files = render_vendor_files(selection, vendor, delivery)
    postal = _postal_files(run, plan.index, vendor, delivery)
    return files | postal.files | _order_sheet(run, selection, vendor, edition, postal)


def print_words(run: Run, mailing: Mailing, vendor: Vendor, language: Language) -> str:
    """Return how many copies are printed, and what they cost if each is paid as a household is.

    A plan's sum is for the households alone: which vendor prints, with what reserve, comes later.
    """
    plan = mailing.plan
    homes, planned = plan["households_count"].round().sum(), plan["cost_sek"].sum()
    copies = print_run(plan["households_count"], vendor.reserve_share).sum()
    sums = {
        "copies": copies,
        "more": copies - homes,
        "cost": planned * copies / homes,
        "planned": planned,
        "budget": run.campaign.mailing.budget_sek,
    }
    told = {name: whole(round(number), language) for name, number in sums.items()}
    return text("mail_printed", language, edition=mailing.name, **told)


def vendor_selection(
    run: Run, plan: pd.DataFrame, vendor: Vendor, edition: Edition
) -> gpd.GeoDataFrame:
    """Return what a vendor may be told of each chosen area, with its geometry."""
    level, campaign = run.scored, run.campaign
    areas = level.areas.loc[plan.index.sort_values()]
    plan = plan.loc[areas.index]
    towns = areas["municipality_code"]
    waves = int(plan["wave"].max()) if len(plan) else 1
    weeks = edition.weeks or delivery_weeks(edition.election_day, waves)
    week = plan["wave"].map(dict(enumerate(weeks, start=1)))
    days = week.astype(str).map(week_days)
    columns = {
        "area_name": areas["area_name"],
        "municipality_code": towns,
        "municipality_name": towns.map(run.municipality_names),
        "constituency": towns.map(edition.constituencies),
        "campaign": campaign.title,
        "edition": edition.label,
        "product": vendor.product,
        "wave": plan["wave"],
        "delivery_week": week,
        "delivery_from": days.str[0],
        "delivery_to": days.str[1],
        "households_count": plan["households_count"],
        "households_basis": households_basis(level).loc[areas.index],
        OPEN: plan.get(OPEN, level.counts.get(OPEN)),
        "print_run_count": print_run(plan["households_count"], vendor.reserve_share),
        "area_km2": areas.area / M2_PER_KM2,
    }
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=areas.index), geometry=areas.geometry)


def households_basis(level: Level) -> pd.Series:
    """Return what the households of each area are: counted households, or dwellings for them."""
    used = level.indicators["households_count"]
    counted = level.counts.get("households_count", pd.Series(dtype=float)).reindex(used.index)
    dwellings = level.counts.filter(regex=r"^dwellings_.*_count$").sum(axis=1, min_count=1)
    words = {
        key: text(f"households_{key}", level.run.language)
        for key in ("counted", "dwellings", "moved")
    }
    basis = pd.Series(words["moved"], index=used.index, dtype=object)
    return basis.mask(used == dwellings, words["dwellings"]).mask(used == counted, words["counted"])


class _Postal(NamedTuple):
    """The mail house's own geography, where the run knows a way there."""

    files: dict[str, bytes]
    """Lists of postal codes."""
    words: str
    """How well they fit."""
    codes: pd.Index


def _postal_files(run: Run, chosen: pd.Index, vendor: Vendor, delivery: Delivery) -> _Postal:
    way = run.record["mailing"]["postal_codes"]
    if way is None or not len(chosen):
        return _Postal({}, text("mail_order_areas", delivery.language), chosen[:0])
    if way == "own":
        codes = pd.Series(chosen)
        codes = codes[codes.isin(run.frame("postal")["area_code"])]
        files = render_postal_files(codes, vendor, delivery)
        return _Postal(files, text("mail_order_postal_areas", delivery.language), chosen[:0])
    choice = choose_postal_codes(run.frame("postal"), chosen)
    words = text(f"vendor_postal_{way}", delivery.language, **shares_in_words(choice))
    told = {sheet_words()["postal_codes"]: words}
    own = replace(delivery, about={**delivery.about, **told})
    files = render_postal_files(pd.Series(choice.codes.index), vendor, own)
    return _Postal(files, words, choice.codes.index)


# The order as people read it: what a mail house asks before it begins, beside the files.


def _order_sheet(
    run: Run, selection: pd.DataFrame, vendor: Vendor, edition: Edition, postal: _Postal
) -> dict[str, bytes]:
    """Return the order as a workbook: who orders what and when, and each area with a sum below.

    Where postal codes stand for the areas, they have a sheet of their own.
    """
    language, mark = run.language, mark_of(run, edition.alternative)
    title = text("vendor_areas", language)
    owned = run.scored.counts.get("dwellings_owned_count", pd.Series(dtype=float))
    table = order_table(selection, owned, language)
    front = [
        (text("mail_order", language), f"{run.campaign.title} – {edition.label}"),
        *([(text("about_mark", language), mark)] if mark else []),
        (text("about_readers", language), text("audience_leverantor", language)),
        *_asked_for(run, vendor, edition),
        *_delivered(selection, language),
        *_counted(selection, vendor, language),
        (text("mail_order_no_thanks", language), text("vendor_no_thanks", language)),
        (text("mail_order_geography", language), postal.words),
    ]
    wording = Wording(language, {"": mark} if mark else {}, front)
    sheets = [Sheet(title, table, text("mail_order_areas_told", language))]
    if len(postal.codes):
        homes = run.scored.indicators["households_count"]
        counted = households_by_code(run.frame("postal"), homes).loc[postal.codes]
        named = text("vendor_postal_codes", language)
        own = postal_table(counted, vendor.reserve_share, language)
        sheets.append(Sheet(named, own, text("mail_order_postal_told", language)))
    stem = safe_name(f"{text('mail_order', language)} {edition.label}")
    return {f"{stem}.xlsx": render_workbook(sheets, "leverantor", wording)}


def _asked_for(run: Run, vendor: Vendor, edition: Edition) -> list[tuple[str, str]]:
    language, order = run.language, run.campaign.mailing.order
    grams = order.weight_grams
    told = {
        **{name: getattr(order, name) for name in ("client", "contact", "invoice", "format")},
        "weight": ""
        if grams is None
        else text("mail_order_grams", language, grams=_plain(grams, language)),
        "product": vendor.product,
        "election_day": edition.election_day.isoformat(),
    }
    blank = text("mail_order_blank", language)
    return [(text(f"mail_order_{name}", language), words or blank) for name, words in told.items()]


def _plain(value: float, language: Language) -> str:
    """Return a number with the decimals that it has."""
    return f"{value:g}".replace(".", "," if language == "sv" else ".")


def _delivered(selection: pd.DataFrame, language: Language) -> list[tuple[str, str]]:
    """Return the days of each wave, with its households and print run."""
    told = []
    for wave, own in selection.groupby("wave"):
        words = text(
            "mail_order_wave_words",
            language,
            first=own["delivery_from"].iloc[0],
            last=own["delivery_to"].iloc[0],
            households=whole(int(own["households_count"].round().sum()), language),
            copies=whole(int(own["print_run_count"].sum()), language),
        )
        told.append((text("mail_order_wave", language, wave=int(str(wave).split(".")[0])), words))
    return told


def _counted(selection: pd.DataFrame, vendor: Vendor, language: Language) -> list[tuple[str, str]]:
    """Return the sums, and in how many areas what is counted is not households."""
    copies = text(
        "mail_order_copies_words",
        language,
        copies=whole(int(selection["print_run_count"].sum()), language),
        percent=_plain(100 * vendor.reserve_share, language),
    )
    kinds = selection["households_basis"].value_counts().sort_index()
    basis = ", ".join(
        text("mail_order_basis", language, basis=kind, count=whole(int(count), language))
        for kind, count in kinds.items()
    )
    counted = text(
        "mail_order_households_words",
        language,
        households=whole(int(selection["households_count"].round().sum()), language),
        basis=basis,
    )
    return [
        (text("mail_order_copies", language), copies),
        (
            text("about_households", language),
            f"{counted} {text('about_households_words', language)}",
        ),
    ]


def order_table(selection: pd.DataFrame, owned: pd.Series, language: Language) -> Table:
    """Return the areas by code with the days of their wave, and their sums as a last row.

    `selection` is from `vendor_selection`; `owned` are dwellings with freehold by area, mostly
    houses as the others are mostly flats: they stand apart where dwellings are what is counted.
    """
    counted = selection["households_basis"] == text("households_dwellings", language)
    houses = owned.reindex(selection.index).where(counted).round()
    shown = pd.DataFrame(
        {
            **selection[["area_name", "municipality_name"]],
            "households_count": selection["households_count"].round(),
            "houses_count": houses,
            "flats_count": selection["households_count"].round() - houses,
            **selection[["households_basis", "print_run_count"]],
            **selection[["wave", "delivery_from", "delivery_to"]],
        }
    ).sort_index()
    shown = shown.dropna(axis="columns", how="all")
    counts = shown.filter(regex="_count$")
    words = shown.columns.difference(counts.columns)
    # What is alike on every row is so on the last one too, and stands over the table.
    alike = {name: shown[name].iloc[0] for name in words if shown[name].duplicated()[1:].all()}
    last = {**alike, **counts.sum(min_count=1), "area_name": text("mail_order_sum", language)}
    summed = pd.DataFrame(last, index=pd.Index([""], name="area_code"), columns=shown.columns)
    return Table.of(
        pd.concat([shown.astype(object), summed.astype(object)]).rename_axis("area_code"), language
    )


def postal_table(counted: pd.DataFrame, reserve_share: float, language: Language) -> Table:
    """Return postal codes with their households (see `households_by_code`) and a sum below."""
    shown = counted.round().assign(
        print_run_count=print_run(counted["households_count"], reserve_share)
    )
    last = shown.drop(columns="households_margin_count").sum(min_count=1)
    summed = pd.DataFrame([last], index=[text("mail_order_sum", language)])
    whole_table = pd.concat([shown, summed.reindex(columns=shown.columns)])
    kept = whole_table.dropna(axis="columns", how="all").astype(object)
    return Table.of(kept.rename_axis("postal_code"), language)


def shares_in_words(choice: PostalChoice) -> dict[str, str]:
    """Return whole percent of those who are reached, and of those who live outside."""
    shares = {"reached": choice.reached_share, "outside": choice.outside_share}
    return {name: "–" if isnan(share) else f"{100 * share:.0f}" for name, share in shares.items()}


def roughly(count: float, language: Language) -> str:
    """Return two figures of a number: it is no count, and nobody should take it for one."""
    step = 10 ** max(len(str(int(count))) - 2, 0)
    return whole(int(round(count / step) * step), language)


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
