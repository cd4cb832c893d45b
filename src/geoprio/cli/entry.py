"""The command itself: what every family of commands hangs on, and how faults are told."""

import sys
from typing import Annotated

import typer

from geoprio import __version__
from geoprio.errors import GeoprioError

INTERRUPTED = 130
"""Exit code of a command that was stopped with Ctrl-C, by the shells' custom."""

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Where a party's target groups live, and which areas to work first.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"geoprio {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """Where a party's target groups live, and which areas to work first."""


def main() -> None:
    """Run the command; a fault that the user can mend is told without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot write å ä ö must not stop a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except GeoprioError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except OSError as error:
        typer.echo(
            f"{error.filename}: {error.strerror}; expected a place that can be used", err=True
        )
        sys.exit(2)
