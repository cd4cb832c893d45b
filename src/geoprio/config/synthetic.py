"""A group that is published nowhere: rates by industry and sex on what is published (METHOD 3)."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.faults import RefusedError
from geoprio.config.model import CountColumn, Model, NotNegative

Rate = Annotated[float, Field(gt=0, lt=1)]
"""A share of people that is neither none nor all: its odds are taken."""
Source = Annotated[str, Field(min_length=1)]
"""Who published the figure, and when; `antagande: ...` where it is assumed."""


class Sector(Model):
    """A sector of the labour market."""

    density: Rate
    """Share of its blue-collar workers in any union."""
    source: Source
    group_share: Annotated[float, Field(gt=0, le=1)]
    """Share of those organised who are in the group's unions."""
    group_share_source: Source


class Industry(Model):
    """An industry, by the name that the columns of employed have for it."""

    sector: str
    blue_collar_men: Rate
    blue_collar_women: Rate
    source: Source


class SexDensity(Model):
    """Union density of blue-collar workers by sex."""

    men: Rate
    women: Rate
    everyone: Rate
    source: Source


class Band(Model):
    """One part of an area's people, and the rate that it is known to have."""

    count: CountColumn
    rate: Rate


class Composition(Model):
    """A published composition that moves an area's odds away from the county's."""

    moves: Literal["density", "blue_collar"]
    bands: Annotated[tuple[Band, ...], Field(min_length=1, strict=False)]
    of: CountColumn | None = None
    """Column of all the people; None where the bands are all of them."""
    rest: Rate | None = None
    """Rate of those in no band."""
    source: Source

    @model_validator(mode="after")
    def _rest_is_of_something(self) -> "Composition":
        if (self.of is None) != (self.rest is None):
            message = "`of` and `rest` belong together: all the people, and the rate of the others"
            raise ValueError(message)
        return self


class Synthetic(Model):
    """Rates that turn the employed by industry and sex into members of a group."""

    sectors: Annotated[dict[str, Sector], Field(min_length=1)]
    industries: Annotated[dict[str, Industry], Field(min_length=1)]
    sex: SexDensity
    compositions: Annotated[tuple[Composition, ...], Field(strict=False)] = ()
    context: NotNegative
    """How much of what an area's industries tell of its people also holds within each of them: its
    blue-collar odds there are moved by so many times the log odds of its mix of industries."""
    context_source: Source
    passive_share: Annotated[float, Field(ge=0, lt=1)]
    """Share of the county's members who are not at work: pensioners, students, unemployed."""
    passive_source: Source
    rate_sd: NotNegative
    """Standard deviation of the log of an area's rate, from the rates' own uncertainty."""
    rate_sd_source: Source
    between_sd: NotNegative
    """Standard deviation between areas of the log rate, beyond what their composition tells."""
    between_sd_source: Source

    @property
    def columns(self) -> frozenset[str]:
        """Count columns of the employed that the rates are for."""
        return frozenset(
            f"employed_{name}_{sex}_count" for name in self.industries for sex in ("men", "women")
        )

    @model_validator(mode="after")
    def _sectors_are_known(self) -> "Synthetic":
        known = ", ".join(sorted(self.sectors))
        faults = [
            f"industries.{name}: unknown sector {item.sector!r}; expected one of {known}"
            for name, item in sorted(self.industries.items())
            if item.sector not in self.sectors
        ]
        if faults:
            raise RefusedError(faults)
        return self
