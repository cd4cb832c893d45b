"""Frozen models of the TOML that election staff edit."""

from geoprio.config.campaign import Campaign, ElectionBasis, MailingBudget, Nesting
from geoprio.config.groups import (
    Alignment,
    Group,
    Measure,
    Minors,
    Proxy,
    ProxyIndicator,
    Total,
)
from geoprio.config.loading import (
    config_folders,
    load_campaign,
    load_group,
    load_model,
    load_named,
    shipped_folder,
)
from geoprio.config.model import Direction, Election, Model, NotNegative, Positive, Text, Weight
from geoprio.config.profiles import Criterion, Level, Profile

__all__ = [
    "Alignment",
    "Campaign",
    "Criterion",
    "Direction",
    "Election",
    "ElectionBasis",
    "Group",
    "Level",
    "MailingBudget",
    "Measure",
    "Minors",
    "Model",
    "Nesting",
    "NotNegative",
    "Positive",
    "Profile",
    "Proxy",
    "ProxyIndicator",
    "Text",
    "Total",
    "Weight",
    "config_folders",
    "load_campaign",
    "load_group",
    "load_model",
    "load_named",
    "shipped_folder",
]
