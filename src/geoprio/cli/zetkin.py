"""Send rundor to the party's app, and ask it for what was done, as area totals."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geoprio.cli.entry import FinishedRun, Out, Raw, command, finished_run
from geoprio.cli.voice import Voice

if TYPE_CHECKING:
    from geoprio.reports.association import Hand
    from geoprio.sources.fetch.upload import Post

TOKEN = "GEOPRIO_ZETKIN_TOKEN"
"""The variable that holds the user's own token: no line and no file does."""
ASSIGNMENTS = "zetkin_uppdrag.csv"


@command
def zetkin(  # noqa: PLR0913 - a command has its options
    voice: Voice,
    run: FinishedRun,
    server: Annotated[str, typer.Option(help="help_server", metavar="of_address")],
    org: Annotated[int, typer.Option(help="help_org", metavar="of_number")],
    project: Annotated[int, typer.Option(help="help_project", metavar="of_number")],
    association: Annotated[
        str | None, typer.Option(help="help_association", metavar="of_name")
    ] = None,
    assignee: Annotated[int | None, typer.Option(help="help_assignee", metavar="of_number")] = None,
    send: Annotated[bool, typer.Option("--send", help="help_send")] = False,
    totals: Annotated[bool, typer.Option("--totals", help="help_totals")] = False,
    raw: Raw = None,
    out: Out = Path(),
) -> None:
    """Say what would be sent; send it with --send; ask for area totals with --totals."""
    from geoprio.reports.papers import hand_of
    from geoprio.sources.fetch.upload import Post
    from geoprio.sources.raw import default_raw

    found, _ = finished_run(run, out)
    home = (raw or default_raw(found.campaign, out)) / "privat"
    post = Post(server, org, project, os.environ.get(TOKEN) or ("-" if not send | totals else ""))
    if totals:
        return _ask_totals(voice, post, home)
    hand = hand_of(found)
    areas, names = _areas(hand, association)
    voice.give(areas=len(areas), assignments=len(names), sent=send)
    if not send:
        return voice.say(
            voice.words("zetkin_dry", areas=len(areas), names=len(names), server=server, org=org)
        )
    home.mkdir(parents=True, exist_ok=True)
    return _send(voice, post, (hand, areas, names), (home, assignee))


def _areas(hand: "Hand", association: str | None) -> tuple[list[dict[str, Any]], list[str]]:
    """Return what is sent: of one association, or of all."""
    from geoprio.errors import ConfigError
    from geoprio.reports.zetkin_areas import feature, zetkin_areas

    rows = zetkin_areas(hand).to_dict("records")
    names = sorted({str(row["association"]) for row in rows})
    if association is not None and association not in names:
        raise ConfigError("no_such_association", name=association, names=names)
    own = [row for row in rows if association in (None, row["association"])]
    kept = ("area_code", "turf_code", "association")
    areas = [{**{key: row[key] for key in kept}, "body": feature(row)["properties"]} for row in own]
    return areas, [association] if association else names


def _send(
    voice: Voice,
    post: "Post",
    given: "tuple[Hand, list[dict[str, Any]], list[str]]",
    kept: tuple[Path, int | None],
) -> None:
    from geoprio.files.folder import alone
    from geoprio.reports.zetkin_areas import assignment
    from geoprio.sources.activity import WAYS
    from geoprio.sources.fetch.upload import Sent, assign, send_areas, send_assignment

    (hand, areas, names), (home, assignee) = given, kept
    # Two at once would send each area twice.
    with alone(home, home / WAYS):
        sent, assignments = Sent.of(home / WAYS), Sent.of(home / ASSIGNMENTS)
        for _ in send_areas(post, areas, sent):
            pass
        for name in names:
            number = send_assignment(post, name, assignment(hand, name), assignments)
            own = [one["turf_code"] for one in areas if one["association"] == name]
            if assignee is not None:
                assign(post, number, [int(sent.rows[code][0]) for code in own], assignee)
    voice.say(voice.words("zetkin_sent", **sent.counts, names=len(names)))
    voice.give(**sent.counts)


def _ask_totals(voice: Voice, post: "Post", home: Path) -> None:
    from geoprio.errors import SourceError
    from geoprio.files.folder import write_bytes
    from geoprio.files.table import list_bytes
    from geoprio.sources.activity import (
        FILE,
        GIVEN,
        WAYS,
        read_activity,
        read_statistics,
        read_ways,
    )
    from geoprio.sources.fetch.upload import Sent, area_statistics

    ways = read_ways(home / WAYS)
    # A list of other areas than the app's is the user's own.
    if (home / FILE).is_file() and set(read_activity(home / FILE).index) - set(ways):
        raise SourceError("activity_of_others", file=FILE)
    done = read_statistics(area_statistics(post, Sent.of(home / WAYS)), ways)
    back = {new: old for old, new in GIVEN.items()}
    few = int(done.isna().all(axis=1).sum())
    # What is withheld stands there without figures: else the sum of the rest passes for all.
    write_bytes(home / FILE, list_bytes(done.astype("Int64").rename(columns=back).reset_index()))
    voice.give_files([home / FILE])
    voice.say(voice.words("zetkin_totals", areas=len(done) - few, few=few))
