"""How sure moving counts between polling districts and small areas is, measured in this county."""

from collections.abc import Mapping

import pandas as pd

from geoprio.areas import (
    KAPPA,
    Split,
    build_crosswalk,
    calibrate_nested,
    calibrate_split,
    find_way,
    known_counts,
    scale_to_parents,
)
from geoprio.pipeline.gather import Gathered
from geoprio.pipeline.rolls import ROLLS

ELECTION = "kommun"
"""Its electorate is nearest to the residents, who are the count known on both sides."""

PEOPLE = ("adults_count", "population_count")
"""What moved electors are held against, the best first."""

FEWEST = 30
"""Areas below which nothing can be fitted; the errors that geoprio comes with then stand."""


def calibrate(gathered: Gathered) -> Mapping[str, Split]:
    """Return the fitted errors `to_areas`, `to_districts` and `nested` (METHOD 2).

    Municipal electors, scaled to each municipality's residents, are moved and held against what is
    known on the other side. `nested` splits the residents of larger areas by the smaller ones'
    ground alone. `rolls_to_<set>` is the error of the very way that electors are moved by, with
    residents as control: held against the adults, else the residents. Where the campaign has no
    municipal results, or too few areas, the errors that geoprio comes with stand for the first two.
    """
    atlas = gathered.atlas
    if ELECTION not in gathered.results or len(atlas.population) < FEWEST:
        return {name: Split(KAPPA, pd.DataFrame()) for name in ("to_areas", "to_districts")}
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
        **_rolls(gathered, electors, districts),
    }


def _rolls(gathered: Gathered, electors: pd.Series, districts: str) -> dict[str, Split]:
    """Return the error of moved electors in the base set and in the larger ones, set by set."""
    atlas = gathered.atlas
    fitted = {}
    for name in (atlas.base, *atlas.nested):
        truth = _counted(gathered, name)
        if len(truth) < FEWEST:
            continue
        towns = (_municipality(electors), _municipality(truth))
        fitted[f"{ROLLS}{name}"] = calibrate_split(
            scale_to_parents(electors, truth, towns),
            truth,
            find_way(atlas, districts, name),
            density=truth / atlas.sets[name].area,
        )
    return fitted


def _counted(gathered: Gathered, area_set: str) -> pd.Series:
    """Return the adults of a set's areas, or the residents where not all adults are known."""
    atlas = gathered.atlas
    known = known_counts(gathered.tables, atlas.parts(area_set), atlas.residents)[0]
    whole = [name for name in PEOPLE if name in known and known[name].notna().all()]
    counted: pd.Series = known[whole[0]] if whole else atlas.residents.reindex(known.index)
    return counted


def _municipality(counts: pd.Series) -> pd.Series:
    return counts.index.str[:4].to_series(index=counts.index)
