"""What is done at the doors is read as area totals: few are withheld, and no person gets in."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.runs import Run
from geoprio.sources.activity import read_activity, read_ways
from geoprio.tables import DONE

HEADER = "area_code;households;visits;successful\n"


def written(folder: Path, content: str, name: str = "genomfort.csv") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def test_rows_of_an_area_are_added_and_few_households_are_withheld(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}B;6;7;6\nB;5;6;5\nA;9;20;9\nC;0;0;0\nD;90;95;9\n")
    done = read_activity(path)
    assert list(done.index) == ["A", "B", "C", "D"]
    assert done.loc["B"].to_dict() == dict(zip(DONE, [11, 13, 11], strict=True))
    assert done.loc["A"].isna().all()
    assert (done.loc["C"] == 0).all()
    # Few who opened are told no more than few who were visited.
    assert done.loc["D"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}A;10;9;1\n",
        f"{HEADER}A;10;20;21\n",
        f"{HEADER}A;10.5;20;1\n",
        f"{HEADER}A;-1;20;1\n",
        f"{HEADER}A;;20;1\n",
        "area_code;households;visits;successful;namn\nA;10;20;1;Kim\n",
        "area_code;households;visits\nA;10;20\n",
        f"{HEADER}kim@example.org;10;20;1\n",
        f"{HEADER}19800101-1234;10;20;1\n",
    ],
)
def test_what_is_no_total_is_refused_and_not_repeated(content: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        read_activity(written(tmp_path, content))
    for secret in ("Kim", "kim@", "19800101", "10.5"):
        assert secret not in str(caught.value)


def test_statistics_are_of_the_areas_that_were_uploaded_alone(tmp_path: Path) -> None:
    ways = read_ways(
        written(tmp_path, "zetkin_id;area_code;turf_code\n7;A;1\n8;A;2\n9;B;3\n", "z.csv")
    )
    one = {"count_unique_households_visited": 8, "sum_visits": 9, "sum_successful_visits": 0}
    rows = [{"id": n, "area_id": n, "user_id": 99, **one} for n in (7, 8, 123)]
    # The app has no sums where nobody has been.
    rows.append({"area_id": 9, **dict.fromkeys(one), "count_unique_households_visited": 0})
    done = read_activity(written(tmp_path, json.dumps(rows), "stats.json"), ways=ways)
    expected = pd.DataFrame([[16.0, 18.0, 0.0], [0.0] * 3], ["A", "B"], DONE).rename_axis(
        "area_code"
    )
    pd.testing.assert_frame_equal(done, expected, check_index_type=False)
    null = json.dumps([{"area_id": 7, **one, "sum_visits": None}])
    for bad in ("{}x", "[1]", '[{"area_id": 1}]', null, "[" * 100_000):
        with pytest.raises(SourceError, match="Zetkin's statistics"):
            read_activity(written(tmp_path, bad, "stats.json"))
    assert read_ways(tmp_path / "none.csv").empty
    assert np.issubdtype(done.dtypes.iloc[0], np.floating)


def test_what_is_withheld_is_read_back_as_withheld(tmp_path: Path) -> None:
    """Left out, the rest would pass for all that was done."""
    done = read_activity(
        written(tmp_path, f"{HEADER}A;;;\nB;40;50;11\nC;11;12;3\nC;;;\nD;40;50;\n")
    )
    assert done.loc[["A", "C"]].isna().all(axis=None)
    assert done.loc["B"].tolist() == [40, 50, 11]
    assert done.loc["D", ["visited_count", "visits_count"]].tolist() == [40, 50]


def test_all_that_came_in_is_shown_withheld_or_told_by_its_row(tmp_path: Path) -> None:
    """Small areas are added up to the plan's before few are withheld; the sum is what came in."""
    within = pd.Series({"R1": "R1", "R2": "R2", "D11": "R1", "D12": "R1", "D21": "R2"})
    rows = "D11;6;6;3\nD12;7;8;4\nR1;20;20;10\nD21;4;4;1\nR2;5;5;0\n"
    done = read_activity(written(tmp_path, HEADER + rows), within=within)
    assert done.loc["R1"].tolist() == [33, 34, 17]
    assert done.loc["R2"].isna().all()
    with pytest.raises(SourceError) as told:
        read_activity(written(tmp_path, f"{HEADER}{rows}0180;9;9;9\nkim;1;1;1\n"), within=within)
    lines = told.value.told("sv")
    assert "genomfort.csv" in lines
    assert "rad 7: koden är inget av planens områden" in lines
    assert "rad 8: koden är inget av planens områden" in lines
    assert "rad 6" not in lines
    assert "kim" not in lines


def test_every_smallest_area_lies_in_one_of_the_plans(demo_result: Run) -> None:
    scored, small = demo_result.scored.areas, demo_result.levels[demo_result.area_sets[-1]].areas
    within = demo_result.within
    assert set(scored.index) | set(small.index) == set(within.index)
    homes = scored.geometry[within[small.index]].set_axis(small.index)
    assert (small.difference(homes, align=False).area < 0.001 * small.area).all()
