"""Circles by electorate: large enough, apart, by municipality, and the same each time."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser
from scipy.spatial import cKDTree

from geoprio.files.maps import build_map, save_map
from geoprio.files.maps.circles import place_circles
from geoprio.runs import Run
from tests.files.conftest import toy_layers, toy_levels, toy_page
from tests.unpacked import payload_of
from tests.visits import DESKTOP, Visit


def county(areas: int = 300, towns: int = 12) -> tuple[np.ndarray, pd.Series, np.ndarray]:
    rng = np.random.default_rng(7)
    middles = rng.uniform(0, 60_000, (towns, 2))
    home = rng.integers(0, towns, areas)
    points = middles[home] + rng.normal(0, 3_000, (areas, 2))
    return points, pd.Series(rng.lognormal(7, 0.6, areas)), home


def apart(middles: np.ndarray, radii: np.ndarray) -> float:
    """Return the narrowest gap between two circles; below 0 two overlap."""
    far = np.hypot(*(middles[:, None] - middles[None]).transpose(2, 0, 1))
    gaps = far - radii[:, None] - radii[None]
    np.fill_diagonal(gaps, np.inf)
    return float(gaps.min())


def test_no_circles_overlap_and_areas_are_electors() -> None:
    points, electors, home = county()
    middles, radii = place_circles(points, electors, home)
    assert apart(middles, radii) >= 0
    assert np.corrcoef(radii**2, electors)[0, 1] > 0.9999


def test_a_municipality_is_together_and_no_other_is_inside_it() -> None:
    points, electors, home = county()
    middles, radii = place_circles(points, electors, home)
    discs = []
    for town in np.unique(home):
        own = home == town
        middle = np.average(middles[own], axis=0, weights=radii[own] ** 2)
        discs.append((middle, (np.hypot(*(middles[own] - middle).T) + radii[own]).max()))
        others = np.hypot(*(middles[~own] - middle).T)
        assert (others > np.median(np.hypot(*(middles[own] - middle).T))).all()
    # Those that were neighbours in the east are still in the east.
    before = np.array([points[home == town].mean(axis=0) for town in np.unique(home)])
    after = np.array([middle for middle, _ in discs])
    assert np.corrcoef(before[:, 0], after[:, 0])[0, 1] > 0.95
    assert np.corrcoef(before[:, 1], after[:, 1])[0, 1] > 0.95


def test_the_same_areas_give_the_same_circles_and_few_or_unknown_are_still_seen() -> None:
    points, electors, home = county()
    electors.iloc[3], electors.iloc[4] = np.nan, 0.0
    middles, radii = place_circles(points, electors, home)
    again, same = place_circles(points, electors, home)
    assert (middles == again).all()
    assert (radii == same).all()
    assert radii[3] == radii[4] == radii.min() > 0


def test_two_in_one_place_part_and_one_alone_stays() -> None:
    points = np.array([[0.0, 0.0], [0.0, 0.0], [9_000.0, 0.0]])
    middles, radii = place_circles(points, pd.Series([100.0, 100.0, 50.0]), np.array([0, 0, 1]))
    assert apart(middles, radii) >= 0


@pytest.mark.parametrize(("areas", "towns"), [(5000, 1), (5000, 3), (1287, 26)])
def test_a_crowd_s_circles_cover_as_much_as_those_of_few(areas: int, towns: int) -> None:
    points, electors, home = county(areas, towns)
    middles, radii = place_circles(points, electors, home)
    low, high = np.quantile(points, [0.05, 0.95], axis=0)
    # Half of the box is discs, 0.66 of a disc is circles: none were made less to part.
    assert np.pi * (radii**2).sum() / np.prod(high - low) == pytest.approx(0.33, abs=0.005)
    far, other = cKDTree(middles).query(middles, k=8)
    assert (far[:, 1:] >= radii[other[:, 1:]] + radii[:, None]).all()


@pytest.mark.parametrize(("areas", "before"), [(524, 2256.3), (1287, 2284.4)])
def test_circles_lie_nearer_to_where_they_are_than_when_none_were_spread(
    areas: int, before: float
) -> None:
    points, electors, home = county(areas, 26)
    middles, _ = place_circles(points, electors, home)
    assert np.hypot(*(middles - points).T).mean() < before


@pytest.mark.browser
def test_circles_answer_to_the_same_tap_and_the_address_keeps_them(
    browser: Browser, tmp_path: Path
) -> None:
    levels = [
        level.__class__(**{**vars(level), "electors": pd.Series(1000.0, level.areas.index)})
        for level in toy_levels()
    ]
    path = tmp_path / "map.html"
    save_map(build_map(levels, toy_layers(), page=toy_page()), path)
    context = browser.new_context(**DESKTOP, reduced_motion="reduce")
    visit = Visit(context, path)
    visit.page.get_by_label("Efter antal väljare").check()
    visit.drawn()
    level = payload_of(path.read_text(encoding="utf-8"))["levels"][0]
    for area in (0, len(level["codes"]) - 1):
        x, y, _ = level["circles"][area]
        at = visit.page.evaluate(
            f"""() => {{
              const point = L.Projection.SphericalMercator.unproject(L.point({10 * x}, {10 * y}));
              const box = map_areas.getContainer().getBoundingClientRect();
              const seen = map_areas.latLngToContainerPoint(point);
              return [box.left + seen.x, box.top + seen.y];
            }}"""
        )
        visit.page.mouse.click(*at)
        assert level["codes"][area] in visit.page.locator("#card .where").inner_text()
    visit.page.wait_for_url("**form=people**")
    again = Visit(context, path, "form=people")
    assert again.page.get_by_label("Efter antal väljare").is_checked()
    assert (visit.complaints, again.complaints) == ([], [])
    context.close()


def test_the_demo_s_circles_are_apart_as_they_are_sent(demo_result: Run) -> None:
    payload = payload_of(Path(demo_result.paths["map"]).read_text(encoding="utf-8"))
    for level in payload["levels"]:
        circles = np.array(level["circles"], float)
        assert apart(circles[:, :2], circles[:, 2]) >= 0
