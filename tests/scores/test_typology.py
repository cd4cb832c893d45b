"""Types of areas: planted ones are found again, named in plain words, and never by origin."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from geoprio.config import Typology, load_named, shipped_folder
from geoprio.errors import ConfigError
from geoprio.scores import PLACE, area_types, unused_traits
from geoprio.scores.typology import adjusted_rand, k_means, type_names

RULES = load_named(Typology, "typologies", "bostadsmiljo", (shipped_folder(),))
TRAITS = [trait.indicator for trait in RULES.traits]
# rented, tenant-owned, owned, aged 20-29, children, income, doors per km2
PLANTED = {
    "unga hyresgäster med låga inkomster": [0.8, 0.15, 0.05, 0.25, 0.15, 200_000, 3000],
    "hyresgäster med barn och låga inkomster": [0.75, 0.2, 0.05, 0.14, 0.26, 190_000, 1500],
    "bostadsrättsägare med få barn i täta kvarter": [0.15, 0.82, 0.03, 0.16, 0.1, 350_000, 6000],
    "villaägare med höga inkomster och barn": [0.05, 0.1, 0.85, 0.07, 0.24, 420_000, 600],
    "villaägare med få barn i glesare områden": [0.1, 0.02, 0.88, 0.08, 0.12, 250_000, 5],
}


def planted(per_type: int = 60, *, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(len(PLANTED)), per_type)
    middle = np.array(list(PLANTED.values()))[truth]
    values = middle * rng.normal(1, 0.08, middle.shape)
    codes = pd.Index([f"A{number:04}" for number in range(len(truth))], name="area_code")
    frame = pd.DataFrame(values, index=codes, columns=TRAITS)
    shares = [name for name in TRAITS if name.endswith("_share")]
    return frame.assign(**frame[shares].clip(upper=1)), truth


def sort_out(frame: pd.DataFrame, *, seed: int = 7, rules: Typology = RULES) -> pd.DataFrame:
    return area_types(frame, rules, rng=np.random.default_rng(seed), language="sv")


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return sort_out(planted()[0])


@pytest.mark.parametrize("types", [2, 5, 9])
def test_k_means_is_that_of_scikit_learn(types: int) -> None:
    rows = (planted()[0] / planted()[0].std()).to_numpy()
    theirs = KMeans(types, n_init=4, random_state=3).fit(rows)
    ours = k_means(rows, types, rng=np.random.RandomState(3))
    np.testing.assert_allclose(ours, theirs.cluster_centers_, rtol=1e-12)


def test_the_rand_index_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(4)
    one, other = rng.integers(4, size=(2, 200))
    assert adjusted_rand(one, other) == pytest.approx(adjusted_rand_score(one, other), rel=1e-12)
    assert adjusted_rand(one, (one + 1) % 4) == 1


def test_every_trait_is_an_indicator_of_the_place() -> None:
    assert set(TRAITS) <= set(PLACE)


def test_planted_types_are_found_again_with_their_number(found: pd.DataFrame) -> None:
    _, truth = planted()
    assert adjusted_rand_score(truth, found["type"]) > 0.95
    assert found["type"].nunique() == len(PLANTED)


def test_the_names_say_what_sets_a_type_apart(found: pd.DataFrame) -> None:
    assert set(found["type"]) == set(PLANTED)
    assert (found["type"] == np.repeat(list(PLANTED), 60)).mean() > 0.95


def test_another_seed_finds_the_same_types_and_the_same_seed_the_same_bytes_in_any_order(
    found: pd.DataFrame,
) -> None:
    frame, _ = planted()
    turned = frame.sample(frac=1, random_state=3)
    again, other = sort_out(turned), sort_out(frame, seed=8)
    assert again.index.equals(turned.index)
    pd.testing.assert_frame_equal(found, again.sort_index(), check_exact=True)
    assert adjusted_rand_score(found["type"], other["type"]) > 0.95


def test_an_area_half_way_between_two_types_is_unsure(found: pd.DataFrame) -> None:
    frame, _ = planted()
    frame.iloc[0] = (frame.iloc[60:120].mean() + frame.iloc[:60].mean()) / 2
    types = sort_out(frame)
    assert types["certainty"].between(0, 1).all()
    assert types["certainty"].iloc[0] < 0.2
    assert found["certainty"].median() > 0.6
    named = types["type"].notna()
    assert (named == (types["certainty"] >= 0.2)).all()
    assert (types[named]["type"] != types[named]["second"]).all()
    # Of one that lies a little nearer to its own, both are told.
    frame.iloc[0] = 0.7 * frame.iloc[:60].mean() + 0.3 * frame.iloc[60:120].mean()
    nearer = sort_out(frame).iloc[0]
    assert [nearer["type"], nearer["second"]] == list(PLANTED)[:2]


def test_what_is_told_to_everyone_names_no_income(found: pd.DataFrame) -> None:
    assert found["type"].str.contains("inkomst").any()
    assert not found["open"].str.contains("inkomst").any()
    assert found["open"].nunique() == found["type"].nunique()
    assert found["open"].notna().equals(found["type"].notna())


def test_where_no_tenure_is_known_no_name_tells_of_it() -> None:
    frame, _ = planted()
    bare = frame.assign(**dict.fromkeys(TRAITS[:3], np.nan))
    names = sort_out(bare)["type"].dropna()
    assert len(names)
    assert not names.str.contains("boendeformer|hyres|ägare").any()


def test_one_trait_makes_no_type_and_one_that_few_areas_have_none() -> None:
    frame, _ = planted()
    doors = frame.assign(**dict.fromkeys(TRAITS[:-1], np.nan))
    assert sort_out(doors)["type"].isna().all()
    seldom = frame.copy()
    seldom.loc[seldom.index[: len(frame) // 3], "children_share"] = np.nan
    assert "children_share" in unused_traits(seldom, RULES)
    assert sort_out(seldom)["type"].notna().sum() > len(frame) // 2


def test_an_area_with_an_unknown_trait_has_no_type(found: pd.DataFrame) -> None:
    frame, _ = planted()
    frame.iloc[5, 2] = np.nan
    types = sort_out(frame)
    assert types.iloc[5].isna().all()
    assert types["type"].notna().sum() == len(frame) - 1
    # Its row shifts the scale by a hair, and no other area's type.
    kept = types.index.delete(5)
    assert (types.loc[kept, "type"] == found.loc[kept, "type"]).all()


def test_what_no_source_counts_is_left_out_and_told() -> None:
    frame, _ = planted()
    partial = frame.assign(children_share=np.nan, aged_20_29_share=0.2)
    assert unused_traits(partial, RULES) == ["aged_20_29_share", "children_share"]
    types = sort_out(partial)["type"]
    assert types.notna().all()
    assert not types.str.contains("barn|unga").any()


@pytest.mark.parametrize("known", [0, 1, 39])
def test_with_too_few_areas_there_are_no_types(known: int) -> None:
    frame, _ = planted()
    frame.iloc[known:] = np.nan
    types = sort_out(frame)
    assert types.isna().all(axis=None)
    assert types.index.equals(frame.index)


def test_areas_that_are_alike_have_no_types() -> None:
    frame, _ = planted()
    assert sort_out(frame * 0 + 0.5)["type"].isna().all()
    assert unused_traits(frame * 0 + 0.5, RULES) == TRAITS


def test_an_unknown_trait_is_an_error() -> None:
    with pytest.raises(ConfigError, match="rental_share: expected one of"):
        sort_out(planted()[0].drop(columns="rental_share"))


def centres(**columns: list[float]) -> pd.DataFrame:
    size = len(next(iter(columns.values())))
    return pd.DataFrame({name: columns.get(name, [0.0] * size) for name in TRAITS})


def test_types_that_would_share_a_name_are_told_apart() -> None:
    alike = centres(
        rental_share=[2, 2],
        aged_20_29_share=[1.5, 1.5],
        income_mean_sek=[-1.2, -1.1],
        children_share=[-0.6, 0.7],
    )
    assert type_names(alike, RULES, language="sv") == [
        "unga hyresgäster med låga inkomster och få barn",
        "unga hyresgäster med låga inkomster och barn",
    ]
    same = type_names(centres(rental_share=[2, 2, 2]), RULES, language="sv")
    assert same == ["hyresgäster", "hyresgäster, typ 2", "hyresgäster, typ 3"]


def test_where_nothing_stands_out_the_home_is_mixed() -> None:
    names = type_names(centres(doors_per_km2=[0.1, 2]), RULES, language="sv")
    assert names == [
        "hushåll med blandade boendeformer",
        "hushåll med blandade boendeformer i täta kvarter",
    ]
    english = type_names(centres(rental_share=[2], aged_20_29_share=[2]), RULES, language="en")
    assert english == ["young tenants"]


def test_no_name_can_tell_origin_or_union() -> None:
    """Every word that a name may hold stands in the file: none is of origin or union."""
    words = re.compile(r"utrik|utländ|invandr|född|bakgrund|LO|fack|abroad|foreign|union|migra")
    for path in (shipped_folder() / "typologies").glob("*.toml"):
        rules = load_named(Typology, "typologies", path.stem, (shipped_folder(),))
        sides = [side for trait in rules.traits for side in (trait.high, trait.low) if side]
        told = " ".join(
            word
            for side in [*sides, rules.mixed_home, rules.mixed_with]
            for word in side.model_dump().values()
        )
        assert not words.search(told)
        assert not any(words.search(trait.indicator) for trait in rules.traits)
