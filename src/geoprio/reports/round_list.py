"""The rundor of a plan as a table, a map file and a line."""

from datetime import date

import pandas as pd

from geoprio.config.resources import Plan
from geoprio.files.geodata import render_geopackage_layer
from geoprio.reports.evening import effort_label, week_words
from geoprio.reports.rounds import KEY, SUMS, rounds
from geoprio.runs import Run
from geoprio.tables import for_audience
from geoprio.words import Language, text, whole

LAYER = "rundor"


def round_table(run: Run, plan: Plan, areas: pd.DataFrame) -> pd.DataFrame:
    """Return `round_areas` as people read it: weeks and efforts in words, whole numbers."""
    language = run.language
    phases = {phase.name: phase.label.told(language) for phase in plan.phases}
    days = [[date.fromisoformat(day) for day in areas[name]] for name in ("week", "week_last")]
    shown = areas.assign(
        week=[week_words(first, last, language) for first, last in zip(*days, strict=True)],
        phase=areas["phase"].map(phases),
        effort=areas["effort"].map(lambda key: effort_label(plan, key, language)),
        deviation=(100 * areas["deviation"]).round(),
        hours=areas["hours"].round(1),
    )
    shown[["doors_count", "households_count"]] = shown[["doors_count", "households_count"]].round()
    first = [*KEY, "round_name", "area_name", "round_within", "municipality_name", "effort"]
    rest = ["phase", "week", "evenings", "meeting_place", "deviation", *SUMS]
    return shown[[*first, *rest]]


def round_layer(run: Run, areas: pd.DataFrame, status: str) -> bytes:
    """Return the rounds as a GeoPackage of one layer, for the leadership."""
    made = rounds(run, areas).round(dict.fromkeys(SUMS, 0) | {"deviation": 2})
    for_audience(made.drop(columns="geometry"), "valledning")
    said = {"status": status, "audience": "valledning", "demo_mark": run.mark}
    return render_geopackage_layer(
        made.assign(**{name: words for name, words in said.items() if words}), LAYER
    )


def round_lines(areas: pd.DataFrame, language: Language) -> list[str]:
    """Return how many rounds there are, and how equal their evenings are within an association."""
    each = areas.drop_duplicates(KEY)
    if each.empty:
        return []
    apart = 100 * each["deviation"].abs()
    return [
        text(
            "plan_rounds",
            language,
            count=whole(len(each), language),
            evenings=whole(round(each["evenings"].sum()), language),
            apart=round(apart.mean()),
            most=round(apart.max()),
        )
    ]
