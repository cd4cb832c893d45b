"""What one association is given on paper: its evenings, then its areas, and how sure it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config.counties import reach
from geoprio.files.paper import Block, Paper, Picture
from geoprio.files.sketch import Ground, sketch
from geoprio.plans.efforts import CANVASS
from geoprio.reports.evening import (
    Step,
    association_steps,
    evenings_words,
    letters_of,
)
from geoprio.reports.lists import own_best, scores_in_words
from geoprio.reports.plan_files import Planned
from geoprio.runs import GROUND_FRAME, Run
from geoprio.runs.notes import basis_line, listed, publishers
from geoprio.scores import verdict_labels, verdict_meanings
from geoprio.scores.verdicts import ASK, FULL
from geoprio.tables import CRS, DONE, for_audience
from geoprio.words import Language, decimal, text, whole

LETTERS = "ABC"
"""Rundor with a map of their own on the first page."""
FIGURES = ["population_count", "households_count", "electors_count"]
ROUND = [
    *("association", "round_number", "round_name", "week", "week_last", "doors_count"),
    *("evenings", "meeting_place", "area_code", "geometry"),
]
WHY = ["verdict", "action", "public_reason"]
SHARES = ["turnout_share", "red_green_share"]


@dataclass(frozen=True, eq=False)
class Hand:
    """A run and its plan, with what every association's papers are made of, each made once."""

    run: Run
    planned: Planned | None = None
    """None of a campaign without a plan: then there are no evenings to tell of."""
    done: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DONE, dtype=float))
    """What is done by area, as `read_activity` returns it; no rows where nobody has told."""
    answered: frozenset[str] = frozenset()
    """Associations that have answered."""

    @property
    def language(self) -> Language:
        """Language of the papers."""
        return self.run.language

    @cached_property
    def names(self) -> list[str]:
        """Every association that has areas of the scored set."""
        return sorted(self.run.scored.areas["association"].dropna().astype(str).unique())

    @cached_property
    def ground(self) -> Ground:
        """What maps are drawn on."""
        return Ground.of(self.run.scored.areas, self.run.frames.get(GROUND_FRAME))

    @cached_property
    def steps(self) -> Mapping[str, Sequence[Step]]:
        """What each association does, week by week."""
        return association_steps(self.run, self.planned.made) if self.planned else {}

    @cached_property
    def rounds(self) -> gpd.GeoDataFrame:
        """Every association's rundor in their order, each with the scored area that it lies in."""
        if self.planned is None:
            return gpd.GeoDataFrame(columns=ROUND, geometry="geometry", crs=CRS)
        found = _area_rounds(self.run, self.planned)
        middle = gpd.GeoDataFrame(geometry=found.representative_point(), crs=CRS)
        areas = self.run.scored.areas[["geometry"]].rename_axis("area_code").reset_index()
        within = middle.sjoin_nearest(areas)["area_code"].groupby(level=0).first()
        return found.assign(area_code=within)

    @cached_property
    def letters(self) -> Mapping[str, str]:
        """When the mailing lands in which of an association's areas, in words."""
        plan = self.planned.made.plan if self.planned else self.run.campaign.plan
        return letters_of(self.run, plan) if plan else {}

    @cached_property
    def channel(self) -> str:
        """The channel whose verdicts are told: canvassing where it is known."""
        known = list(self.run.scored.known)
        return CANVASS if CANVASS in known else known[0]

    @cached_property
    def table(self) -> pd.DataFrame:
        """Each association's areas, in its own order: no rank in the county, no group, no yield."""
        level = self.run.scored
        scores = scores_in_words(level)[self.channel]
        told = scores[["verdict", "action", "p_top", "rank"]].assign(
            public_reason=level.advice[f"{self.channel}_public_reason"],
            opening_line=level.advice["opening_line"],
        )
        places = pd.DataFrame(level.places)[["area_name", "municipality_name", "association"]]
        table = places.join(told).join(area_figures(self.run))
        return table.sort_values("rank", kind="stable", na_position="last")

    @property
    def marks(self) -> list[str]:
        """What every paper must say of its figures and its plan."""
        example = self.planned is not None and self.planned.made.plan.example
        words = text("plan_example", self.language) if example else None
        return [*filter(None, [self.run.mark, words])]

    @property
    def lead(self) -> str:
        """Whether the plan is decided, and which election the figures are of."""
        status = self.planned.status if self.planned else text("assoc_no_plan", self.language)
        return f"{status} {basis_line(self.run.campaign, self.language)}"


def _area_rounds(run: Run, one: Planned) -> gpd.GeoDataFrame:
    """Return the areas that are canvassed as rundor, in each association's order."""
    made = one.made
    weeks = made.weeks[made.weeks["channel"] == CANVASS].groupby(["association", "area_code"])
    spans = weeks["week"].agg(["min", "max"]).reset_index()
    spans = spans.sort_values(["association", "min", "area_code"], ignore_index=True)
    own = made.chosen[made.chosen["channel"] == CANVASS].set_index("area_code")
    codes = spans["area_code"]
    return gpd.GeoDataFrame(
        {
            "association": spans["association"],
            "round_number": spans.groupby("association").cumcount() + 1.0,
            "round_name": codes.map(made.places["area_name"]),
            "week": spans["min"],
            "week_last": spans["max"],
            "doors_count": codes.map(own["doors_count"]),
            "evenings": np.nan,
            "meeting_place": "",
        },
        geometry=codes.map(run.scored.areas.geometry).to_numpy(),
        crs=CRS,
    )


def area_figures(run: Run) -> pd.DataFrame:
    """Return official figures of each area of the scored set: counts, and shares (0-1)."""
    level = run.scored
    counts = level.counts.filter(items=["population_count"])
    parts = [counts, level.indicators[["households_count", *SHARES]], level.votes]
    return pd.concat(parts, axis=1).reindex(columns=[*FIGURES, *SHARES])


def totals(figures: pd.DataFrame) -> pd.Series:
    """Return the figures of several areas together: sums, and shares of their electors.

    NaN where no area is known; a share is over the areas that have it.
    """
    sums = figures[FIGURES].sum(min_count=1)
    weights = figures["electors_count"]
    of = {
        name: (figures[name] * weights).sum() / weights[figures[name].notna()].sum()
        if (figures[name].notna() & weights.gt(0)).any()
        else np.nan
        for name in SHARES
    }
    return pd.concat([sums, pd.Series(of)])


def association_papers(hand: Hand) -> dict[str, Paper]:
    """Return each association's report, by its name: its own areas and no figure of any group."""
    return {name: _Own(hand, name).paper() for name in hand.names}


@dataclass(frozen=True)
class _Own:
    """One association's report."""

    hand: Hand
    name: str

    @cached_property
    def rows(self) -> pd.DataFrame:
        table = self.hand.table
        own = table[table["association"] == self.name]
        return for_audience(own, "forening", association=self.name)

    @cached_property
    def steps(self) -> Sequence[Step]:
        return self.hand.steps.get(self.name, ())

    def words(self, key: str, **values: object) -> str:
        return text(f"assoc_{key}", self.hand.language, **values)

    def paper(self) -> Paper:
        run, language = self.hand.run, self.hand.language
        told = self.words("sources", sources=publishers(run.record["sources"]))
        blocks = [*self.first_page(), Block("page"), *self.areas(), *self.asked(), *self.sure()]
        return Paper(
            language,
            self.words("title", association=self.name),
            self.hand.lead,
            [*blocks, Block("text", told)],
            text("evening_about", language),
            self.hand.marks,
        )

    def first_page(self) -> Iterator[Block]:
        """Yield what whoever leads the work needs this evening."""
        rounds = self.rounds()
        if not self.steps:
            none = "evening_none" if self.hand.planned else "assoc_none"
            yield Block("box", self.words("begin_own"), items=[text(none, self.hand.language)])
        else:
            first = next((one for one in self.steps if one.opening), self.steps[0])
            said = f"{text('evening_say', self.hand.language)} {first.opening}"
            told = [f"{first.told} {first.weeks}.", *([said] if first.opening else [])]
            yield Block("box", f"{self.words('begin')} {first.title}", items=told)
        yield Block("heading", self.words("rounds" if self.steps else "best"))
        yield Block("maps", pictures=rounds)
        if self.steps:
            yield Block("heading", self.words("how"))
            yield Block("list", items=[*self.how()])
        yield Block("blank", items=[text("evening_meet", self.hand.language), self.words("leads")])

    def rounds(self) -> list[Picture]:
        """Return the first areas at whose doors the association knocks, else its own best."""
        ahead = sorted(self.steps, key=lambda one: one.channel != CANVASS)
        told: dict[str, list[str]] = {}
        for one in ahead:
            told.setdefault(one.area_code, [one.told, f"{one.weeks}."])
        picked = [*told] or [*map(str, self.rows.index)]
        areas = self.hand.run.scored.areas
        return [
            Picture(
                sketch(areas.geometry.loc[[code]], [letter], self.hand.ground),
                f"{letter}. {areas['area_name'][code]}",
                self.words("map_alt", area=areas["area_name"][code]),
                told.get(code, [self.rows["opening_line"][code] or ""]),
            )
            for letter, code in zip(LETTERS, picked, strict=False)
        ]

    def how(self) -> Iterator[str]:
        made = self.hand.planned
        if made is None:
            return
        plan = made.made.plan
        crew = plan.crew_of(self.name)
        pairs = max(crew.people // plan.doors.together, 1)
        hours = decimal(crew.hours_per_evening, 1, self.hand.language)
        yield self.words("pairs", people=crew.people, pairs=pairs, hours=hours)
        yield self.words("material")
        yield self.words("after")

    def areas(self) -> Iterator[Block]:
        """Yield its areas in order, with why, what to do there, and their figures."""
        rows, areas = self.rows, self.hand.run.scored.areas
        numbers = [str(number) for number in range(1, len(rows) + 1)]
        yield Block("heading", self.words("areas"))
        whole_map = sketch(areas.geometry.loc[rows.index], numbers, self.hand.ground)
        yield Block("maps", pictures=[Picture(whole_map, self.words("all"), self.words("all_alt"))])
        told = [
            [f"{number}. {row['area_name']}", *(row[key] or "–" for key in WHY)]
            for number, row in zip(numbers, rows.to_dict("records"), strict=True)
        ]
        head = [self.words(f"column_{key}") for key in ("area", "verdict", "action", "reason")]
        yield Block("table", self.words("areas_told"), head=head, rows=told)
        yield Block("heading", self.words("figures"))
        head = [self.words("column_place")]
        head += [self.words(f"column_{key}") for key in [*FIGURES, *SHARES]]
        yield Block("table", self.words("figures_told"), head=head, rows=[*self.figures()])

    def figures(self) -> Iterator[list[str]]:
        """Yield the county's, each municipality's, its own and each area's figures."""
        run, table = self.hand.run, self.hand.table
        language = self.hand.language
        yield figure_row(reach(run.campaign, language).capitalize(), totals(table), language)
        for name in sorted(self.rows["municipality_name"].dropna().astype(str).unique()):
            whole_of = totals(table[table["municipality_name"] == name])
            yield figure_row(self.words("municipality", name=name), whole_of, language)
        yield figure_row(self.words("own", name=self.name), totals(self.rows), language)
        for number, (_, row) in enumerate(self.rows.iterrows(), start=1):
            yield figure_row(f"{number}. {row['area_name']}", row, language)

    def asked(self) -> Iterator[Block]:
        """Yield what is asked of the association, and what it gets."""
        language, made = self.hand.language, self.hand.planned
        if made is not None and self.steps:
            crew = made.made.plan.crew_of(self.name)
            chosen = made.made.chosen
            hours = chosen[chosen["association"] == self.name].groupby("channel")["hours"].sum()
            yield Block("heading", self.words("asked"))
            yield Block(
                "list",
                items=[
                    self.words(
                        "asked_line",
                        channel=text(f"channel_{channel}", language),
                        evenings=evenings_words(hours[channel], crew, language),
                        last=max(own, key=lambda one: one.last).weeks,
                    )
                    for channel in dict.fromkeys(one.channel for one in self.steps)
                    if (own := [one for one in self.steps if one.channel == channel])
                ],
            )
        yield Block("heading", self.words("gets"))
        letter = self.hand.letters.get(self.name, "") or self.words("no_letters")
        yield Block("list", items=[letter, self.words("gets_files")])

    def sure(self) -> Iterator[Block]:
        """Yield how sure the verdicts are, and what only those who live there know."""
        run, language = self.hand.run, self.hand.language
        labels = verdict_labels(language)
        by_verdict = self.rows.groupby("verdict", sort=False)["area_name"].apply(list)
        yield Block("heading", self.words("sure"))
        told = [self.words("sure_how"), *own_best(run).get(self.name, [])]
        meanings = verdict_meanings(
            run.campaign.uncertainty, top_k=run.scored.top_k, language=language
        )
        told += [
            f"{labels[key]}: {listed([*map(str, by_verdict[labels[key]])], language)}. {meaning}"
            for key, meaning in meanings.items()
            if labels[key] in by_verdict and key in (FULL, ASK)
        ]
        yield Block("list", items=told)
        yield Block("heading", self.words("answer"))
        yield Block("text", self.words("answer_told"))


def figure_row(name: str, row: pd.Series, language: Language) -> list[str]:
    """Return one row of official figures as they are written: "–" where nothing is known."""
    shares = [
        f"{decimal(100 * row[one], 1, language)}" if pd.notna(row[one]) else "–" for one in SHARES
    ]
    counts = [whole(round(row[one]), language) if pd.notna(row[one]) else "–" for one in FIGURES]
    return [name, *counts, *shares]
