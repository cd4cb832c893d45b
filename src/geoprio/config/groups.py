"""Target groups: centrally defined, counted by the best method that the data allows (METHOD 3)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from geoprio.config.faults import RefusedError
from geoprio.config.model import (
    CountColumn,
    Direction,
    Election,
    Model,
    NotNegative,
    Positive,
    Text,
    Weight,
)
from geoprio.config.synthetic import Synthetic

Base = Literal["residents", "adults", "electorate", "other"]
"""Whom a share is of; `other` where the table counts dwellings or part of the adults."""
ShareOf = Annotated[float, Field(gt=0, lt=1)]
LogOdds = Annotated[float, Field(ge=-5, le=5)]
SourceInWords = Annotated[str, Field(min_length=3)]


def _is_date(value: str) -> str:
    date.fromisoformat(value)
    return value


Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_is_date)]


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


class Minors(Model):
    """How minors are told apart in a table without ages (METHOD 3, immigrant background)."""

    outside_share: ShareOf
    """Share of the county's minors who do not belong to the group."""
    sd: NotNegative
    """How far an area's share strays from what its people of all ages lead one to expect."""
    source: SourceInWords


class Alignment(Model):
    """How the group differs between those who are counted and those who may vote."""

    log_odds: LogOdds = 0.0
    """Log odds ratio of the group: adults who are not citizens against all adults."""
    sd: NotNegative
    """How far an area's log odds stray from that."""
    abroad_log_odds: LogOdds = 0.0
    """Log odds ratio of the group: Swedes abroad against citizens at home."""
    source: SourceInWords
    electors: CountColumn | None = None
    """Column of a table of the municipality's resident citizens: those of the group."""
    electors_of: CountColumn | None = None
    """Column of the same table: all of them."""

    @model_validator(mode="after")
    def _whole_table(self) -> "Alignment":
        if (self.electors is None) != (self.electors_of is None):
            message = "`electors` and `electors_of` belong together"
            raise ValueError(message)
        return self


ASSUMED = Alignment(sd=0.5, source="antagande")
"""How a group without `[alignment]` is carried over to an electorate."""


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
    election: Election | None = None
    """Whose electorate `of` counts, where `base` is the electorate."""
    control: CountColumn | None = None
    """Where `count` is published for polling districts: the group's adults in smaller areas, by
    which it is moved there."""
    control_of: CountColumn | None = None
    """All the adults there."""
    outsiders_vote: bool = False
    """Those outside the group are all citizens: the electors beyond them belong to it."""
    minors: Minors | None = None
    """How minors are told apart, where `of` counts residents and outsiders vote."""

    @model_validator(mode="after")
    def _is_whole(self) -> "Measure":
        faults = []
        if self.share_sd and not self.share_sd_source:
            faults.append("share_sd is a rate without a source; say where it is from")
        if (self.base == "electorate") != (self.election is not None):
            faults.append("`election` says whose electorate `of` counts, and base is 'electorate'")
        if (self.control is None) != (self.control_of is None):
            faults.append("`control` and `control_of` belong together")
        if self.outsiders_vote != (self.minors is not None):
            faults.append("`outsiders_vote` and `[measures.minors]` belong together")
        if self.outsiders_vote and self.base != "residents":
            faults.append("`outsiders_vote` is for tables without ages: base = 'residents'")
        if faults:
            raise RefusedError(faults)
        return self


class Group(Model):
    """A centrally defined target group."""

    label: Text
    question: Text
    definition: Text
    decided: Date | None = None
    """Date of the party's decision on the definition; None while it is awaited."""
    role: Literal["locate", "message"] = "locate"
    sensitive: bool = False
    measures: Annotated[tuple[Measure, ...], Field(strict=False)] = ()
    """Ways that it is published, the best first: the first that the data gives is used."""
    total: Total | None = None
    synthetic: Synthetic | None = None
    proxy: Proxy | None = None
    alignment: Alignment = ASSUMED

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
