"""Editions of a mailing: who each is for, and who delivers it when."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from geoprio.config.model import Election, Model
from geoprio.config.profiles import ORIGIN_OR_UNION


class MailingEdition(Model):
    """One edition of a mailing; every edition has a choice of areas of its own."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """For people and for folders, such as "riksdag" or "kommun Botkyrka"."""
    election: Election | None = None
    """Whose electorate it is for; else the campaign's."""
    election_day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    target_groups: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """The target groups that it is for; else all of the campaign's."""
    vendor: str | None = None
    """Name of a profile in `vendors/`; without one no vendor's files are written."""
    addressed: str | None = None
    """Name of an addressed mailing in `addressed/`, ordered from a register; else none is. Its
    areas are the first of the combined score, never chosen by a group."""
    notice: str | None = None
    """Name of its transparency notice in `notices/`; else no sheet is made."""
    weeks: Annotated[tuple[str, ...], Field(strict=False, max_length=12)] = ()
    """Delivery week of each wave, such as "2030 v. 33"; else the last ones before early voting."""

    def last_weeks(self, waves: int) -> tuple[str, ...]:
        """Return the week of each of so many waves, its own last ones; none where it names none."""
        return self.weeks[max(len(self.weeks) - waves, 0) :] if waves else ()

    @model_validator(mode="after")
    def _deliverable(self) -> "MailingEdition":
        if (self.vendor or self.addressed or self.notice) and not self.election_day:
            message = f"{self.name}: orders and notices say when; expected election_day"
            raise ValueError(message)
        if self.election_day:
            date.fromisoformat(self.election_day)
        if ORIGIN_OR_UNION.search(self.name):
            message = f"{self.name}: whoever delivers it reads the name; expected no group in it"
            raise ValueError(message)
        if self.addressed and self.target_groups:
            message = (
                f"{self.name}: an addressed edition goes down the combined score; expected no"
                " target_groups"
            )
            raise ValueError(message)
        return self
