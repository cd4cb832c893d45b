"""`geoprio validate`: every fault of every file at once, with the word that was meant."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoprio.cli.kinds import KINDS, kind_of, validate
from geoprio.cli.start import start
from geoprio.config import CAMPAIGN_FILES, read_document, shipped_folder, unknown_names
from geoprio.errors import ConfigError
from geoprio.scores.vocabulary import IN_FOLDER, IN_PROGRAM, names_of
from tests.cases import every
from tests.cli.conftest import Call
from tests.config.slots import SHIPPED_FILES
from tests.config.test_mutations import swapped

SHIPPED = shipped_folder()
FAULTS = {
    # file: (what stands there, what is written instead, what is told)
    "storstockholm.toml": [
        ("minimum_count =", "minimum_cuont =", "minimum_cuont: unknown key; did you mean"),
        ('"kommuner"', '"komuner"', "found 'komuner'; did you mean 'kommuner'?"),
        ("kvinnor = 1.0", "kvinor = 1.0", "found 'kvinor'; did you mean 'kvinnor'?"),
        ('scored_set = "regso_2020"', 'scored_set = "regso2020"', "did you mean 'regso_2020'?"),
    ],
    "demo.toml": [
        ('area_set = "regso_2020"', 'area_set = "regso2020"', "nesting.area_set: expected an area"),
        ('both = "women_age_18_29_count"', 'both = "women_age_18_29_cuont"', "pairs.0.both: "),
        ('second = "adult_women_count"', 'second = "adlut_women_count"', "'adult_women_count'?"),
    ],
    "groups/lo.toml": [
        ('indicator = "income_mean_sek"', 'indicator = "income_maen_sek"', "'income_mean_sek'?"),
        ('count = "born_abroad_count"', 'count = "born_abraod_count"', "'born_abroad_count'?"),
    ],
    "groups/unga.toml": [
        ("age_18_29_count", "age_18_29_cuont", "'age_18_29_cuont'"),
        ('base = "', 'base = "x', "expected one of 'residents'"),
    ],
    "profiles/canvass.toml": [
        ('"mobilisation_count"', '"mobilisation_cuont"', "did you mean 'mobilisation_count'?"),
        ('normalise = "percentile"', 'normalise = "percentil"', "did you mean 'percentile'?"),
    ],
    "sources/kommuner.toml": [('provides = "', 'provides = "x', "expected one of 'areas'")],
    # What every variant has from its file is told once; what is a variant's own, on its line.
    "sources/scb_tab6574_deso.toml": [
        ('reader = "jsonstat2"', 'reader = "jsonstta2"', "did you mean 'jsonstat2'?"),
        ('codelist = "vs_RegSO2020"', 'codelits = "vs_RegSO2020"', "fetch.codelits: unknown key"),
    ],
    "messages/vard.toml": [("care_jobs_share", "care_job_share", "did you mean 'care_jobs_share'")],
    "effects/published.toml": [("unga", "unag", "did you mean 'unga'?")],
    "associations.csv": [
        ("Vallentuna;kommun;", "Vallentuna;komun;", "line 3, area_set: expected an area set"),
    ],
    "constituencies.csv": [
        ("riksdag;0114;", "riskdag;0114;", "line 2, election: expected an election"),
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "kampanj"))


def told(place: Path, language: str = "en") -> tuple[bool, list[str]]:
    lines: list[str] = []
    right = validate(place, language=language, tell=lines.append)  # type: ignore[arg-type]
    return right, lines


def spoil(path: Path, old: str, new: str) -> int:
    """Write other words in a file, and return the line of the first."""
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_files_have_no_fault() -> None:
    right, lines = told(SHIPPED)
    assert right
    assert lines == [f"{len([*SHIPPED_FILES, *SHIPPED.glob('*.csv')])} files: no fault."]


def test_every_fault_of_every_file_comes_at_once_with_its_line(folder: Path) -> None:
    expected = [
        (name, spoil(folder / name, old, new), said)
        for name, slips in FAULTS.items()
        for old, new, said in slips
    ]
    right, lines = told(folder)
    assert not right
    for name, line, said in expected:
        assert any(it.startswith(f"{name}: line {line}, ") and said in it for it in lines), said
    assert lines[-1].startswith(f"{len(lines) - 1} faults in {len(FAULTS)} of ")


def test_the_same_is_told_in_swedish(folder: Path) -> None:
    spoil(folder / "storstockholm.toml", "minimum_count =", "minimum_cuont =")
    _, lines = told(folder / "storstockholm.toml", "sv")
    assert lines == [
        "storstockholm.toml: rad 13, minimum_cuont: okänd nyckel; menade du `minimum_count`?",
        "1 fel i 1 av 1 filer.",
    ]


def test_what_is_no_toml_is_told_beside_the_rest(folder: Path) -> None:
    (folder / "groups" / "unga.toml").write_text("a = \n", encoding="utf-8")
    (folder / "groups" / "lo.toml").write_bytes("a = 1\nb = 'å'".encode("latin-1"))
    spoil(folder / "groups" / "kvinnor.toml", "[label]", "[lable]")
    _, lines = told(folder / "groups")
    assert any(it.startswith("groups/unga.toml: not TOML") and "line 1" in it for it in lines)
    assert any(it.startswith("groups/lo.toml: not TOML") and "line 2" in it for it in lines)
    assert any("lable: unknown key; did you mean `label`?" in it for it in lines)


def test_faults_that_the_models_tell_have_their_own_lines(folder: Path) -> None:
    path = folder / "vendors" / "svensk_excel.toml"
    line = spoil(path, "decimal = ", 'decimal = ";" #')
    assert told(path)[1][0].startswith(f"vendors/svensk_excel.toml: line {line}, decimal: ")
    spoil(path, 'decimal = ";" #', "decimal = ")
    spoil(path, "bom = true", "bom = false")
    line = spoil(path, "utf-8", "utf-16")
    assert told(path)[1][0].startswith(f"vendors/svensk_excel.toml: line {line + 1}: bom: utf-16")


def test_a_local_question_belongs_to_an_association_of_the_folder(folder: Path) -> None:
    path = folder / "messages" / "local.toml"
    path.write_text('[local."Tby"]\nsv = "Hur?"\nen = "How?"\n', encoding="utf-8")
    assert "line 1, local.Tby: expected an association" in told(path)[1][0]
    assert "did you mean 'Täby'?" in told(path)[1][0]


def test_a_list_of_associations_is_read(folder: Path) -> None:
    path = folder / "associations.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*rows, "", rows[1].replace("Upplands", "Neder")]), encoding="utf-8")
    assert f"line {len(rows) + 2}, area_code: kommun 0114: belongs to" in told(path)[1][0]
    path.write_text("\n".join([*rows, "Täby;;0160"]), encoding="utf-8")
    assert f"row {len(rows) + 1}: a value is missing" in told(path)[1][0]


def test_a_fault_of_a_list_stands_at_its_file_and_row_once_for_all_its_campaigns(
    folder: Path,
) -> None:
    path = folder / "associations.csv"
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    path.write_text("\n".join([*rows, "Ekero;kommun;125"]), encoding="utf-8")
    _, lines = told(folder, "sv")
    (line,) = [it for it in lines if "Ekero" in it]
    assert line == f"associations.csv: rad {len(rows) + 1}: Ekero: kommun har inget område '125'"


def test_an_undated_change_of_a_definition_is_told(folder: Path) -> None:
    line = spoil(folder / "groups" / "unga.toml", 'sv = "18–29 år"', 'sv = "18–25 år"')
    right, lines = told(folder / "groups" / "unga.toml")
    assert not right
    assert lines[0].startswith(f"groups/unga.toml: line {line - 1}: definition differ")


def test_a_folder_whose_name_is_misspelt_is_told(folder: Path) -> None:
    (folder / "vendors").rename(folder / "vednors")
    right, lines = told(folder)
    assert not right
    assert "vednors/: the folder is not read; did you mean vendors/?" in lines


def test_sidecars_and_editors_settings_are_no_campaigns(folder: Path) -> None:
    (folder / "fil.json").write_text("{}", encoding="utf-8")
    (folder / "fil.json.toml").write_text("a = 1\n", encoding="utf-8")
    (folder / ".taplo.toml").write_text("a = 1\n", encoding="utf-8")
    assert told(folder)[0]


def test_what_was_found_is_shown_as_toml_has_it(folder: Path) -> None:
    path = folder / "groups" / "unga.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"decided = 2027-01-15\nrole = true\n{text}", encoding="utf-8")
    _, lines = told(path)
    assert "expected text in quotation marks; found 2027-01-15" in lines[0]
    assert "line 2, role: expected one of 'locate', 'message'; found true" in lines[1]


@pytest.mark.parametrize("name", ["saknas", "saknas.toml", "tom", "ord.txt"])
def test_nothing_to_validate_is_an_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    (tmp_path / "ord.txt").write_text("a = 1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="expected a campaign folder"):
        told(tmp_path / name)


def naming() -> Iterator[tuple[str, str, str]]:
    for kind, places in [*IN_PROGRAM.items(), *IN_FOLDER.items(), ("campaigns", CAMPAIGN_FILES)]:
        for place, names in places.items():
            yield kind, place, names


def fitting(kind: str) -> list[Path]:
    return [path for path in SHIPPED_FILES if kind_of(path) == kind]


UNUSED = {
    *("effects", "typology", "uncertainty.lognormal.*", "first_time.group", "fetch.clip_by"),
    *(f"mailing.editions.*.{name}" for name in ("vendor", "addressed", "notice")),
    "mailing.editions.*.target_groups.*",
}
"""Places that few or no shipped files use."""


@every("kind,place,names", sorted(set(naming())))
def test_a_misspelt_name_of_something_else_is_told(kind: str, place: str, names: str) -> None:
    known = names_of([names], (SHIPPED,))
    assert known[names]
    found = 0
    for path in fitting(kind):
        document = read_document(path)
        assert unknown_names(document, {place: names}, known) == [] or names == "associations"
        # Every name is wrong when only misspelt ones are known.
        slips = {names: [swapped(name) for name in known[names]]}
        faults = unknown_names(document, {place: names}, slips)
        found += len(faults)
        assert all(fault.near and fault.line for fault in faults)
    assert found or place in UNUSED


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("storstockholm.toml", "top_k =", "topk =", "topk: unknown key; did you mean `top_k`?"),
        ("storstockholm.toml", '"mailing"', '"mialing"', "did you mean 'mailing'?"),
        ("groups/unga.toml", "[alignment]", "[alignmnet]", "did you mean `alignment`?"),
        ("profiles/canvass.toml", '"percentile"', '"precentile"', "did you mean 'percentile'?"),
    ],
)
def test_a_run_tells_it_and_writes_nothing(
    call: Call, folder: Path, name: str, old: str, new: str, said: str
) -> None:
    line = spoil(folder / name, old, new)
    done = call("run", folder / "storstockholm.toml", "--out", folder / "ut")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"{Path(name).name}: 1 fault(s)\n  - line {line}, " in done.stderr
    assert said in done.stderr
    assert not (folder / "ut").exists()


def test_every_kind_of_file_has_an_example() -> None:
    assert {kind_of(path) for path in SHIPPED_FILES} == set(KINDS)


def test_associations_by_municipality_may_be_named_before_a_run_knows_them(tmp_path: Path) -> None:
    folder = tmp_path / "kampanj"
    start(folder, county="14")
    local = folder / "messages" / "local.toml"
    local.write_text('[local."Malmö"]\nsv = "Fråga om bussen."\nen = "The bus."\n', "utf-8")
    assert told(folder)[0]


def test_a_folder_may_be_named_from_within(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "groups")
    assert told(Path())[0]
    assert told(Path("lo.toml"))[0]


def test_a_reader_that_is_no_word_is_told(folder: Path) -> None:
    path = folder / "sources" / "kommuner.toml"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("reader ="))
    path.write_text(text.replace(line, 'reader = ["csv"]'), encoding="utf-8")
    right, lines = told(folder)
    assert not right
    assert any("kommuner.toml" in one and "reader" in one for one in lines)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "demo"', 'name = "con"', "Windows"),
        ('county_code = "01"', 'county_code = "٠١"', "county_code"),
    ],
)
def test_what_a_run_refuses_is_told_before_it(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    shipped = (shipped_folder() / "demo.toml").read_text(encoding="utf-8")
    assert old in shipped
    (tmp_path / "demo.toml").write_text(shipped.replace(old, new), encoding="utf-8")
    told: list[str] = []
    assert not validate(tmp_path / "demo.toml", language="en", tell=told.append)
    assert said in told[0]


@pytest.mark.parametrize("spoilt", ["ansi", "header"])
def test_a_spoilt_list_is_one_fault_at_the_list(tmp_path: Path, spoilt: str) -> None:
    """Nobody is told to open a campaign's TOML in a spreadsheet."""
    start(tmp_path / "kampanj", county=None, year=None)
    path = tmp_path / "kampanj" / "associations.csv"
    whole = path.read_text("utf-8-sig")
    path.write_bytes(
        whole.encode("cp1252" if spoilt == "ansi" else "utf-8").replace(
            b"area_set" if spoilt == "header" else b"\0", b"x"
        )
    )
    for place in (tmp_path / "kampanj", tmp_path / "kampanj" / "storstockholm.toml"):
        told: list[str] = []
        assert not validate(place, language="sv", tell=told.append)
        assert len(told[:-1]) == 1
        assert told[0].startswith("associations.csv: ")
