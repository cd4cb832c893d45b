"""Reads everything that a run wrote, as an attacker would, into bounds on the sensitive counts."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
from python_calamine import CalamineWorkbook

from geoprio.groups import Nest
from geoprio.groups.disclosure import NO_LIMIT, _holds, count_gaps
from geoprio.scores import Located
from geoprio.tables import NO_ELECTION
from geoprio.words import text
from tests.groups.attack import Known
from tests.unpacked import payload_of

BIRTH = {"invandrarbakgrund": ("population_count", "born_in_sweden_count", "born_abroad_count")}
"""Tables of residents that would bound a group's count from below: residents, born in Sweden,
born abroad."""
MEASURED = {"invandrarbakgrund": "foreign_background_count"}
LABELS = {"invandrarbakgrund": "Invandrarbakgrund", "lo": "LO-medlemmar"}
BASIS, LOCAL = "riksdag", "kommun"
PEOPLE = {"residents": "population_count", "adults": "adults_count"}


@dataclass(frozen=True)
class Control:
    """The nested sets of a run, and what it withheld of each group, sets in no file included."""

    nest: Nest
    hidden: Mapping[str, np.ndarray]


class Findings:
    """Bounds on one group's count in each area of one set, ever narrower."""

    def __init__(self, codes: pd.Index, base: pd.Series) -> None:
        self.low = pd.Series(0.0, codes)
        self.high = base.reindex(codes).astype(float)

    def add(self, values: pd.Series, slack: pd.Series | float) -> None:
        """Take in figures that are printed, and how far rounding may have moved them."""
        known = values.dropna().astype(float)
        around = slack if isinstance(slack, float) else slack.reindex(known.index)
        self.between(known - around, known + around)

    def between(self, low: pd.Series, high: pd.Series) -> None:
        """Take in ends that counts lie between."""
        self.low = np.maximum(self.low, low.reindex(self.low.index).fillna(0.0))
        self.high = np.minimum(self.high, high.reindex(self.high.index).fillna(np.inf))


def read_set(
    out: Path, area_set: str, group: str, *, election: str, minimum_count: int
) -> Findings:
    """Return what the files of a run tell of a group in one area set, in one electorate.

    The groups' own bases (`election` is none) are in frames alone, not in the map and the ranking.
    """
    frames = {
        kind: pd.read_parquet(next(out.rglob(f"{area_set}_{kind}.parquet")))
        for kind in ("counts", "electorates", "groups")
    }
    rows = of_group(frames["groups"], group, election)
    if election == NO_ELECTION:
        # A gap in the adults is filled in two ways: the count stands on the larger at most.
        base = frames["counts"][PEOPLE[rows["base"].iloc[0]]]
        base = np.maximum(base, (rows["count"] / rows["share"]).reindex(base.index).fillna(0))
    else:
        base = frames["electorates"][f"{election}_electors_count"]
    found = Findings(base.index, base)
    _read_groups(found, rows, base, minimum_count)
    if election == NO_ELECTION:
        _read_counts(found, frames["counts"], group)
        return found
    if election == BASIS:
        local = of_group(frames["groups"], group, LOCAL)
        read_local_election(found, rows, local, frames["electorates"])
        for shares in (_map_shares(out, area_set, group), _package_shares(out, area_set, group)):
            _read_shares(found, shares, base)
        for table in (_csv_table(out), _workbook_table(out)):
            _read_ranking(found, table, group, base, minimum_count)
    return found


def read_siblings(found: Findings, rows: pd.DataFrame, base: pd.Series, parents: pd.Series) -> None:
    """Work out what is withheld of areas that have their parent's share: a sibling tells it."""
    prorated = rows[rows["method"] == "prorated"]
    parent = parents.reindex(prorated.index)
    told = prorated["share"].groupby(parent).transform("max")
    hidden = prorated["share"].isna()
    found.add((told * base.reindex(prorated.index))[hidden], 1e-6)


def read_local_election(
    found: Findings, rows: pd.DataFrame, local: pd.DataFrame, electorates: pd.DataFrame
) -> None:
    """Work out what is withheld of citizens, where the election of all who live there is shown.

    `p = max(0, (p' - f) / (1 - f))`, with f the foreign citizens of the local roll: an estimate of
    the estimate, so a twentieth and one person are given for what it leaves out.
    """
    told = local["share"][rows["count"].reindex(local.index).isna() & local["share"].notna()]
    everyone = electorates[f"{LOCAL}_electors_count"].reindex(told.index)
    foreign = electorates[f"{LOCAL}_foreign_citizens_count"].reindex(told.index) / everyone
    share = ((told - foreign) / (1 - foreign)).clip(lower=0)
    count = share * electorates[f"{BASIS}_electors_count"].reindex(told.index)
    found.add(count, 0.05 * count + 1)


def _read_groups(found: Findings, rows: pd.DataFrame, base: pd.Series, minimum_count: int) -> None:
    found.add(rows["count"], 1e-6)
    found.add(rows["share"] * base.reindex(rows.index), 1e-6)
    found.between(rows["low"], rows["high"])
    few = rows.index[rows["shown"] == "small"]
    found.between(pd.Series(0.0, few), pd.Series(float(minimum_count), few))


def _read_counts(found: Findings, counts: pd.DataFrame, group: str) -> None:
    if MEASURED.get(group) in counts:
        found.add(counts[MEASURED[group]], 1e-6)
    whole, native, abroad = BIRTH.get(group, ("", "", ""))
    if native in counts:
        found.between(counts[whole] - counts[native], counts[whole])
    if abroad in counts:
        found.between(counts[abroad], counts[whole])


def _read_shares(found: Findings, values: pd.DataFrame, base: pd.Series) -> None:
    """Take in a share with its interval's ends, each rounded to four decimals."""
    people = base.reindex(values.index)
    found.add(values["value"] * people, 0.00005 * people + 1e-6)
    ends = values[["low", "high"]].dropna()
    found.between((ends["low"] - 0.00005) * people, (ends["high"] + 0.00005) * people)


def _map_shares(out: Path, area_set: str, group: str) -> pd.DataFrame:
    payload = payload_of(next(out.rglob("index.html")).read_text(encoding="utf-8"))
    level = next(one for one in payload["levels"] if one["key"] == area_set)
    return pd.DataFrame(
        {role: level["values"][group][role] for role in ("value", "low", "high")},
        index=level["codes"],
        dtype=float,
    )


def _package_shares(out: Path, area_set: str, group: str) -> pd.DataFrame:
    frame = pyogrio.read_dataframe(next(out.rglob("*.gpkg")), layer=area_set, read_geometry=False)
    columns = {
        f"{group}_share": "value",
        f"{group}_low_share": "low",
        f"{group}_high_share": "high",
    }
    return frame.set_index("area_code")[list(columns)].rename(columns=columns).astype(float)


def _csv_table(out: Path) -> pd.DataFrame:
    content = next(out.rglob("ranking.csv")).read_bytes()
    return pd.read_csv(io.BytesIO(content), sep=";", encoding="utf-8-sig", dtype=str)


def _workbook_table(out: Path) -> pd.DataFrame:
    book = CalamineWorkbook.from_path(next(out.rglob("ranking.xlsx")))
    sheet = book.get_sheet_by_name(text("sheet_ranking", "sv"))
    head, *rows = sheet.to_python(skip_empty_area=False)[3:]
    table = pd.DataFrame(rows, columns=head, dtype=object)
    return table.where(table != "").map(str, na_action="ignore")


def _read_ranking(
    found: Findings, table: pd.DataFrame, group: str, base: pd.Series, minimum_count: int
) -> None:
    table = table.set_index("områdeskod")
    table = table[table.index.isin(found.low.index)]
    own = table.filter(regex=f"^{LABELS[group]}: ")
    count = own.filter(regex="antal$").iloc[:, 0]
    found.add(pd.to_numeric(count, errors="coerce"), 0.5)
    few = count.index[count == f"färre än {minimum_count}"]
    found.between(pd.Series(0.0, few), pd.Series(float(minimum_count), few))
    percent = own.filter(regex="procent").iloc[:, 0].str.replace(",", ".").astype(float)
    people = base.reindex(percent.index)
    found.add(percent / 100 * people, 0.0005 * people + 1e-6)


def attack(
    out: Path,
    levels: Mapping[str, Located],
    control: Control,
    group: str,
    *,
    overview: Located | None = None,
    minimum_count: int,
    election: str = BASIS,
) -> tuple[Known, np.ndarray]:
    """Return all that is found of a group in one electorate, and the true counts.

    Totals of larger sets, which no file has, are given away as far as they are not withheld: in an
    electorate, every total above a withheld count is.
    """
    nest, hidden = control.nest, control.hidden[group]
    if election != NO_ELECTION:
        hidden = hidden | _holds(nest.tree, hidden)
    seen = levels if overview is None else {**levels, overview.area_set: overview}
    truth = pd.concat(
        {name: of_group(level.groups, group, election)["count"] for name, level in seen.items()}
    )
    counts, _ = nest.lay_out(truth, places_of(nest, truth))
    low, high = np.where(hidden, 0.0, counts), np.where(hidden, NO_LIMIT, counts)
    for name in levels:
        found = read_set(out, name, group, election=election, minimum_count=minimum_count)
        if election == NO_ELECTION and name in nest.parents:
            rows = of_group(levels[name].printed, group, election)
            size = levels[name].groups.pipe(of_group, group, election)
            read_siblings(found, rows, size["count"] / size["share"], nest.parents[name])
        own = nest.places(np.repeat(name, len(found.low)), found.low.index.to_numpy())
        low[own], high[own] = found.low, found.high
    if overview is not None:
        found = _read_overview(out, overview, group, election=election, minimum_count=minimum_count)
        own = nest.places(np.repeat(overview.area_set, len(found.low)), found.low.index.to_numpy())
        low[own], high[own] = np.maximum(low[own], found.low), np.minimum(high[own], found.high)
    return Known(low, high, count_gaps(nest.tree, counts)), counts


def _read_overview(
    out: Path, level: Located, group: str, *, election: str, minimum_count: int
) -> Findings:
    """Return what the frames, the map and its package tell of the municipalities."""
    groups, counts = (
        pd.read_parquet(next(out.rglob(f"{level.area_set}_{kind}.parquet")))
        for kind in ("groups", "counts")
    )
    rows = of_group(groups, group, election)
    if election == NO_ELECTION:
        base = counts[PEOPLE[rows["base"].iloc[0]]]
    else:
        base = level.rolls.by_election[election].electors.reindex(level.areas.index)
    found = Findings(base.index, base)
    _read_groups(found, rows, base, minimum_count)
    if election == NO_ELECTION:
        _read_counts(found, counts, group)
        return found
    for shares in (_map_shares, _package_shares) if election == BASIS else ():
        _read_shares(found, shares(out, level.area_set, group), base)
    return found


def of_group(frame: pd.DataFrame, group: str, election: str) -> pd.DataFrame:
    """Return one group's rows in one electorate."""
    return frame[(frame["group"] == group) & (frame["election"] == election)]


def places_of(nest: Nest, values: pd.Series) -> np.ndarray:
    """Return the places of values by area set and code."""
    return nest.places(*(values.index.get_level_values(n).to_numpy() for n in (0, 1)))
