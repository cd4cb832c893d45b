"""The plan's frame: calendar, people and hours, what work takes, floors and what is locked."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field

from geoprio.config.model import Date, Election, Model, NotNegative, Positive, Text, broken, twice
from geoprio.words import Phrase

Channel = Literal["canvass", "distribution", "stand", "organise", "mailing", "workplace"]
Reaching = Literal["canvass", "distribution", "stand", "mailing"]
"""What reaches target persons; a mailing has money of its own, and takes no hours."""
Worked = Literal["canvass", "distribution", "stand", "organise", "mailing"]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(gt=0, le=1)]
Count = Annotated[int, Field(ge=0, le=1000)]


class Phase(Model):
    """One phase of the campaign: its days, what is done in it, and for which election."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
    """For files and tables."""
    label: Text
    starts: Date
    """Its first day."""
    ends: Date
    """Its last day."""
    channels: Annotated[tuple[Channel, ...], Field(strict=False)]
    """What is done in it."""
    election: Election | None = None
    """The election that it is first of all about; else the campaign's."""
    message: Text | None = None
    """What is said first in it; else each area's own opening line."""

    def _own_faults(self) -> list[Phrase]:
        rules = {
            "phase_reversed": self.ends < self.starts,
            "phase_without_week": self.ends >= self.starts and not self.weeks,
            "phase_channel_twice": twice(self.channels),
        }
        return broken(rules, phase=self.name, starts=self.starts, ends=self.ends)

    @property
    def weeks(self) -> list[date]:
        """The Mondays of the weeks whose Thursday is in it: each week is one phase's alone."""
        first, last = date.fromisoformat(self.starts), date.fromisoformat(self.ends)
        monday = first + timedelta(days=(3 - first.weekday()) % 7 - 3)
        count = (last - monday - timedelta(days=3)).days // 7 + 1
        return [monday + timedelta(weeks=week) for week in range(count)]


class Crew(Model):
    """How many come to work, and how often: what an association plans with, not its members."""

    people: Count
    """Who come on an evening."""
    evenings_per_week: Annotated[float, Field(ge=0, le=14)] = 1.0
    """How many evenings a week they come."""
    hours_per_evening: Annotated[float, Field(gt=0, le=12)] = 2.5
    """Hours of an evening."""
    pledged_hours: NotNegative = 0.0
    """Hours a week that members active in their union have pledged to LO's own campaign."""

    @property
    def hours_per_week(self) -> float:
        """Hours of all who come, less what is pledged elsewhere; never below 0."""
        hours = self.people * self.evenings_per_week * self.hours_per_evening
        return max(hours - self.pledged_hours, 0.0)


class Homes(Model):
    """How fast doors are knocked in one kind of homes."""

    doors_per_hour: Positive
    """Doors that a pair knocks in an hour, once it is inside."""
    access_share: Rate = 1.0
    """Share of the doors that can be reached: a code at the gate shuts out the rest."""


class Doors(Model):
    """What the doors take, by tenure."""

    rental: Homes
    """Rented homes (hyresrätt)."""
    tenant_owned: Homes
    """Homes owned through a housing association (bostadsrätt)."""
    owned: Homes
    """Owner-occupied homes, mostly houses."""
    contact_share: Rate
    """Share of the doors knocked where somebody answers."""
    source: Annotated[str, Field(pattern=r"\S.{9,}")]
    """Where the figures are from."""
    together: Annotated[int, Field(ge=1, le=4)] = 2
    """Who knock a door together: a pair."""
    access: Annotated[dict[str, Rate], Field(max_length=10_000, default_factory=dict)]
    """Share of the doors that can be reached in an area that is known better, by its code."""

    def knocks(self, rounds: int) -> float:
        """Return how often a door is knocked where each is tried so many times until it opens."""
        return sum((1 - self.contact_share) ** one for one in range(rounds))


class Effort(Model):
    """One way to canvass an area: how much of it, and how many times."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
    """For files and tables."""
    label: Text
    doors_share: Rate
    """Share of the doors."""
    rounds: Annotated[int, Field(ge=1, le=5)] = 1
    """Times that a door is tried until somebody answers."""


class Distribution(Model):
    """Leaflets that members put through the letterboxes."""

    homes_per_hour: Positive
    """Homes that one person reaches in an hour."""
    sek_per_home: NotNegative
    """Print, in kronor."""
    worth: Share
    """Worth of a leaflet beside a conversation."""
    source: Annotated[str, Field(pattern=r"\S.{9,}")]
    """Where the figures are from."""


class Stand(Model):
    """A portable stand at a place that people pass."""

    hours: Positive
    """Hours of one time, for all who stand there."""
    met_per_hour: Positive
    """Persons who stop and talk, for each hour of one who stands there."""
    most_areas: Annotated[int, Field(ge=0, le=100)] = 4
    """Areas of an association that have one at most."""
    source: Annotated[str, Field(pattern=r"\S.{9,}")]
    """Where the figures are from."""


class Organise(Model):
    """Early organising: a first meeting with those who live there."""

    hours: Positive
    """Hours that an area takes."""
    most_areas: Annotated[int, Field(ge=0, le=20)] = 1
    """Areas of an association at most."""


class Floor(Model):
    """What must be reached of each association, municipality or target group, at the least."""

    per: Literal["association", "municipality", "group"]
    """Of what it is the least."""
    name: str | None = None
    """One of them; else each."""
    channel: Reaching | None = None
    """In one channel; else in all that take hours."""
    share: Rate
    """Share of its target persons to reach."""


class Lock(Model):
    """An area that must be in the plan, or must not."""

    area_code: Annotated[str, Field(min_length=1, max_length=64)]
    """The area."""
    channel: Worked
    """How it is worked."""
    wish: Literal["in", "out"]
    """Whether it must be in, or must not."""


class Sites(Model):
    """How far people go to a place: a stand, a meeting place, a cabin of the district's."""

    walk_km: Positive = 0.8
    """A walk, as the crow flies: whoever lives within it passes a stand."""
    cabins: Annotated[int, Field(ge=0, le=50)] = 0
    """Cabins that the district puts up: bases for those who knock on doors."""
    cabin_km: Positive = 4.0
    """How far from a cabin work is that it serves, as the crow flies."""
    hubs: Annotated[tuple[str, ...], Field(max_length=1000, strict=False)] = ()
    """Areas where many people pass: in these a stand may be, and people meet, where no place is
    named."""


class Round(Model):
    """The district's tour: a few good stops each day, from one place and back to it."""

    begins_at: Annotated[str, Field(pattern=r"\S")]
    """Name of the place that each day begins and ends at."""
    days: Annotated[tuple[Date, ...], Field(min_length=1, max_length=31, strict=False)]
    """Its days; a stop is made on one of them."""
    hours: Annotated[float, Field(gt=0, le=24)] = 8.0
    """Longest day, with the way back."""
    stop_hours: Annotated[float, Field(gt=0, le=24)] = 1.5
    """What a stop takes."""
    km_per_hour: Positive = 25.0
    """As the crow flies, in traffic."""
    most_per_municipality: Annotated[int, Field(ge=1, le=50)] = 1
    """Stops of a day in one municipality."""
    theme: str | None = None
    """A target group that the tour is for; else all of them."""


class Governing(Model):
    """What a party that governs a municipality says there: no more doors, a message."""

    done: Text
    """What has been achieved."""
    ahead: Text
    """What comes next."""


class Trade(Model):
    """A trade association: it visits the workplaces of its industries."""

    name: Annotated[str, Field(pattern=r"\S", max_length=80)]
    """What it is called."""
    industries: Annotated[tuple[str, ...], Field(min_length=1, max_length=30, strict=False)]
    """Industries as the list of workplaces has them; a code stands for all that begin with it."""
    crew: Crew
    """Who go on visits."""
    visit_hours: Annotated[float, Field(gt=0, le=24)] = 2.0
    """What a visit takes of each who goes."""
    together: Annotated[int, Field(ge=1, le=10)] = 2
    """Who go together."""


class Holdouts(Model):
    """Areas left alone by lot, so that one can see what the work did; leadership decides it."""

    pairs: Annotated[int, Field(ge=2, le=500)]
    """Pairs of areas as alike as can be: one of each is worked, and one is left."""
    decided: Date
    """Day of the decision."""
    paragraph: Annotated[str, Field(pattern=r"\S")]
    """Where it stands in the minutes."""


EFFORTS = (
    Effort(name="half", label=Text(sv="halva området", en="half of the area"), doors_share=0.5),
    Effort(name="whole", label=Text(sv="hela området", en="the whole area"), doors_share=1.0),
    Effort(
        name="twice",
        label=Text(sv="hela området, två varv", en="the whole area, twice"),
        doors_share=1.0,
        rounds=2,
    ),
)
"""The ways to canvass where a campaign names none."""


class Plan(Model):
    """Who works where, when and with how many hours (METHOD 7)."""

    with_run: bool = False
    """Whether every run makes it too."""
    status: Literal["proposal", "consulted"] = "proposal"
    """Förslag, or på remiss; it is decided by `geoprio freeze`."""
    example: bool = False
    """Whether people and hours are invented, as every page then says."""
    election_day: Date
    """Day of the election that the calendar ends with."""
    objective: Literal["yield", "persons"] = "yield"
    """What is to be as large as can be: conversations with persons in the target groups, each worth
    as much as one there is expected to give beside the average area, or their number alone."""
    crew: Crew
    """Of an association that `crews` does not name."""
    crews: Annotated[dict[str, Crew], Field(max_length=1000, default_factory=dict)]
    """By association."""
    phases: Annotated[tuple[Phase, ...], Field(min_length=1, max_length=12, strict=False)]
    """In the order of their days; they do not overlap."""
    doors: Doors
    efforts: Annotated[tuple[Effort, ...], Field(min_length=1, max_length=5, strict=False)] = (
        EFFORTS
    )
    """Ways to canvass, the smallest first."""
    distribution: Distribution | None = None
    stand: Stand | None = None
    organise: Organise | None = None
    material_sek: NotNegative = 0.0
    """Money that each association has for leaflets."""
    floors: Annotated[tuple[Floor, ...], Field(max_length=50, strict=False)] = ()
    locks: Annotated[tuple[Lock, ...], Field(max_length=1000, strict=False)] = ()
    wanted: Annotated[tuple[str, ...], Field(max_length=1000, strict=False)] = ()
    """Areas that associations ask to canvass: in the plan as far as their hours go, first first."""
    loan_km: Positive = 15.0
    """How far people travel at most to help another association."""
    holdouts: Holdouts | None = None
    sites: Sites = Sites()
    tour: Round | None = None
    governing: Annotated[dict[str, Governing], Field(max_length=300, default_factory=dict)]
    """By name of the municipality that the party governs with others or alone."""
    trades: Annotated[tuple[Trade, ...], Field(max_length=50, strict=False)] = ()

    def crew_of(self, association: str) -> Crew:
        """Return who come to work in an association."""
        return self.crews.get(association, self.crew)

    @property
    def mailed(self) -> "Plan":
        """The plan with the floors and locks of the mailing alone."""
        return self._bound(mailing=True)

    @property
    def worked(self) -> "Plan":
        """The plan with the floors and locks of what takes hours."""
        return self._bound(mailing=False)

    def _bound(self, *, mailing: bool) -> "Plan":
        floors = [one for one in self.floors if (one.channel == "mailing") == mailing]
        locks = [one for one in self.locks if (one.channel == "mailing") == mailing]
        return self.model_copy(update={"floors": tuple(floors), "locks": tuple(locks)})

    def phases_of(self, channel: str) -> list[Phase]:
        """Return the phases that a channel belongs to."""
        return [phase for phase in self.phases if channel in phase.channels]

    def _own_faults(self) -> list[Phrase]:
        names = [phase.name for phase in self.phases]
        pairs = zip(self.phases, self.phases[1:], strict=False)
        over = [(one, two) for one, two in pairs if two.starts <= one.ends]
        late = [phase.name for phase in self.phases if phase.ends > self.election_day]
        used: set[str] = {channel for phase in self.phases for channel in phase.channels}
        lacks = [
            name
            for name in ("distribution", "stand", "organise")
            if name in used and getattr(self, name) is None
        ]
        worked = used & {"canvass", "distribution", "stand"}
        apart = [
            one.channel or "canvass"
            for one in self.floors
            if one.channel != "mailing" and not ({one.channel} & used if one.channel else worked)
        ]
        sizes = [(effort.doors_share, effort.rounds) for effort in self.efforts]
        both = twice(f"{lock.area_code} {lock.channel}" for lock in self.locks)
        rules: Mapping[str, object] = {
            "phase_stands_twice": twice(names),
            "phases_overlap": over,
            "phase_after_election": late,
            "channel_without_rates": lacks,
            "efforts_not_rising": sizes != sorted(set(sizes)),
            "lock_twice": both,
            "floor_without_phase": apart,
            "trades_without_phase": self.trades and "workplace" not in used,
            "trade_twice": twice(trade.name for trade in self.trades),
        }
        return broken(
            rules,
            names=sorted(set(twice(names))),
            overlapping=[f"{one.name}, {two.name}" for one, two in over],
            late=late,
            lacks=lacks,
            apart=apart,
            day=self.election_day,
            locks=both,
        )

    def faults(self, groups: Collection[str]) -> list[Phrase]:
        """Return what of the floors does not fit the campaign's target groups."""
        named = [floor.name for floor in self.floors if floor.per == "group"]
        named += [self.tour.theme] if self.tour else []
        return [
            Phrase("floor_unknown_group", name=name, groups=groups)
            for name in named
            if name is not None and name not in groups
        ]
