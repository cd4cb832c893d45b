"""The published figures of the 26 municipalities that the demo county adds up to.

Typed into `data/published.csv`, one row per municipality. Sources:

- electorate, votes cast, valid votes, V, S and MP in the riksdag, region and kommun elections
  2022, and eligible foreign citizens: Valmyndigheten and SCB, final count per polling district,
  early votes that were not assigned to a district included; free use with the source named;
- population and born in Sweden 31 December 2023, dwellings by tenure 2023: SCB, CC0;
- adults, 18-29 and adult women 31 December 2022: SCB, CC0;
- number of DeSO 2018, RegSO 2020 (SCB) and polling districts 2022 (Valmyndigheten).
"""

from importlib.resources import files
from io import StringIO

import pandas as pd

COUNTY_CODE = "01"
COUNTY_NAME = "Stockholms län"
LO_MEMBERS = 176_000
"""LO members in the county: stockholm.lo.se, "närmare 176 000 medlemmar" (undated)."""

BALLOTS = ("riksdag", "region", "kommun")


def published_figures() -> pd.DataFrame:
    """Return the published counts, index `municipality_code` (sorted), whole numbers."""
    text = files("geoprio.demo").joinpath("data/published.csv").read_text(encoding="utf-8")
    frame = pd.read_csv(StringIO(text), dtype={"municipality_code": str})
    return frame.set_index("municipality_code").sort_index()
