"""What a contact does to turnout, and how the groups differ: published figures with sources."""

from typing import Annotated

from pydantic import Field, model_validator

from geoprio.config.model import Model, Positive

OpenShare = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Source = Annotated[str, Field(pattern=r"\S.{9,}")]
"""Where a figure was read; a figure without one is refused."""


class Factor(Model):
    """A published rate among those in a group and among all others."""

    inside_share: OpenShare
    outside_share: OpenShare
    source: Source


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
    source: Source


class Effect(Model):
    """What one contact does, as a distribution: its mean is that of the trials."""

    studies: Annotated[tuple[Study, ...], Field(min_length=1, strict=False)]
    sd: Positive
    sd_source: Source
    persuasion: Persuasion | None = None
    """Off where it is left out: the evidence says about zero."""

    @property
    def mean(self) -> float:
        """Mean over the trials of the share of contacted non-voters who then vote."""
        shares = [study.persuaded_to_vote_share for study in self.studies]
        return sum(shares) / len(shares)

    @model_validator(mode="after")
    def _is_a_share(self) -> "Effect":
        room = self.mean * (1 - self.mean)
        if self.mean >= 1 or self.sd**2 >= room:
            message = (
                f"the trials' mean is {self.mean:.3f}; expected a share below 1 and an `sd` below"
                f" {max(room, 0) ** 0.5:.3f}"
            )
            raise ValueError(message)
        return self


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

    @model_validator(mode="after")
    def _mail_is_weaker(self) -> "Effects":
        if self.mailing.mean >= self.conversation.mean:
            message = "a letter does more than a conversation; expected `mailing` below it"
            raise ValueError(message)
        return self
