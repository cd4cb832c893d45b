"""A run that is done: its frames on areas, and a run read back from its folder."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geoprio.config import Brief, Campaign, Profile
from geoprio.counts import Gathered
from geoprio.counts.votes import Earlier
from geoprio.errors import ConfigError, SourceError, join_faults
from geoprio.groups import for_election, share_intervals, shown_by_group
from geoprio.scores import PRIVATE, Judged, Located
from geoprio.scores.advice import Advised, Guides
from geoprio.words import Language, number, text, whole

# A run as an analyst sees it at a prompt or in a notebook; frames are shown, never computed.


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
    return "\n".join(["<div>", head, *mark, *tables, *told, "</div>"])


def _sets(summary: Summary) -> pd.DataFrame:
    language = summary.language
    columns = {
        text("summary_area_set", language): list(summary.places),
        text("summary_areas", language): [
            whole(len(frame), language) for frame in summary.places.values()
        ],
    }
    for channel in summary.channels:
        heading = text("summary_scored", language).format(channel=channel)
        columns[heading] = [
            whole(int(frame[f"score_{channel}"].notna().sum()), language)
            for frame in summary.places.values()
        ]
    return pd.DataFrame(columns)


def _told_top(summary: Summary) -> str:
    return text("summary_top", summary.language).format(area_set=summary.scored_set)


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


RECORD = "run.json"
ENDING = ".parquet"
SAID = ["audience", "demo_mark"]
"""Columns that every file bears and no frame needs: the record says the same."""


@dataclass(frozen=True, repr=False)
class Run:
    """A finished run, read from `data/processed/<campaign>`: what the leadership may see of it."""

    folder: Path
    record: Mapping[str, Any]
    """`run.json`: sources, methods, errors, checksums, warnings."""
    frames: Mapping[str, pd.DataFrame]
    """By file name without ending: `<area set>_areas`, `_counts`, `_votes`, `_groups`,
    `_electorates`, `_joint`, `_indicators`, `_errors`, `_scores`, `_crosswalk`, and `mailing`."""

    @property
    def area_sets(self) -> tuple[str, ...]:
        """Names of the area sets, the scored one first."""
        scored = str(self.record["scored_set"])
        return scored, *(name for name in self.record["area_sets"] if name != scored)

    def frame(self, kind: str, area_set: str | None = None) -> pd.DataFrame:
        """Return one frame of an area set: `frame("scores")` is that of the scored set.

        Raises
        ------
        ConfigError
            The run has no such frame; those that it has are listed.
        """
        name = f"{area_set or self.area_sets[0]}_{kind}"
        if name not in self.frames:
            message = f"{name}: the run has no such frame; expected one of {', '.join(self.frames)}"
            raise ConfigError(message)
        return self.frames[name]

    def geo(self, area_set: str | None = None) -> gpd.GeoDataFrame:
        """Return the areas of a set with scores, groups and indicators as columns; see `on_areas`.

        Raises
        ------
        ConfigError
            The run has no such area set.
        """
        return on_areas(
            gpd.GeoDataFrame(self.frame("areas", area_set)),
            self.frame("scores", area_set),
            for_election(self.frame("groups", area_set), self.record["election"]["basis"]),
            self.frame("indicators", area_set),
        )

    def __repr__(self) -> str:
        return summary_text(self._summary())

    def _repr_html_(self) -> str:
        return summary_html(self._summary())

    def _summary(self) -> Summary:
        return Summary(
            title=str(self.record["campaign"]),
            basis=str(self.record["basis"]),
            mark=self.record.get("demo_mark"),
            scored_set=self.area_sets[0],
            places={
                name: named_scores(self.frame("areas", name), self.frame("scores", name))
                for name in self.area_sets
            },
            warnings=tuple(self.record["warnings"]),
            language=self.record["language"],
        )


def read_run(folder: Path | str) -> Run:
    """Return a finished run from the folder that it was written to.

    Parameters
    ----------
    folder
        `data/processed/<campaign>`, where `run.json` stands.

    Returns
    -------
    run
        Record and frames. What disclosure control withholds stands in none of them (NaN).

    Raises
    ------
    SourceError
        There is no finished run, or files of it are missing or other than it wrote: all are listed.

    Examples
    --------
    >>> from geoprio import read_run
    >>> run = read_run("data/processed/demo")
    >>> run.area_sets
    ('regso_2020', 'deso_2018')
    >>> run.frame("scores").query("channel == 'canvass' and rank == 1")["score"].size
    1
    """
    folder = Path(folder)
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        sums = {name: str(value) for name, value in record["files"].items()}
    except FileNotFoundError:
        message = (
            f"{folder}: no finished run (no {RECORD}); expected a folder such as"
            " data/processed/<campaign> that `geoprio run` has written"
        )
        raise SourceError(message) from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        message = f"{folder / RECORD}: not the record of a run; run the campaign again"
        raise SourceError(message) from None
    # A frame stands in the folder itself: no name in a record leads anywhere else.
    names = sorted(name for name in sums if name == Path(name).name and name.endswith(ENDING))
    faults = [
        fault for name in names if (fault := _fault(folder / name, expected=sums[name])) is not None
    ]
    if faults:
        heading = f"{folder}: files are not as the run wrote them; run the campaign again"
        raise SourceError(join_faults(heading, faults))
    frames = {name.removesuffix(ENDING): _read(folder / name) for name in names}
    return Run(folder=folder, record=record, frames=frames)


def on_areas(
    areas: gpd.GeoDataFrame, scores: pd.DataFrame, groups: pd.DataFrame, indicators: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Return AREAS with what is known of each area as columns, ready for `.explore()`.

    Parameters
    ----------
    areas
        AREAS (EPSG:3006).
    scores
        SCORES of one or more channels, one election.
    groups
        GROUPS of one election, as printed.
    indicators
        INDICATORS.

    Returns
    -------
    areas
        A plain GeoDataFrame with the index of `areas`: their own columns, `score_<channel>`,
        `rank_<channel>` and SCORES' other columns by channel, `<group>_share` (0-1) with the ends
        of its 90 % interval, `<group>_shown`, and every indicator. NaN where unknown or withheld.

    Examples
    --------
    >>> from geoprio import for_election, on_areas, read_run
    >>> run = read_run("data/processed/demo")
    >>> areas = on_areas(
    ...     run.frame("areas"),
    ...     run.frame("scores"),
    ...     for_election(run.frame("groups"), "riksdag"),
    ...     run.frame("indicators"),
    ... )
    >>> areas.equals(run.geo())
    True
    """
    figures = [share_intervals(groups), shown_by_group(groups), indicators]
    parts = [by_channel(scores), *(part.reindex(areas.index) for part in figures)]
    return gpd.GeoDataFrame(pd.concat([areas, *parts], axis=1), geometry="geometry", crs=areas.crs)


def by_channel(scores: pd.DataFrame) -> pd.DataFrame:
    """Return SCORES with one row an area: `score_<channel>`, `rank_<channel>` and so on.

    Parameters
    ----------
    scores
        SCORES of one or more channels.

    Returns
    -------
    scores
        Indexed by area code; channels in the order in which they come.

    Examples
    --------
    >>> import pandas as pd
    >>> from geoprio import by_channel
    >>> scores = pd.DataFrame(
    ...     {"channel": ["canvass", "mailing"], "election": "riksdag", "score": [80.0, 55.0]},
    ...     index=pd.Index(["a", "a"], name="area_code"),
    ... )
    >>> by_channel(scores)
               score_canvass  score_mailing
    area_code
    a                   80.0           55.0
    """
    # Each channel as it stands: a pivot would turn ranks to objects and forget the order.
    parts = [
        own.drop(columns=["channel", "election"]).add_suffix(f"_{channel}")
        for channel, own in scores.groupby("channel", sort=False)
    ]
    return pd.concat(parts, axis=1)


def named_scores(areas: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return names, scores and ranks by area, as `Summary` takes them."""
    return pd.concat([areas[["area_name"]], by_channel(scores)], axis=1)


def _fault(path: Path, *, expected: str) -> str | None:
    if not path.is_file():
        return f"{path.name}: is missing"
    changed = hashlib.sha256(path.read_bytes()).hexdigest() != expected
    return f"{path.name}: has changed since" if changed else None


def _read(path: Path) -> pd.DataFrame:
    reader = gpd.read_parquet if path.stem.endswith("_areas") else pd.read_parquet
    frame: pd.DataFrame = reader(path)
    return frame.drop(columns=SAID, errors="ignore")


# What a finished run remembers of the settings it was made with, and which run is the newest.


OWN = "own_figure_"
"""What a record calls a criterion of the user's own figures by, with its number: no file names
such a column."""


def newest_run(processed: Path) -> Path:
    """Return the folder in `processed` whose run was finished last.

    Raises
    ------
    SourceError
        There is none.
    """
    records = sorted(processed.glob(f"*/{RECORD}"))
    if not records:
        message = f"{processed}: holds no finished run; `geoprio run` makes one"
        raise SourceError(message)
    return max(records, key=lambda path: path.stat().st_mtime).parent


def settings_of(run: Run) -> Mapping[str, Any]:
    """Return what the campaign and its profiles said when the run was made.

    Raises
    ------
    SourceError
        The run was made by an older geoprio, which did not write them.
    """
    settings: Mapping[str, Any] | None = run.record.get("settings")
    if settings is None:
        message = (
            f"{run.folder}: its {RECORD} has no settings: an older geoprio made it; run the"
            " campaign again"
        )
        raise SourceError(message)
    return settings


def campaign_of(run: Run) -> Campaign:
    """Return the campaign as it was when the run was made.

    Raises
    ------
    SourceError
        As in `settings_of`.
    """
    return Campaign.model_validate_json(json.dumps(settings_of(run)["campaign"]))


def as_remembered(profile: Profile) -> dict[str, Any]:
    """Return a profile as a record holds it: no name of the user's own figures, no scenario."""
    values = profile.model_dump(mode="json", exclude={"scenarios"})
    for place, item in enumerate(values["criteria"], 1):
        if item["indicator"] in PRIVATE:
            item["indicator"] = f"{OWN}{place}"
    return values


def is_own(indicator: str) -> bool:
    """Return whether a remembered criterion is one of the user's own figures, never shown."""
    return indicator.startswith(OWN)


def rests_on_own(profile: Profile) -> bool:
    """Return whether a remembered profile's scores rest on the user's own figures."""
    return any(is_own(item.indicator) for item in profile.criteria)


def profiles_of(run: Run) -> dict[str, Profile]:
    """Return the profiles that the run scored by, by channel; see `as_remembered`.

    Raises
    ------
    SourceError
        As in `settings_of`.
    """
    return {
        channel: Profile.model_validate_json(json.dumps(values))
        for channel, values in settings_of(run)["profiles"].items()
    }


# What a run computed, ready to be written.


@dataclass(frozen=True)
class Outcome:
    """What a run computed, ready to be written."""

    plans: Brief
    gathered: Gathered
    district_votes: pd.DataFrame
    levels: Sequence[Located]
    """The scored set first, then the closer look."""
    overview: Located | None
    """The municipalities, for the map to be read from afar: ranked, but never told what to do. None
    where they are a level already, or too few to rank."""
    judged: Mapping[str, Judged]
    """How sure the rankings are, by area set."""
    guides: Guides
    """What the advice rests on."""
    advised: Mapping[str, Advised]
    """What areas are told besides their scores, by area set."""
    mailing: pd.DataFrame
    earlier: Earlier | None
    """The election before, on the same districts; None where no source leads there."""
    changes: Mapping[str, pd.DataFrame]
    """Split, shift and volatility by area set, where both of the day's elections are known."""
    warnings: Sequence[str] = ()
    """What people must be told of the run."""

    @property
    def mark(self) -> str | None:
        """The demo mark, where it belongs."""
        demo = self.plans.campaign.demo
        return text("demo_mark", self.plans.language) if demo else None


# What a run made, as it is handed to whoever called it.


@dataclass(frozen=True, repr=False)
class Result:
    """What a run made."""

    campaign: Campaign
    levels: Mapping[str, Located]
    """By area set; the scored set first."""
    mailing: pd.DataFrame
    """PLAN of the mailing."""
    paths: Mapping[str, Path]
    """Files written: `map`, `ranking`, `mailing`, `overlap`, `workbook`, `geopackage`,
    `record`."""
    warnings: Sequence[str]
    basis: str
    """Which election the figures come from, and which one is planned for."""
    language: Language
    judged: Mapping[str, Judged]
    """How sure the rankings are, by area set."""
    advised: Mapping[str, Advised]
    """What each area is told besides its score, by area set."""
    profiles: Mapping[str, Profile]
    """Criteria and steps of each channel, as the run used them."""
    overview: Located | None = None
    """The municipalities as the map shows them from afar; None where they are one of `levels`."""

    def geo(self, area_set: str | None = None) -> gpd.GeoDataFrame:
        """Return the areas of a set with scores, groups and indicators as columns; see `on_areas`.

        Parameters
        ----------
        area_set
            One of `levels`; else the scored set.

        Raises
        ------
        ConfigError
            The run has no such area set.
        """
        name = area_set or self.campaign.scored_set
        if name not in self.levels:
            message = (
                f"{name}: the run has no such area set; expected one of {', '.join(self.levels)}"
            )
            raise ConfigError(message)
        level = self.levels[name]
        seen = [column for column in level.indicators if column not in PRIVATE]
        return on_areas(
            level.areas,
            pd.concat(level.scores.values()),
            for_election(level.printed, self.campaign.election.basis),
            level.indicators[seen],
        )

    def __repr__(self) -> str:
        return summary_text(self._summary())

    def _repr_html_(self) -> str:
        return summary_html(self._summary())

    def _summary(self) -> Summary:
        return Summary(
            title=self.campaign.title,
            basis=self.basis,
            mark=text("demo_mark", self.language) if self.campaign.demo else None,
            scored_set=self.campaign.scored_set,
            places={
                name: named_scores(level.areas, pd.concat(level.scores.values()))
                for name, level in self.levels.items()
            },
            warnings=tuple(self.warnings),
            language=self.language,
        )
