"""What `geoprio fetch` and `geoprio sources` do with a campaign, and how they tell of it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from geoprio.config import Campaign, config_folders, load_campaign
from geoprio.errors import ConfigError, SourceError, join_faults
from geoprio.pipeline import default_raw
from geoprio.sources import Source, source_at_hand
from geoprio.sources.web import (
    Ask,
    Client,
    FilePlan,
    Listed,
    Outcome,
    Reply,
    fetch_sources,
    preview,
    state_of,
)

Tell = Callable[[str], Any]
MEGABYTE = 1_000_000
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


def load(campaign_file: Path, *, raw: Path | None, out: Path) -> Order:
    """Return what a campaign needs.

    Raises
    ------
    ConfigError
        The campaign or a source of it is wrong; or it is a demo, whose files are invented.
    """
    campaign = load_campaign(campaign_file)
    if campaign.demo:
        message = f"{campaign_file}: a demo's files are invented; `geoprio demo` writes them"
        raise ConfigError(message)
    folders = config_folders(campaign_file)
    raw = raw or default_raw(campaign, out)
    return Order(
        campaign=campaign,
        sources={name: source_at_hand(name, folders, raw) for name in campaign.sources},
        raw=raw,
        processed=out / "data" / "processed" / campaign.name,
    )


def client_for(order: Order, *, offline: bool) -> Client:
    """Return a client that may ask the hosts that the campaign's sources name, and no other."""
    hosts = {host for source in order.sources.values() for host in _hosts(source)}
    return Client(frozenset(hosts), offline=offline)


def _hosts(source: Source) -> tuple[str, ...]:
    return () if source.fetch is None else source.fetch.hosts


def tell_requests(order: Order, client: Client, tell: Tell) -> None:
    """List every request that a fetch would send, with its cells.

    Raises
    ------
    SourceError
        Some requests cannot be known; the rest are listed first.
    """
    plans, faults = preview(
        order.sources, order.raw, county_code=order.campaign.county_code, client=client
    )
    for name, plan in plans:
        tell(f"{name}: {plan.name} ({plan.part})")
        for ask in plan.asks:
            cells = "" if ask.cells is None else f"  {ask.cells:,} cells"
            tell(f"  {ask.method} {ask.url}{cells}")
    asks = [ask for _, plan in plans for ask in plan.asks]
    tell(f"{len(asks)} requests, {sum(ask.cells or 0 for ask in asks):,} cells, {len(plans)} files")
    if faults:
        raise SourceError(join_faults(f"{len(faults)} source(s) are not in the list", faults))


def fetch(order: Order, client: Client, tell: Tell) -> list[Outcome]:
    """Fetch what is new, and say what became of each file.

    Raises
    ------
    SourceError
        Every source that could not be fetched, and why; what could be is in place.
    """
    with _Bar() as bar:
        try:
            done = fetch_sources(
                order.sources,
                order.raw,
                county_code=order.campaign.county_code,
                client=client,
                watcher=bar,
            )
        except (SourceError, KeyboardInterrupt):
            _tell_outcomes(order, bar.placed_files, tell)
            raise
    _tell_outcomes(order, done, tell)
    return done


def _tell_outcomes(order: Order, outcomes: Sequence[Outcome], tell: Tell) -> None:
    for outcome in outcomes:
        note = f"  ({outcome.note})" if outcome.note else ""
        size = f"{outcome.size / MEGABYTE:.1f} MB"
        tell(f"{outcome.state:9} {outcome.path.name}  {size}  {outcome.source}{note}")
    for line in _outdated(order, outcomes):
        tell(line)


def _outdated(order: Order, outcomes: Sequence[Outcome]) -> list[str]:
    """Say which outputs were made with a file that has since been replaced."""
    record = order.processed / "run.json"
    replaced = {item.old_sha256: item.path.name for item in outcomes if item.old_sha256}
    if not replaced or not record.is_file():
        return []
    made = json.loads(record.read_text(encoding="utf-8"))
    sums = {one for item in made["sources"] for one in _checksums(item)}
    used = sorted(name for old, name in replaced.items() if old in sums)
    if not used:
        return []
    outputs = sorted(path.name for path in order.processed.iterdir() if path.is_file())
    line = (
        f"made with an older {', '.join(used)}: the map, and in {order.processed}:"
        f" {', '.join(outputs)}; `geoprio run` makes them anew"
    )
    return [line]


def _checksums(item: Mapping[str, Any]) -> list[str]:
    """Return the checksums of the file, or files, of one source in a run's record."""
    return [item["sha256"]] if "sha256" in item else list(item["files"].values())


def tell_sources(order: Order, tell: Tell) -> None:
    """List every source: state, age, licence, and what the campaign would be without."""
    listed = [state_of(name, source, order.raw) for name, source in order.sources.items()]
    width = max(len(item.name) for item in listed)
    for item in listed:
        tell(f"{item.state:8} {item.name:{width}}  {_age(item):>9}  {item.source.licence}")
    lost = [item for item in listed if item.state in ("missing", "damaged")]
    tell(f"{len(listed) - len(lost)} of {len(listed)} sources are in {order.raw}")
    for item in lost:
        tell(f"  {item.name} ({item.source.title}): {item.how}")
        tell(f"    without it: no {_given(item.source)}")


def _age(item: Listed) -> str:
    if item.age_days is None:
        return ""
    return f"{item.age_days} days" + (" !" if item.age_days > OLD_DAYS else "")


def _given(source: Source) -> str:
    """Return what a source gives, in words."""
    columns = ", ".join(column.name for column in source.columns[:4])
    more = " ..." if len(source.columns) > 4 else ""
    what = f" ({columns}{more})" if columns else ""
    return f"{source.provides} of {source.area_set}{what}"


class _Bar:
    """A progress bar: what is being fetched, how many requests are left, how long it takes."""

    def __init__(self) -> None:
        self.placed_files: list[Outcome] = []
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def planned(self, source: str, plan: FilePlan) -> None:
        """Show what is fetched now, and of how many requests it is made."""
        size = sum(ask.cells or 0 for ask in plan.asks)
        what = f"{source}: {plan.name}" + (f", {size:,} cells" if size else "")
        self._progress.reset(self._task, description=what, total=len(plan.asks))

    def answered(self, ask: Ask, reply: Reply) -> None:  # noqa: ARG002 - one signature
        """Count a reply."""
        self._progress.advance(self._task)

    def placed(self, outcome: Outcome) -> None:
        """Note a file that is done."""
        self.placed_files.append(outcome)
