"""What a board decides on: two pages, from what is proposed to where it is signed."""

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config import MAILING
from geoprio.files.paper import Block, Paper, Picture
from geoprio.files.sketch import Ground, sketch
from geoprio.plans.efforts import CANVASS, DISTRIBUTION, HOURLY, ORGANISE, STAND
from geoprio.plans.prices import wish_prices
from geoprio.reports.association import Hand
from geoprio.reports.evening import span_words
from geoprio.reports.headline import budget_words
from geoprio.reports.plan_files import against_decided, goodness
from geoprio.reports.proposal import Planned
from geoprio.reports.trial import trial_words
from geoprio.runs import GROUND_FRAME, MUNICIPALITIES, Run
from geoprio.runs.notes import listed
from geoprio.scores import verdict_labels
from geoprio.scores.verdicts import ASK, FULL, JOINT, KEEP
from geoprio.words import Language, text, whole

PLACED = ("association", "canvass", "stands", "mailed", "hours")
LINES, WIDE = 44, 84
"""Lines of the second page's table, and letters of one that names areas."""
PRICED = 8
"""Areas that are left out and told with their price, the first by rank."""


def board_paper(hand: Hand) -> Paper:
    """Return the paper for the board: what is proposed, where, its price, how sure, what is lost.

    First what is decided, then where and when, and where it is signed: two pages where there are
    some dozens of associations. A campaign without a plan has the mailing alone.
    """
    run, language, one = hand.run, hand.language, hand.planned
    changed = against_decided(one) if one else []
    decided = "board_decision_text" if one else "board_decision_mailing"
    blocks = [
        Block("box", text("board_proposal", language), items=[*_proposal(run, one)]),
        Block("maps", pictures=[*_maps(hand)]),
        Block("heading", text("board_reaches", language)),
        *_reaches(run, one),
        Block("heading", text("board_cost", language)),
        Block("list", items=[*_costs(run, one)]),
        Block("heading", text("board_sure", language)),
        Block("list", items=[*_sureness(run, one)]),
        *_given_up(run, one),
        *_where(run, one),
        Block("heading", text("board_changed", language)),
        Block("text", " ".join(changed) or text("board_no_decision", language)),
        Block("heading", text("board_decision", language)),
        Block("text", text(decided, language, campaign=run.campaign.title)),
        Block(
            "blank",
            items=[text(f"board_sign_{key}", language) for key in ("day", "chair", "secretary")],
        ),
    ]
    lead = f"{text('audience_valledning', language)}. {hand.lead}"
    title = text("board_title", language, campaign=run.campaign.title)
    return Paper(language, title, lead, blocks, text("evening_about", language), hand.marks)


def _letters(run: Run) -> pd.DataFrame:
    """Return the mailing that the district pays for."""
    return run.mailing[run.mailing["payer"].isna()]


def _maps(hand: Hand) -> Iterator[Picture]:
    """Yield a small map of the county for each way that areas are worked: where they are."""
    run, language = hand.run, hand.language
    chosen = hand.planned.made.chosen if hand.planned else pd.DataFrame(columns=["channel"])
    ways = {way: set(own["area_code"]) for way, own in chosen.groupby("channel", sort=False)}
    ways[MAILING] = set(_letters(run).index)
    towns = run.frames.get(f"{MUNICIPALITIES}_areas", run.scored.areas)
    ground = Ground.of(gpd.GeoDataFrame(towns), run.frames.get(GROUND_FRAME))
    for way in (CANVASS, DISTRIBUTION, MAILING):
        shapes = run.scored.areas.geometry[run.scored.areas.index.isin(ways.get(way, ()))]
        if len(shapes):
            label, areas = text(f"channel_{way}", language), whole(len(shapes), language)
            title = text("board_map", language, way=label, areas=areas)
            drawn = sketch(shapes, [""] * len(shapes), ground, tuple(towns.total_bounds))
            yield Picture(drawn, title, title)


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
    letters = _letters(run)
    if len(letters):
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
    own = _letters(run).reset_index().assign(channel=MAILING, hours=np.nan)
    parts = [own.rename(columns={"precision_everyone": "everyone"})] if len(own) else []
    if one:
        chosen = one.made.chosen[one.made.chosen["channel"].isin(HOURLY)]
        parts.insert(0, chosen.assign(everyone=chosen["election"].map(one.made.everyone)))
    if not parts:
        return pd.DataFrame(columns=["areas", "hours", "cost", "electors", "persons", "everyone"])
    rows = pd.concat(parts).groupby("channel", sort=False)
    return rows.agg(
        areas=("area_code", "nunique"),
        hours=("hours", lambda own: own.sum(min_count=1)),
        cost=("cost_sek", "sum"),
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
                    row["hours"],
                    row["cost"],
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
        for key in ("channel", "areas", "hours", "cost", "persons", "hits", "everyone")
    ]
    yield Block("table", text("board_reaches_told", language), head=head, rows=rows)


def _about(value: float) -> int:
    """Return an estimate as one says it: two figures from 100 on."""
    digits = len(str(round(value)))
    return int(round(value, min(2 - digits, 0)))


def _costs(run: Run, one: Planned | None) -> Iterator[str]:
    if words := budget_words(run):
        yield f"{words} {text('board_reserve', run.language)}"
    yield from _everyone(run)
    if one:
        crew = one.made.plan.crew.people
        yield text("board_people", run.language, people=whole(crew, run.language))


def _everyone(run: Run) -> Iterator[str]:
    """Yield what it would cost to mail every household at the same price, and how that hits."""
    own, homes = _letters(run), run.scored.indicators["households_count"].sum(skipna=False)
    own = own[own["edition"] == own["edition"].iloc[0]] if len(own) else own
    if own.empty or np.isnan(homes):
        return
    price = own["cost_sek"].sum() / own["households_count"].sum()
    yield text(
        "board_everyone",
        run.language,
        homes=whole(_about(homes), run.language),
        cost=whole(_about(price * homes), run.language),
        everyone=round(100 * own["precision_everyone"].iloc[0]),
        hits=round(100 * own["target_persons_count"].sum() / own["electors_count"].sum()),
    )


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
    # How near the best it is concerns those who made it, and how it hits stands on the page.
    yield from goodness(one.made, language)[2:] if one else []
    yield text("board_unsure" if one else "board_unsure_letters", language)


def _left_out(run: Run, one: Planned) -> Iterator[Block]:
    """Yield which areas to go all in in the plan leaves, and what the first of them would cost."""
    scores, language = run.scored.known.get(CANVASS), run.language
    if scores is None:
        return
    own = one.made.chosen.loc[one.made.chosen["channel"] == CANVASS, "area_code"].unique()
    full = scores[scores["verdict"] == FULL].sort_values("rank").index
    left, labels = full[~full.isin(own)], verdict_labels(language)
    low = scores["verdict"].reindex(own).isin([KEEP, JOINT]).sum()
    counts = {"full": len(full), "planned": len(full) - len(left), "doors": len(own), "low": low}
    told = {name: whole(int(count), language) for name, count in counts.items()}
    keys = {name: labels[key] for name, key in (("label", FULL), ("keep", KEEP), ("joint", JOINT))}
    yield Block("text", text("board_full_left", language, **keys, **told))
    efforts = one.made.efforts.assign(thing=one.made.things)
    doors = efforts[efforts["channel"] == CANVASS].drop_duplicates("area_code")
    first = doors.set_index("area_code").reindex(left).dropna(subset="thing").head(PRICED)
    if first.empty:
        return
    prices = wish_prices(one.made, first["thing"].to_numpy(np.intp)).set_index("area_code")
    words = [
        whole(round(price), language) if np.isfinite(price) else text("board_no_hours", language)
        for price in prices["price"]
    ]
    names = run.scored.places.loc[prices.index, "area_name"]
    lines = ", ".join(f"{name} {price}" for name, price in zip(names, words, strict=True))
    more = whole(len(left) - len(prices), language)
    yield Block("text", text("board_given_up_told", language, told=lines, more=more))


def _where(run: Run, one: Planned | None) -> Iterator[Block]:
    """Yield in which areas each association works, and when; else where the mailing goes."""
    language = run.language
    yield Block("heading", text("board_where", language))
    if one is None:
        areas = run.scored.places.loc[_letters(run).index.unique()]
        towns = areas.groupby("municipality_name")["area_name"]
        rows = [[str(name), ", ".join(sorted(map(str, own)))] for name, own in towns]
        head = [text(f"board_column_{key}", language) for key in ("municipality", "letters")]
        told = text("board_letters_told", language)
        yield Block("table", told, head=head, rows=fitted(rows, language), dense=True)
        return
    phases = [
        f"{phase.label.told(language)} {span_words(f'{days[0]}', f'{days[-1]}', language)}"
        for phase in one.made.plan.phases
        if (days := sorted(phase.weeks))
    ]
    year = one.made.plan.election_day[:4]
    head = [text(f"board_column_{key}", language) for key in PLACED]
    told = text("board_where_told", language, year=year)
    rows = fitted(_place_rows(run, one, f" {year}"), language, LINES - 9 * bool(one.trial))
    yield Block("text", text("board_phases", language, phases=listed(phases, language)))
    yield Block("table", told, head=head, rows=rows, dense=True)


def _place_rows(run: Run, one: Planned, year: str) -> list[list[str]]:
    """Return by association where it canvasses and leaves leaflets, what else, and its hours."""
    made, language = one.made, run.language
    spans = made.weeks.groupby(level=0)["week"].agg(["min", "max"])
    chosen = made.chosen.join(spans).sort_values(["min", "max"], kind="stable")
    weeks = [span_words(first, last, language) for first, last in chosen[["min", "max"]].to_numpy()]
    names = chosen["area_code"].map(made.places["area_name"])
    chosen["told"] = [
        f"{name} {week.removesuffix(year)}".replace(" v. ", "\u00a0v.\u00a0")
        for name, week in zip(names, weeks, strict=True)
    ]
    mailed = made.places["association"].reindex(_letters(run).index.unique()).value_counts()
    rows = []
    for name, own in chosen.groupby("association"):
        ways = dict(list(own.groupby("channel")["told"]))
        told = [", ".join(ways.get(CANVASS, ()))]
        told += [
            text(f"board_{way}", language, areas=", ".join(ways[way]))
            for way in (DISTRIBUTION, ORGANISE)
            if way in ways
        ]
        counts = [len(ways.get(STAND, ())), int(mailed.get(name, 0)), round(own["hours"].sum())]
        where = "; ".join(filter(None, told)) or "–"
        rows.append([str(name), where, *(whole(count, language) for count in counts)])
    return rows


def fitted(rows: list[list[str]], language: Language, room: int = LINES) -> list[list[str]]:
    """Return the rows that the page has room for, and how many it has not."""
    lines = np.cumsum([1 + len(row[1]) // WIDE for row in rows])
    kept = rows[: int((lines <= room).sum())]
    if len(kept) == len(rows):
        return rows
    left = text("board_more", language, count=len(rows) - len(kept))
    return [*kept, [left, *[""] * (len(rows[0]) - 1)]]


def _given_up(run: Run, one: Planned | None) -> Iterator[Block]:
    """Yield what the plan goes without, and what it would cost to have it."""
    if one is None:
        return
    language = run.language
    yield Block("heading", text("board_given_up", language))
    yield from _left_out(run, one)
    if one.trial:
        yield Block("text", trial_words(run, one.made.plan, one.trial))
