"""What a board decides on: two pages, from what is proposed to where it is signed."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from geoprio.files.paper import Block, Paper
from geoprio.plans.efforts import CANVASS, HOURLY
from geoprio.reports.association import Hand
from geoprio.reports.headline import budget_words
from geoprio.reports.plan_files import against_decided, plan_lines, plan_tables
from geoprio.reports.proposal import Planned
from geoprio.reports.trial import trial_words
from geoprio.runs import Run
from geoprio.scores import verdict_labels
from geoprio.scores.verdicts import ASK, FULL
from geoprio.words import text, whole

CHEAPEST = 6
"""Areas that could be had instead, the cheapest first."""


def board_paper(hand: Hand) -> Paper:
    """Return the paper for the board: what is proposed, its price, how sure, and what is given up.

    A campaign without a plan has the mailing alone.
    """
    run, language, one = hand.run, hand.language, hand.planned
    blocks = [
        Block("box", text("board_proposal", language), items=[*_proposal(run, one)]),
        Block("heading", text("board_reaches", language)),
        *_reaches(run, one),
        Block("heading", text("board_cost", language)),
        Block("list", items=[*_costs(run, one)]),
        Block("page"),
        Block("heading", text("board_sure", language)),
        Block("list", items=[*_sureness(run, one)]),
        *_given_up(run, one),
        Block("heading", text("board_changed", language)),
        Block(
            "list",
            items=(against_decided(one) if one else []) or [text("board_no_decision", language)],
        ),
        Block("heading", text("board_decision", language)),
        Block("text", text("board_decision_text", language, campaign=run.campaign.title)),
        Block(
            "blank",
            items=[text(f"board_sign_{key}", language) for key in ("day", "chair", "secretary")],
        ),
    ]
    lead = f"{text('audience_valledning', language)}. {hand.lead}"
    title = text("board_title", language, campaign=run.campaign.title)
    return Paper(language, title, lead, blocks, text("evening_about", language), hand.marks)


def _proposal(run: Run, one: Planned | None) -> Iterator[str]:
    if one:
        chosen = one.made.chosen
        yield text(
            "board_plan",
            run.language,
            areas=whole(chosen["area_code"].nunique(), run.language),
            associations=whole(chosen["association"].nunique(), run.language),
            hours=whole(round(chosen["hours"].sum()), run.language),
        )
    letters = run.mailing[run.mailing["payer"].isna()]
    if len(letters) and letters["households_count"].notna().all():
        yield text(
            "board_mailing",
            run.language,
            areas=whole(letters.index.nunique(), run.language),
            homes=whole(_about(letters["households_count"].sum()), run.language),
        )


def reach_rows(run: Run, one: Planned | None) -> pd.DataFrame:
    """Return by channel what is reached: areas, electors and target persons, and the base rate.

    `everyone` is the share (0-1) of target persons if all were reached.
    """
    own = run.mailing[run.mailing["payer"].isna()].reset_index().assign(channel="mailing")
    parts = [own.rename(columns={"precision_everyone": "everyone"})] if len(own) else []
    if one:
        chosen = one.made.chosen[one.made.chosen["channel"].isin(HOURLY)]
        parts.insert(0, chosen.assign(everyone=chosen["election"].map(one.made.everyone)))
    if not parts:
        return pd.DataFrame(columns=["areas", "electors", "persons", "everyone"])
    rows = pd.concat(parts).groupby("channel", sort=False)
    return rows.agg(
        areas=("area_code", "nunique"),
        electors=("electors_count", lambda own: own.sum(skipna=False)),
        persons=("target_persons_count", lambda own: own.sum(skipna=False)),
        everyone=("everyone", "mean"),
    )


def _reaches(run: Run, one: Planned | None) -> Iterator[Block]:
    """Yield what each channel reaches beside reaching everyone alike."""
    language = run.language
    rows = [
        [
            text(f"channel_{channel}", language),
            whole(int(row["areas"]), language),
            *(
                "–" if np.isnan(value) else whole(_about(value), language)
                for value in (
                    row["persons"],
                    100 * row["persons"] / row["electors"],
                    100 * row["everyone"],
                )
            ),
        ]
        for channel, row in reach_rows(run, one).to_dict("index").items()
        if row["electors"] > 0
    ]
    head = [
        text(f"board_column_{key}", language)
        for key in ("channel", "areas", "persons", "hits", "everyone")
    ]
    yield Block("table", text("board_reaches_told", language), head=head, rows=rows)


def _about(value: float) -> int:
    """Return an estimate as one says it: two figures from 100 on."""
    digits = len(str(round(value)))
    return int(round(value, min(2 - digits, 0)))


def _costs(run: Run, one: Planned | None) -> Iterator[str]:
    yield budget_words(run)
    if one:
        spent = one.made.chosen["cost_sek"].sum()
        yield text("board_material", run.language, cost=whole(round(spent), run.language))
        crew = one.made.plan.crew.people
        yield text("board_people", run.language, people=whole(crew, run.language))


def _sureness(run: Run, one: Planned | None) -> Iterator[str]:
    language, labels = run.language, verdict_labels(run.language)
    channel, scores = next(iter(run.scored.known.items()))
    counts = scores["verdict"].value_counts()
    yield text(
        "board_verdicts",
        language,
        channel=run.label(run.profiles[channel]),
        may=whole(int(scores["in_top_set"].sum()), language),
        k=run.scored.top_k,
        full=whole(int(counts.get(FULL, 0)), language),
        ask=whole(int(counts.get(ASK, 0)), language),
        full_label=labels[FULL],
        ask_label=labels[ASK],
    )
    # Its first line is the status, which stands above; what it comes to stands on the first page.
    gaps = [line for line in plan_lines(one)[1:] if "%" in line or "procent" in line] if one else []
    yield from gaps[:1]
    yield text("board_unsure", language)


def _left_out(run: Run, one: Planned) -> Iterator[Block]:
    """Yield how many of the areas to go all in in the plan canvasses."""
    scores, language = run.scored.known.get(CANVASS), run.language
    if scores is None:
        return
    full = scores.index[scores["verdict"] == FULL]
    own = one.made.chosen.loc[one.made.chosen["channel"] == CANVASS, "area_code"]
    counts = {"full": len(full), "planned": int(full.isin(own).sum())}
    told = {name: whole(count, language) for name, count in counts.items()}
    label = verdict_labels(language)[FULL]
    yield Block("text", text("board_full_left", language, label=label, **told))


def _given_up(run: Run, one: Planned | None) -> Iterator[Block]:
    """Yield what the plan goes without, and what it would cost to have it."""
    if one is None:
        return
    language = run.language
    told = plan_tables(one)["onskemal"].frame
    inn = told[told["wish"] == text("wish_in", language)].sort_values("price", kind="stable")
    lines = [
        f"{row['area_name']} ({row['association']}, {row['channel']}): {row['price_words']}"
        for row in inn.dropna(subset="price").head(CHEAPEST).to_dict("records")
    ]
    yield Block("heading", text("board_given_up", language))
    yield from _left_out(run, one)
    yield Block("text", text("board_given_up_told", language))
    yield Block("list", items=lines or [text("plan_no_area", language)])
    if one.trial:
        yield Block("text", trial_words(run, one.made.plan, one.trial))
