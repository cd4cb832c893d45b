"""Rewrite docs/top-ten.md between its marks: the ten highest areas of the real county."""

import os
import sys
import tempfile
from pathlib import Path

import pandas as pd

from geoprio import pipeline
from geoprio.config import shipped_folder
from geoprio.scores import verdict_labels

PAGE = Path(__file__).parent / "top-ten.md"
START, END = "<!-- top ten: made by `make top-ten` -->", "<!-- top ten ends -->"
CHANNELS = {"canvass": "Canvassing", "mailing": "Mailing"}


def table_of(folder: Path, channel: str) -> str:
    """Return the ten highest areas of a finished run as Markdown: no group, no origin, no union."""
    read = {
        part: pd.read_parquet(folder / f"regso_2020_{part}.parquet")
        for part in ("scores", "areas", "advice")
    }
    scores = read["scores"]
    first = scores[scores["channel"] == channel].sort_values("rank").head(10)
    names = read["areas"]["area_name"]
    reasons = read["advice"][f"{channel}_public_reason"]
    said = verdict_labels("sv")
    rows = [
        f"| {row['rank']:.0f} | {names[code]} | {row['score']:.1f} | {100 * row['p_top']:.0f} % |"
        f" {said[row['verdict']]} | {reasons[code]} |"
        for code, row in first.iterrows()
    ]
    head = f"| {CHANNELS[channel]} | area | score | P(top 50) | verdict | public reason |"
    return "\n".join([head, "|---|---|---|---|---|---|", *rows])


def main() -> None:
    """Run the real county and rewrite the tables."""
    raw = os.environ.get("GEOPRIO_RAW")
    if raw is None:
        sys.exit("set GEOPRIO_RAW to the folder of the real county's files")
    with tempfile.TemporaryDirectory() as out:
        campaign = shipped_folder() / "storstockholm.toml"
        result = pipeline.run(campaign, raw=Path(raw), out=Path(out))
        tables = [table_of(result.paths["record"].parent, channel) for channel in CHANNELS]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    made = "\n\n".join([START, *tables, END])
    PAGE.write_text(f"{before}{made}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
