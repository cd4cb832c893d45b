"""A source with what its files hold."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from geoprio.sources.catalogue import Source


@dataclass(frozen=True)
class Loaded:
    """One source, read."""

    name: str
    source: Source
    files: tuple[Path, ...]
    frame: pd.DataFrame

    @property
    def origin(self) -> str:
        """Publisher and year, in words."""
        return f"{self.source.publisher} {self.source.vintage}"
