"""Fetch a campaign's official files, and list them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.options import CampaignFile, Out, Raw
from geoprio.cli.progress import FetchBar
from geoprio.cli.voice import Voice

if TYPE_CHECKING:
    from geoprio.sources.fetch import FilePlan, Listed, Outcome


@command
def fetch(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    campaign: CampaignFile,
    raw: Raw = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="help_dry_run")] = False,
    offline: Annotated[bool, typer.Option("--offline", help="help_offline")] = False,
    out: Out = Path(),
) -> None:
    """Fetch the official files that a campaign names, each with proof of where it came from."""
    from geoprio.cli import fetches as fetching

    order = fetching.load(campaign, raw=raw, out=out, language=voice.language)
    client = fetching.client_for(order, offline=offline)
    if dry_run:
        plans = fetching.tell_requests(order, client, voice.say)
        voice.give(requests=[one for name, plan in plans for one in _requests(name, plan)])
        return
    voice.stopped = "stopped_fetch"
    # Said when the bar is gone from the screen.
    said: list[str] = []
    bar = FetchBar(voice)
    done = bar.placed_files
    try:
        with bar:
            done = fetching.fetch(order, client, said.append, watcher=bar)
    finally:
        for line in said:
            voice.say(line)
        voice.give(files=[_file(outcome) for outcome in done])


@command
def sources(voice: Voice, campaign: CampaignFile, raw: Raw = None, out: Out = Path()) -> None:
    """List a campaign's sources: what is there, how old, its licence, and what is missing."""
    from geoprio.cli import fetches as fetching

    order = fetching.load(campaign, raw=raw, out=out, language=voice.language)
    listed = fetching.tell_sources(order, voice.say)
    voice.give(sources=[_source(item, lost=item.state in fetching.LOST) for item in listed])


def _requests(source: str, plan: "FilePlan") -> list[dict[str, object]]:
    return [
        {
            "source": source,
            "file": plan.name,
            "part": plan.part,
            "method": ask.method,
            "url": ask.url,
            "cells": ask.cells,
        }
        for ask in plan.asks
    ]


def _file(outcome: "Outcome") -> dict[str, object]:
    return {
        "source": outcome.source,
        "state": outcome.state,
        "file": outcome.path.as_posix(),
        "bytes": outcome.size,
        "note": outcome.note,
    }


def _source(item: "Listed", *, lost: bool) -> dict[str, object]:
    return {
        "source": item.name,
        "title": item.source.title,
        "state": item.state,
        "files": [path.as_posix() for path in item.files],
        "age_days": item.age_days,
        "licence": item.source.licence,
        "how": item.how if lost else "",
    }
