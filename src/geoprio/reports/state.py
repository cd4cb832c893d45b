"""Läget: a page on a phone for the leadership: what to decide, what is done beside planned."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geoprio.files.paper import Block, Paper
from geoprio.reports.association import Hand, at_least, progress, progress_rows
from geoprio.reports.plan_files import against_decided
from geoprio.runs.notes import listed
from geoprio.scores import verdict_labels
from geoprio.scores.verdicts import ASK, FULL
from geoprio.words import Language, text

DECISIONS, NAMED = 5, 6
"""Decisions at most, and places named in each line."""
ENOUGH = 30
"""Visits of an area from which a share of them says anything."""
LITTLE = 0.1
"""Share of the planned doors below which an association may need support."""
UNLIKE = 1.25
"""Times more, or fewer, than all together that is a surprise."""


def state_page(hand: Hand) -> Paper:
    """Return the page: decisions, what is done by association, surprises, and who is waited for."""
    language = hand.language
    parts = {
        "decisions": [*_decisions(hand)][:DECISIONS],
        "moved": against_decided(hand.planned) if hand.planned else [],
        "surprises": surprise_lines(hand),
        "waits": [*_waits(hand)],
    }
    blocks = [
        block
        for key, lines in parts.items()
        for block in (
            Block("heading", text(f"state_{key}", language)),
            Block("list", items=lines or [text(f"state_no_{key}", language)]),
        )
    ]
    table = [Block("heading", text("state_done", language)), *_done(hand)]
    return Paper(
        language,
        text("state_title", language, campaign=hand.run.campaign.title),
        f"{text('audience_valledning', hand.language)}. {hand.lead}",
        [*blocks[:2], *table, *blocks[2:], *_answers(hand)],
        text("about_areas", language),
        hand.marks,
    )


def _done(hand: Hand) -> Iterator[Block]:
    language, rows = hand.language, _progress(hand)
    if rows.empty:
        yield Block("text", text("state_no_done", language))
        return
    head = [text(f"state_column_{key}", language) for key in ("name", "planned", "done", "share")]
    told = [
        [*row, _share(figures, language)]
        for row, (_, figures) in zip(progress_rows(rows, hand), rows.iterrows(), strict=True)
    ]
    yield Block("table", text("state_done_told", language), head=head, rows=told)


def _share(row: pd.Series, language: Language) -> str:
    """Return how much is done where doors are planned; a least is never rounded up."""
    if not row["planned"] > 0 or np.isnan(row["behind"]):
        return "–"
    return at_least(row, f"{int(100 * row['behind'] / row['planned'])} %", language)


def _progress(hand: Hand) -> pd.DataFrame:
    owner = hand.run.scored.areas["association"]
    return progress(hand, owner.fillna(text("explain_no_association", hand.language)))


def _answers(hand: Hand) -> Iterator[Block]:
    """Yield what associations have answered, for whoever acts on it."""
    language, given = hand.language, hand.answers
    if given.empty:
        return
    areas = hand.table["area_name"].astype(str)
    keys = ["hubs", "local", "locked", "no_go", "work", "leave"]
    named = given[["hubs", "no_go", "work", "leave"]].map(
        lambda codes: ", ".join(str(areas.get(code, code)) for code in str(codes).split())
    )
    shown = named.join(given[["local", "locked"]])[keys].replace("", "–")
    crew = given[["people", "evenings", "hours"]].replace("", "–").agg(" · ".join, axis=1)
    rows = [[str(name), crew[name], *row] for name, *row in shown.itertuples()]
    head = [text(f"state_column_{key}", language) for key in ("name", "crew", *keys)]
    yield Block("heading", text("state_answers", language))
    yield Block("table", text("state_answers_told", language), head=head, rows=rows)


def surprise_lines(hand: Hand) -> list[str]:
    """Return the surprises in words, a line for each kind that there is."""
    names = hand.table["area_name"]
    return [
        text(f"state_{key}", hand.language, areas=_named(names[codes], hand))
        for key, codes in surprises(hand).items()
        if len(codes)
    ]


def surprises(hand: Hand) -> dict[str, pd.Index]:
    """Return where doors open `more` often than the figures say, or `fewer` where they were strong.

    What is withheld may be any number: a surprise is one whichever it is.
    """
    done = hand.done[hand.done["visits_count"] >= ENOUGH]
    if done.empty:
        return {}
    opened, visits = done["successful_count"], done["visits_count"]
    share = opened / visits
    low, high = (opened.fillna(end).sum() / visits.sum() for end in (0, visits))
    verdict = hand.table["verdict"].reindex(done.index)
    strong = verdict == verdict_labels(hand.language)[FULL]
    return {
        "more": done.index[(share >= UNLIKE * high) & ~strong],
        "fewer": done.index[(share <= low / UNLIKE) & strong],
    }


def _named(names: pd.Series, hand: Hand) -> str:
    return listed([*map(str, names.dropna())][:NAMED], hand.language)


def _decisions(hand: Hand) -> Iterator[str]:
    """Yield what waits for a decision, the most pressing first."""
    one, language, table = hand.planned, hand.language, hand.table
    if one is None:
        yield text("state_decide_plan_none", language)
    elif one.decision is None:
        yield text("state_decide_plan", language)
    judged = table[table["verdict"] == verdict_labels(language)[ASK]]
    if len(judged):
        names = judged["association"].nunique()
        yield text("state_decide_ask", language, areas=len(judged), associations=names)
    idle = _idle(hand)
    if idle:
        yield text("state_decide_idle", language, names=listed(idle[:NAMED], language))
    if surprise_lines(hand):
        yield text("state_decide_surprise", language)
    late = slow(hand)
    if late:
        yield text("state_decide_slow", language, names=listed(late[:NAMED], language))


def slow(hand: Hand) -> list[str]:
    """Return the associations that have done less than a tenth, where all of it is known."""
    rows = _progress(hand)
    known = rows["withheld"] + rows["untold"] == 0
    return [*map(str, rows.index[known & (rows["behind"] < LITTLE * rows["planned"])])]


def _idle(hand: Hand) -> list[str]:
    if hand.planned is None:
        return []
    plan = hand.planned.made.plan
    return [name for name in hand.names if plan.crew_of(name).hours_per_week == 0]


def _waits(hand: Hand) -> Iterator[str]:
    """Yield whom the campaign waits for, and for what."""
    silent = [name for name in hand.names if name not in hand.answers.index]
    if silent and len(hand.answers):
        yield text("state_wait_answers", hand.language, names=listed(silent[:NAMED], hand.language))
    elif silent:
        yield text("state_wait_all", hand.language, count=len(silent))
    if hand.planned and hand.planned.decision is None:
        yield text("state_wait_board", hand.language)
    rows = _progress(hand)
    untold = [*map(str, rows.index[rows["untold"] > 0])]
    if untold and len(hand.done):
        yield text("state_wait_sums", hand.language, names=listed(untold[:NAMED], hand.language))
