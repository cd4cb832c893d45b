"""Read out what the work did, by the areas that a decided plan left alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoprio.cli.entry import command
from geoprio.cli.voice import Voice

if TYPE_CHECKING:
    import pandas as pd

    from geoprio.proof.answer import Part
    from geoprio.words import Language


@command
def effect(
    voice: Voice,
    plan: Annotated[Path, typer.Argument(help="help_frozen", metavar="of_folder")],
    result: Annotated[Path, typer.Argument(help="help_result", metavar="of_file")],
) -> None:
    """Write the effect of the work, how sure it is, and what a vote cost."""
    import json

    from geoprio.files.folder import replace_all
    from geoprio.proof.contrast import lots_of
    from geoprio.proof.readout import Readout
    from geoprio.reports.plan_files import DECIDED, SEAL, read_plan_record
    from geoprio.words import text

    folder = plan if (plan / SEAL).is_file() else plan / DECIDED
    record = read_plan_record(folder)
    told_of = _result(result)
    found = Readout.of(lots_of(record).verified(), record, told_of)
    mark = text("demo_mark", voice.written) if record.get("demo") else None
    home = folder.parent / "effekt"
    page, figures = home / "effekt.html", home / "effekt.json"
    told = found.figures()
    contents = {
        page: found.page(
            record["campaign"], mark, voice.written, _where(folder.parent, told_of, voice.written)
        ),
        figures: f"{json.dumps(told, indent=2, ensure_ascii=False)}\n".encode(),
    }
    replace_all(contents, seal=figures)
    voice.give_files([page, figures])
    for line in found.lines(voice.language):
        voice.say(line)


def _where(place: Path, told: "pd.DataFrame", language: "Language") -> "list[Part]":
    """Return where one was, of the run that the plan stands beside, where contacts are told."""
    from geoprio.plans.efforts import CANVASS
    from geoprio.proof.attendance import attendance_part
    from geoprio.runs import RECORD, read_run

    if "contacted_count" not in told or not (place / RECORD).is_file():
        return []
    run = read_run(place)
    scores = run.scored.scores.get(CANVASS)
    if scores is None:
        return []
    areas = run.scored.areas["area_name"]
    return [attendance_part(scores["verdict"], told["contacted_count"], areas, language)]


def _result(place: Path) -> "pd.DataFrame":
    """Return a result by area: of the user's own list, or of a run on the later election."""
    from geoprio.sources.private import RESULT, read_outcome

    if not place.is_dir():
        return read_outcome(place)
    from geoprio.runs import read_run

    run = read_run(place)
    return run.frames[f"{run.scored.area_set}_votes"][[*RESULT[1:], "votes_v_count"]]
