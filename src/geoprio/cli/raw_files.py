"""Fetch a campaign's official files, and list them."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import INTERRUPTED, app
from geoprio.cli.options import CampaignFile, Out, Raw


@app.command()
def fetch(
    campaign: CampaignFile,
    raw: Raw = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List every request and its cells; fetch nothing.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask nobody: only check what is there.")
    ] = False,
    out: Out = Path(),
) -> None:
    """Fetch the official files that a campaign names, each with proof of where it came from."""
    from geoprio import fetching

    loaded = fetching.load(campaign, raw=raw, out=out)
    client = fetching.client_for(loaded, offline=offline)
    if dry_run:
        fetching.tell_requests(loaded, client, typer.echo)
        return
    try:
        fetching.fetch(loaded, client, typer.echo)
    except KeyboardInterrupt:
        typer.echo(
            "stopped: the files that were whole are kept; the same command fetches the rest",
            err=True,
        )
        raise typer.Exit(INTERRUPTED) from None


@app.command()
def sources(
    campaign: CampaignFile,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """List a campaign's sources: what is there, how old, its licence, and what is missing."""
    from geoprio import fetching

    fetching.tell_sources(fetching.load(campaign, raw=raw, out=out), typer.echo)
