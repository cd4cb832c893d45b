"""The workbooks of a run: one for the leadership, one for each association."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geoprio.config import Brief
from geoprio.files.names import safe_names
from geoprio.files.table import PLACE, Table, header
from geoprio.files.workbook import Sheet, Wording, render_workbook
from geoprio.reports.notes import basis_words, credit, layer_notes, publishers
from geoprio.runs import Outcome
from geoprio.scores import answer_labels, answer_meanings, level_actions, reasons
from geoprio.tables import Audience
from geoprio.words import Language, text

# What an association is given of its own areas: sheets of a workbook, in words for members.


_CHANNEL = ["rank", "answer", "score", "level", "action", "public_reason"]
_FACTS = ["population_count", "households_count", "electors_count"]
_SHARES = ["turnout_share", "red_green_share"]


def channel_table(places: pd.DataFrame, scores: pd.DataFrame, *, language: Language) -> Table:
    """Return one channel's areas, best first: rank in the whole county, score, level, why.

    Parameters
    ----------
    places
        `area_name`, `municipality_name` and `association` of the association's own areas.
    scores
        `rank`, `score`, and in words `level`, `action`, `public_reason` and, where it is known how
        sure the ranking is, `answer`, by area.
    """
    shown = scores.loc[places.index, [name for name in _CHANNEL if name in scores]]
    shown = shown.assign(score=shown["score"].round(1))
    table = pd.concat([places[PLACE], shown], axis=1).rename_axis("area_code")
    ordered = table.sort_index().sort_values("rank", kind="stable", na_position="last")
    return _headed(ordered, language)


def facts_table(places: pd.DataFrame, figures: pd.DataFrame, *, language: Language) -> Table:
    """Return official figures of the association's own areas, by name.

    Parameters
    ----------
    figures
        Residents, households, electors, turnout and red-green share by area, as far as known.
    """
    own = figures.loc[places.index]
    counts = own[[name for name in _FACTS if name in own]].round()
    shares = (100 * own[[name for name in _SHARES if name in own]]).round(1)
    table = pd.concat([places[PLACE], counts, shares], axis=1).rename_axis("area_code")
    return _headed(table.sort_values("area_name", kind="stable"), language)


def waves_table(places: pd.DataFrame, plan: pd.DataFrame, *, language: Language) -> Table:
    """Return the association's own areas that the mailing goes to, and in which wave."""
    own = plan[plan.index.isin(places.index)]
    shown = own[["wave", "households_count"]].assign(
        households_count=lambda frame: frame["households_count"].round()
    )
    table = pd.concat([places.loc[own.index, PLACE], shown], axis=1).rename_axis("area_code")
    return _headed(table.sort_values(["wave", "area_name"], kind="stable"), language)


def _headed(frame: pd.DataFrame, language: Language) -> Table:
    return Table(frame, {key: header(key, language) for key in ["area_code", *frame]})


FOLDER = "foreningar"
"""Where the associations' workbooks stand, beside the leadership's."""

Rows = list[tuple[str, str]]


def leadership_workbook(
    outcome: Outcome, tables: Mapping[str, Table], notes: Mapping[str, str]
) -> bytes:
    """Return the run's tables as one workbook for the leadership, with sources and definitions.

    Parameters
    ----------
    tables
        By name: `ranking`, `mailing`, `overlap`.
    """
    language = outcome.plans.language
    sheets = [Sheet(text(f"sheet_{name}", language), table) for name, table in tables.items()]
    about = [*_about(outcome, "valledning"), *_small_counts(outcome), *_definitions(outcome)]
    return render_workbook(sheets, "valledning", Wording(language, notes, about))


def association_workbooks(
    outcome: Outcome,
    places: pd.DataFrame,
    scores: Mapping[str, pd.DataFrame],
    notes: Mapping[str, str],
) -> dict[str, bytes]:
    """Return a workbook by file name for each association that has areas of the scored set.

    An association meets its own areas alone, with reasons that name neither origin nor union and no
    figure of any group. No figure of members is in it.

    Parameters
    ----------
    places
        `area_name`, `municipality_name`, `association` of the scored set.
    scores
        By channel, for those that are known: `rank`, `score`, and in words `level` and `action`.
    """
    language = outcome.plans.language
    places = pd.DataFrame(places[PLACE])  # without the geometry, which is slow to part
    told = {
        channel: frame.assign(public_reason=_public_reason(outcome, channel))
        for channel, frame in scores.items()
    }
    figures, mailed = _figures(outcome), outcome.mailing
    source = text("about_source", language), publishers(outcome.gathered.loaded)
    wording = Wording(language, notes, [*_about(outcome, "forening"), source])
    sheets = [
        Sheet(_title(outcome.plans, channel), channel_table(places, frame, language=language))
        for channel, frame in told.items()
    ]
    sheets += [
        Sheet(text("sheet_waves", language), waves_table(places, mailed, language=language)),
        Sheet(text("sheet_facts", language), facts_table(places, figures, language=language)),
    ]
    # Each is put in order once for the county; an association's rows keep it.
    parts = [(one, dict(iter(one.table.frame.groupby("association")))) for one in sheets]
    return {
        f"{FOLDER}/{file}.xlsx": render_workbook(
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


def _figures(outcome: Outcome) -> pd.DataFrame:
    level = outcome.levels[0]
    return pd.concat(
        [
            level.counts.filter(regex="^population_count$"),
            level.votes[["electors_count"]],
            level.indicators[["households_count", "turnout_share", "red_green_share"]],
        ],
        axis=1,
    )


def _public_reason(outcome: Outcome, channel: str) -> pd.Series:
    level, plans = outcome.levels[0], outcome.plans
    return reasons(
        level.indicators,
        plans.profiles[channel],
        language=plans.language,
        public=True,
        municipality=level.areas["municipality_code"],
    )


def _title(plans: Brief, channel: str) -> str:
    return str(plans.profiles[channel].label.model_dump()[plans.language])


def _about(outcome: Outcome, audience: Audience) -> Rows:
    plans, language = outcome.plans, outcome.plans.language
    example = plans.campaign.associations_note
    rows = [
        (text("about_title", language), plans.campaign.title),
        (text("about_readers", language), text(f"audience_{audience}", language)),
        (text("about_what", language), text("about_areas", language)),
        (text("about_basis", language), basis_words(plans.campaign, language)),
    ]
    if outcome.mark:
        rows.insert(0, (text("about_mark", language), outcome.mark))
    if example:
        rows.append((text("about_notice", language), example.model_dump()[language]))
    for key in ("unknown", "rank", "score", "households"):
        rows.append((text(f"about_{key}", language), text(f"about_{key}_words", language)))
    labels = answer_labels(language)
    meanings = answer_meanings(
        plans.campaign.uncertainty, top_k=plans.campaign.top_k, language=language
    )
    rows += [(labels[answer], meaning) for answer, meaning in meanings.items()]
    main = next(iter(plans.profiles.values()))
    rows += [
        (
            text("about_level", language).format(level=one.label.model_dump()[language]),
            level_actions(main, language)[one.name],
        )
        for one in main.levels
    ]
    return rows


def _small_counts(outcome: Outcome) -> Rows:
    language, minimum = outcome.plans.language, outcome.plans.campaign.minimum_count
    few = text("fewer_than", language).format(number=minimum)
    return [
        (few.capitalize(), text("about_few_words", language)),
        (text("not_shown", language).capitalize(), text("about_withheld_words", language)),
        *((text("about_notice", language), warning) for warning in outcome.warnings),
    ]


def _definitions(outcome: Outcome) -> Rows:
    """Return how each score, group and election figure is made, and every source."""
    plans, language = outcome.plans, outcome.plans.language
    notes = layer_notes(plans, plans.profiles, outcome.levels[0], language=language)
    labels = {
        **{name: profile.label.model_dump()[language] for name, profile in plans.profiles.items()},
        **{name: group.label.model_dump()[language] for name, group in plans.groups.items()},
        **{key: text(f"title_{key}", language) for key in ("turnout_share", "red_green_share")},
    }
    sources = [(text("about_source", language), credit(item)) for item in outcome.gathered.loaded]
    return [*((labels[key], note) for key, note in notes.items()), *sources]
