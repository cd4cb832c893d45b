"""The group of all commands, `command` that puts a function in it, and how a command ends."""

import os
import sys
import traceback
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Literal, NoReturn

import typer
from typer import TyperException

from geoprio import __version__
from geoprio.cli.voice import FINE, MEND, OWN_FAULT, STOPPED, Voice, of_computer, voice_for
from geoprio.cli.wording import WordedCommand, WordedGroup, worded_message
from geoprio.errors import ConfigError, GeoprioError
from geoprio.words import table, told

_Given = Any
"""What typer hands on to itself."""


class Commands(WordedGroup):
    """All commands: hears how the line wants to be answered, and ends with a code of `codes`."""

    def main(self, args: Sequence[str] | None = None, *rest: _Given, **named: _Given) -> NoReturn:
        """Run the command that the line asks for, and leave."""
        line = list(sys.argv[1:] if args is None else args)
        try:
            voice = voice_for(line, os.environ)
        except (TyperException, ConfigError) as error:
            voice = Voice(of_computer(os.environ), as_json="--json" in line)
            sys.exit(_end(voice, error))
        voice.command = next((word for word in line if word in self.commands), "")
        self.speak(voice.language)
        sys.exit(self._outcome(voice, args, *rest, **named))

    def _outcome(self, voice: Voice, *given: _Given, **named: _Given) -> int:
        own = {"standalone_mode": False, "obj": voice}
        try:
            code: int = super().main(*given, **named | own) or FINE
        except KeyboardInterrupt:
            code = STOPPED
        except Exception as error:  # noqa: BLE001 - none may end with Python's 1, which says `WANTING`
            return _end(voice, error)
        stopped = {"kind": "Stopped", "message": voice.words(voice.stopped)}
        try:
            return voice.end(code, **(stopped if code == STOPPED else {}))
        except BrokenPipeError:
            _read_enough()
            return code


def _read_enough() -> None:
    """Flush nothing more to somebody who has read enough, as `head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(voice: Voice, error: Exception) -> int:
    """Tell a fault, and return its code."""
    kind = type(error).__name__
    if isinstance(error, TyperException):
        if kind == "NoArgsIsHelpError":  # what it has to say is the help, which stands there
            return MEND
        return voice.end(MEND, kind=kind, message=_of_line(error, voice))
    code, message = MEND, told(error, voice.language)
    if isinstance(error, OSError) and error.filename is not None:
        message = voice.words("fault_place", place=error.filename, why=error.strerror)
    elif not isinstance(error, GeoprioError):
        traceback.print_exception(error)
        code, message = OWN_FAULT, voice.words("fault_own", kind=kind, message=error)
    return voice.end(code, kind=kind, message=message)


def _of_line(error: TyperException, voice: Voice) -> str:
    """Return what is wrong with a command line, and for people where its help is."""
    language = voice.language
    message = worded_message(error.format_message(), language)
    if voice.as_json:
        return message
    usage, ctx = table("usage", language), getattr(error, "ctx", None)
    head = f"{ctx.get_usage()}\n{usage['try'].format(command=ctx.command_path)}\n\n" if ctx else ""
    return head + usage["error"].format(message=message)


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
            _read_enough()

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
