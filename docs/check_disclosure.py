"""What an attacker gets of the counts that a run withholds: by a solver, and by other counties.

Two proofs of one rule (METHOD 3). A linear programme of all that is printed bounds each withheld
count. And what is made of the counts, from estimates to plans, tells no more: counties with other
counts, up to the programme's ends, give the same files.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from check_counties import LIKE_REAL, SETUPS, campaign_text, write_like_real
from check_tables import as_table
from pandas.core.groupby import DataFrameGroupBy
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_diag, csr_array, vstack

from geoprio.config import Brief, load_campaign, shipped_folder
from geoprio.counts import Gathered
from geoprio.counts.votes import spread_unassigned
from geoprio.demo import county, people, write_demo
from geoprio.demo.apportionment import LO_MEMBERS, published_figures
from geoprio.groups import Nest
from geoprio.pipeline import prepared
from geoprio.scores.levels import nest_of, only_told, protect_counts, sensitive_bases, survey

Told = Mapping[str, pd.DataFrame]
NARROW = 1e-6
"""Persons by which a solver may miss."""


@dataclass(frozen=True)
class Attack:
    """A county as it is published, and how its sensitive counts are told to the attacker."""

    gathered: Gathered
    plans: Brief
    told: Told
    nested: bool = False
    """Whether each count that is a part of another is taken to be bounded by it: by one who has a
    campaign that prints the one beside a campaign that prints the other."""

    @classmethod
    def of(cls, path: Path, raw: Path) -> "Attack":
        """Return the attack on a run of a campaign's file."""
        return cls.on(*prepared(load_campaign(path), path, raw))

    @classmethod
    def on(cls, gathered: Gathered, plans: Brief) -> "Attack":
        """Return the attack on a run of what is gathered."""
        return cls(gathered, plans, protect_counts(gathered, plans))

    def at(self, minimum: int) -> "Attack":
        """Return the attack on a run with another least count."""
        campaign = self.plans.campaign.model_copy(update={"minimum_count": minimum})
        return Attack.on(self.gathered, replace(self.plans, campaign=campaign))

    def beside(self, other: "Attack") -> "Attack":
        """Return the attack by one who has another run too: what that prints is known."""
        return replace(
            self,
            told={
                name: shown.mask(other.told[name].reindex_like(shown) == "shown", "shown")
                for name, shown in self.told.items()
            },
        )

    @property
    def minimum(self) -> int:
        """The least count that is told."""
        return self.plans.campaign.minimum_count

    @cached_property
    def nest(self) -> Nest:
        """The area sets that nest."""
        return nest_of(self.gathered.atlas)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Every count and area: the `value`, the `people` it is among, and how it is `told`.

        `told` is `unknown` where nothing is published.
        """
        every = pd.concat({name: frame for name, (frame, _) in self.gathered.published.items()})
        told = pd.concat({name: self.told[name] for name in self.nest.parents})
        parts = {}
        for count, base in sensitive_bases(self.plans).items():
            if count in told and every[count].notna().any():
                value, known = self.nest.lay_out(every[count])
                word = told[count].reindex(self.nest.nodes).fillna("shown").to_numpy()
                parts[count] = pd.DataFrame(
                    {
                        "value": value,
                        "people": np.maximum(self.nest.lay_out(every[base])[0], value),
                        "told": np.where(known, word, "unknown"),
                    },
                    self.nest.nodes,
                )
        return pd.concat(parts, names=["count"])

    @cached_property
    def bounds(self) -> Bounds:
        """What the tables say of each count by itself."""
        value, people, told = (self.cells[name].to_numpy() for name in self.cells)
        small, shown = told == "small", told == "shown"
        # "Visas inte" says that it is not small; of a total of small counts alone it cannot.
        of_small = np.concatenate([self._of_small(one) for _, one in self._by_count])
        low = np.where((told == "withheld") & ~of_small, np.minimum(self.minimum, value), 0.0)
        high = np.where(small, np.minimum(self.minimum - 1, people), people)
        return Bounds(np.where(shown, value, low), np.where(shown, value, high))

    @cached_property
    def equations(self) -> LinearConstraint:
        """A total is the sum of its parts; of two counts, one may be a part of the other."""
        tree, counts = self.nest.tree, self._by_count
        below = np.flatnonzero(tree.parent >= 0)
        nodes = np.arange(len(tree.parent))
        has_parts = np.isin(nodes, tree.parent[below])
        family = (
            csr_array((np.ones(len(nodes)), (nodes, nodes)))
            - csr_array((np.ones(len(below)), (tree.parent[below], below)), [len(nodes)] * 2)
        )[np.flatnonzero(has_parts)]
        gaps = [family @ one["value"].to_numpy() for _, one in counts]
        # A part that nobody knows is one more of the unknown.
        open_ = [abs(family) @ (one["told"] == "unknown").to_numpy(float) > 0 for _, one in counts]
        gap = np.where(np.concatenate(open_), 0.0, np.concatenate(gaps))
        rows, low, high = [block_diag([family] * len(gaps))], np.minimum(gap, 0), np.maximum(gap, 0)
        values = [one["value"] for _, one in counts]
        for part, whole in permutations(range(len(values)), 2):
            if self.nested and (values[part].to_numpy() <= values[whole].to_numpy()).all():
                signs = np.zeros(len(values))
                signs[[part, whole]] = -1, 1
                rows.append(csr_array(np.kron(signs, np.eye(len(nodes)))))
                low, high = (
                    np.append(low, np.zeros(len(nodes))),
                    np.append(high, np.full(len(nodes), np.inf)),
                )
        return LinearConstraint(vstack(rows).tocsr(), low, high)

    @property
    def _by_count(self) -> DataFrameGroupBy:
        return self.cells.groupby("count", sort=False)

    def _of_small(self, one: pd.DataFrame) -> np.ndarray:
        parent, small = self.nest.tree.parent, (one["told"] == "small").to_numpy()
        others = np.isin(np.arange(len(parent)), parent[~small])
        return np.isin(np.arange(len(parent)), parent[small]) & ~others

    def solve(self, aim: np.ndarray, *, whole: bool = False) -> np.ndarray:
        """Return the counts that fit all that is told and make `aim` the least; persons, or parts.

        Raises RuntimeError: none fit.
        """
        found = milp(
            aim,
            bounds=self.bounds,
            constraints=self.equations,
            integrality=np.full(len(aim), whole),
        )
        if found.x is None:
            raise RuntimeError(found.message)
        return found.x

    def ends(self) -> pd.DataFrame:
        """Return `least` and `most` that each withheld count can be, beside its cell."""
        places = np.flatnonzero(self.cells["told"].isin(["small", "withheld"]))
        every = np.eye(len(self.cells))[places]
        least = [self.solve(one)[place] for one, place in zip(every, places, strict=True)]
        most = [self.solve(-one)[place] for one, place in zip(every, places, strict=True)]
        return self.cells.iloc[places].assign(least=least, most=most)

    def faults(self) -> pd.DataFrame:
        """Return the withheld counts that the attacker comes too close to (METHOD 3)."""
        found = self.ends()
        reach = np.minimum(self.minimum - 1, found["people"]) - NARROW
        small = found["told"] == "small"
        wide = found["most"] - found["least"] >= reach
        return found[~np.where(small, (found["least"] <= NARROW) & (found["most"] >= reach), wide)]

    def estimates(self, county: Gathered) -> dict[str, pd.DataFrame]:
        """Return GROUPS of every set in a run on a county that is told as this one."""
        known, campaign = only_told(county, self.told, self.plans), self.plans.campaign
        results = known.results[campaign.election.basis].frame
        votes = spread_unassigned(results, party_votes=campaign.election.unassigned_party_votes)
        found = survey(list(known.published), known, votes, self.plans)
        return {one.area_set: one.groups for one in found}

    def estimates_apart(self) -> int:
        """Return how many estimates differ between the lowest and the highest county."""
        lowest, highest = (self.estimates(self.other_county(sign)) for sign in (1, -1))
        return sum(
            int((lowest[name]["count"].fillna(-1) != highest[name]["count"].fillna(-1)).sum())
            for name in lowest
        )

    def other_county(self, sign: int) -> Gathered:
        """Return a county that is told alike, its small counts least (`sign` 1) or most (-1)."""
        aim = sign * (self.cells["told"] == "small").to_numpy(float)
        moved = self.cells.assign(moved=self.solve(aim, whole=True).round())["moved"]
        by_count = {count: own.droplevel("count") for count, own in moved.groupby("count")}

        def changed(counts: pd.DataFrame, area_set: str) -> pd.DataFrame:
            if area_set not in self.nest.parents:
                return counts
            own = {
                count: values[area_set].reindex(counts.index).where(counts[count].notna())
                for count, values in by_count.items()
                if count in counts
            }
            return counts.assign(**own)

        given = self.gathered.published.items()
        return replace(
            self.gathered,
            tables=tuple(
                replace(one, counts=changed(one.counts, one.area_set))
                for one in self.gathered.tables
            ),
            published={name: (changed(counts, name), of) for name, (counts, of) in given},
        )


PAGE = """## Small counts: what an attacker gets

Of the counts of immigrant background that a run withholds, by one who has every file of it and
a solver, and knows that persons are whole. "Too close" is a small count that
cannot be anything from 0 to one less than the limit, or another withheld count with less room than
that.

* *one run*: too close by all files of one run.
* *other settings*: and by those of a run with other weights, election and number of first areas.
* *estimates*: figures of LO members and all other groups, in all electorates, that differ between
  two counties told alike, whose withheld counts are as low and as high as they can be.
* *half the limit*: too close, by that limit, to one who has a run with half of it beside.
* *both definitions*: too close to one who has a run that counts those born abroad beside one that
  counts those with two parents born abroad too.

{table}

The last two are not protected against, for a run knows of no other: keep one limit and one
definition in all that is made of the same tables."""
PERSONS_AN_AREA = 100
AREAS, SEED = 150, 201
LARGE, REAL = 1900, 200
"""Least counts that some of the demo's and of the real county's counts are below; at 10 none is."""


def disclosure_page(folder: Path, real: Path | None) -> str:
    """Return what attacks on three demo counties, and on the real one, come to."""
    small = write_small_areas(folder / "small", areas=AREAS, seed=SEED)
    raw = folder / "large"
    write_demo(raw, areas=AREAS, seed=SEED)
    attacks = {"very small areas": Attack.of(small, small.parent)}
    for setup in SETUPS:
        if setup == LIKE_REAL:
            write_like_real(raw)
        attacks[f"demo, {setup}"] = _with_text(raw, campaign_text(setup), raw).at(LARGE)
    if real is not None:
        text = (shipped_folder() / "storstockholm.toml").read_text(encoding="utf-8")
        attacks["the real county"] = _with_text(raw, text, real).at(REAL)
    return PAGE.format(table=as_table(pd.DataFrame([_row(*one) for one in attacks.items()])))


def _with_text(folder: Path, text: str, raw: Path) -> Attack:
    path = folder / "attacked.toml"
    path.write_text(text, encoding="utf-8")
    return Attack.of(path, raw)


def _row(name: str, attack: Attack) -> dict[str, object]:
    told = attack.cells["told"].value_counts()
    election = attack.plans.campaign.election.model_copy(update={"basis": "kommun"})
    changed = {"top_k": 5, "election": election, "target_groups": {"invandrarbakgrund": 3.0}}
    campaign = attack.plans.campaign.model_copy(update=changed)
    other = Attack.on(attack.gathered, replace(attack.plans, campaign=campaign))
    lower = attack.at(max(5, attack.minimum // 2))
    return {
        "county": name,
        "limit": attack.minimum,
        "small": told.get("small", 0),
        "withheld beside": told.get("withheld", 0),
        "one run": len(attack.faults()),
        "other settings": len(attack.beside(other).faults()),
        "estimates": attack.estimates_apart(),
        "half the limit": len(lower.beside(attack).faults()),
        "both definitions": len(replace(attack, nested=True).faults()),
    }


def write_small_areas(raw: Path, *, areas: int, seed: int) -> Path:
    """Write a demo county of very small areas into `raw`, and return its campaign.

    People are so few that a DeSO has about a hundred, where a real one has 1,900.
    """
    published = published_figures()
    times = PERSONS_AN_AREA * areas / published["population"].sum()
    own = published.select_dtypes("number").drop(columns=["deso", "regso", "districts"])
    few = published.assign(**(own * times).round().astype(int))
    members = round(LO_MEMBERS * times)
    with (
        patch.object(county, "published_figures", lambda _: few),
        patch.object(people, "LO_MEMBERS", members),
        patch.object(people, "ADULTS", few["adults"].sum()),
    ):
        write_demo(raw, areas=areas, seed=seed)
    # The members of its associations are more than its people.
    shutil.rmtree(raw / "privat")
    text = (shipped_folder() / "groups" / "lo.toml").read_text(encoding="utf-8")
    (raw / "groups").mkdir()
    (raw / "groups" / "lo.toml").write_text(
        text.replace(f"count = {LO_MEMBERS}", f"count = {members}"), encoding="utf-8"
    )
    campaign = raw / "demo.toml"
    text = (shipped_folder() / campaign.name).read_text(encoding="utf-8")
    campaign.write_text(text.replace("draws = 2000", "draws = 50"), encoding="utf-8")
    return campaign
