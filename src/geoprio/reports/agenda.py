"""What a plan's people do, as the maps show it: tasks and rundor by week, places, what is done."""

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config import MAILING
from geoprio.files.maps.layers import MapWork
from geoprio.plans.efforts import CANVASS, DISTRIBUTION, ORGANISE, STAND
from geoprio.plans.postal import week_days
from geoprio.reports.edition_page import edition_weeks
from geoprio.reports.evening import association_steps, letter_week, span_words
from geoprio.reports.proposal import Planned
from geoprio.reports.rounds import KEY, SUMS, round_weeks
from geoprio.runs.notes import listed
from geoprio.tables import CRS
from geoprio.words import text, whole

SHOWN = (CANVASS, ORGANISE, DISTRIBUTION, STAND, MAILING)
"""From what takes most of people's time to what takes least: the first gives an area its colour."""
TASK = [
    *("area_code", "association", "channel", "hours", "doors_count", "households_count"),
    *("week", "meeting_place"),
]
ROUND = [*KEY, "round_name", "evenings", "hours", "doors_count", "week", "meeting_place"]
MOST = 3
"""Associations that the leadership's map names at most of those that begin first."""
STOP = ["area_code", "association", "channel", "meeting_place", "geometry"]


def map_work(one: Planned, done: pd.DataFrame) -> MapWork:
    """Return what the maps show of a plan beside the areas it mails.

    Parameters
    ----------
    one
        A run's plan.
    done
        From `read_activity`: an area that nobody tells of is not in it, NaN is withheld.
    """
    run, language = one.run, one.run.language
    told = _Agenda(one)
    trial, plan = one.trial, one.made.plan
    names = sorted(run.scored.areas["association"].dropna().astype(str).unique())
    steps = association_steps(run, one.stops)
    return MapWork(
        status=" ".join(filter(None, [one.status, one.example])),
        channels={key: text(f"channel_{key}", language) for key in SHOWN},
        weeks=told.weeks,
        tasks=told.tasks[TASK],
        rounds=told.rounds[ROUND],
        members=told.members,
        homes=told.homes,
        stops=told.stops,
        done=done["visited_count"].reindex(done.index.intersection(run.scored.areas.index)),
        left=tuple(trial.pairs.index[trial.pairs["holdout"]]) if trial else (),
        waves=told.waves,
        idle=tuple(name for name in names if plan.crew_of(name).hours_per_week == 0),
        begins={
            name: text("map_begin", language, what=own[0].title, when=own[0].weeks, how=own[0].told)
            for name, own in steps.items()
            if own
        }
        | {"": _begin(one, told, len(names))},
    )


def _begin(one: Planned, told: "_Agenda", everyone: int) -> str:
    """Return what the leadership does first: who begins, when, and what is answered before then."""
    hours = told.tasks.dropna(subset="hours")
    if hours.empty:
        return ""
    first = min(day for own in hours["week"] for day in own)
    begun = sorted(hours.loc[[first in own for own in hours["week"]], "association"].unique())
    language, who = one.run.language, listed(begun, one.run.language)
    if len(begun) > MOST:
        key = "map_first_all" if len(begun) == everyone else "map_first_some"
        counts = {"count": len(begun), "all": everyone}
        who = text(key, language, **{key: whole(n, language) for key, n in counts.items()})
    status = "decided" if one.decision else one.made.plan.status
    return text(f"map_first_{status}", language, who=who, when=told.weeks[first])


@dataclass(frozen=True, eq=False)
class _Agenda:
    one: Planned

    @cached_property
    def homes(self) -> pd.Series:
        """Which scored area the middle of each smallest area lies in."""
        run = self.one.run
        codes = run.levels[run.area_sets[-1]].areas.index
        return run.homes["code"].reindex(codes).dropna().rename("home")

    @cached_property
    def members(self) -> pd.Series:
        """Which round each small area is walked in, by its row in `rounds`."""
        return self.one.round_areas.groupby(KEY).ngroup()

    @cached_property
    def _walked(self) -> pd.DataFrame:
        """The hours of each round by week."""
        return round_weeks(self.one.round_areas, self.one.made)

    @cached_property
    def days(self) -> list[str]:
        """The Monday of each week in which anything is done."""
        found = {*self.one.made.weeks["week"], *self._walked["week"]}
        return sorted({*found, *self._letters["day"].dropna()})

    @cached_property
    def weeks(self) -> dict[str, str]:
        """Those weeks in words."""
        return {day: span_words(day, day, self.one.run.language) for day in self.days}

    @cached_property
    def rounds(self) -> pd.DataFrame:
        areas = self.one.round_areas
        how = dict.fromkeys([*SUMS], "sum") | dict.fromkeys(
            ["round_name", "evenings", "meeting_place"], "first"
        )
        found = areas.groupby(KEY).agg(how).reset_index()
        spans = self._spans(self._walked, KEY)
        return found.join(spans.rename("week"), on=KEY)

    @cached_property
    def tasks(self) -> pd.DataFrame:
        """What is done in each scored area; what is canvassed in the weeks of its rounds."""
        made = self.one.made
        rows = made.chosen[~((made.chosen["channel"] == CANVASS) & (len(self.members) > 0))]
        spans = self._spans(made.weeks.rename_axis("place").reset_index(), ["place"])
        rows = rows.assign(week=spans.reindex(rows.index))
        rows["meeting_place"] = [
            self.one.stops.stand(name, code) if channel == STAND else ""
            for name, code, channel in rows[["association", "area_code", "channel"]].to_numpy()
        ]
        parts = [rows, self._canvass(), self._letters]
        found = pd.concat([part for part in parts if len(part)], ignore_index=True)
        return found.reindex(columns=TASK)

    def _canvass(self) -> pd.DataFrame:
        """Return what is canvassed by scored area, its hours in the weeks of the rounds there."""
        areas = self.one.round_areas
        if areas.empty:
            return pd.DataFrame()
        home = areas.index.to_series().map(self.homes).fillna(areas.index.to_series())
        own = areas.reset_index(drop=True).assign(area_code=home.to_numpy())
        by_round = self._walked.merge(
            own.groupby([*KEY, "area_code"])["hours"].sum().rename("own").reset_index(), on=KEY
        )
        whole = by_round.groupby([*KEY, "area_code"])["hours"].transform("sum")
        by_round["hours"] *= by_round["own"] / whole
        keys = ["area_code", "association"]
        weeks = self._spans(by_round.groupby([*keys, "week"])["hours"].sum().reset_index(), keys)
        sums = own.groupby(keys)[SUMS].sum().reset_index()
        return sums.assign(channel=CANVASS, meeting_place="").join(weeks.rename("week"), on=keys)

    @cached_property
    def _letters(self) -> pd.DataFrame:
        """The mailing of the run by area, in the weeks that are known as weeks."""
        run = self.one.run
        rows = run.mailing.dropna(subset="wave").reset_index()
        named = edition_weeks(run, self.one.made.plan)
        pairs = zip(rows["edition"], rows["wave"], strict=True)
        ends = [week_days(named[str(edition)][round(wave) - 1]) for edition, wave in pairs]
        rows["day"] = [first if first != last else None for first, last in ends]
        areas = run.scored.areas["association"]
        return rows.assign(
            association=rows["area_code"].map(areas).fillna(""),
            hours=np.nan,
            meeting_place="",
            doors_count=np.nan,
            week=pd.Series([{day: 0.0} if day else {} for day in rows["day"]], rows.index, object),
        )

    @cached_property
    def waves(self) -> tuple[str, ...]:
        """When each wave of the first edition lands, in words."""
        run = self.one.run
        named = edition_weeks(run, self.one.made.plan) if len(run.mailing) else {}
        return tuple(letter_week(week, run.language) for week in next(iter(named.values()), []))

    def _spans(self, rows: pd.DataFrame, keys: list[str]) -> pd.Series:
        """Return by key the hours of each week."""
        sums = rows.groupby([*keys, "week"])["hours"].sum().reset_index("week")
        listed = sums.groupby(keys).agg(list)
        pairs = zip(listed["week"], listed["hours"], strict=True)
        return pd.Series(
            [dict(zip(*one, strict=True)) for one in pairs], index=listed.index, dtype=object
        )

    @cached_property
    def stops(self) -> gpd.GeoDataFrame:
        """Places to meet, stands, cabins and the stops of the tour, each with what it is called."""
        one, language = self.one, self.one.run.language
        places = [one.stops.venues.assign(when="")]
        for day, (stops, _) in one.stops.tours.items():
            order = (np.arange(len(stops)) + 1).astype(str)
            places.append(stops.assign(role="tour", when=[f"{day}, {at}" for at in order]))
        rows = pd.concat([part for part in places if len(part)] or places[:1], ignore_index=True)
        words = [
            text(f"stop_{role}", language, place=one.stops.said(row), when=row["when"])
            for role, (_, row) in zip(rows["role"], rows.iterrows(), strict=True)
        ]
        known = pd.DataFrame(rows).assign(channel=rows["role"], meeting_place=words)
        points = gpd.points_from_xy(known["x"].astype(float), known["y"].astype(float))
        found = gpd.GeoDataFrame(known.reindex(columns=STOP[:-1]), geometry=points, crs=CRS)
        return found.assign(association=found["association"].fillna(""))
