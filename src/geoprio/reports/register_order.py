"""An addressed order of a run: the postal codes and ages to ask a register for, and why these.

What chooses is the areas' combined score and age. A choice that rests on a layer of origin or union
alone is refused, and so is one that comes to few persons.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import pandas as pd

from geoprio.config import Addressed, Profile, Register, load_named
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.errors import GeoprioError
from geoprio.files.delivery import ENDING, Control, Form, checksums, code_lists, render_control
from geoprio.files.names import escaped, one_line, safe_name, table
from geoprio.files.table import Table, header, marked_rows, render_csv
from geoprio.files.workbook import render_sheet
from geoprio.plans.postal import choose_postal_codes, main_source, people_by_code, residents_of_age
from geoprio.reports.edition_page import mark_of
from geoprio.reports.vendor_order import Edition, roughly, shares_in_words
from geoprio.runs import Run
from geoprio.runs.notes import basis_line, publishers
from geoprio.scores import TARGETS
from geoprio.scores.levels import MAILING
from geoprio.tables import for_audience
from geoprio.words import Language, Phrase, decimal, text, whole

FORM = Form("utf-8", True, ";", ",", "\r\n")
"""How the table is written: it opens in Swedish Excel."""


@dataclass(frozen=True)
class AddressOrder:
    """What is ordered, and the words on its files."""

    edition: str
    campaign: str
    purpose: str
    ages: tuple[int, int]
    """First and last age in whole years."""
    language: Language = "sv"
    mark: str | None = None
    """The demo mark, where it belongs."""

    @property
    def stem(self) -> str:
        """What the files are called by."""
        name = f"{text('order_stem', self.language)} {self.edition}"
        return safe_name(name)


def render_order(codes: pd.DataFrame, register: Register, order: AddressOrder) -> dict[str, bytes]:
    """Return an order's files by name: sheet, table, lists of postal codes, and control sheets.

    `codes` has, by `postal_code` (five digits as text), `municipality_code` and
    `municipality_name`, which are information and no condition: no area, score, group, reason or
    order of choice. Raises ContractError: a column that no vendor may see, or a code that is none
    or stands twice.
    """
    for_audience(codes.reset_index(), "leverantor")
    about = _about(register, order)
    lists = code_lists(
        codes.index.to_series(),
        f"{order.stem}-postnummer",
        rows=register.list_rows,
        newline=register.newline,
        about=about,
    )
    listed = _table(codes, register, order)
    notes = {header("note", order.language): order.mark} if order.mark else {}
    files = {
        f"{order.stem}.csv": render_csv(listed, "leverantor", language=order.language, notes=notes)
    }
    rows = marked_rows(listed, "leverantor", language=order.language, notes=notes)
    files[f"{order.stem}.xlsx"] = render_sheet(rows, order.stem)
    names = [name for name in lists if name.endswith(".txt")]
    files[f"{order.stem}.md"] = _sheet(len(codes), names, register, order)
    control = Control(_cells(files[f"{order.stem}.csv"]), FORM, checksums(files), about=about)
    files[f"{order.stem}{ENDING}"] = render_control(control)
    return files | lists


def _table(codes: pd.DataFrame, register: Register, order: AddressOrder) -> Table:
    sorted_codes = codes.sort_index()
    columns = {
        "list_number": [1 + place // register.list_rows for place in range(len(codes))],
        "municipality_code": sorted_codes["municipality_code"],
        "municipality_name": sorted_codes["municipality_name"].map(one_line),
        "county_code": sorted_codes["municipality_code"].str[:2],
        "age_from": order.ages[0],
        "age_to": order.ages[1],
        "edition": one_line(order.edition),
        "campaign": one_line(order.campaign),
    }
    frame = pd.DataFrame(columns, index=sorted_codes.index.rename("postal_code"))
    return Table(frame, {name: header(name, order.language) for name in ["postal_code", *columns]})


def _cells(content: bytes) -> pd.DataFrame:
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    head, *rows = lines
    return pd.DataFrame(rows, columns=head, dtype=str)


def _about(register: Register, order: AddressOrder) -> dict[str, str]:
    """Return what the control sheets say of the order; a list's codes are its own rows."""
    return {
        "till": text("audience_leverantor", order.language),
        "profil": f"{register.name} {register.version}",
        "kampanj": order.campaign,
        "version": order.edition,
        **_parameters(register, order),
        **({header("note", order.language): order.mark} if order.mark else {}),
    }


def _parameters(register: Register, order: AddressOrder, **own: str) -> dict[str, str]:
    """Return each parameter of the register as it is stated; `own` are words by use."""
    first, last = order.ages
    words = {
        "ages": text("order_ages", order.language, first=first, last=last),
        "unused": text("order_unused", order.language),
        **own,
    }
    return {
        item.name.told(order.language): words[item.use]
        for item in register.parameters
        if item.use in words
    }


def _sheet(count: int, lists: list[str], register: Register, order: AddressOrder) -> bytes:
    language = order.language
    codes = text(
        "order_codes",
        language,
        count=whole(count, language),
        files=", ".join(lists),
        rows=whole(register.list_rows, language),
    )
    rows = [list(item) for item in _parameters(register, order, postal_codes=codes).items()]
    about = {
        "basis_readers": text("audience_leverantor", language),
        "order_register": f"{register.name} ({register.version})",
        "order_campaign": order.campaign,
        "order_purpose": order.purpose,
    }
    remarks = [
        text("order_geography", language, conditions=register.geography_conditions),
        *([text("order_several", language)] if len(lists) > 1 else []),
        *(text(f"order_{key}", language) for key in ("address", "excluded", "simulate")),
        text("order_form", language, specification=register.specification),
    ]
    lines = [
        f"# {text('order_title', language, edition=escaped(order.edition))}",
        "",
        *([f"**{escaped(order.mark)}**", ""] if order.mark else []),
        *(f"- {text(key, language)}: {escaped(words)}" for key, words in about.items()),
        "",
        *table([text("order_parameter", language), text("order_value", language)], rows),
        "",
        *(f"- {escaped(words)}" for words in remarks),
        "",
    ]
    return "\n".join(lines).encode()


FILE = "urvalsmotivering.md"
_JUDGED = ("art_6", "art_9", "art_14", "art_21", "art_28", "terms", "block", "notice")


@dataclass(frozen=True)
class Basis:
    """What the sheet for those who must judge a selection tells besides the order itself."""

    areas: pd.DataFrame
    """By `area_code`: `area_name`, `municipality_name`, `score` and `rank`."""
    all_areas_count: int
    area_set: str
    profile: str
    """What the combined score that the areas were chosen by is called."""
    criteria: Mapping[str, float]
    """Share (0-1) of the nominal weight by criterion."""
    groups: Mapping[str, tuple[float, bool]]
    """Share (0-1) of the groups' weight, and whether it is a special category, by target group."""
    other_share: float
    """Share (0-1) of the weight that is borne by other than the sensitive groups."""
    codes_count: int
    left_out_count: int
    """Postal codes taken away because few of the age live there."""
    minimum_count: int
    people_count: float
    """Residents of the age in the codes."""
    postal: str
    """In words, how areas became postal codes and what that misses."""
    register: str
    election_day: str
    election: str
    """The election that the figures are of, and the one that is planned for."""
    publishers: str


def render_basis(basis: Basis, order: AddressOrder) -> bytes:
    """Return the sheet as Markdown; ContractError where the leadership may not see a column."""
    language = order.language
    for_audience(basis.areas, "valledning")
    lines = [
        f"# {text('basis_title', language, edition=escaped(order.edition))}",
        "",
        *([f"**{escaped(order.mark)}**", ""] if order.mark else []),
        f"{text('basis_readers', language)}: {text('audience_valledning', language)}",
        "",
        f"**{text('no_legal_advice', language)}** {text('basis_what_for', language)}",
    ]
    day = text("basis_election_day", language)
    parts = {
        "purpose": [
            escaped(order.purpose),
            "",
            escaped(day.format(day=basis.election_day, basis=basis.election)),
        ],
        "chosen": _listed(_chosen_words(basis, order)),
        "how": _how(basis, order),
        "data": _listed(
            [
                text("basis_no_persons", language, publishers=basis.publishers),
                text("basis_register", language),
            ]
        ),
        "precision": _listed(
            [
                basis.postal,
                *(text(f"basis_{key}", language) for key in ("areas_persons", "ranks")),
            ]
        ),
        "unknown": _listed(
            text(f"basis_unknown_{key}", language) for key in ("people", "blocked", "effect")
        ),
        "judge": [
            *(f"- [ ] {escaped(text(f'basis_{key}', language))}" for key in _JUDGED),
            "",
            text("basis_decision", language),
        ],
        "listed": _areas(basis.areas, order),
    }
    for key, part in parts.items():
        lines += ["", f"## {text(f'basis_{key}', language)}", "", *part]
    return "\n".join([*lines, ""]).encode()


def _chosen_words(basis: Basis, order: AddressOrder) -> list[str]:
    language = order.language
    first, last = order.ages
    told = [
        text(
            "basis_areas",
            language,
            count=whole(len(basis.areas), language),
            all=whole(basis.all_areas_count, language),
            area_set=basis.area_set,
        ),
        text(
            "basis_codes",
            language,
            count=whole(basis.codes_count, language),
            first=first,
            last=last,
            register=basis.register,
        ),
        text("basis_people", language, people=roughly(basis.people_count, language)),
    ]
    if basis.left_out_count:
        told.append(
            text(
                "basis_left_out",
                language,
                count=whole(basis.left_out_count, language),
                least=basis.minimum_count,
            )
        )
    return told


def _how(basis: Basis, order: AddressOrder) -> list[str]:
    language = order.language
    words = {key: text(f"basis_{key}", language) for key in ("criterion", "group", "weight")}
    answers = {True: text("basis_yes", language), False: text("basis_no", language)}
    criteria = [[name, _percent(share, order)] for name, share in basis.criteria.items()]
    groups = [
        [name, _percent(share, order), answers[sensitive]]
        for name, (share, sensitive) in basis.groups.items()
    ]
    score = text("basis_score", language)
    return [
        escaped(score.format(profile=basis.profile, share=_percent(basis.other_share, order))),
        "",
        *table([words["criterion"], words["weight"]], criteria),
        "",
        *table([words["group"], words["weight"], text("basis_sensitive", language)], groups),
    ]


def _areas(areas: pd.DataFrame, order: AddressOrder) -> list[str]:
    language = order.language
    shown = areas.astype(object)
    shown["score"] = areas["score"].map(lambda one: decimal(one, 1, language), na_action="ignore")
    shown["rank"] = areas["rank"].map(lambda one: whole(int(one), language), na_action="ignore")
    rows = shown.rename_axis("area_code").reset_index().fillna("").astype(str)
    return table([header(str(name), language) for name in rows], rows.to_numpy().tolist())


def _listed(items: Iterable[str]) -> list[str]:
    return [f"- {escaped(item)}" for item in items]


def _percent(share: float, order: AddressOrder) -> str:
    return decimal(100 * share, 0, order.language)


LEAST_OTHER = 0.1
"""Share of the weight that other layers than the sensitive ones bear at least: with less they are a
token, and the choice rests on the sensitive ones alone."""


def load_addressed(name: str, folders: tuple[Path, ...]) -> tuple[Addressed, Register]:
    """Return what is wanted of an addressed mailing, and the register that it is ordered from."""
    wanted = load_named(Addressed, "addressed", name, folders)
    return wanted, load_named(Register, "registers", wanted.order_from, folders)


def addressed_files(
    run: Run,
    plan: pd.DataFrame,
    wanted: Addressed,
    register: Register,
    edition: Edition,
) -> dict[str, bytes]:
    """Return the files of an addressed order by name; all but `urvalsmotivering.md` may be sent.

    The areas of `plan`, PLAN of the edition, were chosen by the run's score of the channel
    "mailing". An option of the command replaces an age of `wanted` with `model_copy`. Raises
    GeoprioError with every fault: ages that are missing or no voter's, a profile that rests on
    origin or union alone, areas without postal codes, or too few who live there.
    """
    faults = [*wanted.age_faults(), *layer_faults(run), *_way_faults(run, plan)]
    people = pd.Series(dtype=float) if faults else code_people(run, plan, wanted)
    kept = people[~(people < run.campaign.minimum_count)]
    faults = faults or _few_faults(kept, wanted)
    if faults:
        raise GeoprioError("no_addressed_order_made", faults, edition=edition.label)
    pairs, residents = run.frame("postal").dropna(), run.scored.counts["population_count"]
    town = main_source(pairs, residents).reindex(kept.index)
    town = town.map(run.scored.areas["municipality_code"])
    codes = pd.DataFrame(
        {"municipality_code": town, "municipality_name": town.map(run.municipality_names)}
    )
    order = AddressOrder(
        edition=edition.label,
        campaign=run.campaign.title,
        purpose=wanted.purpose.told(run.language),
        ages=wanted.ages,
        language=run.language,
        mark=mark_of(run, edition.alternative),
    )
    basis = _basis(run, plan, people, register=register, edition=edition)
    codes = codes.rename(index=lambda code: code.replace(" ", ""))
    return render_order(codes, register, order) | {FILE: render_basis(basis, order)}


def code_people(run: Run, plan: pd.DataFrame, wanted: Addressed) -> pd.Series:
    """Return how many of the age live in each postal code of a plan; NaN where that is unknown.

    Of a run without a way to postal codes, or of no ages, that is one NaN.
    """
    if run.record["mailing"]["postal_codes"] is None or wanted.age_faults():
        return pd.Series([float("nan")])
    pairs = run.frame("postal")
    ages = residents_of_age(run.scored.counts, wanted.ages)
    people = people_by_code(pairs.dropna(), ages)
    return people.reindex(choose_postal_codes(pairs, plan.index).codes.index)


def layer_faults(run: Run) -> list[Phrase]:
    """Return why the channel's profile must not choose persons; empty where it may."""
    profile = run.profiles[MAILING]
    share = other_share(profile, run)
    if share >= LEAST_OTHER:
        return []
    sensitive = [name for name, group in run.groups.items() if group.sensitive]
    criteria = [item.indicator for item in profile.criteria]

    told = Phrase(
        "choice_rests_on_origin",
        mailing=MAILING,
        criteria=criteria,
        sensitive=sensitive or Phrase("origin_and_union"),
        share=100 * share,
        least=100 * LEAST_OTHER,
    )
    return [told]


def other_share(profile: Profile, run: Run) -> float:
    """Return the share (0-1) of a profile's weight borne by other than origin and union.

    A criterion made of the target groups has the share of its groups' weights that is not marked
    sensitive; one that is named after a sensitive group, or speaks of origin or union, has none.
    """
    weights = profile.weights()
    others = {
        item.indicator: _other_part(item.indicator, [item.label.sv, item.label.en], run)
        for item in profile.criteria
    }
    return sum(weights[name] * part for name, part in others.items()) / sum(weights.values())


def _other_part(indicator: str, labels: list[str], run: Run) -> float:
    own = [name for name, group in run.groups.items() if group.sensitive]
    words = " ".join([indicator.replace("_", " "), *labels])
    named = any(indicator.startswith(f"{name}_") for name in own)
    if named or ORIGIN_OR_UNION.search(words):
        return 0.0
    if indicator not in TARGETS:
        return 1.0
    return sum(share for name, share in _locating(run).items() if name not in own)


def _locating(run: Run) -> dict[str, float]:
    """Return the share (0-1) that each group which counts when areas are ranked has of them all."""
    weights = {
        name: run.campaign.target_groups[name]
        for name, group in run.groups.items()
        if group.role == "locate"
    }
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


def _way_faults(run: Run, plan: pd.DataFrame) -> list[Phrase]:
    faults = []
    if run.record["mailing"]["postal_codes"] is None:
        faults.append(Phrase("no_postal_codes"))
    if plan.empty:
        faults.append(Phrase("plan_empty"))
    return faults


def _few_faults(kept: pd.Series, wanted: Addressed) -> list[Phrase]:
    people, (first, last) = float(kept.sum(skipna=False)), wanted.ages
    if people >= wanted.least_residents:
        return []
    whom = Phrase("residents_of_age", first=first, last=last, codes_count=len(kept))
    if isnan(people):
        told = Phrase("residents_unknown", whom=whom)
    else:
        told = Phrase("too_few_residents", whom=whom, people=people, least=wanted.least_residents)
    return [told]


def _basis(
    run: Run, plan: pd.DataFrame, people: pd.Series, *, register: Register, edition: Edition
) -> Basis:
    level, language, profile = run.scored, run.language, run.profiles[MAILING]
    areas = plan.index.sort_values()
    places = level.places.loc[areas, ["area_name", "municipality_name"]]
    scores = level.scores[MAILING].loc[areas, ["score", "rank"]]
    weights, minimum = profile.weights(), run.campaign.minimum_count
    way = run.record["mailing"]["postal_codes"]
    words = text("basis_own_codes" if way == "own" else f"vendor_postal_{way}", language)
    missed = shares_in_words(choose_postal_codes(run.frame("postal"), plan.index))
    return Basis(
        areas=pd.DataFrame(places).join(scores),
        all_areas_count=len(level.areas),
        area_set=level.area_set,
        profile=run.label(profile),
        criteria={
            item.label.told(language): weights[item.indicator] / sum(weights.values())
            for item in profile.criteria
        },
        groups={
            run.label(run.groups[name]): (share, run.groups[name].sensitive)
            for name, share in _locating(run).items()
        },
        other_share=other_share(profile, run),
        codes_count=int((~(people < minimum)).sum()),
        left_out_count=int((people < minimum).sum()),
        minimum_count=minimum,
        people_count=float(people[~(people < minimum)].sum(skipna=False)),
        postal=words.format(**missed),
        register=register.name,
        election_day=edition.election_day.isoformat(),
        election=basis_line(run.campaign, language),
        publishers=publishers(run.record["sources"]),
    )
