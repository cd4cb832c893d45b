"""Which local association an area belongs to."""

from collections.abc import Mapping

import pandas as pd

from geoprio.errors import ConfigError, join_faults

MUNICIPALITIES = "kommun"


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
    Association by area code; NaN where no association has the area.

    Raises
    ------
    ConfigError
        A part belongs to two associations, or names an area set without a crosswalk.
    """
    _require_one_owner(memberships, crosswalks)
    whole = memberships[memberships["area_set"] == MUNICIPALITIES]
    owner = municipality.map(whole.set_index("area_code")["association"])
    for area_set, parts in memberships.groupby("area_set", sort=True):
        if area_set == MUNICIPALITIES:
            continue
        # A municipality that is one association is not nibbled at by its neighbours' parts.
        open_areas = owner.index[owner.isna()]
        owner = owner.fillna(_largest_share(parts, crosswalks[str(area_set)], open_areas))
    return owner.rename("association")


def _largest_share(parts: pd.DataFrame, crosswalk: pd.DataFrame, open_areas: pd.Index) -> pd.Series:
    pieces = crosswalk[crosswalk["source_code"].isin(open_areas)]
    owners = pieces["area_code"].map(parts.set_index("area_code")["association"])
    shares = pieces["weight"].groupby([pieces["source_code"], owners]).sum().reset_index()
    # Equal shares go to the first name, so that the row order of a file decides nothing.
    shares = shares.sort_values(["weight", "area_code"], ascending=[False, True])
    first = shares.drop_duplicates("source_code").set_index("source_code")
    return first["area_code"]


def _require_one_owner(memberships: pd.DataFrame, crosswalks: Mapping[str, pd.DataFrame]) -> None:
    parts = memberships[["area_set", "area_code"]]
    twice = memberships[parts.duplicated(keep=False)]
    faults = [
        f"{area_set} {code}: belongs to {' and '.join(sorted(rows['association']))}"
        for (area_set, code), rows in twice.groupby(["area_set", "area_code"])
    ]
    unknown = set(memberships["area_set"]) - set(crosswalks) - {MUNICIPALITIES}
    faults += [f"{name}: unknown area set" for name in sorted(unknown)]
    if faults:
        raise ConfigError(join_faults("associations: the file is wrong", faults))
