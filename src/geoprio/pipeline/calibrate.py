"""How sure moving counts between polling districts and small areas is, measured in this county."""

from collections.abc import Mapping

import pandas as pd

from geoprio.areas import Split, calibrate_split, find_way, scale_to_parents
from geoprio.pipeline.gather import Gathered

ELECTION = "kommun"
"""Its electorate is nearest to the residents, who are the count known on both sides."""


def calibrate(gathered: Gathered) -> Mapping[str, Split]:
    """Return the fitted error of each direction, `to_areas` and `to_districts` (METHOD 2).

    Municipal electors, scaled to each municipality's residents, are moved and held against what is
    known on the other side. Empty where the campaign has no municipal results.
    """
    if ELECTION not in gathered.results:
        return {}
    atlas, results = gathered.atlas, gathered.results[ELECTION]
    districts = results.source.area_set
    people = atlas.population.rename("population_count")
    electors = results.frame.loc[~results.frame["unassigned"], "electors_count"]
    towns = (_municipality(electors), _municipality(people))
    scaled = scale_to_parents(electors, people, towns)
    to_areas = find_way(atlas, districts, atlas.base)
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
    }


def _municipality(counts: pd.Series) -> pd.Series:
    return counts.index.str[:4].to_series(index=counts.index)
