"""Profiles: one channel's criteria, their weights and what each verdict asks for."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from geoprio.config.faults import nearest
from geoprio.config.model import (
    Counted,
    Direction,
    Indicator,
    Model,
    NotNegative,
    Positive,
    Text,
    Weight,
    broken,
    twice,
)
from geoprio.errors import ConfigError
from geoprio.words import Phrase

BLANK = re.compile(r"\{value(?:\|([^{}|]*)\|([^{}|]*)\|([^{}|]*))?\}")
"""Where a text shows the area's figure."""
ORIGIN_OR_UNION = re.compile(
    r"\bLO\b|(?i:\bfack|\bunion|invandr|migra|utrikes|utländsk|utomlands|bakgrund|ursprung"
    r"|född|medborg|etnisk|foreign|\bborn\b|origin|background|ethnic|citizen)"
)


class PublicTexts(Model):
    """What associations and the public are told: no figure, no origin, no union (METHOD 10)."""

    strong: Text
    weak: Text

    def _own_faults(self) -> list[Phrase]:
        texts = _texts(self.strong, self.weak)
        found = [ORIGIN_OR_UNION.search(words) for words in texts]
        faults = broken({"public_text_with_figure": set("{}") & set("".join(texts))})
        return faults + [Phrase("public_text_names_origin", found=it[0]) for it in found if it]


class Tried(Model):
    """An indicator that scenarios alone weigh: no part of the decided score, nor of its reasons."""

    indicator: Indicator
    direction: Direction
    label: Text


class Criterion(Tried):
    """An indicator with a wanted direction and a weight."""

    weight: Weight
    strong: Text
    """Main clause of a reason where the criterion raises the score, without capital and full stop.

    `{value}` is the area's figure; `{value|none|one|many}` gives the words for 0, for 1 and for
    more, `#` being the figure.
    """
    weak: Text
    """Main clause of a reason where it lowers the score."""
    public: PublicTexts | None = None
    """The same for associations and the public; None where they are told nothing of it."""

    def _own_faults(self) -> list[Phrase]:
        told = [BLANK.subn("", words) for words in _texts(self.strong, self.weak)]
        wrong = any(times > 1 or set("{}") & set(rest) for rest, times in told)
        return broken({"strength_blanks_wrong": wrong})


def _texts(*texts: Text) -> list[str]:
    return [words for item in texts for words in item.model_dump().values()]


class Actions(Model):
    """What to do in an area of each verdict (METHOD 6), in their order."""

    full: Text
    ask: Text
    """A question to those who know the area: never an order to go to every door."""
    complement: Text
    keep: Text
    joint: Text


Percentile = Annotated[float, Field(ge=0, le=100)]


class Cuts(Model):
    """Percentiles of the score where the areas part that are clearly not among the first."""

    complement: Percentile = 40
    """Those at or above it are told to complement."""
    keep: Percentile = 15
    """Those at or above it are told to keep in touch; those below, to leave it to the joint one."""

    def _own_faults(self) -> list[Phrase]:
        return broken({"cuts_not_falling": self.complement <= self.keep})


class Scenario(Model):
    """Other weights that leadership may try on the map; they decide nothing."""

    label: Text
    weights: dict[str, NotNegative]
    """By indicator; a criterion that is not named keeps its central weight, and what is `tried`
    counts only where it is named."""


class Profile(Model):
    """One channel's criteria and the way they become a score."""

    label: Text
    question: Text
    treat: str = "none"
    """How outliers are treated: a name in `scoring.TREAT`."""
    normalise: str
    """How criteria are put on one scale: a name in `scoring.NORMALISE`."""
    aggregate: str = "arithmetic"
    """How criteria are weighed together: a name in `scoring.AGGREGATE`."""
    impute: Literal["none", "municipality"] = "none"
    """What a missing criterion becomes: unknown, or the mean of the municipality's known areas."""
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, strict=False)]
    cuts: Cuts = Cuts()
    actions: Actions | None = None
    tried: Annotated[tuple[Tried, ...], Field(strict=False, max_length=5)] = ()
    scenarios: Annotated[tuple[Scenario, ...], Field(strict=False, max_length=5)] = ()

    def _own_faults(self) -> list[Phrase]:
        names = [item.indicator for item in (*self.criteria, *self.tried)]
        return broken({"criterion_stands_twice": twice(names)}) + [
            Phrase("scenario_weights_wrong", number=i, weights=one.weights, names=names)
            for i, one in enumerate(self.scenarios)
            if not set(one.weights) <= set(names) or not any(self.weights(one).values())
        ]

    def weights(self, scenario: Scenario | None = None) -> dict[str, float]:
        """Return the weight of each criterion by its indicator, in a scenario or the central."""
        central = {criterion.indicator: criterion.weight for criterion in self.criteria}
        if scenario is None:
            return central
        return central | {item.indicator: 0.0 for item in self.tried} | scenario.weights

    def weighted(self, **weights: float) -> "Profile":
        """Return the profile with other weights, by indicator; 0 takes a criterion out.

        ConfigError: A name is no criterion's, or nothing is left.
        """
        central = self.weights()
        for name in weights:
            if name not in central:
                near = nearest(name, central)
                hint = Phrase("near_of", near=near) if near else ""
                raise ConfigError("weight_of_nothing", name=name, known=central, hint=hint)
        given = {name: weight for name, weight in (central | weights).items() if weight}
        if not given:
            raise ConfigError("weights_all_zero", known=central)
        kept = [item for item in self.criteria if item.indicator in given]
        return self._of(Criterion(**{**dict(it), "weight": given[it.indicator]}) for it in kept)

    def with_criterion(
        self, indicator: str, weight: float, *, label: str = "", direction: Direction = "high"
    ) -> "Profile":
        """Return the profile with a criterion more, such as a figure of one's own."""
        name = label or indicator
        words = Text(sv=name, en=name)
        own = Criterion(
            indicator=indicator,
            direction=direction,
            label=words,
            weight=weight,
            strong=words,
            weak=words,
        )
        return self._of([*self.criteria, own])

    def _of(self, criteria: Iterable[Criterion]) -> "Profile":
        # A scenario may weigh what is no criterion any more.
        return Profile(**{**dict(self), "criteria": tuple(criteria), "scenarios": ()})


class Trait(Model):
    """One indicator that types are told apart by, and what a high or low one is called."""

    indicator: Indicator
    form: Literal["home", "before", "with", "where"]
    """Its place in a name: <before> <home> with <with> <where>."""
    high: Text | None = None
    low: Text | None = None
    inside: bool = False
    """Whether its words are for the election leadership alone, as those of incomes are."""
    log: bool = False
    """Whether its logarithm is used, for what differs by times rather than by points."""

    def _own_faults(self) -> list[Phrase]:
        has_high, has_low = self.high is not None, self.low is not None
        rules = {
            "trait_without_word": not has_high and not has_low,
            "home_with_low": self.form == "home" and (has_low or not has_high),
        }
        return broken(rules, indicator=self.indicator)


class Typology(Model):
    """How areas are sorted into types and how the types are named."""

    label: Text
    least_types: Annotated[int, Field(ge=2)]
    """Fewest types that are tried."""
    most_types: Annotated[int, Field(le=20)]
    """Most types that are tried."""
    noticeable_sd: Positive
    """Standard deviations from the average area from which a trait is worth a word."""
    words: Annotated[int, Field(ge=1, le=4)]
    """Traits that a name has beside the home; more only where two types would share a name."""
    mixed_home: Text
    """What those who live there are called where no home stands out."""
    mixed_with: Text
    traits: Annotated[tuple[Trait, ...], Field(min_length=2, strict=False)]

    def _own_faults(self) -> list[Phrase]:
        rules = {
            "trait_stands_twice": twice(trait.indicator for trait in self.traits),
            "types_reversed": self.least_types > self.most_types,
        }
        return broken(rules)


OpenShare = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]
_SOURCE = "Where the figure was read; a figure without one is refused."
Source = Annotated[str, Field(pattern=r"\S.{9,}", description=_SOURCE)]


class Factor(Model):
    """A published rate among those in a group and among all others."""

    inside_share: OpenShare
    """Rate of those in the group."""
    outside_share: OpenShare
    """Rate of all others."""
    source: Source
    counted_in: Counted | None = None


class Study(Model):
    """One field trial."""

    effect_points: Positive
    """Percentage points of turnout per contacted person."""
    stayed_home_share: OpenShare
    """Share of the controls that did not vote."""
    source: Source

    @property
    def persuaded_to_vote_share(self) -> float:
        """Share of the contacted non-voters who then vote (METHOD 5)."""
        return self.effect_points / 100 / self.stayed_home_share


class Persuasion(Model):
    """Share of the contacted voters of other parties who then change to the party."""

    share: Share
    """Of those contacted."""
    source: Source


class Effect(Model):
    """What one contact does, as a distribution: its mean is that of the trials."""

    studies: Annotated[tuple[Study, ...], Field(min_length=1, strict=False)]
    sd: Positive
    """Standard deviation of the share who then vote, beyond the trials."""
    sd_source: Source
    persuasion: Persuasion | None = None
    """Off where it is left out: the evidence says about zero."""

    @property
    def mean(self) -> float:
        """Mean over the trials of the share of contacted non-voters who then vote."""
        shares = [study.persuaded_to_vote_share for study in self.studies]
        return sum(shares) / len(shares)

    @property
    def stayed_home_share(self) -> float:
        """Mean over the trials of the share of the controls that did not vote."""
        return sum(study.stayed_home_share for study in self.studies) / len(self.studies)

    def _own_faults(self) -> list[Phrase]:
        room = self.mean * (1 - self.mean)
        rules = {"trials_not_a_share": self.mean >= 1 or self.sd**2 >= room}
        return broken(rules, mean=self.mean, highest=max(room, 0) ** 0.5)


class FirstTime(Model):
    """First-time voters answer more to a conversation."""

    group: str
    """The group that they are a part of."""
    share: Share
    """First-time voters, of the group."""
    share_source: Source
    times: Positive
    """How many times larger the effect is on them."""
    source: Source


class Canvassing(Model):
    """What an hour of canvassing gives."""

    doors_per_hour: Positive
    """Doors that one pair knocks on."""
    doors_source: Source
    contact_share: OpenShare
    """Doors where someone answers, of all doors."""
    contact_source: Source


class Effects(Model):
    """Everything that the expected yield rests on (METHOD 5)."""

    turnout: dict[str, Factor]
    """By group; a group that is left out has no published difference, and is taken as the rest."""
    support: dict[str, Factor]
    conversation: Effect
    mailing: Effect
    first_time: FirstTime | None = None
    canvassing: Canvassing

    def _own_faults(self) -> list[Phrase]:
        stronger = self.mailing.mean >= self.conversation.mean
        return broken({"mailing_above_conversation": stronger})


class Message(Model):
    """One profile question, told where its figure makes it matter."""

    label: Text
    indicator: Indicator
    direction: Direction
    threshold: float
    """The figure from which the line is true enough to open with, in the indicator's unit."""
    line: Text
    """The opening line; `{value}` is the area's figure."""
    larger: Text | None = None
    """The line where only the figure of a larger area is known: `{place}` is its name, and
    `{value}` its figure. Without it nothing is told there."""

    def _own_faults(self) -> list[Phrase]:
        told = _texts(self.line)
        larger = _texts(self.larger) if self.larger else []
        lines = [*told, *larger]
        whole = [line.endswith((".", "!", "?")) and line == line.strip() for line in lines]
        bare = "".join(told).replace("{value}", "")
        bare += "".join(larger).replace("{value}", "").replace("{place}", "")
        rules = {
            "line_blanks_wrong": set("{}") & set(bare),
            "line_no_sentence": not all(whole),
            "larger_without_place": not all("{place}" in line for line in larger),
        }
        return broken(rules)


class LocalQuestions(Model):
    """The question that each association has chosen for itself."""

    local: dict[str, Text]
    """By association, as it is named among the campaign's associations."""
