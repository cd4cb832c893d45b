"""Figures that were counted somewhere: none is used in another county without a word."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from geoprio.config import Effects, load_campaign, load_group, load_named, shipped_folder
from geoprio.config.campaign import NATIONAL_ABROAD_SHARE
from geoprio.config.counties import counted_in, counties, fit_total, told_elsewhere
from geoprio.errors import ConfigError

SHIPPED = shipped_folder()
GROUPS = {path.stem: load_group(path.stem, (SHIPPED,)) for path in (SHIPPED / "groups").glob("*")}
EFFECTS = load_named(Effects, "effects", "published", (SHIPPED,))
SOURCE = re.compile(r"(^|_)source$|_note$")
OF_A_COUNTY = re.compile(r"\blänets?\b|\b[A-ZÅÄÖ]\w+ (läns?|stads?)\b")


def of_a_county(table: object, place: str = "") -> Iterator[str]:
    """Yield the places whose source names a county or a city, and that say nothing of it."""
    if isinstance(table, list):
        for number, item in enumerate(table):
            yield from of_a_county(item, f"{place}.{number}")
    if not isinstance(table, Mapping) or "counted_in" in table:
        return
    for key, value in table.items():
        if SOURCE.search(key) and OF_A_COUNTY.search(str(value)):
            yield f"{place}.{key}"
        yield from of_a_county(value, f"{place}.{key}")


def test_what_was_counted_in_a_county_says_so() -> None:
    # The form of a new campaign is no TOML yet, and sources hold no figures.
    paths = {*SHIPPED.rglob("*.toml")} - {*SHIPPED.glob("start/*"), *SHIPPED.glob("sources/*")}
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: found for name in tables if (found := list(of_a_county(tables[name])))} == {}
    for election in (table["election"] for table in tables.values() if "election" in table):
        if election.get("abroad_share", NATIONAL_ABROAD_SHARE) != NATIONAL_ABROAD_SHARE:
            assert "abroad_counted_in" in election


def test_a_source_that_says_nothing_would_be_found() -> None:
    rate = {"source": "SCB 2022, Uppsala läns kommuner"}
    assert list(of_a_county({"a": [rate]})) == [".a.0.source"]
    assert list(of_a_county({"a": [{**rate, "counted_in": {"county": "03"}}]})) == []


def moved(tmp_path: Path, code: str) -> Path:
    shipped = (SHIPPED / "storstockholm.toml").read_text(encoding="utf-8")
    path = tmp_path / "moved.toml"
    path.write_text(shipped.replace('county_code = "01"', f'county_code = "{code}"'), "utf-8")
    return path


@pytest.mark.parametrize("code", sorted(counties()))
def test_in_every_other_county_each_figure_is_told_of_or_scaled(code: str, tmp_path: Path) -> None:
    campaign = load_campaign(moved(tmp_path, code))
    told = told_elsewhere(campaign, GROUPS, {"effects/published": EFFECTS})
    said = " ".join(words.told("sv") for words in told)
    if code == "01":
        assert said == ""
        assert campaign.abroad_shares == {"01": campaign.election.abroad_share}
        return
    assert campaign.abroad_shares == {code: NATIONAL_ABROAD_SHARE}
    places = [
        *(f"groups/{n} {place}" for n, it in GROUPS.items() for place, _ in counted_in(it)),
        *(f"effects/published {place}" for place, _ in counted_in(EFFECTS)),
    ]
    assert len(places) > 10
    for place in set(places) - {"groups/lo total"}:
        assert place in said
    for words in ("LO-medlemmar: antalet", "utlandssvenskar", "top_k", counties()[code].name):
        assert words in said


def test_a_total_is_scaled_by_residents_or_refused() -> None:
    lo, home = GROUPS["lo"], load_campaign(SHIPPED / "storstockholm.toml")
    there = home.model_copy(update={"county_code": "03"})
    assert fit_total("lo", lo, home, {"01": 1.0}) is lo
    town = home.model_copy(update={"municipalities": ("0127",)})
    part = fit_total("lo", lo, town, {"01": 248_900.0})
    assert part.total is not None
    assert part.total.count == pytest.approx(17_600)
    total = fit_total("lo", lo, there, {"03": 411_000}).total
    assert total is not None
    # Uppsala has 411,000 of the 8.1 million whose unions have 1,224,000 members together.
    assert total.count == pytest.approx(1_224_000 * 411 / 8_110, rel=0.01)
    assert total.source.sv.startswith("antagande")
    assert lo.total is not None
    bare = lo.model_copy(update={"total": lo.total.model_copy(update={"elsewhere": None})})
    with pytest.raises(ConfigError, match=r"Stockholms län.*Uppsala län"):
        fit_total("lo", bare, there, {"03": 411_000})


def several(tmp_path: Path, counties: str) -> Path:
    path = moved(tmp_path, "01")
    text = path.read_text("utf-8").replace('county_code = "01"', f"counties = {counties}")
    path.write_text(text, "utf-8")
    return path


def test_a_campaign_of_several_counties_has_a_total_in_each(tmp_path: Path) -> None:
    campaign = load_campaign(several(tmp_path, '["12", "01"]'))
    assert campaign.home == ("01", "12")
    lo, people = GROUPS["lo"], {"01": 2_489_000.0, "12": 1_433_000.0}
    assert lo.total is not None
    fitted = fit_total("lo", lo, campaign, people).total
    alone = {
        code: fit_total("lo", lo, load_campaign(moved(tmp_path, code)), {code: people[code]}).total
        for code in campaign.home
    }
    assert fitted is not None
    for code, one in alone.items():
        own = fitted.of_county(code)
        assert own is not None
        assert one is not None
        assert (own.count, own.cv, own.source) == (one.count, one.cv, one.source)
    assert fitted.count == pytest.approx(sum(one.count for one in alone.values() if one))
    # A number that was counted in a county is used there, and no rate is told of.
    counted = {"12": {"count": 90_000.0, "source": {"sv": "LO Skåne", "en": "LO Skåne"}}}
    whole = {"total": {**lo.total.model_dump(), "counties": counted}}
    known = type(lo).model_validate({**lo.model_dump(), **whole}, strict=False)
    told = fit_total("lo", known, campaign, people).total
    assert told is not None
    assert told.count == 266_000
    said = " ".join(it.told("sv") for it in told_elsewhere(campaign, {"lo": known}, {}))
    assert "LO-medlemmar: antalet" not in said
    bare = lo.model_copy(update={"total": lo.total.model_copy(update={"elsewhere": None})})
    with pytest.raises(ConfigError, match=r"Stockholms län.*Skåne län"):
        fit_total("lo", bare, campaign, people)


def test_the_whole_country_is_all_counties(tmp_path: Path) -> None:
    campaign = load_campaign(several(tmp_path, '"all"'))
    assert campaign.home == tuple(counties())
    assert len(campaign.home) == 21
    assert campaign.abroad_shares["01"] == campaign.election.abroad_share
    assert campaign.abroad_shares["25"] == NATIONAL_ABROAD_SHARE
    told = [words.told("sv") for words in told_elsewhere(campaign, GROUPS, {})]
    # Twenty names are no sentence.
    assert all("17 andra län" in line for line in told)
    assert any("Uppsala län" in line for line in told)


@pytest.mark.parametrize(
    ("counties", "why"),
    [('["01", "01"]\ncounty_code = "01"', "county_code"), ('["12", "12"]', "stands twice")],
)
def test_counties_that_do_not_fit_are_told(counties: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=why):
        load_campaign(several(tmp_path, counties))
