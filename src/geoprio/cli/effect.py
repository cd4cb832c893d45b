"""Read out what the work did, by the areas that a decided plan left alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoprio.cli.entry import Raw, command
from geoprio.cli.voice import Voice

if TYPE_CHECKING:
    import pandas as pd


@command
def effect(
    voice: Voice,
    plan: Annotated[Path, typer.Argument(help="help_frozen", metavar="of_folder")],
    result: Annotated[Path, typer.Argument(help="help_result", metavar="of_file")],
    raw: Raw = None,
) -> None:
    """Write the effect of the work, how sure it is, and what a vote cost."""
    import json

    from geoprio.cli.retrospect import where_we_were
    from geoprio.files.folder import replace_all
    from geoprio.proof.contrast import lots_of
    from geoprio.proof.readout import Readout
    from geoprio.reports.plan_files import DECIDED, SEAL, read_plan_record
    from geoprio.words import text

    folder = plan if (plan / SEAL).is_file() else plan / DECIDED
    record = read_plan_record(folder)
    told_of = result_by_area(result)
    found = Readout.of(lots_of(record).verified(), record, told_of)
    mark = text("demo_mark", voice.written) if record.get("demo") else None
    home = folder.parent / "effekt"
    page, figures = home / "effekt.html", home / "effekt.json"
    told = found.figures()
    contacted = told_of.get("contacted_count")
    more = where_we_were(folder.parent, raw, voice.written, contacted=contacted)
    contents = {
        page: found.page(record["campaign"], mark, voice.written, more),
        figures: f"{json.dumps(told, indent=2, ensure_ascii=False)}\n".encode(),
    }
    replace_all(contents, seal=figures)
    voice.give_files([page, figures])
    for line in found.lines(voice.language):
        voice.say(line)


def result_by_area(place: Path) -> "pd.DataFrame":
    """Return a result by area: of the user's own list, or of a run on the later election."""
    from geoprio.sources.private import RESULT, read_outcome

    if not place.is_dir():
        return read_outcome(place)
    from geoprio.runs import read_run

    run = read_run(place)
    return run.frames[f"{run.scored.area_set}_votes"][[*RESULT[1:], "votes_v_count"]]
