"""What `geoprio explain` says: why an area stands where it stands, from a finished run."""

import difflib
import textwrap
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from geoprio.config import MAILING, Group, Profile
from geoprio.errors import ConfigError
from geoprio.groups import for_election, share_intervals
from geoprio.reports.lists import goal_words
from geoprio.runs import Run, is_own, rests_on_own
from geoprio.runs.notes import basis_line
from geoprio.scores import explain_area, verdict_actions, verdict_labels
from geoprio.scores.verdicts import FULL
from geoprio.tables import NORMAL_90
from geoprio.words import Language, Phrase, decimal, number, text, whole

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
    larger: str = ""
    """Name of the larger area that the value is of; "" where it is the area's."""
    private: bool = False


@dataclass(frozen=True)
class Channel:
    """Where the area stands in one channel; None where unknown."""

    channel: str
    label: str
    verdict: str | None
    depends_on_weights: float | None
    """1 where the choice of weights moves the area in or out of the first, else 0."""
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
    nearest: tuple[str, ...]
    """Where its people vote and what lies near, in words; as the crow flies."""
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Gathering:
    """The areas of an association or a municipality, where they stand."""

    name: str
    areas: tuple[str, ...]
    """Codes in the scored set."""
    counted: Mapping[str, Mapping[str, int]]
    """By channel and verdict in words: how many of the areas have it, the most urgent first."""
    first: Mapping[str, Mapping[str, int]]
    """By channel: the areas that stand first in it, and their ranks."""


def gathered_lines(one: Gathering, language: Language) -> list[str]:
    """Return where an association's or a municipality's areas stand, as people read it."""
    out = [text("explain_gathered", language, name=one.name, areas=len(one.areas))]
    for channel, counted in one.counted.items():
        told = [f"{count} {verdict}" for verdict, count in counted.items()]
        out += textwrap.wrap(f"{channel}: {'; '.join(told)}", WIDTH)
        named = [f"{name} ({rank})" for name, rank in one.first[channel].items()]
        out += _indented(text("explain_first", language, areas=", ".join(named)))
    return [*out, ""]


def short_lines(area: Explanation, language: Language) -> list[str]:
    """Return what an explanation comes to, on one screen."""
    out = _head(area, language)
    for channel in area.channels:
        words = _verdict(channel, language) or text("explain_unknown", language)
        out += textwrap.wrap(f"{channel.label}: {words}", WIDTH)
        for told in (_rank(channel, language), channel.reason):
            out += _indented(told) if told else []
    if area.opening_line:
        out += _row(text("explain_opening", language), area.opening_line)
    out += _nearest_lines(area, language)
    out += ["", text("explain_groups", language, base=text(f"base_{area.base}", language))]
    for figure in area.groups:
        out += _indented(f"{figure.label}: {_share(figure, language)}")
    return [*out, ""]


def lines(area: Explanation, language: Language) -> list[str]:
    """Return a whole explanation as people read it, at most 80 characters a line."""
    out = _head(area, language)
    for channel in area.channels:
        out += [*_channel_lines(channel, area.opening_line, language), ""]
    out.append(text("explain_groups", language, base=text(f"base_{area.base}", language)))
    for figure in area.groups:
        out += _row(figure.label, _figure(figure, language), indent=WIDE)
        if figure.source:
            out += _row("", figure.source, indent=WIDE)
    if any(figure.hidden for figure in area.groups):
        out += textwrap.wrap(text("explain_withheld", language), WIDTH)
    out += _nearest_lines(area, language)
    out += ["", f"{text('explain_sources', language)}:"]
    return [*out, *(line for source in area.sources for line in _indented(source)), ""]


def _nearest_lines(area: Explanation, language: Language) -> list[str]:
    heading = text("explain_nearest", language)
    return [
        line
        for number, told in enumerate(area.nearest)
        for line in _row("" if number else heading, told)
    ]


def _head(area: Explanation, language: Language) -> list[str]:
    unknown = text("explain_unknown", language)
    home = text("explain_no_association", language)
    told = [
        *([area.demo_mark] if area.demo_mark else []),
        f"{area.area_name}, {area.municipality or unknown} ({area.area_code})",
        f"{text('explain_association', language)}: {area.association or home}",
        area.basis,
        "",
    ]
    return [line for part in told for line in textwrap.wrap(part, WIDTH) or [""]]


def _channel_lines(channel: Channel, opening: str | None, language: Language) -> list[str]:
    unknown = text("explain_unknown", language)
    rows = {
        "verdict": _verdict(channel, language),
        "score": None if channel.score is None else _score(channel.score, language),
        "rank": _rank(channel, language),
        "top": _chance(channel, language),
        "reason": channel.reason,
        "opening": opening,
        "action": channel.action,
    }
    out = [channel.label, "-" * len(channel.label)]
    for key, words in rows.items():
        out += _row(text(f"explain_{key}", language), words or unknown)
    return out + _part_lines(channel, language)


def _verdict(channel: Channel, language: Language) -> str | None:
    if not channel.verdict or not channel.depends_on_weights:
        return channel.verdict
    return f"{channel.verdict} ({text('depends_on_weights', language)})"


def _score(score: float, language: Language) -> str:
    return text("explain_score_of", language, score=decimal(score, 1, language))


def _rank(channel: Channel, language: Language) -> str | None:
    if channel.rank is None:
        return None
    figures = {"rank": channel.rank, "low": channel.rank_low, "high": channel.rank_high}
    known = {
        key: whole(round(value), language) for key, value in figures.items() if value is not None
    }
    key = "explain_rank_of" if len(known) == len(figures) else "explain_rank_alone"
    return text(key, language, areas=whole(channel.areas, language), **known)


def _chance(channel: Channel, language: Language) -> str | None:
    if channel.p_top is None:
        return None
    key = "explain_p_top"
    if not NEVER < channel.p_top < ALWAYS:
        key = "explain_p_never" if channel.p_top <= NEVER else "explain_p_always"
    return text(key, language, k=channel.top_k, times=round(100 * channel.p_top))


def _part_lines(channel: Channel, language: Language) -> list[str]:
    made = {part.name: part for part in channel.parts}
    average = made.pop("average_area", None)
    remainder = made.pop("remainder", None)
    out = []
    if average is not None and average.contribution is not None:
        points = decimal(average.contribution, 1, language)
        out.append(text("explain_parts", language, average=points))
    elif channel.score is None:
        out.append(text("explain_no_score", language))
    for part in made.values():
        out += _indented(f"{part.label}: {_part(part, language)}")
    if remainder is not None and abs(remainder.contribution or 0.0) >= NOTICEABLE:
        points = signed(remainder.contribution or 0.0, language)
        out.append("  " + text("explain_remainder", language, points=points))
    return out


def _indented(words: str) -> list[str]:
    return textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="    ")


def _part(part: Part, language: Language) -> str:
    weight = figure("weight_share", part.weight, language)
    if part.private:
        return text("explain_private", language, weight=weight)
    value = _with_ends(part.name, (part.value, part.low, part.high), language)
    if part.larger:
        value = text("explain_larger", language, value=value, place=part.larger)
    if part.contribution is None:
        return text("explain_part_unknown", language, value=value, weight=weight)
    points = signed(part.contribution, language)
    return text("explain_part", language, value=value, weight=weight, points=points)


def _figure(one: Figure, language: Language) -> str:
    method = one.method
    if one.estimated and text("method_proxy", language) not in method:
        method = text("explain_estimated", language, method=method)
    if one.hidden:
        return text("explain_group_hidden", language, count=one.hidden, method=method)
    if one.share is None:
        return text("explain_unknown", language)
    share = _share(one, language)
    exact = one.count_low == one.count_high
    ends = (None, None) if exact else (one.count_low, one.count_high)
    count = _with_ends("group_count", (one.count, *ends), language)
    return text("explain_group", language, share=share, count=count, method=method)


def _share(one: Figure, language: Language) -> str:
    return _with_ends("group_share", (one.share, one.share_low, one.share_high), language)


def _with_ends(
    name: str, values: tuple[float | None, float | None, float | None], language: Language
) -> str:
    middle, low, high = (figure(name, value, language) for value in values)
    if values[1] is None or values[2] is None:
        return middle
    return text("explain_between", language, value=middle, low=low, high=high)


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


ESTIMATES = ("proxy", "synthetic")
NEAREST = 3
FIRST = 5
"""So many areas of an association are named in each channel."""
TOWN = "municipality_name"


@dataclass(frozen=True)
class _Place:
    """One area of a run, and the language that it is told of in."""

    run: Run
    area_set: str
    code: str
    language: Language

    def frame(self, kind: str) -> pd.DataFrame:
        return self.run.frame(kind, self.area_set)

    def row(self, kind: str) -> dict[str, Any]:
        return known(self.frame(kind).loc[self.code])


def known(row: pd.Series | pd.DataFrame | Mapping[Any, Any]) -> dict[str, Any]:
    """Return values by name; None where nothing is known, also for an empty text."""
    return {
        str(name): None if (isinstance(value, str) and not value) or pd.isna(value) else value
        for name, value in row.items()
    }


def explanations(
    place: str, run: Run, *, language: Language
) -> tuple[list[Gathering], list[Explanation]]:
    """Return what there is to tell of whatever answers to a name or code.

    That is associations and municipalities, one of several with the same areas, and areas.
    Raises SourceError: an older geoprio made the run, and kept no settings; ConfigError: nothing
    has that name or code, and the nearest are offered.
    """
    homes = {"association": run.scored.areas["association"], TOWN: run.scored.places[TOWN]}
    towns = run.scored.areas["municipality_code"]
    named = {name: run.frame("areas", name)["area_name"] for name in run.area_sets}
    named["association"] = homes["association"].set_axis(homes["association"].fillna(""))
    named[TOWN] = homes[TOWN].set_axis(towns)
    named = {name: names[names.index != ""] for name, names in named.items()}
    unique = {name: names[~names.index.duplicated()] for name, names in named.items()}
    found = find_areas(place, unique)
    if not found:
        near = _nearest(place, unique)
        hint = Phrase("near_of", near=near) if near else ""
        searched = run.folder or run.campaign.name
        raise ConfigError("no_such_area", place=place, run=searched, hint=hint)
    places: dict[tuple[str, ...], str] = {}
    for kind, code in found:
        if kind in homes:
            name = unique[kind][code]
            places.setdefault(tuple(homes[kind].index[homes[kind] == name]), name)
    return (
        [_gathering(run, name, codes, language) for codes, name in places.items()],
        [_explanation(_Place(run, *it, language)) for it in found if it[0] not in homes],
    )


def _gathering(run: Run, name: str, codes: tuple[str, ...], language: Language) -> Gathering:
    counted, first = {}, {}
    names = run.scored.areas["area_name"]
    for channel in run.scored.known:
        label = run.profiles[channel].label.told(language)
        own = (
            standing(run, run.scored.area_set, channel, language).loc[[*codes]].sort_values("rank")
        )
        counted[label] = {str(words): len(of) for words, of in own.groupby("verdict", sort=False)}
        ranks = own["rank"].dropna().head(FIRST)
        first[label] = {names[code]: int(rank) for code, rank in ranks.items()}
    return Gathering(name, codes, counted, first)


def find_areas(place: str, named: Mapping[str, pd.Series]) -> list[tuple[str, str]]:
    """Return the set and code of each area whose name or code is `place`, else begins with it.

    `named` has the name by area code, of each area set.
    """
    wanted = _plain(place)
    tests: list[Callable[[str, str], bool]] = [
        lambda code, name: place in (code, name),
        lambda code, name: wanted in (_plain(code), _plain(name)),
        lambda code, name: any(_plain(word).startswith(wanted) for word in (code, name)),
    ]
    for test in tests if wanted else []:
        found = [
            (area_set, str(code))
            for area_set, names in named.items()
            for code, name in names.items()
            if test(str(code), str(name))
        ]
        if found:
            return found
    return []


def _nearest(place: str, named: Mapping[str, pd.Series]) -> list[str]:
    words = {_plain(str(name)): str(name) for names in named.values() for name in names}
    near = difflib.get_close_matches(_plain(place), words, n=NEAREST, cutoff=0.6)
    return [words[word] for word in near]


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _explanation(place: _Place) -> Explanation:
    run, area = place.run, place.row("areas")
    groups = for_election(place.frame("groups"), run.record["election"]["basis"])
    goals = run.levels[place.area_set].goals.loc[[place.code]]
    return Explanation(
        area_code=place.code,
        area_name=str(area["area_name"]),
        area_set=place.area_set,
        municipality=run.municipality_names.get(area["municipality_code"]),
        association=area["association"],
        basis=basis_line(run.campaign, place.language),
        demo_mark=run.record.get("demo_mark"),
        base=str(groups.loc[[place.code], "base"].iloc[0]),
        opening_line=place.row("advice")["opening_line"],
        channels=tuple(_channel(place, name, profile) for name, profile in run.profiles.items()),
        groups=_figures(place, groups),
        nearest=tuple(goal_words(goals, place.language)[0]),
        sources=tuple(
            f"{item['title']} ({item['publisher']} {item['vintage']})"
            for item in run.record["sources"]
        ),
    )


def _channel(place: _Place, name: str, profile: Profile) -> Channel:
    language, private = place.language, rests_on_own(profile)
    scores = place.frame("scores").query("channel == @name").reindex(columns=["verdict", *_RANKED])
    own = known(scores.loc[place.code])
    verdict = own.pop("verdict")
    told = known(standing(place.run, place.area_set, name, language).loc[place.code])
    # What the user's own figures say stands in no file; the run wrote its public words.
    reason = f"{name}_{'public_reason' if private else 'reason'}"
    return Channel(
        channel=name,
        label=profile.label.told(language),
        verdict=told["verdict"],
        action=verdict_actions(profile, language)[verdict] if verdict else None,
        **own,
        areas=int(scores["score"].notna().sum()),
        top_k=place.run.levels[place.area_set].top_k,
        reason=place.row("advice").get(reason),
        private=private,
        parts=_parts(place, profile),
    )


_RANKED = ["score", "rank", "rank_low", "rank_high", "p_top", "depends_on_weights"]


def standing(run: Run, area_set: str, channel: str, language: Language) -> pd.DataFrame:
    """Return each area's score and rank in a channel, and its verdict in words.

    A decided wave stands before the verdict, and where the mailing does not reach the first that is
    said: a verdict is no order to mail.
    """
    scores = run.frame("scores", area_set).query("channel == @channel")
    shown = scores.reindex(columns=["score", "rank", "verdict"])
    verdict = shown["verdict"].map(verdict_labels(language)).astype(object)
    if channel == MAILING and area_set == run.area_sets[0]:
        words = {
            wave: text("explain_wave", language, wave=round(wave))
            for wave in run.waves["wave"].dropna().unique()
        }
        decided = run.waves["wave"].reindex(shown.index).map(words)
        left = shown["verdict"].eq(FULL) & bool(words)
        passed = text("explain_not_mailed", language, verdict=verdict_labels(language)[FULL])
        verdict = decided.astype(object).fillna(verdict.mask(left, passed))
    return shown.assign(verdict=verdict)


def _parts(place: _Place, profile: Profile) -> tuple[Part, ...]:
    """Return the criteria, then `average_area` and `remainder`; no points where some are hidden."""
    weights = pd.Series(profile.weights())
    made: dict[str, float | None] = {}
    if not rests_on_own(profile):
        homes = place.frame("areas")["municipality_code"]
        explained = explain_area(
            place.frame("indicators"), profile, area_code=place.code, municipality=homes
        )
        made = known(explained["contribution"])
    values, errors = place.row("indicators"), place.row("errors")
    level = place.run.levels[place.area_set]
    criteria = [
        Part(
            name=item.indicator,
            label=item.label.told(place.language),
            weight=float(weights[item.indicator] / weights.sum()),
            contribution=made.get(item.indicator),
            private=is_own(item.indicator),
            larger=str(level.larger(item.indicator)[place.code]),
            **_interval(item.indicator, values.get(item.indicator), errors.get(item.indicator)),
        )
        for item in profile.criteria
    ]
    whole = [name for name in ("average_area", "remainder") if name in made]
    return (*criteria, *(Part(name=name, label="", contribution=made[name]) for name in whole))


def _interval(name: str, value: float | None, se: float | None) -> dict[str, float | None]:
    if value is None or not se:
        return {"value": value}
    # No count, share or density is below 0, no share above 1.
    most = 1.0 if name.endswith("_share") else float("inf")
    around = NORMAL_90 * se
    return {"value": value, "low": max(value - around, 0.0), "high": min(value + around, most)}


def _figures(place: _Place, groups: pd.DataFrame) -> tuple[Figure, ...]:
    language, run = place.language, place.run
    ends = known(share_intervals(groups).loc[place.code])
    few = text("fewer_than", language, number=run.campaign.minimum_count)
    hidden = {"small": few, "withheld": text("not_shown", language)}
    return tuple(
        Figure(
            group=row["group"],
            label=run.groups[row["group"]].label.told(language),
            share=row["share"],
            share_low=ends.get(f"{row['group']}_low_share"),
            share_high=ends.get(f"{row['group']}_high_share"),
            count=row["count"],
            count_low=row["low"],
            count_high=row["high"],
            hidden=hidden.get(row["shown"]),
            method=_method_words(place, row),
            estimated=row["method"] in ESTIMATES,
            source=_source(row["source"], run.groups[row["group"]], language),
        )
        for row in map(known, groups.loc[[place.code]].to_dict("records"))
    )


def _source(source: str | None, group: Group, language: Language) -> str | None:
    """Return where a figure is from, with the indicators of a rank index in words."""
    for item in group.proxy.indicators if source and group.proxy else ():
        source = str(source).replace(item.indicator, item.label.told(language))
    return source


def _method_words(place: _Place, row: Mapping[str, Any]) -> str:
    """Return a method in words, or of which larger area the share is."""
    level = place.run.levels[place.area_set]
    larger = level.larger(f"{row['group']}_share")[place.code]
    if larger:
        return text("method_larger", place.language, place=larger)
    return text(f"method_{_method(row)}", place.language)


def _method(row: Mapping[str, Any]) -> str:
    """Return a method's name; what is published of residents is aligned to the electorate."""
    exact = row["low"] is not None and row["low"] == row["high"]
    aligned = row["method"] == "published" and not exact
    return "aligned" if aligned else str(row["method"])
