"""The group of all commands, what several are given, and how a command ends.

Help and faults of the line are told in the language spoken; typer itself has English only.
"""

import gc
import os
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer import TyperException
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from geoprio import __version__
from geoprio.cli.voice import FINE, MEND, OWN_FAULT, STOPPED, Voice, of_computer, voice_for
from geoprio.errors import ConfigError, GeoprioError, why
from geoprio.words import Language, table, text, told

if TYPE_CHECKING:
    from geoprio.runs import Run

_Private = Any
"""What typer keeps the classes of to itself: contexts, formatters, parameters."""


class _Worded:
    """What typer's classes have fixed in English."""

    language: Language = "en"

    def format_usage(self: Any, ctx: _Private, formatter: _Private) -> None:
        """Write the usage line."""
        pieces = " ".join(self.collect_usage_pieces(ctx))
        prefix = table("usage", self.language)["usage"]
        formatter.write_usage(ctx.command_path, pieces, prefix=prefix)

    def format_help(self, ctx: _Private, formatter: _Private) -> None:
        """Write the help."""
        from typer import rich_utils

        for name, words in table("headings", self.language).items():
            setattr(rich_utils, name, words)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: _Private) -> TyperOption | None:
        """Return the option `--help`."""
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = table("usage", self.language)["help"], ""
            _take_nothing_lightly(option)
        return option


class WordedCommand(_Worded, TyperCommand):
    """A command whose help is in the language spoken."""


class WordedGroup(_Worded, TyperGroup):
    """Commands whose help is in the language spoken."""

    def speak(self, language: Language) -> None:
        """Put every text of the group and its commands in `language`.

        They name texts of the catalogue: a command `help_<name>`, a parameter what its `help` and
        its `metavar` say.
        """
        usage = table("usage", language)
        self.help = text("help_geoprio", language)
        self.subcommand_metavar = usage["commands"]
        for name, command in self.commands.items():
            command.help = text(f"help_{name}", language)
        for one in (self, *self.commands.values()):
            one.epilog = text("help_exits", language)
            one.options_metavar = usage["options"]
            _word_params(one.params, language)
            vars(one)["language"] = language
        for param in self.params:
            _take_nothing_lightly(param)


def _word_params(params: Iterable[object], language: Language) -> None:
    for param in params:
        if isinstance(param, TyperArgument):
            param.help = text(str(param.help), language)
            param.metavar = text(str(param.metavar), language)
            # Its name says already what it is; typer would add the type in English.
            vars(param)["display_type_rich"] = lambda ctx: None  # noqa: ARG005
        elif isinstance(param, TyperOption):
            own = table("usage", language).get(str(param.name))
            param.help = own or text(str(param.help), language)
            if param.metavar:
                param.metavar = f"<{text(param.metavar, language)}>"
            elif param.is_flag:
                param.metavar = ""


def _take_nothing_lightly(param: _Private) -> None:
    """Let an option that is not given cost nothing: typer would load pydantic to read `None`.

    What may stand before the command is read for every help and every completion.
    """
    if "process_value" not in vars(param):
        read = param.process_value
        param.process_value = lambda ctx, value: None if value is None else read(ctx, value)


def worded_message(message: str, language: Language) -> str:
    """Return a fault of a command line, as typer tells it, in `language`.

    What the catalogue does not know stays as it is.
    """
    told = table("line", language)
    for key, english in table("line", "en").items():
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(english))
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            parts = found.groupdict()
            if "why" in parts:
                parts["why"] = worded_message(parts["why"], language)
            return told[key].removeprefix("Value error, ").format(**parts)
    return message


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
        message = voice.words(
            "fault_place", place=error.filename, why=told(why(error), voice.language)
        )
    elif isinstance(error, OSError) and (error.errno or isinstance(error, shutil.Error)):
        # What fails in the middle of a file, as on a full disk, does not say which.
        first = told(why(error), voice.language) if error.errno else error.args[0][0][2]
        message = voice.words("fault_disk", why=first)
    elif not isinstance(error, GeoprioError):
        traceback.print_exception(error)
        code, message = OWN_FAULT, voice.words("fault_own", kind=kind, message=error)
    return voice.end(code, kind=kind, message=message)


def _of_line(error: TyperException, voice: Voice) -> str:
    """Return what is wrong with a command line, and for people where its help is."""
    language = voice.language
    message = worded_message(error.format_message(), language)
    # What a day looks like to who types it, and not to Python.
    message = message.replace("%Y-%m-%d", text("of_date", language))
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


DEPTH = 3
"""Folders below the one typed that campaign files are looked for in: data/raw/demo."""
MARKS = ("county_code", "counties")
"""Keys one of which a campaign's file cannot do without, and other TOML files have not."""
ELECTIONS = ("riksdag", "region", "kommun", "eu")


def campaign_files(incomplete: str) -> list[str]:
    """Return the campaign files that begin as typed; without any, the shell offers its own."""
    folder = Path(incomplete.rpartition("/")[0])
    found = [
        path for depth in range(DEPTH + 1) for path in folder.glob("[!.]*/" * depth + "*.toml")
    ]
    begun = [path for path in found if path.as_posix().startswith(incomplete)]
    return sorted(path.as_posix() for path in begun if _is_campaign(path))


def vendor_names(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the vendors that the campaign typed, or geoprio, has profiles of."""
    from geoprio.config import config_folders

    folders = config_folders(Path(ctx.params.get("run") or "campaign.toml"))
    names = {path.stem for folder in folders for path in (folder / "vendors").glob("*.toml")}
    return sorted(name for name in names if name.startswith(incomplete))


def edition_names(incomplete: str) -> list[str]:
    """Return the elections, which most editions are named after."""
    return [name for name in ELECTIONS if name.startswith(incomplete)]


def _is_campaign(path: Path) -> bool:
    try:
        return any(line.startswith(MARKS) for line in path.read_text("utf-8").splitlines())
    except (OSError, UnicodeError):
        return False


CampaignFile = Annotated[
    Path, typer.Argument(help="help_campaign", metavar="of_campaign", autocompletion=campaign_files)
]
FinishedRun = Annotated[
    Path, typer.Argument(help="help_run_place", metavar="of_run", autocompletion=campaign_files)
]
Out = Annotated[Path, typer.Option(help="help_out", metavar="of_folder", file_okay=False)]
Raw = Annotated[Path | None, typer.Option(help="help_raw", metavar="of_folder", file_okay=False)]


def amount(said: str) -> float:
    """Return an amount as a Swede or anyone writes it: 250000, 250 000, 99,50.

    ConfigError: It is none, or its one mark may part thousands as well as decimals.
    """
    figure = "".join(said.split())
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", figure):
        raise ConfigError("amount_unclear", found=said, thousands=re.sub("[.,]", "", figure))
    if not re.fullmatch(r"\d{1,15}([.,]\d+)?", figure, re.ASCII):
        raise ConfigError("amount_wrong", found=said)
    return float(figure.replace(",", "."))


def count(said: str) -> int:
    """Return an amount that is whole; ConfigError where it is not."""
    found = amount(said)
    if not found.is_integer():
        raise ConfigError("amount_not_whole", found=said)
    return int(found)


def finished_run(place: Path, out: Path) -> "tuple[Run, tuple[Path, ...]]":
    """Return a finished run, and the folders where its vendors and notices are looked for.

    `place` is the run's folder (then the folder that one stands in is looked in), or the TOML of a
    campaign that was run in `out` (then the TOML's own).
    SourceError: The campaign has no run there.
    """
    from geoprio.config import config_folders, load_campaign
    from geoprio.errors import SourceError
    from geoprio.runs import RECORD, read_run

    if place.suffix != ".toml":
        return read_run(place), config_folders(Path("campaign.toml"))
    campaign = load_campaign(place)
    folder = out / "data" / "processed" / campaign.name
    if not (folder / RECORD).is_file():
        raise SourceError("no_finished_run_yet", folder=folder, place=place)
    return read_run(folder).ordered_as(campaign.mailing.order), config_folders(place)


def main() -> None:
    """Run the command; a fault that the user can mend is told without a traceback."""
    gc.disable()  # a command is over before cycles add up to anything
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot write å ä ö must not stop a run.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
