"""How many of each target group live where: one function per method, one frame out (METHOD 3)."""

from collections.abc import Callable, Mapping

import pandas as pd

from geoprio.config import Group
from geoprio.errors import ConfigError
from geoprio.groups.evidence import Evidence
from geoprio.groups.measured import measured
from geoprio.groups.proxied import proxied
from geoprio.groups.synthetic import synthetic
from geoprio.schemas import GROUPS, check

COLUMNS = ["group", "election", "base", "count", "se", "low", "high", "share", "method", "source"]

Estimator = Callable[[str, Group, Evidence], pd.DataFrame | None]
ESTIMATORS: dict[str, Estimator] = {
    "measured": measured,
    "synthetic": synthetic,
    "proxy": proxied,
}
"""In order of preference; one that has nothing to go by returns None."""


def estimate_groups(
    groups: Mapping[str, Group], evidence: Evidence, *, election: str
) -> pd.DataFrame:
    """Return every group's count, share and 90 % interval in every area.

    Counts are persons of the group's own base (residents, adults or electorate), as published:
    aligning them to another electorate is a later step. NaN means unknown.

    Returns
    -------
    GROUPS, sorted by area and group.

    Raises
    ------
    ConfigError
        A group names a count column or an indicator that no source of the campaign gives.
    """
    parts = [
        _located(name, group, evidence).assign(group=name, election=election)
        for name, group in groups.items()
    ]
    frame = pd.concat(parts)[COLUMNS].sort_values("group", kind="stable")
    return check(frame.sort_index(kind="stable").rename_axis("area_code"), GROUPS)


def _located(name: str, group: Group, evidence: Evidence) -> pd.DataFrame:
    for estimate in ESTIMATORS.values():
        found = estimate(name, group, evidence)
        if found is not None:
            return found
    message = f"groups/{name}.toml: no method can locate the group with what the campaign has"
    raise ConfigError(message)
