"""What to do with the ranking, within the resources there are."""

from geoprio.plans.choice import MailingWish
from geoprio.plans.mailing import (
    Mailing,
    choose,
    plan_editions,
    plan_mailing,
    plan_of,
    refuse_wrong_additions,
)
from geoprio.plans.postal import postal_pairs
from geoprio.plans.reach import Grounds

__all__ = [
    "Grounds",
    "Mailing",
    "MailingWish",
    "choose",
    "plan_editions",
    "plan_mailing",
    "plan_of",
    "postal_pairs",
    "refuse_wrong_additions",
]
