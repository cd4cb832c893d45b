"""What a map opens with: what is decided, in one sentence and a few numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, cast

import pandas as pd

from geoprio.files.maps import Headline, HeadlineNumber
from geoprio.files.maps.layers import MapWork
from geoprio.plans.choice import mean_precision
from geoprio.runs import Run
from geoprio.runs.notes import listed
from geoprio.scores import verdict_labels
from geoprio.scores.verdicts import ASK, FULL
from geoprio.words import Language, decimal, text, whole

BEGIN = 2
"""Areas that an association is told to begin with: this week's."""
SHORT_OF_PEOPLE = "high_low"
"""Associations with much to do and few to do it."""


def headline(run: Run, work: MapWork | None = None, weeks: Sequence[str] = ()) -> Headline | None:
    """Return what the leadership's map opens with; None where no channel is scored.

    `weeks` are when each wave of the mailing lands, in words.

    Verdicts are those of the first channel on the scored set. The mailing is every edition's
    together; its precision is that of what the district itself pays for in the first edition.
    """
    if not run.scored.known:
        return None
    numbers = [*_verdict_numbers(run), *_mailing_number(run), *_work_number(work, run.language)]
    numbers.append(_association_number(run))
    columns = [f"headline_{name}" for name in ("full", "ask", "mailed_column", "people")]
    return Headline(
        _sentence(run),
        tuple(numbers),
        columns=tuple(text(column, run.language) for column in columns),
        associations=tuple(_association_rows(run)),
        begin=_next(run, work, weeks),
    )


def _next(run: Run, work: MapWork | None, weeks: Sequence[str]) -> str:
    """Return what the leadership does next: what is asked, who begins, what is ordered."""
    ask, language = _counts(run)[ASK], run.language
    asked = text("headline_next_ask", language, areas=_areas(ask, language)) if ask else ""
    told = [
        work.begins.get("", "") if work else asked,
        text("headline_next_mailing", language, week=weeks[0]) if weeks else "",
    ]
    return " ".join(filter(None, told))


def association_headline(
    run: Run, association: str, work: MapWork | None = None
) -> Headline | None:
    """Return what an association's map opens with: of its own areas alone, no figure of a group."""
    if not run.scored.known:
        return None
    language, level = run.language, run.scored
    own = level.areas.index[level.areas["association"] == association]
    counts, labels = _counts(run, own), verdict_labels(language)
    full = _verdicts(run)[own] == FULL
    doors = level.indicators["households_count"][own][full].sum(skipna=False)
    mailed = _households(run).reindex(own, fill_value=0.0).sum(skipna=False)
    counted: list[tuple[float, str, Literal["verdict", "plan"], str, str]] = [
        (doors, "headline_doors", "verdict", labels[FULL], ""),
        (mailed, "headline_mailed", "plan", "", text("headline_own_mailing", language)),
    ]
    more = [
        HeadlineNumber(whole(round(count), language), text(key, language), shows, verdict, said)
        for count, key, shows, verdict, said in counted
        if count > 0  # of unknown homes there is no number
    ]
    # What there is none of is in the sentence.
    verdicts = [one for one in _verdict_numbers(run, own) if one.value != "0"]
    told = _own_sentence(counts, len(own), language)
    rank = next(iter(run.scored.known.values()))["rank"][own].dropna()
    first = level.areas.loc[rank.sort_values(kind="stable").index[:BEGIN], "area_name"].tolist()
    if first:
        # Where people and hours are planned, the list does not say where the evenings begin.
        key = "headline_own_planned" if run.campaign.plan else "headline_own_begin"
        key = "headline_own_top" if work and association in work.begins else key
        told = text(key, language, told=told, names=listed(first, language))
    begin = work.begins.get(association, "") if work else ""
    return Headline(told, (*verdicts, *more, *_work_number(work, language)), begin=begin)


def _own_sentence(counts: Mapping[str, int], areas: int, language: Language) -> str:
    keys = {
        (True, True): "headline_own_ask",
        (True, False): "headline_own",
        (False, True): "headline_own_none_ask",
        (False, False): "headline_own_none",
    }
    return text(
        keys[counts[FULL] > 0, counts[ASK] > 0],
        language,
        full=_areas(counts[FULL], language),
        ask=whole(counts[ASK], language),
        count=whole(areas, language),
    )


def budget_words(run: Run) -> str:
    """Return what the district's own part of each edition costs, beside its budget."""
    own = run.mailing[run.mailing["payer"].isna()]
    costs = own.groupby("edition", sort=False)["cost_sek"].sum()
    budget, language = run.campaign.mailing.budget_sek, run.language
    several = len(costs) > 1
    told = [
        text(
            "plan_budget_of" if several else "plan_budget",
            language,
            **({"edition": name} if several else {}),
            cost=whole(round(cost), language),
            budget=whole(round(budget), language),
        )
        for name, cost in costs.items()
    ]
    return " ".join(told)


def _verdicts(run: Run) -> pd.Series:
    """Return the verdict of each area in the first channel."""
    return next(iter(run.scored.known.values()))["verdict"]


def _channel(run: Run) -> str:
    label = run.label(run.profiles[next(iter(run.scored.known))])
    return label[:1].lower() + label[1:]


def _counts(run: Run, own: pd.Index | None = None) -> Counter[str]:
    verdicts = _verdicts(run)
    return Counter((verdicts if own is None else verdicts[own]).dropna())


def _areas(count: int, language: Language) -> str:
    key = {0: "headline_no_areas", 1: "headline_one_area"}.get(count, "headline_areas")
    return text(key, language, count=whole(count, language))


def _sentence(run: Run) -> str:
    counts, language = _counts(run), run.language
    told = {
        "channel": _channel(run),
        "full": _areas(counts[FULL], language),
        "ask": _areas(counts[ASK], language),
    }
    if run.mailing.empty:
        return text("headline_sentence", language, **told)
    households = whole(round(_households(run).sum()), language)
    return text("headline_sentence_mailing", language, **told, households=households)


def _verdict_numbers(run: Run, own: pd.Index | None = None) -> list[HeadlineNumber]:
    counts, labels = _counts(run, own), verdict_labels(run.language)
    return [
        HeadlineNumber(
            whole(counts[name], run.language),
            labels[name],
            "verdict",
            verdict=labels[name],
            more=text(f"headline_{name}_more", run.language, channel=_channel(run)),
        )
        for name in (FULL, ASK)
    ]


def _households(run: Run) -> pd.Series:
    """Return how many households of each area are mailed, whatever the number of editions."""
    mailed = run.mailing["households_count"]
    return mailed.groupby(level=0).max()


def _cost(run: Run) -> str:
    return whole(round(run.mailing["cost_sek"].sum()), run.language)


def _mailing_number(run: Run) -> list[HeadlineNumber]:
    """Return households, kronor, precision and lift of the mailing; nothing without one."""
    language = run.language
    mailing = run.mailing[run.mailing["payer"].isna()]
    # A campaign without a channel of mailing has no edition.
    first = next((edition.name for edition in run.campaign.editions), None)
    own = mailing[mailing["edition"] == first]
    if own.empty:
        return []
    precision, everyone = mean_precision(own), float(own["precision_everyone"].iloc[0])
    more = text(
        "headline_mailing_more",
        language,
        cost=_cost(run),
        budget=whole(
            round(run.campaign.mailing.budget_sek * mailing["edition"].nunique()), language
        ),
        hits=round(100 * precision),
        times=decimal(precision / everyone, 1, language),
    )
    households = whole(round(_households(run).sum()), language)
    return [HeadlineNumber(households, text("headline_mailed", language), "plan", more=more)]


def _work_number(work: MapWork | None, language: Language) -> list[HeadlineNumber]:
    """Return how many hours people have in the plan; nothing where it has none."""
    hours = 0 if work is None else round(work.tasks["hours"].sum())
    more = text("headline_hours_more", language)
    told = HeadlineNumber(
        whole(hours, language), text("headline_hours", language), "work", more=more
    )
    return [told] if hours else []


def _association_table(run: Run) -> pd.DataFrame:
    """Return by association: areas by verdict, households mailed, and the words for its people."""
    areas, verdicts = run.scored.areas, _verdicts(run)
    home = areas["association"]
    quadrants = run.frames["quadrants"]
    return pd.DataFrame(
        {
            "full": (verdicts == FULL).groupby(home).sum(),
            "ask": (verdicts == ASK).groupby(home).sum(),
            "mailed": _households(run).reindex(areas.index).fillna(0.0).groupby(home).sum(),
            "capacity": quadrants["capacity"],
            "short": quadrants["quadrant"] == SHORT_OF_PEOPLE,
        }
    ).rename_axis("association")


def _association_number(run: Run) -> HeadlineNumber:
    table, language = _association_table(run), run.language
    unknown = bool((table["capacity"] == "unknown").all())
    short = whole(int((table["short"] & (table["full"] > 0)).sum()), language)
    return HeadlineNumber(
        whole(int((table["full"] > 0).sum()), language),
        text("headline_associations", language),
        "associations",
        more=text("headline_people_unknown", language)
        if unknown
        else text("headline_people_short", language, count=short),
    )


def _people(capacity: str, language: Language) -> str:
    if capacity == "unknown":
        return text("method_unknown", language)
    return text(f"headline_people_{capacity}", language)


def _association_rows(run: Run) -> list[tuple[str, ...]]:
    """Return a row of texts for each association, the one with most to do first."""
    table, language = _association_table(run), run.language
    table = table.sort_values(["full", "ask", "mailed"], ascending=False, kind="stable")
    people = table["capacity"].map(lambda one: _people(one, language))
    columns = [
        table[name].map(lambda one: whole(round(one), language)) for name in table.columns[:3]
    ]
    return cast(
        "list[tuple[str, ...]]",
        list(zip(table.index.astype(str), *columns, people, strict=True)),
    )
