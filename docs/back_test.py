"""Write docs/back-test.md and its pictures: the real county's score of 2018 at those of 2022."""

import os
import sys
from pathlib import Path

from geoprio.cli.retrospect import Terms, retrospect
from geoprio.config import shipped_folder

DOCS = Path(__file__).parent
YEARS = (2018, 2022)


def main() -> None:
    """Try the real county's score in hindsight and rewrite the page."""
    raw = os.environ.get("GEOPRIO_RAW")
    if raw is None:
        sys.exit("set GEOPRIO_RAW to the folder of the real county's files")
    campaign = shipped_folder() / "storstockholm.toml"
    answer = retrospect(campaign, Terms(YEARS), raw=Path(raw)).answer
    pictures = {}
    for number, part in enumerate(answer.parts()):
        if part.picture:
            pictures[part.title] = name = f"img/back-test-{number}.svg"
            (DOCS / name).write_text(part.picture, encoding="utf-8")
    (DOCS / "back-test.md").write_bytes(answer.markdown(pictures))


if __name__ == "__main__":
    main()
