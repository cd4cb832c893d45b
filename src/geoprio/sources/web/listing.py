"""What is in a raw folder: the state of each source's file, its age, licence and origin."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from geoprio.errors import SourceError
from geoprio.sources.catalogue import Source
from geoprio.sources.files import find_files
from geoprio.sources.origins import OwnFile
from geoprio.sources.web.sidecar import Sidecar, sidecar_of
from geoprio.sources.web.store import held

State = Literal["fetched", "own", "missing", "damaged"]


@dataclass(frozen=True)
class Listed:
    """One source of a campaign, and what is there of it."""

    name: str
    source: Source
    state: State
    files: tuple[Path, ...] = ()
    sidecar: Sidecar | None = None
    """Of the first file that was fetched."""

    @property
    def age_days(self) -> int | None:
        """Whole days since the file was fetched; None for one that the user put there."""
        if self.sidecar is None:
            return None
        return (datetime.now(UTC) - datetime.fromisoformat(self.sidecar.fetched_at)).days

    @property
    def how(self) -> str:
        """How the file is got, where it is not there."""
        return by_hand(self.source) if self.is_by_hand else "geoprio fetch gets it"

    @property
    def is_by_hand(self) -> bool:
        """Whether nothing but a user's own file can serve the source."""
        return self.source.fetch is None or isinstance(self.source.fetch, OwnFile)


def state_of(name: str, source: Source, folder: Path) -> Listed:
    """Return what is there of one source.

    A file without a sidecar is the user's own. One that is not what its sidecar says is damaged.

    Raises
    ------
    SourceError
        A sidecar cannot be read.
    """
    try:
        files = find_files(source, folder, campaign="<campaign>")
    except SourceError:
        return Listed(name, source, "missing")
    if any(not sidecar_of(path).exists() for path in files):
        return Listed(name, source, "own", files)
    sidecars = [held(path) for path in files]
    if any(sidecar is None for sidecar in sidecars):
        return Listed(name, source, "damaged", files)
    return Listed(name, source, "fetched", files, sidecars[0])


def by_hand(source: Source) -> str:
    """Return how a file that cannot be fetched is got: what, from whom, and what to call it."""
    names = " or ".join(source.files)
    place = f"from {source.publisher}: {source.page}"
    if isinstance(source.fetch, OwnFile):
        return f"{source.fetch.how}; names that are read: {names}; {place}"
    return f"put it in place by hand: {names}, {place}"
