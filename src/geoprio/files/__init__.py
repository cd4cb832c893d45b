"""Frames become bytes: tables, workbooks, maps; written whole or not at all."""

from geoprio.files.comparison import Finding, Returned, compare, control_of, read_returned
from geoprio.files.delivery import Delivery, render_postal_files, render_vendor_files

__all__ = [
    "Delivery",
    "Finding",
    "Returned",
    "compare",
    "control_of",
    "read_returned",
    "render_postal_files",
    "render_vendor_files",
]
