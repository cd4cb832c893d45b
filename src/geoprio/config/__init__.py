"""Frozen models of the TOML that election staff edit."""

from geoprio.config.campaign import Campaign, ElectionBasis, MailingBudget, Nesting
from geoprio.config.groups import Group, Measure, Proxy, ProxyIndicator, Total
from geoprio.config.loading import (
    config_folders,
    load_campaign,
    load_model,
    load_named,
    shipped_folder,
)
from geoprio.config.model import Direction, Election, Model, NotNegative, Positive, Text, Weight
from geoprio.config.profiles import Criterion, Level, Profile
from geoprio.config.uncertainty import Method, Uncertainty

__all__ = [
    "Campaign",
    "Criterion",
    "Direction",
    "Election",
    "ElectionBasis",
    "Group",
    "Level",
    "MailingBudget",
    "Measure",
    "Method",
    "Model",
    "Nesting",
    "NotNegative",
    "Positive",
    "Profile",
    "Proxy",
    "ProxyIndicator",
    "Text",
    "Total",
    "Uncertainty",
    "Weight",
    "config_folders",
    "load_campaign",
    "load_model",
    "load_named",
    "shipped_folder",
]
