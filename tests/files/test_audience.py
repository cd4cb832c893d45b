"""One gate decides what each audience may see, and no writer goes around it."""

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio import tables as audience
from geoprio.errors import ContractError
from geoprio.files.maps import MapLayer, MapLevel, MapPage, build_map
from geoprio.files.table import Table, render_csv, render_frame, render_record
from geoprio.tables import ALLOWED, for_audience, may_see, refuse_keys
from tests.files.conftest import toy_areas, toy_page

SRC = Path(audience.__file__).parent
CODES = pd.Index(["0180R001", "0180R002"], name="area_code")

SEEN = {
    "valledning": "lo_share lo_count lo_low_share lo_shown canvass_score reason target_count",
    "forening": "score rank public_reason members_count active_count turnout_share order",
    "leverantor": "area_name municipality_name wave households_count households_open_count edition"
    " product delivery_week print_run_count postal_code geometry",
    "offentlig": "area_name score rank p_top public_reason turnout_share votes_v_count",
}
NEVER = {
    "valledning": "members_count active_per_1000 support_requests born_abroad_count"
    " women_born_in_sweden_count foreign_background_count joint_0101_count"
    " employed_born_abroad_count residents_foreign_background_count"
    " turnout_riksdag_born_abroad_share",
    "forening": "lo_share lo_count invandrarbakgrund_share target_count precision reason"
    " born_abroad_count",
    "leverantor": "score rank verdict reason lo_share target_count precision intensity_share"
    " members_count association turnout_share order cost_sek",
    "offentlig": "lo_share kvinnor_share intensity_share reason target_count members_count"
    " born_abroad_count association_members",
}


def frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns, index=CODES)


@pytest.mark.parametrize("readers", ALLOWED)
def test_each_audience_sees_its_columns_and_no_others(readers: audience.Audience) -> None:
    assert [name for name in SEEN[readers].split() if not may_see(name, readers)] == []
    assert [name for name in NEVER[readers].split() if may_see(name, readers)] == []


def test_a_column_that_is_not_on_the_list_is_refused_and_named() -> None:
    with pytest.raises(ContractError, match="lo_share: is not among") as caught:
        for_audience(frame(lo_share=0.1, score=50.0, reason="x"), "leverantor")
    assert all(name in str(caught.value) for name in ("lo_share", "score", "reason"))


def test_an_association_s_file_holds_its_own_areas_only() -> None:
    own = frame(association=["Tensta", "Tensta"], members_count=[40.0, 40.0])
    assert for_audience(own, "forening", association="Tensta") is own
    with pytest.raises(ContractError, match="1 area are not Tensta's"):
        for_audience(own.assign(association=["Tensta", None]), "forening", association="Tensta")
    with pytest.raises(ContractError, match="whose it is"):
        for_audience(own, "forening")


def test_groups_leave_only_through_disclosure_control() -> None:
    raw = frame(group="lo", election="riksdag", count=[4.0, 40.0])
    with pytest.raises(ContractError, match="have not been through"):
        render_frame(raw, "valledning", mark=None)
    with pytest.raises(ContractError, match="count: a withheld figure"):
        render_frame(raw.assign(shown=["small", "shown"]), "valledning", mark=None)
    blank = raw.assign(shown=["small", "shown"], count=[np.nan, 40.0])
    assert render_frame(blank, "valledning", mark=None)


def test_every_writer_refuses_what_its_audience_may_not_see() -> None:
    secret = frame(members_count=[4.0, 5.0])
    with pytest.raises(ContractError, match="members_count"):
        render_csv(Table(secret, {}), "offentlig", language="sv", notes={})
    with pytest.raises(ContractError, match="members_count"):
        render_frame(secret, "valledning", mark=None)
    with pytest.raises(ContractError, match="members"):
        render_record({"members": 4}, "valledning")
    with pytest.raises(ContractError, match="offentlig"):
        refuse_keys(["seed"], "offentlig")


@pytest.mark.parametrize("readers", ["leverantor", "offentlig"])
def test_a_group_s_layer_is_drawn_for_the_leadership_alone(readers: str) -> None:
    areas = toy_areas(2, list("abcd"), "R")
    values = pd.DataFrame({"lo_share": 0.1}, index=areas.index)
    layer = MapLayer("lo", "lo_share", "LO", "Var?", "share", "Metod")
    page: MapPage = toy_page(audience=readers)
    with pytest.raises(ContractError, match="lo_share"):
        build_map([MapLevel("regso", "RegSO", areas, values)], [layer], page=page)


def test_a_file_says_whom_it_is_for() -> None:
    content = render_csv(
        Table(frame(area_name=["A", "B"]), {}), "offentlig", language="sv", notes={}
    )
    assert content.decode("utf-8-sig").splitlines()[1].endswith(";Offentlig")
    assert b'"audience": "valledning"' in render_record({"seed": 1}, "valledning")


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def called(node: ast.AST) -> set[str]:
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    return {getattr(one, "id", getattr(one, "attr", "")) for one in calls}


def test_every_function_that_makes_a_file_asks_the_gate() -> None:
    gates = {"for_audience", "refuse_keys"}
    writers = functions(SRC / "files/table.py")
    made = {name: node for name, node in writers.items() if name.startswith("render_")}
    assert len(made) >= 5
    assert [name for name, node in made.items() if not called(node) & gates] == ["render_sheet"]
    gated = {
        "files/gpkg.py": ["render_geopackage"],
        "files/delivery.py": ["render_vendor_files", "render_postal_files"],
        "files/maps/layers.py": ["check_readers"],
        "reports/register_order.py": ["render_order", "render_basis"],
        "reports/round_list.py": ["round_layer"],
        "reports/plan_files.py": ["_layer"],
    }
    for path, names in gated.items():
        made = functions(SRC / path)
        assert [name for name in names if "for_audience" not in called(made[name])] == [], path
    # Whatever makes bytes of what has passed the gate is called from behind it alone.
    behind = {
        *("render_sheet", "render_dialect", "render_control", "render_kml", "render_shapefile"),
        *("render_geopackage_layer", "write_layer"),
        "code_lists",
    }
    callers = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if called(ast.parse(path.read_text(encoding="utf-8"))) & behind
    }
    assert callers == {
        *("files/geodata.py", "files/gpkg.py", "files/delivery.py"),
        *("reports/register_order.py", "reports/round_list.py", "reports/plan_files.py"),
    }
    page = functions(SRC / "files/maps/page.py")
    makers = {name for name, node in page.items() if "_map" in called(node)}
    assert makers == {"build_map", "build_maps"}
    assert all({"check_map", "check_readers"} <= called(page[name]) for name in makers)


def test_nothing_writes_a_frame_but_the_writers() -> None:
    """Only `files` turns frames into bytes, and only a few files there."""
    writers = {"to_csv", "to_parquet", "to_json", "to_excel", "to_file", "to_feather", "to_pickle"}
    writers |= {"write_dataframe", "Workbook", "writer", "add_worksheet"}
    found = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.py")
        if called(ast.parse(path.read_text(encoding="utf-8"))) & writers
        and path.relative_to(SRC).parts[0] not in {"demo", "sources"}
    }
    # A form to fill in holds questions and no figure.
    assert found == {
        *(f"files/{name}.py" for name in ("table", "maps/payload", "geodata", "delivery")),
        "reports/form.py",
    }
