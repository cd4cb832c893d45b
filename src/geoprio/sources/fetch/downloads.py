"""Published files: at a known address, by name on an index page, or named by a checksum list."""

import difflib
from contextlib import suppress
from fnmatch import fnmatchcase
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

from geoprio.config.counties import find_county
from geoprio.errors import SourceError
from geoprio.sources.catalogue import FileFetch, ListFetch, Source
from geoprio.sources.fetch.client import (
    GONE,
    Ask,
    Check,
    DamagedError,
    RefusedError,
    anything,
    is_file,
    is_page,
    leaves_its_folder,
)
from geoprio.sources.fetch.order import Desk, FilePlan, canonical, saved_name
from geoprio.sources.raw import checksums, md5
from geoprio.sources.signature import is_signed, public_key
from geoprio.words import Phrase

MEGABYTE = 1_000_000


def plan_file(source: Source, fetch: FileFetch, desk: Desk) -> list[FilePlan]:
    """Return the one file at a known address."""
    named = fetch.file_name or _file_name(fetch.url or "")
    names = dict.fromkeys(named.replace("{county}", find_county(it).slug) for it in desk.home)
    return [_plan_one(source, fetch, desk, wanted=wanted) for wanted in names]


def _plan_one(source: Source, fetch: FileFetch, desk: Desk, *, wanted: str) -> FilePlan:
    # A name that carries its date is saved under the one that stays.
    saved = saved_name(source, None if _is_pattern(wanted) else wanted)
    check = is_file(saved, unpacked=fetch.unpacked_mb * MEGABYTE)

    def moved() -> Ask:
        page = _Page(fetch.index_page or "")
        page.feed(desk.text(page.url, anything))
        return Ask(page.link(wanted), check)

    return FilePlan(
        name=saved,
        part=wanted,
        asks=(Ask(fetch.url, check) if fetch.url else moved(),),
        most=fetch.maximum_mb * MEGABYTE,
        asked=canonical([fetch.url or fetch.index_page, wanted]),
        otherwise=moved if fetch.url and fetch.index_page else None,
    )


def _is_pattern(name: str) -> bool:
    return bool(set("*?[") & set(name))


class _Page(HTMLParser):
    """An index page, and the file name of every address that it links to."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.named: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        link = dict(attrs).get("href") if tag == "a" else None
        with suppress(ValueError):
            if link:
                address = urljoin(self.url, link)
                self.named[address] = _file_name(address)

    def link(self, wanted: str) -> str:
        """Return the one address whose file name is the wanted one, or the last that fits it."""
        if _is_pattern(wanted):
            names = (n for n in self.named.values() if fnmatchcase(n.lower(), wanted.lower()))
            wanted = max(names, default=wanted)
        fitting = [url for url, name in self.named.items() if name.casefold() == wanted.casefold()]
        if len(fitting) == 1:
            return fitting[0]
        near = difflib.get_close_matches(wanted, self.named.values(), n=3, cutoff=0.5)
        found = fitting or [Phrase("found_here", found=name) for name in near]
        heading = Phrase("links_not_one", page=self.url, count=len(fitting), wanted=wanted)
        raise SourceError(heading, [*found, Phrase("find_new_address")])


def _file_name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def plan_list(source: Source, fetch: ListFetch, desk: Desk) -> list[FilePlan]:  # noqa: ARG001 - one signature
    """Return every file of a published list of checksums whose path the source wants."""
    wanted = list(dict.fromkeys(fetch.members.replace("{county_code}", it) for it in desk.home))
    guessed = [] if fetch.how is None else [Phrase("guess_failed", how=fetch.how)]
    try:
        listed = _checksums(desk.text(fetch.url, _is_list))
    except RefusedError as error:
        if not guessed or error.status not in GONE:
            raise
        raise SourceError(error.heading, guessed) from None
    fitting = {
        path: listed[path]
        for path in sorted(listed)
        if any(fnmatchcase(path, pattern) for pattern in wanted)
    }
    if not fitting:
        found = [Phrase("found_here", found=path) for path in list(listed)[:5]] + guessed
        raise SourceError(
            "no_listed_file_fits", found, url=fetch.url, wanted=wanted, count=len(listed)
        )
    signed = _signed(fetch, desk)
    return [
        FilePlan(
            name=PurePosixPath(path).name,
            part=path,
            asks=(Ask(urljoin(fetch.url, path), _has_md5(path, checksum, fetch, signed)),),
            most=fetch.maximum_mb * MEGABYTE,
            # What was fetched before its signature was asked for is fetched anew.
            asked=canonical([fetch.url, path, *filter(None, [fetch.certificate_sha256])]),
            updated=checksum,
            signed_by=fetch.certificate_sha256 or "",
        )
        for path, checksum in fitting.items()
    ]


def _signed(fetch: ListFetch, desk: Desk) -> Check:
    """Return the check of the publisher's signatures; of nothing where it has none."""
    if fetch.certificate is None:
        return anything
    pem = desk.body(fetch.certificate, anything).read_bytes()
    return is_signed(public_key(pem, fetch.certificate_sha256 or ""))


def _is_list(path: Path) -> None:
    anything(path)
    if is_page(path) or not _checksums(path.read_text(encoding="utf-8-sig", errors="replace")):
        raise SourceError("md5_list_empty")


def _checksums(text: str) -> dict[str, str]:
    """Return the checksum of every path that stays below the list's own folder."""
    return {
        path: listed
        for path, listed in checksums(text).items()
        if not leaves_its_folder(path) and not urlsplit(path).scheme
    }


def _has_md5(name: str, listed: str, fetch: ListFetch, signed: Check) -> Check:
    whole = is_file(name, unpacked=fetch.unpacked_mb * MEGABYTE)

    def check(path: Path) -> None:
        found = md5(path)
        if found != listed:
            raise DamagedError("listed_md5_differs", found=found, md5=listed)
        whole(path)
        signed(path)

    return check
