"""Help and faults of the command line in the language spoken; typer itself has English only."""

import re
from collections.abc import Iterable
from typing import Any

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from geoprio.words import Language, table, text

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
