"""Which local association an area belongs to."""

from collections.abc import Mapping

import pandas as pd

from geoprio.errors import ConfigError, join_faults

MUNICIPALITIES = "kommun"
NOBODY = ""


def assign_associations(
    municipality: pd.Series, memberships: pd.DataFrame, crosswalks: Mapping[str, pd.DataFrame]
) -> pd.Series:
    """Return each area's association: where the larger share of its people belongs.

    Parameters
    ----------
    municipality
        Municipality code by area code.
    memberships
        Rows of `association`, `area_set`, `area_code`: what each association consists of.
    crosswalks
        CROSSWALK from the areas to each other area set that `memberships` names.

    Returns
    -------
    Association by area code; NaN where most of the area's people belong to none.
    """
    whole = memberships[memberships["area_set"] == MUNICIPALITIES]
    owner = municipality.map(whole.set_index("area_code")["association"])
    # A municipality that is one association is not nibbled at by its neighbours' parts.
    open_areas = owner.index[owner.isna()]
    pieces = [
        _owned(crosswalks[str(area_set)], parts, open_areas)
        for area_set, parts in memberships.groupby("area_set", sort=True)
        if area_set != MUNICIPALITIES
    ]
    if pieces:
        owner = owner.fillna(_largest(pd.concat(pieces)))
    return owner.rename("association")


def refuse_wrong_memberships(memberships: pd.DataFrame, sets: Mapping[str, pd.DataFrame]) -> None:
    """Check that each part is an area of a known set and has one owner.

    Parameters
    ----------
    memberships
        Rows of `association`, `area_set`, `area_code`.
    sets
        AREAS by set name.

    Raises
    ------
    ConfigError
        A part belongs to two associations, or names a set or an area that is not there; all at
        once.
    """
    parts = memberships[["area_set", "area_code"]]
    twice = memberships[parts.duplicated(keep=False)]
    faults = [
        f"{area_set} {code}: belongs to {' and '.join(sorted(rows['association']))}"
        for (area_set, code), rows in twice.groupby(["area_set", "area_code"])
    ]
    for name, rows in memberships.groupby("area_set"):
        if name not in sets:
            faults.append(f"{name}: unknown area set; expected one of {', '.join(sorted(sets))}")
            continue
        unknown = rows[~rows["area_code"].isin(sets[str(name)].index)]
        faults += [
            f"{association}: {name} has no area {code!r}"
            for association, code in zip(unknown["association"], unknown["area_code"], strict=True)
        ]
    if faults:
        raise ConfigError(join_faults("associations: the file is wrong", faults))


def _owned(crosswalk: pd.DataFrame, parts: pd.DataFrame, areas: pd.Index) -> pd.DataFrame:
    pieces = crosswalk[crosswalk["source_code"].isin(areas)]
    owner = pieces["area_code"].map(parts.set_index("area_code")["association"])
    return pieces.assign(owner=owner.fillna(NOBODY))


def _largest(pieces: pd.DataFrame) -> pd.Series:
    shares = pieces.groupby(["source_code", "owner"])["weight"].sum().reset_index()
    # Equal shares go to the first name, so that the row order of a file decides nothing.
    shares = shares.sort_values(["weight", "owner"], ascending=[False, True])
    first = shares.drop_duplicates("source_code").set_index("source_code")["owner"]
    return first.where(first != NOBODY)
