"""Sources: the only code that opens raw files. What a file is stands in `config/sources/*.toml`."""

from geoprio.sources.catalogue import Source
from geoprio.sources.raw import find_files, sha256
from geoprio.sources.read import (
    READERS,
    judge_source,
    load_source,
    read_source,
    reader,
    source_at_hand,
)
