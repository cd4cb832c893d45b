"""How the target groups overlap: what is known of it, and how a voter in several counts."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field, model_validator

from geoprio.config.faults import RefusedError, nearest
from geoprio.config.model import CountColumn, Model, Positive

Combine = Literal["sum", "max", "any"]
GroupPair = Annotated[tuple[str, str], Field(strict=False)]


class OddsRatio(Model):
    """How many times the odds of one group rise for those who belong to the other."""

    groups: GroupPair
    ratio: Positive
    source: Annotated[str, Field(pattern=r"\S")]


class TwoWayTable(Model):
    """Columns of a published two-way table of two groups, among whomever it counts."""

    groups: GroupPair
    both: CountColumn
    first: CountColumn
    second: CountColumn
    of: CountColumn


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

    @model_validator(mode="after")
    def _one_seed(self) -> "Overlap":
        faults = []
        if (self.joint is None) != (not self.cells):
            faults.append("`joint` and `cells` belong together: the source, and its groups' order")
        if self.joint is not None and self.odds_ratios:
            faults.append("`joint` holds all odds ratios already; take `odds_ratios` out")
        if len(set(self.cells)) < len(self.cells):
            faults.append("`cells` names a group twice")
        for kind, given in (("odds_ratios", self.odds_ratios), ("pairs", self.pairs)):
            named = [frozenset(item.groups) for item in given]
            if len(set(named)) < len(named) or any(len(pair) == 1 for pair in named):
                faults.append(f"`{kind}`: each pair is of two groups and stands once")
        if faults:
            raise RefusedError(faults)
        return self

    def faults(self, groups: Collection[str], sources: Collection[str]) -> list[str]:
        """Return what does not fit the campaign's groups and sources."""
        found = []
        if self.joint is not None and self.joint not in sources:
            near = nearest(self.joint, sources)
            hint = f"; did you mean {near!r}?" if near else ""
            found.append(f"overlap.joint: {self.joint!r} is not among the sources{hint}")
        # A table may count a group that the campaign does not have; a misspelt name is a fault.
        left = [name for name in groups if name not in self.cells]
        for name in self.cells:
            near = "" if name in groups else nearest(name, left)
            if near:
                found.append(f"overlap.cells: unknown group {name!r}; did you mean {near!r}?")
        if self.cells and not set(self.cells) & set(groups):
            found.append("overlap.cells: none of them is a target group")
        for kind, given in (("odds_ratios", self.odds_ratios), ("pairs", self.pairs)):
            unknown = sorted({name for item in given for name in item.groups} - set(groups))
            if unknown:
                found.append(
                    f"overlap.{kind}: unknown group {', '.join(unknown)};"
                    f" expected two of {', '.join(groups)}"
                )
        return found
