"""Published files: at a known address, by name on an index page, or named by a checksum list."""

import difflib
import hashlib
import re
from collections.abc import Callable
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from geoprio.errors import SourceError
from geoprio.sources.catalogue import FileFetch, ListFetch, Source
from geoprio.sources.fetch.client import Ask
from geoprio.sources.fetch.order import Desk, FilePlan, canonical, saved_name
from geoprio.sources.fetch.replies import (
    Check,
    DamagedError,
    anything,
    is_file,
    is_page,
    leaves_its_folder,
)
from geoprio.words import Phrase

LINE = re.compile(r"^([0-9a-f]{32})\s+\*?(\S.*?)\s*$", re.IGNORECASE)
MEGABYTE = 1_000_000


def plan_file(source: Source, fetch: FileFetch, desk: Desk) -> list[FilePlan]:
    """Return the one file at a known address."""
    wanted = _wanted(fetch)
    # A name that carries its date is saved under the one that stays.
    saved = saved_name(source, None if _is_pattern(wanted) else wanted)
    check = is_file(saved, unpacked=fetch.unpacked_mb * MEGABYTE)
    look_up = _look_up(fetch, check, desk)
    if fetch.url is None:
        asks = (look_up(),) if look_up else ()
        look_up = None
    else:
        asks = (Ask(fetch.url, check),)
    return [
        FilePlan(
            name=saved,
            part=_wanted(fetch),
            asks=asks,
            most=fetch.maximum_mb * MEGABYTE,
            asked=canonical([fetch.url or fetch.index_page, _wanted(fetch)]),
            otherwise=look_up,
        )
    ]


def _is_pattern(name: str) -> bool:
    return bool(set("*?[") & set(name))


def _wanted(fetch: FileFetch) -> str:
    return fetch.file_name or _file_name(fetch.url or "")


def _look_up(fetch: FileFetch, check: Check, desk: Desk) -> Callable[[], Ask] | None:
    """Return what finds a file whose address has moved, if an index page is known."""
    page = fetch.index_page
    if page is None:
        return None

    def moved() -> Ask:
        links = _links(desk.text(page, anything))
        found = matching(links, _wanted(fetch), page=page)
        return Ask(found, check)

    return moved


def matching(links: list[str], wanted: str, *, page: str) -> str:
    """Return the address of the link whose file name is the wanted one, or the last that fits it.

    SourceError: No link has that name (the nearest are told), or two different ones.
    """
    named = {url: _file_name(url) for link in links if (url := _joined(page, link))}
    if _is_pattern(wanted):
        fitted = (name for name in named.values() if fnmatchcase(name.lower(), wanted.lower()))
        wanted = max(fitted, default=wanted)
    fitting = [url for url, name in named.items() if name.casefold() == wanted.casefold()]
    if len(fitting) == 1:
        return fitting[0]
    near = difflib.get_close_matches(wanted, named.values(), n=3, cutoff=0.5)
    heading = Phrase("links_not_one", page=page, count=len(fitting), wanted=wanted)
    todo = Phrase("find_new_address")
    raise SourceError(heading, [*(fitting or [Phrase("found_here", found=n) for n in near]), todo])


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _links(html: str) -> list[str]:
    parser = _Links()
    parser.feed(html)
    return list(dict.fromkeys(parser.found))


def _joined(page: str, link: str) -> str | None:
    """Return the address that a link on a page means; None where it is none."""
    try:
        return urljoin(page, link)
    except ValueError:
        return None


def _file_name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def plan_list(source: Source, fetch: ListFetch, desk: Desk) -> list[FilePlan]:  # noqa: ARG001 - one signature
    """Return every file of a published list of checksums whose path the source wants.

    SourceError: The list is not one, or names no such file.
    """
    wanted = fetch.members.replace("{county_code}", desk.county_code)
    listed = _checksums(desk.text(fetch.url, _is_list))
    fitting = {path: md5 for path, md5 in listed.items() if fnmatchcase(path, wanted)}
    if not fitting:
        raise SourceError(
            "no_listed_file_fits",
            [Phrase("found_here", found=path) for path in list(listed)[:5]],
            url=fetch.url,
            wanted=wanted,
            count=len(listed),
        )
    return [
        FilePlan(
            name=PurePosixPath(path).name,
            part=path,
            asks=(Ask(urljoin(fetch.url, path), _has_md5(path, md5, fetch)),),
            most=fetch.maximum_mb * MEGABYTE,
            asked=canonical([fetch.url, path]),
            updated=md5,
        )
        for path, md5 in sorted(fitting.items())
    ]


def _is_list(path: Path) -> None:
    anything(path)
    if is_page(path) or not _checksums(path.read_text(encoding="utf-8-sig", errors="replace")):
        raise SourceError("md5_list_empty")


def _checksums(text: str) -> dict[str, str]:
    """Return the checksum of every path that stays below the list's own folder."""
    lines = [found for line in text.splitlines() if (found := LINE.match(line))]
    paths = {found[2].removeprefix("./"): found[1].lower() for found in lines}
    return {
        path: md5
        for path, md5 in paths.items()
        if not leaves_its_folder(path) and not urlsplit(path).scheme
    }


def _has_md5(name: str, md5: str, fetch: ListFetch) -> Check:
    whole = is_file(name, unpacked=fetch.unpacked_mb * MEGABYTE)

    def check(path: Path) -> None:
        with path.open("rb") as file:
            # The publisher's own checksum tells a file that was cut off, not one that was forged.
            found = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        if found.hexdigest() != md5:
            raise DamagedError("listed_md5_differs", found=found.hexdigest(), md5=md5)
        whole(path)

    return check
