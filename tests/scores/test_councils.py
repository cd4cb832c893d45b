"""Councils of drawn and of real votes: who is seated, what is unknown, and how votes move."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.areas.associations import load_majorities
from geoprio.config import load_campaign, shipped_folder
from geoprio.config.campaign import COUNTIES
from geoprio.errors import ConfigError
from geoprio.scores.councils import ELECTIONS, OTHER, Council, councils, swing_of, tried_chances
from geoprio.scores.mandates import council_seats
from geoprio.scores.swings import WORDS, chance_key, drawn_votes, lean_key, swing_between
from geoprio.sources.read import _ballots, _is_spare, _rows, _seats, load_source, read_source
from tests.sources.fetch.publishers import long_results

HEADER = "election;year;code;seats;governs;coalition\n"


def rows(
    votes: dict[str, float], *, election: str = "kommun", code: str = "0184", **other: object
) -> pd.DataFrame:
    """Return ballots of one constituency."""
    given = {"year": 2022.0, "constituency": "", "areas": code, "parts_count": 1.0} | other
    frame = pd.DataFrame({"party": list(votes), "votes_count": list(votes.values())})
    return frame.assign(
        election=election,
        council=code,
        valid_count=float(sum(votes.values())),
        electors_count=float(sum(votes.values())),
        constituency_name="",
        **given,
    )


def said(tmp_path: Path, *lines: str) -> pd.DataFrame:
    (tmp_path / "majorities.csv").write_text(HEADER + "\n".join(lines), encoding="utf-8")
    return load_majorities((tmp_path,))


def only(ballots: pd.DataFrame, majorities: pd.DataFrame) -> Council:
    (found,) = councils(ballots, majorities, 2022)
    return found


def test_what_is_added_up_is_never_guessed(tmp_path: Path) -> None:
    """Together under the threshold none of them can have a seat; above it, who knows."""
    seats = said(tmp_path, "kommun;2022;0184;61;;")
    few = only(rows({"S": 6000, "M": 3850, OTHER: 150}), seats)
    assert not few.unknown
    assert few.seats.sum() == 61
    many = only(rows({"S": 6000, "M": 3800, OTHER: 200}), seats)
    assert many.unknown == "council_others_together"
    unread = only(rows({"S": 6000, "M": np.nan, OTHER: 0}), seats)
    assert unread.unknown == "council_votes_unknown"
    undivided = rows({"S": 6000, "M": 3850, OTHER: 150}, parts_count=np.nan)
    assert only(undivided, seats).unknown == "council_parts_unknown"


def test_a_council_without_its_number_of_seats_is_told(tmp_path: Path) -> None:
    found = only(rows({"S": 6000, "M": 4000, OTHER: 0}), said(tmp_path))
    assert found.unknown == "council_without_seats"
    assert found.governs == ()


def test_the_riksdag_takes_the_whole_country(tmp_path: Path) -> None:
    seats = said(tmp_path, "riksdag;2022;00;349;;")
    votes = {"S": 6000.0, "M": 4000.0, OTHER: 0.0}
    part = rows(votes, election="riksdag", code="00", areas="0184 0180")
    assert only(part, seats).unknown == "council_without_nation"
    every = rows(votes, election="riksdag", code="00", areas=" ".join(f"{c}80" for c in COUNTIES))
    assert only(every, seats).seats.sum() == 349


def test_what_a_party_takes_is_taken_from_whom_the_table_says(tmp_path: Path) -> None:
    """Whoever gets the votes told has a seat more, and one fewer is another's."""
    seats = said(tmp_path, "kommun;2022;0184;41;S+V;S+V")
    votes = {"S": 5210.0, "M": 3120.0, "V": 930.0, "SD": 640.0, OTHER: 100.0}
    council = only(rows(votes), seats)
    for party, row in council.table().iterrows():
        more = only(rows(votes | {party: votes[str(party)] + row["gain_votes_count"]}), seats)
        moved = pd.Series(more.seats - council.seats, council.parties)
        assert moved[party] == 1
        assert moved[row["taken_from"]] == -1
        fewer = only(rows(votes | {party: votes[str(party)] - row["lose_votes_count"]}), seats)
        moved = pd.Series(fewer.seats - council.seats, council.parties)
        assert moved[party] == -1
        assert moved[row["given_to"]] == 1


@pytest.mark.parametrize(
    "line",
    [
        "kommun;2022;184;61;;",
        "val;2022;0184;61;;",
        "kommun;22;0184;61;;",
        "kommun;2022;0184;-1;;",
        "kommun;2022;0184;61;S+;",
        "kommun;2022;0184;61;;\nkommun;2022;0184;61;;",
    ],
)
def test_a_wrong_row_is_told_by_its_number(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError) as told:
        said(tmp_path, line)
    assert "majorities.csv" in str(told.value)
    assert str(len(line.splitlines()) + 1) in told.value.faults[-1]


def test_ones_own_row_comes_before_what_is_shipped(tmp_path: Path) -> None:
    said(tmp_path, "region;2022;01;;S+V;S+V+MP")
    both = load_majorities((tmp_path, shipped_folder())).set_index(["election", "year", "code"])
    row = both.loc[("region", 2022.0, "01")]
    assert (row["seats"], row["governs"]) == (149, "S+V")
    for year in (2018.0, 2022.0):
        fixed = both.loc["riksdag"].loc[year]["seats"]
        assert fixed.drop("00").sum() == 310


def test_votes_that_did_not_move_are_not_drawn_apart() -> None:
    votes = np.array([[600.0, 300, 100], [50, 40, 10]])
    still = swing_between(votes, votes)
    draws = still.draws(50, np.random.default_rng(1), local=True)
    assert np.allclose(drawn_votes(votes.sum(axis=0), draws), votes.sum(axis=0))


def test_draws_spread_as_votes_moved() -> None:
    """A change common to all has no local part; the draws' size is the change's, both ways."""
    before = np.array([[500.0, 400, 100], [5000, 4000, 1000]])
    after = before * [1.2, 0.9, 1.0]
    swing = swing_between(before, after)
    assert np.abs(swing.local).max() < 1e-12
    draws = swing.draws(20_000, np.random.default_rng(2), local=True)
    assert np.abs(draws.mean(axis=0)).max() < 0.01
    size = np.sqrt((swing.common**2 + (swing.common**2).mean()) / 2)
    assert np.allclose(draws.std(axis=0), size, rtol=0.03)
    correlation = np.corrcoef(draws.T)
    assert correlation[0, 1] == pytest.approx(-0.5, abs=0.03)


def test_a_chance_is_said_in_words() -> None:
    assert chance_key(0.31) == "chance_third"
    assert chance_key(0.999) == "chance_sure"
    assert chance_key(0.0) == "chance_hardly"
    keys = [chance_key(share) for share in np.linspace(0, 1, 500)]
    assert list(dict.fromkeys(keys)) == [*(key for _, key in WORDS), "chance_sure"]
    # Each word is that of its own number, and as far from the middle on either side.
    fifths = {0.2: "fifth", 0.4: "two_fifths", 0.6: "three_fifths", 0.8: "four_fifths"}
    assert {at: chance_key(at) for at in fifths} == {
        at: f"chance_{it}" for at, it in fifths.items()
    }
    assert chance_key(0.5) == "chance_half"


def test_which_way_seats_lean_is_said_where_it_is_clear_and_what_may_be_lost_before() -> None:
    assert lean_key(24, 0.45, 0.44, 0.0) == ("lean_even", 0.45)
    assert lean_key(24, 0.5, 0.3, 0.0) == ("lean_more", 0.5)
    assert lean_key(24, 0.3, 0.5, 0.02) == ("lean_fewer", 0.5)
    assert lean_key(16, 0.5, 0.3, 0.2) == ("lean_out", 0.2)
    assert lean_key(0, 0.3, 0.0, 0.7) == ("lean_in", 0.3)


def test_an_election_is_compared_by_codes_and_municipalities() -> None:
    """A constituency that was drawn anew under its code is left out; a name is never asked."""
    old = {"S": 600.0, "M": 400.0, OTHER: 0.0}
    new = {"S": 500.0, "M": 500.0, OTHER: 0.0}
    parts = [
        rows(old, election="region", code="01", year=2018.0, constituency="01", areas="0180"),
        rows(new, election="region", code="01", constituency="01", areas="0180"),
        rows(old, election="region", code="01", year=2018.0, constituency="02", areas="0184"),
        rows(new, election="region", code="01", constituency="02", areas="0184 0183"),
    ]
    swing, names, since = swing_of(pd.concat(parts, ignore_index=True), "region", 2022) or (0, 0, 0)
    assert (names, since) == (["M", "S", OTHER], 2018)
    assert swing.local.shape == (1, 3)  # type: ignore[union-attr]
    assert swing_of(pd.concat(parts[1::2]), "region", 2022) is None
    # A file that does not say its constituencies is compared as a whole, of the same ground.
    whole = rows(old, election="region", code="01", year=2018.0, areas="0180 0183 0184")
    swing, _, _ = swing_of(pd.concat([whole, *parts[1::2]]), "region", 2022) or (0, 0, 0)
    assert not swing.local.any()  # type: ignore[union-attr]
    less = whole.assign(areas="0180 0184")
    assert swing_of(pd.concat([less, *parts[1::2]]), "region", 2022) is None


def test_a_municipalitys_constituencies_stand_where_every_vote_has_one(tmp_path: Path) -> None:
    source = load_source("val_results_2026_kommun")
    names = [name for column in source.columns for name in column.numbers]
    table = pd.DataFrame(0.0, index=range(3), columns=list(dict.fromkeys(names)))
    table["valdistriktskod"] = ["01840101", "01840201", "018400"]
    table = table.assign(
        typ=["valdistrikt"] * 2 + ["uppsamlingsdistrikt"], krets=["01", "02", "02"]
    )
    table["parti S"], table["parti M"] = [600.0, 210.0, 20.0], [100.0, 380.0, 40.0]
    table["giltiga"] = table["röstande"] = table["röstberättigade"] = [700.0, 590.0, 60.0]
    seats = said(tmp_path, "kommun;2026;0184;31;;")
    found = _ballots(table, source, ("01",))
    assert found is not None
    (parted,) = councils(found, seats, 2026)
    assert parted.whole.index.tolist() == ["01", "02"]
    assert parted.rule is not None
    assert parted.rule.percent == 3
    assert parted.seats.tolist() == council_seats(parted.votes, parted.valid, parted.rule).tolist()
    near = parted.parts_table(np.array([0, 1])).set_index(["constituency", "party"])
    assert near.groupby("constituency")["seats"].sum().sum() == 31
    assert near.loc[("01", "S"), "personal_votes_count"] == 50
    astray = _ballots(table.assign(krets=["01", "02", "99"]), source, ("01",))
    assert astray is not None
    (whole,) = councils(astray, seats, 2026)
    assert whole.whole.index.tolist() == [""]
    assert whole.seats.tolist() == parted.seats.tolist()


def test_chances_are_tried_with_what_was_known_before_else_with_the_days_other_election(
    tmp_path: Path,
) -> None:
    """Three constituencies in which a party lost a third at each election."""
    share = {2014: 0.30, 2018: 0.20, 2022: 0.13}

    def parts(election: str, code: str, years: list[int]) -> list[pd.DataFrame]:
        return [
            rows(
                {"S": 7000.0 + 90 * place, "M": 9000 * share[year] * (1 + place), OTHER: 0.0},
                election=election,
                code=code,
                year=float(year),
                constituency=f"0{place + 1}",
                areas=f"018{place}",
            )
            for year in years
            for place in range(3)
        ]

    region = pd.concat(parts("region", "01", [2018, 2022]), ignore_index=True)
    before = pd.concat([region, *parts("region", "01", [2014])], ignore_index=True)
    beside = pd.concat([region, *parts("riksdag", "00", [2018, 2022])], ignore_index=True)
    (council,) = councils(region, said(tmp_path, "region;2022;01;45;;"), 2022)
    rng = np.random.default_rng(7)
    assert tried_chances(region, council, rng) is None
    for ballots in (before, beside):
        tried = tried_chances(ballots, council, rng)
        assert tried is not None
        found = tried.table
        assert found[["stated_share", "happened_share"]].isin([np.nan]).sum().sum() == 0
        assert found["happened_share"].between(0, 1).all()
        # Of each constituency it is asked once whether those of S and none of M's win it.
        assert found.loc["majority", "events_count"].sum() == 3
        assert found.loc["majority", "happened_share"].tolist() == [1.0] * len(
            found.loc["majority"]
        )
        assert found.loc["fixed", "events_count"].sum() > 3
        assert tried.trial.ours.tolist() == [name == "S" for name in ("M", "S")]
        assert tried.majority_chance > 0.9


REAL = {
    ("riksdag", 2022): "S 107 SD 73 M 68 C 24 V 24 KD 19 MP 18 L 16",
    ("riksdag", 2018): "S 100 M 70 SD 62 C 31 V 28 KD 22 L 20 MP 16",
    ("region", 2022): "S 50 M 31 V 18 SD 16 KD 10 C 9 L 9 MP 6",
    ("region", 2018): "S 40 M 34 V 16 SD 15 KD 12 C 12 L 12 MP 8",
}
"""As the authorities decided (val.se; SVT Text for the regions)."""


def test_two_real_municipalities_and_one_whose_local_parties_are_added_up(real_raw: Path) -> None:
    """As vallentuna.se and Mitt i have it; Stockholm's local parties are together above 3 %."""
    source = load_source("val_results_2022_kommun")
    _, table = _rows(source, real_raw, "campaign")
    ballots = _ballots(table, source, ("0115", "0138", "0180"))
    assert ballots is not None
    found = {one.code: one for one in councils(ballots, load_majorities((shipped_folder(),)), 2022)}
    words = {
        "0115": "M 17 C 5 L 4 KD 2 MP 2 S 11 V 2 SD 8",
        "0138": "M 15 C 2 L 3 KD 2 MP 2 S 17 V 3 SD 7",
    }
    for code, told in words.items():
        one = found[code]
        seats = dict(zip(one.parties, one.seats.tolist(), strict=True))
        assert seats == dict(zip(told.split()[::2], map(int, told.split()[1::2]), strict=True))
    # Its constituencies are known, but early votes of no district are of none.
    assert found["0180"].unknown == "council_others_together"
    assert len(found["0180"].whole) == 1


@pytest.mark.parametrize(("election", "year"), list(REAL))
def test_the_seats_of_real_votes(real_raw: Path, election: str, year: int) -> None:
    source = load_source(f"val_results_{year}_{election}")
    _, table = _rows(source, real_raw, "campaign")
    ballots = _ballots(table, source, ("01",))
    assert ballots is not None
    (found,) = councils(ballots, load_majorities((shipped_folder(),)), year)
    words = REAL[election, year].split()
    expected = dict(zip(words[::2], map(int, words[1::2]), strict=True))
    assert not found.unknown
    assert dict(zip(found.parties, found.seats.tolist(), strict=True)) == expected
    fixed, extra = found.places or (None, None)
    assert fixed is not None
    assert extra is not None
    assert extra.sum() == (39 if election == "riksdag" else 15)
    if election == "riksdag":
        # As decided by the authority before the election.
        assert found.decided
        assert fixed.sum(axis=1)[:3].tolist() == [
            29,
            40 if year == 2022 else 39,
            11 + (year == 2022),
        ]


@pytest.mark.parametrize("election", ["region", "kommun"])
def test_the_seats_are_those_of_the_authoritys_own_file(demo_raw: Path, election: str) -> None:
    """The demo's files of 2026 list every party, and the seats that another hand has shared."""
    source = load_source(f"val_results_2026_{election}")
    paths, table = _rows(source, demo_raw, "campaign")
    ballots = _ballots(table, source, ("01",))
    assert ballots is not None
    # What the demo adds up is nobody: a full list has none such.
    small = ballots["party"] == OTHER
    ballots["votes_count"] = ballots["votes_count"].mask(small, 0.0)
    official = read_source(load_source(f"val_seats_2026_{election}"), demo_raw, county_code="01")
    said = _seats(paths, source)
    assert said is not None
    found = councils(ballots, load_majorities((shipped_folder(),), said), 2026)
    assert len(found) == len(official)
    for council in found:
        assert not council.unknown
        columns = [f"seats_{party.lower()}_count" for party in council.parties]
        assert council.seats.tolist() == official.loc[council.code, columns].tolist()


def test_a_local_party_stands_in_its_own_municipality_alone() -> None:
    """Files of municipalities are read as one: what another's does not list got no vote there."""
    source = load_source("val_results_2026_kommun")
    names = [name for column in source.columns for name in column.numbers]
    table = pd.DataFrame(0.0, index=range(3), columns=list(dict.fromkeys(names)))
    table["valdistriktskod"] = ["01840101", "018400", "01800101"]
    table = table.assign(typ=["valdistrikt", "uppsamlingsdistrikt", "valdistrikt"], krets="00")
    table["parti S"], table["parti Lokala listan"] = [60.0, 5.0, 70.0], [40.0, 2.0, np.nan]
    table["giltiga"] = [110.0, 7.0, 70.0]
    table["röstande"] = table["röstberättigade"] = table["giltiga"]
    found = _ballots(table, source, ("01",))
    assert found is not None
    own = found.pivot_table(index="council", columns="party", values="votes_count")
    assert own.loc["0184", ["S", "Lokala listan", OTHER]].tolist() == [65.0, 42.0, 10.0]
    assert own.loc["0180", ["S", "Lokala listan", OTHER]].tolist() == [70.0, 0.0, 0.0]
    here, there = councils(found, load_majorities((shipped_folder(),)), 2026)
    assert ("Lokala listan" in there.parties, "Lokala listan" in here.parties) == (True, False)
    uncounted = _ballots(table.assign(giltiga=[np.nan, 7.0, 70.0]), source, ("01",))
    assert uncounted is not None
    unknown = councils(uncounted, load_majorities((shipped_folder(),)), 2026)
    assert [one.unknown for one in unknown if one.code == "0184"] == ["council_votes_unknown"]


def test_an_election_before_is_optional_where_nothing_is_counted_by_it() -> None:
    campaign = load_campaign(shipped_folder() / "storstockholm.toml")
    before, beside = (load_source(f"val_results_2018_{one}") for one in ("riksdag", "region"))
    assert _is_spare(before, {"valdistrikt_2022"}, campaign)
    assert not _is_spare(before, {"valdistrikt_2018", "valdistrikt_2022"}, campaign)
    assert _is_spare(beside, {"valdistrikt_2018", "valdistrikt_2022"}, campaign)
    own = load_source("val_results_2022_region")
    assert not _is_spare(own, {"valdistrikt_2022"}, campaign)


def test_each_council_of_2026_moves_as_it_did_since_the_election_before(
    demo_raw: Path, tmp_path: Path
) -> None:
    """By the sources that the campaign names: the authority's workbooks of 2022."""
    campaign = load_campaign(shipped_folder() / "storstockholm_2026.toml")
    for election in ELECTIONS:
        workbook = f"val_roster_2022_{election}"
        assert workbook in campaign.sources
        before, after = load_source(workbook), load_source(f"val_results_2026_{election}")
        name = before.files[0].replace("*", "x").replace("?", "r")
        (tmp_path / name).write_bytes(long_results(demo_raw, election))
        tables = [
            _ballots(_rows(source, folder, "campaign")[1], source, ("01",))
            for source, folder in ((before, tmp_path), (after, demo_raw))
        ]
        moved = swing_of(pd.concat(tables), election, 2026)
        assert moved is not None
        assert (moved[2], len(moved[1]), moved[0].common.any()) == (2022, 9, True)
