"""Where to organise: associations to support, places for a new one, need beside capacity."""

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

LEAST_PERSONS = 1000
"""Target persons in contiguous areas below which no new association is thought of."""


def need_and_capacity(
    association: pd.Series, target_persons: pd.Series, active_per_1000: pd.Series
) -> pd.DataFrame:
    """Return `need` and `capacity` of each association, `high` or `low`, and its `quadrant`.

    Need is the number of target persons in its areas, capacity its active members per 1,000 of
    them; high from the median of the associations on, which is half of them. Where the capacity is
    NaN, it and the quadrant (else `<need>_<capacity>`) are `unknown`.
    """
    need = target_persons.groupby(association).sum(min_count=1)
    capacity = active_per_1000.groupby(association).first().reindex(need.index)
    high_need = need >= need.median()
    high_capacity = capacity >= capacity.median()
    frame = pd.DataFrame(
        {
            "need": np.where(high_need, "high", "low"),
            "capacity": np.where(high_capacity, "high", "low"),
        },
        index=need.index.rename("association"),
        dtype=object,
    )
    frame["capacity"] = frame["capacity"].mask(capacity.isna(), "unknown")
    both = frame["need"] + "_" + frame["capacity"]
    return frame.assign(quadrant=both.mask(capacity.isna(), "unknown"))


def support_list(
    association: pd.Series, red_green: pd.Series, electors: pd.Series, asked: pd.Series
) -> pd.DataFrame:
    """Return the associations to support: red-green ones that asked, and that could (METHOD 4).

    Red-green: the share (0-1) of its areas, weighted by electors, is at least the county's. Those
    that asked first, then by `red_green_share`; `status` is `asked` (1), `could_ask` (0) or
    `unknown` (NaN).
    """
    known = red_green.notna() & electors.notna()
    weight = electors.where(known)
    county = (red_green * weight).sum() / weight.sum()
    sums = pd.DataFrame({"red_green": red_green * weight, "all": weight})
    sums = sums.groupby(association).sum(min_count=1)
    share = sums["red_green"] / sums["all"]
    strong = share[share >= county]
    said = asked.reindex(strong.index)
    status = pd.Series("unknown", strong.index, dtype=object)
    status = status.mask(said == 1, "asked").mask(said == 0, "could_ask")
    later = status != "asked"
    frame = pd.DataFrame({"red_green_share": strong, "status": status, "later": later})
    return (
        frame.sort_index()
        .sort_values(["later", "red_green_share"], ascending=[True, False], kind="stable")
        .drop(columns="later")
        .rename_axis("association")
    )


def new_associations(
    idle: pd.Series, target_persons: pd.Series, neighbours: csr_array
) -> pd.DataFrame:
    """Return the places for a new association: contiguous areas with none that is active.

    By area of such a place: `place` (1 has most target persons) and `target_persons_count` of the
    whole place. Places with fewer than 1,000 target persons are left out.
    """
    chosen = idle.to_numpy(bool)
    own = idle.index[chosen]
    if not len(own):
        return pd.DataFrame({"place": [], "target_persons_count": []}, index=own)
    _, labels = connected_components(neighbours[chosen][:, chosen], directed=False)
    persons = target_persons.reindex(own)
    total = persons.groupby(labels).sum(min_count=1)
    large = total[total >= LEAST_PERSONS].sort_values(ascending=False, kind="stable")
    places = pd.Series(np.arange(1, len(large) + 1), index=large.index)
    frame = pd.DataFrame(
        {
            "place": pd.Series(labels).map(places).to_numpy(),
            "target_persons_count": total[labels].to_numpy(),
        },
        index=own,
    )
    found = frame.dropna(subset="place").astype({"place": int})
    return found.sort_index().sort_values("place", kind="stable")
