"""Frozen models of the TOML that election staff edit."""

from geoprio.config.brief import Brief
from geoprio.config.campaign import (
    Campaign,
    Combine,
    MailingBudget,
    MailingEdition,
    MapBase,
    Method,
    OnlineBase,
    TwoWayTable,
    Uncertainty,
)
from geoprio.config.document import Document, read_document
from geoprio.config.faults import AnyModel, Fault, RefusedError, judge, nearest, refusal
from geoprio.config.groups import (
    Alignment,
    Composition,
    Group,
    Measure,
    Minors,
    Proxy,
    ProxyIndicator,
    Synthetic,
    Total,
)
from geoprio.config.load import (
    CAMPAIGN_FILES,
    config_folders,
    file_names,
    find_named,
    load_campaign,
    load_group,
    load_model,
    load_named,
    load_profile,
    read_named,
    refuse_undated,
    shipped_folder,
    unknown_names,
)
from geoprio.config.messages import (
    LocalQuestions,
    Message,
    load_local_questions,
    load_messages,
    message_names,
)
from geoprio.config.model import (
    PERSON_NUMBER,
    Election,
    Model,
    Text,
)
from geoprio.config.profiles import (
    BLANK,
    Canvassing,
    Criterion,
    Effect,
    Effects,
    Factor,
    FirstTime,
    Level,
    Profile,
    PublicTexts,
    Trait,
    Typology,
)
from geoprio.config.sponsor import Notice
from geoprio.config.vendors import Addressed, Register, Vendor
