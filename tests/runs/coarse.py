"""A demo county like a real one, where most tables are of larger areas than the smallest."""

from dataclasses import replace
from pathlib import Path
from unittest import mock

import pandas as pd

from geoprio import pipeline
from geoprio.runs.outcome import Outcome
from geoprio.sources.catalogue import Loaded
from geoprio.sources.read import read_all
from tests.shared import computed

COARSE = ("scb_tab6638_deso", "scb_tab6679_deso", "scb_tab6572_deso", "scb_tab6680_deso")
"""Published for the larger areas only: tenure, income, birth and work."""
AGES = "scb_tab6574_deso"
"""Residents for the smallest areas; their ages for every second larger area."""


def coarse_outcome(raw: Path, folder: Path) -> Outcome:
    """Return what a run computes of a county whose tables are made coarser."""
    text = (raw / "demo.toml").read_text(encoding="utf-8")
    campaign = folder / "coarse.toml"
    text = text.replace('  "scb_tab6681_deso",', '  "scb_tab6681_deso",\n  "scb_tab6680_deso",')
    text = text.replace("draws = 2000", "draws = 200").replace('  "scb_tab6568_deso",\n', "")
    campaign.write_text(text, encoding="utf-8")
    for name in ("associations.csv", "associations_note"):
        if (raw / name).exists():
            (folder / name).write_bytes((raw / name).read_bytes())

    def read(*given: object) -> tuple[tuple[Loaded, ...], pd.DataFrame | None]:
        loaded, key = read_all(*given)  # type: ignore[arg-type]
        assert key is not None
        larger = key.iloc[:, 0]
        return tuple(part for item in loaded for part in _coarser(item, larger)), key

    with mock.patch.object(pipeline, "read_all", read):
        return computed(campaign, raw)


def _coarser(item: Loaded, larger: pd.Series) -> list[Loaded]:
    if item.name not in (*COARSE, AGES):
        return [item]
    codes = larger.reindex(item.frame.index)
    means = item.frame.columns[item.frame.columns.str.endswith("_sek")]
    summed = item.frame.groupby(codes.to_numpy()).sum(min_count=1)
    summed[means] = item.frame[means].groupby(codes.to_numpy()).mean()
    source = item.source.model_copy(update={"area_set": "regso_2020"})
    frame = summed.rename_axis("area_code")
    if item.name in COARSE:
        return [replace(item, source=source, frame=frame)]
    own = replace(item, frame=item.frame[["population_count"]])
    return [own, replace(item, name=f"{AGES}_regso", source=source, frame=frame[::2])]
