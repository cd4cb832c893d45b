"""Frozen models of the TOML that election staff edit."""

from geoprio.config.campaign import Campaign, ElectionBasis, MailingBudget, Nesting
from geoprio.config.effects import (
    Canvassing,
    Effect,
    Effects,
    Factor,
    FirstTime,
    Persuasion,
    Study,
)
from geoprio.config.groups import Group, Measure, Proxy, ProxyIndicator, Total
from geoprio.config.loading import (
    config_folders,
    load_campaign,
    load_model,
    load_named,
    shipped_folder,
)
from geoprio.config.messages import LocalQuestions, Message, load_local_questions, load_messages
from geoprio.config.model import Direction, Election, Model, NotNegative, Positive, Text, Weight
from geoprio.config.profiles import Criterion, Level, Profile
from geoprio.config.typologies import Trait, Typology

__all__ = [
    "Campaign",
    "Canvassing",
    "Criterion",
    "Direction",
    "Effect",
    "Effects",
    "Election",
    "ElectionBasis",
    "Factor",
    "FirstTime",
    "Group",
    "Level",
    "LocalQuestions",
    "MailingBudget",
    "Measure",
    "Message",
    "Model",
    "Nesting",
    "NotNegative",
    "Persuasion",
    "Positive",
    "Profile",
    "Proxy",
    "ProxyIndicator",
    "Study",
    "Text",
    "Total",
    "Trait",
    "Typology",
    "Weight",
    "config_folders",
    "load_campaign",
    "load_local_questions",
    "load_messages",
    "load_model",
    "load_named",
    "shipped_folder",
]
