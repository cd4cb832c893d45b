"""The transparency notice: every field or none, in three forms, and what the run knows of it."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser

from geoprio.config import Notice, load_model, load_named, shipped_folder
from geoprio.config.sponsor import contradictions, empty_fields, is_empty
from geoprio.errors import ConfigError, GeoprioError
from geoprio.reports.notice import Choice, label_words, notice_files, notice_rows, render_notice
from geoprio.reports.register_order import load_addressed
from geoprio.reports.vendor_order import Edition
from geoprio.runs import Run
from geoprio.words import text
from tests.files.conftest import DEMO_MARK, HOSTILE
from tests.reports.walk import Part, faults_of, parts_of

ADDRESSED = Choice(12, ("Botkyrka", "Stockholm"), "SCB 2023; Valmyndigheten 2022", 12_431, (18, 29))
TO_ALL = Choice(12, ("Botkyrka", "Stockholm"), "SCB 2023; Valmyndigheten 2022", 41_250)
STEM = "sandningsblad-riksdag"
EDITION = Edition("riksdag", date(2030, 9, 8))
EXAMPLE = load_named(Notice, "notices", "exempel", (shipped_folder(),))
LABELS = {"lo": "LO-medlemmar", "invandrarbakgrund": "Invandrarbakgrund", "unga": "Unga"}


def filled() -> dict[str, Any]:
    """Return a notice with every field filled in, also those that only some mailings need."""
    place = {"postal_address": "Box 1, 111 11 Stockholm", "establishment": "Gatan 1, Stockholm"}
    return {
        "mailing": "Brev till unga väljare",
        "edition": "riksdag",
        "sponsor": {
            "name": "Partidistriktet",
            "registration_number": "802400-1234",
            "email": "kansli@example.org",
            **place,
        },
        "controller": {"name": "Partiet", "email": "info@example.org", **place},
        "payer": {"name": "Stödföreningen", "email": "kassa@example.org", **place},
        "period": {"first": "2030-08-05", "last": "2030-08-18"},
        "election": {
            "name": "Val till riksdagen",
            "day": "2030-09-08",
            "official_information": "https://www.val.se/att-rosta",
        },
        "amounts": {
            "mailing_sek": 84_250.5,
            "campaign_sek": 250_000,
            "benefits_sek": 0,
            "method": "Fakturor utan moms",
            "origin": "private",
            "territory": "inside",
        },
        "targeting": {
            "personal_data": True,
            "which": "Ålder och adress ur SPAR",
            "policy": "https://example.org/personuppgifter",
        },
        "earlier": {"stopped": True, "which": "Version A, i maj"},
        "notice": {
            "url": "https://example.org/blad/riksdag",
            "complaints": "Skriv till distriktet",
            "complaints_url": "https://example.org/anmal",
        },
    }


def paths(table: dict[str, Any], before: str = "") -> list[str]:
    found = []
    for name, value in table.items():
        inside = isinstance(value, dict)
        found += paths(value, f"{before}{name}.") if inside else [f"{before}{name}"]
    return found


def changed(values: dict[str, object]) -> Notice:
    """Return the filled notice with fields otherwise, by path; None takes a field away."""
    table = filled()
    for path, value in values.items():
        *tables, name = path.split(".")
        inside = reduce(dict.__getitem__, tables, table)
        inside[name] = value
        if value is None:
            del inside[name]
    return Notice.model_validate(table)


NOTICE = Notice.model_validate(filled())
FIELDS = paths(filled())


@pytest.mark.parametrize("path", FIELDS)
def test_every_field_emptied_in_turn_refuses(path: str) -> None:
    """Taken away, blank, and filled with what says nothing."""
    *_, name = path.split(".")
    inside: Any = reduce(dict.__getitem__, path.split("."), filled())
    free = {"name", "postal_address", "establishment", "method", "which", "complaints", "mailing"}
    blanks = [None, *([""] if isinstance(inside, str) else [])]
    blanks += [" ", "–", "...", "\n"] if name in {*free, "edition"} else []
    for blank in blanks:
        with pytest.raises(GeoprioError, match=rf"  - {re.escape(path)}: empty; expected "):
            render_notice(changed({path: blank}), ADDRESSED)


def test_every_field_is_one_of_those_that_must_be_filled() -> None:
    assert len(FIELDS) == 34
    assert empty_fields(NOTICE) == {}
    assert contradictions(NOTICE) == []
    aside = {"targeting.which", "targeting.policy", "earlier.which"}
    assert set(empty_fields(Notice())) == set(FIELDS) - aside


def test_all_empty_fields_are_told_at_once() -> None:
    with pytest.raises(GeoprioError) as refused:
        render_notice(EXAMPLE, TO_ALL)
    told = [line for line in str(refused.value).splitlines() if line.startswith("  - ")]
    assert len(told) == len(empty_fields(Notice())) == 31
    assert "2024/900" in str(refused.value)
    assert "not legal advice" in str(refused.value)


def test_the_example_names_every_field_there_is() -> None:
    path = shipped_folder() / "notices" / "exempel.toml"
    content = path.read_text(encoding="utf-8")
    whole = re.sub(r"^# (\w+ = )", r"\1", content, flags=re.MULTILINE)
    named = set(paths(tomllib.loads(whole)))
    assert named == {*FIELDS, "controller.none", "payer.same_as_sponsor"}


def test_what_does_not_apply_is_said_in_a_word_of_its_own() -> None:
    notice = changed(
        {
            "controller": {"none": True},
            "payer": {"same_as_sponsor": True},
            "targeting": {"personal_data": False},
            "earlier": {"stopped": False},
        }
    )
    page = render_notice(notice, TO_ALL)[f"{STEM}.md"].decode()
    assert "Ingen annan styr sponsorn." in page
    assert "Sponsorn betalar." in page
    assert "Mottagare väljs inte med personuppgifter" in page
    assert "Alla hushåll i områdena får den" in page
    assert "Omkring 41\N{NO-BREAK SPACE}000 hushåll" in page
    assert "Styrs av" not in label_words(notice, "sv")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("controller.none", True, "controller.none = true, and the table has name"),
        ("payer.same_as_sponsor", True, "payer.same_as_sponsor = true, and the table has name"),
        ("period.last", "2030-08-01", "period.first = 2030-08-05 is after"),
        ("period.last", "2030-09-09", "is after election.day"),
        ("amounts.campaign_sek", 10, "is less than amounts.mailing_sek"),
        ("targeting.personal_data", False, "targeting.personal_data: found false; expected true"),
        ("payer.name", "Anna 800101-1234", "payer.name: looks like a personal number"),
        ("sponsor.establishment", "198001011234", "sponsor.establishment: looks like a personal"),
    ],
)
def test_what_speaks_against_itself_is_refused(path: str, value: object, told: str) -> None:
    with pytest.raises(GeoprioError, match=re.escape(told)):
        render_notice(changed({path: value}), ADDRESSED)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('url = ""', 'url = "http://example.org"', "notice.url"),
        ('url = ""', 'url = "javascript:alert(1)"', "notice.url"),
        ('registration_number = ""', 'registration_number = "800101-1234"', "registration_number"),
        ('first = ""', 'first = "2030-02-30"', "period.first"),
        ('email = ""', 'email = "a b@c"', "sponsor.email"),
        ('origin = ""', 'origin = "mine"', "amounts.origin"),
        ("# mailing_sek = 0 ", "mailing_sek = -1 ", "amounts.mailing_sek"),
        ("# mailing_sek = 0 ", 'mailing_sek = "0" ', "amounts.mailing_sek"),
        ('mailing = ""', 'mailng = ""', "did you mean `mailing`"),
    ],
)
def test_a_file_that_is_wrong_is_told_when_it_is_read(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    content = (shipped_folder() / "notices" / "exempel.toml").read_text(encoding="utf-8")
    assert old in content
    path = tmp_path / "x.toml"
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(told)):
        load_model(Notice, path)


ASKED = {
    *("11.1 a", "11.1 b", "11.1 c", "11.1 d", "11.1 e"),
    *(f"12.1 {letter}" for letter in "abcdefgh"),
    *("12.1", "15", "19"),
}
"""What articles 11, 12, 15 and 19 ask for; the letters of 12.1 as far as they were read."""


def test_every_article_has_its_row_and_every_row_is_filled() -> None:
    rows = notice_rows(NOTICE, ADDRESSED, "sv")
    assert {part for row in rows for part in row.article.split(", ")} - {""} == ASKED
    assert all(not is_empty(line) for row in rows for line in (*row.lines, *row.links))
    assert all(row.lines or row.links for row in rows)
    assert len({row.key for row in rows}) == len(rows) == 19


def test_the_three_files_say_the_same() -> None:
    files = render_notice(NOTICE, ADDRESSED)
    assert set(files) == {f"{STEM}.md", f"{STEM}.html", f"{STEM}.json"}
    page, sheet = files[f"{STEM}.html"].decode(), files[f"{STEM}.md"].decode()
    told = json.loads(files[f"{STEM}.json"])
    for row in notice_rows(NOTICE, ADDRESSED, "sv"):
        heading = text(f"notice_{row.key}", "sv")
        assert heading in told["sv"]
        assert f'<th scope="row">{heading}</th>' in page
        assert f"| {heading} | " in sheet
        for line in (*row.lines, *row.links):
            assert line in page
            assert line.replace("\\", "") in sheet.replace("\\", "")
    assert told["sv"]["Betalt för försändelsen"] == told["en"]["Paid for this mailing"] == 84_250.5
    assert told["en"]["Sponsor"]["Registration number"] == "802400-1234"
    assert told["en"]["Personal data used to select receivers"]["value"] is True
    assert len(told["sv"]) == len(told["en"]) == 20
    assert "| 84\N{NO-BREAK SPACE}250,50 kronor |" in sheet
    for content in files.values():
        assert "inte juridisk rådgivning" in content.decode()
        assert "Anna" not in content.decode()


def test_how_areas_were_chosen_is_told_plainly_and_names_no_group(tmp_path: Path) -> None:
    files = render_notice(NOTICE, ADDRESSED)
    page = files[f"{STEM}.md"].decode()
    assert "statistik om områden och valresultat" in page
    assert "Ingen uppgift om en enskild person användes för att välja områden" in page
    assert "efter ålder (18–29 år) och postnummer ur ett personregister" in page
    assert "Omkring 12\N{NO-BREAK SPACE}000 personer i åldern" in page
    many = Choice(12, tuple(f"Kommun {n}" for n in range(7)), "SCB", float("nan"))
    page = render_notice(changed({"targeting.personal_data": False}), many)[f"{STEM}.md"].decode()
    assert "12 områden i 7 kommuner" in page
    assert "Inte känd." in page
    bare = [
        re.sub(r"<style>.*</style>", "", one.decode(), flags=re.DOTALL) for one in files.values()
    ]
    words = pd.DataFrame([line for one in bare for line in one.splitlines()])
    assert faults_of(Part("notice", "offentlig", (), words), {"A": "Tensta"}, LABELS) == []
    (tmp_path / "x.md").write_bytes(files[f"{STEM}.md"])
    assert [part.audience for part in parts_of(tmp_path)] == ["offentlig"]


def test_it_names_whom_to_complain_to_besides_the_sponsor() -> None:
    for name, content in render_notice(NOTICE, TO_ALL).items():
        said = content.decode()
        assert all(whom in said for whom in ("Mediemyndigheten", "IMY", "Skriv till distriktet")), (
            name
        )


def test_english_by_switch_and_the_mark_on_all() -> None:
    files = render_notice(NOTICE, ADDRESSED, language="en", mark=DEMO_MARK)
    assert set(files) == {f"notice-riksdag{ending}" for ending in (".md", ".html", ".json")}
    assert "Political advertising" in files["notice-riksdag.html"].decode()
    assert '<html lang="en">' in files["notice-riksdag.html"].decode()
    for content in files.values():
        assert DEMO_MARK.split(" ")[0] in content.decode()
        assert "not legal advice" in content.decode()


@pytest.mark.parametrize("words", [*HOSTILE, "a|b\n# c", "[x](javascript:y)", "=1+1", "{{7*7}}"])
def test_hostile_words_stay_words(words: str) -> None:
    free = ("mailing", "sponsor.name", "controller.postal_address", "amounts.method")
    files = render_notice(changed(dict.fromkeys(free, words)), ADDRESSED)
    page, sheet = files[f"{STEM}.html"].decode(), files[f"{STEM}.md"].decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "49" not in page
    assert not re.search(r"(?<!\\)<(?!https://|br>)", sheet)
    assert "](javascript" not in sheet.replace("\\](", "")
    rows = [line for line in sheet.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {4}
    assert len([line for line in sheet.splitlines() if line.startswith("# ")]) == 1
    json.loads(files[f"{STEM}.json"])


def test_the_page_fits_one_a4_and_asks_nobody_for_anything(
    browser: Browser, tmp_path: Path
) -> None:
    """Also with long names, which a district has."""
    name = "Vänsterpartiets partidistrikt i Storstockholm med omnejd och skärgård"
    place = "Kungsgatan 84, 2 tr, uppgång B, 112 27 Stockholm"
    method = "Fakturor och avtal till sista utdelningsdag, utan moms. " * 3
    long = {"amounts.method": method}
    for part in ("sponsor", "controller", "payer"):
        long |= {f"{part}.name": name, f"{part}.postal_address": place}
    files = render_notice(changed(long), ADDRESSED, mark=DEMO_MARK)
    path = tmp_path / "notice.html"
    path.write_bytes(files[f"{STEM}.html"])
    content = path.read_text(encoding="utf-8")
    assert "default-src 'none'" in content.replace("&#39;", "'")
    page = browser.new_page(viewport={"width": 794, "height": 1123})
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(path.as_uri())
    # The style is let in by its hash: were it not, the table would be as a browser makes it.
    border = page.evaluate("getComputedStyle(document.querySelector('table')).borderCollapse")
    assert border == "collapse"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert asked == [path.as_uri()]
    assert complaints == []
    page.close()


# Of the demo's plan.


def test_the_run_tells_how_areas_were_chosen_and_whom_it_reaches(demo_result: Run) -> None:
    notice = changed({"targeting.personal_data": False})
    plan = demo_result.mailing.iloc[:5]
    files = notice_files(demo_result, plan, notice, EDITION)
    page = files[f"{STEM}.md"].decode()
    towns = demo_result.scored.areas.loc[plan.index, "municipality_code"].unique()
    for code in towns:
        assert demo_result.municipality_names[code] in page
    assert f"går till {len(plan)} områden" in page
    households = plan["households_count"].sum()
    assert f"{round(households, -3):,.0f}".replace(",", "\N{NO-BREAK SPACE}") in page
    assert "DEMO" in page
    for area in plan.index:
        assert area not in page
    unknown = plan.assign(households_count=float("nan"))
    files = notice_files(demo_result, unknown, notice, EDITION)
    assert "Inte känd." in files[f"{STEM}.md"].decode()


def test_an_addressed_mailing_tells_its_ages(demo_result: Run) -> None:
    wanted, _ = load_addressed("unga", (shipped_folder(),))
    files = notice_files(demo_result, demo_result.mailing, NOTICE, EDITION, wanted)
    page = files[f"{STEM}.md"].decode()
    assert "ålder (18–29 år)" in page
    # The demo has no postal codes, so how many it comes to is not known.
    assert "Inte känd." in page
    with pytest.raises(GeoprioError, match="personal_data: found false"):
        silent = changed({"targeting.personal_data": False})
        notice_files(demo_result, demo_result.mailing, silent, EDITION, wanted)


def test_a_notice_of_another_mailing_is_refused(demo_result: Run) -> None:
    for other, told in (
        (Edition("kommun", EDITION.election_day), "edition: found riksdag; expected kommun"),
        (Edition("riksdag", date(2030, 9, 15)), "election.day: found 2030-09-08; expected"),
    ):
        with pytest.raises(GeoprioError, match=told):
            notice_files(demo_result, demo_result.mailing, NOTICE, other)


def test_an_unfinished_notice_makes_no_file_and_stops_no_run(demo_result: Run) -> None:
    english = replace(demo_result, record={**demo_result.record, "language": "en"})
    with pytest.raises(GeoprioError, match=r"(?s)mailing: empty.*notice.complaints_url: empty"):
        notice_files(english, demo_result.mailing, EXAMPLE, EDITION)
