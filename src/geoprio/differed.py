"""What is told of two runs, as plain values and as lines of at most 80 characters."""

import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from geoprio.explained import figure, signed
from geoprio.texts import Language, decimal, text, whole

WIDTH = 80
MOST = 10
"""Areas of one channel that are told one by one."""
LONGEST = 60
"""Signs of a setting that are told."""


@dataclass(frozen=True)
class Record:
    """What changed in the runs' records, from and to; None where one has no such thing."""

    settings: Mapping[str, tuple[str | None, str | None]]
    """By path in `settings`."""
    versions: Mapping[str, tuple[str | None, str | None]]
    sources: Mapping[str, tuple[int | None, ...]]
    """Vintages of the sources whose files have other checksums."""


@dataclass(frozen=True)
class Moved:
    """One area that moved."""

    area_code: str
    area_name: str
    before: Mapping[str, float | str | None]
    """`score`, `rank`, `level` and `verdict`."""
    after: Mapping[str, float | str | None]
    parts: Mapping[str, float] | None
    """Points that each cause gave the change; they sum to it. None where it cannot be split."""
    figures: tuple[tuple[str, str, float | None, float | None], ...]
    """The area's criteria that changed: name, label, from and to."""


@dataclass(frozen=True)
class Movement:
    """One channel: how many areas moved, and each that did, the farthest first."""

    channel: str
    label: str
    areas: int
    private: bool
    """Whether the scores rest on the user's own figures, which are never shown."""
    ranks: int
    levels: int
    verdicts: int
    moved: tuple[Moved, ...]


@dataclass(frozen=True)
class Difference:
    """Two runs."""

    first: str
    second: str
    campaigns: tuple[str, ...]
    digests: tuple[str, ...]
    elections: tuple[str, ...]
    gone: int
    new: int
    """Areas that only the first, and only the second, run has."""
    record: Record
    movements: tuple[Movement, ...]


def lines(found: Difference, language: Language) -> list[str]:
    """Return a difference as people read it, at most 80 characters a line."""
    told = [*_heads(found, language), *_notes(found, language), *_recorded(found.record, language)]
    moved = any(movement.moved for movement in found.movements)
    if not moved and len(told) == len(_heads(found, language)):
        told.append(text("differ_same", language))
    for movement in found.movements:
        told += ["", *_movement(movement, language)]
    return [line for part in told for line in _wrapped(part)]


def _wrapped(words: str) -> list[str]:
    start = words[: len(words) - len(words.lstrip())]
    return textwrap.wrap(
        words.strip(), WIDTH, initial_indent=start, subsequent_indent=f"{start}    "
    ) or [""]


def _heads(found: Difference, language: Language) -> list[str]:
    runs = [
        text("differ_run", language).format(folder=folder, campaign=campaign, digest=digest)
        for folder, campaign, digest in zip(
            (found.first, found.second), found.campaigns, found.digests, strict=True
        )
    ]
    return [text("differ_runs", language).format(first=runs[0], second=runs[1])]


def _notes(found: Difference, language: Language) -> Iterator[str]:
    for key, pair in {"campaign": found.campaigns, "election": found.elections}.items():
        if pair[0] != pair[1]:
            yield text(f"differ_{key}", language).format(first=pair[0], second=pair[1])
    of_groups = ("campaign.target_groups", "campaign.overlap")
    if any(name.startswith(of_groups) for name in found.record.settings):
        yield text("differ_groups", language)
    if found.gone or found.new:
        yield text("differ_areas", language).format(gone=found.gone, new=found.new)


def _recorded(record: Record, language: Language) -> Iterator[str]:
    none = text("differ_none", language)
    for kind, changed in {"setting": record.settings, "version": record.versions}.items():
        for name, pair in changed.items():
            first, second = (
                none if value is None else textwrap.shorten(value, LONGEST) for value in pair
            )
            words = text(f"differ_{kind}", language)
            yield words.format(name=name, first=first, second=second)
    for name, (first_year, second_year) in record.sources.items():
        key = "added" if first_year is None else "removed" if second_year is None else "changed"
        what = text(f"differ_{key}", language).format(first=first_year, second=second_year)
        yield text("differ_source", language).format(name=name, what=what)


def _movement(movement: Movement, language: Language) -> Iterator[str]:
    if not movement.moved:
        yield text("differ_still", language).format(label=movement.label)
        return
    yield text("differ_channel", language).format(
        label=movement.label,
        moved=whole(movement.ranks, language),
        areas=whole(movement.areas, language),
        levels=whole(movement.levels, language),
        verdicts=whole(movement.verdicts, language),
    )
    if movement.private:
        yield text("differ_private", language)
    for area in movement.moved[:MOST]:
        yield from _area(area, movement, language)
    if len(movement.moved) > MOST:
        yield text("differ_more", language).format(count=len(movement.moved) - MOST)


def _area(area: Moved, movement: Movement, language: Language) -> Iterator[str]:
    ends = {
        f"{name}_{end}": _standing(name, values.get(name), language)
        for name in ("rank", "score")
        for end, values in (("first", area.before), ("second", area.after))
    }
    words = text("differ_move", language)
    yield "  " + words.format(name=area.area_name, code=area.area_code, **ends)
    for name in ("level", "verdict"):
        first, second = area.before.get(name), area.after.get(name)
        if first != second:
            what = text(f"explain_{name}", language).lower()
            yield "    " + _changed(what, first, second, language)
    if movement.private:
        return
    yield "    " + _why(area, language)
    for name, label, old, new in area.figures:
        first, second = figure(name, old, language), figure(name, new, language)
        yield "      " + _changed(label, first, second, language)


def _why(area: Moved, language: Language) -> str:
    before, after = area.before.get("score"), area.after.get("score")
    if area.parts is None or not isinstance(before, float) or not isinstance(after, float):
        return text("differ_unsplit", language)
    parts = {cause: signed(points, language) for cause, points in area.parts.items()}
    change = signed(after - before, language)
    return text("differ_why", language).format(change=change, **parts)


def _changed(what: str, first: object, second: object, language: Language) -> str:
    unknown = text("explain_unknown", language)
    words = text("differ_word", language)
    return words.format(what=what, first=first or unknown, second=second or unknown)


def _standing(name: str, value: object, language: Language) -> str:
    if not isinstance(value, float):
        return text("explain_unknown", language)
    return whole(round(value), language) if name == "rank" else decimal(value, 1, language)
