"""Indicators of a European campaign: who votes for the riksdag and stays home in this election."""

import pandas as pd

from geoprio.scoring.elections import red_green_of
from geoprio.scoring.indicators import Figures, of_place


def _unknown(figures: Figures) -> pd.Series:
    return pd.Series(float("nan"), index=figures.counts.index)


@of_place
def drop_off_share(figures: Figures) -> pd.Series:
    """Turnout in the riksdag election before, less that in the European one; NaN elsewhere.

    0 where more voted in the European election.
    """
    if figures.riksdag is None:
        return _unknown(figures)
    electors = figures.riksdag["electors_count"]
    before = figures.riksdag["votes_cast_count"] / electors.where(electors > 0)
    now = figures.votes["electors_count"]
    turnout = figures.votes["votes_cast_count"] / now.where(now > 0)
    return (before.clip(upper=1) - turnout.clip(upper=1)).clip(lower=0)


@of_place
def drop_off_count(figures: Figures) -> pd.Series:
    """Electors who dropped off x the red-green share in the riksdag election; NaN elsewhere."""
    if figures.riksdag is None:
        return _unknown(figures)
    left = drop_off_share(figures) * figures.votes["electors_count"]
    return left * red_green_of(figures.riksdag)
