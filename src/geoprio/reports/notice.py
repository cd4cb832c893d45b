"""The transparency notice of a plan: what the sponsor wrote, and how the run chose the areas."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Any

import pandas as pd

from geoprio.config import Addressed, Notice
from geoprio.config.sponsor import Entity, contradictions, empty_fields
from geoprio.errors import GeoprioError
from geoprio.files.folder import safe_name
from geoprio.files.markdown import Marked, escaped, heading, page, table
from geoprio.files.paper import render_template
from geoprio.reports.edition_page import mark_of
from geoprio.reports.register_order import code_people
from geoprio.reports.vendor_order import Edition, roughly
from geoprio.runs import Run
from geoprio.runs.notes import publishers
from geoprio.words import Language, Phrase, decimal, one_line, text, whole

Said = str | float | bool | dict[str, str]
MOST_NAMED = 6
"""Municipalities that are named one by one; more are counted."""


@dataclass(frozen=True)
class Choice:
    """How the receivers were chosen: what the run knows and the sponsor need not write."""

    areas_count: int
    municipalities: Sequence[str]
    publishers: str
    reach_count: float
    """Households of an unaddressed mailing, persons of an addressed; NaN where it is unknown."""
    ages: tuple[int, int] | None = None
    """First and last age of an addressed mailing; None of an unaddressed."""


@dataclass(frozen=True)
class Row:
    """One field of the notice."""

    key: str
    """`notice_<key>` is its heading."""
    article: str
    lines: tuple[str, ...]
    links: tuple[str, ...] = ()
    value: Said | None = None
    """What a program reads, where it is no text."""


def notice_rows(notice: Notice, choice: Choice, language: Language) -> list[Row]:
    """Return every field in the order of the regulation."""
    days, election, found = notice.period, notice.election, notice.notice
    period = text("notice_period_words", language, first=days.first, last=days.last)
    edition = f"{one_line(notice.mailing)} ({one_line(notice.edition)})"
    alone = "notice_controller_none" if notice.controller.none else ""
    same = "notice_payer_same" if notice.payer.same_as_sponsor else ""
    return [
        Row("statement", "11.1 a", (text("notice_statement_words", language),)),
        Row("mailing", "", (edition,)),
        _party("sponsor", "11.1 b, 12.1 a", notice.sponsor, "", language),
        _party("controller", "11.1 b, 12.1 a", notice.controller, alone, language),
        _party("payer", "12.1 b", notice.payer, same, language),
        Row("period", "12.1 c", (period,)),
        Row("election", "11.1 c, 12.1 g", (f"{one_line(election.name)} {election.day}",)),
        Row("official_information", "12.1 h", (), (election.official_information,)),
        *_amounts(notice, language),
        *_targeting(notice, choice, language),
        _yes_or_no("earlier", "12.1", notice.earlier.which, notice.earlier.stopped, language),
        Row("url", "11.1 e", (), (found.url,)),
        Row(
            "complaints",
            "15",
            (text("notice_supervisors", language), one_line(found.complaints)),
            (found.complaints_url,),
        ),
    ]


def label_words(notice: Notice, language: Language) -> str:
    """Return the label's words: what stands on the mailing itself."""
    name, aimed = one_line(notice.controller.name), notice.targeting.personal_data
    alone = notice.controller.none
    return text(
        "notice_label_words",
        language,
        sponsor=one_line(notice.sponsor.name),
        controller="" if alone else text("notice_label_controller", language, name=name),
        election=f"{one_line(notice.election.name)} {notice.election.day}",
        targeting=text("notice_label_targeting", language) if aimed else "",
        url=notice.notice.url,
    )


def _party(key: str, article: str, entity: Entity, instead: str, language: Language) -> Row:
    """Return one who stands behind the mailing, or the words where that is nobody else."""
    if instead:
        return Row(key, article, (text(instead, language),))
    names = ("name", "registration_number", "email", "postal_address", "establishment")
    said = {
        text(f"notice_{name}", language): one_line(getattr(entity, name))
        for name in names
        if hasattr(entity, name)
    }
    return Row(key, article, tuple(f"{name}: {words}" for name, words in said.items()), value=said)


def _amounts(notice: Notice, language: Language) -> list[Row]:
    amounts = notice.amounts
    origin = text(f"notice_origin_{amounts.origin}", language)
    territory = text(f"notice_territory_{amounts.territory}", language)
    sums = {name: float(getattr(amounts, name) or 0) for name in _SUMS}
    return [
        *(
            Row(name, "12.1 d", (_kronor(value, language),), value=value)
            for name, value in sums.items()
        ),
        Row("method", "12.1 f", (one_line(amounts.method),)),
        Row("origin", "12.1 e", (f"{origin}, {territory}.",)),
    ]


_SUMS = ("mailing_sek", "campaign_sek", "benefits_sek")


def _kronor(kronor: float, language: Language) -> str:
    value = round(kronor, 2)
    shown = whole(int(value), language)
    if value != int(value):
        # The öre come after the kronor as the reader parts them.
        shown += decimal(value % 1, 2, language)[1:]
    return text("notice_sek", language, sum=shown)


def _targeting(notice: Notice, choice: Choice, language: Language) -> list[Row]:
    towns = [one_line(name) for name in choice.municipalities]
    many = text("notice_towns", language, count=len(towns))
    chosen = text(
        "notice_chosen_words",
        language,
        count=whole(choice.areas_count, language),
        towns=", ".join(towns) if len(towns) <= MOST_NAMED else many,
        publishers=one_line(choice.publishers),
    )
    within = text("notice_everybody", language)
    if choice.ages:
        first, last = choice.ages
        within = text("notice_addressed", language, first=first, last=last)
    aimed = notice.targeting
    used = _yes_or_no(
        "personal_data", "11.1 d, 12.1, 19", aimed.which, aimed.personal_data, language
    )
    return [
        Row("chosen", "11.1 d", (f"{chosen} {within}",)),
        replace(used, links=(aimed.policy,) if aimed.personal_data else ()),
        Row("reach", "12.1", (_reach(choice, language),)),
    ]


def _yes_or_no(key: str, article: str, which: str, answer: bool | None, language: Language) -> Row:
    words = f"notice_{key}_{'yes' if answer else 'no'}"
    return Row(key, article, (text(words, language, which=one_line(which)),), value=bool(answer))


def _reach(choice: Choice, language: Language) -> str:
    if isnan(choice.reach_count):
        return text("notice_reach_unknown", language)
    kind = "persons" if choice.ages else "households"
    count = roughly(choice.reach_count, language)
    return text(f"notice_reach_{kind}", language, count=count)


def render_notice(
    notice: Notice, choice: Choice, *, language: Language = "sv", mark: str | None = None
) -> dict[str, bytes]:
    """Return the notice by file name: Markdown, HTML of one A4 page without scripts, JSON.

    The JSON has every field under its heading in both languages, whatever `language` is. Raises
    GeoprioError: fields are empty, or say against another; every fault, with its path in the file.
    """
    faults = [
        Phrase("field_empty", path=path, told=told) for path, told in empty_fields(notice).items()
    ]
    faults += contradictions(notice) + _against(notice, choice)
    if faults:
        raise GeoprioError(
            "notice_not_filled_in", faults, edition=one_line(notice.edition) or Phrase("a_mailing")
        )
    stem = safe_name(f"{text('notice_stem', language)} {notice.edition}")
    rows = notice_rows(notice, choice, language)
    return {
        f"{stem}.md": _markdown(notice, rows, language, mark),
        f"{stem}.html": _html(notice, rows, language, mark),
        f"{stem}.json": _json(notice, choice, mark),
    }


def _against(notice: Notice, choice: Choice) -> list[Phrase]:
    """Return where the sponsor says another thing than the order does."""
    told = Phrase("targeting_without_personal_data")
    return [told] if choice.ages and notice.targeting.personal_data is False else []


def _title(notice: Notice, language: Language) -> str:
    return text(
        "notice_title", language, mailing=one_line(notice.mailing), edition=one_line(notice.edition)
    )


def _readers(language: Language) -> str:
    return f"{text('basis_readers', language)}: {text('audience_offentlig', language)}"


def _markdown(notice: Notice, rows: list[Row], language: Language, mark: str | None) -> bytes:
    # An address is a link as it stands: its pattern has no sign that ends one.
    told = [
        [
            text(f"notice_{row.key}", language),
            Marked("<br>".join([*map(escaped, row.lines), *(f"<{link}>" for link in row.links)])),
            row.article,
        ]
        for row in rows
    ]
    parts = [
        _readers(language),
        table([text(f"notice_{key}", language) for key in _COLUMNS], told),
        heading(text("notice_label", language)),
        label_words(notice, language),
        Marked(f"**{text('no_legal_advice', language)}** {text('notice_own_words', language)}"),
    ]
    return page(_title(notice, language), mark, parts)


_COLUMNS = ("field", "said", "article")


def _html(notice: Notice, rows: list[Row], language: Language, mark: str | None) -> bytes:
    words = {key: text(f"notice_{key}", language) for key in (*_COLUMNS, "label")}
    words["no_advice"] = text("no_legal_advice", language)
    words["own"] = text("notice_own_words", language)
    return render_template(
        "geoprio.reports/notice.html",
        language=language,
        title=_title(notice, language),
        marks=[mark] if mark else [],
        readers=_readers(language),
        rows=[(text(f"notice_{row.key}", language), row) for row in rows],
        label=label_words(notice, language),
        words=words,
    )


def _json(notice: Notice, choice: Choice, mark: str | None) -> bytes:
    languages: tuple[Language, ...] = ("sv", "en")
    told: dict[str, Any] = {
        language: {
            text(f"notice_{row.key}", language): _value(row)
            for row in notice_rows(notice, choice, language)
        }
        | {text("notice_label", language): label_words(notice, language)}
        for language in languages
    }
    told |= {
        "audience": "offentlig",
        "about": {one: text("no_legal_advice", one) for one in languages},
    }
    if mark:
        told["demo_mark"] = mark
    return f"{json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False)}\n".encode()


def _value(row: Row) -> object:
    if row.value is not None and not row.links:
        return row.value
    said = " ".join([*row.lines, *row.links])
    return said if row.value is None else {"value": row.value, "words": said}


def notice_files(
    run: Run, plan: pd.DataFrame, notice: Notice, edition: Edition, wanted: Addressed | None = None
) -> dict[str, bytes]:
    """Return the notice of one mailing and edition by file name; anybody may read it.

    `plan` is PLAN of the edition, `wanted` the ages where the mailing is addressed. Raises
    GeoprioError: a field is empty or says against another, or the notice is of another edition.
    """
    faults = [
        Phrase("not_as_ordered", path=path, found=found, expected=expected)
        for path, found, expected in (
            ("edition", notice.edition, edition.name),
            ("election.day", notice.election.day, edition.election_day.isoformat()),
        )
        if found and found != expected
    ]
    if faults:
        raise GeoprioError("notice_of_another_mailing", faults)
    towns = run.scored.areas.loc[plan.index, "municipality_code"]
    names = towns.drop_duplicates().sort_values().map(run.municipality_names)
    reached = plan["households_count"] if wanted is None else code_people(run, plan, wanted)
    if wanted is not None:
        reached = reached[~(reached < run.campaign.minimum_count)]
    choice = Choice(
        areas_count=len(plan),
        municipalities=tuple(names),
        publishers=publishers(run.record["sources"]),
        reach_count=float(reached.sum(skipna=False)),
        ages=None if wanted is None else wanted.ages,
    )
    mark = mark_of(run, edition.alternative)
    return render_notice(notice, choice, language=run.language, mark=mark)
