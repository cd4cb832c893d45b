"""The mailing's files: those of each edition, for the leadership and for whoever is sent them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from geoprio.areas.associations import load_constituencies
from geoprio.config import MailingEdition, Notice, Vendor, load_named
from geoprio.errors import ConfigError, GeoprioError
from geoprio.files.folder import remove_superseded, replace_all, safe_name, safe_names
from geoprio.plans import Mailing, MailingWish, choose
from geoprio.plans.choice import refuse_small_lots
from geoprio.reports.edition_page import leadership_files, planned_edition
from geoprio.reports.notice import notice_files
from geoprio.reports.publication import MAILING_FOLDER
from geoprio.reports.register_order import FILE as BASIS
from geoprio.reports.register_order import addressed_files, load_addressed
from geoprio.reports.vendor_order import Edition, ordered_earlier, print_words, vendor_files
from geoprio.runs import Run
from geoprio.sources import sha256
from geoprio.words import Language, text

VENDORS, REGISTERS = "leverantor", "register"
"""What is sent stands apart, so that nobody sends a list with groups in it."""


def mailings(run: Run, wish: MailingWish | None = None) -> list[Mailing]:
    """Return the choice of every edition of a run; see `choose_edition`.

    ConfigError: The campaign has no channel of mailing, and so no edition.
    """
    if not run.campaign.editions:
        raise ConfigError("no_mailing_channel", campaign=run.campaign.name)
    return [choose_edition(run, edition, wish) for edition in run.campaign.editions]


def mail(run: Run, folders: tuple[Path, ...], chosen: Sequence[Mailing]) -> list[Path]:
    """Return the files of every edition of a run's mailing, written, all or none.

    Each edition has a folder in `utskick/` of the run's: the plan, the gain curve as a table and a
    picture, and what it reaches and wastes in words; where the edition names them, a vendor's files
    in `leverantor/`, an addressed order in `register/` with `urvalsmotivering.md` beside it, and
    the transparency notice. Profiles are looked for in `folders`. An alternative to the run's own
    plan has a folder that is named so, and every file of it says so.
    """
    contents: dict[Path, bytes] = {}
    earlier: dict[Path, str] = {}
    for mailing in chosen:
        apart = f" - {safe_name(mailing.alternative)}" if mailing.alternative else ""
        folder = _folder(run, mailing.edition, apart)
        files = edition_files(run, mailing, folders)
        contents |= {folder / name: content for name, content in files.items()}
        earlier |= _told_earlier(folder, run.language)
    replace_all(contents, seal=next(reversed(contents)))
    remove_superseded(earlier, contents)
    return list(contents)


def order(
    run: Run,
    folders: tuple[Path, ...],
    vendor: str,
    *,
    edition: str | None = None,
    election_day: date | None = None,
) -> list[Path]:
    """Return the files that a vendor is sent for an edition of the run's plan, written.

    `vendor` is a profile in `vendors/`; `edition` is not needed where there is one alone; the
    election day is the edition's own where left out. Raises GeoprioError: anything that the user
    can mend, an empty plan included; nothing half-written is left.
    """
    profile = load_named(Vendor, "vendors", vendor, folders)
    mailing = ordered(run, edition)
    campaign = run.campaign
    if mailing.plan.empty:
        budget = campaign.mailing.budget_sek
        raise GeoprioError("budget_too_small", campaign=campaign.name, budget_sek=budget)
    refuse_small_lots(mailing.plan, profile.minimum_lot)
    day = election_day.isoformat() if election_day else mailing.edition.election_day
    if day is None:
        raise ConfigError("order_says_when", mailing=mailing.name)
    files = vendor_files(run, mailing.plan, profile, _told(run, mailing, day, folders))
    folder = _folder(run, mailing.edition) / VENDORS
    contents = {folder / name: content for name, content in files.items()}
    earlier = ordered_earlier(folder)
    replace_all(contents, seal=next(path for path in contents if path.suffix == ".toml"))
    remove_superseded(earlier, contents)
    return list(contents)


def ordered(run: Run, edition: str | None) -> Mailing:
    """Return what an edition of the run's plan mails; none is named where there is one alone."""
    return planned_edition(run, _named(run, edition))


def print_lines(
    run: Run,
    folders: tuple[Path, ...],
    chosen: Sequence[Mailing],
    *,
    language: Language,
    vendor: str = "",
) -> list[str]:
    """Return what printing costs with the reserve of each edition's vendor, or of `vendor`."""
    named = {one.name: vendor or one.edition.vendor for one in chosen if not one.plan.empty}
    return [
        print_words(run, one, load_named(Vendor, "vendors", name, folders), language)
        for one in chosen
        if (name := named.get(one.name))
    ]


def _folder(run: Run, edition: MailingEdition, apart: str = "") -> Path:
    """Return where an edition's files stand; an alternative's stand `apart`."""
    names = safe_names(one.name for one in run.campaign.editions)
    return (run.folder or Path()) / MAILING_FOLDER / f"{names[edition.name]}{apart}"


def _named(run: Run, name: str | None) -> MailingEdition:
    editions = {edition.name: edition for edition in run.campaign.editions}
    if not editions:
        raise ConfigError("no_mailing_channel", campaign=run.campaign.name)
    if name is None and len(editions) == 1:
        return next(iter(editions.values()))
    if name not in editions:
        raise ConfigError("no_such_edition", name=name, editions=editions)
    return editions[name]


def choose_edition(
    run: Run,
    edition: MailingEdition,
    wish: MailingWish | None = None,
    added: pd.Series | None = None,
) -> Mailing:
    """Return the choice of one edition: the areas that reach most of its target groups.

    Parameters
    ----------
    run
        A finished run.
    edition
        One of the campaign's (`run.campaign.editions`), or one of your own.
    wish
        How much it may mail; the campaign's budget where left out.
    added
        Association by area that it pays for; those that the run knows of where left out.

    Returns
    -------
    mailing
        Its plan in order of precision, and what was known of every area: the run's own plan, or
        else an `alternative` to it. GeoprioError where the election has no electorate here, a group
        is none of the campaign's, or an added area has no known households.

    Examples
    --------
    >>> import geoprio as gp
    >>> run = gp.read_run("data/processed/demo")
    >>> edition = run.campaign.editions[0]
    >>> mailing = gp.choose_edition(run, edition, gp.MailingWish(households=60_000))
    >>> bool(mailing.plan["households_count"].sum() <= 60_000)
    True
    """
    budget = MailingWish(budget_sek=run.campaign.mailing.budget_sek)
    own = edition in run.campaign.editions
    if own and added is None:
        planned = planned_edition(run, edition)
        if wish is None or wish == budget:
            return planned
        added = pd.concat([planned.plan["payer"].dropna(), planned.doubled])
    added = pd.Series(dtype=str) if added is None else added
    wish = wish or budget
    found = choose(run.grounds, edition, wish, added.sort_index())
    return replace(found, alternative=_alternative(wish, run.language))


def _alternative(wish: MailingWish, language: Language) -> str:
    """Return what sets a choice apart from the run's plan, in words."""
    if wish.precision is not None:
        size = text("mail_of_precision", language, percent=round(100 * wish.precision))
    elif wish.households is not None:
        size = text("mail_of_households", language, households=wish.households)
    else:
        size = text("mail_of_budget", language, sum=round(wish.budget_sek or 0.0))
    return text("mail_alternative_name", language, size=size)


def edition_files(run: Run, mailing: Mailing, folders: tuple[Path, ...]) -> dict[str, bytes]:
    """Return the files of one edition by their place in its folder, what it wastes last."""
    return _sent_files(run, mailing, folders) | leadership_files(run, mailing)


def _sent_files(run: Run, mailing: Mailing, folders: tuple[Path, ...]) -> dict[str, bytes]:
    """Return what leaves the house for an edition: a vendor's files, a register's, the notice."""
    edition, plan = mailing.edition, mailing.plan
    vendor = load_named(Vendor, "vendors", edition.vendor, folders) if edition.vendor else None
    if vendor is not None:
        refuse_small_lots(plan, vendor.minimum_lot)
    if edition.election_day is None or plan.empty:
        return {}
    told = _told(run, mailing, edition.election_day, folders)
    files = _in(VENDORS, vendor_files(run, plan, vendor, told)) if vendor else {}
    wanted = None
    if edition.addressed:
        wanted, register = load_addressed(edition.addressed, folders)
        written = addressed_files(run, plan, wanted, register, told)
        files |= {BASIS: written.pop(BASIS)} | _in(REGISTERS, written)
    if edition.notice:
        notice = load_named(Notice, "notices", edition.notice, folders)
        files |= notice_files(run, plan, notice, told, wanted)
    return files


def _told(run: Run, mailing: Mailing, day: str, folders: tuple[Path, ...]) -> Edition:
    plan, edition = mailing.plan, mailing.edition
    return Edition(
        edition.name,
        date.fromisoformat(day),
        load_constituencies(run.grounds.election_of(edition), folders),
        edition.last_weeks(int(plan["wave"].max())),
        mailing.alternative,
    )


def _in(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def _told_earlier(folder: Path, language: Language) -> dict[Path, str]:
    """Return checksums of what an earlier choice left, which would tell of this one."""
    stem = safe_name(text("notice_stem", language))
    sheets = [*folder.glob(f"{stem}*"), *folder.glob(BASIS)]
    earlier = {path: sha256(path) for path in sheets}
    for sent in (VENDORS, REGISTERS):
        earlier |= ordered_earlier(folder / sent)
    return earlier
