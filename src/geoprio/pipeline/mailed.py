"""What was chosen for one edition of the mailing."""

from dataclasses import dataclass

import pandas as pd

from geoprio.config import MailingEdition
from geoprio.pipeline.reach import Reach
from geoprio.planning.choice import Limit
from geoprio.planning.gain import Drawn


@dataclass(frozen=True)
class Mailing:
    """One edition: its areas, and what they reach."""

    edition: MailingEdition
    reach: Reach
    limit: Limit
    chosen: pd.Series
    """Whether the district mails each area."""
    plan: pd.DataFrame
    """PLAN with the associations' own areas, `payer` saying whose."""
    doubled: pd.Series
    """Association by area that it asked for and the district mails already."""
    drawn: Drawn
    county_precision: float
    """Share (0-1) of target persons among all of the county's electors."""
