"""What is told of one area, as plain values and as lines of at most 80 characters."""

import textwrap
from dataclasses import dataclass

import pandas as pd

from geoprio.texts import Language, decimal, number, text, whole

WIDTH = 80
INDENT, WIDE = 14, 20
"""Columns before the words of a channel, and before those of a group."""
NEVER, ALWAYS = 0.005, 0.995
"""Chances below and above which whole hundredths would say 0 and 100 of 100."""
NOTICEABLE = 0.05
"""Points below which one decimal says 0."""


@dataclass(frozen=True)
class Part:
    """One criterion of a score; None where unknown."""

    name: str
    label: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Ends of the 90 % interval; None where the value is exact."""
    weight: float | None = None
    contribution: float | None = None
    """Points against the average area."""
    private: bool = False


@dataclass(frozen=True)
class Channel:
    """Where the area stands in one channel; None where unknown."""

    channel: str
    label: str
    verdict: str | None
    answer: str | None
    level: str | None
    action: str | None
    score: float | None
    rank: float | None
    rank_low: float | None
    rank_high: float | None
    p_top: float | None
    areas: int
    top_k: int
    reason: str | None
    private: bool
    """Whether the score rests on the user's own figures, which are never shown."""
    parts: tuple[Part, ...]
    """The criteria in the profile's order, `average_area` and `remainder`."""


@dataclass(frozen=True)
class Figure:
    """How many of one group live in the area; None where unknown or withheld."""

    group: str
    label: str
    share: float | None
    share_low: float | None
    share_high: float | None
    count: float | None
    count_low: float | None
    count_high: float | None
    hidden: str | None
    """What stands in place of a count that is not shown."""
    method: str
    estimated: bool
    source: str | None


@dataclass(frozen=True)
class Explanation:
    """One area."""

    area_code: str
    area_name: str
    area_set: str
    municipality: str | None
    association: str | None
    basis: str
    demo_mark: str | None
    base: str
    """Whom the groups' shares are of."""
    opening_line: str | None
    channels: tuple[Channel, ...]
    groups: tuple[Figure, ...]
    sources: tuple[str, ...]


def lines(area: Explanation, language: Language) -> list[str]:
    """Return an explanation as people read it, at most 80 characters a line."""
    unknown = text("explain_unknown", language)
    home = text("explain_no_association", language)
    told = [
        *([area.demo_mark] if area.demo_mark else []),
        f"{area.area_name}, {area.municipality or unknown} ({area.area_code}, {area.area_set})",
        f"{text('explain_association', language)}: {area.association or home}",
        area.basis,
        "",
    ]
    out = [line for part in told for line in textwrap.wrap(part, WIDTH) or [""]]
    for channel in area.channels:
        out += [*_channel(channel, area.opening_line, language), ""]
    base = text(f"base_{area.base}", language)
    out.append(text("explain_groups", language).format(base=base))
    for figure in area.groups:
        out += _row(figure.label, _figure(figure, language), indent=WIDE)
        if figure.source:
            out += _row("", figure.source, indent=WIDE)
    if any(figure.hidden for figure in area.groups):
        out += textwrap.wrap(text("explain_withheld", language), WIDTH)
    out += ["", f"{text('explain_sources', language)}:"]
    for source in area.sources:
        out += textwrap.wrap(source, WIDTH, initial_indent="  ", subsequent_indent="    ")
    return [*out, ""]


def _channel(channel: Channel, opening: str | None, language: Language) -> list[str]:
    unknown = text("explain_unknown", language)
    rows = {
        "verdict": channel.verdict,
        "level": channel.level,
        "score": _score(channel, language),
        "rank": _rank(channel, language),
        "top": _chance(channel, language),
        "reason": channel.reason,
        "opening": opening,
        "action": channel.action,
    }
    out = [channel.label, "-" * len(channel.label)]
    for key, words in rows.items():
        out += _row(text(f"explain_{key}", language), words or unknown)
    return out + _parts(channel, language)


def _score(channel: Channel, language: Language) -> str | None:
    if channel.score is None:
        return None
    score = decimal(channel.score, 1, language)
    return text("explain_score_of", language).format(score=score)


def _rank(channel: Channel, language: Language) -> str | None:
    if channel.rank is None:
        return None
    figures = {"rank": channel.rank, "low": channel.rank_low, "high": channel.rank_high}
    known = {
        key: whole(round(value), language) for key, value in figures.items() if value is not None
    }
    key = "explain_rank_of" if len(known) == len(figures) else "explain_rank_alone"
    return text(key, language).format(areas=whole(channel.areas, language), **known)


def _chance(channel: Channel, language: Language) -> str | None:
    if channel.p_top is None:
        return None
    key = "explain_p_top"
    if not NEVER < channel.p_top < ALWAYS:
        key = "explain_p_never" if channel.p_top <= NEVER else "explain_p_always"
    return text(key, language).format(k=channel.top_k, times=round(100 * channel.p_top))


def _parts(channel: Channel, language: Language) -> list[str]:
    made = {part.name: part for part in channel.parts}
    average = made.pop("average_area", None)
    remainder = made.pop("remainder", None)
    out = []
    if average is not None and average.contribution is not None:
        words = text("explain_parts", language)
        out.append(words.format(average=decimal(average.contribution, 1, language)))
    elif channel.score is None:
        out.append(text("explain_no_score", language))
    for part in made.values():
        out += textwrap.wrap(
            f"{part.label}: {_part(part, language)}",
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    ",
        )
    if remainder is not None and abs(remainder.contribution or 0.0) >= NOTICEABLE:
        points = signed(remainder.contribution or 0.0, language)
        out.append("  " + text("explain_remainder", language).format(points=points))
    return out


def _part(part: Part, language: Language) -> str:
    weight = figure("weight_share", part.weight, language)
    if part.private:
        return text("explain_private", language).format(weight=weight)
    value = figure(part.name, part.value, language)
    if part.low is not None and part.high is not None:
        value = _with_ends(part.name, (part.value, part.low, part.high), language)
    if part.contribution is None:
        return text("explain_part_unknown", language).format(value=value, weight=weight)
    points = signed(part.contribution, language)
    return text("explain_part", language).format(value=value, weight=weight, points=points)


def _figure(one: Figure, language: Language) -> str:
    method = one.method
    if one.estimated and text("method_proxy", language) not in method:
        method = text("explain_estimated", language).format(method=method)
    if one.hidden:
        return text("explain_group_hidden", language).format(count=one.hidden, method=method)
    if one.share is None:
        return text("explain_unknown", language)
    share = _with_ends("group_share", (one.share, one.share_low, one.share_high), language)
    exact = one.count_low == one.count_high
    ends = (None, None) if exact else (one.count_low, one.count_high)
    count = _with_ends("group_count", (one.count, *ends), language)
    return text("explain_group", language).format(share=share, count=count, method=method)


def _with_ends(
    name: str, values: tuple[float | None, float | None, float | None], language: Language
) -> str:
    middle, low, high = (figure(name, value, language) for value in values)
    if values[1] is None or values[2] is None:
        return middle
    return text("explain_between", language).format(value=middle, low=low, high=high)


def figure(name: str, value: float | None, language: Language) -> str:
    """Return a figure as a reader writes it, by the unit that its name ends in; never 0 for NaN."""
    if value is None:
        return text("explain_unknown", language)
    shown: str = number(pd.Series([value], name=name), language).iloc[0]
    return shown


def signed(points: float, language: Language) -> str:
    """Return points with their sign, a minus as it is printed."""
    if abs(points) < NOTICEABLE:
        return f"±{decimal(0.0, 1, language)}"
    return f"{'+' if points >= 0 else '−'}{decimal(abs(points), 1, language)}"


def _row(label: str, words: str, *, indent: int = INDENT) -> list[str]:
    start = f"{label + ':' if label else '':<{indent - 1}} "
    return textwrap.wrap(words, WIDTH, initial_indent=start, subsequent_indent=" " * indent)
