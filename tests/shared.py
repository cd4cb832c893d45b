"""What a session makes once and all its workers read: demo counties, and finished runs."""

import fcntl
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pandas as pd
from check_counties import SETUPS, County, small_county

from geoprio import pipeline
from geoprio.config import load_campaign, shipped_folder
from geoprio.demo import write_demo
from geoprio.reports.publication import publish
from geoprio.runs import Run
from geoprio.runs.outcome import Outcome
from geoprio.scores import Located

CAMPAIGNS = ("demo.toml", "demo2026.toml")
ASSOCIATIONS = ("associations.csv", "associations-2026.csv")
OWN_FIGURES = ("medlemmar.csv", "aktivitet.csv")

Made = TypeVar("Made")


class Shared:
    """A folder of the session: what is made there is read by every worker and changed by none."""

    def __init__(self, home: Path) -> None:
        home.mkdir(exist_ok=True)
        self.home = home

    def once(self, name: str, make: Callable[[Path], Made]) -> Made:
        """Return what `make` makes in a folder of its own; whoever asks first makes it."""
        folder, kept = self.home / name, self.home / f"{name}.pickle"
        with (self.home / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                folder.mkdir(exist_ok=True)
                kept.write_bytes(pickle.dumps(make(folder)))
        made: Made = pickle.loads(kept.read_bytes())
        return made

    def county(self, *, areas: int, seed: int) -> Path:
        """Return the raw files of a demo county, with the campaigns that read them."""

        def write(folder: Path) -> Path:
            write_demo(folder, areas=areas, seed=seed)
            for name in CAMPAIGNS:
                shutil.copyfile(shipped_folder() / name, folder / name)
            return folder

        return self.once(f"demo-{areas}-{seed}", write)

    def outcome(self, name: str, campaign: Path, raw: Path) -> Outcome:
        """Return what a run computes."""
        return self.once(f"{name}-outcome", lambda _: computed(campaign, raw))

    def run(self, name: str, outcome: Outcome) -> Run:
        """Return the run of what was computed, with all its files."""

        def write(out: Path) -> Run:
            with pipeline.brisk():
                found = pipeline.kept(outcome)
                own = found.campaign.name
                processed, maps = (out / home / own for home in ("data/processed", "maps"))
                made = publish(found, processed=processed, maps=maps)
            return pipeline.plain(made)

        return self.once(f"{name}-run", write)

    def checked(self, *, areas: int, seed: int, setups: tuple[str, ...] = SETUPS) -> County:
        """Return a county with its truth, computed with all tables and with the real county's."""
        return self.once(
            f"checked-{areas}-{seed}",
            lambda folder: small_county(folder / "raw", areas=areas, seed=seed, setups=setups),
        )

    def levels(self, *, areas: int, seed: int) -> dict[str, Located]:
        """Return what a run computes of a demo county, by area set, for one of its channels."""
        raw = self.county(areas=areas, seed=seed)

        def make(folder: Path) -> dict[str, Located]:
            shutil.copyfile(raw / ASSOCIATIONS[0], folder / ASSOCIATIONS[0])
            text = (raw / "demo.toml").read_text(encoding="utf-8")
            text = text.replace('["canvass", "mailing", "organise"]', '["mailing"]')
            assert '["mailing"]' in text
            text = text.replace("draws = 2000", "draws = 20")
            (folder / "demo.toml").write_text(text, encoding="utf-8")
            return levels(folder / "demo.toml", raw)

        return self.once(f"levels-{areas}-{seed}", make)


def spoilable(raw: Path, folder: Path, *, draws: int = 200) -> Path:
    """Return a copy of a county's files that a test may change, with two associations.

    A run makes a map and a workbook for each: with all of them it takes twice as long. Of the draws
    of a ranking it makes a tenth.
    """
    shutil.copytree(raw, folder)
    for name in CAMPAIGNS:
        text = (raw / name).read_text(encoding="utf-8")
        assert "draws = 2000" in text
        (folder / name).write_text(text.replace("draws = 2000", f"draws = {draws}"), "utf-8")
    for name in ASSOCIATIONS:
        kept = write_two(raw / name, folder / name)
    for name in OWN_FIGURES:
        own = pd.read_csv(raw / "privat" / name, sep=";", encoding="utf-8-sig")
        own[own["association"].isin(kept)].to_csv(folder / "privat" / name, sep=";", index=False)
    return folder


def write_two(associations: Path, path: Path) -> list[str]:
    """Write an association list whose areas are all those of its first or of its second."""
    table = pd.read_csv(associations, sep=";", dtype=str, encoding="utf-8-sig")
    kept = list(table["association"].unique()[:2])
    few = table["association"].where(table["association"] == kept[0], kept[1])
    table.assign(association=few).to_csv(path, sep=";", index=False)
    return kept


def computed(campaign: Path, raw: Path) -> Outcome:
    """Return everything that a run computes, what it may not keep too."""
    return pipeline.outcome_of(load_campaign(campaign), campaign, raw)


def thin(text: str, group: str, channel: str) -> str:
    """Return a campaign of one group and one channel: what hangs on neither is the same."""
    for pattern, one in (
        (r"^profiles = .*$", f'profiles = ["{channel}"]'),
        (r"^\[target_groups\]\n(?:\w.*\n)+", f"[target_groups]\n{group} = 1.0\n"),
        (r"^\[overlap\]\n(?:(?!\[\w).*\n)+", ""),
    ):
        text, times = re.subn(pattern, one, text, count=1, flags=re.MULTILINE)
        assert times == 1, pattern
    return text


def levels(campaign: Path, raw: Path) -> dict[str, Located]:
    """Return by area set what a run computes of it; no file is made."""
    return {level.area_set: level for level in computed(campaign, raw).levels}
