"""LO members of the demo graded against the truth, which no estimator sees (METHOD 3).

The demo draws LO membership from a hidden effect and from noise of the area's own, so that no
estimate can be right. How near one can come is shown by a fit to the truth itself on everything
that is published: of the way from the proxy to that fit, the synthetic estimate goes a third.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.demo import write_demo
from geoprio.demo.truth import CELLS

AREAS = 1290
SETS = ("deso_2018", "regso_2020")
Graded = dict[str, pd.DataFrame]


def graded(folder: Path, seed: int, *, without: str = "") -> Graded:
    """Return by area set the estimate of LO, the true members and adults, and the counts."""
    raw = folder / f"raw-{seed}"
    if not raw.exists():
        write_demo(raw, areas=AREAS, seed=seed)
    text = (shipped_folder() / "demo.toml").read_text(encoding="utf-8")
    assert without in text
    (raw / "demo.toml").write_text(text.replace(without, ""), encoding="utf-8")
    result = pipeline.run(raw / "demo.toml", raw=raw, out=folder / "out")
    out = {}
    for name in SETS:
        cells = pd.read_parquet(raw / "facit" / f"grupper-{name}.parquet")
        cells = cells[cells["base"] == "adults"].set_index("area_code")[list(CELLS)]
        member = cells[[cell for cell in CELLS if cell[6] == "1"]].sum(axis=1).astype(float)
        level = result.levels[name]
        estimate = level.groups.query("group == 'lo'")
        truth = pd.DataFrame({"truth": member, "true_adults": cells.sum(axis=1)})
        out[name] = estimate.join(truth).join(level.counts)
    return out


def error(count: pd.Series, truth: pd.Series) -> float:
    return float((count * truth.sum() / count.sum() - truth).abs().mean())


def best_fit(frame: pd.DataFrame) -> pd.Series:
    """Return members by a fit of the true share on every industry, education, age and origin."""
    employed = frame.filter(regex=r"^employed_[a-z]+_(?:men|women)_count$")
    schooling = frame.filter(like="education_")
    adults = frame["true_adults"]
    known = [
        *(part / employed.sum(axis=1) for _, part in employed.items()),
        *(part / schooling.sum(axis=1) for _, part in schooling.items()),
        frame["born_abroad_count"] / frame["population_count"],
        frame["age_18_29_count"] / adults,
        employed.sum(axis=1) / adults,
        np.log(frame["net_income_mean_sek"]),
        np.ones(len(frame)),
    ]
    table = np.column_stack(known)
    share = np.log(frame["truth"] / adults)
    fitted = table @ np.linalg.lstsq(table, share, rcond=None)[0]
    return pd.Series(np.exp(fitted), index=frame.index) * adults


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("graded")


@pytest.fixture(scope="module")
def by_industry(folder: Path) -> Graded:
    return graded(folder, 2026)


@pytest.fixture(scope="module")
def by_rank(folder: Path) -> Graded:
    return graded(folder, 2026, without='  "scb_tab6681_deso",\n')


@pytest.mark.parametrize("area_set", SETS)
def test_industry_and_sex_come_nearer_the_truth_than_a_rank_index(
    by_industry: Graded, by_rank: Graded, area_set: str
) -> None:
    own, proxy = by_industry[area_set], by_rank[area_set]
    assert set(own["method"]) == {"synthetic"}
    assert set(proxy["method"]) == {"proxy"}
    assert own["count"].sum() == pytest.approx(176_000)
    found, rival = (error(frame["count"], frame["truth"]) for frame in (own, proxy))
    nearest = error(best_fit(own), own["truth"])
    assert nearest < found < 0.9 * rival
    assert (rival - found) / (rival - nearest) > 1 / 3
    # Half the proxy's error is beyond even a fit to the truth.
    assert nearest > 0.55 * rival


@pytest.mark.parametrize("seed", [2026, 1, 2])
def test_the_interval_covers_the_truth(folder: Path, by_industry: Graded, seed: int) -> None:
    levels = by_industry if seed == 2026 else graded(folder, seed)
    for name, frame in levels.items():
        covered = frame["truth"].between(frame["low"], frame["high"]).mean()
        assert 0.85 <= covered <= 0.95, (name, covered)
