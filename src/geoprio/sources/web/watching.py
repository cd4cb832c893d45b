"""What a fetch tells of itself: each file's outcome, and whoever watches."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from geoprio.sources.web.client import Ask, Reply
from geoprio.sources.web.plans import FilePlan

State = Literal["new", "changed", "unchanged", "own"]


@dataclass(frozen=True)
class Outcome:
    """What became of one raw file."""

    source: str
    path: Path
    state: State
    size: int = 0
    old_sha256: str = ""
    """Checksum of the file that was replaced by another."""
    note: str = ""


class Watcher(Protocol):
    """Is told how a fetch goes."""

    def planned(self, source: str, plan: FilePlan) -> None:
        """Tell of a file whose requests are known."""

    def answered(self, ask: Ask, reply: Reply) -> None:
        """Tell of one reply."""

    def placed(self, outcome: Outcome) -> None:
        """Tell of a file that is done."""


class Silent:
    """A watcher that tells nobody."""

    def planned(self, source: str, plan: FilePlan) -> None:
        """Say nothing."""

    def answered(self, ask: Ask, reply: Reply) -> None:
        """Say nothing."""

    def placed(self, outcome: Outcome) -> None:
        """Say nothing."""
