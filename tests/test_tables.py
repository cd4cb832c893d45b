"""The contracts of the frames: every breach is told at once, with the column and an example."""

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ContractError
from geoprio.tables import COUNTS, GROUPS, SCORES, Contract, check

CODES = pd.Index(["a", "b"], name="area_code")
COUNTED = pd.DataFrame({"women_count": [1.0, np.nan], "young_share": [0.0, 1.0]}, CODES)
SCORED = pd.DataFrame(
    {
        "channel": "canvass",
        "election": "riksdag",
        "score": [80.0, np.nan],
        "rank": [1.0, np.nan],
        "coverage": 1.0,
        "verdict": pd.Series(["full", None], CODES, dtype=object),
    },
    CODES,
)
GROUPED = pd.DataFrame(
    dict.fromkeys(("count", "se", "low", "high", "share"), 0.5)
    | {"group": "women", "election": "none", "base": "adults", "method": "published"}
    | {"source": ""},
    CODES,
)


@pytest.mark.parametrize(
    ("frame", "contract"), [(COUNTED, COUNTS), (SCORED, SCORES), (GROUPED, GROUPS)]
)
def test_a_frame_that_keeps_its_contract_is_handed_on(
    frame: pd.DataFrame, contract: Contract
) -> None:
    assert check(frame, contract) is frame


@pytest.mark.parametrize(
    ("frame", "contract", "told"),
    [
        (
            COUNTED.assign(women_count=[-1.0, 2]),
            COUNTS,
            "women_count: expected from 0 to inf; ",
        ),
        (COUNTED.assign(young_share=1.1), COUNTS, r"young_share: .* 1.1 at 'a' \(2 in all\)"),
        (COUNTED.assign(women_count=[1, 2]), COUNTS, "women_count: found int64; expected float64"),
        (COUNTED.assign(women_count=np.inf), COUNTS, "women_count: infinite number"),
        (COUNTED.assign(women=1.0), COUNTS, "women: is no column of COUNTS"),
        (COUNTED.assign(adress=1.0), COUNTS, "adress: a column that describes persons"),
        (COUNTED.iloc[[1, 0]], COUNTS, "area_code: rows are not sorted"),
        (COUNTED.iloc[[0, 0]], COUNTS, "area_code: expected each code once; .* 'a'"),
        (COUNTED.rename_axis(None), COUNTS, "index: found None; expected area_code"),
        (COUNTED.set_axis(["", "b"]).rename_axis("area_code"), COUNTS, "area_code: .* like"),
        (SCORED.drop(columns="rank"), SCORES, "rank: is missing"),
        (SCORED.assign(coverage=np.nan), SCORES, "coverage: expected no gap"),
        (SCORED.assign(verdict="maybe"), SCORES, "verdict: expected like full.*'maybe'"),
        (SCORED.assign(verdict=1), SCORES, "verdict: found .*; expected text"),
        (GROUPED.assign(low=0.6), GROUPS, "low: expected at most count; .*0.6"),
    ],
)
def test_a_breach_is_told(frame: pd.DataFrame, contract: Contract, told: str) -> None:
    with pytest.raises(ContractError, match=told):
        check(frame, contract)


def test_every_breach_is_told_at_once() -> None:
    with pytest.raises(ContractError, match=r"(?s)women_count.*young_share"):
        check(-COUNTED - 1, COUNTS)
