"""The transparency notice of a mailing as Markdown, one page for print, and JSON."""

import base64
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, Template
from markupsafe import Markup

from geoprio.config import Notice
from geoprio.config.notice import contradictions, empty_fields
from geoprio.errors import GeoprioError, join_faults
from geoprio.outputs.markdown import escaped, one_line
from geoprio.outputs.names import safe_name
from geoprio.outputs.notice_rows import Choice, Row, label_words, notice_rows
from geoprio.texts import Language, text


def render_notice(
    notice: Notice, choice: Choice, *, language: Language = "sv", mark: str | None = None
) -> dict[str, bytes]:
    """Return the notice by file name: Markdown, HTML of one A4 page without scripts, JSON.

    The JSON has every field under its heading in both languages, whatever `language` is.

    Parameters
    ----------
    notice
        What the sponsor says.
    choice
        How receivers were chosen.
    language
        Language of the headings and of the program's own sentences.
    mark
        The demo mark, where it belongs.

    Raises
    ------
    GeoprioError
        A field is empty, or says against another: every fault at once, with its path in the file.
    """
    faults = [f"{path}: empty; expected {told}" for path, told in empty_fields(notice).items()]
    faults += contradictions(notice) + _against(notice, choice)
    if faults:
        heading = (
            f"The notice of {one_line(notice.edition) or 'a mailing'} cannot be made: fill in or"
            " mend its file in notices/ (Regulation (EU) 2024/900, art. 11-12; not legal advice)"
        )
        raise GeoprioError(join_faults(heading, faults))
    name = f"{text('notice_stem', language)} {notice.edition}"
    stem = safe_name(name)
    rows = notice_rows(notice, choice, language)
    return {
        f"{stem}.md": _markdown(notice, rows, language, mark),
        f"{stem}.html": _html(notice, rows, language, mark),
        f"{stem}.json": _json(notice, choice, mark),
    }


def _against(notice: Notice, choice: Choice) -> list[str]:
    """Return where the sponsor says another thing than the order does."""
    told = (
        "targeting.personal_data: found false; expected true, since an addressed mailing selects by"
        " age and address in a register of persons"
    )
    return [told] if choice.ages and notice.targeting.personal_data is False else []


def _title(notice: Notice, language: Language) -> str:
    return text("notice_title", language).format(
        mailing=one_line(notice.mailing), edition=one_line(notice.edition)
    )


def _readers(language: Language) -> str:
    return f"{text('basis_readers', language)}: {text('audience_offentlig', language)}"


def _markdown(notice: Notice, rows: list[Row], language: Language, mark: str | None) -> bytes:
    lines = [
        f"# {escaped(_title(notice, language))}",
        "",
        *([f"**{escaped(mark)}**", ""] if mark else []),
        _readers(language),
        "",
        f"| {' | '.join(text(f'notice_{key}', language) for key in _COLUMNS)} |",
        "| --- | --- | --- |",
    ]
    for row in rows:
        # An address is a link as it stands: its pattern has no sign that ends one.
        said = [*map(escaped, row.lines), *(f"<{link}>" for link in row.links)]
        heading = text(f"notice_{row.key}", language)
        lines.append(f"| {heading} | {'<br>'.join(said)} | {row.article} |")
    lines += [
        "",
        f"## {text('notice_label', language)}",
        "",
        escaped(label_words(notice, language)),
        "",
        f"**{text('no_legal_advice', language)}** {text('notice_own_words', language)}",
        "",
    ]
    return "\n".join(lines).encode()


_COLUMNS = ("field", "said", "article")


def _html(notice: Notice, rows: list[Row], language: Language, mark: str | None) -> bytes:
    style = _asset("notice.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    words = {key: text(f"notice_{key}", language) for key in (*_COLUMNS, "label")}
    words["no_advice"] = text("no_legal_advice", language)
    words["own"] = text("notice_own_words", language)
    page: str = _template().render(
        language=language,
        policy=(
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        ),
        title=_title(notice, language),
        style=Markup(style),
        mark=mark,
        readers=_readers(language),
        rows=[(text(f"notice_{row.key}", language), row) for row in rows],
        label=label_words(notice, language),
        words=words,
    )
    return page.encode()


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


def _asset(name: str) -> str:
    path = files("geoprio.outputs") / name
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _template() -> Template:
    return Environment(autoescape=True).from_string(_asset("notice.html"))
