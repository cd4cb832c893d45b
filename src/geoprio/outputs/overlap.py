"""The county's overlap of target groups as a table that people open in Excel."""

from collections.abc import Mapping

import pandas as pd

from geoprio.outputs.tables import header
from geoprio.texts import Language, text


def overlap_columns(
    table: pd.DataFrame, labels: Mapping[str, str], *, language: Language, minimum_count: int
) -> pd.DataFrame:
    """Return the overlap in words and whole numbers; a small count says "färre än".

    Parameters
    ----------
    table
        `group`, `also`, `groups_count`, `persons_count`, `of_count` and `share`.
    labels
        By group.
    """
    small = table["persons_count"].between(1, minimum_count - 1)
    few = text("fewer_than", language).format(number=minimum_count)
    union = (table["group"] == "") & table["groups_count"].isna()
    columns = {
        "overlap_group": table["group"].map(labels).fillna(text("overlap_all", language)),
        "overlap_also": table["also"]
        .map(labels)
        .fillna("")
        .mask(union, text("overlap_any", language)),
        "overlap_groups": table["groups_count"],
        "overlap_persons": table["persons_count"].astype(object).mask(small, few),
        "overlap_of": table["of_count"],
        "overlap_share": (100 * table["share"]).round(1).mask(small),
    }
    shown = pd.DataFrame({header(key, language): column for key, column in columns.items()})
    return shown.set_index(header("overlap_group", language))
