"""Which areas each association consists of, and the row for every municipality."""

import pandas as pd

from geoprio.areas.associations import COLUMNS, expand_memberships

MUNICIPALITIES = pd.Series({"1480": "Göteborg", "1401": "Härryda", "1402": "Partille"})


def rows(*listed: str) -> pd.DataFrame:
    return pd.DataFrame([line.split(";") for line in listed], columns=COLUMNS)


def test_a_star_is_every_municipality_that_no_other_row_names() -> None:
    given = rows("Partille-Härryda;kommun;1402", "Partille-Härryda;kommun;1401", "*;kommun;*")
    found = expand_memberships(given, MUNICIPALITIES)
    assert found.to_numpy().tolist() == [
        ["Partille-Härryda", "kommun", "1402"],
        ["Partille-Härryda", "kommun", "1401"],
        ["Göteborg", "kommun", "1480"],
    ]


def test_without_a_star_the_rows_stay_as_they_are() -> None:
    given = rows("Partille;kommun;1402")
    pd.testing.assert_frame_equal(expand_memberships(given, MUNICIPALITIES), given)
