"""Official figures of a place on one page, for press and leaflets: nothing that is estimated."""

from collections.abc import Iterator

import pandas as pd

from geoprio.config.counties import reach
from geoprio.counts.figures import MOVED, OWN
from geoprio.files.paper import Block, Paper, Picture
from geoprio.files.sketch import sketch
from geoprio.reports.association import FIGURES, SHARES, Hand, area_figures, totals
from geoprio.runs import Run
from geoprio.runs.notes import publishers
from geoprio.tables import for_audience
from geoprio.words import decimal, text, whole

COUNTED = (OWN, MOVED)
"""Where a figure must be from: counted there, or in polling districts and moved."""


def factsheets(hand: Hand) -> dict[tuple[str, str], Paper]:
    """Return a sheet for each municipality and association, by its kind and name."""
    figures = official_figures(hand.run)
    places = pd.DataFrame(hand.run.scored.places)[["municipality_name", "association"]]
    kinds = {"municipality": "municipality_name", "association": "association"}
    return {
        (kind, str(name)): _sheet(hand, (kind, str(name)), figures, places[column] == name)
        for kind, column in kinds.items()
        for name in sorted(places[column].dropna().unique())
    }


def official_figures(run: Run) -> pd.DataFrame:
    """Return figures of each scored area that are counted; NaN where one is estimated.

    What is moved from polling districts is counted there, and the page says so.
    """
    table = area_figures(run)
    origins = run.frames.get(f"{run.scored.area_set}_origins")
    if origins is not None:
        whence = origins.reindex(table.index, columns=table.columns).astype(object)
        table = table.where(whence.isna() | whence.isin(COUNTED))
    return for_audience(table, "offentlig")


def _sheet(hand: Hand, place: tuple[str, str], figures: pd.DataFrame, within: pd.Series) -> Paper:
    run, language, (kind, name) = hand.run, hand.language, place
    own, all_of = totals(figures[within]), totals(figures)
    head = [text("facts_figure", language), name, reach(run.campaign, language).capitalize()]
    drawn = sketch(run.scored.areas.geometry[within], [""] * int(within.sum()), hand.ground)
    picture = Picture(drawn, name, text("assoc_map_alt", language, area=name))
    told = text("facts_told", language, year=run.campaign.election.year)
    return Paper(
        language,
        text("facts_title", language, name=name),
        text(f"facts_{kind}", language),
        [
            Block("heading", text("facts_where", language)),
            Block("maps", pictures=[picture]),
            Block("table", told, head=head, rows=[*_rows(own, all_of, hand)]),
            Block("heading", text("facts_sources", language)),
            Block("text", text("facts_moved", language)),
            Block("text", publishers(run.record["sources"])),
            *_sender(hand),
        ],
        text("about_areas", language),
        [run.mark] if run.mark else [],
    )


def _sender(hand: Hand) -> Iterator[Block]:
    """Yield who gives the page out, and where press turns, or a line to write it on."""
    for key, value in hand.run.campaign.sender.model_dump().items():
        label = text(f"facts_sender_{key}", hand.language)
        yield Block("text", f"{label} {value}") if value else Block("blank", items=[label])


def _rows(own: pd.Series, all_of: pd.Series, hand: Hand) -> Iterator[list[str]]:
    for name in [*FIGURES, *SHARES]:
        if pd.notna(own[name]):
            label = text(f"assoc_column_{name}", hand.language)
            yield [label, *(_written(name, one[name], hand) for one in (own, all_of))]


def _written(name: str, value: float, hand: Hand) -> str:
    if pd.isna(value):
        return "–"
    return (
        decimal(100 * value, 1, hand.language)
        if name in SHARES
        else whole(round(value), hand.language)
    )
