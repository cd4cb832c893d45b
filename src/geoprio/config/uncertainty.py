"""How a campaign's figures, weights and methods are let vary when a ranking is tried."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.model import Model, Positive

NormaliseName = Literal["minmax", "zscore", "percentile", "rank_exponential", "none"]
AggregateName = Literal["arithmetic", "geometric", "topsis"]
Probability = Annotated[float, Field(ge=0, le=1)]


class Method(Model):
    """One way to make criteria into a score."""

    normalise: NormaliseName
    aggregate: AggregateName


class Uncertainty(Model):
    """What one draw lets vary, how many there are, and what is made of them (METHOD 6)."""

    draws: Annotated[int, Field(ge=1, le=1_000_000)] = 2000
    concentration: Positive | None = None
    """Of the Dirichlet distribution around the central weights: a weight that is the share p of
    them all has the variance p (1 - p) / (concentration + 1). None keeps the weights."""
    methods: Annotated[tuple[Method, ...], Field(min_length=1, strict=False)]
    """Each draw takes one of them, all as likely."""
    lognormal: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Indicators whose error is a factor, never below zero; that of others is normal."""
    clear_from: Probability = 0.9
    """P(top k) from which an area is a clear priority."""
    joint_to: Probability = 0.1
    """P(top k) up to which an area is left to the joint campaign."""

    @model_validator(mode="after")
    def _answers_apart(self) -> "Uncertainty":
        if self.joint_to >= self.clear_from:
            message = "`joint_to` is below `clear_from`"
            raise ValueError(message)
        return self


CENTRAL = Uncertainty(
    concentration=40.0,
    methods=(
        Method(normalise="percentile", aggregate="arithmetic"),
        Method(normalise="percentile", aggregate="geometric"),
        Method(normalise="zscore", aggregate="arithmetic"),
    ),
)
"""What varies where a campaign says nothing."""
