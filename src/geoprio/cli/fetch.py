"""Fetch a campaign's official files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoprio.cli.entry import CampaignFile, Out, Raw, command
from geoprio.cli.voice import FetchBar, Voice

if TYPE_CHECKING:
    from geoprio.sources.fetch import Ask, FilePlan, Outcome


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
    from geoprio.cli import fetches
    from geoprio.sources.raw import remember_raw

    order = fetches.load(campaign, raw=raw, out=out, language=voice.language)
    client = fetches.client_for(order, offline=offline)
    if dry_run:
        plans = fetches.tell_requests(order, client, voice.say)
        asks = [_request(name, plan, ask) for name, plan in plans for ask in plan.asks]
        voice.give(requests=asks)
        return
    voice.stopped = "stopped_fetch"
    # Said when the bar is gone from the screen.
    said: list[str] = []
    bar = FetchBar(voice)
    done = bar.placed_files
    try:
        with bar:
            done = fetches.fetch(order, client, said.append, watcher=bar)
        if raw:
            remember_raw(order.campaign, out, raw)
    finally:
        for line in said:
            voice.say(line)
        voice.give(files=[_file(outcome) for outcome in done])


def _request(source: str, plan: "FilePlan", ask: "Ask") -> dict[str, object]:
    asked = {"method": ask.method, "url": ask.url, "cells": ask.cells}
    return {"source": source, "file": plan.name, "part": plan.part, **asked}


def _file(outcome: "Outcome") -> dict[str, object]:
    return {
        "source": outcome.source,
        "state": outcome.state,
        "file": outcome.path.as_posix(),
        "bytes": outcome.size,
        "note": outcome.note,
    }
