"""The tables of a run that people open in Excel: each as a CSV file, and all in workbooks."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geoprio.config.counties import reach
from geoprio.files.folder import safe_names
from geoprio.files.maps.layers import MapWork, class_limits
from geoprio.files.maps.payload import DECIMALS
from geoprio.files.table import PLACE, Sheet, Table, Wording, header, render_csv, render_workbook
from geoprio.plans.efforts import CANVASS
from geoprio.reports.edition_page import group_labels, plan_table, planned_edition, row_notes
from geoprio.runs import Level, Run
from geoprio.runs.notes import basis_words, credit, listed, publishers
from geoprio.scores import verdict_actions, verdict_labels, verdict_meanings
from geoprio.scores.verdicts import SURE_ENOUGH
from geoprio.tables import PLACE_KINDS, Audience
from geoprio.words import Language, decimal, text, whole

CERTAINTY = ["p_top", "depends", "rank_median", "rank_low", "rank_high"]
"""How sure a ranking is, where it is known."""


ADVICE = [
    *("opening_line", "local_line", "conversation_words", "krona_words"),
    *("type", "type_certainty", "cluster"),
]
QUADRANTS = ("low_low", "low_high", "high_high", "high_low")
"""Need and capacity, the least urgent first."""


def scores_in_words(level: Level) -> dict[str, pd.DataFrame]:
    """Return SCORES of each known channel, with verdict, action and reason in words.

    `depends` says in words where the verdict hangs on the weights chosen.

    A channel that nothing is known of is told in the record, not shown as an empty layer.
    """
    run, language = level.run, level.run.language
    scored = {}
    for channel, scores in level.known.items():
        profile = run.profiles[channel]
        words = {1.0: text("depends_on_weights", language), 0.0: ""}
        scored[channel] = scores.assign(
            verdict=scores["verdict"].map(verdict_labels(language)),
            action=scores["verdict"].map(verdict_actions(profile, language)),
            reason=level.advice[f"{channel}_reason"],
            depends=scores["depends_on_weights"].map(words),
        )
    return scored


def ranking(run: Run) -> Table:
    """Return one row per area of the scored set, best first in the first channel."""
    level, language, campaign = run.scored, run.language, run.campaign
    figures = [
        group_columns(
            level.ranked_groups,
            group_labels(run),
            language=language,
            minimum_count=campaign.minimum_count,
            larger={name: level.larger(f"{name}_share") for name in run.groups},
        ),
        figure_columns(level.indicators, language=language),
        Table.of(level.goals.rename_axis("area_code"), language),
        _advice(level),
    ]
    return ranking_table(
        level.places,
        {
            name: (run.label(run.profiles[name]), own)
            for name, own in scores_in_words(level).items()
        },
        figures,
        language=language,
        top_k=level.top_k,
    )


def _advice(level: Level) -> Table:
    language, shown = level.run.language, level.advice[ADVICE].copy()
    shown["type_certainty"] = (100 * shown["type_certainty"].astype(float)).round()
    shown["type"] = shown["type"].astype(object).fillna("")
    told = [name for name in ADVICE if name != "local_line" or (shown[name] != "").any()]
    return Table.of(shown[told], language)


def mailing(run: Run) -> Table:
    """Return the mailing plan: each edition's areas in their order."""
    return plan_table(run, [planned_edition(run, edition) for edition in run.campaign.editions])


def overlap(run: Run) -> Table:
    """Return the county's overlap of target groups; a small count says "färre än"."""
    language, table = run.language, run.frames["overlap"]
    labels = group_labels(run)
    few = text("fewer_than", language, number=run.campaign.minimum_count)
    union = (table["group"] == "") & table["groups_count"].isna()
    persons = table["persons_count"].astype(object).mask(table["shown"] == "small", few)
    columns = {
        "group": table["group"].map(labels).fillna(text("overlap_all", language)),
        "also": table["also"].map(labels).fillna("").mask(union, text("overlap_any", language)),
        "groups_count": table["groups_count"],
        "persons_count": persons,
        "of_count": table["of_count"],
        "share": (100 * table["share"]).round(1),
    }
    headings = {key: header(f"overlap_{key.removesuffix('_count')}", language) for key in columns}
    return Table(pd.DataFrame(columns).set_index("group"), headings)


def weights(run: Run) -> Table:
    """Return each criterion's central weight beside what it is worth in fact, in the scored set."""
    k = whole(run.scored.top_k, run.language)
    return Table.of(run.frames["weights"], run.language, k=k)


def organising(run: Run) -> Table:
    """Return the three organising lists, one below the other (METHOD 4)."""
    language, table = run.language, run.frames["organising"].set_index("area_code")
    table["list"] = table["list"].map(lambda key: text(f"list_{key}", language))
    table["status"] = table["status"].map(lambda key: text(f"status_{key}", language))
    order = ["list", "order", *PLACE, "status", "target_persons_count"]
    return Table.of(table[order], language)


def quadrants(run: Run) -> Table:
    """Return each association's need beside its capacity, in words; never a figure of members."""
    language, frame = run.language, run.frames["quadrants"]
    table = pd.DataFrame(
        {
            "need": frame["need"].map(lambda key: text(key, language)),
            "capacity": frame["capacity"].map(lambda key: text(f"capacity_{key}", language)),
            "quadrant": quadrant_words(run),
        }
    ).rename_axis("association")
    return Table.of(table, language)


def quadrant_words(run: Run) -> pd.Series:
    """Return what each association's need and capacity call for, in words."""
    kinds: pd.Series = run.frames["quadrants"]["quadrant"]
    return kinds.map(lambda key: text(f"quadrant_{key}", run.language))


def quadrant_places(run: Run) -> pd.Series:
    """Return each association's place among `quadrant_labels`, 1 first; NaN where unknown."""
    places = {name: float(place) for place, name in enumerate(QUADRANTS, start=1)}
    return run.frames["quadrants"]["quadrant"].map(places)


def quadrant_labels(language: Language) -> tuple[str, ...]:
    """Return the quadrants in a few words, the one that others should help last."""
    return tuple(text(f"quadrant_{name}", language).split(":")[0] for name in QUADRANTS)


def ranking_table(
    places: pd.DataFrame,
    channels: Mapping[str, tuple[str, pd.DataFrame]],
    figures: Sequence[Table],
    *,
    language: Language,
    top_k: int,
) -> Table:
    """Return one row per area, best first in the first channel.

    `places` has `PLACE`; `channels` have their name for people, and `score`, `rank`, `verdict`,
    `reason` and `CERTAINTY` by area; `figures` are further columns.
    """
    parts = [places[PLACE]]
    headings = {key: header(key, language) for key in ["area_code", *PLACE]}
    for channel, (label, scores) in channels.items():
        shown = scores[["rank", "score", "verdict", *CERTAINTY, "reason"]].copy()
        shown["score"] = shown["score"].round(1)
        shown["p_top"] = (100 * shown["p_top"]).round(1)
        parts.append(shown.add_prefix(f"{channel}_"))
        headings |= {
            f"{channel}_{key}": f"{label}: {header(str(key), language, k=top_k)}" for key in shown
        }
    main, (label, first) = next(iter(channels.items()))
    answers = {True: header("yes", language), False: header("no", language)}
    chosen = (first["rank"] <= top_k).map(answers).where(first["rank"].notna(), "")
    headings[f"{main}_top"] = f"{label}: {header('top', language, k=top_k)}"
    parts.insert(1, chosen.rename(f"{main}_top").to_frame())
    for more in figures:
        parts.append(more.frame)
        headings |= more.headings
    table = pd.concat(parts, axis=1).rename_axis("area_code")
    order = first["rank"].sort_index().sort_values(kind="stable", na_position="last").index
    return Table(table.loc[order], headings)


def group_columns(
    printed: pd.DataFrame,
    labels: Mapping[str, str],
    *,
    language: Language,
    minimum_count: int,
    larger: Mapping[str, pd.Series] | None = None,
) -> Table:
    """Return the groups' shares, counts, intervals and methods by area, headed by group and base.

    A figure that is exact has no interval; a small count says "färre än", one that is withheld for
    the sake of another "visas inte". Where a share is that of a larger area (its name by group in
    `larger`, "" elsewhere), the method says of which.
    """
    few = text("fewer_than", language, number=minimum_count)
    parts: list[pd.Series] = []
    headings: dict[str, str] = {}
    for name, label in labels.items():
        rows = printed[printed["group"] == name]
        # What is published of residents is an estimate of the electorate.
        estimated = rows["low"] != rows["high"]
        method = rows["method"].mask((rows["method"] == "published") & estimated, "aligned")
        whole = rows[["count", "low", "high"]].round().astype("Int64")
        count = whole["count"].astype(object).mask(rows["shown"] == "small", few)
        columns = {
            "share": (100 * rows["share"]).round(1),
            "count": count.mask(rows["shown"] == "withheld", text("not_shown", language)),
            "low": whole["low"].where(estimated),
            "high": whole["high"].where(estimated),
            "method": _methods(method, (larger or {}).get(name), language),
        }
        base = text(f"base_{rows['base'].iloc[0]}", language)
        parts += [values.rename(f"{name}_{key}") for key, values in columns.items()]
        headings |= {
            f"{name}_{key}": f"{label}: {header(key, language, base=base)}" for key in columns
        }
    return Table(pd.concat(parts, axis=1), headings)


def _methods(method: pd.Series, larger: pd.Series | None, language: Language) -> pd.Series:
    """Return each method in words, with the larger area whose share it is."""
    words = method.map(lambda key: text(f"method_{key}", language)).astype(object)
    if larger is None:
        return words
    theirs = larger.reindex(words.index).fillna("")
    told = theirs.map(lambda place: text("method_larger", language, place=place))
    return words.where(theirs == "", told)


def figure_columns(indicators: pd.DataFrame, *, language: Language) -> Table:
    """Return turnout, red-green share, mobilisation, households, and doors that are counted."""
    shown = {
        "turnout_share": (100 * indicators["turnout_share"]).round(1),
        "red_green_share": (100 * indicators["red_green_share"]).round(1),
        "mobilisation_count": indicators["mobilisation_count"].round(),
        "households_count": indicators["households_count"].round(),
    }
    return Table.of(pd.DataFrame(shown).join(counted_doors(indicators)), language)


def goal_words(goals: pd.DataFrame, language: Language) -> list[list[str]]:
    """Return by area the nearest place of each kind in words, where people vote first."""
    kinds = [kind for kind in PLACE_KINDS if f"nearest_{kind}" in goals]
    return [
        [_goal(own, f"nearest_{kind}", text(f"goal_{kind}", language), language) for kind in kinds]
        for own in goals.to_dict("records")
    ]


def _goal(own: Mapping[Hashable, Any], key: str, words: str, language: Language) -> str:
    goal = words.format(name=own[key], km=decimal(own[f"{key}_km"], 1, language))
    days = own.get(f"{key}_open_days_count", 0.0)
    if not days > 0:
        return goal
    first, last = own[f"{key}_open_from"], own[f"{key}_open_to"]
    return text("goal_open", language, goal=goal, first=first, last=last, days=round(days))


def early_votes(run: Run) -> Table:
    """Return early votes received in each municipality by day, and until then."""
    votes = run.frames["early_votes"].copy()
    names = votes["municipality_code"].map(run.municipality_names)
    votes.insert(1, "municipality_name", names.fillna(""))
    until = votes.groupby("municipality_code")["early_votes_count"].cumsum()
    table = votes.assign(early_votes_until_count=until).set_index("municipality_code")
    return Table.of(table, run.language)


def counted_doors(indicators: pd.DataFrame) -> pd.DataFrame:
    """Return doors, in houses and in flats, by area; no columns where no file counts them."""
    doors = indicators.filter(regex=r"^doors_((houses|flats)_)?count$")
    return doors.loc[:, doors.notna().any()].round()


TABLES: Mapping[str, Callable[[Run], Table]] = {
    "ranking": ranking,
    "mailing": mailing,
    "overlap": overlap,
    "weights": weights,
    "organising": organising,
    "quadrants": quadrants,
}
"""Every table of a run, by the name of its document."""


def table_file(run: Run, name: str) -> bytes:
    """Return one of `TABLES`, or the early votes, as a CSV file for the leadership."""
    told = row_notes(run)
    if name == "overlap":
        words = run.record["overlap"]
        origin = " ".join([*words["estimated"], words["origin"]])
        told = {header("overlap_origin", run.language): origin} | told
    table = {**TABLES, "early_votes": early_votes}[name](run)
    return render_csv(table, "valledning", language=run.language, notes=told)


# What an association is given of its own areas, in words for members.

_CHANNEL = ["rank", "verdict", "score", "action", "public_reason"]


Rows = list[tuple[str, str]]


def leadership_workbook(run: Run, work: MapWork | None = None) -> bytes:
    """Return the run's tables as one workbook for the leadership, with sources and definitions.

    With `work`, what the maps show of the plan, it has what is done beside what is planned.
    """
    language = run.language
    ranked, *others = [_sheet(name, table(run), run) for name, table in TABLES.items()]
    first = [*_first_sheets(run.scored), *_done_sheet(run, work)]
    sheets = [*first, *map(_narrow, others), replace(ranked, analyst=True)]
    wording = Wording(
        language,
        row_notes(run),
        front=_front(run, "valledning"),
        reading=_reading(run),
        about=[*_small_counts(run), *_definitions(run)],
    )
    return render_workbook(sheets, "valledning", wording)


def _done_sheet(run: Run, work: MapWork | None) -> list[Sheet]:
    """Return a sheet of the doors planned and the households visited, and none without a plan.

    A cell is empty where nobody has told, and says so where few were visited: neither is 0.
    """
    if work is None:
        return []
    canvassed = work.tasks[work.tasks["channel"] == CANVASS]
    doors = canvassed.groupby("area_code")["doors_count"].sum(min_count=1).round()
    done = work.done.round().astype(object).fillna(text("not_shown", run.language))
    shown = pd.concat([doors.rename("doors_count"), done.rename("visited_count")], axis=1)
    table = _placed(run.scored, shown.rename_axis("area_code"))
    ordered = table.sort_values(["association", "area_name"], kind="stable")
    return [_sheet("done", Table.of(ordered, run.language), run)]


def _sheet(name: str, table: Table, run: Run) -> Sheet:
    told = text(f"sheet_{name}_told", run.language, reach=reach(run.campaign, run.language))
    return Sheet(text(f"sheet_{name}", run.language), table, told)


_LEFT_OUT = ["municipality_name", "precision_low", "precision_high", "lift"]
"""Columns of a CSV that an A4 page has no room for."""


def _narrow(sheet: Sheet) -> Sheet:
    kept = sheet.table.frame.drop(columns=_LEFT_OUT, errors="ignore")
    return replace(sheet, table=replace(sheet.table, frame=kept))


def _first_sheets(level: Level) -> Iterator[Sheet]:
    """Yield each channel's areas that are, or may be, among the first, best first, on a sheet."""
    run, language = level.run, level.run.language
    for channel, frame in scores_in_words(level).items():
        sure = level.scores[channel]["verdict"].isin(SURE_ENOUGH) | (frame["rank"] <= level.top_k)
        told = pd.DataFrame(level.places)[["area_name", "association"]].assign(
            score=frame["score"].round(1),
            **frame[["verdict", "depends", "reason"]],
            opening_line=level.advice["opening_line"],
        )
        told.insert(0, "rank", frame["rank"])
        shown = told[sure].rename_axis("area_code")
        ordered = shown.sort_values("rank", kind="stable")
        title = run.label(run.profiles[channel])
        yield Sheet(
            title,
            Table.of(ordered, language),
            text("sheet_first_told", language, count=whole(len(shown), language)),
            limits={"score": score_limits(level, channel)},
            verdicts=["verdict"],
        )


def score_limits(level: Level, channel: str) -> list[float]:
    """Return the limits of the classes that a score is coloured by, as on the map."""
    shown = level.run.scored.known[channel]["score"].astype(float).round(DECIMALS["score"])
    return class_limits(shown, "score")[0]


def association_workbooks(run: Run, work: MapWork | None = None) -> dict[str, bytes]:
    """Return a workbook by file name for each association that has areas of the scored set.

    An association meets its own areas alone, with reasons that name neither origin nor union and no
    figure of any group. No figure of members is in it.
    """
    front = _front(run, "forening")
    wording = Wording(run.language, row_notes(run), front, _reading(run))
    sheets = [*_channel_sheets(run.scored), *_done_sheet(run, work), _wave_sheet(run)]
    sheets.append(_fact_sheet(run.scored))
    notice, best = text("about_notice", run.language), own_best(run)
    # Each is put in order once for the county; an association's rows keep it.
    parts = [(one, dict(iter(one.table.frame.groupby("association")))) for one in sheets]
    return {
        file: render_workbook(
            [
                replace(one, table=replace(one.table, frame=own.get(name, one.table.frame[:0])))
                for one, own in parts
            ],
            "forening",
            replace(wording, front=[*wording.front, *((notice, told) for told in best[name])]),
            association=name,
        )
        for name, file in safe_names(run.scored.areas["association"].dropna()).items()
    }


OWN_BEST = 3
"""Areas that an association without any among the first is told to begin with."""


def own_best(run: Run) -> Mapping[str, list[str]]:
    """Return by association in which channels none of its areas is, or may be, among the first.

    A sentence for each, with its own best areas: every association takes part.
    """
    level, told = run.scored, defaultdict(list)
    all_of = reach(run.campaign, run.language)
    places = pd.DataFrame(level.areas[["area_name", "association"]])
    for channel, scores in level.known.items():
        label = run.label(run.profiles[channel])
        ranked = places.join(scores[["rank", "verdict"]]).dropna(subset="rank")
        for name, own in ranked.sort_values("rank", kind="stable").groupby("association"):
            if own["verdict"].isna().all() or own["verdict"].isin(SURE_ENOUGH).any():
                continue
            best = listed(own["area_name"].astype(str).tolist()[:OWN_BEST], run.language)
            words = text("own_best", run.language, channel=label, names=best, reach=all_of)
            told[str(name)].append(words)
    return told


def _channel_sheets(level: Level) -> Iterator[Sheet]:
    """Yield each channel's areas, best first: rank in the whole county, score, level, why."""
    run = level.run
    for channel, frame in scores_in_words(level).items():
        told = frame.assign(
            public_reason=level.advice[f"{channel}_public_reason"], score=frame["score"].round(1)
        )
        shown = _placed(level, told[[name for name in _CHANNEL if name in told]]).sort_index()
        ordered = shown.sort_values("rank", kind="stable", na_position="last")
        yield Sheet(
            run.label(run.profiles[channel]),
            Table.of(ordered[["rank", *ordered.columns.drop("rank")]], run.language),
            text("sheet_channel_told", run.language, reach=reach(run.campaign, run.language)),
            limits={"score": score_limits(level, channel)},
            verdicts=["verdict"],
        )


def _wave_sheet(run: Run) -> Sheet:
    """Return the areas that each edition goes to, and in which wave."""
    shown = run.mailing[["edition", "wave"]].assign(
        households_count=run.mailing["households_count"].round()
    )
    table = _placed(run.scored, shown)
    ordered = table.sort_values(["edition", "wave", "area_name"], kind="stable")
    return _sheet("waves", Table.of(ordered, run.language), run)


def _fact_sheet(level: Level) -> Sheet:
    """Return official figures of the areas, as far as known, by their names."""
    counts = [
        level.counts.filter(items=["population_count"]),
        level.indicators[["households_count"]],
        counted_doors(level.indicators),
        level.votes[["electors_count"]],
    ]
    shares = 100 * level.indicators[["turnout_share", "red_green_share"]]
    parts = [pd.concat(counts, axis=1).round(), shares.round(1), level.goals]
    shown = pd.concat(parts, axis=1)
    table = _placed(level, shown).sort_values("area_name", kind="stable")
    return _sheet("facts", Table.of(table, level.run.language), level.run)


def _placed(level: Level, frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with where each area is before its own columns."""
    places = pd.DataFrame(level.places[PLACE])  # without the geometry, which is slow to part
    return pd.concat([places.loc[frame.index], frame], axis=1).rename_axis("area_code")


def _front(run: Run, audience: Audience) -> Rows:
    """Return what a workbook is, of when and from what."""
    language, campaign = run.language, run.campaign
    example = campaign.associations_note
    rows = [
        (text("about_title", language), campaign.title),
        (text("about_readers", language), text(f"audience_{audience}", language)),
        (text("about_what", language), text("about_areas", language)),
        (text("about_basis", language), basis_words(campaign, language)),
        (text("about_from", language), publishers(run.record["sources"])),
    ]
    if run.mark:
        rows.insert(0, (text("about_mark", language), run.mark))
    if example:
        rows.append((text("about_notice", language), example.told(language)))
    return rows


def _reading(run: Run) -> Rows:
    """Return how a workbook is read: its figures, its colours and its verdicts."""
    language, campaign = run.language, run.campaign
    all_of = reach(campaign, language)
    rows = [
        (text(f"about_{key}", language), text(f"about_{key}_words", language, reach=all_of))
        for key in ("unknown", "rank", "score", "colours", "households")
    ]
    counted = run.scored.indicators["doors_count"].notna().any()
    doors = text("about_doors_assumed", language)
    if counted:
        doors = text("about_doors_counted", language, least=campaign.minimum_count)
    rows.append((text("about_doors", language), doors))
    labels = verdict_labels(language)
    meanings = verdict_meanings(campaign.uncertainty, top_k=run.scored.top_k, language=language)
    return [*rows, *((labels[name], meaning) for name, meaning in meanings.items())]


def _small_counts(run: Run) -> Rows:
    language, minimum = run.language, run.campaign.minimum_count
    few = text("fewer_than", language, number=minimum)
    return [
        (few.capitalize(), text("about_few_words", language)),
        (text("not_shown", language).capitalize(), text("about_withheld_words", language)),
        *((text("about_notice", language), warning) for warning in run.warnings),
    ]


def _definitions(run: Run) -> Rows:
    """Return how each score, group and election figure is made, and every source."""
    language, told = run.language, run.record["notes"][run.area_sets[0]]
    labels = {
        **{name: run.label(profile) for name, profile in run.profiles.items()},
        **{name: run.label(group) for name, group in run.groups.items()},
        **{key: text(f"title_{key}", language) for key in ("turnout_share", "red_green_share")},
    }
    sources = [(text("about_source", language), credit(item)) for item in run.record["sources"]]
    return [*((label, told[key]) for key, label in labels.items()), *sources]
