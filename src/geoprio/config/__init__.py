"""Frozen models of the TOML that election staff edit."""

from geoprio.config.campaign import Campaign, ElectionBasis, MailingBudget, Nesting
from geoprio.config.groups import Alignment, Group, Measure, Minors, Proxy, ProxyIndicator, Total
from geoprio.config.loading import (
    config_folders,
    load_campaign,
    load_group,
    load_model,
    load_named,
    shipped_folder,
)
from geoprio.config.model import Direction, Election, Model, NotNegative, Positive, Text, Weight
from geoprio.config.overlap import Combine, OddsRatio, Overlap, TwoWayTable
from geoprio.config.profiles import BLANK, Criterion, Level, Profile, PublicTexts
from geoprio.config.synthetic import Band, Composition, Industry, Sector, SexDensity, Synthetic
from geoprio.config.uncertainty import Method, Uncertainty

__all__ = [
    "BLANK",
    "Alignment",
    "Band",
    "Campaign",
    "Combine",
    "Composition",
    "Criterion",
    "Direction",
    "Election",
    "ElectionBasis",
    "Group",
    "Industry",
    "Level",
    "MailingBudget",
    "Measure",
    "Method",
    "Minors",
    "Model",
    "Nesting",
    "NotNegative",
    "OddsRatio",
    "Overlap",
    "Positive",
    "Profile",
    "Proxy",
    "ProxyIndicator",
    "PublicTexts",
    "Sector",
    "SexDensity",
    "Synthetic",
    "Text",
    "Total",
    "TwoWayTable",
    "Uncertainty",
    "Weight",
    "config_folders",
    "load_campaign",
    "load_group",
    "load_model",
    "load_named",
    "shipped_folder",
]
