"""The fetch itself: plan every file, get what is new, put it in place with its sidecar."""

import hashlib
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Literal, Protocol

from geoprio.errors import GeoprioError, SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.fetch.client import (
    GONE,
    Ask,
    Client,
    ClosedError,
    RefusedError,
    Reply,
    UnreachableError,
)
from geoprio.sources.fetch.downloads import plan_file, plan_list
from geoprio.sources.fetch.order import Desk, FilePlan, Planner, canonical
from geoprio.sources.fetch.pxweb import plan_table
from geoprio.sources.fetch.store import (
    NOISE_FROM,
    PAGES,
    Listed,
    Sent,
    Sidecar,
    Store,
    by_hand,
    held,
    state_of,
)
from geoprio.sources.fetch.wfs import plan_layer
from geoprio.sources.raw import sha256
from geoprio.words import Phrase, told

State = Literal["new", "changed", "unchanged", "own"]


@dataclass(frozen=True)
class Outcome:
    """What became of one raw file."""

    source: str
    path: Path
    state: State
    size: int = 0
    old_sha256: str = ""
    """Checksum of the file that was replaced by another."""
    note: str = ""


class Watcher(Protocol):
    """Is told how a fetch goes, and keeps what is done."""

    placed_files: list[Outcome]

    def planned(self, source: str, plan: FilePlan) -> None:
        """Tell of a file whose requests are known."""

    def answered(self, ask: Ask, reply: Reply) -> None:
        """Tell of one reply."""

    def placed(self, outcome: Outcome) -> None:
        """Tell of a file that is done."""


class Silent:
    """A watcher that tells nobody."""

    def __init__(self) -> None:
        self.placed_files: list[Outcome] = []

    def planned(self, *_: object) -> None:
        """Say nothing."""

    answered = planned

    def placed(self, outcome: Outcome) -> None:
        """Keep it."""
        self.placed_files.append(outcome)


TOO_MANY = ("too many cells selected", "too many values selected")

PLANNERS: dict[str, Planner] = {
    "pxweb": plan_table,
    "wfs": plan_layer,
    "file": plan_file,
    "md5_list": plan_list,
}
"""One function per kind of origin."""


def plan_sources(
    sources: Mapping[str, Source], desk: Desk, watcher: Watcher
) -> tuple[list[tuple[str, FilePlan]], list[Phrase]]:
    """Return every file that the sources need, and the faults of those that cannot be planned."""
    plans, faults = [], []
    for name, source in sources.items():
        if source.fetch is None or source.fetch.kind not in PLANNERS:
            faults.append(Phrase("named", name=name, fault=by_hand(source)))
            continue
        try:
            found = PLANNERS[source.fetch.kind](source, source.fetch, desk)
        except GeoprioError as error:
            faults.append(Phrase("named", name=name, fault=error))
            continue
        for plan in found:
            watcher.planned(name, plan)
            plans.append((name, plan))
    return plans, faults


def preview(
    sources: Mapping[str, Source],
    folder: Path,
    *,
    county_code: str | tuple[str, ...],
    client: Client,
) -> tuple[list[tuple[str, FilePlan]], list[Phrase]]:
    """Return every file that would be made and its requests, and why the rest cannot be planned.

    Limits, metadata and codes are asked for; no figures are.
    """
    listed = [state_of(name, source, folder) for name, source in sources.items()]
    wanted = {it.name: it.source for it in listed if it.state != "own" and not it.is_spared}
    with tempfile.TemporaryDirectory() as scratch:
        desk = Desk(client, Path(scratch), county_code, folder, sources, listing=True)
        plans, faults = plan_sources(wanted, desk, Silent())
        return plans, told_once(faults, client)


def told_once(faults: Sequence[Phrase], client: Client) -> list[Phrase]:
    """Return the faults; where the network is down that is one, not one of every source."""
    down = client.cut_off
    if down is None:
        return list(faults)
    of_network = (UnreachableError, ClosedError)
    own = [it for it in faults if not isinstance(it.values["fault"], of_network)]
    return [down, *own] if len(own) < len(faults) else own


def fetch_sources(
    sources: Mapping[str, Source],
    folder: Path,
    *,
    county_code: str | tuple[str, ...],
    client: Client,
    watcher: Watcher | None = None,
) -> list[Outcome]:
    """Fetch what the sources name into `folder`, and return what became of each file.

    A file that the user put there (one without a sidecar) is never touched. What can be fetched is
    fetched before the faults of the rest are told.

    SourceError: Every source that could not be fetched, and why.
    """
    if client.offline:
        return _held_files(sources, folder)
    told = watcher or Silent()
    listed = [state_of(name, source, folder) for name, source in sources.items()]
    listed = [item for item in listed if not item.is_spared]
    wanted = [item for item in listed if item.state != "own" and not item.fault]
    done = [it for item in listed if item.state == "own" for it in _outcomes(item)]
    with Store(folder) as store:
        desk = Desk(client, store.scratch, county_code, folder, sources)
        faults = [Phrase("named", name=it.name, fault=it.fault) for it in listed if it.fault]
        # One source at a time: an early fault of the last is no reason to wait with the first.
        for item in sorted(wanted, key=_is_cut_to_another):
            plans, unplanned = plan_sources({item.name: item.source}, desk, told)
            faults += unplanned
            for name, plan in plans:
                try:
                    outcome = _fetch_paged(name, plan, desk, store, told)
                except GeoprioError as error:
                    faults.append(Phrase("named", name=name, fault=error))
                    continue
                told.placed(outcome)
                done.append(outcome)
    if faults := told_once(faults, client):
        there = len({item.path for item in done})
        raise SourceError(
            "files_not_fetched", faults, count=len(faults), there=there, folder=folder
        )
    return done


def _held_files(sources: Mapping[str, Source], folder: Path) -> list[Outcome]:
    """Return the files that are there and whole, without asking anybody."""
    listed = [state_of(name, source, folder) for name, source in sources.items()]
    bad = [it for it in listed if it.state in ("missing", "damaged") and not it.is_spared]
    if bad:
        hows = [Phrase("state_and_how", state=Phrase(item.state), how=item.how) for item in bad]
        faults = [Phrase("named", name=it.name, fault=h) for it, h in zip(bad, hows, strict=True)]
        raise SourceError("files_not_there_offline", faults, count=len(bad), folder=folder)
    return [outcome for item in listed for outcome in _outcomes(item)]


def _outcomes(item: Listed) -> list[Outcome]:
    """Return the files of a source that are left as they are."""
    state: State = "own" if item.state == "own" else "unchanged"
    return [Outcome(item.name, path, state, path.stat().st_size) for path in item.files]


def _is_cut_to_another(item: Listed) -> bool:
    """Return whether a source waits for another's areas."""
    return getattr(item.source.fetch, "clip_by", None) is not None


def _fetch_paged(name: str, plan: FilePlan, desk: Desk, store: Store, watcher: Watcher) -> Outcome:
    """Fetch a file; its pages are kept for the next fetch only where the server gave no more."""
    try:
        outcome = _fetch_file(name, plan, desk, store, watcher)
    except UnreachableError:
        raise
    except GeoprioError:
        # Pages of what is not as it was asked for are no beginning of it.
        store.forget_pages()
        raise
    store.forget_pages()
    return outcome


def _fetch_file(name: str, plan: FilePlan, desk: Desk, store: Store, watcher: Watcher) -> Outcome:
    other, asked = desk.saved.setdefault(plan.name, (name, plan.fingerprint))
    if asked != plan.fingerprint:
        raise SourceError("two_sources_one_file", plan=plan.name, other=other, name=name)
    path, note = store.folder / plan.name, plan.note
    sidecar = held(path)
    old = "" if sidecar is None else sidecar.sha256
    if sidecar is None and path.exists():
        kept = store.put_aside(path)
        # What was made with it is outdated too.
        old = sha256(kept)
        note = Phrase("moved_aside", kept=kept)
    same = sidecar is not None and sidecar.asked == plan.fingerprint
    if sidecar is not None and same and plan.updated and plan.updated == sidecar.updated:
        return Outcome(name, path, "unchanged", sidecar.bytes, note=note)
    newer_than = sidecar.last_modified if sidecar is not None and same else ""
    answered = _ask_all(plan, desk, newer_than, watcher)
    if sidecar is not None and answered[0][1].unchanged:
        return Outcome(name, path, "unchanged", sidecar.bytes, note=note)
    made = answered[0][1].path
    if plan.join is not None:
        made = store.scratch / "made"
        plan.join([reply.path for _, reply in answered], made)
    fresh = _sidecar((name, desk.sources[name]), plan, made, answered)
    if sidecar is not None and sidecar.sha256 == fresh.sha256:
        store.renew_sidecar(path, fresh)
        return Outcome(name, path, "unchanged", fresh.bytes, note=note)
    store.place(made, plan.name, fresh)
    return Outcome(name, path, "changed" if old else "new", fresh.bytes, old, note)


def _ask_all(
    plan: FilePlan, desk: Desk, newer_than: str, watcher: Watcher
) -> list[tuple[Ask, Reply]]:
    """Send a file's requests; one that the server finds too large is cut in two."""
    queue, answered = deque(plan.asks), list[tuple[Ask, Reply]]()
    newer_than = newer_than if len(queue) == 1 else ""
    while queue:
        ask = queue.popleft()
        path = desk.scratch / f"part-{len(answered)}"
        page = _page_of(plan, ask, desk)
        reply = None if page is None else _held_page(ask, page)
        try:
            if reply is None:
                reply = desk.client.save(ask, path, most=plan.most, newer_than=newer_than or None)
        except RefusedError as error:
            queue.extendleft(reversed(_instead(plan, ask, error)))
            continue
        if page is not None and reply.path != page:
            page.parent.mkdir(exist_ok=True)
            reply = replace(reply, path=reply.path.replace(page))
        watcher.answered(ask, reply)
        answered.append((ask, reply))
    return answered


def _page_of(plan: FilePlan, ask: Ask, desk: Desk) -> Path | None:
    """Return where a page of a file of several is kept until the file is whole; None for others."""
    if plan.join is None or len(plan.asks) == 1:
        return None
    asked = canonical([plan.fingerprint, plan.updated, ask.url, ask.body])
    name = hashlib.sha256(asked.encode()).hexdigest()
    return desk.scratch / PAGES / name


def _held_page(ask: Ask, page: Path) -> Reply | None:
    """Return a page that an earlier fetch, which was broken off, has got already."""
    if not page.is_file():
        return None
    try:
        ask.check(page)
    except SourceError:
        return None
    return Reply(page, sha256(page), page.stat().st_size)


def _instead(plan: FilePlan, ask: Ask, error: RefusedError) -> Sequence[Ask]:
    """Return the requests to send in place of one that was refused; else raise the refusal."""
    too_many = error.status in (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN)
    if ask.smaller is not None and too_many and any(w in error.said.lower() for w in TOO_MANY):
        return ask.smaller()
    if plan.otherwise is not None and error.status in GONE and ask in plan.asks:
        return [plan.otherwise()]
    raise error


def _sidecar(
    named: tuple[str, Source], plan: FilePlan, made: Path, answered: Sequence[tuple[Ask, Reply]]
) -> Sidecar:
    name, source = named
    bodies = ["" if ask.body is None else canonical(ask.body) for ask, _ in answered]
    requests = [
        Sent(method=ask.method, url=ask.url, body=body, sha256=reply.sha256)
        for body, (ask, reply) in zip(bodies, answered, strict=True)
    ]
    return Sidecar(
        source=name,
        title=told(source.title, "sv"),
        publisher=source.publisher,
        credit=getattr(source.fetch, "credit", ""),
        licence=told(source.licence, "sv"),
        page=source.page,
        part=plan.part,
        reference_year=plan.year or source.vintage,
        area_set=source.area_set,
        noise=plan.year is not None and plan.year >= NOISE_FROM,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        sha256=sha256(made),
        bytes=made.stat().st_size,
        joined=plan.join is not None and len(answered) > 1,
        asked=plan.fingerprint,
        updated=plan.updated,
        signed_by=plan.signed_by,
        last_modified=(answered[0][1].last_modified or "") if len(answered) == 1 else "",
        requests=tuple(requests),
    )
