"""Estimates as one column of shares per group."""

import pandas as pd


def shares_by_group(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return one column of shares (0-1) per group, by area; NaN where unknown."""
    return _wide(estimates["share"], estimates["group"])


def share_intervals(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return `<group>_share`, `<group>_low_share` and `<group>_high_share` (0-1) by area.

    The ends are those of the 90 % interval; NaN where the share is unknown or published.
    """
    per_person = estimates["share"] / estimates["count"].where(estimates["count"] > 0)
    # What is published has no interval: its ends would only repeat it.
    estimated = estimates["method"] != "published"
    ends = {
        "share": estimates["share"],
        "low_share": _end(estimates["low"] * per_person, estimates["share"]).where(estimated),
        "high_share": _end(estimates["high"] * per_person, estimates["share"]).where(estimated),
    }
    parts = [_wide(end, estimates["group"]).add_suffix(f"_{name}") for name, end in ends.items()]
    return pd.concat(parts, axis=1)


def shown_by_group(printed: pd.DataFrame) -> pd.DataFrame:
    """Return `<group>_shown` by area: whether the figures are shown, small or withheld."""
    return _wide(printed["shown"], printed["group"]).add_suffix("_shown")


def _end(end: pd.Series, share: pd.Series) -> pd.Series:
    # A share of 0 tells nothing of the people behind it: its ends are 0 as well.
    return end.clip(upper=1).mask(share == 0, 0.0)


def _wide(values: pd.Series, group: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"value": values, "group": group}).reset_index()
    wide = table.pivot_table(
        index="area_code", columns="group", values="value", aggfunc="first", dropna=False
    )
    return wide.rename_axis(columns=None)
