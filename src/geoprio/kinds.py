"""The kinds of TOML file that a campaign folder holds, and the model that each must fit."""

from collections.abc import Mapping
from pathlib import Path

from geoprio.config import (
    Addressed,
    Campaign,
    Effects,
    Group,
    LocalQuestions,
    Message,
    Model,
    Notice,
    Profile,
    Register,
    Typology,
    Vendor,
)
from geoprio.sources import Source

CAMPAIGNS, LOCAL = "campaigns", "local"

KINDS: Mapping[str, tuple[str, type[Model]]] = {
    CAMPAIGNS: ("*.toml", Campaign),
    "groups": ("groups/*.toml", Group),
    "profiles": ("profiles/*.toml", Profile),
    "sources": ("sources/*.toml", Source),
    "vendors": ("vendors/*.toml", Vendor),
    "addressed": ("addressed/*.toml", Addressed),
    "registers": ("registers/*.toml", Register),
    "notices": ("notices/*.toml", Notice),
    "messages": ("messages/*.toml", Message),
    LOCAL: ("messages/local.toml", LocalQuestions),
    "typologies": ("typologies/*.toml", Typology),
    "effects": ("effects/*.toml", Effects),
}
"""Where files of each kind lie, and their model; of two that fit, the later."""

FOLDERS = frozenset(KINDS) - {CAMPAIGNS, LOCAL}
"""The folders of a campaign folder."""


def kind_of(path: Path) -> str:
    """Return the kind of a TOML file, which its folder tells: a campaign where no other does."""
    fitting = [kind for kind, (pattern, _) in KINDS.items() if path.match(pattern)]
    return fitting[-1]
