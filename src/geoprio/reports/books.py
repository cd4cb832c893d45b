"""The workbooks of a run: one for the leadership, one for each association."""

from dataclasses import replace

import pandas as pd

from geoprio.files.folder import safe_names
from geoprio.files.table import PLACE, Table
from geoprio.files.workbook import Sheet, Wording, render_workbook
from geoprio.reports.lists import TABLES, notes, scores_in_words
from geoprio.runs import Level, Run
from geoprio.runs.notes import basis_words, credit, publishers
from geoprio.scores import answer_labels, answer_meanings, level_actions
from geoprio.tables import Audience
from geoprio.words import Language, text

# What an association is given of its own areas: sheets of a workbook, in words for members.


_CHANNEL = ["rank", "answer", "score", "level", "action", "public_reason"]
_FACTS = ["population_count", "households_count", "electors_count"]
_SHARES = ["turnout_share", "red_green_share"]


def channel_table(places: pd.DataFrame, scores: pd.DataFrame, *, language: Language) -> Table:
    """Return one channel's areas, best first: rank in the whole county, score, level, why.

    `scores` has, by area, what `_CHANNEL` names; `answer` where it is known how sure the ranking
    is.
    """
    shown = scores.loc[places.index, [name for name in _CHANNEL if name in scores]]
    shown = shown.assign(score=shown["score"].round(1))
    table = pd.concat([places[PLACE], shown], axis=1).rename_axis("area_code")
    ordered = table.sort_index().sort_values("rank", kind="stable", na_position="last")
    return Table.of(ordered, language)


def facts_table(places: pd.DataFrame, figures: pd.DataFrame, *, language: Language) -> Table:
    """Return official figures of the association's own areas, by name."""
    own = figures.loc[places.index]
    counts = own[[name for name in _FACTS if name in own]].round()
    shares = (100 * own[[name for name in _SHARES if name in own]]).round(1)
    table = pd.concat([places[PLACE], counts, shares], axis=1).rename_axis("area_code")
    return Table.of(table.sort_values("area_name", kind="stable"), language)


def waves_table(places: pd.DataFrame, plan: pd.DataFrame, *, language: Language) -> Table:
    """Return the association's own areas that each edition goes to, and in which wave."""
    own = plan[plan.index.isin(places.index)]
    shown = own[["edition", "wave", "households_count"]].assign(
        households_count=lambda frame: frame["households_count"].round()
    )
    table = pd.concat([places.loc[own.index, PLACE], shown], axis=1).rename_axis("area_code")
    return Table.of(table.sort_values(["edition", "wave", "area_name"], kind="stable"), language)


Rows = list[tuple[str, str]]


def leadership_workbook(run: Run) -> bytes:
    """Return the run's tables as one workbook for the leadership, with sources and definitions."""
    language = run.language
    sheets = [Sheet(text(f"sheet_{name}", language), table(run)) for name, table in TABLES.items()]
    about = [*_about(run, "valledning"), *_small_counts(run), *_definitions(run)]
    return render_workbook(sheets, "valledning", Wording(language, notes(run), about))


def association_workbooks(run: Run) -> dict[str, bytes]:
    """Return a workbook by file name for each association that has areas of the scored set.

    An association meets its own areas alone, with reasons that name neither origin nor union and no
    figure of any group. No figure of members is in it.
    """
    language, level = run.language, run.scored
    places = pd.DataFrame(level.places[PLACE])  # without the geometry, which is slow to part
    told = {
        channel: frame.assign(public_reason=level.advice[f"{channel}_public_reason"])
        for channel, frame in scores_in_words(level).items()
    }
    source = text("about_source", language), publishers(run.record["sources"])
    wording = Wording(language, notes(run), [*_about(run, "forening"), source])
    sheets = [
        Sheet(run.label(run.profiles[channel]), channel_table(places, frame, language=language))
        for channel, frame in told.items()
    ]
    waves = waves_table(places, run.mailing, language=language)
    facts = facts_table(places, _figures(level), language=language)
    sheets += [
        Sheet(text("sheet_waves", language), waves),
        Sheet(text("sheet_facts", language), facts),
    ]
    # Each is put in order once for the county; an association's rows keep it.
    parts = [(one, dict(iter(one.table.frame.groupby("association")))) for one in sheets]
    return {
        file: render_workbook(
            [
                Sheet(one.title, replace(one.table, frame=own.get(name, one.table.frame[:0])))
                for one, own in parts
            ],
            "forening",
            wording,
            association=name,
        )
        for name, file in safe_names(places["association"].dropna()).items()
    }


def _figures(level: Level) -> pd.DataFrame:
    return pd.concat(
        [
            level.counts.filter(regex="^population_count$"),
            level.votes[["electors_count"]],
            level.indicators[["households_count", "turnout_share", "red_green_share"]],
        ],
        axis=1,
    )


def _about(run: Run, audience: Audience) -> Rows:
    language, campaign = run.language, run.campaign
    example = campaign.associations_note
    rows = [
        (text("about_title", language), campaign.title),
        (text("about_readers", language), text(f"audience_{audience}", language)),
        (text("about_what", language), text("about_areas", language)),
        (text("about_basis", language), basis_words(campaign, language)),
    ]
    if run.mark:
        rows.insert(0, (text("about_mark", language), run.mark))
    if example:
        rows.append((text("about_notice", language), example.told(language)))
    for key in ("unknown", "rank", "score", "households"):
        rows.append((text(f"about_{key}", language), text(f"about_{key}_words", language)))
    labels = answer_labels(language)
    meanings = answer_meanings(campaign.uncertainty, top_k=campaign.top_k, language=language)
    rows += [(labels[answer], meaning) for answer, meaning in meanings.items()]
    main = next(iter(run.profiles.values()))
    rows += [
        (
            text("about_level", language, level=one.label.told(language)),
            level_actions(main, language)[one.name],
        )
        for one in main.levels
    ]
    return rows


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
