"""What every family of commands hangs on: the group, and `command` that puts a function in it."""

import os
import sys
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Literal

import typer

from geoprio import __version__
from geoprio.cli.manners import Commands
from geoprio.cli.voice import Voice
from geoprio.cli.wording import WordedCommand

app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)

_SHARED = {
    "lang": Annotated[Literal["sv", "en"] | None, typer.Option("--lang", help="help_lang")],
    "quiet": Annotated[bool, typer.Option("--quiet", help="help_quiet")],
    "json": Annotated[bool, typer.Option("--json", help="help_json")],
}
"""Options of every command. `voice_for` has heeded them before the line is read; they are declared
for the help, and so that the line may hold them."""


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Make a function a command: its first argument is the `Voice`, the rest are typer's.

    The command has the function's name, and its help is the text `help_<name>`.
    """
    app.command(function.__name__, cls=WordedCommand)(_with_shared(function))
    return function


def _with_shared(function: Callable[..., None]) -> Callable[..., None]:
    def run(ctx: typer.Context, **given: Any) -> None:  # noqa: ANN401 - as the function has them
        try:
            function(ctx.obj, **{name: one for name, one in given.items() if name not in _SHARED})
        except BrokenPipeError:
            # Who reads has seen enough (`| head`), and nothing more may be flushed there.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    _, *own = signature(function, eval_str=True).parameters.values()
    named = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in own]
    shared = [
        Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind, default=default)
        for (name, kind), default in zip(_SHARED.items(), (None, False, False), strict=True)
    ]
    context = Parameter("ctx", Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    vars(run)["__signature__"] = Signature([context, *named, *shared])
    run.__annotations__ = {}
    return run


def _version(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        voice: Voice = ctx.obj
        voice.give(version=__version__)
        voice.say(f"geoprio {__version__}")
        raise typer.Exit


def _options(
    voice: Voice,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="help_version")
    ] = False,
) -> None:
    """Take what stands before the command."""


app.callback()(_with_shared(_options))


def main() -> None:
    """Run the command; a fault that the user can mend is told without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot write å ä ö must not stop a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
