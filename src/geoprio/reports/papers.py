"""What people are handed of a run and its plan: each kind by its name, and all of it written."""

import hashlib
import json
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from geoprio.config.resources import Plan
from geoprio.errors import ConfigError
from geoprio.files.folder import earlier_files, replace_all, safe_names
from geoprio.files.maps.layers import MapWork
from geoprio.files.paper import Paper, render_page, render_pdf
from geoprio.plans.programme import NO_WISHES
from geoprio.reports.agenda import map_work
from geoprio.reports.association import Hand, association_papers
from geoprio.reports.board import board_paper
from geoprio.reports.factsheet import factsheets
from geoprio.reports.form import association_forms
from geoprio.reports.parcels import PARCELS, parcels
from geoprio.reports.plan_files import (
    DECIDED,
    FOLDER,
    SEAL,
    read_plan_record,
    run_sum,
)
from geoprio.reports.proposal import Decision, Planned, planned
from geoprio.reports.publication import ASSOCIATIONS, OF_A_RUN, PAPERS_FOLDER, Files
from geoprio.reports.state import state_page
from geoprio.reports.zetkin_areas import zetkin_files
from geoprio.runs import Run

BRIEF, FORM, FACTS = "underlag", "svar", "faktablad"


def standing(run: Run) -> Planned | None:
    """Return the plan that stands beside a run: decided, else written, else the campaign's own.

    None where the campaign has no plan, or nobody to plan for. One that was made of another run
    does not stand.
    """
    anyone = run.scored.areas["association"].notna().any()
    return written(run) or (planned(run) if run.campaign.plan and anyone else None)


def work_shown(run: Run, done: pd.DataFrame) -> MapWork | None:
    """Return what a run's maps show of the plan that is written; None without one."""
    one = written(run)
    return map_work(one, done) if one else None


def written(run: Run) -> Planned | None:
    """Return the plan that is decided, else the one that is written beside a run."""
    for home in (DECIDED, FOLDER):
        folder = (run.folder or Path()) / home
        if not (folder / SEAL).is_file():
            continue
        record = read_plan_record(folder)
        if record["run"] != run_sum(run):
            continue
        plan = Plan.model_validate_json(json.dumps(record["plan"]))
        wishes = pd.DataFrame(record["wishes"], columns=list(NO_WISHES), dtype=str)
        again = planned(run, plan=plan, wishes=wishes)
        decision = Decision(**record["decision"]) if record["decision"] else None
        return Planned(run, again.made, again.asked, decision, again.trial)
    return None


def hand_of(run: Run, **since: pd.DataFrame) -> Hand:
    """Return what papers are made of: a run, the plan that stands, and what has come in since."""
    return Hand(run, standing(run), **since)


def both(stem: str, paper: Paper) -> Files:
    """Return a paper as a page, and as a PDF where Typst is installed."""
    pdf = {f"{stem}.pdf": render_pdf(paper)} if makes_pdf() else {}
    return {f"{stem}.html": render_page(paper), **pdf}


def makes_pdf() -> bool:
    """Return whether Typst, which the extra `pdf` brings, is there."""
    return find_spec("typst") is not None


def _briefs(hand: Hand) -> Files:
    papers = association_papers(hand)
    made: Files = {}
    for name, stem in safe_names(papers).items():
        made |= both(f"{ASSOCIATIONS}/{stem}/{BRIEF}", papers[name])
    return made


def _board(hand: Hand) -> Files:
    return both("styrelse", board_paper(hand))


def _forms(hand: Hand) -> Files:
    forms = association_forms(hand)
    return {
        f"{ASSOCIATIONS}/{stem}/{FORM}.xlsx": forms[name]
        for name, stem in safe_names(forms).items()
    }


def _factsheets(hand: Hand) -> Files:
    papers = factsheets(hand)
    made: Files = {}
    for kind, folder in (("municipality", "kommuner"), ("association", ASSOCIATIONS)):
        names = [name for one, name in papers if one == kind]
        for name, stem in safe_names(names).items():
            made |= both(f"{folder}/{stem}/{FACTS}", papers[kind, name])
    return made


PAPERS: Mapping[str, Callable[[Hand], Files]] = {
    "briefs": _briefs,
    "board": _board,
    "forms": _forms,
    "zetkin": zetkin_files,
    "factsheets": _factsheets,
    "state": lambda hand: {"laget.html": render_page(state_page(hand))},
}
"""What is handed out, by name; each is made of the run and its plan alone."""


def write_papers(hand: Hand, name: str) -> list[Path]:
    """Return the files of one kind of papers, written beside the run, all or none.

    Raises
    ------
    ConfigError
        There is no document of that name, or nothing to write: what it needs.
    """
    refuse_unknown(name)
    return _write(hand.run, name, PAPERS[name](hand))


def refuse_unknown(name: str) -> None:
    """Raise ConfigError where there is no document of a name; those that there are are told."""
    if name not in PAPERS:
        raise ConfigError("no_such_document", name=name, documents=[*OF_A_RUN, *PAPERS])


def write_parcels(hand: Hand, maps: Path) -> list[Path]:
    """Return the packets of a run that has been written, one for each association; see `parcels`.

    Raises
    ------
    SourceError
        A map or a workbook of the run is not where it was written.
    """
    return _write(hand.run, PARCELS, parcels(hand, maps, pdf=makes_pdf()))


def _write(run: Run, name: str, made: Files) -> list[Path]:
    if not made:
        raise ConfigError("nothing_to_hand_out", document=name, file=run.campaign.associations)
    folder = (run.folder or Path()) / PAPERS_FOLDER
    seal = folder / f"{name}.json"
    sums = {file: hashlib.sha256(content).hexdigest() for file, content in made.items()}
    record = json.dumps({"run": run_sum(run), "files": sums}, indent=2)
    contents = {folder / file: content for file, content in made.items()}
    contents[seal] = f"{record}\n".encode()
    replace_all(contents, seal=seal, earlier=lambda: earlier_files(seal, [folder]))
    return list(contents)[:-1]
