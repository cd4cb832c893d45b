"""How it went where an association knocked: by hand, withheld where few, and never an effect."""

import numpy as np
import pandas as pd
import pytest

from geoprio.files.paper import Block
from geoprio.reports.afterwards import afterwards
from geoprio.reports.association import Hand
from geoprio.runs import Run
from geoprio.tables import DONE


@pytest.fixture(scope="module")
def hand(demo_result: Run) -> tuple[Hand, str, list[str]]:
    """Turnout rose by 2 points where the first of an association's areas lies, and by 1 elsewhere.

    Of its areas one is visited, one told as none, one withheld; of the rest nobody tells.
    """
    level = demo_result.scored
    name = level.places["association"].value_counts().idxmax()
    own = sorted(level.places.index[level.places["association"] == name])
    after = level.votes[["electors_count", "votes_cast_count"]].copy()
    after["votes_cast_count"] += 0.01 * after["electors_count"]
    after.loc[own[0], "votes_cast_count"] += 0.01 * after.loc[own[0], "electors_count"]
    done = pd.DataFrame(np.nan, own[:3], list(DONE))
    done.iloc[:2] = [[40.0] * len(DONE), [0.0] * len(DONE)]
    return Hand(demo_result, done=done, after=after), str(name), own


def told(hand: Hand, name: str) -> list[Block]:
    return list(afterwards(hand.run, name, hand.done, hand.after))


def test_worked_areas_stand_beside_the_others_and_the_untold_are_counted(
    hand: tuple[Hand, str, list[str]],
) -> None:
    one, name, own = hand
    heading, table, notes = told(one, name)
    assert heading.text == "Så gick det där vi knackade"
    assert [row[1] for row in table.rows[:2]] == ["1", "1"]
    assert [row[2] for row in table.rows] == ["40", "–", "–"]
    assert [row[5] for row in table.rows[:2]] == ["2,0", "1,0"]
    assert "inte vad arbetet gav" in notes.items[0]
    assert notes.items[1].startswith(f"{len(own) - 2} av era områden")


def test_nothing_is_said_before_the_election_nor_where_nobody_knocked(
    hand: tuple[Hand, str, list[str]],
) -> None:
    one, name, own = hand
    assert told(Hand(one.run, done=one.done), name) == []
    assert told(Hand(one.run, after=one.after), name) == []
    none = pd.DataFrame(np.nan, own[:1], list(DONE))
    assert told(Hand(one.run, done=none, after=one.after), name) == []
    other = next(each for each in one.names if each != name)
    assert told(one, other) == []
