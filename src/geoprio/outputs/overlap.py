"""The county's overlap of target groups as a table that people open in Excel."""

from collections.abc import Mapping

import pandas as pd

from geoprio.outputs.tables import Table, header
from geoprio.texts import Language, text


def overlap_columns(
    table: pd.DataFrame, labels: Mapping[str, str], *, language: Language, minimum_count: int
) -> Table:
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
        "group": table["group"].map(labels).fillna(text("overlap_all", language)),
        "also": table["also"].map(labels).fillna("").mask(union, text("overlap_any", language)),
        "groups_count": table["groups_count"],
        "persons_count": table["persons_count"].astype(object).mask(small, few),
        "of_count": table["of_count"],
        "share": (100 * table["share"]).round(1).mask(small),
    }
    headings = {key: header(f"overlap_{key.removesuffix('_count')}", language) for key in columns}
    return Table(pd.DataFrame(columns).set_index("group"), headings)
