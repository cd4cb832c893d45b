"""An addressed order: the register's form, who is asked for and why, and when no order is made."""

import csv
import io
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import tomli_w

from geoprio.config import (
    MAILING,
    MailingEdition,
    Register,
    config_folders,
    load_group,
    load_model,
    shipped_folder,
)
from geoprio.errors import ConfigError, ContractError, GeoprioError, SourceError
from geoprio.files import compare, read_returned
from geoprio.files.delivery import read_control
from geoprio.files.markdown import escaped
from geoprio.plans import MailingWish, postal_pairs
from geoprio.plans.postal import residents_of_age
from geoprio.reports.editions import REGISTERS, choose_edition, edition_files
from geoprio.reports.register_order import (
    AddressOrder,
    addressed_files,
    layer_faults,
    load_addressed,
    other_share,
    render_order,
)
from geoprio.reports.vendor_order import Edition
from geoprio.runs import Run
from geoprio.words import one_line, text
from tests.files.conftest import DEMO_MARK, HOSTILE
from tests.reports.test_notice import filled
from tests.reports.walk import faults_of, parts_of

SHIPPED = (shipped_folder(),)
EDITION = Edition("riksdag", date(2030, 9, 8))
WANTED, SPAR = load_addressed("unga", SHIPPED)
ORDER = AddressOrder(EDITION, WANTED, SPAR, "Storstockholm")
STEM = "urval-riksdag"
BASIS = "urvalsmotivering.md"

Files = dict[str, bytes]
Order = Callable[..., Files]


def toy_codes(count: int = 3, **changes: object) -> pd.DataFrame:
    """Return postal codes that are not in order, in a municipality whose code begins with 0."""
    codes = [f"{16300 + 7 * place % 9973:05d}" for place in range(count)]
    columns = {"municipality_code": "0180", "municipality_name": "Stockholm", **changes}
    return pd.DataFrame(columns, index=pd.Index(codes[::-1], name="postal_code"))


@pytest.fixture(scope="module")
def files() -> Files:
    return render_order(toy_codes(), ORDER)


def test_the_order_is_five_digits_as_text_sorted_one_per_row(files: Files) -> None:
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
    files = render_order(toy_codes(2001), ORDER)
    lists = {name: one.decode().split() for name, one in files.items() if name.endswith(".txt")}
    assert [len(one) for one in lists.values()] == [1000, 1000, 1]
    assert len(set().union(*lists.values())) == 2001
    rows = csv.DictReader(io.StringIO(files[f"{STEM}.csv"].decode("utf-8-sig")), delimiter=";")
    for row in rows:
        assert row["postnummer"] in lists[f"{STEM}-postnummer-{row['lista']}.txt"]
    assert text("order_several", "sv") in files[f"{STEM}.md"].decode()


def test_the_form_has_every_field_that_the_register_is_known_to_have(
    facts: Path, files: Files
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


def test_a_file_that_came_back_is_verified(files: Files, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    control = read_control(tmp_path / f"{STEM}.kontroll.toml")
    for name in (f"{STEM}.csv", f"{STEM}.xlsx"):
        assert compare(control, read_returned(tmp_path / name, control)) == []
    lost = files[f"{STEM}.csv"].replace(b";0180;", b";180;")
    (tmp_path / f"{STEM}.csv").write_bytes(lost)
    found = compare(control, read_returned(tmp_path / f"{STEM}.csv", control))
    assert {one.kind for one in found} == {"zeros"}


@pytest.mark.parametrize("column", ["score", "rank", "lo_share", "reason", "order", "namn"])
def test_a_column_that_no_vendor_may_see_is_refused(column: str) -> None:
    with pytest.raises(ContractError, match=column):
        render_order(toy_codes(**{column: 1.0}), ORDER)


def test_what_is_no_postal_code_is_refused() -> None:
    with pytest.raises(ContractError, match="'A6300': is not five digits"):
        render_order(toy_codes(1).rename(index=lambda _: "A6300"), ORDER)
    with pytest.raises(ContractError, match="stands twice"):
        render_order(pd.concat([toy_codes(1)] * 2), ORDER)


def require_plain(page: str) -> None:
    """Fail where a page has markup that somebody's words have made."""
    assert not re.search(r"(?<!\\)<|(?<!\\)\]\(", page)
    assert "\x07" not in page
    assert len([line for line in page.splitlines() if line.startswith("# ")]) == 1


STRANGE = [*HOSTILE, "=1+1|x", "[a](javascript:x)", "a\n# b\u202e\x07"]


@pytest.mark.parametrize("words", STRANGE)
def test_hostile_names_stay_text(words: str) -> None:
    wanted = WANTED.model_copy(update={"purpose": type(WANTED.purpose)(sv=words, en=words)})
    order = AddressOrder(replace(EDITION, name=words), wanted, SPAR, words)
    files = render_order(toy_codes(municipality_name=words), order)
    assert all(re.fullmatch(r"[a-z0-9.-]+", name) for name in files)
    rows = list(csv.reader(io.StringIO(files[f"{order.stem}.csv"].decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    require_plain(files[f"{order.stem}.md"].decode())
    assert one_line(escaped(words)) == escaped(words)


def test_the_sheet_speaks_english_and_bears_the_mark() -> None:
    files = render_order(toy_codes(), replace(ORDER, language="en", mark=DEMO_MARK))
    sheet = files["selection-riksdag.md"].decode()
    assert "| Sex | not used (everybody) |" in sheet
    for one in (sheet, files["selection-riksdag.kontroll.toml"].decode()):
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
    assert WANTED.age_faults() == []
    assert WANTED.ages == (18, 29)
    faults = WANTED.model_copy(update=ages).age_faults()
    assert any(fault.startswith(told) for fault in faults), faults


def test_a_register_without_ages_or_codes_is_no_register(tmp_path: Path) -> None:
    shipped = (shipped_folder() / "registers" / "spar.toml").read_text(encoding="utf-8")
    path = tmp_path / "x.toml"
    path.write_text(shipped.replace('"ages"', '"unused"'), encoding="utf-8")
    with pytest.raises(ConfigError, match="expected 'postal_codes' and 'ages'"):
        load_model(Register, path)


# Of the demo: who is asked for, and when no order is made.


@pytest.fixture(scope="module")
def run(demo_result: Run) -> Run:
    """Return a run with one point inside each RegSO, whose postal code is 20000 and its place."""
    areas = demo_result.scored.areas
    points = gpd.GeoDataFrame(
        geometry=areas.representative_point().to_numpy(), index=codes_of(areas.index), crs=3006
    )
    return with_postal(demo_result, areas, points)


def with_postal(run: Run, areas: gpd.GeoDataFrame, points: gpd.GeoDataFrame | None) -> Run:
    by, pairs = postal_pairs(areas, run.scored.counts["population_count"], points=points) or ("", 0)
    frames = {**run.frames, "regso_2020_areas": areas, "regso_2020_postal": pairs}
    mailing = {**run.record["mailing"], "postal_codes": by}
    return replace(run, frames=frames, record={**run.record, "mailing": mailing})


def codes_of(areas: pd.Index) -> pd.Series:
    return pd.Series([f"{20000 + place}" for place in range(len(areas))], areas)


@pytest.fixture
def ordered(run: Run) -> Order:
    """Return what orders the run's plan as the shipped files have it, or changed."""

    def make(own: Run = run, plan: pd.DataFrame = run.mailing, **wanted: object) -> Files:
        return addressed_files(own, plan, WANTED.model_copy(update=wanted), SPAR, EDITION)

    return make


def files_of(
    run: Run, edition: MailingEdition, wish: MailingWish, folders: tuple[Path, ...]
) -> Files:
    return edition_files(run, choose_edition(run, edition, wish), folders)


def with_settings(run: Run, **changes: Mapping[str, object]) -> Run:
    """Return the run as it would be had the campaign, its groups or profiles been otherwise."""
    return replace(run, record={**run.record, "settings": {**run.settings, **changes}})


def with_groups(run: Run, *names: str) -> Run:
    return with_settings(run, groups={name: run.settings["groups"][name] for name in names})


def with_minimum(run: Run, count: int) -> Run:
    return with_settings(run, campaign={**run.settings["campaign"], "minimum_count": count})


def test_the_codes_of_the_chosen_areas_and_their_people(run: Run, ordered: Order) -> None:
    files = ordered()
    level, chosen = run.scored, run.mailing.index
    codes = codes_of(level.areas.index)[chosen]
    assert files["urval-riksdag-postnummer.txt"].decode().split() == sorted(codes)
    table = files["urval-riksdag.csv"].decode("utf-8-sig").splitlines()[1:]
    towns = {line.split(";")[0]: line.split(";")[2] for line in table}
    assert towns == {codes[area]: level.areas["municipality_code"][area] for area in chosen}
    people = residents_of_age(level.counts, (18, 29))[chosen].sum()
    page = files[BASIS].decode()
    rounded = f"{round(people, -3):,.0f}".replace(",", "\N{NO-BREAK SPACE}")
    assert 10_000 < people < 100_000
    assert f"Omkring {rounded} i åldern" in page
    assert "bär 33 procent av vikten" in page
    for area in chosen:
        assert f"| {area} | " in page
    assert "DEMO" in page
    assert "DEMO" in files["urval-riksdag.md"].decode()


def test_the_basis_says_what_must_be_said(run: Run, ordered: Order) -> None:
    level, (first, second, third, *_) = run.scored, run.mailing.index.sort_values()
    scores = level.table.copy()
    own = scores["channel"] == MAILING
    scores.loc[own & (scores.index == first), ["score", "rank"]] = [98.04, 1.0]
    scores.loc[own & (scores.index == second), ["score", "rank"]] = float("nan")
    frames = {**run.frames, "regso_2020_scores": scores}
    page = ordered(replace(run, frames=frames))[BASIS].decode()
    assert text("no_legal_advice", "sv") in page
    for words in ("art. 6", "Art. 9", "Art. 21", "Reklamspärr", "Registrets villkor", "2024/900"):
        assert words in page, words
    assert "Ingen uppgift om en person kommer in i geoprio" in page
    assert "| LO-medlemmar | 33 | ja |" in page
    places = level.places[["area_name", "municipality_name"]].agg(" | ".join, axis=1)
    assert f"| {first} | {places[first]} | 98,0 | 1 |" in page
    assert f"| {second} | {places[second]} |  |  |" in page
    english = replace(run, record={**run.record, "language": "en"})
    page = ordered(english)[BASIS].decode()
    assert "This is not legal advice." in page
    assert "GDPR art. 6" in page
    assert "DEMO" in page
    # Names are text here too.
    for words in STRANGE:
        areas = level.areas.copy()
        areas.loc[third, "area_name"] = words
        frames = {**run.frames, "regso_2020_areas": areas}
        page = ordered(replace(run, frames=frames))[BASIS].decode()
        require_plain(page)
        row = next(line for line in page.splitlines() if line.startswith(f"| {third}"))
        assert len(re.findall(r"(?<!\\)\|", row)) == 6


def test_no_file_tells_what_its_reader_may_not_see(
    run: Run, ordered: Order, tmp_path: Path
) -> None:
    for name, content in ordered().items():
        (tmp_path / name).write_bytes(content)
    homes = run.scored.areas["association"].dropna().to_dict()
    labels = {name: load_group(name, SHIPPED).label.sv for name in run.groups}
    parts = list(parts_of(tmp_path))
    assert {part.audience for part in parts} == {"leverantor", "valledning"}
    assert [fault for part in parts for fault in faults_of(part, homes, labels)] == []
    # The order of the choice is a ranking: no vendor's file has it, nor any area of it.
    for part in parts:
        if part.audience == "leverantor":
            cells = set(part.cells.map(str).to_numpy().ravel())
            assert not cells & set(run.mailing.index), part.file


def test_areas_that_are_postal_codes_need_no_points(run: Run, ordered: Order) -> None:
    level = run.scored
    codes = codes_of(level.areas.index)
    spaced = codes.str[:3] + " " + codes.str[3:]
    renamed = {
        f"regso_2020_{kind}": run.frame(kind).rename(index=spaced)
        for kind in ("areas", "counts", "scores")
    }
    own = replace(run, frames={**run.frames, **renamed})
    ours = with_postal(own, own.scored.areas, None)
    files = ordered(ours, run.mailing.rename(index=spaced))
    listed = files["urval-riksdag-postnummer.txt"].decode().split()
    assert listed == sorted(codes[run.mailing.index])
    assert "Områdena är själva postnummer" in files[BASIS].decode()


def test_a_choice_by_origin_or_union_alone_is_refused(run: Run, ordered: Order) -> None:
    for names in (["lo"], ["invandrarbakgrund"], ["lo", "invandrarbakgrund"]):
        with pytest.raises(GeoprioError, match=r"mailing.toml.*must not rest on origin or union"):
            ordered(with_groups(run, *names))
    assert layer_faults(with_groups(run, "lo", "unga")) == []


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        ({"lo_share": 1.0}, 0.0),
        ({"born_abroad_share": 1.0}, 0.0),
        ({"lo_share": 1.0, "doors_per_km2": 0.05}, 0.05 / 1.05),
        ({"lo_share": 1.0, "doors_per_km2": 1.0}, 0.5),
        ({"intensity_share": 1.0}, 1 / 3),
        ({"intensity_share": 1.0, "doors_per_km2": 1.0}, 2 / 3),
    ],
    ids=str,
)
def test_what_other_layers_bear_of_the_weight(
    run: Run, weights: dict[str, float], share: float
) -> None:
    profile = run.profiles[MAILING]
    plain = {"sv": "något", "en": "something"}
    criteria = [
        profile.criteria[0].model_dump() | {"indicator": name, "weight": weight, "label": plain}
        for name, weight in weights.items()
    ]
    own = type(profile).model_validate(
        profile.model_dump() | {"criteria": criteria, "scenarios": ()}
    )
    assert other_share(own, run) == pytest.approx(share)
    heavier = with_settings(run, profiles={MAILING: own.model_dump(mode="json")})
    assert bool(layer_faults(heavier)) == (share < 0.1)


def test_a_label_that_speaks_of_origin_counts_as_its_layer(run: Run) -> None:
    profile = run.profiles[MAILING]
    spoken = {"sv": "andel födda utomlands", "en": "a share"}
    criterion = profile.criteria[0].model_dump() | {"indicator": "x_share", "label": spoken}
    own = type(profile).model_validate(
        profile.model_dump() | {"criteria": [criterion], "scenarios": ()}
    )
    assert other_share(own, run) == 0


def test_every_fault_is_told_at_once(run: Run, ordered: Order) -> None:
    mailing = {**run.record["mailing"], "postal_codes": None}
    bare = with_groups(replace(run, record={**run.record, "mailing": mailing}), "lo")
    with pytest.raises(GeoprioError) as refused:
        ordered(bare, run.mailing.iloc[:0], age_from=None)
    told = str(refused.value)
    for words in ("age_from: missing", "mailing.toml", "postal codes: found neither", "plan:"):
        assert words in told


def test_a_selection_that_comes_to_few_is_refused(run: Run, ordered: Order) -> None:
    with pytest.raises(GeoprioError, match="expected at least 10000000"):
        ordered(least_residents=10_000_000)
    few_in_each = with_minimum(run, 1_000_000)
    with pytest.raises(GeoprioError, match="in 0 postal codes: found 0"):
        ordered(few_in_each)


def test_a_code_with_few_of_the_age_is_left_out_and_told(run: Run, ordered: Order) -> None:
    level, chosen = run.scored, run.mailing.index
    people = residents_of_age(level.counts, WANTED.ages)[chosen].sort_values()
    limit = int(people.iloc[0]) + 1
    files = ordered(with_minimum(run, limit))
    listed = files["urval-riksdag-postnummer.txt"].decode().split()
    assert listed == sorted(codes_of(level.areas.index)[people.index[people >= limit]])
    assert "1 postnummer är borttagna" in files[BASIS].decode()


def test_unknown_ages_are_no_pass(run: Run, ordered: Order) -> None:
    blind = run.scored.counts[["population_count"]]
    ours = replace(run, frames={**run.frames, "regso_2020_counts": blind})
    with pytest.raises(GeoprioError, match="unknown in some of them"):
        ordered(ours)


def test_an_edition_is_written_with_its_order_and_its_notice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "notices").mkdir()
    file = tmp_path / "notices" / "unga.toml"
    file.write_text(tomli_w.dumps(filled()), encoding="utf-8")
    folders = config_folders(tmp_path / "campaign.toml")
    edition = MailingEdition(
        name="riksdag", election_day="2030-09-08", addressed="unga", notice="unga"
    )
    wish = MailingWish(households=30_000)
    files = files_of(run, edition, wish, folders)
    sent = {name for name in files if name.startswith(f"{REGISTERS}/")}
    # Another size than the run's own is an alternative, in every name too.
    listed = f"{REGISTERS}/urval-riksdag-alternativ-30000-hushall-postnummer.txt"
    assert listed in sent
    # The reasons stay at home: the register is told which, never why.
    assert BASIS in files
    assert not any("motivering" in name for name in sent)
    assert {Path(name).suffix for name in files if "ndningsblad" in name} == {
        *(".md", ".html", ".json")
    }
    codes = files[listed].decode().split()
    plan = choose_edition(run, edition, wish).plan
    assert plan["payer"].isna().all()
    assert codes == sorted(codes_of(run.scored.areas.index)[plan.index])
    # Down the combined score: whoever is left out ranks lower, or did not fit.
    rank = run.scored.scores[MAILING]["rank"]
    households = run.scored.indicators["households_count"]
    spare = 30_000 - plan["households_count"].sum()
    passed_by = rank[(rank < rank[plan.index].max()) & ~rank.index.isin(plan.index)].index
    assert (households[passed_by] > spare).all()
    with pytest.raises(ConfigError, match="no precision"):
        files_of(run, edition, MailingWish(precision=0.5), folders)
    added = pd.Series({rank.index[0]: "någon"})
    with pytest.raises(SourceError, match="is addressed"):
        choose_edition(run, edition, wish, added)

    file.write_text("", encoding="utf-8")
    with pytest.raises(GeoprioError, match=r"(?s)sponsor\.name: empty.*notice\.url: empty"):
        files_of(run, edition, wish, folders)
