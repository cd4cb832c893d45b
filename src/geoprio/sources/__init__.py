"""Sources: the only code that opens raw files. What a file is stands in `config/sources/*.toml`."""

from geoprio.sources.catalogue import Source
from geoprio.sources.raw import find_file, find_files, sha256
from geoprio.sources.read import (
    READERS,
    judge_source,
    load_source,
    read_source,
    reader,
    source_at_hand,
)

__all__ = [
    "READERS",
    "Source",
    "find_file",
    "find_files",
    "judge_source",
    "load_source",
    "read_source",
    "reader",
    "sha256",
    "source_at_hand",
]
