"""Where a plan's people go beside the doors: places to meet and stand, the tour, workplaces."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config import MailingEdition
from geoprio.errors import ConfigError
from geoprio.plans.efforts import STAND
from geoprio.plans.programme import Programme
from geoprio.plans.reach import edition_reach
from geoprio.plans.tour import Tour
from geoprio.plans.venues import AREA, MEET, km_between, tour_days, venues
from geoprio.plans.visits import visits
from geoprio.reports.majorities import assemblies
from geoprio.reports.rounds import round_areas
from geoprio.runs import Run
from geoprio.words import text, whole

KINDS = ("place", "station")
"""Where people may be met: not where one votes."""


def candidate_sites(run: Run) -> pd.DataFrame:
    """Return the places that a run knows of in its areas, and the middle of each smallest area.

    Returns
    -------
    sites
        Numbered: `place_name`, `place_kind`, `x`, `y` (metres), and of the scored area that each
        lies in `area_code`, `area_name`, `association` and `municipality_code`.
    """
    level = run.levels[run.area_sets[-1]]
    middles = gpd.GeoDataFrame(
        {"place_name": level.areas["area_name"], "place_kind": AREA},
        geometry=level.areas.representative_point(),
    )
    parts = [middles]
    if "places" in run.frames:
        places = gpd.GeoDataFrame(run.frames["places"])
        parts = [places.loc[places["place_kind"].isin(KINDS), list(middles)], middles]
    points = pd.concat(parts, ignore_index=True)
    own = ["area_name", "association", "municipality_code", "geometry"]
    within = points.sjoin(run.scored.areas[own].rename_axis("area_code"), predicate="within")
    once = within[~within.index.duplicated()].sort_index()
    flat = pd.DataFrame(once.drop(columns="geometry"))
    return flat.assign(x=once.geometry.x, y=once.geometry.y).reset_index(drop=True)


def people_of(run: Run, made: Programme) -> pd.DataFrame:
    """Return who lives in the smallest areas: `x`, `y`, `area_code`, `target_persons_count`.

    An area where it is unknown has its scored area's share. Where the tour has a theme, a column
    of that group has how many electors belong to it.
    """
    level, scored = run.levels[run.area_sets[-1]], run.scored
    points = gpd.GeoDataFrame(geometry=level.areas.representative_point()).rename_axis(None)
    code = run.homes["code"].reindex(points.index)
    electors = level.votes["electors_count"].reindex(points.index)
    share = level.indicators["precision_share"].reindex(points.index)
    share = share.fillna(code.map(scored.indicators["precision_share"]))
    found = pd.DataFrame(
        {
            "x": points.geometry.x,
            "y": points.geometry.y,
            "area_code": code,
            "target_persons_count": electors * share,
        }
    )
    theme = made.plan.tour.theme if made.plan.tour else None
    if theme:
        reach = edition_reach(run.grounds, MailingEdition(name="tour", target_groups=(theme,)))
        found[theme] = electors * code.map(reach.shares[theme])
    return found


@dataclass(frozen=True, eq=False)
class Stops:
    """Where the people of a run's plan go beside the doors."""

    run: Run
    made: Programme
    workplaces: pd.DataFrame
    """The user's list."""

    @cached_property
    def round_areas(self) -> pd.DataFrame:
        """Which small area is walked in which round; see there."""
        return round_areas(self.run, self.made)

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Candidates."""
        return candidate_sites(self.run)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Who lives where."""
        return people_of(self.run, self.made)

    @cached_property
    def venues(self) -> pd.DataFrame:
        """Places to meet, stands and cabins, with what is known of each place."""
        found = venues(self.made, self.sites, self.people)
        known = self.sites[["place_name", "place_kind", "x", "y"]]
        return found.astype({"site": int}).join(known, on="site")

    @cached_property
    def tours(self) -> Mapping[str, tuple[pd.DataFrame, Tour]]:
        """The tour's days."""
        return tour_days(self.made, self.sites, self.people, seed=self.run.campaign.seed)

    @cached_property
    def visits(self) -> pd.DataFrame:
        """What trade associations visit."""
        return visits(self.made.plan, self.workplaces)

    def meeting(self, association: str) -> str:
        """Return where an association could meet, in words; "" where no place is known."""
        own = self._of(association, MEET)
        if own.empty:
            return ""
        return text("meet_at", self.run.language, place=self.said(own.iloc[0]))

    def stand(self, association: str, area_code: str) -> str:
        """Return the place of an association's stand in an area, in words; "" where none is."""
        own = self._of(association, STAND)
        own = own[own["area_code"] == area_code]
        return "" if own.empty else self.said(own.iloc[0])

    def _of(self, association: str, role: str) -> pd.DataFrame:
        own = self.venues
        return own[(own["association"] == association) & (own["role"] == role)]

    def said(self, one: pd.Series) -> str:
        """Return what a site is called."""
        return text(f"site_{one['place_kind']}", self.run.language, name=one["place_name"])

    @cached_property
    def messages(self) -> Mapping[str, list[tuple[str, str, str, list[str]]]]:
        """By association where the party governs: the municipality, what is done and what is next.

        And what its council's figures say: see `Assembly.message`.

        Raises
        ------
        ConfigError
            The run has no such municipality.
        """
        governing, language = self.made.plan.governing, self.run.language
        places = self.run.scored.places[["association", "municipality_name"]].dropna()
        towns = sorted(places["municipality_name"].unique())
        if unknown := sorted(set(governing) - set(towns)):
            raise ConfigError("governing_unknown", names=unknown, municipalities=towns)
        pairs = places.drop_duplicates().sort_values(["association", "municipality_name"])
        held = {one.place: one for one in assemblies(self.run, "kommun")} if governing else {}
        told: dict[str, list[tuple[str, str, str, list[str]]]] = {}
        for name, town in pairs.itertuples(index=False):
            if one := governing.get(town):
                figures = held[town].message(name) if town in held else []
                words = (town, one.done.told(language), one.ahead.told(language), figures)
                told.setdefault(name, []).append(words)
        return told

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables that there is anything in, by file name."""
        found = {
            "platser": self._venue_table(),
            "turne": self._tour_table(),
            "besok": self._visit_table(),
        }
        return {name: table for name, table in found.items() if len(table)}

    def _venue_table(self) -> pd.DataFrame:
        """Return each place with how many target persons live within a walk of it."""
        own, language = self.venues, self.run.language
        near = km_between(own, self.people) <= self.made.plan.sites.walk_km
        persons = near @ np.nan_to_num(self.people["target_persons_count"].to_numpy(float))
        rows = pd.DataFrame(
            {
                "association": own["association"].fillna(text("site_district", language)),
                "role": [text(f"role_{role}", language) for role in own["role"]],
                "place_name": [self.said(row) for _, row in own.iterrows()],
                "area_name": own["area_code"].map(self.made.places["area_name"]),
                "near_persons_count": persons.round(-1),
            }
        )
        return rows.set_index("association")

    def _tour_table(self) -> pd.DataFrame:
        """Return the tour's stops in their order, day by day."""
        parts = [
            stops.assign(day=day, order=np.arange(1.0, len(stops) + 1))
            for day, (stops, _) in self.tours.items()
        ]
        if not parts:
            return pd.DataFrame()
        rows = pd.concat(parts)
        names = self.run.municipality_names
        rows = rows.assign(
            place_name=[self.said(row) for _, row in rows.iterrows()],
            municipality_name=rows["municipality_code"].map(names),
            near_persons_count=rows["target_persons_count"].round(-1),
        )
        kept = ["order", "place_name", "area_name", "municipality_name", "near_persons_count"]
        return rows.set_index("day")[kept]

    def _visit_table(self) -> pd.DataFrame:
        rows = self.visits.rename(columns={"municipality": "municipality_name"})
        none = text("visit_no_trade", self.run.language)
        rows = rows.assign(trade=rows["trade"].fillna(none), week=rows["week"].fillna(""))
        kept = ["order", "workplace", "municipality_name", "industry", "employees", "shifts"]
        return rows.set_index("trade")[[*kept, "week"]]

    def _day(self, day: str) -> str:
        theme = self.made.plan.tour.theme if self.made.plan.tour else None
        return day if theme is None else f"{day} ({self.run.label(self.run.groups[theme])})"

    def told(self) -> list[str]:
        """Return what the tour collects, how good it is, and which workplaces nobody visits."""
        language = self.run.language
        lines = [
            text(
                "tour_day",
                language,
                day=self._day(day),
                stops=whole(len(stops), language),
                persons=whole(int(round(found.prize, -1)), language),
                most=whole(int(round(found.bound, -1)), language),
            )
            for day, (stops, found) in self.tours.items()
        ]
        idle = self.visits["trade"].isna()
        late = self.visits["week"].isna() & ~idle
        for key, rows in (("visits_no_trade", idle), ("visits_no_hours", late)):
            if rows.any():
                lines.append(text(key, language, count=whole(int(rows.sum()), language)))
        return lines
