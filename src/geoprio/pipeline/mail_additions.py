"""What associations add to a mailing, held against the campaign's areas and editions."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from geoprio.errors import SourceError, join_faults
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.reach import Reach
from geoprio.sources.additions import FILE, read_additions


def refuse_unknown_households(reach: Reach, added: pd.Series) -> None:
    """Refuse an added area whose households are not known: nothing can be ordered there."""
    households = reach.areas["households_count"].reindex(added.index)
    unknown = sorted(added.index[~(households > 0)])
    if unknown:
        message = (
            f"privat/{FILE}: {', '.join(unknown)}: how many households there are is unknown, so"
            " nothing can be ordered; take the area out"
        )
        raise SourceError(message)


def read_checked(outcome: Outcome, raw: Path) -> pd.DataFrame:
    """Return what associations add, held against the campaign's areas and editions."""
    added = read_additions(raw)
    owners = outcome.levels[0].areas["association"]
    editions = [edition.name for edition in outcome.plans.campaign.editions]
    faults = [
        f"row {row + 2}: {fault}"
        for row, (association, code, edition) in enumerate(
            zip(added["association"], added["area_code"], added["edition"], strict=True)
        )
        for fault in _faults(association, code, owners)
        + ([] if edition in editions else [f"{edition}: expected one of {', '.join(editions)}"])
    ]
    if faults:
        raise SourceError(join_faults(f"privat/{FILE}: cannot be used", faults))
    return added


def _faults(association: str, code: str, owners: Mapping[str, object] | pd.Series) -> list[str]:
    if code not in owners:
        return [f"{code}: no area of the campaign has that code"]
    if owners[code] != association:
        return [f"{code}: is not {association}'s own area; an association adds its own"]
    return []
