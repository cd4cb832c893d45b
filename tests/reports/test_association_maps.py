"""An association's map: its own areas, and nothing of any other's."""

import json
from pathlib import Path

import pandas as pd
import pytest

from geoprio.runs import Run
from tests.unpacked import payload_of


@pytest.fixture(scope="module")
def pages(demo_result: Run) -> dict[str, str]:
    folder = demo_result.paths["map"].parent / "foreningar"
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))}


def own_of(demo_result: Run) -> pd.Series:
    return demo_result.levels["regso_2020"].areas["association"]


def test_every_association_has_a_map(demo_result: Run, pages: dict[str, str]) -> None:
    assert len(pages) == own_of(demo_result).nunique()


def test_a_map_holds_its_own_areas_and_no_code_or_name_of_another(
    demo_result: Run, pages: dict[str, str]
) -> None:
    levels = [demo_result.levels[name].areas for name in ("regso_2020", "deso_2018")]
    everywhere = pd.concat(levels)
    for html in pages.values():
        payload = payload_of(html)
        codes = {code for level in payload["levels"] for code in level["codes"]}
        home = set(everywhere["association"][list(codes)])
        assert len(home) == 1
        own = everywhere["association"] == home.pop()
        assert codes == set(everywhere.index[own])
        held = json.dumps(payload, ensure_ascii=False) + html.split('id="data"')[0]
        others = everywhere[~own]
        for word in [*others.index, *others["association"].dropna().unique()]:
            assert f'"{word}"' not in held, word


def test_no_group_no_criterion_and_no_plan_reaches_an_association(pages: dict[str, str]) -> None:
    for html in pages.values():
        payload = payload_of(html)
        assert {layer["key"] for layer in payload["layers"]} <= {
            *("canvass", "mailing", "organise", "turnout_share", "red_green_share")
        }
        assert not any(layer["criteria"] or layer["scenarios"] for layer in payload["layers"])
        assert not any(
            "points" in one for level in payload["levels"] for one in level["values"].values()
        )
        assert {level["key"] for level in payload["levels"]} <= {"regso_2020", "deso_2018"}


def test_classes_and_ranks_are_the_county_s(demo_result: Run, pages: dict[str, str]) -> None:
    county = payload_of(Path(demo_result.paths["map"]).read_text(encoding="utf-8"))
    limits = {layer["key"]: layer["limits"] for layer in county["layers"]}
    ranks = demo_result.levels["regso_2020"].scores["canvass"]["rank"]
    for html in pages.values():
        payload = payload_of(html)
        for layer in payload["layers"]:
            assert layer["limits"] == limits[layer["key"]]
        level = payload["levels"][0]
        assert level["ranked"]["canvass"] == len(ranks)
        assert level["values"]["canvass"]["rank"] == ranks[level["codes"]].tolist()
