"""A finished run becomes documents, one file each."""

from geoprio.reports.publication import publish

__all__ = [
    "publish",
]
