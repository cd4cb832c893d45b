"""The plan's files: tables, workbook and page for the leadership; each association's own page."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config.resources import Plan
from geoprio.errors import ConfigError, SourceError
from geoprio.files.folder import earlier_files, replace_all, safe_names
from geoprio.files.geodata import render_geopackage_layer
from geoprio.files.markdown import bullets, heading, page
from geoprio.files.table import (
    PLACE,
    Sheet,
    Table,
    Wording,
    header,
    render_csv,
    render_frame,
    render_workbook,
)
from geoprio.plans.efforts import CANVASS, HOURLY
from geoprio.plans.loans import loans
from geoprio.plans.mailing import short_floors
from geoprio.plans.prices import fairness, unlike_plans, wish_prices
from geoprio.plans.programme import NO_WISHES, Programme
from geoprio.plans.visits import NO_WORKPLACES
from geoprio.reports.agenda import map_work
from geoprio.reports.edition_page import edition_weeks, row_notes
from geoprio.reports.evening import (
    effort_label,
    evening_pages,
    span_words,
    trade_pages,
)
from geoprio.reports.proposal import Decision, Planned, planned
from geoprio.reports.publication import DECIDED_FOLDER, PLAN_FOLDER, show_work
from geoprio.reports.round_list import round_layer, round_lines, round_table
from geoprio.reports.trial import trial_record, trial_table, trial_words
from geoprio.runs import RECORD, Run
from geoprio.runs.notes import basis_line, basis_words, listed
from geoprio.sources.activity import done_at
from geoprio.sources.raw import default_raw
from geoprio.tables import NORMAL_90, for_audience
from geoprio.words import Language, decimal, text, whole

FOLDER, DECIDED = PLAN_FOLDER, DECIDED_FOLDER
"""Where a plan stands beside its run, and where one that is decided does: nothing overwrites it."""
SEAL = "plan.json"
ASSOCIATIONS, TRADES = "foreningar", "branschforeningar"
NO_GAP = 5e-6
"""Of the plan's worth: what is left to gain below it is nothing in three decimals of a percent."""
NAMED = 6
"""Areas that are named of those where a plan has changed."""
MARGIN = 1e-4
"""Of the plan's worth: a price below it is within the margin of error."""


def write_plan(one: Planned, *, home: str = FOLDER) -> list[Path]:
    """Return the files of a plan, written beside its run, all or none, and its run's maps anew.

    Once a plan is decided the maps keep it: a later proposal does not stand on them.
    """
    folder = (one.run.folder or Path()) / home
    raw = default_raw(one.run.campaign, (one.run.folder or Path()).resolve().parents[2])
    done = done_at(raw, one.run.within)
    made = plan_files(one)
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    record = {**_record(one), "files": sums}
    contents = {folder / name: content for name, content in made.items()}
    contents[folder / SEAL] = f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode()
    seal = folder / SEAL
    replace_all(contents, seal=seal, earlier=lambda: earlier_files(seal, [folder]))
    kept = home == FOLDER and (folder.parent / DECIDED / SEAL).is_file()
    return [*contents, *([] if kept else show_work(one.run, map_work(one, done)))]


def _record(one: Planned) -> dict[str, Any]:
    """Return what the plan was made of, so that it can be made again."""
    found, rival = one.made.found, one.made.rival
    return {
        "campaign": one.run.campaign.name,
        "demo": one.run.campaign.demo,
        "run": run_sum(one.run),
        "status": "decided" if one.decision else one.made.plan.status,
        "decision": vars(one.decision) if one.decision else None,
        "value": found.value,
        "gap": found.gap,
        "greedy_value": rival.value,
        "wishes": one.asked[list(NO_WISHES)].to_dict("records"),
        "workplaces": one.workplaces.astype(object)
        .where(one.workplaces.notna(), None)
        .to_dict("records"),
        "plan": one.made.plan.model_dump(mode="json"),
        "lots": trial_record(one.run, one.trial) if one.trial else None,
    }


def run_sum(run: Run) -> str:
    """Return what a run is known again by; "" of one that is not written.

    Its maps and workbooks are left out: they are written anew with the plan in them.
    """
    if run.folder is None:
        return ""
    record = json.loads((run.folder / RECORD).read_bytes())
    sums = record.get("files", {})
    record["files"] = {name: sums[name] for name in sums if not name.endswith((".html", ".xlsx"))}
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


def plan_files(one: Planned) -> dict[str, bytes]:
    """Return the files of a plan by their place in its folder."""
    run, language = one.run, one.run.language
    notes = row_notes(run)
    notes |= {header("status", language): f"{one.status} {one.example}".strip()}
    tables = plan_tables(one)
    files = {
        f"{name}.csv": render_csv(table, "valledning", language=language, notes=notes)
        for name, table in tables.items()
    }
    files["plan.xlsx"] = render_workbook(
        [
            Sheet(text(f"sheet_{name}", language), table, text(f"sheet_{name}_told", language))
            for name, table in tables.items()
        ],
        "valledning",
        Wording(language, notes, _front(one)),
    )
    if len(one.round_areas):
        files["rundor.gpkg"] = round_layer(run, one.round_areas, one.status)
    files["plan.gpkg"] = _layer(one, tables["plan"], notes)
    files["plan.parquet"] = render_frame(one.made.table, "valledning", mark=run.mark)
    kinds = {ASSOCIATIONS: evening_pages, TRADES: trade_pages}
    for home, made in kinds.items():
        pages = made(run, one.stops, one.status)
        for name, stem in safe_names(pages).items():
            html, calendar = pages[name]
            files |= {f"{home}/{stem}.html": html, f"{home}/{stem}.ics": calendar}
    return files | {"plan.md": _page(one)}


def _layer(one: Planned, table: Table, notes: Mapping[str, str]) -> bytes:
    """Return the plan as a layer of a GeoPackage: each area once for each way it is worked."""
    for_audience(table.frame, "valledning")
    shapes = one.run.scored.areas.geometry.reindex(table.frame.index)
    rows = table.headed.reset_index().assign(**notes)
    layer = gpd.GeoDataFrame(rows, geometry=shapes.to_numpy(), crs=shapes.crs)
    return render_geopackage_layer(layer, "plan")


def _front(one: Planned) -> list[tuple[str, str]]:
    language = one.run.language
    rows = [
        (text("about_title", language), one.run.campaign.title),
        (header("status", language), one.status),
        (text("about_basis", language), basis_words(one.run.campaign, language)),
    ]
    if one.example:
        rows.append((text("about_notice", language), one.example))
    return [*([(text("about_mark", language), one.run.mark)] if one.run.mark else []), *rows]


def plan_tables(one: Planned) -> dict[str, Table]:
    """Return the leadership's tables of a plan, by file name."""
    language = one.run.language
    shown = {
        "plan": _plan_table(one),
        "veckor": _week_table(one),
        "onskemal": _wish_table(one),
        "foreningar": _association_table(one),
    }
    if len(one.round_areas):
        shown["rundor"] = round_table(one.run, one.made.plan, one.round_areas)
    lent = loans(one.made, _centres(one.run)).round({"hours": 0, "km": 0})
    shown |= {"lan": lent.set_index("lender")} if len(lent) else {}
    if one.trial:
        shown["jamforelse"] = trial_table(one.run, one.trial)
    shown |= one.stops.tables()
    return {name: Table.of(frame, language) for name, frame in shown.items()}


def _centres(run: Run) -> pd.DataFrame:
    """Return the middle of each association's areas, in metres."""
    areas = run.scored.areas
    points = areas.geometry.representative_point()
    table = pd.DataFrame({"x": points.x, "y": points.y})
    return table.groupby(areas["association"]).mean()


def _plan_table(one: Planned) -> pd.DataFrame:
    """Return a row for each area and channel, with the ends of its 90 % interval."""
    made, language = one.made, one.run.language
    rows = made.chosen.join(made.places[["area_name", "municipality_name"]], on="area_code")
    spans = made.weeks.groupby(level=0)["week"].agg(["first", "last"])
    around = NORMAL_90 * rows["precision_se"]
    low, high = (rows["precision"] + end for end in (-around, around))
    everyone = rows["election"].map(made.everyone)
    words = one.run.scored.advice["conversation_words"]
    shown = pd.DataFrame(
        {
            "area_code": rows["area_code"],
            "order": rows.groupby("association").cumcount() + 1.0,
            **{name: rows[name] for name in PLACE},
            "channel": rows["channel"].map(lambda key: text(f"channel_{key}", language)),
            "effort": rows["effort"].map(lambda key: effort_label(made.plan, key, language)),
            "phase": made.weeks.groupby(level=0)["phase"]
            .unique()
            .map(lambda own: _in_phases(one, own)),
            "week": [span_words(first, last, language) for first, last in spans.to_numpy()],
            "hours": rows["hours"].round(1),
            "cost_sek": rows["cost_sek"].round(2),
            "doors_count": rows["doors_count"].round(),
            "households_count": rows["households_count"].round(),
            "target_persons_count": rows["target_persons_count"].round(),
            "target_persons_low_count": (rows["electors_count"] * low.clip(0, 1)).round(),
            "target_persons_high_count": (rows["electors_count"] * high.clip(0, 1)).round(),
            "precision": (100 * rows["precision"]).round(1),
            "precision_everyone": (100 * everyone).round(1),
            "lift": (rows["precision"] / everyone).round(2),
            "conversation_words": rows["area_code"].map(words).fillna(""),
        }
    )
    return pd.concat([shown, _letter_rows(one)]).set_index("area_code")


def _phases(one: Planned) -> dict[str, str]:
    return {phase.name: phase.label.told(one.run.language) for phase in one.made.plan.phases}


def _in_phases(one: Planned, names: Iterable[str]) -> str:
    return ", ".join(_phases(one)[name] for name in names)


def _letter_rows(one: Planned) -> pd.DataFrame:
    """Return the mailing that the run has planned, as rows of the same table."""
    run, language = one.run, one.run.language
    rows = run.mailing.reset_index().sort_values(["edition", "order"], kind="stable")
    weeks = edition_weeks(run, one.made.plan)
    places = rows[["area_code"]].join(run.scored.places[PLACE], on="area_code")[PLACE]
    pairs = zip(rows["edition"], rows["wave"], strict=True)
    return pd.DataFrame(
        {
            "area_code": rows["area_code"],
            "order": rows["order"],
            **{name: places[name] for name in PLACE},
            "channel": text("channel_mailing", language),
            "effort": rows["edition"],
            "phase": "",
            "week": [weeks[str(edition)][int(wave) - 1] for edition, wave in pairs],
            "cost_sek": rows["cost_sek"].round(2),
            "households_count": rows["households_count"].round(),
            "target_persons_count": rows["target_persons_count"].round(),
            "precision": (100 * rows["precision"]).round(1),
            "precision_everyone": (100 * rows["precision_everyone"]).round(1),
            "lift": rows["lift"].round(2),
            "conversation_words": "",
        }
    )


def _week_table(one: Planned) -> pd.DataFrame:
    """Return the hours of each week, by association, area and channel."""
    made, language = one.made, one.run.language
    weeks = made.weeks.join(made.places["area_name"], on="area_code")
    shown = weeks.assign(
        channel=weeks["channel"].map(lambda key: text(f"channel_{key}", language)),
        phase=weeks["phase"].map(_phases(one)),
        hours=weeks["hours"].round(1),
    )
    order = ["association", "week", "channel", "area_name"]
    columns = ["area_code", *order, "phase", "hours"]
    return shown.sort_values(order, kind="stable")[columns].set_index("area_code")


def _wish_table(one: Planned) -> pd.DataFrame:
    """Return what each wish costs: those that were asked for first, then areas by the line."""
    made, language = one.made, one.run.language
    asked = one.asked.join(made.places["association"], on="area_code")
    near = wish_prices(made).sort_values(["association", "price"], kind="stable")
    rows = pd.concat([asked, near]).reset_index(drop=True)
    return pd.DataFrame(
        {
            "area_code": rows["area_code"],
            "area_name": rows["area_code"].map(made.places["area_name"]),
            "association": rows["association"],
            "channel": rows["channel"].map(lambda key: text(f"channel_{key}", language)),
            "wish": rows["wish"].map(lambda key: text(f"wish_{key}", language)),
            "price": rows["price"].where(np.isfinite(rows["price"])).round(),
            "price_words": [price_words(made, price, language) for price in rows["price"]],
        }
    ).set_index("area_code")


def price_words(made: Programme, price: float, language: Language) -> str:
    """Return what a wish costs in words."""
    if not np.isfinite(price):
        return text("price_none", language)
    if price <= max(MARGIN * made.found.value, made.found.bound - made.found.value, 0.5):
        return text("price_margin", language)
    return text(f"price_{made.plan.objective}", language, count=whole(round(price), language))


def _association_table(one: Planned) -> pd.DataFrame:
    """Return what each association has, does and gets, and what it gains by floors and wishes."""
    found = fairness(one.made).round()
    plan, weeks = one.made.plan, one.made.weeks
    crews = [plan.crew_of(str(name)).hours_per_week for name in found.index]
    busiest = weeks.groupby(["association", "week"])["hours"].sum().groupby("association").max()
    fullest = busiest.reindex(found.index).round(1).fillna(0.0)
    return found.assign(week_hours=crews, busiest_hours=fullest)


def _page(one: Planned) -> bytes:
    """Return what the plan comes to, how good it is, and what else could be chosen."""
    run, made, language = one.run, one.made, one.run.language
    return page(
        text("plan_title", language, campaign=run.campaign.title),
        " ".join(filter(None, [run.mark, one.example])) or None,
        [
            f"{one.status} {basis_line(run.campaign, language)}",
            heading(text("plan_heading_sums", language)),
            bullets([*_sums(made, language), *round_lines(one.round_areas, language)]),
            heading(text("plan_heading_good", language)),
            bullets([*goodness(made, language), *_shortfalls(one)]),
            *([trial_words(run, made.plan, one.trial)] if one.trial else []),
            heading(text("plan_heading_others", language)),
            bullets(_others(made, language)),
            *_idle(made, language),
            bullets(one.stops.told()),
        ],
    )


def _sums(made: Programme, language: Language) -> list[str]:
    mailed = whole(int(made.places["mailed"].notna().sum()), language)
    beside = [text("plan_beside_letters", language, areas=mailed)] if mailed != "0" else []
    return beside + [
        text(
            f"plan_sum_{channel}",
            language,
            areas=whole(own["area_code"].nunique(), language),
            hours=whole(round(own["hours"].sum()), language),
            doors=whole(round(own["doors_count"].sum()), language),
            homes=whole(round(own["households_count"].sum()), language),
            persons=whole(round(own["target_persons_count"].sum()), language),
        )
        for channel, own in made.chosen.groupby("channel")
    ]


def plan_lines(one: Planned) -> list[str]:
    """Return what the plan comes to, how good it is, and what each wish asked for costs."""
    made, language = one.made, one.run.language
    names = made.places["area_name"]
    asked = [
        text(
            "plan_wish",
            language,
            area=names[row["area_code"]],
            wish=text(f"wish_{row['wish']}", language),
            price=price_words(made, row["price"], language),
        )
        for row in one.asked.to_dict("records")
    ]
    rounds = round_lines(one.round_areas, language)
    told = [*_sums(made, language), *rounds, *goodness(made, language)]
    told += [
        *_shortfalls(one),
        *([trial_words(one.run, made.plan, one.trial)] if one.trial else []),
    ]
    return [
        f"{one.status} {one.example}".strip(),
        *told,
        *asked,
        *_wanted(made, language),
        *_idle(made, language),
        *one.stops.told(),
    ]


def _wanted(made: Programme, language: Language) -> list[str]:
    """Return how many of the areas that associations ask to canvass their hours suffice for."""
    asked = set(made.plan.wanted)
    canvassed = made.chosen.loc[made.chosen["channel"] == CANVASS, "area_code"]
    fits = whole(len(asked & set(canvassed)), language)
    told = text("plan_wanted", language, fits=fits, asked=whole(len(asked), language))
    return [told] if asked else []


def goodness(made: Programme, language: Language) -> list[str]:
    """Return how far from the best the plan may be, what the greedy reaches, and how it hits."""
    own = made.chosen[made.chosen["channel"].isin(HOURLY)]
    persons, electors = own["target_persons_count"].sum(), own["electors_count"].sum()
    everyone = (own["election"].map(made.everyone) * own["electors_count"]).sum() / electors
    gap = made.found.gap
    if not made.found.value:  # nobody has hours
        return []
    less = decimal(100 * (1 - made.rival.value / made.found.value), 1, language)
    told = [text("plan_best", language, greedy=less)]
    if gap >= NO_GAP:
        told = [text("plan_gap", language, gap=decimal(100 * gap, 3, language), greedy=less)]
    if electors > 0:
        hits = round(100 * persons / electors)
        times = decimal(persons / electors / everyone, 1, language)
        every = round(100 * everyone)
        told.append(text("plan_precision", language, hits=hits, everyone=every, times=times))
        low, high = (made.reached[0] + end * made.reached[1] for end in (-NORMAL_90, NORMAL_90))
        ends = {name: whole(round(end), language) for name, end in (("low", low), ("high", high))}
        told.append(text("plan_reached", language, **ends))
    return told


def _shortfalls(one: Planned) -> list[str]:
    made, language = one.made, one.run.language
    letters = short_floors(one.run.grounds, made.plan, one.run.mailing)
    towns = one.run.municipality_names
    return [
        text(
            f"plan_short_{floor.per}",
            language,
            name=towns.get(name, name) if floor.per == "municipality" else name,
            lacks=whole(round(lacks), language),
        )
        for floor, name, lacks in [*made.short, *letters]
    ]


def _others(made: Programme, language: Language) -> list[str]:
    """Return plans that are as good to 1 %, by what they do otherwise."""
    told = []
    for found, moved in unlike_plans(made):
        channel = moved["channel"].map(lambda key: text(f"channel_{key}", language))
        said = moved["area_code"].map(made.places["area_name"]) + " (" + channel.str.lower() + ")"
        names = {
            str(wish): sorted(set(own.astype(str)))[:6] for wish, own in said.groupby(moved["wish"])
        }
        told.append(
            text(
                "plan_other",
                language,
                share=decimal(100 * (1 - found.value / made.found.value), 2, language),
                count=whole(len(moved), language),
                enters=_named(names, "in", language),
                leaves=_named(names, "out", language),
            )
        )
    return told


def _named(names: Mapping[str, list[str]], wish: str, language: Language) -> str:
    return listed(names[wish], language) if names.get(wish) else text("plan_no_area", language)


def _idle(made: Programme, language: Language) -> list[str]:
    """Return which associations nobody has hours for: their areas are grey before the campaign."""
    names = sorted(made.places["association"].dropna().unique())
    idle = [name for name in names if made.plan.crew_of(name).hours_per_week == 0]
    if not idle:
        return []
    return [text("plan_idle", language, associations=listed(idle, language))]


def read_plan_record(folder: Path) -> dict[str, Any]:
    """Return the record of a plan that was written.

    Raises
    ------
    SourceError
        There is none.
    """
    try:
        record: dict[str, Any] = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SourceError("no_plan_yet", folder=folder) from None
    return record


def freeze(run: Run, decision: Decision) -> list[Path]:
    """Return the files of the run's plan as it was decided, written where nothing overwrites them.

    Raises
    ------
    GeoprioError
        There is no plan, it is of another run, or one is decided already.
    """
    folder = run.folder or Path()
    if (folder / DECIDED / SEAL).exists():
        raise ConfigError("plan_decided_already", folder=folder / DECIDED)
    record = read_plan_record(folder / FOLDER)
    plan = Plan.model_validate_json(json.dumps(record["plan"]))
    wishes = pd.DataFrame(record["wishes"], columns=list(NO_WISHES), dtype=str)
    workplaces = pd.DataFrame(record.get("workplaces"), columns=list(NO_WORKPLACES))
    again = replace(planned(run, plan=plan, wishes=wishes), workplaces=workplaces)
    frame = render_frame(again.made.table, "valledning", mark=run.mark)
    told = record["files"].get("plan.parquet")
    if record["run"] != run_sum(run) or told != hashlib.sha256(frame).hexdigest():
        raise SourceError("plan_of_another_run", folder=folder / FOLDER)
    return write_plan(replace(again, decision=decision), home=DECIDED)


def against_decided(one: Planned) -> list[str]:
    """Return how a plan differs from the one that is decided, in words; empty where none is."""
    folder, language = (one.run.folder or Path()) / DECIDED, one.run.language
    if not (folder / SEAL).exists():
        return []
    was = pd.read_parquet(folder / "plan.parquet").reset_index()
    keys = ["area_code", "channel", "effort"]
    both = was[keys].merge(one.made.table.reset_index()[keys], how="outer", indicator=True)
    counts = both["_merge"].value_counts()
    told = text(
        "plan_against_decided",
        language,
        entered=whole(int(counts["right_only"]), language),
        gone=whole(int(counts["left_only"]), language),
    )
    names = both["area_code"].map(one.made.places["area_name"])
    named = {
        key: [*map(str, names[both["_merge"] == side].dropna().unique()[:NAMED])]
        for key, side in (("new", "right_only"), ("gone", "left_only"))
    }
    return [
        told,
        *(
            text(f"plan_against_{key}", language, areas=listed(own, language))
            for key, own in named.items()
            if own
        ),
    ]
