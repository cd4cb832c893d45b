"""RUN: what a finished run leaves; every document and every later command is a function of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config import AnyModel, Campaign, Group, MailOrder, Profile
from geoprio.counts.figures import HERE
from geoprio.errors import ConfigError, ContractError, SourceError
from geoprio.groups import for_election, share_intervals, shown_by_group
from geoprio.plans import Grounds
from geoprio.runs.summary import Summary, summary_html, summary_text
from geoprio.tables import for_audience, refuse_keys
from geoprio.words import Language, Phrase, text

RECORD = "run.json"
ENDING = ".parquet"
SAID = ["audience", "demo_mark"]
"""Columns that every file bears and no frame needs: the record says the same."""
OWN = "own_figure_"
"""What a record calls a criterion of the user's own figures by, with its number: no file names
such a column."""
MUNICIPALITIES = "kommun"
WHOLE = 0.999
"""Of an area's ground: as much of it inside another is all of it, but for rounded corners."""
GROUND_FRAME = "ground_areas"
"""The frame of what maps draw under and over the areas: land, water, roads, places."""
WITHIN = "within_"
"""What a column of larger areas' names begins with in the frame `origins`; their set follows."""


@dataclass(frozen=True, repr=False)
class Run:
    """A finished run: what the leadership may see of it, in memory as in its folder.

    Whatever it is made of has passed disclosure control and the leadership's list of columns, or
    it is not made: what is in no `Run` can stand in no document.

    Raises
    ------
    ContractError
        A frame or the record holds something that must not leave: every fault at once.
    """

    record: Mapping[str, Any]
    """`run.json`: settings, sources, methods, errors, warnings; and checksums, once written."""
    frames: Mapping[str, pd.DataFrame]
    """By file name without ending: `<area set>_areas`, `_counts`, `_votes`, `_groups`,
    `_electorates`, `_joint`, `_indicators`, `_errors`, `_scores`, `_points`, `_crosswalk`,
    `_advice`, `_changes`; and of the whole run, such as `mailing`."""
    folder: Path | None = None
    """`data/processed/<campaign>`, once written or where it was read."""
    paths: Mapping[str, Path] = field(default_factory=dict)
    """Files written by this run, by name: `map`, `ranking`, `mailing`, `record` and so on."""

    def __post_init__(self) -> None:
        faults = []
        for name, frame in self.frames.items():
            try:
                for_audience(frame, "valledning")
            except ContractError as error:
                faults.append(Phrase("named", name=name, fault=error))
        refuse_keys(self.record, "valledning")
        if faults:
            raise ContractError("run_cannot_be_kept", faults)

    @classmethod
    def of(cls, record: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> "Run":
        """Return a run of what was computed: the record as it will be read back.

        Raises
        ------
        ContractError
            As for the class.
        """
        return cls(json.loads(json.dumps(record, allow_nan=False)), frames)

    @classmethod
    def read(cls, folder: Path | str) -> "Run":
        """Return a finished run from the folder that it was written to; see `read_run`."""
        return read_run(folder)

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What the campaign, its groups and its profiles said when the run was made.

        Raises
        ------
        SourceError
            An older geoprio made the run, which kept less.
        """
        settings: Mapping[str, Any] | None = self.record.get("settings")
        if settings is None or "groups" not in settings:
            raise SourceError("run_without_settings", folder=self.folder, record=RECORD)
        return settings

    @cached_property
    def campaign(self) -> Campaign:
        """The campaign as it was when the run was made."""
        return _model(Campaign, self.settings["campaign"])

    def ordered_as(self, order: MailOrder) -> "Run":
        """Return the run as a campaign's file says now who orders: a record names no person."""
        campaign = self.settings["campaign"]
        mailing = {**campaign["mailing"], "order": order.model_dump(mode="json")}
        settings = {**self.settings, "campaign": {**campaign, "mailing": mailing}}
        return replace(self, record={**self.record, "settings": settings})

    @cached_property
    def groups(self) -> Mapping[str, Group]:
        """The target groups, in the campaign's order."""
        return {name: _model(Group, values) for name, values in self.settings["groups"].items()}

    @property
    def locating(self) -> tuple[str, ...]:
        """Names of the groups that count when areas are ranked."""
        return tuple(name for name, group in self.groups.items() if group.role == "locate")

    @cached_property
    def profiles(self) -> Mapping[str, Profile]:
        """The profiles that the run scored by, by channel; the user's own figures have no names."""
        found = self.settings["profiles"].items()
        return {name: _model(Profile, values) for name, values in found}

    @property
    def language(self) -> Language:
        """Language of everything that the run says."""
        return cast("Language", self.record["language"])

    @property
    def mark(self) -> str | None:
        """The demo mark, where it belongs."""
        return text("demo_mark", self.language) if self.campaign.demo else None

    @property
    def basis(self) -> str:
        """Which election the figures come from, and which one is planned for."""
        return str(self.record["basis"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What people must be told of the run."""
        return tuple(self.record["warnings"])

    @property
    def municipality_names(self) -> pd.Series:
        """Name by municipality code."""
        names: pd.Series = self.frames[f"{MUNICIPALITIES}_areas"]["area_name"]
        return names

    @property
    def area_sets(self) -> tuple[str, ...]:
        """Names of the area sets that are told what to do, the scored one first."""
        scored = str(self.record["scored_set"])
        return scored, *(name for name in self.record["area_sets"] if name != scored)

    @cached_property
    def levels(self) -> Mapping[str, "Level"]:
        """What is known of each area set, the scored one first."""
        return {name: Level(self, name) for name in self.area_sets}

    @property
    def scored(self) -> "Level":
        """What is known of the scored set."""
        return self.levels[self.area_sets[0]]

    @cached_property
    def overview(self) -> "Level | None":
        """The municipalities, ranked but never told what to do; None where they are too few."""
        known = f"{MUNICIPALITIES}_scores" in self.frames
        return Level(self, MUNICIPALITIES) if known and MUNICIPALITIES not in self.levels else None

    @cached_property
    def homes(self) -> pd.DataFrame:
        """Scored area (`code`) where each area's middle is, and `share` of it that lies there."""
        shapes = pd.concat([self.levels[name].areas.geometry for name in self.area_sets])
        shapes, scored = shapes[~shapes.index.duplicated()], self.scored.areas.geometry
        middles = gpd.GeoDataFrame(geometry=shapes.representative_point())
        at = middles.sjoin(scored.rename_axis("code").reset_index(), predicate="within")["code"]
        own = shapes.loc[at.index]
        ground = own.intersection(scored.loc[at].set_axis(at.index), align=False).area / own.area
        found = pd.DataFrame({"code": at, "share": ground}).sort_values("share", kind="stable")
        return found[~found.index.duplicated(keep="last")].sort_index()

    @cached_property
    def within(self) -> pd.Series:
        """Code of the scored area that each area of its sets lies wholly in, if it does in one."""
        return self.homes["code"][self.homes["share"] > WHOLE]

    @property
    def mailing(self) -> pd.DataFrame:
        """PLAN of the mailing: an area once for each edition that goes there."""
        return self.frames["mailing"]

    @cached_property
    def waves(self) -> pd.DataFrame:
        """PLAN of each area's first wave, of the edition first named where several are."""
        order = {edition.name: place for place, edition in enumerate(self.campaign.editions)}
        plan = self.mailing.assign(place=self.mailing["edition"].map(order))
        first = plan.reset_index().sort_values(["area_code", "wave", "place"], kind="stable")
        return first.drop_duplicates("area_code").set_index("area_code").drop(columns="place")

    @cached_property
    def grounds(self) -> Grounds:
        """What a mailing is chosen by; see `plan_mailing`."""
        kinds = (
            *("groups", "joint", "electorates", "votes"),
            *("counts", "indicators", "errors", "scores", "areas"),
        )
        frames = {kind: self.frame(kind) for kind in kinds}
        seed = pd.Series(self.record["overlap"]["cells"]).sort_index()
        return Grounds(self.campaign, frames, seed, self.groups, self.locating)

    def label(self, named: Group | Profile) -> str:
        """Return what a group or a profile is called in the run's language."""
        return str(named.label.told(self.language))

    def frame(self, kind: str, area_set: str | None = None) -> pd.DataFrame:
        """Return one frame of an area set: `frame("scores")` is that of the scored set.

        Raises
        ------
        ConfigError
            The run has no such frame; those that it has are listed.
        """
        name = f"{area_set or self.area_sets[0]}_{kind}"
        if name not in self.frames:
            raise ConfigError("no_such_frame", name=name, frames=self.frames)
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

    def map(self, *, offline: bool | Path | str = True) -> Any:  # noqa: ANN401 - folium's own
        """Return the leadership's map as a Folium map, to which anything of Folium's may be added.

        What is added lies on top of the areas and answers to clicks: markers with popups, GeoJson,
        tile layers (seen through the areas), plugins, and what `GeoDataFrame.explore(m=...)` makes.

        Parameters
        ----------
        offline
            True: the page asks nobody for anything; what an addition needs is put into it from the
            packages installed (Leaflet, HeatMap). A folder: plugins' files that you have saved
            there under their own names too. False: the rest is got from its hosts whenever the map
            is opened, and whoever has it learns which places are shown; the page says so.

        Returns
        -------
        map
            A `folium.Map`. It shows itself in a notebook, and `save` writes it to one file.

        Raises
        ------
        ContractError
            When it is saved or shown: additions that would be blank, every one.

        Examples
        --------
        >>> import folium
        >>> from geoprio import read_run
        >>> page = read_run("data/processed/demo").map()
        >>> marker = folium.Marker([59.33, 18.06], popup="Kansliet").add_to(page)
        >>> page.save("karta.html")
        """
        # Reports stand above a run, which is asked for one by name alone.
        return import_module("geoprio.reports.map").opened_map(self, offline=offline)

    def __repr__(self) -> str:
        return summary_text(self._summary())

    def _repr_html_(self) -> str:
        return f"{summary_html(self._summary())}{self.map()._repr_html_()}"

    def _summary(self) -> Summary:
        return Summary(
            title=self.campaign.title,
            basis=self.basis,
            mark=self.mark,
            scored_set=self.area_sets[0],
            places={
                name: pd.concat([level.areas[["area_name"]], by_channel(level.table)], axis=1)
                for name, level in self.levels.items()
            },
            warnings=self.warnings,
            language=self.language,
        )


Result = Run
"""The name of what a run returns until 0.1."""


@dataclass(frozen=True)
class Level:
    """One area set of a run: a view of its frames, by the kinds that `Run.frames` tells of."""

    run: Run
    area_set: str

    def __getattr__(self, kind: str) -> pd.DataFrame:
        name = f"{self.area_set}_{kind}"
        if kind.startswith("_") or name not in self.run.frames:
            raise AttributeError(name)
        return self.run.frames[name]

    @cached_property
    def areas(self) -> gpd.GeoDataFrame:
        """AREAS."""
        return gpd.GeoDataFrame(self.run.frames[f"{self.area_set}_areas"])

    @property
    def top_k(self) -> int:
        """How many of the areas are "the first"."""
        scored = self.run.frames[f"{self.run.area_sets[0]}_areas"]
        return self.run.campaign.first_of(len(self.areas), len(scored))

    @property
    def table(self) -> pd.DataFrame:
        """SCORES of every channel, long."""
        return self.run.frames[f"{self.area_set}_scores"]

    @cached_property
    def scores(self) -> Mapping[str, pd.DataFrame]:
        """SCORES by channel, in the campaign's order."""
        parts = dict(list(self.table.groupby("channel", sort=False)))
        return {channel: parts[channel] for channel in self.run.profiles if channel in parts}

    @cached_property
    def known(self) -> Mapping[str, pd.DataFrame]:
        """SCORES of the channels that any area has a score in."""
        return {name: own for name, own in self.scores.items() if own["score"].notna().any()}

    @cached_property
    def places(self) -> gpd.GeoDataFrame:
        """AREAS with `municipality_name`."""
        names = self.areas["municipality_code"].map(self.run.municipality_names)
        return self.areas.assign(municipality_name=names)

    @property
    def goals(self) -> pd.DataFrame:
        """The places nearest to each area, by kind; no columns where no source tells of places."""
        return self.run.frames.get(f"{self.area_set}_nearest", pd.DataFrame(index=self.areas.index))

    def larger(self, figure: str) -> pd.Series:
        """Return the name of the larger area whose share a figure is, by area; "" elsewhere.

        Of an area that lies in several: that larger areas' it is.
        """
        own = pd.Series("", self.areas.index, dtype=object)
        return self.larger_names.get(figure, own)

    @cached_property
    def larger_names(self) -> pd.DataFrame:
        """What `larger` returns of each figure that is a larger area's anywhere."""
        kept = self.run.frames.get(f"{self.area_set}_origins", self.areas[[]])
        within = [name for name in map(str, kept) if name.startswith(WITHIN)]
        whence = kept.drop(columns=within).astype(object)
        told = np.where(whence.isin(HERE), "", text("larger_areas", self.run.language))
        names = pd.DataFrame(told, whence.index, whence.columns, dtype=object)
        for column in within:
            names = names.mask(whence == column.removeprefix(WITHIN), kept[column], axis=0)
        return names.loc[:, (names != "").any()]

    @property
    def ranked_groups(self) -> pd.DataFrame:
        """GROUPS of the election that the areas are ranked by."""
        return for_election(self.groups, self.run.campaign.election.basis)


def _model(model: type[AnyModel], values: object) -> AnyModel:
    return model.model_validate_json(json.dumps(values))


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
    folder, record = Path(folder), read_record(Path(folder))
    sums = record["files"]
    # A frame stands in the folder itself: no name in a record leads anywhere else.
    names = sorted(name for name in sums if name == Path(name).name and name.endswith(ENDING))
    faults = [
        fault for name in names if (fault := _fault(folder / name, expected=sums[name])) is not None
    ]
    if faults:
        raise SourceError("files_changed_since_run", faults, folder=folder)
    frames = {name.removesuffix(ENDING): _read(folder / name) for name in names}
    return Run(record, frames, folder)


def read_record(folder: Path) -> dict[str, Any]:
    """Return the record of a finished run; a SourceError where there is none that can be read."""
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        return record | {"files": {name: str(value) for name, value in record["files"].items()}}
    except FileNotFoundError:
        raise SourceError("not_a_finished_run", folder=folder, record=RECORD) from None
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise SourceError("not_a_run_record", folder=folder / RECORD) from None


def newest_run(processed: Path) -> Path:
    """Return the folder in `processed` whose run was finished last.

    Raises
    ------
    SourceError
        There is none.
    """
    records = sorted(processed.glob(f"*/{RECORD}"))
    if not records:
        raise SourceError("folder_without_run", processed=processed)
    return max(records, key=lambda path: path.stat().st_mtime).parent


def is_own(indicator: str) -> bool:
    """Return whether a remembered criterion is one of the user's own figures, never shown."""
    return indicator.startswith(OWN)


def rests_on_own(profile: Profile) -> bool:
    """Return whether a remembered profile's scores rest on the user's own figures."""
    return any(is_own(item.indicator) for item in profile.criteria)


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


def _fault(path: Path, *, expected: str) -> Phrase | None:
    if not path.is_file():
        return Phrase("path_missing", path=path.name)
    changed = hashlib.sha256(path.read_bytes()).hexdigest() != expected
    return Phrase("has_changed_since", path=path.name) if changed else None


def _read(path: Path) -> pd.DataFrame:
    on_map = path.stem.endswith("_areas") or path.stem == "places"
    reader = gpd.read_parquet if on_map else pd.read_parquet
    frame: pd.DataFrame = reader(path)
    return frame.drop(columns=SAID, errors="ignore")
