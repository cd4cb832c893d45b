"""The notice of the demo's plan: what the run knows of the choice, and of which mailing it is."""

from dataclasses import replace
from datetime import date

import pytest

from geoprio.config import Notice, load_named, shipped_folder
from geoprio.errors import GeoprioError
from geoprio.reports.notice import notice_files
from geoprio.reports.register_order import load_addressed
from geoprio.reports.vendor_order import Edition
from geoprio.runs import Run
from tests.files.test_notice import NOTICE, STEM, changed

EDITION = Edition("riksdag", date(2030, 9, 8))


def test_the_run_tells_how_areas_were_chosen_and_whom_it_reaches(demo_result: Run) -> None:
    notice = changed("targeting.personal_data", False)
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
        silent = changed("targeting.personal_data", False)
        notice_files(demo_result, demo_result.mailing, silent, EDITION, wanted)


def test_a_notice_of_another_mailing_is_refused(demo_result: Run) -> None:
    for other, told in (
        (Edition("kommun", EDITION.election_day), "edition: found riksdag; expected kommun"),
        (Edition("riksdag", date(2030, 9, 15)), "election.day: found 2030-09-08; expected"),
    ):
        with pytest.raises(GeoprioError, match=told):
            notice_files(demo_result, demo_result.mailing, NOTICE, other)


def test_an_unfinished_notice_makes_no_file_and_stops_no_run(demo_result: Run) -> None:
    example = load_named(Notice, "notices", "exempel", (shipped_folder(),))
    english = replace(demo_result, record={**demo_result.record, "language": "en"})
    with pytest.raises(GeoprioError, match=r"(?s)mailing: empty.*notice.complaints_url: empty"):
        notice_files(english, demo_result.mailing, example, EDITION)
