"""The tables of a run that people open in Excel, each by the name of its CSV file."""

from collections.abc import Callable, Mapping

import pandas as pd

from geoprio.files.table import (
    PLACE,
    Table,
    beside,
    figure_columns,
    group_columns,
    header,
    ranking_table,
    render_csv,
)
from geoprio.reports.edition_page import group_labels, plan_table, planned_edition
from geoprio.runs import Level, Run
from geoprio.runs.notes import basis_words
from geoprio.scores import answer_labels, level_actions, level_labels
from geoprio.words import Language, text, whole

ADVICE = [
    *("opening_line", "local_line", "conversation_relative", "krona_relative"),
    *("type", "type_certainty", "cluster"),
]
QUADRANTS = ("low_low", "low_high", "high_high", "high_low")
"""Need and capacity, the least urgent first."""


def scores_in_words(level: Level) -> dict[str, pd.DataFrame]:
    """Return SCORES of each known channel, with level, action, reason and answer in words.

    A channel that nothing is known of is told in the record, not shown as an empty layer.
    """
    run, language = level.run, level.run.language
    scored = {}
    for channel, scores in level.known.items():
        profile = run.profiles[channel]
        told = {
            "level": scores["level"].map(level_labels(profile, language)),
            "action": scores["level"].map(level_actions(profile, language)),
            "reason": level.advice[f"{channel}_reason"],
        }
        if "answer" in scores:
            told["answer"] = scores["answer"].map(answer_labels(language))
        scored[channel] = scores.assign(**told)
    return scored


def ranking(run: Run) -> Table:
    """Return one row per area of the scored set, best first in the first channel."""
    level, language, campaign = run.scored, run.language, run.campaign
    figures = beside(
        group_columns(
            level.ranked_groups,
            group_labels(run),
            language=language,
            minimum_count=campaign.minimum_count,
        ),
        figure_columns(level.indicators, language=language),
        _advice(level),
    )
    return ranking_table(
        level.places,
        {
            name: (run.label(run.profiles[name]), own)
            for name, own in scores_in_words(level).items()
        },
        figures,
        language=language,
        top_k=campaign.top_k,
    )


def _advice(level: Level) -> Table:
    language, shown = level.run.language, level.advice[ADVICE].copy()
    relative = ["conversation_relative", "krona_relative"]
    shown[relative] = shown[relative].round(2)
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
    k = whole(run.campaign.top_k, run.language)
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


TABLES: Mapping[str, Callable[[Run], Table]] = {
    "ranking": ranking,
    "mailing": mailing,
    "overlap": overlap,
    "weights": weights,
    "organising": organising,
    "quadrants": quadrants,
}
"""Every table of a run, by the name of its document."""


def notes(run: Run) -> dict[str, str]:
    """Return what every table says of itself on each row, by heading."""
    told = {header("basis", run.language): basis_words(run.campaign, run.language)}
    return told | ({header("note", run.language): run.mark} if run.mark else {})


def table_file(run: Run, name: str) -> bytes:
    """Return one of `TABLES` as a CSV file for the leadership."""
    told = notes(run)
    if name == "overlap":
        words = run.record["overlap"]
        origin = " ".join([*words["estimated"], words["origin"]])
        told = {header("overlap_origin", run.language): origin} | told
    return render_csv(TABLES[name](run), "valledning", language=run.language, notes=told)
