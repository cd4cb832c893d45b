"""What `geoprio diff` says: which areas moved between two runs, and why."""

import hashlib
import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geoprio.config import Profile
from geoprio.errors import ConfigError
from geoprio.reports.explanation import figure, known, signed, standing
from geoprio.runs import Run, rests_on_own
from geoprio.scores import CAUSES, Side, split_change, verdict_labels
from geoprio.scores.verdicts import SURE_ENOUGH
from geoprio.words import Language, Phrase, decimal, text, whole

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
    """One channel: how many areas moved, and each that did, changes of the first verdicts first."""

    channel: str
    label: str
    areas: int
    private: bool
    """Whether the scores rest on the user's own figures, which are never shown."""
    ranks: int
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


def lines(found: Difference, language: Language, *, most: int | None = MOST) -> list[str]:
    """Return a difference as people read it, at most 80 characters a line.

    Of each channel `most` areas are told one by one; None for all.
    """
    notes = [*_notes(found, language), *_recorded(found.record, language)]
    if not notes and not any(movement.moved for movement in found.movements):
        notes = [text("differ_same", language)]
    told = [_head(found, language), *notes]
    for movement in found.movements:
        told += ["", *_movement_lines(movement, language, most)]
    return [line for part in told for line in _wrapped(part)]


def _wrapped(words: str) -> list[str]:
    start = words[: len(words) - len(words.lstrip())]
    return textwrap.wrap(
        words.strip(), WIDTH, initial_indent=start, subsequent_indent=f"{start}    "
    ) or [""]


def _head(found: Difference, language: Language) -> str:
    ends = zip((found.first, found.second), found.campaigns, found.digests, strict=True)
    first, second = (
        text("differ_run", language, folder=folder, campaign=campaign, digest=digest)
        for folder, campaign, digest in ends
    )
    return text("differ_runs", language, first=first, second=second)


def _notes(found: Difference, language: Language) -> Iterator[str]:
    for key, pair in {"campaign": found.campaigns, "election": found.elections}.items():
        if pair[0] != pair[1]:
            yield text(f"differ_{key}", language, first=pair[0], second=pair[1])
    of_groups = ("campaign.target_groups", "campaign.overlap")
    if any(name.startswith(of_groups) for name in found.record.settings):
        yield text("differ_groups", language)
    if found.gone or found.new:
        yield text("differ_areas", language, gone=found.gone, new=found.new)


def _recorded(record: Record, language: Language) -> Iterator[str]:
    none = text("differ_none", language)
    for kind, changed in {"setting": record.settings, "version": record.versions}.items():
        for name, pair in changed.items():
            first, second = (
                none if value is None else textwrap.shorten(value, LONGEST) for value in pair
            )
            yield text(f"differ_{kind}", language, name=name, first=first, second=second)
    for name, (first_year, second_year) in record.sources.items():
        key = "added" if first_year is None else "removed" if second_year is None else "changed"
        what = text(f"differ_{key}", language, first=first_year, second=second_year)
        yield text("differ_source", language, name=name, what=what)


def _movement_lines(movement: Movement, language: Language, most: int | None) -> Iterator[str]:
    if not movement.moved:
        yield text("differ_still", language, label=movement.label)
        return
    yield text(
        "differ_channel",
        language,
        label=movement.label,
        moved=whole(movement.ranks, language),
        areas=whole(movement.areas, language),
        verdicts=whole(movement.verdicts, language),
    )
    if movement.private:
        yield text("differ_private", language)
    for area in movement.moved[:most]:
        yield from _area(area, movement, language)
    if more := len(movement.moved[most:]) if most else 0:
        yield text("differ_more", language, count=more)


def _area(area: Moved, movement: Movement, language: Language) -> Iterator[str]:
    ends = {
        f"{name}_{end}": _place_words(name, values.get(name), language)
        for name in ("rank", "score")
        for end, values in (("first", area.before), ("second", area.after))
    }
    moved = text("differ_move", language, name=area.area_name, code=area.area_code, **ends)
    yield f"  {moved}"
    first, second = area.before.get("verdict"), area.after.get("verdict")
    if first != second:
        yield "    " + _from_to(text("explain_verdict", language).lower(), first, second, language)
    if movement.private:
        return
    yield "    " + _why(area, language)
    for name, label, old, new in area.figures:
        first, second = figure(name, old, language), figure(name, new, language)
        yield "      " + _from_to(label, first, second, language)


def _why(area: Moved, language: Language) -> str:
    before, after = area.before.get("score"), area.after.get("score")
    if area.parts is None or not isinstance(before, float) or not isinstance(after, float):
        return text("differ_unsplit", language)
    parts = {cause: signed(points, language) for cause, points in area.parts.items()}
    change = signed(after - before, language)
    return text("differ_why", language, change=change, **parts)


def _from_to(what: str, first: object, second: object, language: Language) -> str:
    unknown = text("explain_unknown", language)
    return text(
        "differ_word", language, what=what, first=first or unknown, second=second or unknown
    )


def _place_words(name: str, value: object, language: Language) -> str:
    if not isinstance(value, float):
        return text("explain_unknown", language)
    return whole(round(value), language) if name == "rank" else decimal(value, 1, language)


DIGEST = 12
"""Signs of a checksum that are told: enough to tell settings apart."""


@dataclass(frozen=True)
class _Pair:
    """Two runs on the same area set, and the language that they are told of in."""

    first: Run
    second: Run
    language: Language

    def __iter__(self) -> Iterator[Run]:
        return iter((self.first, self.second))


def difference(first: Run, second: Run, *, language: Language) -> Difference:
    """Return what differs between two runs, and what each cause gave the change of each score.

    Raises SourceError: an older geoprio made a run; ConfigError: the runs score different area sets
    or counties, or share no area.
    """
    pair = _Pair(first, second, language)
    _refuse_unlike(pair)
    before, after = (run.frame("areas").index for run in pair)
    old, new = first.profiles, second.profiles
    return Difference(
        first=str(first.folder),
        second=str(second.folder),
        campaigns=tuple(str(run.record["campaign"]) for run in pair),
        digests=tuple(_digest(run.settings) for run in pair),
        elections=tuple(_election(run, language) for run in pair),
        gone=len(before.difference(after)),
        new=len(after.difference(before)),
        record=_record(pair),
        movements=tuple(
            _movement(pair, channel, (old[channel], new[channel]))
            for channel in old
            if channel in new
        ),
    )


def _refuse_unlike(pair: _Pair) -> None:
    sets = [str(run.record["scored_set"]) for run in pair]
    counties = [" ".join(run.campaign.home) for run in pair]
    faults = [
        Phrase("both_found", what=what, found=found[0], found_2=found[1])
        for what, found in {"scored_set": sets, "county_code": counties}.items()
        if found[0] != found[1]
    ]
    areas = [run.frame("areas").index for run in pair] if not faults else []
    if areas and areas[0].intersection(areas[1]).empty:
        faults.append(Phrase("no_area_in_both"))
    if faults:
        raise ConfigError("runs_not_comparable", faults)


def _digest(settings: Mapping[str, Any]) -> str:
    content = json.dumps(settings, sort_keys=True, ensure_ascii=False).encode("utf-8")
    return hashlib.sha256(content).hexdigest()[:DIGEST]


def _election(run: Run, language: Language) -> str:
    election = run.record["election"]
    return f"{text(election['basis'], language)} {election['year']}"


def _record(pair: _Pair) -> Record:
    settings = [_flat(run.settings) for run in pair]
    versions = [dict(run.record["versions"]) for run in pair]
    sources = [{item["name"]: item for item in run.record["sources"]} for run in pair]
    sums = [{name: _sums(item) for name, item in held.items()} for held in sources]
    vintages = [{name: item["vintage"] for name, item in held.items()} for held in sources]
    return Record(
        settings=_changed(*settings),
        versions=_changed(*versions),
        sources={name: tuple(held.get(name) for held in vintages) for name in _changed(*sums)},
    )


def _sums(source: Mapping[str, Any]) -> str:
    sums = source["files"] if "files" in source else source["sha256"]
    return json.dumps(sums, sort_keys=True)


def _flat(values: Any, path: str = "") -> dict[str, str]:  # noqa: ANN401 - any part of a JSON
    """Return every value of a tree by its path; lists of named things by those names."""
    if isinstance(values, list) and values and isinstance(values[0], dict):
        values = {
            item.get("indicator") or item.get("name") or str(place): item
            for place, item in enumerate(values)
        }
    if isinstance(values, dict) and values:
        parts = (_flat(value, f"{path}.{name}".lstrip(".")) for name, value in values.items())
        return {name: value for part in parts for name, value in part.items()}
    return {path: values if isinstance(values, str) else json.dumps(values, ensure_ascii=False)}


def _changed(
    first: Mapping[str, Any], second: Mapping[str, Any]
) -> dict[str, tuple[str | None, str | None]]:
    return {
        name: (first.get(name), second.get(name))
        for name in dict.fromkeys([*first, *second])
        if first.get(name) != second.get(name)
    }


def _movement(pair: _Pair, channel: str, profiles: tuple[Profile, Profile]) -> Movement:
    """Return how the areas of one channel moved.

    Those whose verdict is, or was, one of the first two and changed come first; then the farthest.
    """
    language = pair.language
    told = [standing(run, run.area_sets[0], channel, language) for run in pair]
    areas = told[0].index.intersection(told[1].index)
    before, after = told[0].loc[areas], told[1].loc[areas]
    private = any(rests_on_own(own) for own in profiles)
    same = (before == after) | (before.isna() & after.isna())
    moved = areas[~same.all(axis=1)]
    parts = _parts(pair, profiles, moved) if len(moved) and not private else None
    far = (after["rank"] - before["rank"]).abs().loc[moved].fillna(float("inf"))
    # What a reader acts on: who comes among the first two verdicts, or leaves one of them.
    lower = [name for key, name in verdict_labels(language).items() if key not in SURE_ENOUGH]
    acted = [(side["verdict"].notna() & ~side["verdict"].isin(lower)) for side in (before, after)]
    turned = (~same["verdict"] & (acted[0] | acted[1])).loc[moved]
    order = pd.DataFrame({"turned": turned, "far": far}).sort_values(
        ["turned", "far"], ascending=False, kind="stable"
    )
    names = pair.second.frame("areas")["area_name"]
    return Movement(
        channel=channel,
        label=profiles[1].label.told(language),
        areas=len(areas),
        private=private,
        ranks=int((~same["rank"]).sum()),
        verdicts=int((~same["verdict"]).sum()),
        moved=tuple(
            Moved(
                area_code=str(code),
                area_name=str(names[code]),
                before=known(before.loc[code]),
                after=known(after.loc[code]),
                parts=None if parts is None else _split(parts.loc[code]),
                figures=() if private else _figures(pair, profiles, str(code)),
            )
            for code in order.index
        ),
    )


def _parts(pair: _Pair, profiles: tuple[Profile, Profile], moved: pd.Index) -> pd.DataFrame:
    sides = [
        Side(run.frame("indicators"), own, run.frame("areas")["municipality_code"])
        for run, own in zip(pair, profiles, strict=True)
    ]
    return split_change(*sides).loc[moved]


def _split(row: pd.Series) -> dict[str, float] | None:
    given = known(row[list(CAUSES)])
    return None if None in given.values() else given


def _figures(
    pair: _Pair, profiles: tuple[Profile, Profile], code: str
) -> tuple[tuple[str, str, float | None, float | None], ...]:
    """Return the criteria that changed in an area: name, label, from and to."""
    labels = {
        item.indicator: item.label.told(pair.language) for own in profiles for item in own.criteria
    }
    first, second = (
        known(run.frame("indicators").reindex(columns=list(labels)).loc[code]) for run in pair
    )
    return tuple(
        (name, label, first[name], second[name])
        for name, label in labels.items()
        if first[name] != second[name]
    )
