"""Profiles: one channel's criteria, their weights and its levels in words."""

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.model import Direction, Model, NotNegative, Text, Weight

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

    @model_validator(mode="after")
    def _silent_of_origin_and_union(self) -> "PublicTexts":
        for words in _texts(self.strong, self.weak):
            if set("{}") & set(words):
                message = "a public text shows no figure: take the blank out"
                raise ValueError(message)
            found = ORIGIN_OR_UNION.search(words)
            if found:
                message = (
                    "a public text names neither origin nor union"
                    f" (found {found[0]!r}): write 'partiets målgrupper'"
                )
                raise ValueError(message)
        return self


class Criterion(Model):
    """An indicator with a wanted direction and a weight."""

    indicator: str
    direction: Direction
    weight: Weight
    label: Text
    strong: Text
    """Main clause of a reason where the criterion raises the score, without capital and full stop.

    `{value}` is the area's figure; `{value|none|one|many}` gives the words for 0, for 1 and for
    more, `#` being the figure.
    """
    weak: Text
    """Main clause of a reason where it lowers the score."""
    public: PublicTexts | None = None
    """The same for associations and the public; None where they are told nothing of it."""

    @model_validator(mode="after")
    def _known_blanks(self) -> "Criterion":
        for words in _texts(self.strong, self.weak):
            rest, found = BLANK.subn("", words)
            if found > 1 or set("{}") & set(rest):
                message = (
                    "`strong` and `weak` know one blank, once: {value} or {value|none|one|many}"
                )
                raise ValueError(message)
        return self


def _texts(*texts: Text) -> list[str]:
    return [words for item in texts for words in item.model_dump().values()]


class Level(Model):
    """One of the levels in words, for areas at or above a percentile of the score."""

    name: str
    label: Text
    from_percentile: Annotated[float, Field(ge=0, le=100)]
    actions: Text


class Scenario(Model):
    """Other weights that leadership may try on the map; they decide nothing."""

    label: Text
    weights: dict[str, NotNegative]
    """By indicator; a criterion that is not named keeps its central weight."""


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
    scenarios: Annotated[tuple[Scenario, ...], Field(strict=False, max_length=5)] = ()

    @model_validator(mode="after")
    def _levels_fall(self) -> "Profile":
        cuts = [level.from_percentile for level in self.levels]
        if cuts != sorted(set(cuts), reverse=True) or (cuts and cuts[-1] != 0):
            message = "levels go from the highest `from_percentile` down to 0, each cut once"
            raise ValueError(message)
        if len({level.name for level in self.levels}) < len(self.levels):
            message = "`levels`: two have one name"
            raise ValueError(message)
        names = [criterion.indicator for criterion in self.criteria]
        if len(set(names)) < len(names):
            message = "`criteria`: an indicator stands twice"
            raise ValueError(message)
        for number, scenario in enumerate(self.scenarios):
            if not set(scenario.weights) <= set(names) or not any(self.weights(scenario).values()):
                message = (
                    f"scenarios.{number}: found weights for"
                    f" {', '.join(scenario.weights)}; expected one or more of {', '.join(names)},"
                    " not all of them 0"
                )
                raise ValueError(message)
        return self

    def weights(self, scenario: Scenario | None = None) -> dict[str, float]:
        """Return the weight of each criterion by its indicator, in a scenario or the central."""
        central = {criterion.indicator: criterion.weight for criterion in self.criteria}
        return central | (scenario.weights if scenario else {})
