"""Small demo counties with all tables, and with those that the real county has alone."""

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geoprio import pipeline
from geoprio.config import load_campaign, shipped_folder
from geoprio.demo import write_demo
from geoprio.demo.truth import FOLDER
from geoprio.groups import Joint
from geoprio.runs.outcome import Outcome
from geoprio.scores import PLACE, TARGETS, Figures, Located, compute_indicators
from geoprio.sources import load_source, read_source

ALL, LIKE_REAL = "all tables", "like real"
SETUPS = (ALL, LIKE_REAL)
SETS = ("regso_2020", "deso_2018")
GROUPS = ("unga", "lo", "kvinnor", "invandrarbakgrund")
"""What the digits of the truth's cells stand for."""
ELECTION, YEAR, CITY = "riksdag", 2022, "0180"
TOP_SHARE = 50 / 524
"""Of the real county's RegSO, those that are the first."""
INSTEAD = {'  "deso_2018",': '  "scb_deso_2018_wfs",', '  "stadsdel_2021",\n': ""}
"""Borders that the real county's campaign names and the demo has in another file."""
TENURES = {
    "hyresrätt": "rental",
    "bostadsrätt": "tenant_owned",
    "äganderätt": "owned",
    "uppgift saknas": "unknown",
}
AGES = {
    "-4": None,
    "5-9": None,
    "10-14": "age_0_14",
    "15-19": "age_15_19",
    "20-24": "age_20_24",
    "25-29": "age_25_29",
}


@dataclass(frozen=True)
class County:
    """One demo county whose truth is known, and what is computed of it in each set-up."""

    seed: int
    raw: Path
    outcomes: dict[str, Outcome]

    def level(self, setup: str, area_set: str) -> Located:
        """Return what is known of an area set."""
        levels = {level.area_set: level for level in self.outcomes[setup].levels}
        return levels[area_set]

    def cells(self, setup: str, area_set: str, base: str) -> pd.DataFrame:
        """Return the true joint table of a base, by area: persons.

        Immigrant background is what the set-up says that it is: born abroad where no more is known.
        """
        measure = self.level(setup, area_set).chosen.loc["invandrarbakgrund", "measure"]
        kind = "utrikesfodda-" if measure == "born_abroad_count" else ""
        table = pd.read_parquet(self.raw / FOLDER / f"grupper-{kind}{area_set}.parquet")
        table = table[table["base"] == base].set_index("area_code")
        return table.drop(columns="base").astype(float)

    def top_k(self, setup: str, area_set: str) -> int:
        """Return how many of the areas are the first."""
        outcome = self.outcomes[setup]
        areas, scored = len(self.level(setup, area_set).areas), len(outcome.levels[0].areas)
        return outcome.plans.campaign.first_of(areas, scored)

    def votes(self, area_set: str) -> pd.DataFrame:
        """Return the true votes; electors and votes cast are of those who live in each area."""
        votes = pd.read_parquet(self.raw / FOLDER / "val-deso_2018.parquet")
        votes = votes[(votes["year"] == YEAR) & (votes["election"] == ELECTION)]
        votes = votes.set_index("area_code").drop(columns=["year", "election"]).astype(float)
        votes["electors"] -= votes.pop("abroad")
        votes["votes_cast"] -= votes.pop("abroad_cast")
        if area_set == "deso_2018":
            return votes
        return votes.groupby(parents(self.raw)).sum().rename_axis("area_code")

    def truth(self, setup: str, area_set: str) -> pd.DataFrame:
        """Return the indicators as they truly are: of published counts, true groups and votes."""
        figures = self.level(ALL, area_set).figures
        figures = replace(figures, weights=self.level(setup, area_set).figures.weights)
        cells = self.cells(setup, area_set, f"electorate_{ELECTION}")
        return true_indicators(figures, cells, self.votes(area_set), groups=GROUPS)


def small_county(
    folder: Path, *, areas: int, seed: int, setups: tuple[str, ...] = SETUPS
) -> County:
    """Write a demo county into `folder` and compute it in each set-up."""
    write_demo(folder, areas=areas, seed=seed)
    return computed_county(folder, seed=seed, setups=setups)


def computed_county(raw: Path, *, seed: int, setups: tuple[str, ...] = SETUPS) -> County:
    """Return what is computed of a demo county's files, which must be the caller's own."""
    outcomes = {}
    top_k = max(1, round(TOP_SHARE * parents(raw).nunique()))
    for setup in setups:
        text = campaign_text(setup).replace("top_k = 50", f"top_k = {top_k}")
        if setup == LIKE_REAL:
            write_like_real(raw)
        path = raw / "check.toml"
        path.write_text(text, encoding="utf-8")
        outcomes[setup] = pipeline.outcome_of(load_campaign(path), path, raw)
    return County(seed, raw, outcomes)


def campaign_text(setup: str) -> str:
    """Return the demo's campaign, or the real county's made to read the demo's borders."""
    name = "demo.toml" if setup == ALL else "storstockholm.toml"
    text = (shipped_folder() / name).read_text(encoding="utf-8")
    for old, new in INSTEAD.items() if setup == LIKE_REAL else ():
        assert old in text
        text = text.replace(old, new)
    return text


def parents(raw: Path) -> pd.Series:
    """Return the RegSO of each DeSO."""
    key = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str, encoding="utf-8-sig")
    return key.set_index("DeSO_2018")["RegSOkod_2020"]


def write_like_real(raw: Path) -> None:
    """Write what the demo knows as the real county's own files have it, beside its other files.

    Residents by DeSO; birth, tenure and wages by RegSO under its name; ages by RegSO in the city
    alone. Ages of the other municipalities, borders and votes are there in both.
    """
    tables = {
        name: read_source(load_source(name, [shipped_folder()]), raw, county_code="01")
        for name in ("scb_tab6574_deso", "scb_tab6572_deso", "scb_tab6638_deso", "scb_tab6679_deso")
    }
    ages, birth, homes, incomes = tables.values()
    ages["population_count"].astype(int).rename("folkmangd_2023").rename_axis("deso").to_csv(
        raw / "deso2018-folkmangd-2023.csv", lineterminator="\n"
    )
    home = parents(raw)
    born = birth.groupby(home).sum()
    rows = {
        (code, kind, "totalt"): born.loc[code, column]
        for code in born.index
        for kind, column in (("Sverige", "born_in_sweden_count"), ("totalt", "population_count"))
    }
    _write_named(raw, "fodelseregion", ["födelseregion", "kön"], "Antal", rows)
    owned = homes.groupby(home).sum()
    rows = {
        (code, word): owned.loc[code, f"dwellings_{tenure}_count"]
        for code in owned.index
        for word, tenure in TENURES.items()
    }
    _write_named(raw, "lagenheter-upplatelseform", ["upplåtelseform"], "Antal", rows)
    grown = ages["population_count"] - ages["age_0_14_count"]
    earned = (incomes["net_income_mean_sek"] * grown).groupby(home).sum() / 1000
    mean = (earned / grown.groupby(home).sum()).round(1)
    rows = {(code, "löneinkomst", "totalt"): value for code, value in mean.items()}
    _write_named(
        raw, "loneinkomst", ["inkomstkomponent", "kön"], "Medelvärde för samtliga, tkr", rows
    )
    _write_city_ages(raw, ages.groupby(home).sum())


def _write_named(
    raw: Path, name: str, columns: list[str], measure: str, rows: dict[tuple[str, ...], float]
) -> None:
    key = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str, encoding="utf-8-sig")
    named = key.drop_duplicates("RegSOkod_2020").set_index("RegSOkod_2020")
    names = named["Kommunnamn"] + " (" + named["RegSO_2020"] + ")"
    table = [["region", *columns, f"{measure} 2023"]]
    table += [[names[code], *rest, f"{value:g}"] for (code, *rest), value in rows.items()]
    path = raw / f"regso2020-{name}-2020-2023.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(table)


def _write_city_ages(raw: Path, counts: pd.DataFrame) -> None:
    """Write residents of the city's RegSO by age and sex; who is 30 or over stands in one band."""
    data = []
    for code, row in counts[counts.index.str.startswith(CITY)].iterrows():
        cells = {("totalt", "1+2"): "population", ("totalt", "1"): "men", ("totalt", "2"): "women"}
        for age, name in AGES.items():
            cells |= {(age, "1+2"): name, (age, "2"): f"women_{name}" if name else None}
        data += [
            {
                "key": [f"{code}_RegSO2025", age, sex, "2024"],
                "values": [f"{row[f'{name}_count']:.0f}" if name else "0"],
            }
            for (age, sex), name in cells.items()
        ]
    kinds = {"Region": "d", "Alder": "d", "Kon": "d", "Tid": "t", "Folkmängden per region": "c"}
    columns = [{"code": code, "text": code, "type": kind} for code, kind in kinds.items()]
    text = json.dumps({"columns": columns, "comments": [], "data": data}, ensure_ascii=False)
    (raw / "regso2025-alder-kon-2024-demo.json").write_text(text, encoding="utf-8")


def copied(raw: Path, folder: Path) -> Path:
    """Return a copy of a county's files, to be written beside."""
    shutil.copytree(raw, folder)
    return folder


def true_indicators(
    figures: Figures, cells: pd.DataFrame, votes: pd.DataFrame, *, groups: Sequence[str]
) -> pd.DataFrame:
    """Return INDICATORS of what is true of the groups and votes; what is published stays.

    `cells` is the true joint table, persons, whose digits stand for `groups`; `votes` the true
    `electors`, `votes_cast`, `valid` and `votes_<party>` of each area's roll, from which the Swedes
    abroad (`abroad`, of whom `abroad_cast` voted) are taken out where they are told.
    """
    away = votes.reindex(columns=["abroad", "abroad_cast"]).fillna(0.0)
    votes = votes.assign(
        electors=votes["electors"] - away["abroad"],
        votes_cast=votes["votes_cast"] - away["abroad_cast"],
    )
    names = list(figures.located.shares.columns)
    digits = cells.columns.str[len("cell_") :]
    kept = ["".join(cell[groups.index(name)] for name in names) for cell in digits]
    people = cells.sum(axis=1)
    shares = cells.T.groupby(kept).sum().T.div(people.where(people > 0), axis=0)
    own = group_counts(cells, groups)[names].div(people.where(people > 0), axis=0)
    joint = Joint(shares=own, cells=shares, rounds=0, error=0.0, pairs={})
    known = replace(figures, votes=votes.add_suffix("_count"), joint=joint)
    return pd.concat([compute_indicators(known, kind) for kind in (PLACE, TARGETS)], axis=1)


def group_counts(cells: pd.DataFrame, groups: Sequence[str]) -> pd.DataFrame:
    """Return persons in each group by area, from `cell_0000` ... `cell_1111`: a digit per group."""
    digits = {name: cells.columns.str[len("cell_") + place] for place, name in enumerate(groups)}
    return pd.DataFrame(
        {name: cells.loc[:, digit == "1"].sum(axis=1) for name, digit in digits.items()}
    )
