"""What one association is given on paper: its evenings, then its areas, and how sure it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config.counties import reach
from geoprio.counts.figures import OWN
from geoprio.files.paper import Block, Paper, Picture
from geoprio.files.sketch import Ground, sketch
from geoprio.plans.efforts import CANVASS
from geoprio.reports.afterwards import afterwards
from geoprio.reports.evening import (
    Step,
    association_steps,
    beside_list,
    effort_label,
    evenings_said,
    evenings_words,
    letters_of,
    passes_of,
    span_words,
)
from geoprio.reports.lists import own_best, scores_in_words
from geoprio.reports.proposal import Planned
from geoprio.reports.rounds import rounds
from geoprio.runs import GROUND_FRAME, Run
from geoprio.runs.notes import basis_line, listed, publishers
from geoprio.scores import verdict_labels, verdict_meanings
from geoprio.scores.verdicts import ASK, FULL
from geoprio.sources.activity import NOTHING_DONE
from geoprio.tables import CRS, for_audience
from geoprio.words import Language, decimal, spoken, text, whole

ROUNDS = 3
"""Rundor with a map of their own on the first page."""
FIGURES = ["population_count", "households_count", "electors_count"]
ROUND = ["association", "round_number", "round_name", "week", "week_last", "area_code", "geometry"]
WHY = ["verdict", "action", "public_reason"]
TOLD = [*WHY, "opening_line"]
SHARES = ["turnout_share", "red_green_share"]


@dataclass(frozen=True, eq=False)
class Hand:
    """A run and its plan, with what every association's papers are made of, each made once."""

    run: Run
    planned: Planned | None = None
    """None of a campaign without a plan: then there are no evenings to tell of."""
    done: pd.DataFrame = field(default_factory=lambda: NOTHING_DONE)
    """What is done by area, as `read_activity` returns it; no rows where nobody has told."""
    answers: pd.DataFrame = field(default_factory=pd.DataFrame)
    """What associations have answered, by name, as `read_answers` returns it."""
    after: pd.DataFrame = field(default_factory=pd.DataFrame)
    """The next election's result by area, as `read_outcome` returns it; no rows before it."""

    @property
    def language(self) -> Language:
        """Language of the papers."""
        return self.run.language

    @cached_property
    def names(self) -> list[str]:
        """Every association that has areas of the scored set."""
        return sorted(self.run.scored.areas["association"].dropna().astype(str).unique())

    def answer(self, name: str, asked: str) -> str:
        """Return what an association has answered; "" where it has not."""
        return str(self.answers[asked][name]) if name in self.answers.index else ""

    @cached_property
    def ground(self) -> Ground:
        """What maps are drawn on."""
        return Ground.of(self.run.scored.areas, self.run.frames.get(GROUND_FRAME))

    @cached_property
    def steps(self) -> Mapping[str, Sequence[Step]]:
        """What each association does, week by week."""
        return association_steps(self.run, self.planned.stops) if self.planned else {}

    @cached_property
    def rounds(self) -> gpd.GeoDataFrame:
        """Every association's rundor in their order, each with the scored area that it lies in."""
        if self.planned is None or self.planned.round_areas.empty:
            return gpd.GeoDataFrame(columns=ROUND, geometry="geometry", crs=CRS)
        found = rounds(self.run, self.planned.round_areas)
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
        told[TOLD] = told[TOLD].astype(object).fillna("")  # an area without a score has no words
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


def area_figures(run: Run) -> pd.DataFrame:
    """Return official figures of each area of the scored set: counts, and shares (0-1)."""
    level = run.scored
    counts = level.counts.filter(items=["population_count"])
    parts = [counts, level.indicators[["households_count", *SHARES]], level.votes]
    return pd.concat(parts, axis=1).reindex(columns=[*FIGURES, *SHARES])


def origins_of(run: Run, columns: Sequence[str]) -> pd.DataFrame:
    """Return where each figure of each area is from; NaN where nobody says other than its own.

    Electors and votes are from where turnout is: polling districts, where nothing is said nearer.
    """
    level = run.scored
    kept = run.frames.get(f"{level.area_set}_origins", pd.DataFrame())
    kept = kept.reindex(level.areas.index).astype(object)
    turnout = kept.reindex(columns=["turnout_share"])["turnout_share"]
    votes = {name: turnout for name in columns if name in level.votes}
    return kept.reindex(columns=[*columns]).assign(**votes)


def totals(figures: pd.DataFrame) -> pd.Series:
    """Return the figures of several areas together: sums, and shares of their electors.

    NaN where any area is unknown: what is known of the others is not the whole.
    """
    sums = figures[FIGURES].sum(skipna=False) if len(figures) else pd.Series(np.nan, FIGURES)
    weights = figures["electors_count"]
    of = {
        name: (figures[name] * weights)[weights > 0].sum(skipna=False) / weights.sum()
        if weights.gt(0).any() and weights.notna().all()
        else np.nan
        for name in SHARES
    }
    together: pd.Series = pd.concat([sums, pd.Series(of)])
    return together


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

    def brief(self, key: str, **values: object) -> str:
        return text(f"assoc_{key}", self.hand.language, **values)

    def paper(self) -> Paper:
        run, language = self.hand.run, self.hand.language
        told = self.brief("sources", sources=publishers(run.record["sources"]))
        blocks = [*self.first_page(), Block("page"), *self.areas(), *self.asked(), *self.sure()]
        blocks += afterwards(run, self.name, self.hand.done, self.hand.after)
        return Paper(
            language,
            self.brief("title", association=self.name),
            f"{text('audience_forening', language)}. {self.hand.lead}",
            [*blocks, Block("text", told)],
            text("evening_about", language),
            self.hand.marks,
        )

    def first_page(self) -> Iterator[Block]:
        """Yield what whoever leads the work needs this evening."""
        if not self.steps:
            none = "evening_none" if self.hand.planned else "assoc_none"
            yield Block("box", self.brief("begin_own"), items=[text(none, self.hand.language)])
        else:
            first = next((one for one in self.steps if one.opening), self.steps[0])
            said = f"{text('evening_say', self.hand.language)} {first.opening}"
            told = [self.whole_of(first), *([said] if first.opening else [])]
            local = self.hand.answer(self.name, "local")
            told += [self.brief("local", words=local)] if local else []
            yield Block("box", f"{self.brief('begin')} {first.title}", items=told)
            beside = beside_list(self.hand.run, self.name, self.steps)
            yield from [Block("text", beside)] if beside else []
        yield Block("heading", self.brief("rounds" if self.steps else "best"))
        yield Block("maps", pictures=self.rounds() or self.best())
        if self.steps:
            yield Block("heading", self.brief("how"))
            yield Block("list", items=[*self.how()])
        yield Block("blank", items=[text("evening_meet", self.hand.language), self.brief("leads")])

    @cached_property
    def own_rounds(self) -> list[dict[str, Any]]:
        found = self.hand.rounds
        rows: list[dict[str, Any]] = found[found["association"] == self.name].to_dict("records")
        return rows

    def whole_of(self, first: Step) -> str:
        """Return how much the first step is: all of its round, as the round's map says too."""
        for one in self.own_rounds[:1] if first.channel == CANVASS else ():
            if str(one["round_name"]) in first.title:
                return self.round_told(one)
        return f"{first.told} {first.weeks}."

    def round_told(self, one: Mapping[str, Any]) -> str:
        made, language = self.hand.planned, self.hand.language
        if made is None:
            return ""
        plan = made.made.plan
        crew, several = plan.crew_of(self.name), passes_of(plan, one["effort"]) > 1
        return self.brief(
            "round",
            doors=spoken(pd.Series([one["doors_count"]]), language).iloc[0],
            passes=f" ({effort_label(plan, one['effort'], language)})" if several else "",
            evenings=evenings_words(one["hours"], crew, language),
            weeks=span_words(one["week"], one["week_last"], language),
        )

    def rounds(self) -> list[Picture]:
        """Return the first rundor, each with how long it takes, when, and where to meet."""
        return [
            self.picture(
                gpd.GeoSeries([one["geometry"]], crs=CRS),
                (f"{round(one['round_number'])}", str(one["round_name"])),
                [self.round_told(one), *self.meeting(str(one["meeting_place"] or ""))],
            )
            for one in self.own_rounds[:ROUNDS]
        ]

    def meeting(self, place: str) -> list[str]:
        return [self.brief("meet", place=place)] if place else []

    def best(self) -> list[Picture]:
        """Return the areas that it works in first, else its own best: where nobody canvasses."""
        told: dict[str, list[str]] = {}
        for one in self.steps:
            told.setdefault(one.area_code, [one.told, f"{one.weeks}."])
        areas = self.hand.run.scored.areas
        return [
            self.picture(
                areas.geometry.loc[[code]],
                (letter, str(areas["area_name"][code])),
                told.get(code, [self.rows["opening_line"][code]]),
            )
            for letter, code in zip("ABC", [*told] or [*map(str, self.rows.index)], strict=False)
        ]

    def picture(
        self, shape: gpd.GeoSeries, named: tuple[str, str], lines: Sequence[str]
    ) -> Picture:
        number, name = named
        drawn = sketch(shape, [number], self.hand.ground)
        return Picture(drawn, f"{number}. {name}", self.brief("map_alt", area=name), lines)

    def how(self) -> Iterator[str]:
        made = self.hand.planned
        if made is None:
            return
        plan = made.made.plan
        crew = plan.crew_of(self.name)
        pairs = crew.people // plan.doors.together
        hours = decimal(crew.hours_per_evening, 1, self.hand.language)
        if pairs:
            yield self.brief("pairs", people=crew.people, pairs=pairs, hours=hours)
        else:
            yield self.brief("alone")
        yield self.brief("material")
        yield self.brief("after")

    def areas(self) -> Iterator[Block]:
        """Yield its areas in order, with why, what to do there, and their figures."""
        rows, areas = self.rows, self.hand.run.scored.areas
        numbers = [str(number) for number in range(1, len(rows) + 1)]
        yield Block("heading", self.brief("areas"))
        whole_map = sketch(areas.geometry.loc[rows.index], numbers, self.hand.ground)
        yield Block("maps", pictures=[Picture(whole_map, self.brief("all"), self.brief("all_alt"))])
        told = [
            [f"{number}. {row['area_name']}", *(row[key] or "–" for key in WHY), planned]
            for number, row, planned in zip(
                numbers, rows.to_dict("records"), self.planned_ways(), strict=True
            )
        ]
        keys = ("area", "verdict", "action", "reason", "planned")
        head = [self.brief(f"column_{key}") for key in keys]
        yield Block("table", self.brief("areas_told"), head=head, rows=told)
        yield Block("heading", self.brief("figures"))
        whence = origins_of(self.hand.run, columns := [*FIGURES, *SHARES])
        counted = (whence.isna() | (whence == OWN)).all()
        head = [self.brief("column_place")]
        for key in columns:
            # Homes are households where those are counted, else dwellings.
            homes = key in self.hand.run.scored.counts or key != "households_count"
            name = self.brief(f"column_{key if homes else 'dwellings_count'}")
            head.append(name if counted[key] else self.brief("estimated", name=name))
        yield Block("table", self.brief("figures_told"), head=head, rows=[*self.figures()])
        if not counted.all():
            yield Block("text", self.brief("estimated_told"), dense=True)

    def planned_ways(self) -> list[str]:
        """Return in which ways the plan works each area; "–" where in none.

        That there is no time for the doors of an area to go all in in is said.
        """
        ways: dict[str, list[str]] = {}
        for one in self.steps:
            said = text(f"channel_{one.channel}", self.hand.language)
            if said not in ways.setdefault(one.area_code, []):
                ways[one.area_code].append(said)
        doors = text(f"channel_{CANVASS}", self.hand.language)
        full = self.rows["verdict"] == verdict_labels(self.hand.language)[FULL]
        if self.hand.planned and self.hand.channel == CANVASS:
            for code in self.rows.index[full]:
                if doors not in (own := ways.setdefault(str(code), [])):
                    own.append(self.brief("no_time"))
        return [", ".join(ways.get(str(code), [])) or "–" for code in self.rows.index]

    def figures(self) -> Iterator[list[str]]:
        """Yield the county's, each municipality's, its own and each area's figures."""
        run, table = self.hand.run, self.hand.table
        language = self.hand.language
        yield figure_row(reach(run.campaign, language).capitalize(), totals(table), language)
        for name in sorted(self.rows["municipality_name"].dropna().astype(str).unique()):
            whole_of = totals(table[table["municipality_name"] == name])
            yield figure_row(self.brief("municipality", name=name), whole_of, language)
        yield figure_row(self.brief("own", name=self.name), totals(self.rows), language)
        for number, (_, row) in enumerate(self.rows.iterrows(), start=1):
            yield figure_row(f"{number}. {row['area_name']}", row, language)

    def asked(self) -> Iterator[Block]:
        """Yield what is asked of the association, and what it gets."""
        language, made = self.hand.language, self.hand.planned
        if made is not None and self.steps:
            crew = made.made.plan.crew_of(self.name)
            lines = []
            for channel in dict.fromkeys(one.channel for one in self.steps):
                own = [one for one in self.steps if one.channel == channel]
                # Each round is whole evenings, also one that goes on in the next phase.
                walked = sum(one["evenings"] for one in self.own_rounds if channel == CANVASS)
                count = round(walked) or sum(one.evenings for one in own)
                line = self.brief(
                    "asked_line",
                    channel=text(f"channel_{channel}", language),
                    evenings=evenings_said(count, crew, language),
                    last=max(own, key=lambda one: one.last).weeks,
                )
                lines.append(line)
            yield from (Block("heading", self.brief("asked")), Block("list", items=lines))
        yield from self.done()
        yield Block("heading", self.brief("gets"))
        letter = self.hand.letters.get(self.name, "") or self.brief("no_letters")
        yield Block("list", items=[letter, self.brief("gets_files")])

    def done(self) -> Iterator[Block]:
        """Yield what is done beside what is planned in each of its areas, where any is told of."""
        names = self.rows["area_name"]
        each = progress(self.hand, names.index.to_series()).reindex(names.index).dropna(how="all")
        if not (each["visited"].notna() | each["withheld"].gt(0)).any():
            return
        owner = pd.Series(self.brief("own", name=self.name), names.index)
        each.index = pd.Index(names[each.index])
        rows = pd.concat([each, progress(self.hand, owner)])
        head = [self.brief(f"column_{key}") for key in ("area", "doors", "visited")]
        yield Block("heading", self.brief("done"))
        yield Block(
            "table", self.brief("done_told"), head=head, rows=progress_rows(rows, self.hand)
        )

    def sure(self) -> Iterator[Block]:
        """Yield how sure the verdicts are, and what only those who live there know."""
        run, language = self.hand.run, self.hand.language
        labels = verdict_labels(language)
        by_verdict = self.rows.groupby("verdict", sort=False)["area_name"].apply(list)
        yield Block("heading", self.brief("sure"))
        # Where the plan says where to begin, nothing else does.
        best = [] if self.steps else own_best(run).get(self.name, [])
        told = [self.brief("sure_how"), *best]
        meanings = verdict_meanings(
            run.campaign.uncertainty, top_k=run.scored.top_k, language=language
        )
        told += [
            f"{labels[key]}: {listed([*map(str, by_verdict[labels[key]])], language)}. {meaning}"
            for key, meaning in meanings.items()
            if labels[key] in by_verdict and key in (FULL, ASK)
        ]
        yield Block("list", items=told)
        yield Block("heading", self.brief("answer"))
        yield Block("text", self.brief("answer_told"))


def progress(hand: Hand, owner: pd.Series) -> pd.DataFrame:
    """Return doors `planned` and households `visited` by what areas are of, where either is told.

    `owner` is by area code; areas that it lacks are left out. `visited` is a sum of what is told,
    NaN where nothing is, and a least where some is `withheld` or `untold` (how many areas);
    `behind` is what of it was where doors are planned.
    """
    doors = pd.Series(dtype=float)
    if hand.planned:
        chosen = hand.planned.made.chosen
        of_area = chosen[chosen["channel"] == CANVASS].groupby("area_code")["doors_count"]
        doors = of_area.sum(skipna=False)
    visited = hand.done["visited_count"]
    codes = doors.index.union(visited.index)
    told = codes.isin(visited.index)
    each = pd.DataFrame(
        {
            "planned": doors.reindex(codes, fill_value=0.0),
            "visited": visited.reindex(codes),
            "behind": visited.reindex(codes).where(codes.isin(doors.index)),
            "withheld": (told & visited.reindex(codes).isna()).astype(float),
            "untold": (~told).astype(float),
        }
    )
    by = each.groupby(owner.reindex(codes).to_numpy())
    told_of = by[["visited", "behind"]].sum(min_count=1)
    return by.sum(skipna=False).assign(**told_of)


def progress_rows(rows: pd.DataFrame, hand: Hand) -> list[list[str]]:
    """Return each row of `progress` as it is written: its name, what is planned, what is done."""
    language = hand.language
    return [
        [
            str(name),
            whole(round(row["planned"]), language) if row["planned"] > 0 else "–",
            _visited(row, hand),
        ]
        for name, row in rows.iterrows()
    ]


def _visited(row: pd.Series, hand: Hand) -> str:
    if np.isnan(row["visited"]):
        return text("not_shown", hand.language) if row["withheld"] else "–"
    return at_least(row, whole(round(row["visited"]), hand.language), hand.language)


def at_least(row: pd.Series, told: str, language: Language) -> str:
    """Return a figure of `visited`, told as a least where more may be done than is known."""
    known = row["withheld"] + row["untold"] == 0
    return told if known else f"{text('state_at_least', language)} {told}"


def figure_row(name: str, row: pd.Series, language: Language) -> list[str]:
    """Return one row of official figures as they are written: "–" where nothing is known."""
    shares = [
        f"{decimal(100 * row[one], 1, language)}" if pd.notna(row[one]) else "–" for one in SHARES
    ]
    counts = [whole(round(row[one]), language) if pd.notna(row[one]) else "–" for one in FIGURES]
    return [name, *counts, *shares]
