"""The mailing choice: each edition's areas, what it reaches and wastes, and its files."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from geoprio.areas.associations import load_constituencies
from geoprio.config import MailingEdition, Notice, Vendor, config_folders, load_named
from geoprio.errors import ConfigError, SourceError, join_faults
from geoprio.files.folder import remove_superseded, replace_all
from geoprio.files.names import safe_name, safe_names
from geoprio.pipeline import compute, default_raw
from geoprio.plans.choice import (
    Limit,
    add_areas,
    choose_mailing,
    doubled,
    mailable_areas,
    mean_precision,
    plan_choice,
    refuse_small_lots,
)
from geoprio.plans.gain import draw_figures, naive_choice
from geoprio.plans.wish import MailingWish
from geoprio.reports.edition_page import Mailing, Reach, leadership_files, reach_of
from geoprio.reports.notice import notice_files
from geoprio.reports.register_order import FILE as BASIS
from geoprio.reports.register_order import addressed_files, load_addressed
from geoprio.reports.vendor_order import FOLDER, Edition, ordered_earlier, vendor_files
from geoprio.runs.outcome import Outcome
from geoprio.scores.draws import rng_for
from geoprio.scores.levels import MAILING
from geoprio.sources import sha256
from geoprio.sources.private import FILE, read_additions
from geoprio.words import Language, text

# What associations add to a mailing, held against the campaign's areas and editions.


def refuse_unknown_households(reach: Reach, added: pd.Series) -> None:
    """Refuse an added area whose households are not known: nothing can be ordered there."""
    households = reach.areas["households_count"].reindex(added.index)
    unknown = sorted(added.index[~(households > 0)])
    if unknown:
        message = (
            f"privat/{FILE}: {', '.join(unknown)}: how many households there are is unknown, so"
            " nothing can be ordered; take the area out"
        )
        raise SourceError(message)


def read_checked(outcome: Outcome, raw: Path) -> pd.DataFrame:
    """Return what associations add, held against the campaign's areas and editions."""
    added = read_additions(raw)
    owners = outcome.levels[0].areas["association"]
    editions = [edition.name for edition in outcome.plans.campaign.editions]
    faults = [
        f"row {row + 2}: {fault}"
        for row, (association, code, edition) in enumerate(
            zip(added["association"], added["area_code"], added["edition"], strict=True)
        )
        for fault in _faults(association, code, owners)
        + ([] if edition in editions else [f"{edition}: expected one of {', '.join(editions)}"])
    ]
    if faults:
        raise SourceError(join_faults(f"privat/{FILE}: cannot be used", faults))
    return added


def _faults(association: str, code: str, owners: Mapping[str, object] | pd.Series) -> list[str]:
    if code not in owners:
        return [f"{code}: no area of the campaign has that code"]
    if owners[code] != association:
        return [f"{code}: is not {association}'s own area; an association adds its own"]
    return []


VENDORS, REGISTERS = "leverantor", "register"
"""What is sent stands apart, so that nobody sends a list with groups in it."""
DRAWS = 1000


def mail(
    campaign_file: Path,
    wish: MailingWish,
    *,
    raw: Path | None = None,
    out: Path | None = None,
    language: Language = "sv",
) -> list[Path]:
    """Return the files of every edition of the campaign's mailing, written, all or none.

    Each edition has a folder of its own in `data/processed/<campaign>/utskick/`: the plan, the gain
    curve as a table and a picture, and what it reaches and wastes in words; where the edition names
    them, a vendor's files in `leverantor/`, an addressed order in `register/` with
    `urvalsmotivering.md` beside it, and the transparency notice.

    Parameters
    ----------
    campaign_file
        The campaign's TOML.
    wish
        How much each edition may mail.
    raw, out
        As in `run`.
    language
        Language of the outputs.

    Raises
    ------
    GeoprioError
        Anything that the user can mend; nothing half-written is left.
    """
    outcome = compute(campaign_file, raw=raw, out=out, language=language)
    campaign = outcome.plans.campaign
    added = read_checked(outcome, raw or default_raw(campaign, out or Path()))
    home = (out or Path()) / "data" / "processed" / campaign.name / FOLDER
    folders = safe_names(edition.name for edition in campaign.editions)
    contents: dict[Path, bytes] = {}
    earlier: dict[Path, str] = {}
    for edition in campaign.editions:
        own = added[added["edition"] == edition.name].set_index("area_code")["association"]
        files = edition_files(outcome, edition, wish, own, config_folders(campaign_file))
        folder = home / folders[edition.name]
        contents |= {folder / name: content for name, content in files.items()}
        earlier |= _told_earlier(folder, language)
        for sent in (VENDORS, REGISTERS):
            earlier |= ordered_earlier(folder / sent)
    replace_all(contents, seal=next(reversed(contents)))
    remove_superseded(earlier, contents)
    return list(contents)


def _told_earlier(folder: Path, language: Language) -> dict[Path, str]:
    """Return sheets of an earlier choice, which would tell of this one if they stayed."""
    stem = safe_name(text("notice_stem", language))
    found = [*folder.glob(f"{stem}*"), *folder.glob(BASIS)]
    return {path: sha256(path) for path in found}


def edition_files(
    outcome: Outcome,
    edition: MailingEdition,
    wish: MailingWish,
    added: pd.Series,
    folders: tuple[Path, ...],
) -> dict[str, bytes]:
    """Return the files of one edition by their place in its folder, what it wastes last.

    Parameters
    ----------
    outcome
        What a run computed.
    edition
        One of the campaign's.
    wish
        How much it may mail.
    added
        Association by area that it pays for.
    folders
        Where profiles of vendors are looked for.
    """
    mailing = choose_edition(outcome, edition, wish, added)
    return _sent_files(outcome, mailing, folders) | leadership_files(outcome, mailing)


def _sent_files(outcome: Outcome, mailing: Mailing, folders: tuple[Path, ...]) -> dict[str, bytes]:
    """Return what leaves the house for an edition: a vendor's files, a register's, the notice."""
    edition, plan = mailing.edition, mailing.plan
    vendor = load_named(Vendor, "vendors", edition.vendor, folders) if edition.vendor else None
    if vendor is not None:
        refuse_small_lots(plan, vendor.minimum_lot)
    if edition.election_day is None or plan.empty:
        return {}
    told = Edition(
        edition.name,
        date.fromisoformat(edition.election_day),
        load_constituencies(edition.election or outcome.plans.campaign.election.basis, folders),
        edition.last_weeks(int(plan["wave"].max())),
    )
    files = _in(VENDORS, vendor_files(outcome, plan, vendor, told)) if vendor else {}
    wanted = None
    if edition.addressed:
        wanted, register = load_addressed(edition.addressed, folders)
        order = addressed_files(outcome, plan, wanted, register, told)
        files |= {BASIS: order.pop(BASIS)} | _in(REGISTERS, order)
    if edition.notice:
        notice = load_named(Notice, "notices", edition.notice, folders)
        files |= notice_files(outcome, plan, notice, told, wanted)
    return files


def _in(folder: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{folder}/{name}": content for name, content in files.items()}


def choose_edition(
    outcome: Outcome,
    edition: MailingEdition,
    wish: MailingWish,
    added: pd.Series | None = None,
) -> Mailing:
    """Return the choice of one edition: the areas that reach most of its target groups.

    Parameters
    ----------
    outcome
        What a run computed (`compute`).
    edition
        One of the campaign's (`campaign.editions`), or one of your own.
    wish
        How much it may mail.
    added
        Association by area that it pays for; none where left out.

    Returns
    -------
    mailing
        Its plan in order of precision, and what was known of every area; see `edition_curve`.

    Raises
    ------
    GeoprioError
        The election has no electorate here, a group is none of the campaign's, or an added area
        has no known households.

    Examples
    --------
    >>> import geoprio as gp
    >>> outcome = gp.compute("data/raw/demo/demo.toml")
    >>> edition = outcome.plans.campaign.editions[0]
    >>> mailing = gp.choose_edition(outcome, edition, gp.MailingWish(households=60_000))
    >>> bool(mailing.plan["households_count"].sum() <= 60_000)
    True
    """
    added = pd.Series(dtype=str) if added is None else added
    campaign = outcome.plans.campaign
    reach = reach_of(outcome, edition)
    able = mailable_areas(reach.areas)
    county = mean_precision(able)
    cost = campaign.mailing.cost_per_household_sek
    limit = wish.limit(cost, 0.0 if edition.addressed else county)
    if edition.addressed:
        chosen = _down_the_score(outcome, reach, edition, limit, added)
    else:
        chosen = choose_mailing(reach.areas, limit)
    waves = len(edition.weeks) or campaign.mailing.waves
    own = plan_choice(reach.areas, chosen, cost_per_household_sek=cost, waves=waves)
    refuse_unknown_households(reach, added)
    drawn = draw_figures(
        reach.areas,
        draws=DRAWS,
        rng=rng_for(campaign.seed, f"mailing {edition.name}: figures"),
    )
    return Mailing(
        edition=edition,
        reach=reach,
        limit=limit,
        chosen=chosen,
        plan=add_areas(own, reach.areas, added, cost_per_household_sek=cost),
        doubled=doubled(own, added),
        drawn=drawn,
        county_precision=county,
    )


def _down_the_score(
    outcome: Outcome, reach: Reach, edition: MailingEdition, limit: Limit, added: pd.Series
) -> pd.Series:
    """Return the first areas of the combined score, for as long as they fit.

    Persons are never chosen by one layer, so neither a group nor an association's wish decides.
    """
    if limit.households is None:
        message = (
            f"{edition.name}: an addressed edition goes down the combined score; expected a budget"
            " or a number of households, no precision"
        )
        raise ConfigError(message)
    if len(added):
        message = (
            f"privat/{FILE}: {edition.name} is addressed, and its areas are chosen by the combined"
            " score alone; take its rows out"
        )
        raise SourceError(message)
    rank = outcome.levels[0].scores[MAILING]["rank"]
    return naive_choice(reach.areas, -rank, limit.households)
