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
from geoprio.files.paper import Paper, render_page, render_pdf
from geoprio.plans.programme import NO_WISHES
from geoprio.reports.association import Hand, association_papers
from geoprio.reports.board import board_paper
from geoprio.reports.form import association_forms
from geoprio.reports.plan_files import (
    DECIDED,
    FOLDER,
    SEAL,
    Decision,
    Planned,
    planned,
    read_plan_record,
    run_sum,
)
from geoprio.reports.publication import ASSOCIATIONS, DOCUMENTS, PAPERS_FOLDER, Files
from geoprio.reports.zetkin_areas import zetkin_files
from geoprio.runs import Run

BRIEF, FORM = "underlag", "svar"


def standing(run: Run) -> Planned | None:
    """Return the plan that stands beside a run: decided, else written, else the campaign's own.

    None where the campaign has no plan. One that was made of another run does not stand.
    """
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
    return planned(run) if run.campaign.plan else None


def hand_of(run: Run) -> Hand:
    """Return what papers are made of: a run, with the plan that stands."""
    return Hand(run, standing(run))


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


PAPERS: Mapping[str, Callable[[Hand], Files]] = {
    "briefs": _briefs,
    "board": _board,
    "forms": _forms,
    "zetkin": zetkin_files,
}
"""What is handed out, by name; each is made of the run and its plan alone."""


def write_papers(run: Run, name: str) -> list[Path]:
    """Return the files of one kind of papers, written beside the run, all or none.

    Raises
    ------
    ConfigError
        There is no document of that name.
    """
    if name not in PAPERS:
        raise ConfigError("no_such_document", name=name, documents=[*DOCUMENTS, *PAPERS])
    folder = (run.folder or Path()) / PAPERS_FOLDER
    contents = {folder / file: content for file, content in PAPERS[name](hand_of(run)).items()}
    seal = folder / f"{name}.json"
    sums = {
        path.relative_to(folder).as_posix(): hashlib.sha256(content).hexdigest()
        for path, content in contents.items()
    }
    contents[seal] = f"{json.dumps({'run': run_sum(run), 'files': sums}, indent=2)}\n".encode()
    replace_all(contents, seal=seal, earlier=lambda: earlier_files(seal, [folder]))
    return list(contents)[:-1]
