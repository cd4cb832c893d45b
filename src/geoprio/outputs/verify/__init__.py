"""A file that came back, beside what was sent: every difference by name."""

from geoprio.outputs.verify.compare import Finding, compare
from geoprio.outputs.verify.returned import Returned, control_of, read_returned

__all__ = ["Finding", "Returned", "compare", "control_of", "read_returned"]
