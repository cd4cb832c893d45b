"""Groups, and what is known of a few areas, that can be held in the head."""

import pandas as pd

from geoprio.config import Text
from geoprio.counts import Evidence

WORDS = Text(sv="Grupp", en="Group")
TOLD = {"label": WORDS, "question": WORDS, "definition": WORDS}
"""What people read of a group."""


def evidence_of(counts: pd.DataFrame, **known: object) -> Evidence:
    """Return COUNTS of some areas as all that is known of them, and what else is given."""
    nothing = {"parents": (), "electors": counts["population_count"], "origins": {}}
    return Evidence(
        **({"counts": counts, "indicators": pd.DataFrame(index=counts.index)} | nothing | known)
    )
