"""Files of an earlier run that a new one has no place for, such as a renamed association's."""

import hashlib
import json
from collections.abc import Container, Mapping
from pathlib import Path


def earlier_files(record: Path) -> dict[Path, str]:
    """Return checksums by path of the files that an earlier run's record names, in its folder.

    Empty where there is no record, or none that can be read.
    """
    try:
        named = json.loads(record.read_text(encoding="utf-8"))["files"]
        paths = {record.parent / str(name): str(one) for name, one in named.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    home = record.parent.resolve()
    return {path: one for path, one in paths.items() if path.resolve().is_relative_to(home)}


def remove_superseded(earlier: Mapping[Path, str], kept: Container[Path]) -> None:
    """Remove an earlier run's files that are not `kept`; one that has been changed since stays."""
    gone = [path for path in earlier if path not in kept and path.is_file()]
    for path in gone:
        if hashlib.sha256(path.read_bytes()).hexdigest() == earlier[path]:
            path.unlink()
