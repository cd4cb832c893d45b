"""An evening's answer: what an association does first, and then, on one page and in a calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from geoprio.config.resources import Crew, Plan
from geoprio.files.ics import Entry, render_calendar
from geoprio.files.paper import render_template
from geoprio.plans.efforts import CANVASS, PART, STAND, WHOLE, whole_evenings
from geoprio.plans.postal import week_days
from geoprio.plans.programme import Programme
from geoprio.reports.edition_page import edition_weeks
from geoprio.reports.lists import own_best
from geoprio.reports.rounds import in_rounds, without_leftovers
from geoprio.reports.stops import Stops
from geoprio.runs import Run
from geoprio.runs.notes import basis_line, listed
from geoprio.tables import for_audience
from geoprio.words import Language, spoken, text, whole

NEXT = 10
"""Steps on the page at most: what follows stands in the calendar."""


@dataclass(frozen=True)
class Step:
    """One thing that an association does."""

    title: str
    told: str
    weeks: str
    first: date
    last: date
    opening: str
    """What is said first: of the area, then of the phase."""
    message: str = ""
    """The phase's."""
    tonight: str = ""
    """How much of it the first evening is."""
    area_code: str = ""
    channel: str = ""
    evenings: int = 1


def evening_pages(run: Run, stops: Stops, status: str) -> dict[str, tuple[bytes, bytes]]:
    """Return each association's page (HTML) and calendar, by its name.

    An association meets its own areas alone: no figure of a group, no other's plan.
    """
    plan = stops.made.plan
    best, letters = own_best(run), letters_of(run, plan)
    pages = {}
    for name, steps in association_steps(run, stops).items():
        none_first = [text("evening_own", run.language)] if name in best and steps else []
        remarks = [beside_list(run, name, steps), *none_first, letters.get(name, "")]
        remarks.append(locked_doors(run, stops.made, name))
        title = text("evening_title", run.language, association=name)
        told = _Told(run, plan, title, status, steps, remarks)
        told = replace(told, meeting=stops.meeting(name), messages=stops.messages.get(name, ()))
        pages[name] = (told.page(), told.calendar())
    return pages


def beside_list(run: Run, name: str, steps: Sequence[Step]) -> str:
    """Return why the plan begins elsewhere than the map's list does; "" where it does not."""
    ranks = next(iter(run.scored.known.values()))["rank"]
    own = ranks[run.scored.areas["association"] == name].dropna()
    begin = next((one.area_code for one in steps if one.opening), "")
    names = run.scored.areas["area_name"]
    if own.empty or begin not in names or begin == own.idxmin():
        return ""
    first, planned = names[own.idxmin()], names[begin]
    return text("evening_beside_list", run.language, first=first, planned=planned)


def locked_doors(run: Run, made: Programme, name: str) -> str:
    """Return how many homes no door is counted for, as they are behind a code; "" where none is."""
    least, plan = made.efforts, made.plan
    worked = made.chosen.loc[made.chosen["channel"] == CANVASS, "area_code"]
    least = least[(least["association"] == name) & least["area_code"].isin(worked)]
    least = least[(least["channel"] == CANVASS) & (least["effort"] == plan.efforts[0].name)]
    doors = least["doors_count"].sum() / plan.efforts[0].doors_share
    homes = run.scored.indicators.loc[least["area_code"], "households_count"].sum()
    locked = round(100 * (1 - doors / homes)) if homes else 0
    return text("evening_locked", run.language, locked=locked) if locked > 0 else ""


def association_steps(run: Run, stops: Stops) -> dict[str, list[Step]]:
    """Return what each association does, week by week, by its name."""
    made = stops.made
    table = _own_table(run, stops)
    # A count as one says it: two figures.
    counts = {"doors": table["doors_count"], "homes": table["households_count"]}
    spoken_counts = pd.DataFrame({key: spoken(one, run.language) for key, one in counts.items()})
    found = {}
    for name in sorted(made.places["association"].dropna().unique()):
        own = table[table["association"] == name]
        for_audience(own, "forening", association=name)
        rows = pd.concat([own, spoken_counts[table["association"] == name]], axis=1)
        found[name] = [_step(run, stops, row) for row in rows.reset_index().to_dict("records")]
    return found


def trade_pages(run: Run, stops: Stops, status: str) -> dict[str, tuple[bytes, bytes]]:
    """Return the page and calendar of each trade association that has workplaces to visit."""
    language, plan = run.language, stops.made.plan
    made = stops.visits.dropna(subset=["trade", "week"])
    pages = {}
    for name, own in made.groupby("trade", sort=False):
        title = text("trade_title", language, trade=name)
        steps = [_visit(language, row) for _, row in own.iterrows()]
        told = _Told(run, plan, title, status, steps, ())
        pages[str(name)] = (told.page(), told.calendar())
    return pages


def _visit(language: Language, row: pd.Series) -> Step:
    monday, employees = date.fromisoformat(str(row["week"])), float(str(row["employees"]))
    parts = {
        "visit_employees": employees > 0 and whole(int(employees), language),
        "visit_shifts": row["shifts"],
    }
    told = [text(key, language, told=value) for key, value in parts.items() if value]
    title = text("visit_title", language, **row)
    words = week_words(monday, monday, language)
    return Step(title, " ".join(told), words, monday, monday + timedelta(days=6), "")


def _own_table(run: Run, stops: Stops) -> pd.DataFrame:
    """Return what each association does in the order of its weeks, with what is said first."""
    # Work that goes on in two phases is two steps: each has its own message.
    made = stops.made
    chosen, weeks = in_rounds(stops.round_areas, made, run.language)
    evening = made.plan.crew.hours_per_evening
    weeks = without_leftovers(weeks.rename_axis("place").reset_index(), ["place"], evening)
    spans = weeks.groupby(["place", "phase"], sort=False)
    steps = spans.agg(first=("week", "first"), last=("week", "last"), own=("hours", "sum"))
    table = steps.reset_index("phase").join(chosen)
    table = table.join(made.places["area_name"], on="area_code")
    table["area_name"] = table["round_name"].fillna(table["area_name"])
    counts = ["hours", "doors_count", "households_count"]
    table[counts] = table[counts].mul(table["own"] / table["hours"], axis=0)
    lines = run.scored.advice["opening_line"]
    table["opening_line"] = table["area_code"].map(lines).fillna("")
    table["week"] = table["first"] + " " + table["last"]
    kept = ["area_code", "area_name", "association", "channel", "effort", "phase", "week", "hours"]
    order = table.assign(canvassed=table["channel"] != CANVASS)
    order = order.sort_values(["association", "week", "canvassed"], kind="stable")
    kept += ["round_name", "doors_count", "households_count", "opening_line"]
    return order[kept].set_index("area_code")


def _step(run: Run, stops: Stops, row: Mapping[str, object]) -> Step:
    language, plan, name = run.language, stops.made.plan, str(row["association"])
    crew = plan.crew_of(name)
    first, last = (date.fromisoformat(day) for day in str(row["week"]).split())
    channel, effort = str(row["channel"]), str(row["effort"])
    place = stops.stand(name, str(row["area_code"])) if channel == STAND else ""
    key = f"step_{channel}_at" if place else f"step_{channel}"
    passes = passes_of(plan, effort)
    if isinstance(row["round_name"], str) and passes == 1:
        # How much of the area is knocked is not what is said of one of its rounds.
        key = "step_round"
    evenings = evenings_of(float(str(row["hours"])), crew)
    told = text(
        key,
        language,
        place=place,
        doors=row["doors"],
        homes=row["homes"],
        evenings=evenings_said(evenings, crew, language),
        effort=effort_label(plan, effort, language),
    )
    phase = next(one for one in plan.phases if one.name == row["phase"])
    message = phase.message.told(language) if phase.message else ""
    # A stand or a round begins as its area's card does; what the phase is about comes next.
    opening = " ".join(filter(None, [str(row["opening_line"]), message]))
    return Step(
        title=text("step_title", language, what=text(f"channel_{channel}", language), **row),
        told=told,
        weeks=week_words(first, last, language),
        first=first,
        last=last + timedelta(days=6),
        opening=opening if channel in (CANVASS, STAND) else "",
        message=message if channel in (CANVASS, STAND) else "",
        tonight=_tonight(row, plan, evenings, language),
        area_code=str(row["area_code"]),
        channel=channel,
        evenings=evenings,
    )


def evenings_words(hours: float, crew: Crew, language: Language) -> str:
    """Return how many evenings so many hours are for those who come: "3 kvällar för 4 personer"."""
    return evenings_said(evenings_of(hours, crew), crew, language)


def evenings_said(count: int, crew: Crew, language: Language) -> str:
    """Return so many evenings of those who come in words."""
    key = "evenings_one" if count == 1 else "evenings_many"
    return text(key, language, count=whole(count, language), people=crew.people)


def evenings_of(hours: float, crew: Crew) -> int:
    """Return how many whole evenings so many hours are for those who come."""
    work = pd.Series([hours / max(crew.people * crew.hours_per_evening, 1e-9)])
    return int(whole_evenings(work).iloc[0])


def _tonight(row: Mapping[str, object], plan: Plan, evenings: int, language: Language) -> str:
    """Return how many doors the first of several evenings has; "" where it has all."""
    if row["channel"] != CANVASS or evenings == 1:
        return ""
    # A door that is knocked again takes its time twice.
    knocks = plan.doors.knocks(passes_of(plan, str(row["effort"])))
    doors = pd.Series([float(str(row["doors_count"])) * knocks / evenings])
    return text("evening_tonight", language, doors=spoken(doors, language).iloc[0])


def passes_of(plan: Plan, effort: str) -> int:
    """Return how many times an effort knocks a door that nobody opens."""
    return next((one.rounds for one in plan.efforts if one.name == effort), 1)


def effort_label(plan: Plan, effort: str, language: Language) -> str:
    """Return what an effort is called."""
    own = {one.name: one.label.told(language) for one in plan.efforts}
    others = {PART: text("effort_part", language), WHOLE: text("effort_whole", language)}
    return {**others, **own}[effort]


def week_words(first: date, last: date, language: Language) -> str:
    """Return the weeks from one Monday to another: "v. 10-12 2030"."""
    one, two = first.isocalendar(), last.isocalendar()
    if first == last:
        return text("week_one", language, week=one.week, year=one.year)
    if one.year == two.year:
        return text("week_span", language, first=one.week, last=two.week, year=one.year)
    return text(
        "week_span_years", language, first=one.week, before=one.year, last=two.week, year=two.year
    )


def span_words(first: str, last: str, language: Language) -> str:
    """Return the weeks from one Monday to another, each an ISO day."""
    return week_words(date.fromisoformat(first), date.fromisoformat(last), language)


def letter_week(week: str, language: Language) -> str:
    """Return the week that a mailing lands in as other weeks are written; else as it stands."""
    first, last = week_days(week)
    monday = date.fromisoformat(first) if first != last else None
    return week_words(monday, monday, language) if monday else week


def letters_of(run: Run, plan: Plan) -> dict[str, str]:
    """Return by association when the district's mailing lands in which of its areas."""
    language, mailing = run.language, run.mailing
    own = mailing[mailing["payer"].isna()].reset_index()
    own = own.assign(association=own["area_code"].map(run.scored.areas["association"]))
    own["area_name"] = own["area_code"].map(run.scored.areas["area_name"])
    editions = edition_weeks(run, plan)
    told: dict[str, str] = {}
    for (name, edition, wave), rows in own.groupby(["association", "edition", "wave"]):
        line = text(
            "evening_mailing",
            language,
            week=letter_week(editions[str(edition)][round(float(str(wave))) - 1], language),
            areas=listed(sorted(rows["area_name"].astype(str)), language),
        )
        told[str(name)] = " ".join(filter(None, [told.get(str(name), ""), line]))
    return told


@dataclass(frozen=True)
class _Told:
    """One association's page and calendar."""

    run: Run
    plan: Plan
    title: str
    status: str
    steps: Sequence[Step]
    remarks: Sequence[str]
    meeting: str = ""
    """Where it could meet."""
    messages: Sequence[tuple[str, str, str, list[str]]] = ()
    """Where the party governs: the municipality, what is done, what is next, its figures."""

    @property
    def marks(self) -> list[str]:
        """What is not of the real world: the county, or the people and their hours."""
        example = text("plan_example", self.run.language) if self.plan.example else ""
        return [*filter(None, [self.run.mark, example])]

    def page(self) -> bytes:
        run, language = self.run, self.run.language
        canvass = [one for one in self.steps if one.opening] or list(self.steps)
        return render_template(
            "geoprio.reports/evening.html",
            language=language,
            title=self.title,
            marks=self.marks,
            status=self.status,
            first=canvass[0] if canvass else None,
            steps=_said_anew(self.steps[:NEXT]),
            more=len(self.steps) - NEXT,
            remarks=[*filter(None, self.remarks)],
            meeting=self.meeting,
            messages=self.messages,
            basis=basis_line(run.campaign, language),
            words={
                key: text(f"evening_{key}", language)
                for key in (
                    *("begin", "say", "then", "more", "none", "meet", "notice", "about"),
                    *("governing", "done", "ahead"),
                )
            },
        )

    def calendar(self) -> bytes:
        marks = " ".join([*self.marks, self.status])
        entries = [
            Entry(one.first, one.last, one.title, f"{one.told} {one.opening} {marks}".strip())
            for one in self.steps
        ]
        return render_calendar(self.title, entries)


def _said_anew(steps: Sequence[Step]) -> list[Step]:
    """Return the steps, each with its phase's message where it is another than that before."""
    told, before = [], next((one.message for one in steps if one.opening), "")
    for one in steps:
        told.append(replace(one, opening="" if one.message == before else one.message))
        before = one.message or before
    return told
