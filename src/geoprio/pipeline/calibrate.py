"""How sure moving counts between polling districts and small areas is, measured in this county."""

from collections.abc import Mapping

import pandas as pd

from geoprio.areas import (
    Split,
    build_crosswalk,
    calibrate_nested,
    calibrate_split,
    find_way,
    scale_to_parents,
)
from geoprio.pipeline.gather import Gathered

ELECTION = "kommun"
"""Its electorate is nearest to the residents, who are the count known on both sides."""

FEWEST = 30
"""Areas below which nothing can be fitted; the errors that geoprio comes with then stand."""


def calibrate(gathered: Gathered) -> Mapping[str, Split]:
    """Return the fitted errors `to_areas`, `to_districts` and `nested` (METHOD 2).

    Municipal electors, scaled to each municipality's residents, are moved and held against what is
    known on the other side. `nested` splits the residents of larger areas by the smaller ones'
    ground alone. Empty where the campaign has no municipal results, or too few areas.
    """
    atlas = gathered.atlas
    if ELECTION not in gathered.results or len(atlas.population) < FEWEST:
        return {}
    results = gathered.results[ELECTION]
    districts = results.source.area_set
    people = atlas.population.rename("population_count")
    electors = results.frame.loc[~results.frame["unassigned"], "electors_count"]
    towns = (_municipality(electors), _municipality(people))
    scaled = scale_to_parents(electors, people, towns)
    # Residents may not be the control here: they are what the moved count is held against.
    to_areas = build_crosswalk(atlas.sets[districts], atlas.sets[atlas.base])
    to_districts = find_way(atlas, atlas.base, districts)
    return {
        "to_areas": calibrate_split(
            scaled, people, to_areas, density=people / atlas.sets[atlas.base].area
        ),
        "to_districts": calibrate_split(
            people,
            scaled,
            to_districts,
            density=scaled / atlas.sets[districts].area,
            scaled="truth",
        ),
        "nested": calibrate_nested(
            next(iter(atlas.nested.values())), people, atlas.sets[atlas.base].area
        ),
    }


def _municipality(counts: pd.Series) -> pd.Series:
    return counts.index.str[:4].to_series(index=counts.index)
