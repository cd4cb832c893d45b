"""The gain curve as a picture: an SVG with its texts as text, the same bytes every time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

COLOURS = ("#0072b2", "#d55e00", "#595959", "#008060")
"""Blue, vermilion, grey and green, told apart by the colour-blind too; so are the dashes."""
DASHES = ("none", "9 4", "2 4", "12 3 2 3")
WIDTH, HEIGHT = 720, 540
LEFT, RIGHT, TOP, BOTTOM = 72, 690, 50, 438
"""Edges of the plane, in the picture's pixels."""
SHARES = ["mailed_share", "reached_share", "reached_low_share", "reached_high_share"]
KEYS = 430
"""Where the names of lines begin that stand under them."""
FURTHEST = 102
"""Percent at the right and upper edge."""


@dataclass(frozen=True)
class GainWords:
    """What stands in the picture."""

    title: str
    across: str
    up: str
    everyone: str
    notes: Sequence[str]
    """Under the picture: basis, readers, mark."""


def render_gain(lines: Sequence[tuple[str, pd.DataFrame]], words: GainWords) -> bytes:
    """Return the curves of at most three choices, each named at its line.

    Each has a label and `SHARES` (0-1), from few households to many.
    """
    parts = [*_frame(words)]
    for number, (label, curve) in enumerate(lines):
        parts += _curve(label, 100 * curve[SHARES], number)
    x, y = _place(100, 100)
    parts.append(f'<circle cx="{x}" cy="{y}" r="4" fill="{COLOURS[2]}"/>')
    parts.append(_text(words.everyone, x - 10, y + 5, 'text-anchor="end"'))
    return _picture(words, parts)


def render_rankings(
    lines: Sequence[tuple[str, pd.DataFrame]], band: float, words: GainWords
) -> bytes:
    """Return the gain curves of at most four rankings, and chance as a band about the diagonal.

    Each has a label and the columns `budget_share` and `outcome_share` (0-1); `band` is how far
    (0-1) from the diagonal chance stays; `words.everyone` names it.
    """
    ends = [_place(0, 0), _place(0, 100 * band), _place(100 - 100 * band, 100), _place(100, 100)]
    ends += [_place(100, 100 - 100 * band), _place(100 * band, 0)]
    shape = "L".join(f"{x},{y}" for x, y in ends)
    parts = [*_frame(words), f'<path d="M{shape}Z" fill="#000" fill-opacity="0.1"/>']
    keys = len(lines) + 1
    for number, (label, curve) in enumerate(lines):
        points = _points(100 * curve["budget_share"], 100 * curve["outcome_share"])
        look = f'stroke="{COLOURS[number]}" stroke-dasharray="{DASHES[number]}" stroke-width="2.5"'
        parts.append(f'<path d="M{"L".join(points)}" fill="none" {look}/>')
        y = BOTTOM - 20 * (keys - number)
        parts.append(f'<path d="M{KEYS},{y}h38" {look}/>')
        parts.append(_text(label, KEYS + 46, y + 5, f'fill="{COLOURS[number]}" font-weight="bold"'))
    y = BOTTOM - 20
    parts.append(f'<rect x="{KEYS}" y="{y - 6}" width="38" height="12" fill-opacity="0.1"/>')
    parts.append(_text(words.everyone, KEYS + 46, y + 5, ""))
    return _picture(words, parts)


def _picture(words: GainWords, parts: Iterable[str]) -> bytes:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="DejaVu Sans, Arial, sans-serif" font-size="14">'
        f"<title>{escape(words.title)}</title>"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
    )
    return "\n".join([svg, *parts, "</svg>\n"]).encode()


def _frame(words: GainWords) -> Iterator[str]:
    """Yield the title, the plane with its scales, and the notes."""
    yield _text(words.title, LEFT, TOP - 18, 'font-size="16"')
    for share in range(0, 101, 20):
        x, y = _place(share, share)
        yield f'<path d="M{x},{TOP}V{BOTTOM}M{LEFT},{y}H{RIGHT}" stroke="#e5e5e5"/>'
        yield _text(str(share), x, BOTTOM + 19, 'text-anchor="middle"')
        yield _text(str(share), LEFT - 8, y + 5, 'text-anchor="end"')
    yield f'<path d="M{LEFT},{TOP}V{BOTTOM}H{RIGHT}" fill="none" stroke="#000"/>'
    middle = (TOP + BOTTOM) / 2
    yield _text(words.across, (LEFT + RIGHT) / 2, BOTTOM + 42, 'text-anchor="middle"')
    yield _text(words.up, 20, middle, f'text-anchor="middle" transform="rotate(-90 20 {middle})"')
    for row, note in enumerate(words.notes):
        yield _text(note, 14, BOTTOM + 64 + 17 * row, 'font-size="11" fill="#404040"')


def _curve(label: str, curve: pd.DataFrame, number: int) -> Iterator[str]:
    """Yield a band, a line and its label: of the two best above, of the last below, further on."""
    colour = f'"{COLOURS[number]}"'
    across = [0.0, *curve["mailed_share"]]
    low, middle, high = (
        _points(across, [0.0, *curve[f"reached_{end}share"]]) for end in ("low_", "", "high_")
    )
    band = "L".join([*low, *reversed(high)])
    yield f'<path d="M{band}Z" fill={colour} fill-opacity="0.2"/>'
    line = f'd="M{"L".join(middle)}" stroke={colour} stroke-dasharray="{DASHES[number]}"'
    yield f'<path {line} fill="none" stroke-width="2.5"/>'
    at = (0.3, 0.7, 0.75)[number]
    near = curve.iloc[int(np.argmin(np.abs(curve["mailed_share"] - 100 * at)))]
    x, y = _place(near["mailed_share"], near["reached_share"])
    above = number < 2
    x, y = (x - 14, y - 16) if above else (x + 16, y + 26)
    anchor = "end" if above else "start"
    yield _text(label, x, y, f'text-anchor="{anchor}" fill={colour} font-weight="bold"')


def _points(across: Iterable[float], up: Iterable[float]) -> list[str]:
    places = (_place(one, other) for one, other in zip(across, up, strict=True))
    return [f"{x},{y}" for x, y in places]


def _place(across: float, up: float) -> tuple[float, float]:
    """Return the pixel of two percentages."""
    x = LEFT + (RIGHT - LEFT) * across / FURTHEST
    return round(float(x), 1), round(float(BOTTOM - (BOTTOM - TOP) * up / FURTHEST), 1)


def _text(words: str, x: float, y: float, look: str) -> str:
    return f'<text x="{x}" y="{y}" {look}>{escape(words)}</text>'
