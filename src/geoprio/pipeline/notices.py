"""The transparency notice of a plan: what the sponsor wrote, and how the run chose the areas."""

import pandas as pd

from geoprio.config import Addressed, Notice
from geoprio.errors import GeoprioError, join_faults
from geoprio.outputs.notice import render_notice
from geoprio.outputs.notice_rows import Choice
from geoprio.pipeline.addressed import chosen_people
from geoprio.pipeline.deliveries import Edition
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.words import publishers


def notice_files(
    outcome: Outcome,
    plan: pd.DataFrame,
    notice: Notice,
    edition: Edition,
    wanted: Addressed | None = None,
) -> dict[str, bytes]:
    """Return the notice of one mailing and edition by file name; anybody may read it.

    Parameters
    ----------
    plan
        PLAN of the edition: `households_count` by chosen area.
    notice
        From `load_named(Notice, "notices", name, folders)`.
    edition
        What is mailed; the notice must be of the same edition and election day.
    wanted
        The ages, where the mailing is addressed.

    Raises
    ------
    GeoprioError
        A field is empty or says against another, or the notice is of another edition.
    """
    faults = [
        f"{path}: found {found}; expected {expected}, as in the order"
        for path, found, expected in (
            ("edition", notice.edition, edition.name),
            ("election.day", notice.election.day, edition.election_day.isoformat()),
        )
        if found and found != expected
    ]
    if faults:
        heading = "The notice is of another mailing: mend its file in notices/ or name another"
        raise GeoprioError(join_faults(heading, faults))
    towns = outcome.levels[0].areas.loc[plan.index, "municipality_code"]
    names = towns.drop_duplicates().sort_values().map(outcome.gathered.municipality_names)
    reach = plan["households_count"].sum(skipna=False)
    choice = Choice(
        areas_count=len(plan),
        municipalities=tuple(names),
        publishers=publishers(outcome.gathered.loaded),
        reach_count=float(reach) if wanted is None else chosen_people(outcome, plan, wanted),
        ages=None if wanted is None else wanted.ages,
    )
    return render_notice(notice, choice, language=outcome.plans.language, mark=outcome.mark)
