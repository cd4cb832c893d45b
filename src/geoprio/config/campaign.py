"""One campaign: what election staff decide."""

import re
from collections.abc import Collection, Iterable
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from geoprio.config.faults import nearest
from geoprio.config.model import (
    CountColumn,
    Counted,
    Date,
    Election,
    Model,
    NotNegative,
    NotReserved,
    Positive,
    Text,
    Weight,
    broken,
    twice,
)
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.config.resources import Plan
from geoprio.words import Phrase

MAILING = "mailing"
"""The channel that a run plans the mailing of."""


class MailingEdition(Model):
    """One edition of a mailing; every edition has a choice of areas of its own."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    """For people and for folders, such as "riksdag" or "kommun Botkyrka"."""
    election: Election | None = None
    """Whose electorate it is for; else the campaign's."""
    election_day: Date | None = None
    """Its last day; needed by whatever leaves the house."""
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

    def _own_faults(self) -> list[Phrase]:
        delivered = self.vendor or self.addressed or self.notice
        rules = {
            "edition_without_day": delivered and not self.election_day,
            "edition_name_without_group": ORIGIN_OR_UNION.search(self.name),
            "addressed_with_groups": self.addressed and self.target_groups,
        }
        return broken(rules, edition=self.name)


class OnlineBase(Model):
    """A base map of others. Whoever serves it learns which places the reader looks at."""

    url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+/[\w./{}@-]*\{z\}[\w./{}@-]*$")]
    """Address of its tiles, with {z}, {x} and {y}."""
    attribution: str
    """Whom the map names for it."""
    title: Text

    @property
    def host(self) -> str:
        """The only place that a page may then ask for pictures."""
        return "/".join(self.url.split("/")[:3])


class MapBase(Model):
    """The base of the leadership's map."""

    online_base: OnlineBase | None = None
    """Off until the reader turns it on, and no choice at all where it is left out."""


Combine = Literal["sum", "max", "any"]
GroupPair = Annotated[tuple[str, str], Field(strict=False)]


class OddsRatio(Model):
    """How many times the odds of one group rise for those who belong to the other."""

    groups: GroupPair
    """The two groups."""
    ratio: Positive
    """So many times."""
    source: Annotated[str, Field(pattern=r"\S")]
    """Who published it, and when."""


class TwoWayTable(Model):
    """Columns of a published two-way table of two groups, among whomever it counts."""

    groups: GroupPair
    """The two groups."""
    both: CountColumn
    """Those who belong to both."""
    first: CountColumn
    """Those who belong to the first."""
    second: CountColumn
    """Those who belong to the second."""
    of: CountColumn
    """All who are counted."""


class Overlap(Model):
    """What is known of the groups' overlap; with nothing known, independence is assumed."""

    combine: Combine = "sum"
    """How a voter in several groups counts in the intensity."""
    joint: str | None = None
    """Name of the source of the county's joint table."""
    cells: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Groups that the digits of the joint table's columns stand for, in their order."""
    odds_ratios: Annotated[tuple[OddsRatio, ...], Field(strict=False)] = ()
    pairs: Annotated[tuple[TwoWayTable, ...], Field(strict=False)] = ()
    """Two-way tables by area."""

    def _own_faults(self) -> list[Phrase]:
        rules = {
            "joint_without_cells": (self.joint is None) != (not self.cells),
            "joint_with_odds": self.joint is not None and self.odds_ratios,
            "cells_group_twice": twice(self.cells),
        }
        faults = broken(rules)
        for kind, given in (("odds_ratios", self.odds_ratios), ("pairs", self.pairs)):
            named = [frozenset(item.groups) for item in given]
            if len(set(named)) < len(named) or any(len(pair) == 1 for pair in named):
                faults.append(Phrase("pair_not_of_two", kind=kind))
        return faults

    def faults(self, groups: Collection[str], sources: Collection[str]) -> list[Phrase]:
        """Return what does not fit the campaign's groups and sources."""
        found = []
        if self.joint is not None and self.joint not in sources:
            near = nearest(self.joint, sources)
            hint = Phrase("near", near=near) if near else ""
            found.append(Phrase("joint_not_a_source", joint=self.joint, hint=hint))
        # A table may count a group that the campaign does not have; a misspelt name is a fault.
        left = [name for name in groups if name not in self.cells]
        for name in self.cells:
            near = "" if name in groups else nearest(name, left)
            if near:
                found.append(Phrase("cells_unknown_group", name=name, near=near))
        if self.cells and not set(self.cells) & set(groups):
            found.append(Phrase("cells_without_target_group"))
        for kind, given in (("odds_ratios", self.odds_ratios), ("pairs", self.pairs)):
            unknown = sorted({name for item in given for name in item.groups} - set(groups))
            if unknown:
                found.append(
                    Phrase("overlap_unknown_group", kind=kind, unknown=unknown, groups=groups)
                )
        return found


NormaliseName = Literal["minmax", "zscore", "percentile", "rank_exponential", "none"]
AggregateName = Literal["arithmetic", "geometric", "topsis"]
Probability = Annotated[float, Field(ge=0, le=1)]


class Method(Model):
    """One way to make criteria into a score."""

    normalise: NormaliseName
    """How criteria are put on one scale."""
    aggregate: AggregateName
    """How they are weighed together."""


class Uncertainty(Model):
    """What one draw lets vary, how many there are, and what is made of them (METHOD 6)."""

    draws: Annotated[int, Field(ge=1, le=1_000_000)] = 2000
    """How many times the ranking is drawn."""
    concentration: Positive | None = None
    """Of the Dirichlet distribution around the central weights: a weight that is the share p of
    them all has the variance p (1 - p) / (concentration + 1). None keeps the weights."""
    methods: Annotated[tuple[Method, ...], Field(min_length=1, strict=False)]
    """That might be chosen, all as likely."""
    lognormal: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Indicators whose error is a factor, never below zero; that of others is normal."""
    false_discoveries: Probability = 0.1
    """Of the areas told "Satsa fullt", the share expected not to be among the top k at most."""
    misses: Probability = 0.05
    """Of the areas among the top k, the share expected to be told otherwise at most."""
    most_missed: Probability = 0.25
    """P(top k) that none of these is above."""
    depends_from: Probability = 0.1
    """Share of the weightings and methods that must move an area in or out of the top k before it
    is said to depend on them."""


CENTRAL = Uncertainty(
    concentration=40.0,
    methods=(
        Method(normalise="percentile", aggregate="arithmetic"),
        Method(normalise="percentile", aggregate="geometric"),
        Method(normalise="zscore", aggregate="arithmetic"),
    ),
)
"""What varies where a campaign says nothing."""


NATIONAL_ABROAD_SHARE = 0.026
"""Swedes abroad: about 200,000 of the country's 7.8 million electors in 2022."""


class ElectionBasis(Model):
    """The election whose figures are used, and the one that is planned for."""

    basis: Election
    """Whose votes and electorate the figures are of."""
    year: int
    """Its year."""
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    """Its day."""
    plans_for: Text
    unassigned_party_votes: Literal["spread", "omit"] = "spread"
    """Votes that are counted in no polling district: spread over the municipality's, or left
    out."""
    abroad_share: Annotated[float, Field(ge=0, lt=0.5)] = NATIONAL_ABROAD_SHARE
    """Swedes abroad, of the riksdag's electors, where no file counts foreign citizens."""
    abroad_counted_in: Counted | None = None
    """Of `abroad_share`: in another county the country's is used."""
    abroad_turnout: Annotated[float, Field(ge=0, le=1)] = 0.32
    """Turnout of Swedes abroad: 32 % in the riksdag election of 2022 (SCB)."""


MunicipalityCode = Annotated[str, Field(pattern=r"^\d{4}$")]


class Nesting(Model):
    """A larger area set that the closer one nests in."""

    key: str
    """Name of the source that says which area lies in which larger one."""
    area_set: str
    """Name of the larger set."""


class MailOrder(Model):
    """Who orders a mailing, and what is mailed; what is left out is a blank line to write on."""

    client: str = ""
    """Who orders and pays."""
    contact: str = ""
    """Who answers the vendor's questions: name, telephone or e-mail."""
    invoice: str = ""
    """Address and reference of the invoice."""
    format: str = ""
    """Of the printed matter, such as "A5, två sidor"."""
    weight_grams: Positive | None = None
    """Of one piece."""
    persons: ClassVar[frozenset[str]] = frozenset({"contact", "invoice"})
    """What may name a person: it is told to the vendor, and kept nowhere else."""


class Sender(Model):
    """Who gives out what anybody may read; what is left out is a line to write on."""

    name: Annotated[str, Field(max_length=120)] = ""
    """The party's or the district's name."""
    contact: Annotated[str, Field(max_length=200)] = ""
    """Where press turns: an office's page, address or telephone; it is printed, so no person's."""


class MailingBudget(Model):
    """What a mailing costs and how much money there is."""

    order: MailOrder = MailOrder()
    budget_sek: NotNegative
    """Money for each edition, in kronor."""
    cost_per_household_sek: Positive
    """Print and delivery, in kronor."""
    cost_source: str
    """Where the cost is from."""
    waves: Annotated[int, Field(ge=1, le=12)] = 1
    """Deliveries that the plan is split in."""
    editions: Annotated[tuple[MailingEdition, ...], Field(strict=False)] = ()
    """Each with a choice of its own; without any, one for the campaign's election and groups."""

    def faults(self, groups: Iterable[str]) -> list[Phrase]:
        """Return what of the editions does not fit the campaign's target groups."""
        names = [edition.name for edition in self.editions]
        return [
            *(Phrase("edition_stands_twice", name=name) for name in twice(names)),
            *(
                Phrase("edition_unknown_group", edition=edition.name, name=name, groups=groups)
                for edition in self.editions
                for name in edition.target_groups
                if name not in groups
            ),
            *(
                Phrase("edition_name_tells_group", edition=edition.name, name=name)
                for edition in self.editions
                for name in groups
                if name in re.findall(r"\w+", edition.name.casefold())
            ),
            *(
                Phrase("edition_group_twice", edition=edition.name)
                for edition in self.editions
                if twice(edition.target_groups)
            ),
        ]


COUNTIES = tuple(
    "01 03 04 05 06 07 08 09 10 12 13 14 17 18 19 20 21 22 23 24 25".split()  # noqa: SIM905
)
"""Codes of the 21 counties."""
CountyCode = Annotated[str, Field(pattern=r"^[0-9]{2}$")]


Codes = Annotated[tuple[CountyCode, ...], Field(strict=False)]
Counties = Annotated[
    Codes,
    BeforeValidator(
        lambda given: COUNTIES if given == "all" else given,
        json_schema_input_type=Codes | Literal["all"],
    ),
    Field(exclude_if=lambda codes: not codes),
]


class Campaign(Model):
    """One campaign: counties, area sets, election, groups, profiles, sources and limits."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$"), NotReserved]
    """For folders and files: the run is kept in `data/processed/<name>`."""
    title: str
    """What the campaign is called, on every page."""
    county_code: CountyCode | None = None
    """Two digits of the county, such as "01"; a campaign of several has `counties` instead."""
    counties: Counties = ()
    """Codes of the counties of a campaign in several, or "all" for the whole country."""
    seed: Annotated[int, Field(ge=0)]
    """Beginning of what is drawn by chance: the same gives the same figures again."""
    scored_set: str
    """The areas that are ranked, such as RegSO."""
    municipalities: Annotated[tuple[MunicipalityCode, ...], Field(strict=False)] = ()
    """Codes of the municipalities that it is about; without any, all of the county's."""
    closer_set: str | None = None
    """The small areas that residents are counted in and larger areas are made of; without one,
    residents are counted in those that are scored."""
    nesting: Nesting | None = None
    whole_municipalities: bool = False
    """Whether municipalities that the scored areas do not reach are ranked among them, an area
    each; else they are shown and not ranked."""
    top_k: Annotated[int, Field(ge=1)]
    """How many areas are "the first"."""
    minimum_count: Annotated[int, Field(ge=5)] = 10
    """A count of a sensitive group below it is not shown."""
    lost_count_tolerance: Annotated[float, Field(ge=0, le=0.05)] = 0.001
    """Share of a count that a join of area sets may lose before the run stops."""
    comparable_population_difference: Annotated[float, Field(ge=0, le=0.2)] = 0.05
    """Share that two vintages of an area may differ in residents and be compared."""
    cap_to_electorate: bool = False
    """Whether the groups' counts leave out electors beyond the residents counted in an area."""
    associations: str
    """Name of the list of associations and their areas."""
    associations_note: Text | None = None
    """What people must know of the associations' areas, such as that they are an example."""
    sender: Sender = Sender()
    counted_in: Counted | None = None
    """Whose areas `top_k` and the note on the associations were written for."""
    demo: bool = False
    """Whether the county is invented, as every output then says."""
    election: ElectionBasis
    target_groups: Annotated[dict[str, Weight], Field(min_length=1)]
    """Weight of each group by its name in `groups/`."""
    profiles: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    """Names in `profiles/` of the channels that areas are ranked for."""
    sources: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    """Names in `sources/` of the files that are read."""
    mailing: MailingBudget
    overlap: Overlap = Overlap()
    map: MapBase = MapBase()
    uncertainty: Uncertainty = CENTRAL
    effects: str = "published"
    """Name of the file in effects/ that the expected yield rests on."""
    typology: str = "bostadsmiljo"
    """Name of the file in typologies/ that areas are sorted into types by."""
    plan: Plan | None = None
    """Who works where, when and with how many hours; without it there is a mailing plan alone."""

    def first_of(self, areas: int, scored: int) -> int:
        """Return how many of a set's areas are "the first": the share that `top_k` is of `scored`.

        `scored` is how many areas the scored set has.
        """
        return max(1, round(self.top_k * areas / max(scored, 1)))

    @property
    def base_set(self) -> str:
        """The areas that residents are counted in."""
        return self.closer_set or self.scored_set

    @property
    def area_sets(self) -> list[str]:
        """The sets that are ranked: the scored one first."""
        return list(dict.fromkeys([self.scored_set, self.base_set]))

    @property
    def home(self) -> tuple[str, ...]:
        """Codes of its counties, in order."""
        return tuple(sorted(self.counties)) or (self.county_code or "",)

    @property
    def abroad_shares(self) -> dict[str, float]:
        """Swedes abroad, of the riksdag's electors: each county's own share, else the country's."""
        counted, given = self.election.abroad_counted_in, self.election.abroad_share
        return {
            code: given if counted is None or counted.county == code else NATIONAL_ABROAD_SHARE
            for code in self.home
        }

    @property
    def editions(self) -> tuple[MailingEdition, ...]:
        """The mailing's editions: its own, else one for the campaign's election.

        None where it has no channel of mailing.
        """
        if MAILING not in self.profiles:
            return ()
        return self.mailing.editions or (MailingEdition(name=self.election.basis),)

    def _own_faults(self) -> list[Phrase]:
        named = {"sources": self.sources, "profiles": self.profiles}
        faults = [
            Phrase("kind_stands_twice", kind=kind, name=name)
            for kind, names in named.items()
            for name in twice(names)
        ]
        away = [code for code in self.municipalities if code[:2] not in self.home]
        rules = {
            "nesting_is_closer_set": self.nesting and self.nesting.area_set == self.base_set,
            "county_or_counties": bool(self.county_code) == bool(self.counties),
            "county_stands_twice": twice(self.home),
            "municipalities_elsewhere": away,
        }
        faults += broken(rules, away=away, county_code=self.home)
        faults += self.mailing.faults(self.target_groups)
        faults += self.overlap.faults(self.target_groups, self.sources)
        faults += self.plan.faults(self.target_groups) if self.plan else []
        return faults
