"""What to do with the ranking, within the resources there are."""

from geoprio.plans.mailing import plan_mailing

__all__ = [
    "plan_mailing",
]
