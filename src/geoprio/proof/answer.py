"""The back-test's answer, on a page for leadership and as Markdown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geoprio.files.markdown import Marked, bullets, heading, page, table
from geoprio.files.paper import render_template
from geoprio.files.svg import GainWords, render_rankings
from geoprio.proof.curves import BUDGETS
from geoprio.proof.hindsight import FIRST, GAIN, PARTY, SCORE, SHARE, Hindsight
from geoprio.proof.units import CODE, OFFICIAL, TOWN
from geoprio.words import Language, decimal, text, whole

AT_FIRST = f"lift_{round(100 * FIRST)}"


@dataclass(frozen=True)
class Ground:
    """What a back-test rests on beside its figures."""

    title: str
    """The campaign's."""
    mark: str | None
    used: Sequence[str]
    """Titles of the sources that were read."""
    refused: Sequence[str]
    """Titles of those that were too young."""
    tolerance: float
    language: Language


@dataclass(frozen=True)
class Grid:
    """One table."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it."""

    title: str
    lines: Sequence[str]
    picture: str = ""
    """SVG."""
    tables: Sequence[Grid] = ()


@dataclass(frozen=True, eq=False)
class Answer:
    """A back-test and the words on it."""

    found: Hindsight
    ground: Ground

    def _say(self, key: str, **values: object) -> str:
        first, last = self.found.years
        return text(f"hindsight_{key}", self.ground.language, first=first, last=last, **values)

    @property
    def title(self) -> str:
        """What the page is called."""
        return self._say("title", campaign=self.ground.title)

    @property
    def first(self) -> str:
        """Whether the score beats the party's last share on change, and what change it was."""
        found, language = self.found, self.ground.language
        reached = {
            name: decimal(100 * FIRST * found.grades[GAIN][AT_FIRST][one], 0, language)
            for name, one in (("score", SCORE), ("rival", PARTY))
        }
        places, of, votes = found.gained
        gained = {
            "count": whole(places, language),
            "of": whole(of, language),
            "votes": whole(round(votes), language),
            "moved": decimal(100 * found.moved, 1, language),
        }
        told = [self._say(found.verdict), self._say("reached", **reached)]
        told += [self._say("gained", **gained)]
        return " ".join([*told, self._say("fell")] if found.moved < 0 else told)

    def doubts(self) -> list[str]:
        """Return how sure the answer is, and what else may be behind it."""
        found, lead, areas = self.found, self.found.lead, self.found.grades[GAIN]["area"]
        area, rival = self._number(areas[SCORE]), self._number(areas[PARTY])
        ahead = self._span_of(*found.ahead, 1)
        told = [self._say("curve", area=area, rival=rival, ahead=ahead)]
        if found.verdict == "unknown":
            return told
        told.append(self._sure("alike", lead.alike, 100))
        if lead.rest:
            told.append(self._sure("rest", lead.rest, share=self._percent(lead.largest)))
        for name, over in lead.naive.items():
            told.append(self._sure("naive", over, ranking=self._say(f"ranking_{name}")))
        return told

    def _sure(
        self, key: str, lead: tuple[float, float, float], times: float = 1, **more: object
    ) -> str:
        """Return what is said of a lead that is surely above none, or of one that may not be."""
        sure = "yes" if lead[1] > 0 else "no"
        return self._say(f"lead_{key}_{sure}", ahead=self._span_of(*lead, times), **more)

    def basis(self) -> list[str]:
        """Return what the answer rests on."""
        found, ground = self.found, self.ground
        counts = found.units.basis.value_counts()
        at = {name: self._percent(share) for name, share in found.shares.items()}
        places = {
            name: whole(int(counts.get(name, 0)), ground.language)
            for name in (OFFICIAL, CODE, TOWN)
        }
        kind = OFFICIAL if OFFICIAL in counts else CODE if CODE in counts else TOWN
        score = "whole" if found.whole else "votes"
        told = [
            *self.doubts(),
            self._say(
                f"basis_{kind}",
                count=places[kind],
                share=at.get(kind, ""),
                towns=places[TOWN],
                rest=at.get(TOWN, ""),
                left=at["none"],
                tolerance=self._percent(ground.tolerance),
            ),
            self._say(f"score_{score}", known=found.criteria[0], all=found.criteria[1]),
        ]
        if not found.whole and SHARE in found.grades[GAIN].index:
            told.append(self._say("stand_in"))
        if ground.refused:
            names = "; ".join(ground.refused)
            told.append(self._say("refused", count=len(ground.refused), names=names))
        return [*told, self._say("used", names="; ".join(ground.used)), self._say("interval")]

    def parts(self) -> list[Part]:
        """Return the levels, the change, who stayed first, and what is promised."""
        levels = [self._outcome(name) for name in self.found.grades if name != GAIN]
        change = self._outcome(GAIN)
        moved = Part(
            change.title,
            change.lines,
            change.picture,
            [*change.tables, self._swings()],
        )
        stayed, of = self.found.stayed
        lines = [self._say("stayed", changed=of - stayed, count=of)]
        kept = Part(self._say("heading_stayed"), lines, tables=self._kept(lines))
        return [*levels, moved, kept, self._promise()]

    def _kept(self, lines: list[str]) -> list[Grid]:
        """Add what is said of how verdicts and chances held, and return their table."""
        one, language = self.found.kept, self.ground.language
        if one is None:
            lines.append(self._say("not_kept"))
            return []
        changed, of = one.changed
        lines.append(self._say("changed", changed=changed, count=of))
        lines.append(
            self._say(
                "kept",
                areas=whole(one.areas, language),
                wrong=self._percent(one.grades["false"]),
                missed=self._percent(one.grades["missed"]),
                covered=self._percent(one.covered),
                slope=self._number(one.slope),
            )
        )
        rows = [
            [
                f"{self._percent(row['stated'])} %",
                f"{self._percent(row['true'])} %",
                f"{row['areas']:.0f}",
            ]
            for _, row in one.classes.iterrows()
        ]
        heads = [self._say(name) for name in ("stated", "true", "areas")]
        return [Grid(self._say("caption_kept"), heads, rows)]

    def _outcome(self, name: str) -> Part:
        grades, curves = self.found.grades[name], self.found.curves[name]
        words = GainWords(
            title=self._say(f"picture_{name}"),
            across=self._say("across"),
            up=self._say(f"up_{name}"),
            everyone=self._say("chance"),
            notes=[self._say("note")],
        )
        lines = [(self._say(f"ranking_{ranking}"), curve) for ranking, curve in curves.items()]
        picture = render_rankings(lines, self.found.bands[name], words).decode()
        at = {round(100 * share): f"lift_{round(100 * share)}" for share in BUDGETS}
        rows = [
            [
                self._say(f"ranking_{ranking}"),
                *(self._span(row, key) for key in ["area", *at.values()]),
            ]
            for ranking, row in grades.iterrows()
        ]
        rows.append([self._say("chance"), self._number(0.5), *[self._number(1.0)] * len(at)])
        heads = [self._say("lift", share=share) for share in at]
        grid = Grid(
            self._say("caption_grades"), [self._say("ranking"), self._say("area"), *heads], rows
        )
        told = [self._say(f"told_{name}")]
        if self.found.verdict != "unknown" and not self.found.beats_chance(name):
            told.append(self._say("no_better"))
        return Part(self._say(f"heading_{name}"), told, picture, [grid])

    def _swings(self) -> Grid:
        heads = [self._say("swing", share=round(100 * share)) for share in BUDGETS]
        rows = [
            [self._say(f"ranking_{name}"), *(self._span(row, key, 100) for key in _swing_keys())]
            for name, row in self.found.swings.iterrows()
        ]
        return Grid(self._say("caption_swings"), [self._say("ranking"), *heads], rows)

    def _promise(self) -> Part:
        found = self.found
        later = 2 * found.years[1] - found.years[0]
        rows = [
            [
                f"{round(100 * float(str(budget)))} %",
                self._span_of(row["share"], row["low"], row["high"], 100),
            ]
            for budget, row in found.promise.iterrows()
        ]
        grid = Grid(
            self._say("caption_promise", next=later),
            [self._say("across"), self._say("up_left")],
            rows,
        )
        moved = self._span(found.swings.T[SCORE], "swing_20", 100)
        kind = found.verdict if found.verdict in {"yes", "no"} else "unsure"
        lines = [
            self._say(f"promise_{'own' if found.own_promise else 'tried'}", next=later),
            self._say(f"promise_{kind}", next=later, moved=moved),
            self._say("promise_one", next=later),
        ]
        if found.full is not None:
            full, wrong = found.full
            told = self._say("promise_full", next=later, count=full, wrong=round(wrong))
            lines.insert(2, told)
        return Part(self._say("heading_promise", next=later), lines, tables=[grid])

    def _number(self, value: float) -> str:
        return decimal(value, 2, self.ground.language)

    def _percent(self, share: float) -> str:
        return decimal(100 * share, 0, self.ground.language)

    def _span(self, row: pd.Series, key: str, times: float = 1) -> str:
        return self._span_of(row[key], row[f"{key}_low"], row[f"{key}_high"], times)

    def _span_of(self, value: float, low: float, high: float, times: float) -> str:
        """Return a figure with its interval; percentages have one decimal."""
        digits, language = (1, self.ground.language) if times > 1 else (2, self.ground.language)
        said = decimal(times * value, digits, language)
        if np.isnan(low):
            return said
        ends = (decimal(times * end, digits, language) for end in (low, high))
        return text(
            "hindsight_span", language, value=said, **dict(zip(("low", "high"), ends, strict=True))
        )

    def page(self, more: Sequence[Part] = ()) -> bytes:
        """Return the page, which asks nobody for anything; `more` stands last."""
        ground = self.ground
        first, parts = (self.first, self.basis()), [*self.parts(), *more]
        return render_page(self.title, ground.mark, first, parts, ground.language)

    def markdown(self, pictures: Mapping[str, str]) -> bytes:
        """Return the page as Markdown; `pictures` has a file by the title of its part."""
        shown: list[str] = [self.first, bullets(self.basis())]
        for part in self.parts():
            shown += [heading(part.title), *part.lines]
            if part.picture:
                shown.append(Marked(f"![{part.title}]({pictures[part.title]})"))
            for grid in part.tables:
                shown += [grid.caption, table(grid.head, grid.rows)]
        return page(self.title, self.ground.mark, shown)


def _swing_keys() -> list[str]:
    return [f"swing_{round(100 * share)}" for share in BUDGETS]


def render_page(
    title: str,
    mark: str | None,
    answer: tuple[str, Sequence[str]],
    parts: Sequence[Part],
    language: Language,
) -> bytes:
    """Return a page: the answer, what it rests on, and the parts."""
    first, basis = answer
    return render_template(
        "geoprio.proof/answer.html",
        language=language,
        title=title,
        marks=[mark] if mark else [],
        first=first,
        basis=basis,
        parts=parts,
        about=f"{text('audience_valledning', language)}. {text('about_areas', language)}",
    )


def known_figures(told: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """Return figures as JSON has them: what is NaN or infinite is null."""
    if isinstance(told, dict):
        return {name: known_figures(one) for name, one in told.items()}
    if isinstance(told, list | tuple):
        return [known_figures(one) for one in told]
    return None if isinstance(told, float) and not np.isfinite(told) else told
