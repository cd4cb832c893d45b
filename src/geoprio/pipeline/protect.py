"""Disclosure control over every area set of a run at once (METHOD 3)."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import pandas as pd

from geoprio.areas import Atlas
from geoprio.groups import Nest, Protected, protect, withhold_where
from geoprio.pipeline.brief import Brief
from geoprio.pipeline.locate import Surveyed

_SIZES = {"residents": "population_count", "adults": "adults_count"}
_COUNTY, _MUNICIPALITY = "county", "kommun"


def protect_sets(found: Sequence[Surveyed], atlas: Atlas, plans: Brief) -> dict[str, Protected]:
    """Return what may be shown of each area set's groups, and what may be computed with.

    Sets that nest are one hierarchy, up to the county. A set that does not nest, such as polling
    districts, is one of its own up to the municipality, and its counts are sums of parts of the
    closer set's: in each municipality where either set withholds a group, the closer one prints
    none of it.
    """
    control = partial(
        protect,
        groups=plans.groups,
        basis=plans.campaign.election.basis,
        minimum_count=plans.campaign.minimum_count,
    )
    tables = {one.area_set: _sized(one) for one in found}
    scored, *closer = found
    if scored.area_set == atlas.base or scored.area_set in atlas.nested:
        return control(tables, nest=_nest(atlas, atlas.base, [*atlas.nested]))
    alone = {scored.area_set: tables.pop(scored.area_set)}
    own = control(alone, nest=_nest(atlas, scored.area_set))
    shown = own[scored.area_set]
    others = control(tables, nest=_nest(atlas, atlas.base, [*atlas.nested]))
    towns = {one.area_set: one.areas["municipality_code"] for one in found}
    return own | {
        one.area_set: withhold_where(
            others[one.area_set], shown, towns[one.area_set], towns[scored.area_set]
        )
        for one in closer
    }


def _nest(atlas: Atlas, smallest: str, larger: Sequence[str] = (_MUNICIPALITY,)) -> Nest:
    sets = [smallest, *larger]
    parents = {name: atlas.parents(name)[above] for name, above in pairwise(sets)}
    top = atlas.sets[sets[-1]].index
    return Nest(parents | {sets[-1]: pd.Series(_COUNTY, index=top)})


def _sized(one: Surveyed) -> pd.DataFrame:
    """Return GROUPS with the persons in each row's base: its own where its share tells."""
    rows, figures = one.groups, one.figures
    sizes = {
        base: figures.counts[column] for base, column in _SIZES.items() if column in figures.counts
    }
    size = rows["count"] / rows["share"].where(rows["share"] > 0)
    for base, known in sizes.items():
        size = size.fillna(known.reindex(rows.index).where(rows["base"] == base))
    for election, roll in one.rolls.by_election.items():
        electors = roll.electors.reindex(rows.index)
        size = size.fillna(electors.where(rows["election"] == election))
    # Rounded, so that no noise of the division tells of the count.
    return rows.assign(size=size.round(6))
