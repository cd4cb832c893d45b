"""Types of areas: the traits that they are told apart by, and the words of their names."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.model import Model, Positive, Text


class Trait(Model):
    """One indicator that types are told apart by, and what a high or low one is called."""

    indicator: str
    form: Literal["home", "before", "with", "where"]
    """Its place in a name: <before> <home> with <with> <where>."""
    high: Text | None = None
    low: Text | None = None
    log: bool = False
    """Whether its logarithm is used, for what differs by times rather than by points."""

    @model_validator(mode="after")
    def _has_a_word(self) -> "Trait":
        if self.high is None and self.low is None:
            message = f"{self.indicator}: expected a word for `high`, for `low` or for both"
            raise ValueError(message)
        if self.form == "home" and (self.high is None or self.low is not None):
            message = f"{self.indicator}: a home is named by `high` alone"
            raise ValueError(message)
        return self


class Typology(Model):
    """How areas are sorted into types and how the types are named."""

    label: Text
    least_types: Annotated[int, Field(ge=2)]
    most_types: Annotated[int, Field(le=20)]
    noticeable_sd: Positive
    """Standard deviations from the average area from which a trait is worth a word."""
    words: Annotated[int, Field(ge=1, le=4)]
    """Traits that a name has beside the home; more only where two types would share a name."""
    mixed_home: Text
    """What those who live there are called where no home stands out."""
    mixed_with: Text
    traits: Annotated[tuple[Trait, ...], Field(min_length=2, strict=False)]

    @model_validator(mode="after")
    def _told_apart(self) -> "Typology":
        names = [trait.indicator for trait in self.traits]
        if len(set(names)) < len(names):
            message = "`traits`: an indicator stands twice"
            raise ValueError(message)
        if self.least_types > self.most_types:
            message = "`least_types` is above `most_types`"
            raise ValueError(message)
        return self
