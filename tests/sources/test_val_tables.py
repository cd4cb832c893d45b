"""Older tables of the election authority: 2014, 2022 in long form, electors by sex and age."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import SourceError
from geoprio.sources import load_source, read_source
from tests.sources.toy import write_xlsx

PARTIES = ("M", "C", "FP", "KD", "S", "V", "MP", "SD")
NAMES = (
    *("Moderaterna", "Centerpartiet", "Liberalerna (tidigare Folkpartiet)", "Kristdemokraterna"),
    *("Arbetarepartiet-Socialdemokraterna", "Vänsterpartiet", "Miljöpartiet de gröna"),
    "Sverigedemokraterna",
)


def shipped(name: str, folder: Path) -> pd.DataFrame:
    return read_source(load_source(name), folder, county_code="01")


def skv(*, ends: tuple[str, ...], rows: list[list[str]], line: str = "\r") -> bytes:
    head = ["LAN", "KOM", "VALKRETS", "VALDIST", "RIKSDAGSVALKRETS", "KOMMUN"]
    head += ["Kommunvalkrets", "Valdistrikt"]
    head += [f"{party} {kind}" for party in PARTIES for kind in ("tal", "proc")]
    head += [*ends, "OG", "Rost Giltiga", "Rostande", "Rostb", "VALDELT"]
    return (line.join(";".join(row) for row in [head, *rows]) + line).encode("cp1252")


def row_2014(district: str, name: str, votes: tuple[str, ...]) -> list[str]:
    shares = [cell for number in votes for cell in (number, "1,23")]
    sums = ["3", "0,3", "2", "1", "39", "42", "60", "70,00"]
    return ["1", "14", "2", district, "Stockholms län", "Upplands Väsby", "", name, *shares, *sums]


@pytest.mark.parametrize("line", ["\r", "\r\n"])
def test_2014_is_read_with_its_line_ends_letters_and_commas(tmp_path: Path, line: str) -> None:
    votes = ("1", "2", "3", "4", "5", "6", "7", "8")
    late = ("", "", "", "", "5", "", "", "")
    rows = [
        row_2014("101", "Övra Runby", votes),
        row_2014("950", "Uppsamlingsdistrikt", late),
        row_2014("951", "Uppsamlingsdistrikt", late),
    ]
    content = skv(ends=("OVR tal", "OVR proc", "BL"), rows=rows, line=line)
    (tmp_path / "2014_riksdagsval_per_valdistrikt.skv").write_bytes(content)
    frame = shipped("val_results_2014_riksdag", tmp_path)
    assert list(frame.index) == ["01140000", "01140101"]
    district = frame.loc["01140101"]
    assert district["votes_l_count"] == 3
    assert district["votes_v_count"] == 6
    assert district["votes_other_count"] == 3
    assert district["blank_count"] == 2
    assert district["invalid_count"] == 3
    assert district["electors_count"] == 60
    assert frame.loc["01140000", "votes_s_count"] == 10
    assert frame.loc["01140000", "votes_v_count"] == 0
    assert frame.loc["01140000", "unassigned"]


def test_the_other_ballots_of_2014_spell_blank_otherwise(tmp_path: Path) -> None:
    rows = [row_2014("101", "Övra Runby", ("1", "2", "3", "4", "5", "6", "7", "8"))]
    content = skv(ends=("ÖVR tal", "ÖVR proc", "BLANK"), rows=rows)
    (tmp_path / "2014_landstingsval_per_valdistrikt.skv").write_bytes(content)
    assert shipped("val_results_2014_region", tmp_path).loc["01140101", "blank_count"] == 2


def long_form(
    folder: Path, districts: dict[Any, dict[str, Any]], *, electors: object = 100
) -> None:
    header = ["Län", "Länskod", "Kommun", "Kommunkod", "Valdistriktnamn", "Valdistriktskod"]
    header += ["Röstberättigade", "x", "y", "Parti", "Röster"]
    rows = [
        ["Stockholms län", 1, "Upplands Väsby", 114, "Distrikt", code, electors, "", "", *row]
        for code, votes in districts.items()
        for row in votes.items()
    ]
    name = "Roster-per-distrikt-slutligt-antal-roster-inklusive-riksdagsvalet-2022.xlsx"
    write_xlsx(folder / name, [header, *rows], sheet="roster_RD")


def votes_2022(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    votes = dict(zip(NAMES, range(1, 9), strict=True))
    sums = {"Summa giltiga röster": 36, "blanka röster": 2, "Valdeltagande": 38}
    return votes | sums | changes


def test_2022_in_long_form_gets_its_zeros_and_codes_back(tmp_path: Path) -> None:
    few = votes_2022(Feministpartiet=4, **{"Summa giltiga röster": 34, "Valdeltagande": 36})
    del few["Vänsterpartiet"]
    long_form(tmp_path, {1140101.0: votes_2022(), "01140102": few, 18001: votes_2022()})
    frame = shipped("val_roster_2022_riksdag", tmp_path)
    assert list(frame.index) == ["01140101", "01140102", "01809800"]
    first, second, late = (frame.loc[code] for code in frame.index)
    assert first["votes_v_count"] == 6
    assert first["votes_l_count"] == 3
    assert first["invalid_count"] == 2
    assert first["votes_cast_count"] == 38
    assert second["votes_v_count"] == 0, "its rows make the sum, so the party has no vote"
    assert second["votes_other_count"] == 4
    assert late["unassigned"]
    assert late["electors_count"] == 0


def test_a_party_without_a_row_is_unknown_where_the_sum_says_votes_are_missing(
    tmp_path: Path,
) -> None:
    holed = votes_2022()
    del holed["Vänsterpartiet"]
    long_form(tmp_path, {1140101: votes_2022(), 1140102: holed})
    frame = shipped("val_roster_2022_riksdag", tmp_path)
    assert np.isnan(frame.loc["01140102", "votes_v_count"])
    assert np.isnan(frame.loc["01140102", "votes_other_count"])


def test_a_long_form_without_its_sums_is_refused(tmp_path: Path) -> None:
    bare = votes_2022()
    del bare["Valdeltagande"]
    long_form(tmp_path, {1140101: bare})
    with pytest.raises(SourceError, match=r"(?s)rows of sums are missing.*Valdeltagande"):
        shipped("val_roster_2022_riksdag", tmp_path)


def test_a_party_that_changed_its_name_is_missed(tmp_path: Path) -> None:
    renamed = votes_2022()
    renamed["Vänstern"] = renamed.pop("Vänsterpartiet")
    long_form(tmp_path, {1140101: renamed})
    with pytest.raises(SourceError, match="'Vänsterpartiet' is missing"):
        shipped("val_roster_2022_riksdag", tmp_path)


ELECTORS = "antal-rostberattigade-per-valdistrikt-uppdelat-pa-kon-och-alder-x-riksdagen.xlsx"
PLACE = ["Riksdagsvalkretskod", "Riksdagsvalkrets", "Kommunkod", "Kommun"]
PLACE += ["Valdistriktskod", "Valdistrikt"]


def electors(folder: Path, headers: list[str], rows: list[list[Any]]) -> pd.DataFrame:
    place = ["02", "Stockholms län", "0114", "Upplands Väsby"]
    body = [[*place, *row] for row in rows]
    footer = ["", "", "", "", None, "Totalt", *([1] * len(headers))]
    sheet = [[*PLACE, *headers], *body, footer]
    write_xlsx(folder / ELECTORS, sheet, sheet="rostber_per_distrikt")
    return shipped("val_electors_2026", folder)


MARGINS = ["18-29 år", "30-49 år", "50-64 år", "65 år och äldre", "Män", "Kvinnor"]
MARGINS += ["Förstagångsväljare", "Utlandssvenskar", "Totalt"]


def test_margins_by_sex_and_age_are_found_and_the_footer_is_passed_over(tmp_path: Path) -> None:
    rows = [[1140101, "Övra Runby", 20, 40, 30, 10, 48, 52, 5, 3, 100]]
    frame = electors(tmp_path, MARGINS, rows)
    assert list(frame.index) == ["01140101"]
    row = frame.loc["01140101"]
    assert row["riksdag_electors_count"] == 100
    assert row["riksdag_electors_18_29_count"] == 20
    assert row["riksdag_electors_women_count"] == 52
    assert row["riksdag_electors_men_count"] == 48
    assert row["riksdag_electors_first_time_count"] == 5
    assert row["riksdag_electors_abroad_count"] == 3


def test_first_time_voters_and_swedes_abroad_are_unknown_where_no_column_counts_them(
    tmp_path: Path,
) -> None:
    headers = [*MARGINS[:6], "Utlandssvenskar kvinnor", "Totalt"]
    rows = [[1140101, "Övra Runby", 20, 40, 30, 10, 48, 52, 3, 100]]
    row = electors(tmp_path, headers, rows).loc["01140101"]
    assert row[["riksdag_electors_first_time_count", "riksdag_electors_abroad_count"]].isna().all()


@pytest.mark.parametrize("dash", ["-", "–"])
def test_sex_by_age_in_narrower_bands_is_added_up(tmp_path: Path, dash: str) -> None:
    bands = [f"18{dash}21", f"22{dash}29", f"30{dash}64", "65+"]
    headers = [f"{sex} {band}" for sex in ("Kvinnor", "Män") for band in bands]
    rows = [["01140101", "Övra Runby", 1, 2, 3, 4, 5, 6, 7, 8, 36]]
    row = electors(tmp_path, [*headers, "Totalt"], rows).loc["01140101"]
    assert row["riksdag_electors_18_29_count"] == 14
    assert row["riksdag_electors_women_count"] == 10
    assert row["riksdag_electors_men_count"] == 26


def test_a_band_in_two_of_the_wanted_groups_is_refused(tmp_path: Path) -> None:
    headers = ["18-24 år", "25-34 år", "35+", "Män", "Kvinnor", "Totalt"]
    with pytest.raises(SourceError, match="'25-34 år' does not lie in one of the age groups"):
        electors(tmp_path, headers, [[1140101, "a", 1, 2, 3, 3, 3, 6]])


def test_a_misread_column_shows_in_the_sums(tmp_path: Path) -> None:
    rows = [[1140101, "Övra Runby", 20, 40, 30, 10, 48, 53, 5, 3, 100]]
    with pytest.raises(SourceError, match=r"(?s)do not make the total.*1140101: sexes 101"):
        electors(tmp_path, MARGINS, rows)


def test_a_workbook_without_ages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"(?s)no column counts these.*alla, 18-29"):
        electors(tmp_path, ["Män", "Kvinnor", "Totalt"], [[1140101, "a", 3, 3, 6]])


OLD = '<?xml version="1.0"?>\n{dtd}<VAL VALTYP="Riksdagsval" VALDAG="20140914"/>\n'
DTD = f"<!DOCTYPE VAL [\n<!ATTLIST VAL VALDAG CDATA #REQUIRED>\n{'<!ELEMENT VAL EMPTY>' * 900}]>\n"
LOOKED_FOR = {
    "val_results_2014_riksdag": "2014_riksdagsval_per_valdistrikt.skv",
    "val_results_2018_riksdag": "2018_R_per_valdistrikt.xlsx",
    "val_results_2019_eu": "2019_EP_per_valdistrikt.xlsx",
    "val_results_2026_riksdag": "Val_2026_slutlig_00_RD.zip",
    "val_valdistrikt_2022": "valdistrikt-uppsala-lan.zip",
}


@pytest.mark.parametrize("name", LOOKED_FOR)
@pytest.mark.parametrize("form", ["plain", "packed", "with a DTD", "utf-16"])
def test_the_old_xml_is_told_as_what_it_is_whatever_it_is_called(
    tmp_path: Path, name: str, form: str
) -> None:
    text = OLD.format(dtd=DTD if form == "with a DTD" else "")
    content = text.encode("utf-16" if form == "utf-16" else "latin-1")
    path = tmp_path / LOOKED_FOR[name]
    if form == "packed":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("slutresultat/slutresultat_00R.xml", content)
    else:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"result in XML \(2014\)") as fault:
        read_source(load_source(name), tmp_path, county_code="03")
    assert "resultat i XML (2014)" in fault.value.told("sv")
    assert "damaged" not in str(fault.value)
