"""The demo's people: published totals kept, realistic, and not made by an estimator's formula."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio.demo import DemoFiles
from geoprio.demo.apportionment import BALLOTS, LO_MEMBERS, published_figures
from geoprio.demo.truth import CELLS


def _cube(path: Path) -> tuple[np.ndarray, dict[str, list[str]]]:
    reply = json.loads(path.read_text(encoding="utf-8"))
    codes = {name: list(reply["dimension"][name]["category"]["index"]) for name in reply["id"]}
    values = np.array([np.nan if value is None else value for value in reply["value"]])
    return values.reshape(reply["size"]).squeeze(-1), codes


def _members(frame: pd.DataFrame, position: int) -> pd.Series:
    return frame[[cell for cell in CELLS if cell[5 + position] == "1"]].sum(axis=1)


@pytest.fixture(scope="module")
def groups(demo: DemoFiles) -> pd.DataFrame:
    return pd.read_parquet(demo.truth / "grupper-deso_2018.parquet").set_index("area_code")


@pytest.fixture(scope="module")
def regso_of(raw: Path) -> pd.Series:
    key = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str, encoding="utf-8-sig")
    return key.set_index("DeSO_2018")["RegSOkod_2020"].sort_index()


def test_adults_add_up_to_the_published(groups: pd.DataFrame) -> None:
    published = published_figures()
    adults = groups[groups["base"] == "adults"]
    home = adults.index.str[:4]
    assert (adults[list(CELLS)].sum(axis=1).groupby(home).sum() == published["adults"]).all()
    assert (_members(adults, 0).groupby(home).sum() == published["young"]).all()
    assert (_members(adults, 2).groupby(home).sum() == published["adult_women"]).all()
    assert _members(adults, 1).sum() == LO_MEMBERS


def test_residents_are_those_of_the_published_tables(groups: pd.DataFrame, raw: Path) -> None:
    residents = groups[groups["base"] == "residents"]
    values, codes = _cube(raw / "TAB6571.json")
    published = pd.Series(
        values[:, codes["UtlBakgrund"].index("1"), codes["Kon"].index("1+2")].squeeze(),
        codes["Region"],
    )
    ours = _members(residents, 3)
    assert (ours == published[ours.index]).all()
    adults = groups[groups["base"] == "adults"]
    assert (_members(residents, 0) == _members(adults, 0)).all()


def test_electorates_add_up_to_the_published(groups: pd.DataFrame) -> None:
    published = published_figures()
    for ballot in ("riksdag", "kommun"):
        roll = groups[groups["base"] == f"electorate_{ballot}"][list(CELLS)].sum(axis=1)
        assert (roll.groupby(roll.index.str[:4]).sum() == published[f"{ballot}_electors"]).all()


def test_regso_truth_is_the_sum_of_its_deso(
    demo: DemoFiles, groups: pd.DataFrame, regso_of: pd.Series
) -> None:
    regso = pd.read_parquet(demo.truth / "grupper-regso_2020.parquet")
    keys = [regso_of[groups.index].to_numpy(), groups["base"].to_numpy()]
    summed = groups[list(CELLS)].groupby(keys).sum()
    assert (regso.set_index(["area_code", "base"]).to_numpy() == summed.to_numpy()).all()
    assert len(regso) == 5 * demo.regso


def test_county_joint_table_is_the_sum_of_the_truth(raw: Path, groups: pd.DataFrame) -> None:
    cube, codes = _cube(raw / "malgrupper-samfordelning-lan.json")
    adults = groups[groups["base"] == "adults"][list(CELLS)].sum()
    place = {name: values.index for name, values in codes.items()}
    for cell in CELLS:
        young, member, woman, foreign = cell.removeprefix("cell_")
        found = cube[
            0,
            place["Ung"](young),
            place["LO"](member),
            place["Kon"]("2" if woman == "1" else "1"),
            place["UtlBakgrund"]("1" if foreign == "1" else "2"),
            0,
        ]
        assert found == adults[cell], cell


def test_groups_depend_on_each_other(groups: pd.DataFrame) -> None:
    # Under independence the joint table is the product of its margins; here it must not be.
    adults = groups[groups["base"] == "adults"]
    total = adults[list(CELLS)].to_numpy().sum()
    for one, other in ((0, 1), (0, 3), (1, 3)):
        both = [cell for cell in CELLS if {cell[5 + one], cell[5 + other]} == {"1"}]
        joint = adults[both].to_numpy().sum() / total
        product = _members(adults, one).sum() * _members(adults, other).sum() / total**2
        assert abs(joint / product - 1) > 0.04, (one, other)


def test_tables_agree_with_each_other(raw: Path) -> None:
    ages, _ = _cube(raw / "TAB6574.json")
    assert (ages[:, 0] == ages[:, 1:].sum(axis=1)).all()
    assert (ages[:, :, 2] == ages[:, :, 0] + ages[:, :, 1]).all()
    for name in ("TAB6569", "TAB6571", "TAB6572"):
        table, _ = _cube(raw / f"{name}.json")
        assert (table[:, -1] == ages[:, 0]).all()
        assert (table[:, -1] == table[:, :-1].sum(axis=1)).all()
    work, _ = _cube(raw / "TAB6681.json")
    status, _ = _cube(raw / "TAB6680.json")
    assert (work[:, 0] == work[:, 1:].sum(axis=1)).all()
    assert (work[:, 0, :, 0] == status[:, :, 0, 0]).all()
    assert (status[:, :, 0, 4] == ages[:, 5:14].sum(axis=1)[..., 0]).all()
    schooling, _ = _cube(raw / "TAB6534.json")
    assert (schooling.sum(axis=1)[:, 0] == ages[:, 6:14, 2].sum(axis=1)[:, 0]).all()
    households, _ = _cube(raw / "TAB6568.json")
    assert (households[:, -1] == households[:, :-1].sum(axis=1)).all()


def test_foreign_citizens_are_the_adults_who_are_not_on_the_roll_and_some_children(
    raw: Path,
) -> None:
    cube, codes = _cube(raw / "TAB6569.json")
    foreign = pd.Series(cube[:, 1, 2, 0], codes["Region"])
    published = published_figures()
    grown = published["adults"] - published["kommun_electors"] + published["foreign_citizens"]
    share = grown / foreign.groupby(foreign.index.str[:4]).sum()
    assert share.between(0.65, 0.95).all()


def test_places_are_of_a_real_size(raw: Path) -> None:
    ages, _ = _cube(raw / "TAB6574.json")
    population = ages[:, 0, 2, 0]
    assert population.sum() == 2_454_821
    assert population.min() > 450 and population.max() < 6_500
    assert 350 < population.std() < 800


@pytest.mark.parametrize("year", [2018, 2022])
@pytest.mark.parametrize("ballot", BALLOTS)
def test_correlations_like_the_real_countys(
    demo: DemoFiles, raw: Path, regso_of: pd.Series, year: int, ballot: str
) -> None:
    birth, codes = _cube(raw / "TAB6572.json")
    regso = regso_of[codes["Region"]].to_numpy()
    native = pd.Series(birth[:, 0, 2, 0]).groupby(regso).sum()
    foreign = 1 - native / pd.Series(birth[:, 3, 2, 0]).groupby(regso).sum()
    votes = pd.read_parquet(demo.truth / "val-deso_2018.parquet")
    votes = votes[(votes["year"] == year) & (votes["election"] == ballot)].set_index("area_code")
    total = votes.drop(columns=["year", "election"]).groupby(regso_of[votes.index]).sum()
    assert 0.12 < foreign.std() < 0.19
    turnout = foreign.corr(total["votes_cast"] / total["electors"])
    left = foreign.corr(total["votes_v"] / total["valid"])
    assert -0.95 < turnout < -0.82
    assert 0.45 < left < 0.75


def test_the_county_is_as_wild_as_the_real_one(
    demo: DemoFiles, groups: pd.DataFrame, regso_of: pd.Series
) -> None:
    """`docs/check_spread.py` of the real RegSO: turnout sd 0.097, V 0.055, young 0.071 in the city.

    What is moved from the districts is smoother than the truth: that is a tenth wider here.
    """
    votes = pd.read_parquet(demo.truth / "val-deso_2018.parquet")
    votes = votes[(votes["year"] == 2022) & (votes["election"] == "riksdag")]
    total = votes.set_index("area_code").drop(columns=["year", "election"])
    total = total.groupby(regso_of).sum()
    assert 0.080 < (total["votes_cast"] / total["electors"]).std() < 0.115
    assert 0.042 < (total["votes_v"] / total["valid"]).std() < 0.065
    red_green = total[["votes_v", "votes_s", "votes_mp"]].sum(axis=1) / total["valid"]
    assert 0.09 < red_green.std() < 0.13
    adults = groups[groups["base"] == "adults"]
    by_regso = pd.DataFrame({"young": _members(adults, 0), "all": adults[list(CELLS)].sum(axis=1)})
    by_regso = by_regso.groupby(regso_of).sum()
    young = (by_regso["young"] / by_regso["all"])[lambda share: share.index.str[:4] == "0180"]
    assert 0.055 < young.std() < 0.09
    assert 1 <= (young > 0.5).sum() <= 3


def test_of_swedes_abroad_a_third_vote(demo: DemoFiles) -> None:
    """32 % in 2022 (SCB): they are an eighth of those who did not vote."""
    votes = pd.read_parquet(demo.truth / "val-deso_2018.parquet")
    total = votes[(votes["year"] == 2022) & (votes["election"] == "riksdag")].sum(numeric_only=True)
    assert total["abroad_cast"] / total["abroad"] == pytest.approx(0.32, abs=0.05)
    at_home = votes[votes["election"] == "kommun"]
    assert not at_home[["abroad", "abroad_cast"]].any(axis=None)


def test_lo_is_not_industry_times_a_rate(raw: Path, groups: pd.DataFrame) -> None:
    # Members per adult explained by the employed of every industry and sex: related, not given.
    work, _ = _cube(raw / "TAB6681.json")
    adults = groups[groups["base"] == "adults"]
    size = adults[list(CELLS)].sum(axis=1).to_numpy(float)
    share = _members(adults, 1).to_numpy(float) / size
    industry = work[:, 1:, :2, 0].reshape(len(size), -1) / size[:, None]
    industry = np.column_stack([industry, np.ones(len(size))])
    fitted = industry @ np.linalg.lstsq(industry, share, rcond=None)[0]
    explained = 1 - ((share - fitted) ** 2).sum() / ((share - share.mean()) ** 2).sum()
    assert 0.35 < explained < 0.9
    rest = (share - fitted) / (share - fitted).std()
    assert (rest**4).mean() > 3.3


def test_a_crosswalk_by_area_errs(demo: DemoFiles, raw: Path) -> None:
    pieces = pd.read_parquet(demo.truth / "bitar.parquet")
    ages, codes = _cube(raw / "TAB6574.json")
    population = pd.Series(ages[:, 0, 2, 0], index=codes["Region"])
    placed = pieces.groupby("deso_code")["population_count"].sum()
    assert (placed == population[placed.index]).all()
    electors = pieces.groupby("deso_code")["electors_kommun_count"].sum()
    share = electors / population[electors.index]
    # A campus has hardly any children.
    assert share.min() > 0.45 and share.max() < 0.97
    by_district = pieces.groupby("district_code")["electors_riksdag_count"].sum()
    assert by_district.min() > 0 and 900 < by_district.median() < 1_700
