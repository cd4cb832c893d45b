"""What a transparency notice says, row by row, each with the article that asks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from geoprio.config import Notice
from geoprio.config.notice import Entity
from geoprio.outputs.markdown import one_line
from geoprio.texts import Language, decimal, text, whole

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
    period = text("notice_period_words", language).format(first=days.first, last=days.last)
    edition = f"{one_line(notice.mailing)} ({one_line(notice.edition)})"
    return [
        Row("statement", "11.1 a", (text("notice_statement_words", language),)),
        Row("mailing", "", (edition,)),
        _entity("sponsor", "11.1 b, 12.1 a", notice.sponsor, language),
        _controller(notice, language),
        _payer(notice, language),
        Row("period", "12.1 c", (period,)),
        Row("election", "11.1 c, 12.1 g", (f"{one_line(election.name)} {election.day}",)),
        Row("official_information", "12.1 h", (), (election.official_information,)),
        *_amounts(notice, language),
        *_targeting(notice, choice, language),
        _earlier(notice, language),
        Row("url", "11.1 e", (), (found.url,)),
        Row("complaints", "15", (one_line(found.complaints),), (found.complaints_url,)),
    ]


def label_words(notice: Notice, language: Language) -> str:
    """Return the label's words: what stands on the mailing itself."""
    controller = text("notice_label_controller", language)
    return text("notice_label_words", language).format(
        sponsor=one_line(notice.sponsor.name),
        controller=""
        if notice.controller.none
        else controller.format(name=one_line(notice.controller.name)),
        election=f"{one_line(notice.election.name)} {notice.election.day}",
        targeting=text("notice_label_targeting", language)
        if notice.targeting.personal_data
        else "",
        url=notice.notice.url,
    )


def _entity(key: str, article: str, entity: Entity, language: Language) -> Row:
    names = ("name", "registration_number", "email", "postal_address", "establishment")
    said = {
        text(f"notice_{name}", language): one_line(getattr(entity, name))
        for name in names
        if hasattr(entity, name)
    }
    lines = tuple(f"{heading}: {words}" for heading, words in said.items())
    return Row(key, article, lines, value=said)


def _controller(notice: Notice, language: Language) -> Row:
    if notice.controller.none:
        return Row("controller", "11.1 b, 12.1 a", (text("notice_controller_none", language),))
    return _entity("controller", "11.1 b, 12.1 a", notice.controller, language)


def _payer(notice: Notice, language: Language) -> Row:
    if notice.payer.same_as_sponsor:
        return Row("payer", "12.1 b", (text("notice_payer_same", language),))
    return _entity("payer", "12.1 b", notice.payer, language)


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
    return text("notice_sek", language).format(sum=shown)


def _targeting(notice: Notice, choice: Choice, language: Language) -> list[Row]:
    towns = [one_line(name) for name in choice.municipalities]
    many = text("notice_towns", language).format(count=len(towns))
    chosen = text("notice_chosen_words", language).format(
        count=whole(choice.areas_count, language),
        towns=", ".join(towns) if len(towns) <= MOST_NAMED else many,
        publishers=one_line(choice.publishers),
    )
    within = text("notice_everybody", language)
    if choice.ages:
        first, last = choice.ages
        within = text("notice_addressed", language).format(first=first, last=last)
    used = bool(notice.targeting.personal_data)
    words = text(f"notice_personal_data_{'yes' if used else 'no'}", language)
    links = (notice.targeting.policy,) if used else ()
    return [
        Row("chosen", "11.1 d", (f"{chosen} {within}",)),
        Row(
            "personal_data",
            "11.1 d, 12.1, 19",
            (words.format(which=one_line(notice.targeting.which)),),
            links,
            value=used,
        ),
        Row("reach", "12.1", (_reach(choice, language),)),
    ]


def _reach(choice: Choice, language: Language) -> str:
    if isnan(choice.reach_count):
        return text("notice_reach_unknown", language)
    kind = "persons" if choice.ages else "households"
    # Two figures: it is no count, and nobody should take it for one.
    step = 10 ** max(len(str(int(choice.reach_count))) - 2, 0)
    count = whole(int(round(choice.reach_count / step) * step), language)
    return text(f"notice_reach_{kind}", language).format(count=count)


def _earlier(notice: Notice, language: Language) -> Row:
    stopped = bool(notice.earlier.stopped)
    words = text(f"notice_earlier_{'yes' if stopped else 'no'}", language)
    which = one_line(notice.earlier.which)
    return Row("earlier", "12.1", (words.format(which=which),), value=stopped)
