"""Read the forms that associations have answered on."""

from pathlib import Path
from typing import Annotated

import typer

from geoprio.cli.entry import Out, Raw, command
from geoprio.cli.voice import Voice


@command
def answers(
    voice: Voice,
    folder: Annotated[Path, typer.Argument(help="help_forms", metavar="of_folder")],
    run: Annotated[Path | None, typer.Option(help="help_finished", metavar="of_folder")] = None,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Read all answers into privat/, where the next plan finds them; persons are refused."""
    from geoprio.files.folder import replace_all
    from geoprio.runs import newest_run, read_run
    from geoprio.sources.raw import default_raw
    from geoprio.sources.responses import answer_files, read_forms

    found = read_run(run or newest_run(out / "data" / "processed"))
    names = found.scored.areas["association"].dropna().astype(str).unique()
    told = read_forms(folder, found.campaign.name, found.scored.areas["association"])
    files = answer_files(raw or default_raw(found.campaign, out), told)
    replace_all(files, seal=next(iter(files)))
    voice.give_files(list(files))
    silent = sorted(set(names) - set(told["association"]))
    voice.say(voice.words("answers_read", count=len(told), of=len(names)))
    if silent:
        voice.say(voice.words("answers_missing", names=", ".join(silent)))
