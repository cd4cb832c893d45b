"""Small campaigns: what little they have is enough, and `check` says yes where a run does."""

import itertools
import re
import shutil
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest

from geoprio import pipeline
from geoprio.cli import fetches, readiness
from geoprio.cli.kinds import validate
from geoprio.config import load_campaign, shipped_folder
from geoprio.errors import GeoprioError
from geoprio.reports import editions
from geoprio.runs.outcome import Outcome
from geoprio.sources import load_source
from geoprio.tables import NO_ELECTION
from tests.shared import Shared, spoilable

pytestmark = pytest.mark.whole
AREAS, SEED = 100, 3
DISTRICTS = "val_valdistrikt_2022"
RESULTS = "val_results_2022_riksdag"
TABLE = "scb_tab6574_deso"
AGES = "scb_kommun_age_sex"
BORDERS = "scb_deso_2018_wfs"
TOWN = "0127"


@pytest.fixture(scope="module")
def county(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = shared.county(areas=AREAS, seed=SEED)
    folder = spoilable(raw, tmp_path_factory.mktemp("small") / "raw", draws=50)
    shutil.rmtree(folder / "privat")
    return folder


def small(
    county: Path, *sources: str, town: str = "", groups: str = "unga", channels: str = "mailing"
) -> Path:
    """Write a campaign without a closer set and a key, on few sources, and return its file."""
    text = (county / "demo.toml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^(closer_set|nesting) = .*\n", "", text)
    named = "".join(f'"{name}", ' for name in sources)
    text = re.sub(r"(?s)\nsources = \[.*?\n\]", f"\nsources = [{named}]", text)
    text = text.replace('scored_set = "regso_2020"', 'scored_set = "deso_2018"')
    text = re.sub(r"(?m)^profiles = .*", f"profiles = {channels.split()}", text)
    text = re.sub(r"(?m)^top_k = \d+", "top_k = 1", text)
    if town:
        text = text.replace("seed = ", f'municipalities = ["{town}"]\nseed = ', 1)
    if groups:
        lines = "".join(f"{name} = 1.0\n" for name in groups.split())
        text = re.sub(r"(?s)\[target_groups\]\n.*?\n\n", f"[target_groups]\n{lines}\n", text)
    text = re.sub(r"(?m)^associations = .*", 'associations = "rest.csv"', text)
    (county / "rest.csv").write_text("association;area_set;area_code\nDistriktet;kommun;*\n")
    text = text.partition("\n[overlap]")[0] + "\n"
    path = county / f"small-{len(list(county.glob('small-*')))}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def computed(path: Path) -> Outcome:
    return pipeline.outcome_of(load_campaign(path), path, path.parent)


LEAST = (BORDERS, DISTRICTS, RESULTS, TABLE)
ENOUGH = (*LEAST, AGES)
HOMES = "scb_tab6638_deso"
SMALL: dict[str, tuple[dict[str, str], set[str], set[str]]] = {
    "one table": ({}, {"mailing"}, {"hushåll eller bostäder", "tre av fem"}),
    "three groups of which two are known": (
        {"groups": "unga kvinnor lo"},
        {"mailing"},
        {"LO-medlemmar räknas inte med", "scb_tab6679_deso"},
    ),
    "canvassing alone": (
        {"channels": "canvass"},
        {"canvass"},
        {"utan dörrtäthet (20 procent av vikten)", HOMES},
    ),
    "a channel of the associations' own figures": (
        {"channels": "canvass organise"},
        {"canvass"},
        {"Organisering visas inte", "data/raw/"},
    ),
    "one municipality": ({"town": TOWN}, {"mailing"}, {"tre av fem"}),
    "one municipality, canvassing": ({"town": TOWN, "channels": "canvass"}, {"canvass"}, set()),
}
"""By campaign: what it asks for, the channels that are ranked, and words of what it is told."""


@pytest.mark.parametrize("name", SMALL)
def test_a_small_campaign_gives_what_can_be_given_and_says_each_lack_once(
    county: Path, name: str
) -> None:
    asked, ranked, words = SMALL[name]
    found = computed(small(county, *LEAST, **asked))
    (level,) = found.levels
    assert set(level.areas["association"]) == {"Distriktet"}
    assert len(level.areas) == AREAS or asked.get("town")
    scored = {name for name, frame in level.scores.items() if frame["score"].notna().all()}
    assert scored == ranked
    for word in words:
        assert len([line for line in found.warnings if word in line]) == 1, word
    # A profile that lacks a criterion says how much of it is left.
    left = {channel: frame["coverage"].unique() for channel, frame in level.scores.items()}
    assert left.get("canvass", 0.8) == pytest.approx(0.8)
    assert left.get("mailing", 1.0) == pytest.approx(1.0)
    assert len(found.mailings) == ("mailing" in ranked)


def test_a_campaign_without_a_mailing_is_written_and_orders_none(
    county: Path, tmp_path: Path
) -> None:
    path = small(county, *LEAST, channels="canvass")
    run = pipeline.run(path, raw=county, out=tmp_path)
    assert run.mailing.empty
    assert "canvass" in set(run.frame("scores")["channel"])
    for name in ("ranking.csv", "ranking.xlsx", "mailing.csv"):
        assert (tmp_path / "data" / "processed" / "demo" / name).stat().st_size
    with pytest.raises(GeoprioError, match='"mailing" among'):
        editions.mailings(run)


def test_an_assumed_split_at_18_is_near_the_municipalities_own_and_less_sure(county: Path) -> None:
    assumed, known = (computed(small(county, *LEAST, *more)) for more in ((), (AGES,)))
    one, other = (
        found.levels[0].groups.query(f"group == 'unga' and election == '{NO_ELECTION}'")
        for found in (assumed, known)
    )
    gap = (one["count"] - other["count"]) / other["se"]
    assert gap.abs().quantile(0.9) < 2
    assert one["se"].mean() > other["se"].mean()


def test_what_a_group_lacks_is_said_where_none_can_be_located(county: Path) -> None:
    path = small(county, *LEAST, groups="lo")
    with pytest.raises(GeoprioError, match="scb_tab6679_deso"):
        computed(path)


def test_one_municipality_limits_every_source_and_total(county: Path) -> None:
    path = small(county, BORDERS, DISTRICTS, RESULTS, TABLE, AGES, town=TOWN, groups="unga")
    found = computed(path)
    (level,) = found.levels
    assert set(level.areas["municipality_code"]) == {TOWN}
    assert all(code.startswith(TOWN) for code in found.district_votes.index)
    for item in found.gathered.loaded:
        assert {str(code)[:4] for code in item.frame.index} <= {TOWN}


def test_a_source_of_other_municipalities_alone_is_named(county: Path) -> None:
    path = small(county, BORDERS, DISTRICTS, RESULTS, TABLE, AGES, town="0199")
    with pytest.raises(GeoprioError, match="no row is of the municipalities 0199"):
        computed(path)


GRID = [held for least in (3, 4) for held in itertools.combinations(LEAST, least)]


@pytest.mark.parametrize("held", GRID, ids=lambda held: "+".join(name[4:11] for name in held))
def test_check_says_yes_where_a_run_does_and_there_alone(
    county: Path, held: tuple[str, ...]
) -> None:
    path = small(county, *held)
    report = readiness.report_on(readiness.load(path, raw=county, out=county, language="sv"))
    assert report.whole == (held == LEAST)
    if report.whole:
        return
    with pytest.raises(GeoprioError):
        computed(path)
    # A lack is told once, with a source that gives it, and not what follows from it.
    assert not report.left_out or not report.lacking
    assert len(set(report.lacking)) == len(report.lacking)
    for name, area_set in ((BORDERS, "deso_2018"), (DISTRICTS, "valdistrikt_2022")):
        lines = [line for line in report.lacking if "gränser" in line and area_set in line]
        if name not in held and RESULTS in held:
            assert len(lines) == 1
            assert "geoprio fetch" in lines[0] or "lägg" in lines[0].lower()


LIST = "association;area_set;area_code\nDistriktet;kommun;*\n"
Change = Callable[[Path, str], str]


def twin_borders(folder: Path, text: str) -> str:
    twin = (shipped_folder() / "sources" / f"{BORDERS}.toml").read_text(encoding="utf-8")
    (folder / "sources").mkdir(exist_ok=True)
    (folder / "sources" / "twin.toml").write_text(twin.partition("[variants")[0], "utf-8")
    return text.replace("sources = [", 'sources = ["twin", ')


def replaced(old: str, new: str) -> Change:
    def change(_: Path, text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def owned(row: str) -> Change:
    """Return a change to the list of associations."""

    def change(folder: Path, text: str) -> str:
        (folder / "rest.csv").write_text(f"{LIST}{row}\n", encoding="utf-8")
        return text

    return change


def lost(name: str) -> Change:
    def change(folder: Path, text: str) -> str:
        (folder / name).unlink()
        return text

    return change


def with_source(name: str) -> Change:
    return replaced("sources = [", f'sources = ["{name}", ')


def on_gotland(beside: str) -> Change:
    return lambda _, text: text.replace('county_code = "01"', 'county_code = "09"').replace(
        "sources = [", beside
    )


EDITION = '\n[[mailing.editions]]\nname = "regionen"\nelection = "region"\n'
BEFORE_READING: dict[str, Change] = {
    "two sources of one set's borders": twin_borders,
    "two sources of one result": with_source("val_roster_2022_riksdag"),
    "no results for the year": replaced("year = 2022\ndate", "year = 2018\ndate"),
    "no results for the election": replaced('basis = "riksdag"', 'basis = "kommun"'),
    "a comparison of areas that nothing draws": with_source("val_mapping_2018_2022"),
    "a region that is not elected": on_gotland('sources = ["val_results_2022_region", '),
    "an edition for such a region": lambda folder, text: (
        on_gotland("sources = [")(folder, text) + EDITION
    ),
    "an area set that nothing draws": owned("Ett;regso_2020;0127R001"),
    "a municipality of another county": owned("Ett;kommun;1480"),
    "a code that is no municipality's": owned("Ett;kommun;012"),
    "a code that is formed as none of its set": owned("Ett;deso_2018;0127R001"),
    "a district of another form": owned("Ett;valdistrikt_2022;0127"),
    "a key that is no source": replaced(
        "seed = ", 'nesting = { key = "deso_2018", area_set = "regso_2020" }\nseed = '
    ),
    "a key that is none": replaced(
        "seed = ", f'nesting = {{ key = "{BORDERS}", area_set = "regso_2020" }}\nseed = '
    ),
    "no group that locates": replaced("unga = 1.0", "kvinnor = 1.0"),
}
"""What a run refuses before it reads a raw file: as `validate` does, it stands in the folder."""
WITH_THE_FILES: dict[str, Change] = {
    "an area that is not there": owned("Ett;deso_2018;0127C9990"),
    "a municipality that is not there": owned("Ett;kommun;0199"),
    "no file of a source": lost("TAB6574.json"),
}
RIGHT: dict[str, Change] = {
    "as it is": lambda _, text: text,
    "a municipality of its own": owned("Ett;kommun;0127"),
}


def here(county: Path, folder: Path) -> Path:
    """Return a campaign that is enough in a folder of its own, with its files."""
    path = small(county, *ENOUGH)
    kept = [path.name, "rest.csv", *(it for name in ENOUGH for it in load_source(name).files)]
    folder.mkdir()
    for file in county.iterdir():
        if any(fnmatch(file.name, pattern) for pattern in kept):
            shutil.copy(file, folder)
    text = path.read_text(encoding="utf-8").replace("demo = true\n", "")
    (folder / path.name).write_text(text, encoding="utf-8")
    return folder / path.name


@pytest.mark.parametrize("case", [*BEFORE_READING, *WITH_THE_FILES, *RIGHT])
def test_neither_check_nor_validate_says_yes_where_a_run_says_no(
    county: Path, tmp_path: Path, case: str
) -> None:
    path = here(county, tmp_path / "kampanj")
    change = {**BEFORE_READING, **WITH_THE_FILES, **RIGHT}[case]
    path.write_text(change(path.parent, path.read_text(encoding="utf-8")), encoding="utf-8")
    lines: list[str] = []
    validated = validate(path.parent, language="sv", tell=lines.append)
    try:
        loaded = readiness.load(path, raw=path.parent, out=tmp_path, language="sv")
        checked = readiness.report_on(loaded).whole
    except GeoprioError:
        checked = False
    if case in RIGHT:
        computed(path)
        assert validated, lines
        assert checked
        return
    with pytest.raises(GeoprioError):
        computed(path)
    assert not checked
    assert not validated or case in WITH_THE_FILES


Spoil = Callable[[Path, bytes], bytes]


def first_of_others(path: Path, content: bytes) -> bytes:
    files = (it for it in sorted(path.parent.iterdir()) if it.suffix == path.suffix)
    return next((it.read_bytes() for it in files if it.read_bytes() != content), b"{}")


SPOILS: dict[str, Spoil] = {
    "nothing": lambda _, __: b"",
    "half of it": lambda _, content: content[: len(content) // 2],
    "what another file holds": first_of_others,
}
"""What stands in a file that is at hand by its name."""
OF_ONE: dict[str, tuple[str, Spoil]] = {
    "semicolons": (AGES, lambda _, content: content.replace(b",", b";")),
    "other headings": (AGES, lambda _, content: content.replace(b"\n", b"x\n", 1)),
    "another election's workbook": (
        RESULTS,
        lambda path, _: (path.parent / "valresultat-2022-kommun-per-valdistrikt.xlsx").read_bytes(),
    ),
}


def test_check_never_says_yes_of_files_that_a_run_refuses(county: Path, tmp_path: Path) -> None:
    path = here(county, tmp_path / "kampanj")
    shutil.copy(county / "valresultat-2022-kommun-per-valdistrikt.xlsx", path.parent)
    cases = [(source, how, SPOILS[how]) for source in ENOUGH for how in SPOILS]
    cases += [(source, how, spoil) for how, (source, spoil) in OF_ONE.items()]
    for source, how, spoil in cases:
        (pattern, *_) = load_source(source).files
        file = next(it for it in path.parent.iterdir() if fnmatch(it.name, pattern))
        content = file.read_bytes()
        file.write_bytes(spoil(file, content))
        loaded = readiness.load(path, raw=path.parent, out=tmp_path, language="sv")
        if (source, how) == (AGES, "half of it"):
            # What is cut off between two rows is a whole table of fewer municipalities.
            computed(path)
            assert not loaded.refused
        else:
            with pytest.raises(GeoprioError) as fault:
                computed(path)
            (refused,) = loaded.refused
            assert refused.told("sv")[:80] == fault.value.told("sv")[:80], (source, how)
            assert not readiness.report_on(loaded).whole
        file.write_bytes(content)


def test_where_the_tables_are_whole_they_are_not_blamed(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = here(county, tmp_path / "kampanj")
    (path.parent / "rest.csv").write_text(f"{LIST}Ekero;kommun;0199\n", encoding="utf-8")
    loaded = readiness.load(path, raw=path.parent, out=tmp_path, language="sv")
    readiness.tell(readiness.report_on(loaded), "sv")
    said = capsys.readouterr().out
    assert "rest.csv: filen är fel\n  - rad 3: Ekero: kommun har inget område '0199'" in said
    assert "se tabellerna" not in said
    assert said.endswith("En körning går inte att göra än: se raderna här ovanför.\n")


def test_more_first_areas_than_there_are_is_told_by_check_and_run(county: Path) -> None:
    path = small(county, *ENOUGH)
    path.write_text(
        path.read_text(encoding="utf-8").replace("top_k = 1", f"top_k = {AREAS}"), "utf-8"
    )
    report = readiness.report_on(readiness.load(path, raw=county, out=county, language="sv"))
    (line,) = report.elsewhere
    assert line.startswith(f"top_k är {AREAS}, men bara {AREAS} områden rangordnas")
    assert line.endswith(f"omkring {AREAS // 10}")
    assert line in computed(path).warnings


def test_a_county_without_a_region_is_told_before_a_file_is_read_or_fetched(county: Path) -> None:
    path = small(county, *ENOUGH, "val_results_2022_region")
    text = path.read_text(encoding="utf-8").replace("demo = true\n", "")
    path.write_text(text.replace('county_code = "01"', 'county_code = "09"'), encoding="utf-8")
    for begin in (computed, lambda path: fetches.load(path, raw=county, out=county)):
        with pytest.raises(GeoprioError) as fault:
            begin(path)
        assert "val_results_2022_region: Gotlands län elects no region" in str(fault.value)
        assert "another county" not in str(fault.value)


def test_the_year_2018_without_its_borders_is_told_with_the_source_that_has_them(
    county: Path,
) -> None:
    path = small(county, BORDERS, "val_results_2018_riksdag", TABLE, AGES)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("year = 2022\ndate", "year = 2018\ndate"), encoding="utf-8")
    report = readiness.report_on(readiness.load(path, raw=county, out=county, language="sv"))
    assert not report.whole
    (line,) = report.lacking
    assert line.startswith("inga gränser ges för valdistrikt_2018")
    assert "val_valdistrikt_2018 (" in line


@pytest.mark.parametrize("channels", ["organise", "canvass organise", "canvass"])
def test_check_says_no_where_no_channel_can_be_ranked(county: Path, channels: str) -> None:
    path = small(county, *LEAST, channels=channels)
    report = readiness.report_on(readiness.load(path, raw=county, out=county, language="sv"))
    assert report.whole == (channels != "organise")
    assert len(report.left_out) == len(channels.split())
    if not report.whole:
        with pytest.raises(GeoprioError, match="no channel can be ranked"):
            computed(path)
