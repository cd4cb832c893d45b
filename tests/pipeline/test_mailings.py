"""The mailing choice of the demo county: its files, its editions, and what it truly reaches."""

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import tomli_w
from geoprio.plans.wish import MailingWish

from geoprio.config import (
    MailingEdition,
    Vendor,
    config_folders,
    load_campaign,
    load_group,
    load_named,
    shipped_folder,
)
from geoprio.errors import ConfigError, GeoprioError, SourceError
from geoprio.plans.choice import mailable_areas
from geoprio.plans.gain import naive_choice, reached
from geoprio.reports.editions import VENDORS, choose_edition, edition_files, mail
from geoprio.runs.outcome import Outcome
from geoprio.words import text
from tests.pipeline.test_demo_run import changed_campaign
from tests.pipeline.walk import faults_of, parts_of

SHIPPED = (shipped_folder(),)
NOBODY = pd.Series(dtype=str)
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
def outcome(demo_outcome: Outcome) -> Outcome:
    return demo_outcome


@pytest.fixture
def with_editions(own_raw: Path) -> Path:
    return changed_campaign(own_raw, "# The map draws", f"{TOML}# The map draws")


def households(outcome: Outcome, share: float) -> int:
    return int(share * outcome.levels[0].indicators["households_count"].round().sum())


def truth_of(raw: Path, areas: pd.Index) -> pd.DataFrame:
    """Return the joint table of the electorate of each area, which no source tells."""
    cells = pd.read_parquet(raw / "facit" / "grupper-regso_2020.parquet")
    own = cells[cells["base"] == "electorate_riksdag"].set_index("area_code")
    return own.filter(like="cell_").reindex(areas)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.3])
def test_in_truth_more_target_persons_are_reached_than_down_any_group_s_share(
    demo_raw: Path, outcome: Outcome, share: float
) -> None:
    most = households(outcome, share)
    mailing = choose_edition(outcome, EDITION, MailingWish(households=most), NOBODY)
    truth = truth_of(demo_raw, mailing.chosen.index)
    targets = truth.sum(axis=1) - truth["cell_0000"]
    ours = targets[mailing.chosen].sum() / targets.sum()
    areas, shares = mailing.reach.areas, mailing.reach.shares
    for name in shares:
        rival = naive_choice(areas, shares[name], most)
        assert ours > targets[rival].sum() / targets.sum()
    assert ours > share
    told = reached(areas, mailing.chosen, mailing.drawn)
    assert abs(told["reached_share"] - ours) < 0.01
    precision = targets[mailing.chosen].sum() / truth.loc[mailing.chosen].to_numpy().sum()
    assert abs(told["precision_share"] - precision) < 0.01


def test_steadied_electorates_are_nearer_to_the_truth(demo_raw: Path, outcome: Outcome) -> None:
    mailing = choose_edition(outcome, EDITION, MailingWish(households=1000), NOBODY)
    truth = truth_of(demo_raw, mailing.chosen.index).sum(axis=1)
    moved = outcome.levels[0].votes["electors_count"]
    steadied = mailing.reach.areas["electors_count"]
    assert (steadied / truth - 1).std() < 0.6 * (moved / truth - 1).std()


def test_a_budget_is_kept_to_and_every_edition_has_its_own_choice(outcome: Outcome) -> None:
    cost = outcome.plans.campaign.mailing.cost_per_household_sek
    wish = MailingWish(budget_sek=250_000)
    plans = [choose_edition(outcome, one, wish, NOBODY).plan for one in (EDITION, YOUNG)]
    for plan, waves in zip(plans, (2, 3), strict=True):
        assert 240_000 < plan["cost_sek"].sum() <= 250_000
        assert plan["cost_sek"].sum() == plan["households_count"].sum() * cost
        assert set(plan["wave"]) == set(range(1, waves + 1))
    assert not plans[0].index.equals(plans[1].index)


def test_a_precision_is_met_by_all_who_are_reached(outcome: Outcome) -> None:
    mailing = choose_edition(outcome, YOUNG, MailingWish(precision=0.35), NOBODY)
    sums = mailing.plan[["target_persons_count", "electors_count"]].sum()
    assert 0.35 <= sums["target_persons_count"] / sums["electors_count"] < 0.36
    assert not mailing.chosen.all()


def test_the_page_says_what_is_wasted(outcome: Outcome) -> None:
    wish = MailingWish(households=households(outcome, 0.2))
    files = edition_files(outcome, EDITION, wish, NOBODY, SHIPPED)
    assert list(files) == ["utskick.csv", "traffkurva.csv", "traffkurva.svg", "utskick.md"]
    assert files == edition_files(outcome, EDITION, wish, NOBODY, SHIPPED)
    page = files["utskick.md"].decode()
    mailing = choose_edition(outcome, EDITION, wish, NOBODY)
    told = reached(mailing.reach.areas, mailing.chosen, mailing.drawn)
    hits = round(100 * told["precision_share"])
    assert f"Av 100 väljare som nås hör {hits} (" in page
    assert f"till minst en av målgrupperna; {100 - hits} gör det inte." in page
    assert text("demo_mark", "sv") in page
    assert "Vårt urval" in files["traffkurva.svg"].decode()
    none = edition_files(outcome, EDITION, MailingWish(households=0), NOBODY, SHIPPED)
    assert "Inget område får plats" in none["utskick.md"].decode()


def test_an_association_s_areas_are_its_own_cost_and_never_doubled(outcome: Outcome) -> None:
    wish = MailingWish(households=households(outcome, 0.1))
    alone = choose_edition(outcome, EDITION, wish, NOBODY)
    owners = outcome.levels[0].areas["association"]
    mailed = alone.plan.index[0]
    able = mailable_areas(alone.reach.areas).index
    other = next(code for code in able if code not in alone.plan.index)
    added = owners[[mailed, other]]
    both = choose_edition(outcome, EDITION, wish, added)
    assert both.doubled.to_dict() == {mailed: owners[mailed]}
    assert both.plan["payer"].dropna().to_dict() == {other: owners[other]}
    assert len(both.plan) == len(alone.plan) + 1
    page = edition_files(outcome, EDITION, wish, added, SHIPPED)["utskick.md"].decode()
    assert f"({owners[mailed]}) ingår redan i distriktets utskick" in page
    count = both.plan.loc[other, "households_count"]
    assert f"- {owners[other]}: {count:,.0f} hushåll".replace(",", "\N{NO-BREAK SPACE}") in page


def test_what_is_written_is_whole_and_tells_nobody_too_much(
    with_editions: Path, own_raw: Path, tmp_path: Path, outcome: Outcome
) -> None:
    owners = outcome.levels[0].areas["association"]
    (own_raw / "privat").mkdir(exist_ok=True)
    rows = [f"{owners[code]};{code};riksdag" for code in owners.index[:3]]
    file = own_raw / "privat" / "utskick_foreningar.csv"
    file.write_text("\n".join(["association;area_code;edition", *rows]), encoding="utf-8")
    paths = mail(with_editions, MailingWish(budget_sek=100_000), raw=own_raw, out=tmp_path / "out")
    home = tmp_path / "out/data/processed/demo/utskick"
    assert sorted(paths) == sorted(path for path in home.rglob("*") if path.is_file())
    plan = pd.read_csv(home / "riksdag/utskick.csv", sep=";", encoding="utf-8-sig")
    assert set(plan["betalas av"]) >= {"Distriktet"}
    assert set(plan["betalas av"]) <= {"Distriktet", *owners}
    groups = load_campaign(with_editions).target_groups
    labels = {name: load_group(name, SHIPPED).label.sv for name in groups}
    own = next(iter(home.glob(f"*/{VENDORS}"))).parent
    assert own.name == "kommun-i-augusti"
    for path in own.glob(f"{VENDORS}/*"):
        (tmp_path / "sent").mkdir(exist_ok=True)
        path.replace(tmp_path / "sent" / path.name)
    (own / VENDORS).rmdir()
    vendor = load_named(Vendor, "vendors", "svensk_excel", SHIPPED)
    sent = list(parts_of(tmp_path / "sent", vendor))
    kept = list(parts_of(home))
    assert {part.audience for part in sent} == {"leverantor"}
    assert {part.audience for part in kept} == {"valledning"}
    homes = owners.to_dict()
    assert [fault for part in [*sent, *kept] for fault in faults_of(part, homes, labels)] == []


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
def test_a_file_of_additions_that_cannot_be_used_is_told_and_nothing_is_written(
    own_raw: Path, tmp_path: Path, outcome: Outcome, rows: str, told: str
) -> None:
    owners = outcome.levels[0].areas["association"]
    (own_raw / "privat").mkdir(exist_ok=True)
    content = rows.format(owner=owners.iloc[0], code=owners.index[0])
    file = own_raw / "privat" / "utskick_foreningar.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        mail(own_raw / "demo.toml", MailingWish(households=1000), raw=own_raw, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_order_smaller_than_the_vendor_takes_is_refused(
    outcome: Outcome, tmp_path: Path
) -> None:
    (tmp_path / "vendors").mkdir()
    shipped = (shipped_folder() / "vendors" / "svensk_excel.toml").read_text(encoding="utf-8")
    large = shipped.replace("# minimum_lot = 5000 ", "minimum_lot = 50000 ")
    (tmp_path / "vendors" / "svensk_excel.toml").write_text(large, encoding="utf-8")
    folders = config_folders(tmp_path / "x.toml")
    with pytest.raises(ConfigError, match="at least 50000 households"):
        edition_files(outcome, YOUNG, MailingWish(households=60_000), NOBODY, folders)


def test_wishes_and_editions_that_mean_nothing_are_refused(
    own_raw: Path, tmp_path: Path, outcome: Outcome
) -> None:
    for wrong in ({}, {"households": 1, "precision": 0.5}, {"precision": 40.0}, {"households": -1}):
        with pytest.raises(ConfigError):
            MailingWish(**wrong)
    with pytest.raises(ConfigError, match="no source gives its electorate"):
        edition_files(
            outcome,
            MailingEdition(name="e", election="eu"),
            MailingWish(households=9),
            NOBODY,
            SHIPPED,
        )
    wrong = TOML.replace('"lo"]', '"gamla"]').replace('"kommun i augusti"', '"riksdag"')
    path = changed_campaign(own_raw, "# The map draws", f"{wrong}# The map draws")
    with pytest.raises(ConfigError, match=r"(?s)riksdag stands twice.*gamla is no target group"):
        mail(path, MailingWish(households=9), raw=own_raw, out=tmp_path)
    bare = TOML.replace('election_day = "2030-09-08"\n', "")
    path.write_text(path.read_text(encoding="utf-8").replace(wrong, bare), encoding="utf-8")
    with pytest.raises(GeoprioError, match="expected election_day"):
        mail(path, MailingWish(households=9), raw=own_raw, out=tmp_path)


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
    outcome: Outcome,
) -> None:
    edition = MailingEdition(name="riksdag", target_groups=("lo",))
    level = outcome.levels[0]
    own = (level.printed["group"] == "lo") & (level.printed["election"] == "riksdag")
    hidden = level.printed.index[own][:5]
    printed = level.printed.assign(
        shown=level.printed["shown"].mask(own & level.printed.index.isin(hidden), "withheld")
    )
    held = replace(outcome, levels=[replace(level, printed=printed), *outcome.levels[1:]])
    added = level.areas.loc[hidden, "association"]
    files = edition_files(held, edition, MailingWish(households=60_000), added, SHIPPED)
    plan = pd.read_csv(
        io.BytesIO(files["utskick.csv"]), sep=";", decimal=",", encoding="utf-8-sig"
    ).set_index("områdeskod")
    told = plan.filter(regex="träffsäkerhet|målgrupperna")
    assert list(told)[-2:] == [f"träffsäkerhet procent, {end} (90 %)" for end in ("lägst", "högst")]
    assert told.loc[plan.index.isin(hidden)].isna().all(axis=None)
    known = told[~plan.index.isin(hidden)]
    assert (known.iloc[:, 2] <= known.iloc[:, 1]).all()
    assert (known.iloc[:, 1] <= known.iloc[:, 3]).all()


def test_names_with_signs_are_shown_as_they_are(outcome: Outcome) -> None:
    edition = MailingEdition(name="a $x$ <b> *c*")
    files = edition_files(outcome, edition, MailingWish(households=9000), NOBODY, SHIPPED)
    assert "a $x$ \\<b\\> \\*c\\*" in files["utskick.md"].decode()
    assert "a $x$ &lt;b&gt; *c*" in files["traffkurva.svg"].decode()
