"""A run that is done: its frames on areas, and a run read back from its folder."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geoprio.errors import ConfigError, SourceError, join_faults
from geoprio.groups import for_election, share_intervals, shown_by_group
from geoprio.outputs.summary import Summary, summary_html, summary_text

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
