"""How many of each target group live where: one function per method, one frame out (METHOD 3)."""

from collections.abc import Callable, Mapping

import pandas as pd

from geoprio.config import Group
from geoprio.config.groups import Total
from geoprio.counts import Evidence
from geoprio.errors import ConfigError
from geoprio.groups.measures import Held, choose_estimator, held_of, measured, proxied
from geoprio.groups.synthetic import synthetic
from geoprio.tables import GROUPS, NO_ELECTION, check

COLUMNS = [
    *("group", "election", "base", "count", "se", "low", "high", "share", "share_se"),
    *("method", "source"),
]

Estimator = Callable[[str, Group, Evidence], pd.DataFrame | None]
ESTIMATORS: dict[str, Estimator] = {"measured": measured, "synthetic": synthetic, "proxy": proxied}
"""By name; `choosing` says which one locates a group."""


def estimate_groups(
    groups: Mapping[str, Group], evidence: Evidence, *, election: str = NO_ELECTION
) -> pd.DataFrame:
    """Return every group's count, share and 90 % interval in every area.

    Counts are persons of the group's own base (residents, adults or electorate), as published:
    `align_groups` brings them to the electorates.

    Parameters
    ----------
    groups
        Target groups by name.
    evidence
        What is known of the areas and of the larger ones that they lie in.
    election
        What the rows are called by; their own base belongs to none.

    Returns
    -------
    estimates
        GROUPS, sorted by area and group. NaN means unknown; `method` says how each was found.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import Group, estimate_groups
    >>> from geoprio.groups import Evidence
    >>> words = {"sv": "Kvinnor", "en": "Women"}
    >>> measure = {"count": "adult_women_count", "of": "adults_count", "base": "adults"}
    >>> women = Group.model_validate(
    ...     {"label": words, "question": words, "definition": words, "measures": [measure]}
    ... )
    >>> codes = pd.Index(["a", "b"], name="area_code")
    >>> evidence = Evidence(
    ...     counts=pd.DataFrame(
    ...         {"adult_women_count": [300.0, 90.0], "adults_count": [500.0, 200.0]}, index=codes
    ...     ),
    ...     parents=(),
    ...     electors=pd.Series([480.0, 190.0], codes),
    ...     indicators=pd.DataFrame(index=codes),
    ...     origins={"adult_women_count": "SCB 2024"},
    ... )
    >>> estimate_groups({"women": women}, evidence)[["group", "count", "share", "method"]]
               group  count  share     method
    area_code
    a          women  300.0   0.60  published
    b          women   90.0   0.45  published
    """
    held = held_of(evidence)
    parts = [
        _located(name, group, evidence, held).assign(group=name, election=election)
        for name, group in groups.items()
    ]
    frame = pd.concat(parts)[COLUMNS].sort_values("group", kind="stable")
    return check(frame.sort_index(kind="stable").rename_axis("area_code"), GROUPS)


def _located(name: str, group: Group, evidence: Evidence, held: Held) -> pd.DataFrame:
    chosen = choose_estimator(name, group, held)
    several = group.total and group.total.counties and len(set(evidence.county)) > 1
    if chosen != "measured" and group.total and several:
        return _by_county(name, group, group.total, evidence)
    found = ESTIMATORS[chosen](name, group, evidence)
    if found is None:
        raise ConfigError("method_without_figures", name=name, chosen=chosen)
    if "share_se" in found:
        return found
    per_person = found["share"] / found["count"].where(found["count"] > 0)
    return found.assign(share_se=(found["se"] * per_person).fillna(0).where(found["se"].notna()))


def _by_county(name: str, group: Group, total: Total, evidence: Evidence) -> pd.DataFrame:
    """Return what is located by rates or a proxy, each county by itself with its own total."""
    parts = []
    for code, areas in evidence.county.groupby(evidence.county).groups.items():
        counted = total.of_county(str(code))
        own = {key: getattr(counted, key) for key in ("count", "cv", "source")}
        there = group.model_copy(update={"total": total.model_copy(update=own)})
        known = evidence.within(areas)
        parts.append(_located(name, there, known, held_of(known)))
    return pd.concat(parts).loc[evidence.counts.index]
