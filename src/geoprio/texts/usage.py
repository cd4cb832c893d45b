"""What typer and pydantic say of a command line, and the same in Swedish.

The English is theirs to the letter, with what varies in braces; they have no other language.
"""

from geoprio.texts.language import Words

HEADINGS: Words = {
    "ARGUMENTS_PANEL_TITLE": {"sv": "Argument", "en": "Arguments"},
    "OPTIONS_PANEL_TITLE": {"sv": "Väljare", "en": "Options"},
    "COMMANDS_PANEL_TITLE": {"sv": "Kommandon", "en": "Commands"},
    "DEFAULT_STRING": {"sv": "[förval: {}]", "en": "[default: {}]"},
    "REQUIRED_LONG_STRING": {"sv": "[krävs]", "en": "[required]"},
}
"""By the name that they have in `typer.rich_utils`."""

USAGE: Words = {
    "usage": {"sv": "Användning: ", "en": "Usage: "},
    "options": {"sv": "[VÄLJARE]", "en": "[OPTIONS]"},
    "commands": {"sv": "KOMMANDO [ARGUMENT]...", "en": "COMMAND [ARGS]..."},
    "try": {"sv": "Prova '{command} --help'.", "en": "Try '{command} --help' for help."},
    "error": {"sv": "Fel: {message}", "en": "Error: {message}"},
    "help": {"sv": "Visa den här texten.", "en": "Show this message and exit."},
    "install_completion": {
        "sv": "Installera komplettering med tabb i detta skal.",
        "en": "Install completion for the current shell.",
    },
    "show_completion": {
        "sv": "Visa kompletteringens skript för detta skal, att kopiera eller anpassa.",
        "en": "Show completion for the current shell, to copy it or customize the installation.",
    },
}

MESSAGES: tuple[tuple[str, str], ...] = (
    ("Missing command.", "Ett kommando saknas."),
    ("No such command {it}. Did you mean {names}?", "Kommandot {it} finns inte. Menar du {names}?"),
    ("No such command {it}.", "Kommandot {it} finns inte."),
    (
        "No such option: {it} (Possible options: {names})",
        "Väljaren {it} finns inte. Menar du {names}?",
    ),
    ("No such option: {it}", "Väljaren {it} finns inte."),
    ("Missing argument {it}. Choose from:{names}", "Argumentet {it} saknas. Välj bland:{names}"),
    ("Missing argument {it}.", "Argumentet {it} saknas."),
    ("Missing option {it}. Choose from:{names}", "Väljaren {it} saknas. Välj bland:{names}"),
    ("Missing option {it}.", "Väljaren {it} saknas."),
    ("Got unexpected extra argument(s) ({names})", "Argument som inte väntades: {names}"),
    ("Option {it} does not take a value.", "Väljaren {it} tar inget värde."),
    ("Option {it} requires an argument.", "Väljaren {it} kräver ett värde."),
    ("Invalid value for {it}: {why}", "Ogiltigt värde för {it}: {why}"),
    ("Invalid value: {why}", "Ogiltigt värde: {why}"),
    ("Value error, {why}", "{why}"),
    ("{it} is not one of {names}.", "{it} är inget av {names}."),
    ("{it} does not match the formats {names}.", "{it} är inte skrivet som {names}."),
    ("dir {it} is a file.", "{it} är en fil, inte en mapp."),
    ("file {it} is a directory.", "{it} är en mapp, inte en fil."),
    ("{it} does not exist.", "{it} finns inte."),
    ("{it} is not readable.", "{it} får inte läsas."),
    ("{it} is not writable.", "{it} får inte skrivas."),
    (
        "Input should be a valid integer, unable to parse string as an integer",
        "ett heltal väntades",
    ),
    ("Input should be greater than or equal to {it}", "minst {it} väntades"),
    ("Input should be less than or equal to {it}", "högst {it} väntades"),
)
"""Faults of a command line: the English, and the Swedish. The first that fits is used, and what it
holds (`why`) is read in the same way."""
