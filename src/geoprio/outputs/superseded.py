"""Files of an earlier run that a new one has no place for, such as a renamed association's."""

import hashlib
import json
from collections.abc import Container, Iterable, Mapping
from pathlib import Path


def earlier_files(record: Path, homes: Iterable[Path]) -> dict[Path, str]:
    """Return checksums by path of the files that an earlier run's record names.

    Empty where there is no record, or none that can be read.

    Parameters
    ----------
    homes
        The folders that its names may be meant in; none leads out of them.
    """
    try:
        named = json.loads(record.read_text(encoding="utf-8"))["files"]
        sums = {str(name): str(checksum) for name, checksum in named.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {
        home / name: checksum
        for home in homes
        for name, checksum in sums.items()
        if (home / name).resolve().is_relative_to(home.resolve())
    }


def remove_superseded(earlier: Mapping[Path, str], kept: Container[Path]) -> None:
    """Remove an earlier run's files that are not `kept`; one that has been changed since stays."""
    gone = [path for path in earlier if path not in kept and path.is_file()]
    for path in gone:
        if hashlib.sha256(path.read_bytes()).hexdigest() == earlier[path]:
            path.unlink()
