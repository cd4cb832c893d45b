"""What `geoprio fetch` and `geoprio sources` do with a campaign, and how they tell of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoprio.config import Campaign, config_folders, load_campaign
from geoprio.counts.fitness import without_region
from geoprio.errors import ConfigError, SourceError
from geoprio.sources import Source, source_at_hand
from geoprio.sources.fetch import (
    Client,
    FilePlan,
    Listed,
    Outcome,
    Watcher,
    fetch_sources,
    preview,
    state_of,
)
from geoprio.sources.fetch.transfer import Silent
from geoprio.sources.raw import default_raw
from geoprio.words import Language, decimal, text, told, whole

Tell = Callable[[str], Any]
MEGABYTE = 1_000_000
LOST = ("missing", "damaged")
OLD_DAYS = 365
"""Age at which a listing reminds that a newer file may be published."""


@dataclass(frozen=True)
class Order:
    """A campaign's sources, and the folder that their files belong in."""

    campaign: Campaign
    sources: Mapping[str, Source]
    raw: Path
    processed: Path
    """Folder of the outputs that a run made, if there was one."""
    language: Language = "en"
    """Of what is told; raw files have none."""

    def words(self, key: str, **values: object) -> str:
        """Return a text of the catalogue."""
        return text(key, self.language, **values)


def load(campaign_file: Path, *, raw: Path | None, out: Path, language: Language = "en") -> Order:
    """Return what a campaign needs; ConfigError tells that it is wrong, or invented as a demo."""
    campaign = load_campaign(campaign_file)
    if campaign.demo:
        raise ConfigError("demo_not_fetched", campaign_file=campaign_file)
    folders = config_folders(campaign_file)
    raw = raw or default_raw(campaign, out)
    sources = {name: source_at_hand(name, folders, raw) for name in campaign.sources}
    if wrong := [item.fault for item in without_region(campaign, sources)]:
        raise ConfigError("sources_missing", wrong, campaign=campaign.name)
    return Order(
        campaign=campaign,
        sources=sources,
        raw=raw,
        processed=out / "data" / "processed" / campaign.name,
        language=language,
    )


def client_for(order: Order, *, offline: bool) -> Client:
    """Return a client that may ask the hosts that the campaign's sources name, and no other."""
    asked = [source.fetch for source in order.sources.values() if source.fetch is not None]
    return Client(frozenset(host for fetch in asked for host in fetch.hosts), offline=offline)


def tell_requests(order: Order, client: Client, tell: Tell) -> list[tuple[str, FilePlan]]:
    """List every request that a fetch would send, with its cells.

    SourceError: Some requests cannot be known; the rest are listed first.
    """
    plans, faults = preview(
        order.sources, order.raw, county_code=order.campaign.home, client=client
    )
    for name, plan in plans:
        tell(f"{name}: {plan.name} ({plan.part})")
        for ask in plan.asks:
            cells = "" if ask.cells is None else f"  {_cells(order, ask.cells)}"
            tell(f"  {ask.method} {ask.url}{cells}")
    asks = [ask for _, plan in plans for ask in plan.asks]
    cells = whole(sum(ask.cells or 0 for ask in asks), order.language)
    tell(order.words("fetch_asked", requests=len(asks), cells=cells, files=len(plans)))
    if faults:
        raise SourceError("sources_not_listed", faults)
    return plans


def _cells(order: Order, count: int) -> str:
    return order.words("fetch_cells", count=whole(count, order.language))


def fetch(
    order: Order, client: Client, tell: Tell, *, watcher: Watcher | None = None
) -> list[Outcome]:
    """Fetch what is new, and say what became of each file.

    SourceError: Every source that could not be fetched, and why; what could be is in place.
    """
    noted = watcher or Silent()
    try:
        home = order.campaign.home
        done = fetch_sources(
            order.sources, order.raw, county_code=home, client=client, watcher=noted
        )
    except (SourceError, OSError, KeyboardInterrupt):
        # A full disk keeps what was whole, too.
        _tell_outcomes(order, noted.placed_files, tell)
        raise
    _tell_outcomes(order, done, tell)
    return done


def _tell_outcomes(order: Order, outcomes: Sequence[Outcome], tell: Tell) -> None:
    for outcome in outcomes:
        note = f"  ({told(outcome.note, order.language)})" if outcome.note else ""
        size = f"{decimal(outcome.size / MEGABYTE, 1, order.language)} MB"
        state = order.words(f"state_{outcome.state}")
        tell(f"{state:9} {outcome.path.name}  {size}  {outcome.source}{note}")
    for line in _outdated(order, outcomes):
        tell(line)


def _outdated(order: Order, outcomes: Sequence[Outcome]) -> list[str]:
    """Say which outputs were made with a file that has since been replaced."""
    record = order.processed / "run.json"
    replaced = {item.old_sha256: item.path.name for item in outcomes if item.old_sha256}
    if not replaced or not record.is_file():
        return []
    try:
        made = json.loads(record.read_text(encoding="utf-8"))
        sums = {one for item in made["sources"] for one in _checksums(item)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return [order.words("fetch_unreadable", record=record)]
    used = sorted(name for old, name in replaced.items() if old in sums)
    if not used:
        return []
    outputs = sorted(path.name for path in order.processed.iterdir() if path.is_file())
    names = {"files": ", ".join(used), "outputs": ", ".join(outputs)}
    return [order.words("fetch_outdated", folder=order.processed, **names)]


def _checksums(item: Mapping[str, Any]) -> list[str]:
    """Return the checksums of the file, or files, of one source in a run's record."""
    return [item["sha256"]] if "sha256" in item else list(item["files"].values())


def tell_sources(order: Order, tell: Tell) -> list[Listed]:
    """List every source: state, age, licence, and what the campaign would be without."""
    listed = [state_of(name, source, order.raw) for name, source in order.sources.items()]
    width = max(len(item.name) for item in listed)
    for item in listed:
        state, age = order.words(f"state_{item.state}"), _age(order, item)
        tell(
            f"{state:8} {item.name:{width}}  {age:>9}  {told(item.source.licence, order.language)}"
        )
    lost = [item for item in listed if item.state in LOST]
    there = len(listed) - len(lost)
    tell(order.words("sources_there", there=there, all=len(listed), folder=order.raw))
    for item in lost:
        title = told(item.source.title, order.language)
        tell(f"  {item.name} ({title}): {told(item.how, order.language)}")
        tell("    " + order.words("sources_without", given=_given(order, item.source)))
    return listed


def _age(order: Order, item: Listed) -> str:
    if item.age_days is None:
        return ""
    old = " !" if item.age_days > OLD_DAYS else ""
    return order.words("sources_days", count=item.age_days) + old


def _given(order: Order, source: Source) -> str:
    """Return what a source gives, in words."""
    columns = ", ".join(column.name for column in source.columns[:4])
    more = " ..." if len(source.columns) > 4 else ""
    listed = f" ({columns}{more})" if columns else ""
    what = order.words(f"gives_{source.provides}")
    return order.words("sources_given", what=what, area_set=source.area_set, columns=listed)
