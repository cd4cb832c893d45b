"""Order a mailing from a vendor, and verify a file that came back."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import app
from geoprio.cli.options import CampaignFile, Lang, Out, Raw


@app.command()
def vendor(  # noqa: PLR0913 - a command has its options
    campaign: CampaignFile,
    profile: Annotated[str, typer.Argument(help="Name of a vendor's profile in vendors/.")],
    edition: Annotated[str, typer.Option(help="What is mailed, such as riksdag.")],
    election_day: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="It arrives before early voting starts.")
    ],
    raw: Raw = None,
    out: Out = Path(),
    lang: Lang = "sv",
) -> None:
    """Write what a vendor is sent for the campaign's mailing plan, with a control sheet."""
    from geoprio.pipeline import ordering

    wish = ordering.Wish(profile, edition, election_day.date())
    for path in ordering.order(campaign, wish, raw=raw, out=out, language=lang):
        typer.echo(str(path))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A CSV, workbook or map file that came back.")],
    against: Annotated[
        Path | None,
        typer.Option(help="Its control sheet, or the original; else what names it in its folder."),
    ] = None,
    lang: Lang = "sv",
) -> None:
    """Say how a file that came back differs from what was sent; exit 1 if it does."""
    from geoprio import verifying

    if not verifying.verify(file, against=against, language=lang, tell=typer.echo):
        raise typer.Exit(1)
