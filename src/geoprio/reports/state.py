"""Läget: a page on a phone for the leadership: what to decide, what is done beside planned."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geoprio.files.paper import Block, Paper
from geoprio.reports.association import Hand, progress, progress_rows
from geoprio.reports.plan_files import against_decided
from geoprio.runs.notes import listed
from geoprio.scores import verdict_labels
from geoprio.scores.verdicts import ASK, FULL
from geoprio.words import text

DECISIONS, NAMED = 5, 6
"""Decisions at most, and places named in each line."""
ENOUGH = 30
"""Visits of an area from which a share of them says anything."""
UNLIKE = 1.25
"""Times more, or fewer, than all together that is a surprise."""


def state_page(hand: Hand) -> Paper:
    """Return the page: decisions, what is done by association, surprises, and who is waited for."""
    language = hand.language
    surprises = surprise_lines(hand)
    parts = {
        "decisions": [*_decisions(hand)][:DECISIONS],
        "moved": against_decided(hand.planned) if hand.planned else [],
        "surprises": surprises,
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
    share = (100 * rows["visited"] / rows["planned"].where(rows["planned"] > 0)).round()
    shares = ["–" if np.isnan(one) else f"{one:.0f} %" for one in share]
    told = zip(progress_rows(rows, hand), shares, strict=True)
    head = [text(f"state_column_{key}", language) for key in ("name", "planned", "done", "share")]
    rows_told = [[*row, one] for row, one in told]
    yield Block("table", text("state_done_told", language), head=head, rows=rows_told)


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
    """Return where doors open more often than the figures say, or seldom where they were strong."""
    done = hand.done[hand.done["visits_count"] >= ENOUGH].dropna(subset="successful_count")
    if done.empty:
        return []
    share = done["successful_count"] / done["visits_count"]
    usual = done["successful_count"].sum() / done["visits_count"].sum()
    table = hand.table.reindex(done.index)
    strong = table["verdict"] == verdict_labels(hand.language)[FULL]
    found = {
        "more": done.index[(share >= UNLIKE * usual) & ~strong],
        "fewer": done.index[(share <= usual / UNLIKE) & strong],
    }
    return [
        text(f"state_{key}", hand.language, areas=_named(table["area_name"][codes], hand))
        for key, codes in found.items()
        if len(codes)
    ]


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
    behind = _progress(hand)
    slow = behind[behind["visited"] < 0.1 * behind["planned"]]
    if len(slow):
        names_of = listed([*map(str, slow.index)][:NAMED], language)
        yield text("state_decide_slow", language, names=names_of)


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
