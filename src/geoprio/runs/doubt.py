"""What keeps each ranking unsure, and which table would narrow it most: record and words."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geoprio.groups import for_election
from geoprio.runs.notes import listed
from geoprio.runs.outcome import Outcome
from geoprio.scores import Located
from geoprio.scores.levers import VOTES
from geoprio.scores.verdicts import ASK
from geoprio.words import Language, text, told, whole

TOLD = 0.05
"""Share (0-1) of the doubt from which a part of it is told of."""
OF_PLACE = ("votes", "homes")
"""Parts of the doubt that are no group's."""


def doubt_record(outcome: Outcome, level: Located, channel: str) -> dict[str, Any] | None:
    """Return what a ranking's doubt comes from, and what each table that is lacking would do.

    None where no area's chance of being among the first is known.
    """
    levers = outcome.judged[level.area_set].levers.get(channel)
    if levers is None:
        return None
    basis = outcome.plans.campaign.election.basis
    rows = for_election(level.groups, basis).groupby("group")
    methods, sources = (rows[name].agg(lambda own: own.mode()[0]) for name in ("method", "source"))
    votes = outcome.gathered.results[basis].origin
    parts = {
        str(name): {
            "share": round(float(share), 4),
            "method": methods.get(name),
            "source": sources.get(name, votes if name == VOTES else None),
        }
        for name, share in levers.parts[levers.parts > 0].items()
    }
    tables = {str(name): _table(outcome, str(name), row) for name, row in levers.tables.iterrows()}
    return {"parts": parts, "tables": tables}


def _table(outcome: Outcome, name: str, row: pd.Series) -> dict[str, Any]:
    source = outcome.gathered.others[name]
    title = told(source.title, outcome.plans.language)
    named = {"title": title, "publisher": source.publisher, "fetched": not source.is_by_hand}
    return named | {str(key): round(float(value), 3) for key, value in row.items()}


def doubt_words(
    ranking: Mapping[str, Any], labels: Mapping[str, str], language: Language, **named: str
) -> str:
    """Return what a ranking's doubt comes from, which table would narrow it most, and which would.

    Parameters
    ----------
    ranking
        What a run's record says of the channel in an area set, its `doubt` not None.
    labels
        What each group is called.
    named
        The `channel`, and how many are the first (`k`), as they are called.
    """
    called = {name: text(f"doubt_{name}", language) for name in OF_PLACE} | dict(labels)
    parts = [
        text("doubt_part", language, what=called[name], percent=round(100 * part["share"]))
        for name, part in ranking["doubt"]["parts"].items()
        if part["share"] >= TOLD
    ]
    if not parts:
        return text("doubt_none", language, **named)
    said = text("doubt_from", language, parts=listed(parts, language), **named)
    tables = ranking["doubt"]["tables"]
    if not tables:
        return said + text("doubt_no_table", language)
    (name, table), *others = tables.items()
    counts = {
        "ask": ranking["verdicts"].get(ASK, 0),
        "ask_then": round(table["ask_count"]),
        "top": ranking["may_be_top_count"],
        "top_then": round(table["may_be_top_count"]),
    }
    words = {key: whole(count, language) for key, count in counts.items()}
    words |= {"table": name, "title": table["title"], "publisher": table["publisher"], **named}
    how = text("doubt_fetch" if table["fetched"] else "doubt_place", language, table=name)
    said += text("doubt_table", language, **words) + how
    if not others:
        return said
    further = [
        text(
            "doubt_other",
            language,
            title=other["title"],
            top_then=whole(round(other["may_be_top_count"]), language),
            k=named["k"],
        )
        for _, other in others
    ]
    return said + text("doubt_further", language, tables=listed(further, language))


def run_doubts(record: Mapping[str, Any], language: Language) -> list[str]:
    """Return `doubt_words` of every channel of a run's scored set, from its record alone."""
    settings = record["settings"]
    labels = {name: group["label"][language] for name, group in settings["groups"].items()}
    k = whole(settings["campaign"]["top_k"], language)
    return [
        doubt_words(
            ranking, labels, language, channel=settings["profiles"][name]["label"][language], k=k
        )
        for name, ranking in record["certainty"]["area_sets"][record["scored_set"]].items()
        if ranking.get("doubt")
    ]
