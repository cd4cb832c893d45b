"""The stages of a run as somebody who waits is told of them."""

from collections.abc import Callable

STAGES = ("read", "measure", "survey", "protect", "score", "judge", "advise", "publish")
"""In the order that they begin."""

Begins = Callable[[str], None]
"""Called with the name of each stage as it begins."""


def unheard(_: str) -> None:
    """Tell nobody that a stage begins."""
