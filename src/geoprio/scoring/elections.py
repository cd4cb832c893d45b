"""How an area votes differently: between elections of one day, and from one day to the next."""

import pandas as pd

RED_GREEN = ["votes_v_count", "votes_s_count", "votes_mp_count"]


def red_green_of(votes: pd.DataFrame) -> pd.Series:
    """Return the votes for V, S and MP, of valid votes (0-1); NaN where there are none."""
    valid = votes["valid_count"]
    return votes[RED_GREEN].sum(axis=1, skipna=False) / valid.where(valid > 0)


def election_changes(
    riksdag: pd.DataFrame, kommun: pd.DataFrame, earlier: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return how much the red-green share differs, by area, and by what it was told (METHOD 4).

    The National Democratic Institute's targeting manual calls the mean of the two volatility: how
    ready people are to vote otherwise.

    Parameters
    ----------
    riksdag, kommun
        Votes by area of the two elections of one day, moved to the same areas.
    earlier
        Votes in the riksdag election before, moved to the same areas; None without one.

    Returns
    -------
    With the index of `riksdag`: `split_share` (|r riksdag - r kommun|, 0-1), `shift_share` (|r now
    - r before|, NaN without an earlier election), `volatility_share` (their mean, else the split
    alone) and `volatility_basis`: `split_and_shift`, `split_alone` or `unknown`.
    """
    now = red_green_of(riksdag)
    split = (now - red_green_of(kommun).reindex(now.index)).abs()
    before = pd.Series(float("nan"), now.index) if earlier is None else red_green_of(earlier)
    shift = (now - before.reindex(now.index)).abs()
    basis = pd.Series("split_and_shift", now.index, dtype=object)
    basis = basis.mask(shift.isna(), "split_alone").mask(split.isna(), "unknown")
    return pd.DataFrame(
        {
            "split_share": split,
            "shift_share": shift,
            # Without a shift the split stands alone; without a split nothing is said.
            "volatility_share": ((split + shift) / 2).fillna(split),
            "volatility_basis": basis,
        }
    )
