"""The gain curve as a picture: an SVG with its texts as text, the same bytes every time."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

COLOURS = ("#0072b2", "#d55e00", "#595959")
"""Blue, vermilion and grey, told apart by the colour-blind too; the dashes differ as well."""
DASHES = ("-", "--", ":")
SIZE = (7.2, 5.4)


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

    Parameters
    ----------
    lines
        Label and `mailed_share`, `reached_share`, `reached_low_share` and `reached_high_share`
        (0-1) of each choice, from few households to many.
    words
        What stands in the picture.
    """
    # A dollar sign in a name is no formula.
    with mpl.rc_context(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "geoprio",
            "text.parse_math": False,
            "font.size": 10.0,
        }
    ):
        figure = Figure(figsize=SIZE)
        axes = figure.add_axes((0.1, 0.19, 0.86, 0.72))
        for number, (label, curve) in enumerate(lines):
            _draw(axes, 100 * curve, COLOURS[number], DASHES[number])
            _name(axes, label, 100 * curve, number)
        axes.plot([100], [100], "o", color=COLOURS[-1])
        axes.annotate(words.everyone, (100, 100), (-8, -2), textcoords="offset points", ha="right")
        axes.set(xlim=(0, 102), ylim=(0, 104), xlabel=words.across, ylabel=words.up)
        axes.set_title(words.title, loc="left")
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(color="#e5e5e5", linewidth=0.6)
        for row, note in enumerate(words.notes):
            figure.text(0.02, 0.075 - 0.033 * row, note, fontsize=8, color="#404040")
        content = io.BytesIO()
        figure.savefig(content, format="svg", metadata={"Date": None, "Title": words.title})
    return content.getvalue()


def _draw(axes: Axes, curve: pd.DataFrame, colour: str, dash: str) -> None:
    across = [0.0, *curve["mailed_share"]]
    axes.plot(across, [0.0, *curve["reached_share"]], dash, color=colour, linewidth=1.8)
    axes.fill_between(
        across,
        [0.0, *curve["reached_low_share"]],
        [0.0, *curve["reached_high_share"]],
        color=colour,
        alpha=0.2,
        linewidth=0,
    )


def _name(axes: Axes, label: str, curve: pd.DataFrame, number: int) -> None:
    """Write the label beside its line: the two best above, the last below, ever further on."""
    place = (0.3, 0.7, 0.75)[number]
    above = number < 2
    row = curve.iloc[(curve["mailed_share"] - 100 * place).abs().argmin()]
    axes.annotate(
        label,
        (row["mailed_share"], row["reached_share"]),
        (-10, 12) if above else (12, -16),
        textcoords="offset points",
        ha="right" if above else "left",
        color=COLOURS[number],
        fontweight="bold",
    )
