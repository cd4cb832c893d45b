"""Official figures of a place on one page, for press and leaflets: nothing that is estimated."""

from collections.abc import Iterator

import pandas as pd

from geoprio.config.counties import reach
from geoprio.counts.figures import MOVED, OWN
from geoprio.files.paper import Block, Paper, Picture
from geoprio.files.sketch import sketch
from geoprio.reports.association import Hand, origins_of
from geoprio.runs import Run
from geoprio.runs.notes import listed
from geoprio.tables import for_audience
from geoprio.words import decimal, text, whole

COUNTED = (OWN, MOVED)
"""Where a figure must be from: counted there, or in polling districts and moved."""
PEOPLE = {
    "population": ("population_count", ""),
    "households": ("households_count", ""),
    "dwellings": ("dwellings_count", ""),
    "rental": ("dwellings_rental_count", "dwellings_count"),
    "tenant_owned": ("dwellings_tenant_owned_count", "dwellings_count"),
    "owned": ("dwellings_owned_count", "dwellings_count"),
}
VOTES = {
    "electors": ("electors_count", ""),
    "turnout": ("votes_cast_count", "electors_count"),
    **{
        party: (f"votes_{party}_count", "valid_count")
        for party in ("v", "s", "mp", "c", "l", "kd", "m", "sd")
    },
}
"""What is told: a count, or the share that one count is of another."""
COLUMNS = sorted({name for pair in (PEOPLE | VOTES).values() for name in pair if name})
NAMED = 22
"""Areas with a row of their own; of more, names alone."""


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
    """Return counts of each scored area as their publishers count; NaN where one is estimated.

    What is moved from polling districts is counted there, and the page says so. Electors are the
    roll's, with those who live abroad, as the election authority counts them.
    """
    level = run.scored
    table = pd.concat([level.counts, level.votes], axis=1).reindex(columns=COLUMNS)
    whence = origins_of(run, COLUMNS)
    return for_audience(table.where(whence.isna() | whence.isin(COUNTED)), "offentlig")


def _sheet(hand: Hand, place: tuple[str, str], figures: pd.DataFrame, within: pd.Series) -> Paper:
    run, language, (kind, name) = hand.run, hand.language, place
    own, all_of = (one.sum(skipna=False, min_count=1) for one in (figures[within], figures))
    drawn = sketch(run.scored.areas.geometry[within], [""] * int(within.sum()), hand.ground)
    picture = Picture(drawn, name, text("assoc_map_alt", language, area=name))
    head = [text("facts_figure", language), name, reach(run.campaign, language).capitalize()]
    told = text("facts_told", language, year=run.campaign.election.year)
    return Paper(
        language,
        text("facts_title", language, name=name),
        text(f"facts_{kind}", language),
        [
            Block("maps", pictures=[picture], dense=True),
            Block(
                "table",
                told,
                head=[*head, text("facts_source", language)],
                rows=[*_rows(own, all_of, run)],
                dense=True,
            ),
            Block("text", text("facts_moved", language), dense=True),
            *_areas(run, figures[within]),
            *_sender(hand),
        ],
        text("about_areas", language),
        [run.mark] if run.mark else [],
    )


def _areas(run: Run, figures: pd.DataFrame) -> Iterator[Block]:
    """Yield the areas by name, with what is counted in each where there are not too many."""
    language = run.language
    names = run.scored.places["area_name"][figures.index].astype(str).sort_values()
    heading = text("facts_areas", language, count=len(names))
    if len(names) > NAMED:
        yield Block("heading", heading)
        yield Block("text", f"{listed([*names], language)}.", dense=True)
        return
    known = {key: PEOPLE[key] for key in PEOPLE if figures[PEOPLE[key][0]].notna().any()}
    rows = [
        [name, *(_written(figures.loc[code], pair, run) for pair in known.values())]
        for code, name in names.items()
    ]
    head = [text("assoc_column_area", language), *(text(f"facts_{key}", language) for key in known)]
    yield Block("table", heading, head=head, rows=rows, dense=True)


def _sender(hand: Hand) -> Iterator[Block]:
    """Yield who gives the page out, and where press turns, or a line to write it on."""
    told = hand.run.campaign.sender.model_dump()
    labels = {key: text(f"facts_sender_{key}", hand.language) for key in told}
    yield from (Block("text", f"{labels[key]} {value}") for key, value in told.items() if value)
    if blank := [labels[key] for key, value in told.items() if not value]:
        yield Block("blank", items=blank)


def _rows(own: pd.Series, all_of: pd.Series, run: Run) -> Iterator[list[str]]:
    for name, pair in (PEOPLE | VOTES).items():
        if all(pd.notna(own[one]) for one in pair if one):
            label = text(f"facts_{name}", run.language)
            figures = [_written(one, pair, run) for one in (own, all_of)]
            yield [label, *figures, _source(run, pair[0])]


def _source(run: Run, column: str) -> str:
    """Return who published a figure and of which year: a table's title may name origin."""
    of_election = f"val_results_{run.campaign.election.year}_{run.campaign.election.basis}"
    sources = run.record["sources"]
    stem = column.removesuffix("count")  # all dwellings are those of each tenure together
    held = [one for one in sources if any(it.startswith(stem) for it in one.get("columns", ()))]
    own = [one for one in held if one["name"] == of_election or one["area_set"] in run.area_sets]
    return "; ".join(sorted({f"{one['publisher']} {one['vintage']}" for one in own or held}))


def _written(row: pd.Series, pair: tuple[str, str], run: Run) -> str:
    """Return a count or a share in percent; a count of few is told as few, and no share of few."""
    (value, base), least = (
        (row[one] if one else float("nan") for one in pair),
        run.campaign.minimum_count,
    )
    if pd.isna(value) or (pair[1] and not base >= least):
        return "–"
    if 0 < value < least:
        return text("fewer_than", run.language, number=least)
    if pair[1]:
        return f"{decimal(100 * value / base, 1, run.language)} %"
    return whole(round(value), run.language)
