"""An addressed order in the register's form, and the sheet on what it rests on."""

import csv
import io
import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

from geoprio.config import Addressed, Register, load_model, load_named, shipped_folder
from geoprio.errors import ConfigError, ContractError
from geoprio.files import compare, read_returned
from geoprio.files.delivery import read_control
from geoprio.files.names import escaped, one_line
from geoprio.reports.register_order import (
    AddressOrder,
    Basis,
    render_basis,
    render_order,
)
from geoprio.words import text
from tests.files.conftest import DEMO_MARK, HOSTILE
from tests.reports.walk import faults_of, parts_of

SPAR = load_named(Register, "registers", "spar", (shipped_folder(),))
ORDER = AddressOrder("riksdag", "Storstockholm", "Samhällsinformation inför valet", (18, 29))
STEM = "urval-riksdag"
LABELS = {"lo": "LO-medlemmar", "invandrarbakgrund": "Invandrarbakgrund", "unga": "Unga"}


def toy_codes(count: int = 3, **changes: object) -> pd.DataFrame:
    """Return postal codes that are not in order, in a municipality whose code begins with 0."""
    codes = [f"{16300 + 7 * place % 9973:05d}" for place in range(count)]
    columns = {"municipality_code": "0180", "municipality_name": "Stockholm", **changes}
    return pd.DataFrame(columns, index=pd.Index(codes[::-1], name="postal_code"))


def toy_basis(**changes: object) -> Basis:
    areas = pd.DataFrame(
        {
            "area_name": ["Tensta", "Rinkeby"],
            "municipality_name": "Stockholm",
            "score": [98.04, float("nan")],
            "rank": [1.0, float("nan")],
        },
        index=pd.Index(["0180R001", "0180R002"], name="area_code"),
    )
    given: dict[str, object] = {
        "areas": areas,
        "all_areas_count": 524,
        "area_set": "regso_2020",
        "profile": "Utskick",
        "criteria": {"hushåll i målgrupperna": 0.5, "målgruppernas andel": 0.5},
        "groups": {"Unga": (0.5, False), "LO-medlemmar": (0.5, True)},
        "other_share": 0.5,
        "codes_count": 3,
        "left_out_count": 1,
        "minimum_count": 10,
        "people_count": 1243.0,
        "postal": "Koder efter boende.",
        "register": "SPAR, Urval",
        "election_day": "2030-09-08",
        "election": "Underlag: riksdagsvalet 2022",
        "publishers": "SCB 2023; Valmyndigheten 2022",
    }
    return Basis(**{**given, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return render_order(toy_codes(), SPAR, ORDER)


def test_the_order_is_five_digits_as_text_sorted_one_per_row(files: dict[str, bytes]) -> None:
    assert files[f"{STEM}-postnummer.txt"] == b"16300\r\n16307\r\n16314\r\n"
    raw = files[f"{STEM}.csv"]
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 4
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == {
        "postnummer": "16300",
        "lista": "1",
        "kommunkod": "0180",
        "kommun": "Stockholm",
        "länskod": "01",
        "ålder_från": "18",
        "ålder_till": "29",
        "version": "riksdag",
        "kampanj": "Storstockholm",
        "får läsas av": "Till leverantören",
    }


def test_lists_are_parted_where_the_register_says() -> None:
    files = render_order(toy_codes(2001), SPAR, ORDER)
    lists = {name: one.decode().split() for name, one in files.items() if name.endswith(".txt")}
    assert [len(one) for one in lists.values()] == [1000, 1000, 1]
    assert len(set().union(*lists.values())) == 2001
    rows = csv.DictReader(io.StringIO(files[f"{STEM}.csv"].decode("utf-8-sig")), delimiter=";")
    for row in rows:
        assert row["postnummer"] in lists[f"{STEM}-postnummer-{row['lista']}.txt"]
    assert text("order_several", "sv") in files[f"{STEM}.md"].decode()


def test_the_form_has_every_field_that_the_register_is_known_to_have(
    facts: Path, files: dict[str, bytes]
) -> None:
    """Field by field against what is written of SPAR: parameters, limits, and what is assumed."""
    lines = (facts / "official-sources.md").read_text(encoding="utf-8").splitlines()
    (told,) = [line for line in lines if line.startswith("- SPAR Urval:")]
    known = {
        "kön": "Kön",
        "ålder": "Ålder",
        "geography": "Geografi",
        "income": "Inkomst",
        "property": "Fastighet",
        "relation": "Relationsperson",
    }
    sheet = files[f"{STEM}.md"].decode()
    control = tomllib.loads(files[f"{STEM}.kontroll.toml"].decode())["bestallning"]
    for theirs, ours in known.items():
        assert theirs in told
        stated = re.search(rf"^\| {ours} \| (.+) \|$", sheet, re.MULTILINE)
        assert stated, ours
        used = ours in {"Ålder", "Geografi"}
        assert (stated[1] != text("order_unused", "sv")) == used, ours
        assert used or control[ours] == text("order_unused", "sv")
    rows, conditions = re.search(r"max 1,000 rows", told), re.search(r"max (\d+) combined", told)
    assert rows
    assert SPAR.list_rows == 1000
    assert conditions
    assert SPAR.geography_conditions == int(conditions[1])
    assert control["Ålder"].startswith("18–29 år")
    assert "INFERRED" in told
    assert "antagande" in sheet


def test_a_file_that_came_back_is_verified(files: dict[str, bytes], tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    control = read_control(tmp_path / f"{STEM}.kontroll.toml")
    for name in (f"{STEM}.csv", f"{STEM}.xlsx"):
        assert compare(control, read_returned(tmp_path / name, control)) == []
    lost = files[f"{STEM}.csv"].replace(b";0180;", b";180;")
    (tmp_path / f"{STEM}.csv").write_bytes(lost)
    found = compare(control, read_returned(tmp_path / f"{STEM}.csv", control))
    assert {one.kind for one in found} == {"zeros"}


def test_no_file_for_the_vendor_tells_of_the_choice(
    files: dict[str, bytes], tmp_path: Path
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "urvalsmotivering.md").write_bytes(render_basis(toy_basis(), ORDER))
    parts = list(parts_of(tmp_path))
    assert {part.file.split(",")[0] for part in parts} == {path.name for path in tmp_path.iterdir()}
    assert {part.audience for part in parts if "motivering" not in part.file} == {"leverantor"}
    assert {part.audience for part in parts if "motivering" in part.file} == {"valledning"}
    assert [fault for part in parts for fault in faults_of(part, {}, LABELS)] == []


@pytest.mark.parametrize("column", ["score", "rank", "lo_share", "reason", "order", "namn"])
def test_a_column_that_no_vendor_may_see_is_refused(column: str) -> None:
    with pytest.raises(ContractError, match=column):
        render_order(toy_codes(**{column: 1.0}), SPAR, ORDER)


@pytest.mark.parametrize("code", ["1630", "163000", "A6300", "06300"])
def test_what_is_no_postal_code_is_refused(code: str) -> None:
    codes = toy_codes(1).rename(index=lambda _: code)
    with pytest.raises(ContractError, match="not five digits"):
        render_order(codes, SPAR, ORDER)
    with pytest.raises(ContractError, match="stands twice"):
        render_order(pd.concat([toy_codes(1)] * 2), SPAR, ORDER)


@pytest.mark.parametrize("words", [*HOSTILE, "=1+1|x", "[a](javascript:x)", "a\n# b\u202e\x07"])
def test_hostile_names_stay_text(words: str) -> None:
    order = AddressOrder(words, words, words, (18, 29))
    files = render_order(toy_codes(municipality_name=words), SPAR, order)
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in files)
    rows = list(csv.reader(io.StringIO(files[f"{order.stem}.csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    areas = toy_basis().areas.assign(area_name=words)
    for content in (
        files[f"{order.stem}.md"],
        render_basis(toy_basis(areas=areas), order),
    ):
        page = content.decode()
        assert not re.search(r"(?<!\\)<|(?<!\\)\]\(", page)
        assert "\x07" not in page
        assert len([line for line in page.splitlines() if line.startswith("# ")]) == 1
        for line in page.splitlines():
            if line.startswith("| 0180R001"):
                assert len(re.findall(r"(?<!\\)\|", line)) == 6
    assert one_line(escaped(words)) == escaped(words)


def test_the_basis_says_what_must_be_said() -> None:
    page = render_basis(toy_basis(), ORDER).decode()
    assert text("no_legal_advice", "sv") in page
    for words in ("art. 6", "Art. 9", "Art. 21", "Reklamspärr", "Registrets villkor", "2024/900"):
        assert words in page, words
    assert "Ingen uppgift om en person kommer in i geoprio" in page
    assert "1 postnummer är borttagna: färre än 10" in page
    assert "Omkring 1\N{NO-BREAK SPACE}200 i åldern" in page
    assert "| LO-medlemmar | 50 | ja |" in page
    assert "| 0180R001 | Tensta | Stockholm | 98,0 | 1 |" in page
    assert "| 0180R002 | Rinkeby | Stockholm |  |  |" in page
    with pytest.raises(ContractError, match="members_count"):
        render_basis(toy_basis(areas=toy_basis().areas.assign(members_count=1)), ORDER)


def test_both_sheets_speak_english_and_bear_the_mark() -> None:
    order = AddressOrder("riksdag", "Demo", "Information", (18, 29), "en", DEMO_MARK)
    files = render_order(toy_codes(), SPAR, order)
    sheet = files["selection-riksdag.md"].decode()
    assert "| Sex | not used (everybody) |" in sheet
    page = render_basis(toy_basis(), order).decode()
    assert "This is not legal advice." in page
    assert "GDPR art. 6" in page
    for one in (sheet, page, files["selection-riksdag.kontroll.toml"].decode()):
        assert DEMO_MARK.split(" ")[0] in one


@pytest.mark.parametrize(
    ("ages", "told"),
    [
        ({"age_from": None}, "age_from: missing"),
        ({"age_from": None, "age_to": None}, "age_to: missing"),
        ({"age_from": 16}, "age_from: found 16"),
        ({"age_to": 111}, "age_to: found 111"),
        ({"age_from": 30, "age_to": 18}, "age_from: found 30, above age_to = 18"),
    ],
)
def test_ages_that_cannot_be_ordered_are_told(ages: dict[str, int | None], told: str) -> None:
    wanted = load_named(Addressed, "addressed", "unga", (shipped_folder(),))
    assert wanted.age_faults() == []
    assert wanted.ages == (18, 29)
    faults = wanted.model_copy(update=ages).age_faults()
    assert any(fault.startswith(told) for fault in faults), faults


def test_a_register_without_ages_or_codes_is_no_register(tmp_path: Path) -> None:
    shipped = (shipped_folder() / "registers" / "spar.toml").read_text(encoding="utf-8")
    path = tmp_path / "x.toml"
    path.write_text(shipped.replace('"ages"', '"unused"'), encoding="utf-8")
    with pytest.raises(ConfigError, match="expected 'postal_codes' and 'ages'"):
        load_model(Register, path)
