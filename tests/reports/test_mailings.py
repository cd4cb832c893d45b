"""The mailing choice of the demo county: its files, its editions, and what it truly reaches."""

import io
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import tomli_w
from pandas.testing import assert_frame_equal

from geoprio import pipeline
from geoprio.config import MailingEdition, config_folders, load_campaign, shipped_folder
from geoprio.errors import ConfigError, GeoprioError, SourceError
from geoprio.plans import MailingWish, choose, plan_mailing, plan_of, refuse_wrong_additions
from geoprio.plans.choice import mailable_areas
from geoprio.plans.gain import naive_choice, reached
from geoprio.reports.edition_page import mail_page
from geoprio.reports.editions import choose_edition, edition_files
from geoprio.runs import Run
from geoprio.runs.outcome import Outcome
from geoprio.sources.private import read_additions
from geoprio.words import text
from tests.runs.test_demo_run import changed_campaign

SHIPPED = (shipped_folder(),)
NOBODY = pd.Series(dtype=str)
GROUPS = ("unga", "lo", "kvinnor", "invandrarbakgrund")
"""As the digits of the truth's cells stand for them."""
EDITION = MailingEdition(name="riksdag")
YOUNG = MailingEdition(
    name="kommun i augusti",
    election="kommun",
    election_day="2030-09-08",
    target_groups=("unga", "lo"),
    vendor="svensk_excel",
    weeks=("2030 v. 31", "2030 v. 32", "2030 v. 33"),
)
TOML = """
[[mailing.editions]]
name = "riksdag"

[[mailing.editions]]
name = "kommun i augusti"
election = "kommun"
election_day = "2030-09-08"
target_groups = ["unga", "lo"]
vendor = "svensk_excel"

"""


@pytest.fixture(scope="module")
def run(demo_result: Run) -> Run:
    return demo_result


def files_of(
    run: Run,
    edition: MailingEdition,
    wish: MailingWish,
    added: pd.Series = NOBODY,
    folders: tuple[Path, ...] = SHIPPED,
) -> dict[str, bytes]:
    return edition_files(run, choose_edition(run, edition, wish, added), folders)


def households(run: Run, share: float) -> int:
    return int(share * run.scored.indicators["households_count"].round().sum())


def test_the_page_says_the_days_of_each_wave_and_no_week(run: Run) -> None:
    wish = MailingWish(households=households(run, 0.3))
    page = files_of(run, YOUNG, wish)["utskick.md"].decode()
    days = ["2030-07-29–2030-08-04", "2030-08-05–2030-08-11", "2030-08-12–2030-08-18"]
    assert [page.index(span) for span in days] == sorted(page.index(span) for span in days)
    assert " v. " not in page


def truth_of(raw: Path, areas: pd.Index) -> pd.DataFrame:
    """Return the joint table of the electorate of each area, which no source tells."""
    cells = pd.read_parquet(raw / "facit" / "grupper-regso_2020.parquet")
    own = cells[cells["base"] == "electorate_riksdag"].set_index("area_code")
    return own.filter(like="cell_").reindex(areas)


def in_groups(truth: pd.DataFrame, names: Collection[str]) -> pd.Series:
    """Return how many of each area's electors truly belong to one of the groups."""
    digits = [GROUPS.index(name) for name in names]
    cells = truth.columns.str[len("cell_") :]
    return truth.loc[:, [any(cell[at] == "1" for at in digits) for cell in cells]].sum(axis=1)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_in_truth_no_fewer_target_persons_are_reached_than_when_women_chose_too(
    demo_raw: Path, run: Run, share: float
) -> None:
    most = households(run, share)
    limit = MailingWish(households=most)
    mailing = choose_edition(run, EDITION, limit, NOBODY)
    with_women = choose(replace(run.grounds, locating=GROUPS), EDITION, limit, NOBODY)
    targets = in_groups(truth_of(demo_raw, mailing.chosen.index), run.locating)
    # Which areas are best is estimated: a county may fall short by its noise.
    assert targets[mailing.chosen].sum() >= 0.995 * targets[with_women.chosen].sum()
    # Down the ranking too, beside that of many homes and a high mean share of all four.
    areas, figures = mailing.reach.areas, run.scored.indicators
    shares = run.scored.ranked_groups.groupby(level=0)["share"].mean()
    homes = figures["households_count"] * figures["at_least_one_share"]
    before = homes.rank(pct=True) + shares.rank(pct=True)
    ours, theirs = (
        targets[naive_choice(areas, score, most)].sum()
        for score in (run.scored.scores["mailing"]["score"], before)
    )
    assert ours >= 0.995 * theirs


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_in_truth_more_target_persons_are_reached_than_down_any_group_s_share(
    demo_raw: Path, run: Run, share: float
) -> None:
    most = households(run, share)
    mailing = choose_edition(run, EDITION, MailingWish(households=most), NOBODY)
    truth = truth_of(demo_raw, mailing.chosen.index)
    targets = in_groups(truth, run.locating)
    ours = targets[mailing.chosen].sum() / targets.sum()
    areas, shares = mailing.reach.areas, mailing.reach.shares
    for name in shares:
        rival = naive_choice(areas, shares[name], most)
        assert ours > targets[rival].sum() / targets.sum()
    assert ours > share
    told = reached(areas, mailing.chosen, mailing.drawn)
    assert abs(told["reached_share"] - ours) < 0.02
    precision = targets[mailing.chosen].sum() / truth.loc[mailing.chosen].to_numpy().sum()
    assert abs(told["precision_share"] - precision) < 0.03


def test_steadied_electorates_are_nearer_to_the_truth(demo_raw: Path, run: Run) -> None:
    mailing = choose_edition(run, EDITION, MailingWish(households=1000), NOBODY)
    truth = truth_of(demo_raw, mailing.chosen.index).sum(axis=1)
    moved = run.scored.votes["electors_count"]
    steadied = mailing.reach.areas["electors_count"]
    assert (steadied / truth - 1).std() < 0.6 * (moved / truth - 1).std()


def test_a_budget_is_kept_to_and_every_edition_has_its_own_choice(run: Run) -> None:
    cost = run.campaign.mailing.cost_per_household_sek
    wish = MailingWish(budget_sek=250_000)
    plans = [choose_edition(run, one, wish, NOBODY).plan for one in (EDITION, YOUNG)]
    for plan, waves in zip(plans, (2, 3), strict=True):
        assert 240_000 < plan["cost_sek"].sum() <= 250_000
        assert plan["cost_sek"].sum() == plan["households_count"].sum() * cost
        assert set(plan["wave"]) == set(range(1, waves + 1))
    assert not plans[0].index.equals(plans[1].index)


def test_a_precision_is_met_by_all_who_are_reached(run: Run) -> None:
    mailing = choose_edition(run, YOUNG, MailingWish(precision=0.35), NOBODY)
    sums = mailing.plan[["target_persons_count", "electors_count"]].sum()
    assert 0.35 <= sums["target_persons_count"] / sums["electors_count"] < 0.36
    assert not mailing.chosen.all()


def test_the_page_says_what_is_wasted(run: Run) -> None:
    wish = MailingWish(households=households(run, 0.2))
    files = files_of(run, EDITION, wish)
    assert list(files) == ["utskick.csv", "traffkurva.csv", "traffkurva.svg", "utskick.md"]
    assert files == files_of(run, EDITION, wish)
    page = files["utskick.md"].decode()
    mailing = choose_edition(run, EDITION, wish, NOBODY)
    told = reached(mailing.reach.areas, mailing.chosen, mailing.drawn)
    hits = round(100 * told["precision_share"])
    assert f"Av 100 väljare som nås hör {hits} (" in page
    assert f"till minst en av målgrupperna; {100 - hits} gör det inte." in page
    assert text("demo_mark", "sv") in page
    assert "Vårt urval" in files["traffkurva.svg"].decode()
    none = files_of(run, EDITION, MailingWish(households=0))
    assert "Inget område får plats" in none["utskick.md"].decode()


def test_an_association_s_areas_are_its_own_cost_and_never_doubled(run: Run) -> None:
    wish = MailingWish(households=households(run, 0.1))
    alone = choose_edition(run, EDITION, wish, NOBODY)
    owners = run.scored.areas["association"]
    mailed = alone.plan.index[0]
    able = mailable_areas(alone.reach.areas).index
    other = next(code for code in able if code not in alone.plan.index)
    added = owners[[mailed, other]]
    both = choose_edition(run, EDITION, wish, added)
    assert both.doubled.to_dict() == {mailed: owners[mailed]}
    assert both.plan["payer"].dropna().to_dict() == {other: owners[other]}
    assert len(both.plan) == len(alone.plan) + 1
    page = files_of(run, EDITION, wish, added)["utskick.md"].decode()
    assert f"({owners[mailed]}) ingår redan i distriktets utskick" in page
    count = both.plan.loc[other, "households_count"]
    assert f"- {owners[other]}: {count:,.0f} hushåll".replace(",", "\N{NO-BREAK SPACE}") in page


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("a;b\n1;2", "expected the columns association;area_code;edition"),
        ("association;area_code;edition\nA;0180R001;", "row 2: an empty cell"),
        ("association;area_code;edition\nA;x;riksdag", "x: no area of the campaign"),
        ("association;area_code;edition\nA;{code};riksdag", "is not A's own area"),
        ("association;area_code;edition\n{owner};{code};eu", "eu: expected one of riksdag"),
        (
            "association;area_code;edition\n{owner};{code};eu\n{owner};{code};eu",
            "row 3: the area stands twice",
        ),
    ],
)
def test_a_file_of_additions_that_cannot_be_used_is_told(
    tmp_path: Path, run: Run, rows: str, told: str
) -> None:
    owners = run.scored.areas["association"]
    (tmp_path / "privat").mkdir()
    content = rows.format(owner=owners.iloc[0], code=owners.index[0])
    (tmp_path / "privat" / "utskick_foreningar.csv").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        refuse_wrong_additions(read_additions(tmp_path), owners, run.campaign.editions)


def test_a_run_stops_at_additions_that_cannot_be_used(own_raw: Path, tmp_path: Path) -> None:
    (own_raw / "privat" / "utskick_foreningar.csv").write_text("a;b", encoding="utf-8")
    with pytest.raises(SourceError, match="expected the columns"):
        pipeline.run(own_raw / "demo.toml", raw=own_raw, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_order_smaller_than_the_vendor_takes_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "vendors").mkdir()
    shipped = (shipped_folder() / "vendors" / "svensk_excel.toml").read_text(encoding="utf-8")
    large = shipped.replace("# minimum_lot = 5000 ", "minimum_lot = 50000 ")
    (tmp_path / "vendors" / "svensk_excel.toml").write_text(large, encoding="utf-8")
    folders = config_folders(tmp_path / "x.toml")
    with pytest.raises(ConfigError, match="at least 50000 households"):
        files_of(run, YOUNG, MailingWish(households=60_000), NOBODY, folders)


def test_wishes_and_editions_that_mean_nothing_are_refused(own_raw: Path, run: Run) -> None:
    for wrong in ({}, {"households": 1, "precision": 0.5}, {"precision": 40.0}, {"households": -1}):
        with pytest.raises(ConfigError):
            MailingWish(**wrong)
    with pytest.raises(ConfigError, match=r"no source gives its electorate.*riksdag, region"):
        choose_edition(run, MailingEdition(name="e", election="eu"), MailingWish(households=9))
    wrong = TOML.replace('"lo"]', '"gamla"]').replace('"kommun i augusti"', '"riksdag"')
    path = changed_campaign(own_raw, "# The map draws", f"{wrong}# The map draws")
    with pytest.raises(ConfigError, match=r"(?s)riksdag stands twice.*gamla is no target group"):
        load_campaign(path)
    bare = TOML.replace('election_day = "2030-09-08"\n', "")
    path.write_text(path.read_text(encoding="utf-8").replace(wrong, bare), encoding="utf-8")
    with pytest.raises(GeoprioError, match="expected election_day"):
        load_campaign(path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": "LO-brev"}, "whoever delivers it reads the name"),
        ({"name": "brev till unga"}, "without unga"),
        ({"election_day": "2030-02-30"}, "day is out of range"),
        ({"target_groups": ["unga", "unga"]}, "stands twice"),
        ({"addressed": "unga", "target_groups": ["lo"]}, "goes down the combined score"),
    ],
)
def test_an_edition_that_tells_too_much_or_means_nothing_is_refused(
    own_raw: Path, changes: dict[str, object], told: str
) -> None:
    edition = {"name": "riksdag", "election_day": "2030-09-08", **changes}
    toml = f"[[mailing.editions]]\n{tomli_w.dumps(edition)}"
    path = changed_campaign(own_raw, "# The map draws", f"{toml}\n# The map draws")
    with pytest.raises(ConfigError, match=told):
        load_campaign(path)


def test_one_sensitive_group_is_told_with_its_interval_and_never_where_it_is_withheld(
    run: Run,
) -> None:
    edition = MailingEdition(name="riksdag", target_groups=("lo",))
    groups = run.scored.groups
    own = (groups["group"] == "lo") & (groups["election"] == "riksdag")
    hidden = groups.index[own][:5]
    figures = ["count", "se", "low", "high", "share", "share_se"]
    held_back = own & groups.index.isin(hidden)
    withheld = groups.assign(shown=groups["shown"].mask(held_back, "withheld"))
    withheld.loc[held_back, figures] = float("nan")
    held = replace(run, frames={**run.frames, "regso_2020_groups": withheld})
    added = run.scored.areas.loc[hidden, "association"]
    files = files_of(held, edition, MailingWish(households=60_000), added)
    plan = pd.read_csv(
        io.BytesIO(files["utskick.csv"]), sep=";", decimal=",", encoding="utf-8-sig"
    ).set_index("områdeskod")
    told = plan.filter(regex="träffsäkerhet|målgrupperna")
    assert list(told)[2:4] == [f"träffsäkerhet procent, {end} (90 %)" for end in ("lägst", "högst")]
    assert told.loc[plan.index.isin(hidden)].isna().all(axis=None)
    known = told[~plan.index.isin(hidden)]
    assert (known.iloc[:, 2] <= known.iloc[:, 1]).all()
    assert (known.iloc[:, 1] <= known.iloc[:, 3]).all()


def test_names_with_signs_are_shown_as_they_are(run: Run) -> None:
    edition = MailingEdition(name="a $x$ <b> *c*")
    files = files_of(run, edition, MailingWish(households=9000))
    assert "a $x$ \\<b\\> \\*c\\*" in files["utskick.md"].decode()
    assert "a $x$ &lt;b&gt; *c*" in files["traffkurva.svg"].decode()


def test_a_kommun_edition_rests_on_the_kommun_s_election(run: Run) -> None:
    page = mail_page(
        run, choose_edition(run, YOUNG, MailingWish(households=20_000), NOBODY)
    ).decode()
    assert "Underlag: kommunvalet 2022" in page
    assert "Underlag: riksdagsvalet 2022" in mail_page(run, choose_edition(run, EDITION)).decode()


def test_the_campaign_s_budget_gives_the_run_s_plan_and_anything_else_an_alternative(
    run: Run,
) -> None:
    edition = run.campaign.editions[0]
    planned = choose_edition(run, edition)
    assert planned.alternative == ""
    assert_frame_equal(planned.plan.assign(edition="riksdag"), run.mailing, check_like=True)
    same = choose_edition(run, edition, MailingWish(budget_sek=run.campaign.mailing.budget_sek))
    assert_frame_equal(same.plan, planned.plan)
    # What the run keeps is enough to make its plan anew.
    assert_frame_equal(plan_mailing(run.grounds), run.mailing)
    fresh = choose(run.grounds, edition, None, NOBODY)
    assert (fresh.chosen == planned.chosen).all()
    other = choose_edition(run, edition, MailingWish(budget_sek=100_000))
    assert other.alternative == "alternativ 100000 kr"
    assert "INTE KÖRNINGENS PLAN utan alternativ 100000 kr" in mail_page(run, other).decode()
    assert "alternativ" not in mail_page(run, planned).decode()


def test_the_plan_of_what_was_computed_is_that_of_the_run(demo_outcome: Outcome, run: Run) -> None:
    alike = {"check_dtype": False, "check_index_type": False, "check_column_type": False}
    assert_frame_equal(plan_of(demo_outcome.mailings), run.mailing, **alike)
