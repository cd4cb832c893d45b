"""The transparency notice of one mailing: what only its sponsor can know, field by field.

A notice stands in a file of its own beside the campaign, `notices/<name>.toml`: there is one for
each mailing and edition, its sums are known long after the campaign's settings, and an unfinished
one must not stop a run. What is not filled in is empty here and refused when the sheet is made.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from geoprio.config.model import PERSON_NUMBER, Model, NotNegative


def _is_date(value: str) -> str:
    if value:
        date.fromisoformat(value)
    return value


Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$"), AfterValidator(_is_date)]
Url = Annotated[str, Field(pattern=r"^(https://[^\s\"'<>\\|`]+)?$")]
Email = Annotated[str, Field(pattern=r"^([^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+)?$")]
Sum = NotNegative | None
# The third digit of an organisation is at least 2, of a person's number at most 1: a person's is
# refused, since no such number comes into geoprio.
Organisation = Annotated[str, Field(pattern=r"^(\d{2}[2-9]\d{3}-\d{4})?$")]


class Part(Model):
    """A table of the notice."""

    def needed(self) -> dict[str, str]:
        """Return what is expected, by field, of those that must be filled in."""
        return {
            name: field.description
            for name, field in type(self).model_fields.items()
            if field.description
        }


class Entity(Part):
    """Who somebody is and where they are found."""

    name: str = Field(default="", description="name of the organisation or person")
    email: Email = Field(default="", description="an e-mail address that is answered")
    postal_address: str = Field(default="", description="postal address")
    establishment: str = Field(default="", description="address of the place of establishment")


class Sponsor(Entity):
    """On whose behalf the mailing is sent."""

    registration_number: Organisation = Field(
        default="", description="organisation number, NNNNNN-NNNN"
    )


class Controller(Entity):
    """Who ultimately controls the sponsor."""

    none: bool = False
    """Nobody does."""

    def needed(self) -> dict[str, str]:
        """Return nothing where nobody controls the sponsor."""
        return {} if self.none else super().needed()


class Payer(Entity):
    """Who pays for the mailing."""

    same_as_sponsor: bool = False

    def needed(self) -> dict[str, str]:
        """Return nothing where the sponsor pays."""
        return {} if self.same_as_sponsor else super().needed()


class Period(Part):
    """When the mailing is delivered."""

    first: Day = Field(default="", description="first day of delivery, YYYY-MM-DD")
    last: Day = Field(default="", description="last day of delivery, YYYY-MM-DD")


class Ballot(Part):
    """The election that the mailing is tied to."""

    name: str = Field(default="", description="name of the election, such as Val till riksdagen")
    day: Day = Field(default="", description="election day, YYYY-MM-DD")
    official_information: Url = Field(
        default="", description="https address of the authority's page on how to vote"
    )


class Amounts(Part):
    """What is paid and given for it, and whence it comes."""

    mailing_sek: Sum = Field(
        default=None,
        description="kronor paid for this mailing: print, addresses, delivery; 0 if none",
    )
    campaign_sek: Sum = Field(
        default=None,
        description="kronor for the whole campaign that it is part of, this mailing included",
    )
    benefits_sek: Sum = Field(
        default=None, description="value of other benefits in kronor; 0 if none"
    )
    method: str = Field(default="", description="how the sums were worked out, with or without VAT")
    origin: Literal["", "public", "private", "both"] = Field(
        default="", description="public | private | both"
    )
    territory: Literal["", "inside", "outside", "both"] = Field(
        default="", description="inside | outside (the EU) | both"
    )


class Targeting(Part):
    """Whether personal data choose who gets it; how areas are chosen is told by the program."""

    personal_data: bool | None = Field(
        default=None,
        description="true where names and addresses are selected by personal data, else false",
    )
    which: str = ""
    """Which data, from whom, and for what; where personal data are used."""
    policy: Url = ""
    """Address of the sponsor's policy on them; where personal data are used."""

    def needed(self) -> dict[str, str]:
        """Return also what must be told where personal data are used."""
        if not self.personal_data:
            return super().needed()
        return super().needed() | {
            "which": "which personal data, from which register, and for what",
            "policy": "https address of the policy on personal data",
        }


class Earlier(Part):
    """Whether the same mailing, or an earlier version, has been stopped for breaking the rules."""

    stopped: bool | None = Field(default=None, description="true or false")
    which: str = ""
    """What was stopped, when and why."""

    def needed(self) -> dict[str, str]:
        """Return also what must be told where something was stopped."""
        told = {"which": "what was stopped, when and why"} if self.stopped else {}
        return super().needed() | told


class Place(Part):
    """Where the notice is found, and where one complains."""

    url: Url = Field(default="", description="https address of the notice: what a QR code leads to")
    complaints: str = Field(
        default="", description="how a reader reports that the rules are broken"
    )
    complaints_url: Url = Field(default="", description="https address where that is done")


class Notice(Model):
    """Everything that the sponsor says of one mailing and edition."""

    mailing: str = ""
    edition: str = ""
    sponsor: Sponsor = Sponsor()
    controller: Controller = Controller()
    payer: Payer = Payer()
    period: Period = Period()
    election: Ballot = Ballot()
    amounts: Amounts = Amounts()
    targeting: Targeting = Targeting()
    earlier: Earlier = Earlier()
    notice: Place = Place()


def is_empty(value: object) -> bool:
    """Return whether a field says nothing: not there, blank, or without a letter or a digit."""
    if isinstance(value, str):
        return not any(sign.isalnum() for sign in value)
    return value is None


def empty_fields(notice: Notice) -> dict[str, str]:
    """Return what is expected by path in the file of every field that is empty.

    Whole groups may stand aside only by a word of their own: `controller.none`,
    `payer.same_as_sponsor`.
    """
    expected = {"mailing": "what is mailed, in words", "edition": "the edition's name"}
    found = {name: told for name, told in expected.items() if is_empty(getattr(notice, name))}
    for table, part in notice:
        if isinstance(part, Part):
            for name, told in part.needed().items():
                if is_empty(getattr(part, name)):
                    found[f"{table}.{name}"] = told
    return found


def contradictions(notice: Notice) -> list[str]:
    """Return what the notice says against itself or must not say; every fault with its path."""
    faults = [*_both("controller.none", notice.controller, notice.controller.none)]
    faults += _both("payer.same_as_sponsor", notice.payer, notice.payer.same_as_sponsor)
    days, day, amounts = notice.period, notice.election.day, notice.amounts
    if days.first and days.last and days.first > days.last:
        faults.append(f"period.first = {days.first} is after period.last = {days.last}")
    if days.last and day and days.last > day:
        faults.append(f"period.last = {days.last} is after election.day = {day}")
    spent, whole = amounts.mailing_sek, amounts.campaign_sek
    if spent is not None and whole is not None and spent > whole:
        faults.append(
            f"amounts.campaign_sek = {whole:g} is less than amounts.mailing_sek = {spent:g},"
            " which it includes"
        )
    return (
        faults
        + [
            f"{table}.{name}: looks like a personal number; expected none anywhere"
            for table, part in notice
            for name, value in (part if isinstance(part, Part) else [])
            if isinstance(value, str) and PERSON_NUMBER.search(value)
        ]
        + [
            f"{name}: looks like a personal number; expected none anywhere"
            for name in ("mailing", "edition")
            if PERSON_NUMBER.search(getattr(notice, name))
        ]
    )


def _both(path: str, entity: Entity, aside: bool) -> list[str]:
    held = [name for name in Entity.model_fields if not is_empty(getattr(entity, name))]
    if not aside or not held:
        return []
    return [f"{path} = true, and the table has {', '.join(held)}: one or the other"]
