"""One campaign: what election staff decide."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.editions import MailingEdition
from geoprio.config.faults import RefusedError
from geoprio.config.map_base import MapBase
from geoprio.config.model import Election, Model, NotNegative, Positive, Text, Weight
from geoprio.config.overlap import Overlap
from geoprio.config.uncertainty import CENTRAL, Uncertainty


class ElectionBasis(Model):
    """The election whose figures are used, and the one that is planned for."""

    basis: Election
    year: int
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    plans_for: Text
    unassigned_party_votes: Literal["spread", "omit"] = "spread"
    abroad_share: Annotated[float, Field(ge=0, lt=0.5)] = 0.026
    """Swedes abroad, of the riksdag's electors, where no file counts foreign citizens: about
    200,000 of the country's 7.8 million in 2022. A county's own share differs."""


class Nesting(Model):
    """A larger area set that the closer one nests in."""

    key: str
    """Name of the source that says which area lies in which larger one."""
    area_set: str
    """Name of the larger set."""


class MailingBudget(Model):
    """What a mailing costs and how much money there is."""

    budget_sek: NotNegative
    cost_per_household_sek: Positive
    cost_source: str
    waves: Annotated[int, Field(ge=1, le=12)] = 1
    editions: Annotated[tuple[MailingEdition, ...], Field(strict=False)] = ()
    """Each with a choice of its own; without any, one for the campaign's election and groups."""

    def faults(self, groups: Iterable[str]) -> list[str]:
        """Return what of the editions does not fit the campaign's target groups."""
        names = [edition.name for edition in self.editions]
        twice = sorted({name for name in names if names.count(name) > 1})
        return (
            [f"mailing.editions: {name} stands twice" for name in twice]
            + [
                f"mailing.editions: {edition.name}: {name} is no target group of the campaign;"
                f" expected {', '.join(groups)}"
                for edition in self.editions
                for name in edition.target_groups
                if name not in groups
            ]
            + [
                f"mailing.editions: {edition.name}: whoever delivers it reads the name; expected it"
                f" without {name}"
                for edition in self.editions
                for name in groups
                if name in re.findall(r"\w+", edition.name.casefold())
            ]
            + [
                f"mailing.editions: {edition.name}: a target group stands twice"
                for edition in self.editions
                if len(set(edition.target_groups)) < len(edition.target_groups)
            ]
        )


class Campaign(Model):
    """One campaign: county, area sets, election, groups, profiles, sources and limits."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
    title: str
    county_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    seed: Annotated[int, Field(ge=0)]
    scored_set: str
    closer_set: str
    """The small areas that residents are counted in and larger areas are made of."""
    nesting: Nesting
    top_k: Annotated[int, Field(ge=1)]
    minimum_count: Annotated[int, Field(ge=5)] = 10
    lost_count_tolerance: Annotated[float, Field(ge=0, le=0.05)] = 0.001
    comparable_population_difference: Annotated[float, Field(ge=0, le=0.2)] = 0.05
    cap_to_electorate: bool = False
    """Whether the groups' counts leave out electors beyond the residents counted in an area."""
    associations: str
    associations_note: Text | None = None
    """What people must know of the associations' areas, such as that they are an example."""
    demo: bool = False
    election: ElectionBasis
    target_groups: Annotated[dict[str, Weight], Field(min_length=1)]
    profiles: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    sources: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    mailing: MailingBudget
    overlap: Overlap = Overlap()
    map: MapBase = MapBase()
    uncertainty: Uncertainty = CENTRAL
    effects: str = "published"
    """Name of the file in effects/ that the expected yield rests on."""
    typology: str = "bostadsmiljo"
    """Name of the file in typologies/ that areas are sorted into types by."""

    @property
    def editions(self) -> tuple[MailingEdition, ...]:
        """The mailing's editions: its own, else one for the campaign's election."""
        return self.mailing.editions or (MailingEdition(name=self.election.basis),)

    @model_validator(mode="after")
    def _named_once(self) -> "Campaign":
        named = {"sources": self.sources, "profiles": self.profiles}
        twice = [
            f"{kind}: {name} stands twice"
            for kind, names in named.items()
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        if self.nesting.area_set == self.closer_set:
            twice.append("nesting.area_set is the closer set itself; expected a larger one")
        twice += self.mailing.faults(self.target_groups)
        twice += self.overlap.faults(self.target_groups, self.sources)
        if twice:
            raise RefusedError(twice)
        return self
