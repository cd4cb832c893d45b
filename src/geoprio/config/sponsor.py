"""The transparency notice of one mailing: what only its sponsor can know, field by field.

Each mailing and edition has one, `notices/<name>.toml`; its sums are known late, and an unfinished
one must not stop a run. What is not filled in is empty here and refused when the sheet is made.
"""

from typing import Annotated, Literal

from pydantic import Field

from geoprio.config.model import PERSON_NUMBER, IsDate, Model, NotNegative, broken
from geoprio.words import Phrase

Day = Annotated[str, Field(pattern=r"^(\d{4}-\d{2}-\d{2})?$"), IsDate]
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
            name: Phrase(field.description)
            for name, field in type(self).model_fields.items()
            if field.description
        }


class Entity(Part):
    """Who somebody is and where they are found."""

    name: str = Field(default="", description="notice_name")
    email: Email = Field(default="", description="notice_email")
    postal_address: str = Field(default="", description="postal_address")
    establishment: str = Field(default="", description="notice_establishment")


class Sponsor(Entity):
    """On whose behalf the mailing is sent."""

    registration_number: Organisation = Field(default="", description="notice_registration")


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
    """Whether the sponsor pays."""

    def needed(self) -> dict[str, str]:
        """Return nothing where the sponsor pays."""
        return {} if self.same_as_sponsor else super().needed()


class Period(Part):
    """When the mailing is delivered."""

    first: Day = Field(default="", description="notice_first_day")
    last: Day = Field(default="", description="notice_last_day")


class Ballot(Part):
    """The election that the mailing is tied to."""

    name: str = Field(default="", description="notice_election")
    day: Day = Field(default="", description="notice_election_day")
    official_information: Url = Field(default="", description="address_how_to_vote")


class Amounts(Part):
    """What is paid and given for it, and whence it comes."""

    mailing_sek: Sum = Field(default=None, description="notice_mailing_sek")
    campaign_sek: Sum = Field(default=None, description="notice_campaign_sek")
    benefits_sek: Sum = Field(default=None, description="notice_benefits_sek")
    method: str = Field(default="", description="notice_method")
    origin: Literal["", "public", "private", "both"] = Field(
        default="", description="public_private_both"
    )
    territory: Literal["", "inside", "outside", "both"] = Field(
        default="", description="inside_outside_both"
    )


class Targeting(Part):
    """Whether personal data choose who gets it; how areas are chosen is told by the program."""

    personal_data: bool | None = Field(default=None, description="notice_personal_data")
    which: str = ""
    """Which data, from whom, and for what; where personal data are used."""
    policy: Url = ""
    """Address of the sponsor's policy on them; where personal data are used."""

    def needed(self) -> dict[str, str]:
        """Return also what must be told where personal data are used."""
        told = {"which": Phrase("which_personal_data"), "policy": Phrase("address_policy")}
        return super().needed() | (told if self.personal_data else {})


class Earlier(Part):
    """Whether the same mailing, or an earlier version, has been stopped for breaking the rules."""

    stopped: bool | None = Field(default=None, description="true_or_false")
    which: str = ""
    """What was stopped, when and why."""

    def needed(self) -> dict[str, str]:
        """Return also what must be told where something was stopped."""
        told = {"which": Phrase("what_was_stopped")} if self.stopped else {}
        return super().needed() | told


class Place(Part):
    """Where the notice is found, and where one complains."""

    url: Url = Field(default="", description="address_notice")
    complaints: str = Field(default="", description="notice_complaints")
    complaints_url: Url = Field(default="", description="address_complaints")


class Notice(Model):
    """Everything that the sponsor says of one mailing and edition."""

    mailing: str = ""
    """What is mailed."""
    edition: str = ""
    """Which edition, as the campaign names it."""
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
    """Return what is expected, by path in the file, of every field that is empty."""
    expected: dict[str, str] = {
        "mailing": Phrase("what_is_mailed"),
        "edition": Phrase("edition_name"),
    }
    found = {name: told for name, told in expected.items() if is_empty(getattr(notice, name))}
    for table, part in notice:
        if isinstance(part, Part):
            for name, told in part.needed().items():
                if is_empty(getattr(part, name)):
                    found[f"{table}.{name}"] = told
    return found


def contradictions(notice: Notice) -> list[Phrase]:
    """Return what the notice says against itself or must not say; every fault with its path."""
    faults = _both("controller.none", notice.controller, notice.controller.none)
    faults += _both("payer.same_as_sponsor", notice.payer, notice.payer.same_as_sponsor)
    first, last, day = notice.period.first, notice.period.last, notice.election.day
    spent, whole = notice.amounts.mailing_sek, notice.amounts.campaign_sek
    rules = {
        "period_reversed": first and last and first > last,
        "period_after_election": last and day and last > day,
        "campaign_below_mailing": spent is not None and whole is not None and spent > whole,
    }
    faults += broken(rules, first=first, last=last, day=day, spent=spent, whole=whole)
    faults += [
        Phrase("table_personal_number", table=table, name=name)
        for table, part in notice
        for name, value in (part if isinstance(part, Part) else [])
        if isinstance(value, str) and PERSON_NUMBER.search(value)
    ]
    faults += [
        Phrase("name_personal_number", name=name)
        for name in ("mailing", "edition")
        if PERSON_NUMBER.search(getattr(notice, name))
    ]
    return faults


def _both(path: str, entity: Entity, aside: bool) -> list[Phrase]:
    held = [name for name in Entity.model_fields if not is_empty(getattr(entity, name))]
    return [Phrase("true_beside_table", path=path, held=held)] if aside and held else []
