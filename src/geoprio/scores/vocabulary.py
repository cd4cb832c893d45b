"""The names that each kind of file may use of what stands in others, or in the program."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geoprio.config import (
    CAMPAIGN_FILES,
    AnyModel,
    Campaign,
    Combine,
    Group,
    Profile,
    Text,
    file_names,
    find_named,
    judge,
    read_document,
    read_named,
    refusal,
    refuse_undated,
    unknown_names,
)
from geoprio.counts.inventory import derive
from geoprio.errors import ConfigError
from geoprio.scores.indicators import PLACE, TARGETS
from geoprio.scores.kernel import AGGREGATE, NORMALISE
from geoprio.scores.score import TREAT
from geoprio.words import text

Folders = tuple[Path, ...]
Sources = list[Mapping[str, Any]]
"""Sources as their files have them."""

IN_PROGRAM: Mapping[str, Mapping[str, str]] = {
    "profiles": {
        "treat": "treat",
        "normalise": "normalise",
        "aggregate": "aggregate",
        "criteria.*.indicator": "indicators",
        "tried.*.indicator": "indicators",
    },
    "messages": {"indicator": "indicators"},
    "typologies": {"traits.*.indicator": "indicators"},
    "groups": {"proxy.indicators.*.indicator": "place_indicators"},
}
"""What each place of a kind of file names that the program has."""

IN_FOLDER: Mapping[str, Mapping[str, str]] = {
    "campaigns": {
        **{place: kind for place, kind in CAMPAIGN_FILES.items() if kind != "associations"},
        "scored_set": "area_sets",
        "closer_set": "area_sets",
        "nesting.area_set": "area_sets",
        "overlap.pairs.*.both": "columns",
        "overlap.pairs.*.first": "columns",
        "overlap.pairs.*.second": "columns",
        "overlap.pairs.*.of": "columns",
        "uncertainty.lognormal.*": "indicators",
    },
    "groups": {
        "measures.*.count": "columns",
        "measures.*.of": "columns",
        "measures.*.control": "columns",
        "measures.*.control_of": "columns",
        "alignment.electors": "columns",
        "alignment.electors_of": "columns",
        "synthetic.compositions.*.of": "columns",
        "synthetic.compositions.*.bands.*.count": "columns",
    },
    "effects": {"turnout.<key>": "groups", "support.<key>": "groups", "first_time.group": "groups"},
    "addressed": {"order_from": "registers"},
    "sources": {"instead": "sources", "fetch.clip_by": "sources"},
}
"""What each place of a kind of file names that stands in other files of the folder."""


def load_known(model: type[AnyModel], kind: str, name: str, folders: Folders) -> AnyModel:
    """Return the model of that name, which uses only methods and indicators that the program has.

    Every fault of the file is told at once, each with its line.
    """
    document = read_document(find_named(kind, name, folders))
    loaded, faults = judge(model, document)
    places = IN_PROGRAM[kind]
    faults += unknown_names(document, places, names_of(places.values(), folders))
    if loaded is None or faults:
        raise refusal(document.path.name, faults)
    return loaded


def groups_and_profiles(
    campaign: Campaign, folders: Folders
) -> tuple[dict[str, Group], dict[str, Profile]]:
    """Return the target groups and the profiles that a campaign names.

    Refused: no group that locates.
    """
    groups = {name: _group(name, folders) for name in campaign.target_groups}
    profiles = {
        name: worded_for(load_known(Profile, "profiles", name, folders), campaign.overlap.combine)
        for name in campaign.profiles
    }
    if not any(group.role == "locate" for group in groups.values()):
        raise ConfigError("no_group_locates", campaign=campaign.name)
    return groups, profiles


def _group(name: str, folders: Folders) -> Group:
    group = load_known(Group, "groups", name, folders)
    refuse_undated(group, find_named("groups", name, folders))
    return group


def worded_for(profile: Profile, combine: Combine) -> Profile:
    """Return a profile whose words on the intensity say how its voters are counted.

    A profile's own words speak of the mean of the groups, which is what `sum` gives.
    """
    if combine == "sum":
        return profile
    words = {
        key: Text.model_validate(
            {language: text(f"intensity_{combine}_{key}", language) for language in ("sv", "en")}
        )
        for key in ("label", "strong", "weak")
    }
    criteria = tuple(
        item.model_copy(update=words) if item.indicator == "intensity_share" else item
        for item in profile.criteria
    )
    return profile.model_copy(update={"criteria": criteria})


def names_of(kinds: Iterable[str], folders: Folders) -> dict[str, list[str]]:
    """Return what there is of each kind of name in `IN_PROGRAM` and `IN_FOLDER`."""
    wanted = set(kinds)
    names = {kind: sorted(NAMES[kind](folders)) for kind in wanted - GIVEN.keys()}
    given = wanted & GIVEN.keys()
    tables = _sources(folders) if given else []
    return names | {kind: sorted(GIVEN[kind](tables)) for kind in given}


def _sources(folders: Folders) -> Sources:
    """Return every source as its file has it: of one with a fault, what can be read."""
    tables: Sources = []
    for name in file_names("sources", folders):
        try:
            tables.append(read_named("sources", name, folders).table)
        except ConfigError:
            continue
    return tables


def _area_sets(sources: Sources) -> set[str]:
    return {str(table["area_set"]) for table in sources if "area_set" in table}


def _columns(sources: Sources) -> set[str]:
    lists = [table.get("columns", []) for table in sources]
    columns = [it for columns in lists if isinstance(columns, list) for it in columns]
    given = {str(it["name"]) for it in columns if isinstance(it, Mapping) and "name" in it}
    # One area, of which nothing is known, tells which columns are made of the others.
    nothing = pd.DataFrame(np.nan, index=["0000"], columns=sorted(given))
    return given | set(map(str, derive(nothing, nothing)))


NAMES: Mapping[str, Callable[[Folders], Collection[str]]] = {
    **{kind: partial(file_names, kind) for kind in {*CAMPAIGN_FILES.values(), "registers"}},
    "indicators": lambda _: {*PLACE, *TARGETS},
    "place_indicators": lambda _: PLACE,
    "treat": lambda _: TREAT,
    "normalise": lambda _: NORMALISE,
    "aggregate": lambda _: AGGREGATE,
}
"""What there is of each kind of name, in the program and by the names of files."""

GIVEN: Mapping[str, Callable[[Sources], Collection[str]]] = {
    "area_sets": _area_sets,
    "columns": _columns,
}
"""What there is of each kind of name that sources give."""
