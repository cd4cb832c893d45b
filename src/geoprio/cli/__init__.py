"""The command line: says what was made and where, or what to mend, and exits 2.

A new command is one new module here and its name in `FAMILIES`: the module decorates a function
with `@app.command()` of `entry` and imports what is heavy inside it.
"""

from importlib import import_module

from geoprio.cli.entry import app, main

__all__ = ["app", "main"]

FAMILIES = ("runs", "raw_files", "campaigns", "vendors")
"""Modules of commands, in the order of the help."""

for _family in FAMILIES:
    import_module(f"geoprio.cli.{_family}")
