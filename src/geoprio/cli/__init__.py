"""The command line: says what was made and where, or what to mend.

A new command is one new module here, and its name in `FAMILIES`:

    @command
    def explain(voice: Voice, campaign: CampaignFile, area: Area, out: Out = Path()) -> None:
        from geoprio.reports import explanation

        found = explanation.explain(campaign, area, tell=voice.say, language=voice.language)
        voice.give(area=area, parts=found)

The first argument is the `Voice` that the line asks for: `say` a line, `warn` of what people must
judge, `give` what stands in the JSON document (without it, the lines do). The rest are typer's,
where `help` and `metavar` are keys of `words/*.toml`, as `help_<command>` is. "Found wanting" is
`raise typer.Exit(WANTING)`. What is heavy is imported inside the function: help must not wait for
it. What takes long is wrapped in `stages`. All else is `entry.py`'s for every command.
"""

from importlib import import_module

from geoprio.cli.entry import app, main

__all__ = ["app", "main"]

FAMILIES = (
    *("run", "demo", "report", "explain", "diff", "fetch", "sources"),
    *("init", "validate", "schema", "check", "mail", "vendor", "verify", "plan", "freeze"),
    *("backtest", "effect", "answers", "pack", "zetkin"),
)
"""Modules of commands, in the order of the help."""

for _family in FAMILIES:
    import_module(f"geoprio.cli.{_family}")
