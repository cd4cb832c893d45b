"""The mailing choice: each edition's areas, what it reaches and wastes, and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import floor
from pathlib import Path

import pandas as pd

from geoprio.config import MailingEdition, Notice, Vendor, config_folders, load_named
from geoprio.errors import ConfigError, SourceError, join_faults
from geoprio.outputs.addressed_basis import FILE as BASIS
from geoprio.outputs.atomic import replace_all
from geoprio.outputs.names import safe_names
from geoprio.outputs.superseded import remove_superseded
from geoprio.pipeline.addressed import addressed_files, load_addressed
from geoprio.pipeline.chance import rng_for
from geoprio.pipeline.constituencies import load_constituencies
from geoprio.pipeline.deliveries import Edition, vendor_files
from geoprio.pipeline.mail_files import leadership_files
from geoprio.pipeline.mailed import Mailing
from geoprio.pipeline.notices import notice_files
from geoprio.pipeline.ordering import FOLDER, ordered_earlier
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.reach import Reach, reach_of
from geoprio.pipeline.run import compute, default_raw
from geoprio.planning.additions import add_areas, doubled
from geoprio.planning.choice import (
    Limit,
    choose_mailing,
    mailable_areas,
    mean_precision,
    plan_choice,
    refuse_small_lots,
)
from geoprio.planning.gain import draw_figures
from geoprio.sources.additions import FILE, read_additions
from geoprio.texts import Language

VENDORS, REGISTERS = "leverantor", "register"
"""What is sent stands apart, so that nobody sends a list with groups in it."""
DRAWS = 1000


@dataclass(frozen=True)
class MailingWish:
    """How much each edition may mail: exactly one of the three.

    Raises
    ------
    ConfigError
        None or several are given, or one is no such number.

    Examples
    --------
    >>> from geoprio import MailingWish
    >>> MailingWish(budget_sek=250_000).limit(2.5, 0.0).households
    100000.0
    """

    budget_sek: float | None = None
    households: int | None = None
    precision: float | None = None
    """Smallest share (0-1) of target persons among all who are reached."""

    def __post_init__(self) -> None:
        given = [self.budget_sek, self.households, self.precision]
        if sum(one is not None for one in given) != 1:
            message = "give one of budget, households and precision; found another number of them"
            raise ConfigError(message)
        if self.precision is not None and not 0 < self.precision <= 1:
            message = f"precision: found {self.precision:g}; expected a share above 0, at most 1"
            raise ConfigError(message)
        if any(one is not None and one < 0 for one in given):
            message = "budget and households are 0 or more"
            raise ConfigError(message)

    def limit(self, cost_per_household_sek: float, least_precision: float) -> Limit:
        """Return the limit of a choice; by a budget or households every area has a precision."""
        if self.precision is not None:
            return Limit(precision=self.precision)
        if self.households is not None:
            most = self.households
        else:
            # 250,000 / 2.5 households, not one fewer by the computer's rounding.
            most = floor(round((self.budget_sek or 0.0) / cost_per_household_sek, 6))
        return Limit(households=float(most), least_precision=least_precision)


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
    added = _additions(outcome, raw or default_raw(campaign, out or Path()))
    home = (out or Path()) / "data" / "processed" / campaign.name / FOLDER
    folders = safe_names(edition.name for edition in campaign.editions)
    contents: dict[Path, bytes] = {}
    earlier: dict[Path, str] = {}
    for edition in campaign.editions:
        own = added[added["edition"] == edition.name].set_index("area_code")["association"]
        files = edition_files(outcome, edition, wish, own, config_folders(campaign_file))
        folder = home / folders[edition.name]
        contents |= {folder / name: content for name, content in files.items()}
        for sent in (VENDORS, REGISTERS):
            earlier |= ordered_earlier(folder / sent)
    replace_all(contents, seal=next(reversed(contents)))
    remove_superseded(earlier, contents)
    return list(contents)


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
        edition.weeks[-int(plan["wave"].max()) :] if edition.weeks else (),
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
    limit = wish.limit(cost, county)
    chosen = choose_mailing(reach.areas, limit)
    waves = len(edition.weeks) or campaign.mailing.waves
    own = plan_choice(reach.areas, chosen, cost_per_household_sek=cost, waves=waves)
    _refuse_unknown_households(reach, added)
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


def _refuse_unknown_households(reach: Reach, added: pd.Series) -> None:
    households = reach.areas["households_count"].reindex(added.index)
    unknown = sorted(added.index[~(households > 0)])
    if unknown:
        message = (
            f"privat/{FILE}: {', '.join(unknown)}: how many households there are is unknown, so"
            " nothing can be ordered; take the area out"
        )
        raise SourceError(message)


def _additions(outcome: Outcome, raw: Path) -> pd.DataFrame:
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
