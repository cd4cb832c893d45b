"""A fifth group is one TOML file and one line: by tenure, or by education."""

from pathlib import Path

import pytest

from geoprio.groups import for_election, own_base
from tests.shared import levels

RENTED = """
[question]
sv = "Hur stor del av hemmen är hyresrätter?"
en = "How large a share of homes is rented?"
[definition]
sv = "Hyresrätter"
en = "Rented homes"
[label]
sv = "Hyresgäster"
en = "Tenants"
[[measures]]
count = "dwellings_rental_count"
of = "dwellings_count"
base = "other"
[alignment]
sd = 0.3
source = "antagande: andelen bland väljarna som bland bostäderna"
"""
SCHOOLED = (
    RENTED.replace("dwellings_rental", "education_primary")
    .replace("dwellings_count", "education_count")
    .replace("Hyresgäster", "Kort utbildning")
)


@pytest.mark.parametrize(
    ("name", "toml", "source", "of"),
    [
        ("hyresratt", RENTED, "scb_tab6638_deso", "dwellings_count"),
        ("utbildning", SCHOOLED, "scb_tab6534_deso", "education_count"),
    ],
)
def test_a_fifth_group_is_one_file_and_one_line(
    own_raw: Path, name: str, toml: str, source: str, *, of: str
) -> None:
    (own_raw / "groups").mkdir()
    (own_raw / "groups" / f"{name}.toml").write_text(toml, encoding="utf-8")
    path = own_raw / "demo.toml"
    text = path.read_text(encoding="utf-8").replace("lo = 1.0", f"lo = 1.0\n{name} = 1.0")
    if source not in text:
        text = text.replace('  "scb_tab6638_deso",', f'  "scb_tab6638_deso",\n  "{source}",')
    path.write_text(text, encoding="utf-8")
    level = levels(path, own_raw)["regso_2020"]
    own = own_base(level.groups).query(f"group == '{name}'")
    assert set(own["base"]) == {"other"}
    assert (own["se"] == 0).all()
    ranked = for_election(level.groups, "riksdag").query(f"group == '{name}'")
    assert ranked["share"].tolist() == pytest.approx(own["share"].tolist())
    assert (ranked["share_se"] > 0).all()
    assert level.counts[of].notna().all()
    assert level.chosen.loc[name, "method"] == "published"
    assert level.chosen.loc["lo", "why"]
