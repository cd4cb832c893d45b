"""Which method locates each group, and why: the one place that decides (METHOD 3)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from geoprio.config import Group, Measure
from geoprio.counts import Evidence
from geoprio.errors import ConfigError
from geoprio.words import Phrase

Z90 = 1.6448536269514722
"""Half-width of a 90 % interval in standard errors."""
NONE = "unknown"
ADULTS = "adults_count"


@dataclass(frozen=True)
class Held:
    """Names of what is known of an area set, and how near it is published."""

    own: frozenset[str]
    """Count columns published for the areas, or for all parts of some."""
    moved: frozenset[str]
    """Count columns moved from areas that do not nest."""
    above: frozenset[str]
    """Count columns published for larger areas."""
    indicators: frozenset[str]

    @property
    def columns(self) -> frozenset[str]:
        """Every count column, however far away."""
        return self.own | self.moved | self.above


Possible = Callable[[Group, Held], bool]


def _measurable(group: Group, held: Held) -> bool:
    return choose_measure(group, held) is not None


def _proxied(group: Group, held: Held) -> bool:
    proxy = group.proxy
    return proxy is not None and {item.indicator for item in proxy.indicators} <= held.indicators


def _synthesised(group: Group, held: Held) -> bool:
    rates = group.synthetic
    given = held.own | held.moved
    return rates is not None and ADULTS in held.columns and bool(rates.columns & given)


POSSIBLE: dict[str, Possible] = {
    "measured": _measurable,
    "synthetic": _synthesised,
    "proxy": _proxied,
}
"""By estimator, in order of preference: whether what is known is enough for it."""


def held_of(evidence: Evidence) -> Held:
    """Return the names of what evidence holds."""
    moved = _named(evidence.errors)
    return Held(
        own=_known(evidence.counts) - moved,
        moved=_known(evidence.counts) & moved,
        above=frozenset().union(*(_known(parent.counts) for parent in evidence.parents)),
        indicators=_known(evidence.indicators),
    )


def choose_measure(group: Group, held: Held) -> Measure | None:
    """Return the first measure that is known of the areas, else the first of larger ones."""
    for known in (held.own | held.moved, held.columns):
        for measure in group.measures:
            if {measure.count, measure.of} <= known:
                return measure
    return None


def choose_estimator(name: str, group: Group, held: Held) -> str:
    """Return the name of the estimator that locates a group; an error lists what is known."""
    for estimator, possible in POSSIBLE.items():
        if possible(group, held):
            return estimator
    wanted = ", ".join(repr(measure.count) for measure in group.measures) or Phrase(
        "its_indicators"
    )
    given = ", ".join(sorted(held.columns if group.measures else held.indicators))
    raise ConfigError("count_not_given", name=name, wanted=wanted, given=given)


def choose_methods(groups: Mapping[str, Group], held: Held) -> pd.DataFrame:
    """Return `method` of METHOD 3 (`unknown` where none can), `measure` and `why` by group.

    `measure` is the count column ("" for none) and `why` the key of a text.
    """
    rows = {name: _choice(group, held) for name, group in groups.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["method", "measure", "why"])
    return frame.rename_axis("group")


def _choice(group: Group, held: Held) -> tuple[str, str, str]:
    found = next((name for name, possible in POSSIBLE.items() if possible(group, held)), NONE)
    measure = choose_measure(group, held)
    if found != "measured" or measure is None:
        return found, "", f"why_{found}"
    pair = {measure.count, measure.of}
    if pair <= held.own:
        return "published", measure.count, "why_published"
    if pair <= held.own | held.moved:
        return "prorated", measure.count, "why_moved"
    return "prorated", measure.count, "why_prorated"


def _known(counts: pd.DataFrame) -> frozenset[str]:
    return frozenset(map(str, counts.columns[counts.notna().any()]))


def _named(errors: pd.DataFrame | None) -> frozenset[str]:
    # What lies whole in its area everywhere is not moved at all.
    return (
        frozenset() if errors is None else frozenset(map(str, errors.columns[errors.gt(0).any()]))
    )
