"""What a back-test reads: two elections, the key between them, and nothing younger than it may."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from geoprio import pipeline
from geoprio.config import Campaign, config_folders, load_campaign, named_documents
from geoprio.config.campaign import Overlap
from geoprio.counts.fitness import unfit
from geoprio.counts.votes import spread_unassigned
from geoprio.errors import ConfigError, SourceError
from geoprio.plans.efforts import CANVASS
from geoprio.proof.answer import Answer, Ground, Part, known_figures
from geoprio.proof.hindsight import Side, hindsight
from geoprio.proof.readout import attendance_part
from geoprio.proof.units import ELECTORS, TOLERANCE, matched_units
from geoprio.runs import RECORD, read_run
from geoprio.scores.levels import Located
from geoprio.scores.vocabulary import groups_and_profiles
from geoprio.sources.activity import done_at
from geoprio.sources.catalogue import NUMERIC, Source
from geoprio.sources.raw import default_raw, find_files, has_file
from geoprio.sources.read import judge_source, read_source, source_at_hand
from geoprio.tables import DONE
from geoprio.words import Language, Phrase, text, told

DISTRICTS = "valdistrikt"
ROLLS = ("riksdag", "region")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
FIGURES = NUMERIC | {"cells"}


@dataclass(frozen=True)
class Terms:
    """What is asked of a back-test."""

    years: tuple[int, int]
    """The election that the score is made of, and the one that it is tried against."""
    tolerance: float = TOLERANCE
    """See `matched_units`."""
    language: Language = "sv"


@dataclass(frozen=True, eq=False)
class Retrospect:
    """A back-test, and what is said of it."""

    campaign: Campaign
    answer: Answer

    def record(self) -> bytes:
        """Return the figures as JSON, with what they rest on."""
        found, ground = self.answer.found, self.answer.ground
        told = {
            "campaign": self.campaign.name,
            "demo_mark": ground.mark,
            "years": found.years,
            "verdict": found.verdict,
            "answer": self.answer.first,
            "basis": self.answer.basis(),
            "places": found.units.basis.value_counts().to_dict(),
            "elector_shares": found.shares,
            "criteria_known": found.criteria,
            "whole_score": found.whole,
            "refused": ground.refused,
            "grades": {name: _rows(one) for name, one in found.grades.items()},
            "chance_bands": found.bands,
            "swings": _rows(found.swings),
            "lead": {
                "over_party": found.ahead,
                "alike": found.lead.alike,
                "largest_share": found.lead.largest,
                "without_largest": found.lead.rest,
                "over_naive": found.lead.naive,
            },
            "gained": found.gained,
            "moved": found.moved,
            "stayed_first": found.stayed,
            "promise_of_own_ranking": found.own_promise,
            "promise": _rows(found.promise),
            "promise_full": found.full,
            "kept": found.kept
            and {
                "areas": found.kept.areas,
                "grades": found.kept.grades.to_dict(),
                "slope": found.kept.slope,
                "covered": found.kept.covered,
                "changed": found.kept.changed,
            },
        }
        return f"{json.dumps(known_figures(told), indent=2, ensure_ascii=False)}\n".encode()


def _rows(frame: pd.DataFrame) -> dict[Any, Any]:
    return frame.round(6).to_dict("index")


@dataclass(frozen=True, eq=False)
class _Desk:
    """A campaign, its files, and every source that the catalogue knows of a kind."""

    campaign: Campaign
    file: Path
    raw: Path
    folders: tuple[Path, ...]

    def at_hand(self, provides: str, year: int) -> Iterator[tuple[str, Source]]:
        """Yield the sources of a kind and a year that have a file, the campaign's own first."""
        documents = named_documents("sources", self.folders)
        for name in sorted(documents, key=lambda name: name not in self.campaign.sources):
            table = documents[name].table
            if (table.get("provides"), table.get("vintage")) != (provides, year):
                continue
            source, faults = judge_source(documents[name])
            if source is not None and not faults and has_file(source, self.raw):
                yield name, source

    def read(self, source: Source) -> pd.DataFrame:
        home = self.campaign.municipalities or self.campaign.home
        return read_source(source, self.raw, county_code=home, campaign=self.file.as_posix())

    def results(self, year: int) -> dict[str, tuple[str, Source]]:
        """Return by election the source of its results; the campaign's election is needed."""
        found: dict[str, tuple[str, Source]] = {}
        for name, source in self.at_hand("results", year):
            found.setdefault(str(source.election), (name, source))
        basis = self.campaign.election.basis
        if basis not in found:
            raise SourceError("backtest_without_results", year=year, election=basis, raw=self.raw)
        return found


def retrospect(
    campaign_file: Path, terms: Terms, *, raw: Path | None = None, out: Path = Path()
) -> Retrospect:
    """Return how the score of one election fared at the next, of the files at hand.

    Raises
    ------
    GeoprioError
        The years are no pair, results are missing, or a source is younger than it says.
    """
    years = first, last = terms.years
    if first >= last:
        raise ConfigError("backtest_years_reversed", first=first, last=last)
    campaign = load_campaign(campaign_file)
    folder = Path(raw) if raw else default_raw(campaign, out)
    desk = _Desk(campaign, campaign_file, folder, config_folders(campaign_file))
    held = {year: desk.results(year) for year in years}
    key = _key(desk, years)
    known = {name: source_at_hand(name, desk.folders, folder) for name in campaign.sources}
    figures = {name: one for name, one in known.items() if one.provides in FIGURES}
    refused = [one for one in figures.values() if one.vintage > first]
    _refuse_younger(desk, [held[first][name][1] for name in held[first]], first)
    whole = _whole(desk, first, known, held[first])
    sides = (
        _side(desk, "earlier", (first, held[first]), whole),
        _side(desk, "later", (last, held[last]), None),
    )
    units = matched_units(
        sides[0].votes,
        sides[1].votes,
        None if key is None else desk.read(key),
        tolerance=terms.tolerance,
    )
    _, profiles = groups_and_profiles(campaign, desk.folders)
    profile = profiles.get(CANVASS) or next(iter(profiles.values()))
    found = hindsight(sides, units, profile, _own(desk, years), seed=campaign.seed)
    used = [source for year in years for _, source in held[year].values()]
    language = terms.language
    ground = Ground(
        campaign.title,
        text("demo_mark", language) if campaign.demo else None,
        _titles([*used, *([key] if key else [])], language),
        _titles(refused, language),
        terms.tolerance,
        language,
    )
    return Retrospect(campaign, Answer(found, ground))


def where_we_were(
    home: Path, raw: Path | None, language: Language, *, contacted: pd.Series | None = None
) -> list[Part]:
    """Return where one was, by the verdicts of the run in a folder; nothing where nobody tells.

    What the user's list of carried-out work tells of visits fills what `contacted` does not.
    """
    if not (home / RECORD).is_file():
        return []
    run = read_run(home)
    done = done_at(raw or default_raw(run.campaign, home.resolve().parents[2]), run.within)
    known = done[DONE[0]] if contacted is None else contacted.combine_first(done[DONE[0]])
    scores = run.scored.scores.get(CANVASS)
    if scores is None or known.empty:
        return []
    names, year = run.scored.areas["area_name"], run.campaign.election.year
    return [attendance_part(scores["verdict"], known, (names, year), language)]


def _titles(sources: Sequence[Source], language: Language) -> list[str]:
    return [told(one.title, language) for one in sources]


def _key(desk: _Desk, years: tuple[int, int]) -> Source | None:
    """Return the publisher's comparison of the two years' districts, where its file is."""
    first, last = (f"{DISTRICTS}_{year}" for year in years)
    for _, source in desk.at_hand("mapping", years[1]):
        if source.mapping and (source.mapping.from_set, source.area_set) == (first, last):
            return source
    return None


def _side(
    desk: _Desk,
    which: Literal["earlier", "later"],
    day: tuple[int, Mapping[str, tuple[str, Source]]],
    whole: Located | None,
) -> Side:
    campaign, (year, held) = desk.campaign, day
    basis = campaign.election.basis
    frames = {name: desk.read(held[name][1]) for name in {basis, *ROLLS} & set(held)}
    spread = {
        name: spread_unassigned(frame, party_votes=campaign.election.unassigned_party_votes)
        for name, frame in frames.items()
    }
    return Side(
        year,
        which,
        spread[basis],
        {name: spread[name][ELECTORS] for name in ROLLS if name in spread},
        campaign.election.abroad_share,
        whole,
    )


def _refuse_younger(desk: _Desk, sources: Sequence[Source], first: int) -> None:
    """Refuse figures that say they are of the first year while their columns or files are not."""
    faults = []
    for source in sources:
        told = [*map(str, source.columns), str(source.where)]
        if not any(YEAR.search(one) for one in told):
            told = [path.name for path in find_files(source, desk.raw, campaign=desk.file.name)]
        later = sorted({year for one in told for year in YEAR.findall(one) if int(year) > first})
        if later:
            faults.append(Phrase("backtest_younger", source=source.title, years=later))
    if faults:
        raise ConfigError("backtest_leak", faults, first=first)


def _whole(
    desk: _Desk, first: int, known: Mapping[str, Source], held: Mapping[str, tuple[str, Source]]
) -> Located | None:
    """Return what a run of the first year would know of its districts; None where it cannot be.

    Borders and keys are no figures: those of any year may be used.
    """
    kept = {
        name: source
        for name, source in known.items()
        if (source.provides not in FIGURES or source.vintage <= first)
        and source.provides != "mapping"
    }
    kept |= dict(held.values()) | dict(
        one for one in desk.at_hand("areas", first) if one[1].area_set == f"{DISTRICTS}_{first}"
    )
    campaign = desk.campaign
    overlap = campaign.overlap
    if overlap.joint not in kept:
        overlap = Overlap(combine=overlap.combine, pairs=overlap.pairs)
    campaign = campaign.model_copy(
        update={
            "sources": tuple(kept),
            "overlap": overlap,
            "election": campaign.election.model_copy(update={"year": first}),
        }
    )
    if unfit(campaign, kept):
        return None
    figures = [one for one in kept.values() if one.provides in FIGURES]
    _refuse_younger(desk, figures, first)
    return pipeline.district_ranking(campaign, desk.file, desk.raw)


def _own(desk: _Desk, years: tuple[int, int]) -> tuple[str, Located] | None:
    """Return what the campaign's own run has by district, and which side it is of."""
    year = desk.campaign.election.year
    if year not in years:
        return None
    side = "earlier" if year == years[0] else "later"
    return side, pipeline.district_ranking(desk.campaign, desk.file, desk.raw)
