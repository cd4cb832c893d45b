"""Addressed mail: the rule by which a register selects whom to write to, never a person."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.model import Model, Text

YOUNGEST, OLDEST = 17, 110
"""Ages that an order may hold: at 17 one may turn 18 before election day; younger is no voter."""


class Parameter(Model):
    """One parameter of a register's order, in the register's words."""

    name: Text
    use: Literal["postal_codes", "ages", "unused"]


class Register(Model):
    """A holder of addresses with a legal basis of its own, and what an order to it may hold."""

    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    """Changes with every change of the order's form."""
    specification: Annotated[str, Field(min_length=10)]
    """Where the form is described, and what of it is assumed."""
    list_rows: Annotated[int, Field(ge=1, le=100_000)]
    """Postal codes in one file at most."""
    geography_conditions: Annotated[int, Field(ge=1)]
    """Combined conditions on geography at most, beside the file."""
    line_end: Literal["crlf", "lf"]
    parameters: Annotated[tuple[Parameter, ...], Field(min_length=2, strict=False)]

    @model_validator(mode="after")
    def _asks_for_codes_and_ages(self) -> "Register":
        used = [item.use for item in self.parameters if item.use != "unused"]
        if sorted(used) != ["ages", "postal_codes"]:
            message = (
                f"parameters: found use = {', '.join(used) or 'none'}; expected 'postal_codes' and"
                " 'ages', once each"
            )
            raise ValueError(message)
        return self

    @property
    def newline(self) -> str:
        """The line end itself."""
        return "\r\n" if self.line_end == "crlf" else "\n"


class Addressed(Model):
    """What is wanted of one addressed mailing: an age, in the areas that a plan has chosen."""

    order_from: str
    """Name of a file in `registers/`."""
    age_from: int | None = None
    age_to: int | None = None
    purpose: Text
    least_residents: Annotated[int, Field(ge=100)] = 500
    """Residents of the age in the whole selection, below which no order is made."""

    def age_faults(self) -> list[str]:
        """Return what is wrong with the ages; empty where they can be ordered."""
        limits = f"expected whole years from {YOUNGEST} to {OLDEST}"
        given = {"age_from": self.age_from, "age_to": self.age_to}
        faults = [
            f"{name}: {'missing' if age is None else f'found {age}'}; {limits}"
            for name, age in given.items()
            if age is None or not YOUNGEST <= age <= OLDEST
        ]
        if not faults and self.ages[0] > self.ages[1]:
            faults.append(
                f"age_from: found {self.age_from}, above age_to = {self.age_to}; expected the"
                " first age and then the last"
            )
        return faults

    @property
    def ages(self) -> tuple[int, int]:
        """First and last age; those of an order without `age_faults`."""
        return self.age_from or 0, self.age_to or 0
