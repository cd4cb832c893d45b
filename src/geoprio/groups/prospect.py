"""How sure the groups would be with a table that the campaign lacks (METHOD 6)."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pandas as pd

from geoprio.config import Group
from geoprio.counts import Evidence, Rolls
from geoprio.groups.alignment import FOREIGN, aligned_errors
from geoprio.groups.estimators import estimate_groups
from geoprio.groups.measures import (
    ADULTS,
    RESIDENTS,
    Held,
    base_size,
    choose_measure,
    column_of,
    held_of,
)
from geoprio.groups.synthetic import hoped_error


def columns_wanted(groups: Mapping[str, Group], evidence: Evidence) -> dict[str, frozenset[str]]:
    """Return by group the count columns that would make it surer, were they the areas' own.

    Those of the measure by which it is counted already, or of the rates that would make it: another
    measure is another definition. What is published for every area is not wanted.
    """
    held, counts = held_of(evidence), evidence.counts
    own = {name for name in held.own if counts[name].notna().all()}
    return {name: frozenset(_needed(group, held) - own) for name, group in groups.items()}


def _needed(group: Group, held: Held) -> frozenset[str]:
    measure = choose_measure(group, held)
    if measure is None:
        return frozenset() if group.synthetic is None else group.synthetic.columns
    aligned = {ADULTS, RESIDENTS, FOREIGN} if measure.minors is not None else set()
    return frozenset({measure.count, measure.of} | aligned)


def prospective_errors(
    columns: Collection[str],
    groups: Mapping[str, Group],
    evidence: Evidence,
    rolls: Rolls,
    *,
    election: str,
) -> pd.DataFrame:
    """Return the standard errors (0-1) that shares of an electorate would have: areas x groups.

    `evidence` is as if `columns` were published for each area (`as_published`). What a table would
    say cannot be known, only how sure it would be: shares stay as they are.
    """
    if FOREIGN in columns:
        evidence = _with_foreign(evidence, rolls)
    estimates = estimate_groups(groups, evidence)
    for name, group in groups.items():
        rows = estimates["group"] == name
        proxied = (estimates.loc[rows, "method"] == "proxy").any()
        if proxied and group.synthetic and group.total and group.synthetic.columns & set(columns):
            error = hoped_error(estimates[rows], group.synthetic, group.total)
            estimates.loc[rows, "share_se"] = error
    return aligned_errors(estimates, rolls, groups, evidence, election=election)


def _with_foreign(evidence: Evidence, rolls: Rolls) -> Evidence:
    """Return the same with foreign citizens of all ages where nobody has counted them.

    Those of the local roll and their children, as many to an adult as the area's residents have.
    """
    if rolls.local is None:
        return evidence
    adults = base_size(evidence, ADULTS)
    voters = rolls.local.electors * rolls.local.foreign_share
    foreign = voters * base_size(evidence, RESIDENTS) / adults.where(adults > 0)
    known = column_of(evidence.counts, FOREIGN).fillna(foreign)
    return replace(evidence, counts=evidence.counts.assign(**{FOREIGN: known}))
