"""Target groups: centrally defined, counted by the best method that the data allows (METHOD 3)."""

from typing import Annotated, Literal

from pydantic import Field

from geoprio.config.model import (
    CountColumn,
    Counted,
    Date,
    Direction,
    Election,
    Indicator,
    Model,
    NotNegative,
    Positive,
    Text,
    Weight,
    broken,
)
from geoprio.words import Phrase

Rate = Annotated[float, Field(gt=0, lt=1)]
"""A share of people that is neither none nor all: its odds are taken."""
_SOURCE = "Who published the figure, and when; `antagande: ...` where it is assumed."
Source = Annotated[str, Field(min_length=1, description=_SOURCE)]


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
    """One of `sectors`."""
    blue_collar_men: Rate
    """Share of its men who are blue-collar workers."""
    blue_collar_women: Rate
    """Share of its women who are."""
    source: Source


class SexDensity(Model):
    """Union density of blue-collar workers by sex."""

    men: Rate
    """Of men."""
    women: Rate
    """Of women."""
    everyone: Rate
    """Of both together."""
    source: Source


class Band(Model):
    """One part of an area's people, and the rate that it is known to have."""

    count: CountColumn
    """Column of those in the part."""
    rate: Rate
    """Their rate."""


class Composition(Model):
    """A published composition that moves an area's odds away from the county's."""

    moves: Literal["density", "blue_collar"]
    """Which odds it moves."""
    bands: Annotated[tuple[Band, ...], Field(min_length=1, strict=False)]
    of: CountColumn | None = None
    """Column of all the people; None where the bands are all of them."""
    rest: Rate | None = None
    """Rate of those in no band."""
    source: Source

    def _own_faults(self) -> list[Phrase]:
        return broken({"rest_without_of": (self.of is None) != (self.rest is None)})


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
    counted_in: Counted | None = None

    @property
    def columns(self) -> frozenset[str]:
        """Count columns of the employed that the rates are for."""
        return frozenset(
            f"employed_{name}_{sex}_count" for name in self.industries for sex in ("men", "women")
        )

    def _own_faults(self) -> list[Phrase]:
        known = ", ".join(sorted(self.sectors))
        return [
            Phrase("unknown_sector", name=name, sector=item.sector, known=known)
            for name, item in sorted(self.industries.items())
            if item.sector not in self.sectors
        ]


Base = Literal["residents", "adults", "electorate", "other"]
"""Whom a share is of; `other` where the table counts dwellings or part of the adults."""
ShareOf = Annotated[float, Field(gt=0, lt=1)]
LogOdds = Annotated[float, Field(ge=-5, le=5)]
SourceInWords = Annotated[str, Field(min_length=3, description=_SOURCE)]


class ProxyIndicator(Model):
    """One indicator of a proxy's rank index."""

    indicator: Indicator
    direction: Direction
    label: Text
    weight: Weight = 1.0
    where_known: bool = False
    """Whether it counts only where it is known of every area that the others are."""


class Named(Model):
    """What a group is called where its proxy stands in for it: the index by its own name."""

    label: Text
    question: Text
    definition: Text


class Proxy(Model):
    """How a group that is published nowhere is spread over the areas (METHOD 3, `proxy`)."""

    indicators: Annotated[tuple[ProxyIndicator, ...], Field(min_length=1, strict=False)]
    spread: Positive
    """How many times more common the group is in the highest area than in the lowest."""
    cv: Positive = 0.4
    """Coefficient of variation of an average area's count, from which all intervals follow."""
    named: Named | None = None
    """What it is called for as long as nothing that is `where_known` tells of the group."""

    def _own_faults(self) -> list[Phrase]:
        return broken({"proxy_rests_on_nothing": all(item.where_known for item in self.indicators)})


class Elsewhere(Model):
    """What stands in for a group's total in a county where nobody has counted it."""

    per_1000_residents: Positive
    """So many people of each thousand residents."""
    cv: NotNegative
    """Coefficient of variation of that, between counties."""
    source: Text


class CountyTotal(Model):
    """How many the group is in a county."""

    count: Positive
    """So many people."""
    source: Text
    cv: NotNegative = 0.0
    """Coefficient of variation of the figure itself, as where it is undated or rounded."""


class Total(CountyTotal):
    """How many the group is in a whole county, where no smaller area is counted."""

    counted_in: Counted
    elsewhere: Elsewhere | None = None
    """Without it a county whose number is not given cannot use the group."""
    counties: Annotated[
        dict[str, CountyTotal], Field(default_factory=dict, exclude_if=lambda given: not given)
    ]
    """Of other counties, by their two digits."""

    def of_county(self, code: str) -> CountyTotal | None:
        """Return the number that was counted in a county; None where none was."""
        own = self if self.counted_in.county == code else None
        return self.counties.get(code, own)


class Minors(Model):
    """How minors are told apart in a table without ages (METHOD 3, immigrant background)."""

    outside_share: ShareOf
    """Share of the county's minors who do not belong to the group."""
    sd: NotNegative
    """How far an area's share strays from what its people of all ages lead one to expect."""
    county_sd: NotNegative = 0.0
    """How much of that all areas have in common: how far the county's own may be from
    `outside_share`."""
    source: SourceInWords
    counted_in: Counted | None = None


class Alignment(Model):
    """How the group differs between those who are counted and those who may vote."""

    log_odds: LogOdds = 0.0
    """Log odds ratio of the group: adults who are not citizens against all adults."""
    sd: NotNegative
    """How far an area's log odds stray from that."""
    abroad_log_odds: LogOdds = 0.0
    """Log odds ratio of the group: Swedes abroad against citizens at home."""
    source: SourceInWords
    counted_in: Counted | None = None
    electors: CountColumn | None = None
    """Column of a table of the municipality's resident citizens: those of the group."""
    electors_of: CountColumn | None = None
    """Column of the same table: all of them."""

    def _own_faults(self) -> list[Phrase]:
        halved = (self.electors is None) != (self.electors_of is None)
        return broken({"electors_without_of": halved})


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
    """Where that is from."""
    counted_in: Counted | None = None
    """Of `share_sd`."""
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

    def _own_faults(self) -> list[Phrase]:
        rules = {
            "share_sd_without_source": self.share_sd and not self.share_sd_source,
            "election_needs_electorate": (self.base == "electorate") != (self.election is not None),
            "control_without_of": (self.control is None) != (self.control_of is None),
            "outsiders_without_minors": self.outsiders_vote != (self.minors is not None),
            "outsiders_need_residents": self.outsiders_vote and self.base != "residents",
        }
        return broken(rules)


class Group(Model):
    """A centrally defined target group."""

    label: Text
    question: Text
    definition: Text
    decided: Date | None = None
    """Date of the party's decision on the definition; None while it is awaited."""
    role: Literal["locate", "message"] = "locate"
    """Whether areas are ranked by it, or it only shapes what is said."""
    role_why: Text | None = None
    """Why it has that role, in a sentence for the leadership."""
    sensitive: bool = False
    """Whether small counts are withheld."""
    measures: Annotated[tuple[Measure, ...], Field(strict=False)] = ()
    """Ways that it is published, the best first: the first that the data gives is used."""
    total: Total | None = None
    synthetic: Synthetic | None = None
    proxy: Proxy | None = None
    alignment: Alignment = ASSUMED

    def _own_faults(self) -> list[Phrase]:
        estimated = self.synthetic is not None or self.proxy is not None
        rules = {
            "group_without_way": not self.measures and not estimated,
            "total_without_need": estimated != (self.total is not None),
        }
        return broken(rules)
