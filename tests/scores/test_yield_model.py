"""Expected yield: every area's cells give its own rates, and known answers by hand."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.special import expit, logit

from geoprio.config import Effects, Factor, load_model, shipped_folder
from geoprio.errors import ConfigError
from geoprio.groups import Joint
from geoprio.groups.joint import cell_names
from geoprio.scores import (
    draw_effects,
    expected_yield,
    per_hour,
    per_krona,
    rates_by_cell,
    relative_yield,
    unknown_words,
    yield_per_contact,
    yield_words,
)
from geoprio.scores.yields import (
    FORMS,
    ONCE,
    TIMES,
    cell_log_odds,
    more_for_first_timers,
    solve_shift,
    yield_span,
)
from geoprio.words import text

EFFECTS = load_model(Effects, shipped_folder() / "effects" / "published.toml")
GROUPS = ("unga", "lo", "kvinnor", "invandrarbakgrund")


def factor(inside: float, outside: float) -> Factor:
    return Factor(inside_share=inside, outside_share=outside, source="påhittad för provet")


class Voters(NamedTuple):
    """The electorate of some areas, in the cells of its overlapping groups."""

    joint: Joint
    electors: pd.Series

    @property
    def cells(self) -> pd.DataFrame:
        """The cells' shares."""
        return self.joint.cells


def voters_of(cells: np.ndarray, groups: tuple[str, ...], electors: np.ndarray) -> Voters:
    names = cell_names(len(groups))
    index = pd.Index([f"A{number:05}" for number in range(len(cells))], name="area_code")
    frame = pd.DataFrame(cells, index, names)
    shares = {
        group: frame[[name for name in names if name[place] == "1"]].sum(axis=1)
        for place, group in enumerate(groups)
    }
    joint = Joint(pd.DataFrame(shares), frame, rounds=0, error=0.0, pairs={})
    return Voters(joint, pd.Series(electors, index, dtype=float))


def random_voters(size: int, *, seed: int = 1) -> Voters:
    rng = np.random.default_rng(seed)
    cells = rng.dirichlet(np.full(16, 0.3), size)
    return voters_of(cells, GROUPS, rng.integers(100, 3000, size))


def one_group(share: float) -> Voters:
    return voters_of(np.array([[1 - share, share]]), ("unga",), np.array([1000]))


def test_the_cells_of_every_area_give_its_own_rate_at_the_extremes_too() -> None:
    voters = random_voters(3000)
    rng = np.random.default_rng(2)
    total = pd.Series(rng.uniform(0, 1, 3000), index=voters.cells.index)
    total.iloc[:6] = [1e-9, 1e-4, 0.5, 1 - 1e-4, 1 - 1e-9, 0.999999]
    # Areas where one cell holds everyone.
    voters.cells.iloc[6:9] = np.eye(16)[[0, 7, 15]]
    factors = {"unga": factor(0.3, 0.9), "lo": factor(0.7, 0.4), "kvinnor": factor(0.3, 0.2)}
    rates = rates_by_cell(*voters, total, factors)
    np.testing.assert_allclose((voters.cells * rates).sum(axis=1), total, rtol=0, atol=1e-12)
    assert rates.gt(0).all(axis=None)
    assert rates.lt(1).all(axis=None)


@pytest.mark.parametrize("spread", [0.0, 1.0, 15.0])
def test_the_shift_holds_however_far_apart_the_cells_are(spread: float) -> None:
    cells = random_voters(500, seed=8).cells.to_numpy()
    log_odds = np.random.default_rng(9).normal(0, spread, 16)
    total = np.random.default_rng(10).uniform(0, 1, 500)
    rates = expit(log_odds + solve_shift(cells, log_odds, total)[:, None])
    np.testing.assert_allclose((cells * rates).sum(axis=1), total, rtol=0, atol=1e-12)


def test_the_shift_stands_where_a_root_finder_of_one_area_at_a_time_finds_it() -> None:
    voters = random_voters(40, seed=3)
    log_odds = np.random.default_rng(4).normal(0, 3, 16)
    total = np.random.default_rng(5).uniform(0.01, 0.99, 40)
    cells = voters.cells.to_numpy()
    found = solve_shift(cells, log_odds, total)
    alone = [
        brentq(lambda d, p=p, t=t: p @ expit(log_odds + d) - t, -60, 60, xtol=1e-13)
        for p, t in zip(cells, total, strict=True)
    ]
    np.testing.assert_allclose(found, alone, atol=1e-9)


def test_where_no_group_differs_every_cell_has_the_area_s_rate() -> None:
    voters = random_voters(50)
    total = pd.Series(np.linspace(0.4, 0.95, 50), index=voters.cells.index)
    same = rates_by_cell(*voters, total, {"unga": factor(0.8, 0.8)})
    for rates in (same, rates_by_cell(*voters, total, {})):
        np.testing.assert_allclose(rates, np.outer(total, np.ones(16)), atol=1e-12)


def test_a_group_that_votes_less_votes_less_in_every_area() -> None:
    voters = random_voters(50)
    total = pd.Series(0.8, index=voters.cells.index)
    rates = rates_by_cell(*voters, total, {"lo": factor(0.6, 0.9)})
    outside, inside = rates["0000"], rates["0100"]
    odds = logit(inside) - logit(outside)
    np.testing.assert_allclose(odds, logit(0.6) - logit(0.9), atol=1e-8)


def test_overlapping_groups_keep_their_published_differences_together() -> None:
    """The two groups are nearly one: were both differences added, each would be nearly twice."""
    shares = np.array([0.55, 0.05, 0.05, 0.35])
    members = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    odds = np.array([0.3, 0.4])
    rates = expit(cell_log_odds(shares, members, 0.8, odds))
    assert shares @ rates == pytest.approx(0.8, abs=1e-9)
    for group, ratio in enumerate(odds):
        inside = members[:, group] == 1
        rate_in, rate_out = (
            np.average(rates[where], weights=shares[where]) for where in (inside, ~inside)
        )
        assert logit(rate_in) - logit(rate_out) == pytest.approx(np.log(ratio), abs=1e-7)


def test_a_group_that_nobody_or_everybody_is_in_is_no_trouble() -> None:
    members = np.array([[0, 1], [1, 1.0]])
    for shares in (np.array([1.0, 0]), np.array([0, 1.0]), np.array([0.5, 0.5])):
        rates = expit(cell_log_odds(shares, members, 0.8, np.array([0.3, 2.0])))
        assert shares @ rates == pytest.approx(0.8, abs=1e-9)


def test_differences_that_cannot_hold_at_once_are_told() -> None:
    shares, members = np.array([0.5, 0.5]), np.array([[0, 0], [1, 1.0]])
    with pytest.raises(ConfigError, match="cannot all hold"):
        cell_log_odds(shares, members, 0.5, np.array([0.3, 3.0]))


def test_a_case_by_hand() -> None:
    """Half are young: (1 - 0.6) 0.1 1.5 0.2 / 2 + (1 - 0.8) 0.1 0.1 / 2 = 0.007."""
    voters = one_group(0.5)
    turnout, support = (0 * voters.cells + rates for rates in ([0.8, 0.6], [0.1, 0.2]))
    study = EFFECTS.conversation.studies[0].model_copy(
        update={"effect_points": 5.0, "stayed_home_share": 0.5}
    )
    effect = EFFECTS.conversation.model_copy(update={"studies": (study,)})
    first = EFFECTS.first_time.model_copy(update={"share": 0.5, "times": 2.0})
    times = more_for_first_timers(voters.joint, first, None)
    found = yield_per_contact(voters.joint, (turnout, support), effect=effect, times=times)
    assert found.iloc[0] == pytest.approx(0.007)
    plain = yield_per_contact(voters.joint, (turnout, support), effect=effect)
    assert plain.iloc[0] == pytest.approx(0.005)
    # Where first-time voters are counted, they are four in five of the young.
    counted = more_for_first_timers(voters.joint, first, pd.Series(0.4, voters.joint.shares.index))
    np.testing.assert_allclose(counted[0], [1.0, 1.8])


def test_persuasion_is_off_unless_the_campaign_turns_it_on() -> None:
    voters = one_group(0.0)
    rate = 0 * voters.cells + 0.5
    assert EFFECTS.conversation.persuasion is None
    off = EFFECTS.mailing
    on = off.model_validate(
        off.model_dump() | {"persuasion": {"share": 0.02, "source": "påhittad för provet"}}
    )
    plain = yield_per_contact(voters.joint, (rate, rate), effect=off)
    # Half vote, and half of those for others: 0.5 x 0.02 x 0.5 more.
    persuaded = yield_per_contact(voters.joint, (rate, rate), effect=on)
    np.testing.assert_allclose(persuaded, plain + 0.005)


def test_the_shipped_trials_are_those_that_are_cited() -> None:
    shares = [study.persuaded_to_vote_share for study in EFFECTS.conversation.studies]
    np.testing.assert_allclose(shares, [0.07, 0.10], atol=0.005)
    assert EFFECTS.mailing.mean < EFFECTS.conversation.mean / 5
    assert EFFECTS.canvassing.contact_share == pytest.approx(0.4524, abs=0.005)
    assert EFFECTS.turnout.keys() == set(GROUPS) - {"lo"}


def test_the_effect_is_drawn_around_its_mean_and_stays_a_share() -> None:
    prior = EFFECTS.conversation
    drawn = draw_effects(prior, draws=40_000, rng=np.random.default_rng(6))
    assert drawn.mean() == pytest.approx(prior.mean, rel=0.02)
    assert drawn.std() == pytest.approx(prior.sd, rel=0.02)
    assert drawn.min() > 0
    assert drawn.max() < 1
    again = draw_effects(prior, draws=40_000, rng=np.random.default_rng(6))
    np.testing.assert_array_equal(drawn, again)


def rows(voters: Voters, turnout: list[float], support: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"turnout_share": turnout, "v_share": support}, index=voters.cells.index, dtype=float
    )


def test_what_cannot_be_known_is_unknown_and_says_why() -> None:
    voters = random_voters(7)
    voters.electors.iloc[0] = 0
    voters.cells.iloc[4] = np.nan
    indicators = rows(voters, [0.8, 0, 1, 0.8, 0.8, 0.8, np.nan], [0.1, 0.1, 0.1, 0, 0.1, 0.1, 0.1])
    found = expected_yield(*voters, indicators, EFFECTS)
    assert found["unknown"].tolist() == [
        *("no_electors", "turnout_unknown", "turnout_unknown", "support_unknown"),
        *("cells_unknown", "", "turnout_unknown"),
    ]
    known = (found["unknown"] == "").to_numpy()
    np.testing.assert_array_equal(found["conversation_stayed_home"].notna(), known)
    np.testing.assert_array_equal(found["letter_points"].notna(), known)


def test_nothing_known_gives_nothing() -> None:
    voters = random_voters(3)
    found = expected_yield(*voters, rows(voters, [np.nan] * 3, [np.nan] * 3), EFFECTS)
    assert found["conversation_stayed_home"].isna().all()
    assert relative_yield(found["conversation_stayed_home"], voters.electors).isna().all()


def test_row_and_column_order_change_nothing() -> None:
    voters = random_voters(60)
    rng = np.random.default_rng(7)
    indicators = rows(voters, list(rng.uniform(0.5, 0.95, 60)), list(rng.uniform(0.02, 0.3, 60)))
    order = rng.permutation(60)
    cells = voters.cells.iloc[order, rng.permutation(16)]
    turned = Voters(
        replace(voters.joint, cells=cells, shares=voters.joint.shares.iloc[order]),
        voters.electors.iloc[order],
    )
    straight = expected_yield(*voters, indicators, EFFECTS)
    other = expected_yield(*turned, indicators.iloc[order], EFFECTS).loc[straight.index]
    pd.testing.assert_frame_equal(straight, other, rtol=1e-9)


def test_people_see_the_yield_against_the_average_area() -> None:
    index = pd.Index(["A", "B", "C"], name="area_code")
    yields = pd.Series([0.002, 0.004, np.nan], index=index)
    electors = pd.Series([300.0, 100, 900], index=index)
    relative = relative_yield(yields, electors)
    assert relative["A"] == pytest.approx(0.002 / 0.0025)
    assert (relative * electors).sum() / 400 == pytest.approx(1)
    assert np.isnan(relative["C"])


def test_the_forms_agree_at_the_trials_turnout_and_part_elsewhere() -> None:
    """Half as many stay at home: half as much, as much, or 0.75 x 0.25 / (0.5 x 0.5) as much."""
    voters, study = one_group(0.0), EFFECTS.conversation.studies[0]
    trial = study.model_copy(update={"stayed_home_share": 0.5})
    effect = EFFECTS.conversation.model_copy(update={"studies": (trial,)})
    support = 0 * voters.cells + 0.1

    def told(turnout: float) -> list[float]:
        rates = 0 * voters.cells + turnout, support
        return [
            yield_per_contact(voters.joint, rates, effect=effect, form=form).iloc[0]
            for form in FORMS
        ]

    at_trial = told(0.5)
    assert at_trial == pytest.approx([at_trial[0]] * 3)
    assert told(0.75) == pytest.approx([at_trial[0] * times for times in (0.5, 1.0, 0.75)])


def test_the_span_is_of_all_forms_and_unknown_where_one_is() -> None:
    relative = pd.DataFrame({"a": [6.8, 1.0], "b": [3.1, np.nan], "c": [5.4, 1.0]})
    span = yield_span(relative)
    assert span.loc[0].tolist() == [3.1, 6.8]
    assert span.loc[1].isna().all()


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (3.1, 6.8, "ungefär tre till sju gånger så mycket per samtal"),
        (1.44, 1.44, "ungefär en och en halv gång så mycket per samtal"),
        (0.97, 1.04, "ungefär lika mycket per samtal"),
        (0.5, 2.1, "ungefär hälften till två gånger så mycket per samtal"),
        (0.3, 0.7, "ungefär en tredjedel till två tredjedelar så mycket per samtal"),
        (0.9, 1.4, "ungefär en till en och en halv gång så mycket per samtal"),
        (0.0, 0.2, "ungefär en tiondel till en fjärdedel så mycket per samtal"),
    ],
)
def test_the_words_are_those_of_a_swede(low: float, high: float, told: str) -> None:
    span = pd.DataFrame({"low": [low, np.nan], "high": [high, np.nan]}, index=["A", "B"])
    words = yield_words(span, "conversation", "sv")
    assert words.tolist() == [f"{told} som i ett genomsnittligt område", ""]
    assert not any(sign.isdigit() for sign in words["A"])


def test_every_amount_has_its_words() -> None:
    for language in ("sv", "en"):
        assert len(text("yield_amounts", language).split("|")) == len(TIMES)
        assert len(text("yield_times", language).split("|")) == 2
    assert TIMES[ONCE] == 1


def test_unknown_yields_are_counted_and_told_why() -> None:
    unknown = pd.Series(["", "turnout_unknown", "no_electors", "turnout_unknown"])
    assert unknown_words(unknown, "sv") == [
        "utbyte okänt i 1 område: inga röstberättigade",
        "utbyte okänt i 2 områden: valdeltagandet saknas eller är 0 eller 100 procent",
    ]


def test_an_hour_and_a_krona() -> None:
    one = pd.Series([0.01], index=["A"])
    assert per_hour(one, EFFECTS.canvassing)["A"] == pytest.approx(0.01 * 20 * 0.45)
    readers = pd.Series([2.0], index=["A"])
    krona = per_krona(one, electors_per_household=readers, cost_per_household_sek=2.5)
    assert krona["A"] == pytest.approx(0.008)
    none = per_krona(one, electors_per_household=readers * 0, cost_per_household_sek=2.5)
    assert none.isna().all()
