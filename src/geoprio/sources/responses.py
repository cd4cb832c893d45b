"""Forms read back: no person in any cell, and what they say used by the next plan."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geoprio.config.questions import FIRST, JUDGED, KEYS, QUESTIONS, SHEET, Question, question_of
from geoprio.config.resources import Crew, Lock, Plan
from geoprio.errors import SourceError
from geoprio.sources import activity
from geoprio.sources.private import persons_in, read_private_list
from geoprio.sources.sheets import sheet_lines
from geoprio.words import Phrase, one_line

FILE, SUPPORT = "svar.csv", "stod.csv"
"""In `privat/`: the answers, and who asks for support, which a run reads too."""
YES = {"ja": "ja", "yes": "ja", "nej": "nej", "no": "nej"}
COLUMNS = ["association", *(one.name for one in QUESTIONS), "work", "leave"]
"""Of the file: `work` and `leave` are codes of areas that the association judges."""
NAME = re.compile(r"\b(?=([^\W\d_]+)[ -]+([^\W\d_]+)\b)")
TALK = re.compile(r"\b(ring|fråga|kontakta|prata med|call|ask|contact)\s+[A-ZÅÄÖÉ]", re.IGNORECASE)
BORNE = set(
    re.findall(
        r"\w+",
        """
    agneta ahmed ali amanda amina anders andreas anette anna annika anton barbro bengt birgitta
    camilla carina caroline charlotte christer christina christoffer daniel david elin elisabeth
    ella elsa emelie emil emma erik eva fatima filip fredrik frida gunilla gustav göran hanna hans
    hassan helena henrik håkan ibrahim ida inger ingrid isabelle jan jennifer jenny joakim johan
    johanna jonas josefin julia karin karl katarina kerstin kjell lars leif lena lennart linda
    linnea linus lisa louise magnus maja malin marcus maria marianne marie martin mats mattias
    mikael mohamed mohammed monica mustafa nils oskar patrik peter pia rasmus robert roger rolf
    sandra sara sebastian simon sofia stefan sven susanne therese thomas ulf ulla ulrika viktor
    yusuf åsa
        """,
    )
)
"""Given names that most in Sweden bear (SCB, Namnstatistik), but those that are words too."""
_CAPITAL = re.compile(r"[A-ZÅÄÖÉ]\w*\Z")


@dataclass(frozen=True)
class _Form:
    """What one workbook says it is."""

    campaign: str
    association: str
    questions: tuple[Question, ...]
    places: Mapping[str, str]
    """Code by name of the association's areas."""


def read_forms(folder: Path, campaign: str, owner: pd.Series) -> pd.DataFrame:
    """Return a row of answers for each form in a folder: `COLUMNS`, text, "" where none is given.

    Parameters
    ----------
    folder
        Where the forms are, in folders of their own or not.
    campaign
        Its name.
    owner
        Association by area code: a form asks of its own areas alone.

    Raises
    ------
    SourceError
        Every cell that cannot be used, by file and cell, with what to do; never what stands in it.
    """
    paths = sorted(path for path in folder.glob("**/*.xlsx") if not path.name.startswith("~$"))
    if not paths:
        raise SourceError("no_forms", folder=folder)
    areas = {str(name): set(map(str, own.index)) for name, own in owner.groupby(owner)}
    rows: list[dict[str, str]] = []
    faults: list[Phrase] = []
    for path in paths:
        try:
            row, wrong = _read(path, campaign, areas)
        except SourceError as error:
            wrong = [error.heading]
        else:
            rows.append(row)
        faults += [Phrase("form_fault", file=path.name, fault=fault) for fault in wrong]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=str)
    twice = table["association"][table["association"].duplicated()]
    faults += [Phrase("form_twice", association=name) for name in twice.unique()]
    if faults:
        raise SourceError("forms_wrong", faults, folder=folder)
    return table.sort_values("association", ignore_index=True)


def _read(
    path: Path, campaign: str, known: Mapping[str, Collection[str]]
) -> tuple[dict[str, str], list[Phrase]]:
    try:
        given, keys = sheet_lines(path, [SHEET, KEYS])
    except SourceError:
        # What stands in a cell is in the reader's message: a person might.
        raise SourceError("form_unreadable") from None
    form = _form(keys)
    if form.campaign != campaign or form.association not in known:
        raise SourceError("form_of_another")
    # The keys stand hidden in the file: who opens it may write in them too.
    judged_of = {one.name.removeprefix(JUDGED) for one in form.questions if JUDGED in one.name}
    if not judged_of | set(form.places.values()) <= set(known[form.association]):
        raise SourceError("not_a_form")
    row, faults = dict.fromkeys(COLUMNS, "") | {"association": form.association}, []
    judged: dict[str, list[str]] = {"ja": [], "nej": []}
    for at, one in enumerate(form.questions, start=FIRST):
        cell = given[at - 1][1] if len(given) >= at and len(given[at - 1]) > 1 else ""
        value, fault = _value(one, cell, form)
        if fault:
            faults.append(Phrase("form_cell", cell=f"B{at}", fault=fault))
        elif not one.name.startswith(JUDGED):
            row[one.name] = value
        elif value:
            judged[value].append(one.name.removeprefix(JUDGED))
    return row | {"work": " ".join(judged["ja"]), "leave": " ".join(judged["nej"])}, faults


def _form(lines: list[list[Any]]) -> _Form:
    """Return what the hidden sheet says; SourceError where it is no form's."""
    rows = [[str(cell) for cell in (*line, "", "", "")[:3]] for line in lines]
    told = {kind: value for kind, value, _ in rows if kind in ("campaign", "association")}
    keys = [value for kind, value, _ in rows if kind == "question"]
    questions = [question_of(key) for key in keys]
    if len(told) < 2 or not keys or None in questions or len(set(keys)) < len(keys):
        raise SourceError("not_a_form")
    places = {value: code for kind, value, code in rows if kind == "place"}
    return _Form(**told, questions=tuple(one for one in questions if one), places=places)


def _value(one: Question, cell: object, form: _Form) -> tuple[str, Phrase | None]:
    """Return what a cell says as text, or what is wrong with it."""
    told = one_line(str(cell)).strip()
    if not told:
        return "", None
    if persons_in(told):
        return "", Phrase("cell_of_person")
    if one.kind in ("number", "count"):
        return _number(one, told)
    if one.kind == "yes":
        answer = YES.get(told.lower(), "")
        return answer, None if answer else Phrase("answer_ja_or_nej")
    if one.kind == "area":
        code = form.places.get(told, "")
        return code, None if code else Phrase("cell_not_area")
    if _names(told, {*form.places, form.association}):
        return "", Phrase("cell_of_person")
    told = told.lstrip("=+-@ ")  # nothing that a spreadsheet would run
    fits = len(told) <= one.high
    return told if fits else "", None if fits else Phrase("cell_too_long", most=round(one.high))


def _number(one: Question, told: str) -> tuple[str, Phrase | None]:
    value = pd.to_numeric(told.replace(",", "."), errors="coerce")
    if pd.isna(value) or not one.low <= value <= one.high:
        return "", Phrase("cell_not_number", low=one.low, high=one.high)
    if one.kind == "count" and value != round(value):
        return "", Phrase("cell_not_whole", low=one.low, high=one.high)
    return f"{float(value):g}", None


def _names(told: str, places: Iterable[str]) -> bool:
    """Return whether words name a person: two with capitals together, or a name in any letters.

    A word that a place of the form has names none. A name that few bear passes in small letters.
    """
    known = {word for place in places for word in re.split(r"[\W_]+", place) if word}
    words = {word.casefold() for word in re.split(r"[\W_]+", told)}
    words -= {word.casefold() for word in known}
    if words & BORNE or any(word.endswith("sson") for word in words):
        return True
    pairs = [pair for pair in NAME.findall(told) if all(word[0].isupper() for word in pair)]
    strange = any(not {first, last} & known for first, last in pairs)
    return strange or any(_CAPITAL.search(found[0]) for found in TALK.finditer(told))


def read_answers(path: Path) -> pd.DataFrame:
    """Return the answers that `geoprio answers` wrote, by association; no rows without a file."""
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS, dtype=str).set_index("association")
    table = read_private_list(path)
    if list(table.columns) != COLUMNS:
        raise SourceError("privat_columns_wrong", file=path.name, columns=";".join(COLUMNS))
    return table.fillna("").set_index("association")


def told_since(raw: Path, within: pd.Series) -> dict[str, pd.DataFrame]:
    """Return what has come in since a run: `done` (see `read_activity`) and `answers`.

    `raw` is the folder that has `privat/`, `within` the run's.
    """
    return {"done": activity.done_at(raw, within), "answers": read_answers(raw / "privat" / FILE)}


def answer_files(raw: Path, answers: pd.DataFrame) -> dict[Path, bytes]:
    """Return what is written to `privat/`: the answers, and who asks for support beside those told.

    An association that answers again is told of anew; the others stay as they were.
    """
    home = raw / "privat"
    earlier = read_answers(home / FILE).reset_index()
    kept = earlier[~earlier["association"].isin(answers["association"])]
    table = pd.concat([kept, answers], ignore_index=True).sort_values("association")
    asked = table.loc[table["support"] != "", ["association", "support"]]
    support = asked.rename(columns={"support": "asked"})
    if (home / SUPPORT).is_file():
        before = read_private_list(home / SUPPORT)
        others = before[~before["association"].isin(answers["association"])]
        support = pd.concat([others, support], ignore_index=True)
    files = {FILE: table, **({SUPPORT: support} if len(support) else {})}
    return {
        home / name: frame.to_csv(index=False, sep=";", lineterminator="\r\n").encode("utf-8-sig")
        for name, frame in files.items()
    }


def with_answers(plan: Plan, answers: pd.DataFrame, owner: pd.Series) -> Plan:
    """Return a plan's frame as the associations have answered.

    Parameters
    ----------
    plan
        The campaign's.
    answers
        As `read_answers` gives; "" leaves what the campaign says.
    owner
        Association by area code: gates that are locked are so in all of an association's areas.

    Returns
    -------
    plan
        With people, evenings and hours; `locked` gates of ten as the doors that can be reached; an
        area named as no-go, or answered with no, locked out of canvassing, and one answered with
        yes wanted in it; where many people pass as a hub.
    """
    crews, access = dict(plan.crews), dict(plan.doors.access)
    shut = {lock.area_code for lock in plan.locks if lock.channel == "canvass"}
    locks, wanted, hubs = list(plan.locks), list(plan.wanted), list(plan.sites.hubs)
    for name, row in answers.to_dict("index").items():
        association, own = str(name), plan.crew_of(str(name))
        said = {"people": row["people"], "evenings_per_week": row["evenings"]}
        said |= {"hours_per_evening": row["hours"]}
        given = {key: float(value) for key, value in said.items() if value != ""}
        given |= {"people": round(given["people"])} if "people" in given else {}
        crews[association] = Crew.model_validate(own.model_dump() | given)
        codes = owner.index[owner == association].astype(str)
        if row["locked"] != "":
            reached = max(1 - float(row["locked"]) / 10, 0.05)
            access |= {code: reached for code in codes if code not in plan.doors.access}
        out = {*str(row["leave"]).split(), *filter(None, [str(row["no_go"])])} & set(codes)
        locks += [_out(code) for code in sorted(out - shut)]
        wanted += [code for code in str(row["work"]).split() if code in {*codes} - out]
        hubs += [code for code in [str(row["hubs"])] if code in set(codes)]
    sites = plan.sites.model_copy(update={"hubs": tuple(dict.fromkeys(hubs))})
    doors = plan.doors.model_copy(update={"access": access})
    told = {"crews": crews, "doors": doors, "locks": tuple(locks), "sites": sites}
    return plan.model_copy(update={**told, "wanted": tuple(dict.fromkeys(wanted))})


def _out(code: str) -> Lock:
    return Lock(area_code=code, channel="canvass", wish="out")
