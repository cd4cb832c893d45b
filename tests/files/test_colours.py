"""Verdicts are told apart by every eye, and from a score."""

from itertools import combinations

import numpy as np
import pytest

from geoprio.files.maps.layers import COLOURS, VERDICT_COLOURS

EYES = {  # Machado, Oliveira and Fernandes 2009, severity 1, on linear light
    "usual": np.eye(3),
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}
WHITE = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array([[0.4125, 0.3576, 0.1804], [0.2127, 0.7152, 0.0722], [0.0193, 0.1192, 0.9503]])


def lab(colour: str, eye: object) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    x, y, z = np.cbrt(TO_XYZ @ np.clip(np.array(eye) @ linear, 0, 1) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def apart(first: np.ndarray, second: np.ndarray) -> float:
    """Return the CIEDE2000 distance of two colours (Sharma, Wu and Dalal 2005)."""
    mean = (np.hypot(*first[1:]) + np.hypot(*second[1:])) / 2
    more = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25**7)))
    (l1, a1, b1), (l2, a2, b2) = first, second
    c1, c2 = np.hypot(more * a1, b1), np.hypot(more * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, more * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180
    light, chroma, hue = (l1 + l2) / 2, (c1 + c2) / 2, (h1 + turn / 2) % 360
    cosines = [(-0.17, 1, -30), (0.24, 2, 0), (0.32, 3, 6), (-0.2, 4, -63)]
    tint = 1 + sum(by * np.cos(np.radians(times * hue + at)) for by, times, at in cosines)
    steps = (
        (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)),
        (c2 - c1) / (1 + 0.045 * chroma),
        2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * tint),
    )
    twist = np.sin(np.radians(60 * np.exp(-(((hue - 275) / 25) ** 2))))
    blue = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * twist
    return float(np.sqrt(sum(step**2 for step in steps) + blue * steps[1] * steps[2]))


def test_the_distance_is_the_published_one() -> None:
    """Pairs 1 and 25 of the supplement to Sharma, Wu and Dalal 2005."""
    first = np.array([50.0, 2.6772, -79.7751]), np.array([50.0, 0.0, -82.7485])
    second = np.array([60.2574, -34.0099, 36.2677]), np.array([60.4626, -34.1751, 39.4387])
    assert apart(*first) == pytest.approx(2.0425, abs=1e-4)
    assert apart(*second) == pytest.approx(1.2644, abs=1e-4)


@pytest.mark.parametrize("eye", EYES)
def test_every_eye_tells_verdicts_apart(eye: str) -> None:
    seen = [lab(colour, EYES[eye]) for colour in VERDICT_COLOURS.values()]
    assert min(apart(*pair) for pair in combinations(seen, 2)) > 11
    assert np.diff([light for light, *_ in seen]).min() > 9


def test_no_verdict_has_a_score_s_colour() -> None:
    usual = EYES["usual"]
    for verdict in VERDICT_COLOURS.values():
        assert min(apart(lab(verdict, usual), lab(one, usual)) for one in COLOURS) > 8
