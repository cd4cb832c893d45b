"""Tables of the page on methods."""

import pandas as pd


def percent(share: pd.Series) -> pd.Series:
    """Return shares as whole percents in words."""
    return share.map("{:.1%}".format)


def told(met: bool) -> str:
    """Return the word of a bar."""
    return "met" if met else "**not met**"


def as_table(frame: pd.DataFrame) -> str:
    """Return a frame as a markdown table."""
    head = f"| {' | '.join(map(str, frame.columns))} |\n|{'---|' * len(frame.columns)}"
    lines = (f"| {' | '.join(map(str, row))} |" for row in frame.itertuples(index=False))
    return "\n".join([head, *lines])
