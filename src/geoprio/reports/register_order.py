"""An addressed order of a run: the postal codes and ages to ask a register for, and why these.

What chooses is the areas' combined score and age. A choice that rests on a layer of origin or union
alone is refused, and so is one that comes to few persons.
"""

import csv
import io
from dataclasses import dataclass
from math import isnan
from pathlib import Path

import pandas as pd

from geoprio.config import MAILING, Addressed, Profile, Register, load_named
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.errors import GeoprioError
from geoprio.files.delivery import (
    ENDING,
    OUR_FORM,
    Control,
    checksums,
    code_lists,
    render_control,
    sheet_words,
)
from geoprio.files.folder import safe_name
from geoprio.files.markdown import Marked, bullets, escaped, heading, page, table
from geoprio.files.table import Table, header, marked_rows, render_csv, render_sheet
from geoprio.plans.postal import choose_postal_codes, main_source, people_by_code, residents_of_age
from geoprio.reports.edition_page import mark_of
from geoprio.reports.vendor_order import Edition, roughly, shares_in_words
from geoprio.runs import Run
from geoprio.runs.notes import basis_line, publishers
from geoprio.scores import TARGETS
from geoprio.tables import for_audience
from geoprio.words import Language, Phrase, decimal, one_line, set_name, text, whole

FILE = "urvalsmotivering.md"
LEAST_OTHER = 0.1
"""Share of the weight that other layers than the sensitive ones bear at least: with less they are a
token, and the choice rests on the sensitive ones alone."""
_JUDGED = ("art_6", "art_9", "art_14", "art_21", "art_28", "terms", "block", "notice")


@dataclass(frozen=True)
class AddressOrder:
    """What is ordered of a register, and the words on its files."""

    edition: Edition
    wanted: Addressed
    register: Register
    campaign: str
    language: Language = "sv"
    mark: str | None = None
    """The demo mark, where it belongs."""

    @property
    def stem(self) -> str:
        """What the files are called by."""
        return safe_name(f"{text('order_stem', self.language)} {self.edition.label}")

    @property
    def notes(self) -> dict[str, str]:
        """The mark by its heading."""
        return {header("note", self.language): self.mark} if self.mark else {}

    def parameters(self, **own: str) -> dict[str, str]:
        """Return each parameter of the register as it is stated; `own` are words by use."""
        first, last = self.wanted.ages
        words = {
            "ages": text("order_ages", self.language, first=first, last=last),
            "unused": text("order_unused", self.language),
            **own,
        }
        return {
            item.name.told(self.language): words[item.use]
            for item in self.register.parameters
            if item.use in words
        }


def load_addressed(name: str, folders: tuple[Path, ...]) -> tuple[Addressed, Register]:
    """Return what is wanted of an addressed mailing, and the register that it is ordered from."""
    wanted = load_named(Addressed, "addressed", name, folders)
    return wanted, load_named(Register, "registers", wanted.order_from, folders)


def addressed_files(
    run: Run, plan: pd.DataFrame, wanted: Addressed, register: Register, edition: Edition
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
    ).rename(index=lambda code: code.replace(" ", ""))
    mark = mark_of(run, edition.alternative)
    order = AddressOrder(edition, wanted, register, run.campaign.title, run.language, mark)
    return render_order(codes, order) | {FILE: render_basis(run, plan, people, order)}


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
    told = Phrase(
        "choice_rests_on_origin",
        mailing=MAILING,
        criteria=[item.indicator for item in profile.criteria],
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
    weights = {name: run.campaign.target_groups[name] for name in run.locating}
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
        return [Phrase("residents_unknown", whom=whom)]
    return [Phrase("too_few_residents", whom=whom, people=people, least=wanted.least_residents)]


def render_order(codes: pd.DataFrame, order: AddressOrder) -> dict[str, bytes]:
    """Return an order's files by name: sheet, table, lists of postal codes, and control sheets.

    `codes` has, by `postal_code` (five digits as text), `municipality_code` and
    `municipality_name`, which are information and no condition: no area, score, group, reason or
    order of choice. Raises ContractError: a column that no vendor may see, or a code that is none
    or stands twice.
    """
    for_audience(codes.reset_index(), "leverantor")
    language, register, about = order.language, order.register, _about(order)
    lists = code_lists(
        codes.index.to_series(),
        f"{order.stem}-postnummer",
        rows=register.list_rows,
        newline=register.newline,
        about=about,
    )
    listed = _table(codes, order)
    content = render_csv(listed, "leverantor", language=language, notes=order.notes)
    rows = marked_rows(listed, "leverantor", language=language, notes=order.notes)
    files = {
        f"{order.stem}.csv": content,
        f"{order.stem}.xlsx": render_sheet(rows, order.stem),
        f"{order.stem}.md": _sheet(
            len(codes), [name for name in lists if name.endswith(".txt")], order
        ),
    }
    control = Control(_cells(content), OUR_FORM, checksums(files), about=about)
    return files | {f"{order.stem}{ENDING}": render_control(control)} | lists


def _table(codes: pd.DataFrame, order: AddressOrder) -> Table:
    sorted_codes = codes.sort_index()
    columns = {
        "list_number": [1 + place // order.register.list_rows for place in range(len(codes))],
        "municipality_code": sorted_codes["municipality_code"],
        "municipality_name": sorted_codes["municipality_name"].map(one_line),
        "county_code": sorted_codes["municipality_code"].str[:2],
        "age_from": order.wanted.ages[0],
        "age_to": order.wanted.ages[1],
        "edition": one_line(order.edition.label),
        "campaign": one_line(order.campaign),
    }
    frame = pd.DataFrame(columns, index=sorted_codes.index.rename("postal_code"))
    return Table.of(frame, order.language)


def _cells(content: bytes) -> pd.DataFrame:
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";")
    head, *rows = lines
    return pd.DataFrame(rows, columns=head, dtype=str)


def _about(order: AddressOrder) -> dict[str, str]:
    """Return what the control sheets say of the order; a list's codes are its own rows."""
    words = sheet_words()
    return {
        words["to"]: text("audience_leverantor", order.language),
        words["profile"]: f"{order.register.name} {order.register.version}",
        words["campaign"]: order.campaign,
        words["edition"]: order.edition.label,
        **order.parameters(),
        **order.notes,
    }


def _sheet(count: int, lists: list[str], order: AddressOrder) -> bytes:
    language, register = order.language, order.register
    codes = text(
        "order_codes",
        language,
        count=whole(count, language),
        files=", ".join(lists),
        rows=whole(register.list_rows, language),
    )
    about = {
        "basis_readers": text("audience_leverantor", language),
        "order_register": f"{register.name} ({register.version})",
        "order_campaign": order.campaign,
        "order_purpose": order.wanted.purpose.told(language),
    }
    remarks = [
        text("order_geography", language, conditions=register.geography_conditions),
        *([text("order_several", language)] if len(lists) > 1 else []),
        *(text(f"order_{key}", language) for key in ("address", "excluded", "simulate")),
        text("order_form", language, specification=register.specification),
    ]
    parts = [
        bullets(f"{text(key, language)}: {words}" for key, words in about.items()),
        table(
            [text("order_parameter", language), text("order_value", language)],
            order.parameters(postal_codes=codes).items(),
        ),
        bullets(remarks),
    ]
    return page(text("order_title", language, edition=order.edition.label), order.mark, parts)


def render_basis(run: Run, plan: pd.DataFrame, people: pd.Series, order: AddressOrder) -> bytes:
    """Return what those who must judge a selection are told, as Markdown, for the leadership.

    `people` are residents of the age by postal code; codes with few of them were taken away.
    """
    language, level = order.language, run.scored
    places = pd.DataFrame(level.places.loc[plan.index, ["area_name", "municipality_name"]])
    areas = places.join(level.scores[MAILING][["score", "rank"]]).sort_index()
    for_audience(areas, "valledning")
    sections = _sections(run, plan, people, order) | {"listed": [_areas(areas, language)]}
    parts = [
        f"{text('basis_readers', language)}: {text('audience_valledning', language)}",
        Marked(f"**{text('no_legal_advice', language)}** {text('basis_what_for', language)}"),
    ]
    for key, own in sections.items():
        parts += [heading(text(f"basis_{key}", language)), *own]
    return page(text("basis_title", language, edition=order.edition.label), order.mark, parts)


def _sections(
    run: Run, plan: pd.DataFrame, people: pd.Series, order: AddressOrder
) -> dict[str, list[str]]:
    language, day = order.language, order.edition.election_day.isoformat()
    basis, sources = basis_line(run.campaign, language), publishers(run.record["sources"])

    def said(*keys: str) -> list[str]:
        return [text(f"basis_{key}", language) for key in keys]

    nobody = text("basis_no_persons", language, publishers=sources)
    return {
        "purpose": [
            order.wanted.purpose.told(language),
            text("basis_election_day", language, day=day, basis=basis),
        ],
        "chosen": [bullets(_chosen_words(run, plan, people, order))],
        "how": _how(run),
        "data": [bullets([nobody, *said("register")])],
        "precision": [bullets([_way_words(run, plan), *said("areas_persons", "ranks")])],
        "unknown": [bullets(said("unknown_people", "unknown_blocked", "unknown_effect"))],
        "judge": [
            bullets(Marked(f"[ ] {escaped(words)}") for words in said(*_JUDGED)),
            Marked(text("basis_decision", language)),
        ],
    }


def _chosen_words(
    run: Run, plan: pd.DataFrame, people: pd.Series, order: AddressOrder
) -> list[str]:
    language, minimum = order.language, run.campaign.minimum_count
    first, last = order.wanted.ages
    few = people < minimum
    told = [
        text(
            "basis_areas",
            language,
            count=whole(len(plan), language),
            all=whole(len(run.scored.areas), language),
            area_set=set_name(run.scored.area_set, language),
        ),
        text(
            "basis_codes",
            language,
            count=whole(int((~few).sum()), language),
            first=first,
            last=last,
            register=order.register.name,
        ),
        text(
            "basis_people",
            language,
            people=roughly(float(people[~few].sum(skipna=False)), language),
        ),
    ]
    if few.any():
        count = whole(int(few.sum()), language)
        told.append(text("basis_left_out", language, count=count, least=minimum))
    return told


def _how(run: Run) -> list[str]:
    """Return the profile that chose, its criteria and the groups, each with its share of weight."""
    language, profile = run.language, run.profiles[MAILING]
    words = {key: text(f"basis_{key}", language) for key in ("criterion", "group", "weight")}
    answers = {True: text("basis_yes", language), False: text("basis_no", language)}
    weights = profile.weights()
    criteria = [
        [item.label.told(language), _percent(weights[item.indicator] / sum(weights.values()), run)]
        for item in profile.criteria
    ]
    groups = [
        [run.label(run.groups[name]), _percent(share, run), answers[run.groups[name].sensitive]]
        for name, share in _locating(run).items()
    ]
    share = _percent(other_share(profile, run), run)
    return [
        text("basis_score", language, profile=run.label(profile), share=share),
        table([words["criterion"], words["weight"]], criteria),
        table([words["group"], words["weight"], text("basis_sensitive", language)], groups),
    ]


def _way_words(run: Run, plan: pd.DataFrame) -> str:
    """Return how areas became postal codes, and what that misses."""
    way = run.record["mailing"]["postal_codes"]
    missed = shares_in_words(choose_postal_codes(run.frame("postal"), plan.index))
    return text(
        "basis_own_codes" if way == "own" else f"vendor_postal_{way}", run.language, **missed
    )


def _areas(areas: pd.DataFrame, language: Language) -> str:
    shown = areas.astype(object)
    shown["score"] = areas["score"].map(lambda one: decimal(one, 1, language), na_action="ignore")
    shown["rank"] = areas["rank"].map(lambda one: whole(int(one), language), na_action="ignore")
    rows = shown.rename_axis("area_code").reset_index().fillna("").astype(str)
    return table([header(str(name), language) for name in rows], rows.to_numpy().tolist())


def _percent(share: float, run: Run) -> str:
    return decimal(100 * share, 0, run.language)
