"""Target groups: centrally defined, counted by the best method that the data allows (METHOD 3)."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.model import (
    CountColumn,
    Direction,
    Model,
    NotNegative,
    Positive,
    Text,
    Weight,
)
from geoprio.config.synthetic import Synthetic

Base = Literal["residents", "adults", "electorate", "other"]
"""Whom a share is of; `other` where the table counts dwellings or part of the adults."""


class ProxyIndicator(Model):
    """One indicator of a proxy's rank index."""

    indicator: str
    direction: Direction
    label: Text
    weight: Weight = 1.0


class Proxy(Model):
    """How a group that is published nowhere is spread over the areas (METHOD 3, `proxy`)."""

    indicators: Annotated[tuple[ProxyIndicator, ...], Field(min_length=1, strict=False)]
    spread: Positive
    """How many times more common the group is in the highest area than in the lowest."""
    cv: Positive = 0.4
    """Coefficient of variation of an area's count, from which its interval follows."""


class Total(Model):
    """How many the group is in the whole county, where no smaller area is counted."""

    count: Positive
    source: Text
    cv: NotNegative = 0.0
    """Coefficient of variation of the figure itself, as where it is undated or rounded."""


class Measure(Model):
    """One way that the group is counted in public tables."""

    count: CountColumn
    """Column of those who belong to the group."""
    of: CountColumn
    """Column of all those among whom they are counted."""
    base: Base
    """Whom `of` counts."""
    share_sd: NotNegative = 0.0
    """Between-area standard deviation of the share where no data at hand can measure it."""
    share_sd_source: str = ""
    definition: Text | None = None
    """What the group is where this measure stands in for the definition."""


class Group(Model):
    """A centrally defined target group."""

    label: Text
    question: Text
    definition: Text
    decided: str | None = None
    """Date of the party's decision on the definition; None while it is awaited."""
    role: Literal["locate", "message"] = "locate"
    sensitive: bool = False
    measures: Annotated[tuple[Measure, ...], Field(strict=False)] = ()
    """Ways that it is published, the best first: the first that the data gives is used."""
    total: Total | None = None
    synthetic: Synthetic | None = None
    proxy: Proxy | None = None

    @model_validator(mode="after")
    def _can_be_located(self) -> "Group":
        estimated = self.synthetic is not None or self.proxy is not None
        if not self.measures and not estimated:
            message = "a group needs `[[measures]]`, `[synthetic]` or `[proxy]`"
            raise ValueError(message)
        if estimated != (self.total is not None):
            message = "`[total]` is for what is published nowhere: `[synthetic]`, `[proxy]` need it"
            raise ValueError(message)
        return self
