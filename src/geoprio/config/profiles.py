"""Profiles: one channel's criteria, their weights and its levels in words."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.model import Direction, Model, Text, Weight


class Criterion(Model):
    """An indicator with a wanted direction and a weight."""

    indicator: str
    direction: Direction
    weight: Weight
    label: Text
    strong: Text
    """What a reason says where the criterion raises the score; `{value}` is the area's figure."""
    weak: Text
    """What a reason says where it lowers the score."""

    @model_validator(mode="after")
    def _known_blanks(self) -> "Criterion":
        words = " ".join([*self.strong.model_dump().values(), *self.weak.model_dump().values()])
        if set("{}") & set(words.replace("{value}", "")):
            message = "`strong` and `weak` know one blank: {value}"
            raise ValueError(message)
        return self


class Level(Model):
    """One of the levels in words, for areas at or above a percentile of the score."""

    name: str
    label: Text
    from_percentile: Annotated[float, Field(ge=0, le=100)]
    actions: Text


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
    levels: Annotated[tuple[Level, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _levels_fall(self) -> "Profile":
        cuts = [level.from_percentile for level in self.levels]
        if cuts != sorted(set(cuts), reverse=True) or (cuts and cuts[-1] != 0):
            message = "levels go from the highest `from_percentile` down to 0, each cut once"
            raise ValueError(message)
        if len({level.name for level in self.levels}) < len(self.levels):
            message = "two levels have one name"
            raise ValueError(message)
        names = [criterion.indicator for criterion in self.criteria]
        if len(set(names)) < len(names):
            message = "an indicator stands twice among the criteria"
            raise ValueError(message)
        return self
