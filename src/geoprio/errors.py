"""The error family: every fault a user can mend is a `GeoprioError`.

A message says what is wrong, where, what was found, what was expected and what to do: a sentence
of the catalogue's `[faults]` and its values, told in the reader's language at the door.
"""

import errno
import pathlib
from collections.abc import Iterable

from geoprio.words import Language, Phrase, told

_SYSTEM = {
    errno.EACCES: "errno_EACCES",
    errno.EEXIST: "errno_EEXIST",
    errno.EISDIR: "errno_EISDIR",
    errno.ENOENT: "errno_ENOENT",
    errno.ENOSPC: "errno_ENOSPC",
    errno.ENOTDIR: "errno_ENOTDIR",
    errno.EROFS: "errno_EROFS",
}


class GeoprioError(Exception):
    """Base of every error that a user can mend; the command line prints it and exits 2.

    Parameters
    ----------
    key
        What is wrong, or the heading of several faults: a key of `[faults]`, or a whole phrase.
    faults
        Each fault, told under it: phrases, errors, or words that are no language's.
    values
        What fills the blanks of the key's sentence.
    """

    def __init__(self, key: str, /, faults: Iterable[object] = (), **values: object) -> None:
        self.heading = key if isinstance(key, Phrase) else Phrase(key, **values)
        self.faults = tuple(faults)
        super().__init__(self.heading, self.faults)

    def __str__(self) -> str:
        """Return what is told, in English."""
        return self.told("en")

    def told(self, language: Language) -> str:
        """Return the heading, and every fault under it, in `language`."""
        # A fault may be an error with faults of its own, which are set in below it.
        below = (told(fault, language).replace("\n", "\n  ") for fault in self.faults)
        return "\n".join([self.heading.told(language), *(f"  - {fault}" for fault in below)])


def why(error: OSError) -> str:
    """Return what the system says of a file, as a phrase where the catalogue has its words."""
    # A folder cannot be made where a file has its name.
    file = isinstance(error, FileExistsError) and pathlib.Path(error.filename or "").is_file()
    key = _SYSTEM.get(errno.ENOTDIR if file else error.errno or 0)
    return Phrase(key) if key else error.strerror or str(error)


class ConfigError(GeoprioError):
    """A TOML or association file is wrong."""


class SourceError(GeoprioError):
    """A raw file is missing, unreadable, or does not hold what its source promises."""


class ContractError(GeoprioError):
    """A frame breaks the contract of its stage."""


class CoverageError(GeoprioError):
    """Areas or counts would be lost in a join beyond the campaign's tolerance."""


class CoverageWarning(UserWarning):
    """Something is left out that a run can do without: counts, within the campaign's tolerance."""
