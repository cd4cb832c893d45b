"""The error family: every fault a user can mend is a `GeoprioError`.

A message says what is wrong, where, what was found, what was expected and what to do.
"""

from collections.abc import Iterable


class GeoprioError(Exception):
    """Base of every error that a user can mend; the command line prints it and exits 2.

    Parameters
    ----------
    message
        What is wrong, or the heading of several faults.
    faults
        Each fault, told under it.
    """

    def __init__(self, message: str, faults: Iterable[str] = ()) -> None:
        super().__init__(join_faults(message, faults))


class ConfigError(GeoprioError):
    """A TOML or association file is wrong."""


class SourceError(GeoprioError):
    """A raw file is missing, unreadable, or does not hold what its source promises."""


class ContractError(GeoprioError):
    """A frame breaks the contract of its stage."""


class CoverageError(GeoprioError):
    """Areas or counts would be lost in a join beyond the campaign's tolerance."""


def join_faults(heading: str, faults: Iterable[str]) -> str:
    """Return one message that lists every fault under its heading."""
    return "\n".join([heading, *(f"  - {fault}" for fault in faults)])
