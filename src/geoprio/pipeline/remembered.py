"""What a finished run remembers of the settings it was made with, and which run is the newest."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geoprio.config import Campaign, Profile
from geoprio.errors import SourceError
from geoprio.pipeline.finished import RECORD, Run
from geoprio.scoring import PRIVATE

OWN = "own_figure_"
"""What a record calls a criterion of the user's own figures by, with its number: no file names
such a column."""


def newest_run(processed: Path) -> Path:
    """Return the folder in `processed` whose run was finished last.

    Raises
    ------
    SourceError
        There is none.
    """
    records = sorted(processed.glob(f"*/{RECORD}"))
    if not records:
        message = f"{processed}: holds no finished run; `geoprio run` makes one"
        raise SourceError(message)
    return max(records, key=lambda path: path.stat().st_mtime).parent


def settings_of(run: Run) -> Mapping[str, Any]:
    """Return what the campaign and its profiles said when the run was made.

    Raises
    ------
    SourceError
        The run was made by an older geoprio, which did not write them.
    """
    settings: Mapping[str, Any] | None = run.record.get("settings")
    if settings is None:
        message = (
            f"{run.folder}: its {RECORD} has no settings: an older geoprio made it; run the"
            " campaign again"
        )
        raise SourceError(message)
    return settings


def campaign_of(run: Run) -> Campaign:
    """Return the campaign as it was when the run was made.

    Raises
    ------
    SourceError
        As in `settings_of`.
    """
    return Campaign.model_validate_json(json.dumps(settings_of(run)["campaign"]))


def as_remembered(profile: Profile) -> dict[str, Any]:
    """Return a profile as a record holds it: no name of the user's own figures, no scenario."""
    values = profile.model_dump(mode="json", exclude={"scenarios"})
    for number, item in enumerate(values["criteria"], 1):
        if item["indicator"] in PRIVATE:
            item["indicator"] = f"{OWN}{number}"
    return values


def is_own(indicator: str) -> bool:
    """Return whether a remembered criterion is one of the user's own figures, never shown."""
    return indicator.startswith(OWN)


def rests_on_own(profile: Profile) -> bool:
    """Return whether a remembered profile's scores rest on the user's own figures."""
    return any(is_own(item.indicator) for item in profile.criteria)


def profiles_of(run: Run) -> dict[str, Profile]:
    """Return the profiles that the run scored by, by channel; see `as_remembered`.

    Raises
    ------
    SourceError
        As in `settings_of`.
    """
    return {
        channel: Profile.model_validate_json(json.dumps(values))
        for channel, values in settings_of(run)["profiles"].items()
    }
