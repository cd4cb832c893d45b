"""Frozen models of the TOML that election staff edit."""

from geoprio.config.campaign import (
    MAILING,
    Campaign,
    Combine,
    ElectionBasis,
    MailingBudget,
    MailingEdition,
    MailOrder,
    MapBase,
    Method,
    OnlineBase,
    TwoWayTable,
    Uncertainty,
)
from geoprio.config.document import VARIANTS, Document, composed, read_document, slug
from geoprio.config.faults import AnyModel, Fault, judge, nearest, refusal, unknown_name
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
    Brief,
    config_folders,
    file_names,
    find_named,
    load_campaign,
    load_group,
    load_local_questions,
    load_messages,
    load_model,
    load_named,
    load_profile,
    message_names,
    named_documents,
    named_file,
    read_named,
    refuse_undated,
    shipped_folder,
    unknown_names,
)
from geoprio.config.model import PERSON_NUMBER, RESERVED, Election, Model, RefusedError, Text
from geoprio.config.profiles import (
    BLANK,
    Actions,
    Canvassing,
    Criterion,
    Cuts,
    Effect,
    Effects,
    Factor,
    FirstTime,
    LocalQuestions,
    Message,
    Profile,
    PublicTexts,
    Trait,
    Typology,
)
from geoprio.config.sponsor import Notice
from geoprio.config.vendors import Addressed, Register, Vendor
