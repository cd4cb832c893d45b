"""A run as an analyst sees it at a prompt or in a notebook; frames are shown, never computed."""

from dataclasses import dataclass
from html import escape

import pandas as pd

from geoprio.words import Language, number, straight, text, whole

PLACES = 5
"""So many areas of each channel are named."""


@dataclass(frozen=True)
class Summary:
    """What is told of a run."""

    title: str
    basis: str
    """Which election the figures come from, and which one is planned for."""
    mark: str | None
    """The demo mark, where it belongs."""
    scored_set: str
    """Area set whose first areas are named."""
    places: dict[str, pd.DataFrame]
    """By area set: AREAS' `area_name`, and `score_<channel>` and `rank_<channel>`."""
    warnings: tuple[str, ...]
    language: Language

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that are scored, in their order."""
        columns = self.places[self.scored_set].filter(regex=r"^score_").columns
        return tuple(str(name).removeprefix("score_") for name in columns)


def summary_text(summary: Summary) -> str:
    """Return a run in plain text, as it stands at a Python prompt."""
    lines = [summary.title, summary.basis, *([summary.mark] if summary.mark else [])]
    tables = [_sets(summary).to_string(index=False), _told_top(summary)]
    tables[1] += "\n" + _top(summary).to_string(index=False)
    warnings = [f"- {item}" for item in summary.warnings]
    told = [text("summary_warnings", summary.language) + ":", *warnings] if warnings else []
    return "\n\n".join(part for part in ["\n".join(lines), *tables, "\n".join(told)] if part)


def summary_html(summary: Summary) -> str:
    """Return a run as HTML for a notebook: nothing but text and tables, every text escaped."""
    tables = [
        _sets(summary).to_html(index=False, border=0),
        f"<p>{escape(_told_top(summary))}</p>",
        _top(summary).to_html(index=False, border=0),
    ]
    mark = [f"<p><strong>{escape(summary.mark)}</strong></p>"] if summary.mark else []
    items = "".join(f"<li>{escape(item)}</li>" for item in summary.warnings)
    heading = escape(text("summary_warnings", summary.language))
    told = [f"<p>{heading}</p><ul>{items}</ul>"] if items else []
    head = f"<p><strong>{escape(summary.title)}</strong><br>{escape(summary.basis)}</p>"
    return straight("\n".join(["<div>", head, *mark, *tables, *told, "</div>"]))


def _sets(summary: Summary) -> pd.DataFrame:
    language = summary.language
    columns = {
        text("summary_area_set", language): list(summary.places),
        text("summary_areas", language): [
            whole(len(frame), language) for frame in summary.places.values()
        ],
    }
    for channel in summary.channels:
        heading = text("summary_scored", language, channel=channel)
        columns[heading] = [
            whole(int(frame[f"score_{channel}"].notna().sum()), language)
            for frame in summary.places.values()
        ]
    return pd.DataFrame(columns)


def _told_top(summary: Summary) -> str:
    return text("summary_top", summary.language, area_set=summary.scored_set)


def _top(summary: Summary) -> pd.DataFrame:
    frame, language = summary.places[summary.scored_set], summary.language
    count = min(PLACES, len(frame))
    columns: dict[str, list[str]] = {
        text("summary_place", language): [str(place) for place in range(1, count + 1)]
    }
    for channel in summary.channels:
        ranked = frame.sort_values(f"rank_{channel}", kind="stable").head(count)
        points = number(ranked[f"score_{channel}"].rename("score"), language)
        named = ranked["area_name"] + " (" + points + ")"
        columns[channel] = named.where(
            ranked[f"score_{channel}"].notna(), text("summary_none", language)
        ).tolist()
    return pd.DataFrame(columns)
