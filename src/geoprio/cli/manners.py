"""The manners that all commands share: how they are spoken to, and how they end."""

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from typer import TyperException

from geoprio.cli.voice import FINE, MEND, OWN_FAULT, STOPPED, Voice, of_computer, voice_for
from geoprio.cli.wording import WordedGroup, worded_message
from geoprio.errors import ConfigError, GeoprioError
from geoprio.words import table

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
            # Whoever reads has read enough, as `head` does.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return code


def _end(voice: Voice, error: Exception) -> int:
    """Tell a fault, and return its code."""
    kind = type(error).__name__
    if isinstance(error, TyperException):
        if kind == "NoArgsIsHelpError":  # what it has to say is the help, which stands there
            return MEND
        return voice.end(MEND, kind=kind, message=_of_line(error, voice))
    if isinstance(error, GeoprioError):
        return voice.end(MEND, kind=kind, message=str(error))
    if isinstance(error, OSError) and error.filename is not None:
        message = voice.words("fault_place", place=error.filename, why=error.strerror)
        return voice.end(MEND, kind=kind, message=message)
    traceback.print_exception(error)
    message = voice.words("fault_own", kind=kind, message=error)
    return voice.end(OWN_FAULT, kind=kind, message=message)


def _of_line(error: TyperException, voice: Voice) -> str:
    """Return what is wrong with a command line, and for people where its help is."""
    language = voice.language
    message = worded_message(error.format_message(), language)
    if voice.as_json:
        return message
    usage = table("usage", language)
    told = usage["error"].format(message=message)
    ctx = getattr(error, "ctx", None)
    if ctx is None:
        return told
    return f"{ctx.get_usage()}\n{usage['try'].format(command=ctx.command_path)}\n\n{told}"
