"""Frozen models of the TOML that election staff edit."""

from geoprio.config.addressed import Addressed, Register
from geoprio.config.campaign import Campaign, ElectionBasis, MailingBudget, Nesting
from geoprio.config.documents import Document, read_document
from geoprio.config.editions import MailingEdition
from geoprio.config.effects import Canvassing, Effect, Effects, Factor, FirstTime, Persuasion, Study
from geoprio.config.faults import Fault, RefusedError, nearest, refusal
from geoprio.config.groups import Alignment, Group, Measure, Minors, Proxy, ProxyIndicator, Total
from geoprio.config.loading import (
    config_folders,
    find_named,
    load_campaign,
    load_group,
    load_model,
    load_named,
    load_profile,
    refuse_undated,
    shipped_folder,
)
from geoprio.config.map_base import MapBase, OnlineBase
from geoprio.config.messages import (
    LocalQuestions,
    Message,
    load_local_questions,
    load_messages,
    message_names,
)
from geoprio.config.model import Direction, Election, Model, NotNegative, Positive, Text, Weight
from geoprio.config.notice import Notice
from geoprio.config.overlap import Combine, OddsRatio, Overlap, TwoWayTable
from geoprio.config.persons import PERSON_NUMBER
from geoprio.config.profiles import BLANK, Criterion, Level, Profile, PublicTexts, Scenario
from geoprio.config.references import CAMPAIGN_FILES, campaign_names, file_names, unknown_names
from geoprio.config.refusals import AnyModel, judge
from geoprio.config.synthetic import Band, Composition, Industry, Sector, SexDensity, Synthetic
from geoprio.config.typologies import Trait, Typology
from geoprio.config.uncertainty import Method, Uncertainty
from geoprio.config.vendors import Vendor, VendorColumn

__all__ = [
    "BLANK",
    "CAMPAIGN_FILES",
    "PERSON_NUMBER",
    "Addressed",
    "Alignment",
    "AnyModel",
    "Band",
    "Campaign",
    "Canvassing",
    "Combine",
    "Composition",
    "Criterion",
    "Direction",
    "Document",
    "Effect",
    "Effects",
    "Election",
    "ElectionBasis",
    "Factor",
    "Fault",
    "FirstTime",
    "Group",
    "Industry",
    "Level",
    "LocalQuestions",
    "MailingBudget",
    "MailingEdition",
    "MapBase",
    "Measure",
    "Message",
    "Method",
    "Minors",
    "Model",
    "Nesting",
    "NotNegative",
    "Notice",
    "OddsRatio",
    "OnlineBase",
    "Overlap",
    "Persuasion",
    "Positive",
    "Profile",
    "Proxy",
    "ProxyIndicator",
    "PublicTexts",
    "RefusedError",
    "Register",
    "Scenario",
    "Sector",
    "SexDensity",
    "Study",
    "Synthetic",
    "Text",
    "Total",
    "Trait",
    "TwoWayTable",
    "Typology",
    "Uncertainty",
    "Vendor",
    "VendorColumn",
    "Weight",
    "campaign_names",
    "config_folders",
    "file_names",
    "find_named",
    "judge",
    "load_campaign",
    "load_group",
    "load_local_questions",
    "load_messages",
    "load_model",
    "load_named",
    "load_profile",
    "message_names",
    "nearest",
    "read_document",
    "refusal",
    "refuse_undated",
    "shipped_folder",
    "unknown_names",
]
