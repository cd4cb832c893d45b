"""The electorates of every election, moved to an area set with their errors (METHOD 2 and 3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geoprio.areas import (
    KAPPA,
    Closer,
    CountTable,
    Crosswalk,
    Split,
    calibrate_nested,
    calibrate_split,
    find_way,
    ground_way,
    move_counts,
    move_errors,
    scale_to_parents,
    share_error,
    with_kappa,
)
from geoprio.counts.inventory import Gathered

LOCAL = ("kommun", "region")
"""Elections in which foreign citizens vote and Swedes abroad do not."""


@dataclass(frozen=True)
class Roll:
    """The electorate of one election in the areas of a set; NaN where unknown."""

    electors: pd.Series
    """Electors, moved from the polling districts."""
    se: pd.Series
    """Standard error of that, in persons."""
    foreign_share: pd.Series
    """Foreign citizens, of the electors (0-1)."""
    foreign_se: pd.Series
    abroad_share: pd.Series
    """Swedes abroad, of the electors (0-1): an estimate."""
    origin: str
    """Publisher and year, in words."""


@dataclass(frozen=True)
class Rolls:
    """The electorates of every election that the campaign's sources give."""

    by_election: Mapping[str, Roll]
    home: pd.Series
    """Municipality of each area."""

    @property
    def local(self) -> Roll | None:
        """The roll of those who live in the area and vote there, foreign citizens included."""
        return next((self.by_election[name] for name in LOCAL if name in self.by_election), None)

    def exceeding(self, election: str, people: pd.Series) -> list[str]:
        """Return the areas with more electors than people counted: other years, drawn borders."""
        over = self.by_election[election].electors > people
        return sorted(over.index[over])

    def capped(self, people: pd.Series) -> "Rolls":
        """Return the same with no more electors in an area than people counted there."""
        return replace(
            self,
            by_election={
                name: replace(roll, electors=roll.electors.clip(upper=people))
                for name, roll in self.by_election.items()
            },
        )

    def table(self) -> pd.DataFrame:
        """Return COUNTS of every election: electors, foreign citizens and Swedes abroad."""
        columns = {}
        for name, roll in self.by_election.items():
            columns[f"{name}_electors_count"] = roll.electors
            columns[f"{name}_electors_se_count"] = roll.se
            if name in LOCAL:
                columns[f"{name}_foreign_citizens_count"] = roll.electors * roll.foreign_share
            else:
                columns[f"{name}_swedes_abroad_count"] = roll.electors * roll.abroad_share
        return pd.DataFrame(columns).astype(float)


def living_here(
    votes: pd.DataFrame, abroad_share: pd.Series | float, abroad_turnout: float
) -> pd.DataFrame:
    """Return `votes` with those abroad taken out of the electors and of the votes cast.

    Swedes abroad (`abroad_share`, 0-1, of the electors) are on the roll where they once lived;
    `abroad_turnout` (0-1) of them vote. Votes by party are as they were: nobody counts theirs
    apart. Where their share is unknown, as in a European election, none is taken out.
    """
    electors, cast = votes["electors_count"], votes["votes_cast_count"]
    abroad = electors * pd.Series(abroad_share, electors.index).fillna(0.0)
    here = electors - abroad
    voted = (cast - abroad * abroad_turnout).clip(lower=0)
    return votes.assign(electors_count=here, votes_cast_count=voted)


def at_home_share(rolls: Rolls, election: str, adults: pd.Series) -> pd.Series:
    """Return the share (0-1) of an area's adults who vote there in an election.

    Those on the local roll are the municipality's share of its adults, since an area's moved roll
    strays far more from its adults than its own share does; citizens are that less the area's own
    share of foreign citizens. Without a local roll, the municipality's electors of its adults. NaN
    where the adults are unknown.
    """
    local = rolls.local
    roll = rolls.by_election[election]
    if local is None:
        at_home = roll.electors * (1 - roll.abroad_share.fillna(0))
        return _by_home(at_home, adults, rolls.home)
    share = _by_home(local.electors, adults, rolls.home)
    return share if election in LOCAL else share * (1 - local.foreign_share.fillna(0))


def _by_home(electors: pd.Series, adults: pd.Series, home: pd.Series) -> pd.Series:
    sums = pd.DataFrame({"electors": electors, "adults": adults}).groupby(home).sum(min_count=1)
    share: pd.Series = home.map(sums["electors"] / sums["adults"].where(sums["adults"] > 0))
    return share.clip(upper=1.0).where(adults.notna() | np.isnan(share))


ROLLS = "rolls_to_"
"""What the name of a fitted error of moved electors begins with; the area set follows."""
ELECTORS, FOREIGN = "electors_count", "foreign_citizens_count"
ROLL_COUNT, ABROAD_COUNT = "riksdag_electors_count", "riksdag_electors_abroad_count"


def find_rolls(
    area_set: str,
    gathered: Gathered,
    moves: Mapping[str, "Move"],
    *,
    tolerance: float,
    abroad_shares: Mapping[str, float],
) -> Rolls:
    """Return the electorates of the election year's elections in the areas of a set.

    Swedes abroad are counted where a file has them by polling district; else they are the riksdag's
    electors beyond the municipal ones who are citizens, and the campaign's share where foreign
    citizens are not counted.

    Parameters
    ----------
    moves
        From each set of polling districts; see `district_moves`.
    tolerance
        Share (0-1) of the electors that may be lost.
    abroad_shares
        Share (0-1) of the riksdag's electors who live abroad, where it cannot be counted, by
        county.
    """
    listed = _listed(gathered)
    moved, home = {}, _home(area_set, gathered)
    assumed = home.str[:2].map(abroad_shares)
    for election, item in listed.items():
        limit = tolerance * float(item.counts[ELECTORS].sum())
        moved[election] = move_counts(item.counts, moves[item.area_set].way, tolerance=limit)
    local = next((name for name in LOCAL if name in moved), None)
    rolls = {}
    for election, item in listed.items():
        counts, move = item.counts, moves[item.area_set]
        electors = moved[election][ELECTORS]
        away = abroad_by_district(gathered, item.area_set)
        abroad = _abroad(electors, moved.get(local or ""), election, assumed)
        foreign = foreign_se = electors * 0
        if election in LOCAL:
            there = _home(item.area_set, gathered).str[:2].map(abroad_shares)
            theirs = _foreign_citizens(counts, listed.get("riksdag"), away.fillna(there))
            foreign, foreign_se = move.share(theirs, counts[ELECTORS])
        elif election == "riksdag" and away.notna().any():
            counted = counts[ELECTORS] * away
            abroad = move.share(counted, counts[ELECTORS])[0].fillna(abroad)
        rolls[election] = Roll(
            electors=electors,
            se=move.count_errors(counts[[ELECTORS]])[ELECTORS],
            foreign_share=foreign,
            foreign_se=foreign_se,
            abroad_share=abroad,
            origin=item.origin,
        )
    return Rolls(rolls, home)


@dataclass(frozen=True)
class Move:
    """How counts of one set come to the areas of another, and how far they stray."""

    way: Crosswalk
    split: Split
    """The fitted error of moved counts."""
    residents: pd.Series
    """By code of the set that counts are moved from."""
    places: Crosswalk
    """The same way, with the error of where people live."""
    closer: Closer | None = None

    def count_errors(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Return the standard errors of counts when moved: of splits, and beside them.

        A source that hardly splits strays too, by the share sigma of what it gives; see
        `areas.calibration`. Where every source lies whole in its area, nothing strays.
        """
        pieces, targets = self.way.frame, self.way.targets
        sure = pieces.assign(weight_se=pieces["weight"] * self.split.sigma)
        beside = move_errors(counts, Crosswalk(frame=sure, targets=targets))
        errors: pd.DataFrame = (move_errors(counts, self.way) ** 2 + beside**2) ** 0.5
        return errors.where(self.way.shared, 0.0)

    def share(self, part: pd.Series, whole: pd.Series) -> tuple[pd.Series, pd.Series]:
        """Return the part's share (0-1) of the whole when both are moved, and its standard error.

        Log odds stray alike in all areas, so a share that is nearly none strays less:
        `p (1 - p) sigma`.
        """
        # Counts of two sources may put a part above its whole.
        inside = part.clip(upper=whole)
        ratio = (inside + 0.5) / (whole - inside + 0.5).where(whole > 0)
        odds = pd.Series(np.log(ratio), whole.index)
        pair = pd.DataFrame({"part_count": part, "whole_count": whole})
        reached = whole.index.difference(list(self.way.unmatched))
        moved = move_counts(pair.reindex(reached), self.way)
        everyone = moved["whole_count"]
        share = (moved["part_count"] / everyone.where(everyone > 0)).clip(0, 1)
        return share, share * (1 - share) * share_error(odds, whole, self.places, self.closer)


def district_moves(gathered: Gathered, area_set: str) -> dict[str, Move]:
    """Return by set of polling districts the move to an area set; elections of a day share one."""
    sets = {item.source.area_set for item in gathered.results.values()}
    return {districts: district_move(gathered, districts, area_set) for districts in sets}


def district_move(gathered: Gathered, districts: str, area_set: str) -> Move:
    """Return the move from a set of polling districts to an area set."""
    splits, atlas = gathered.splits, gathered.atlas
    fitted = [split for name, split in splits.items() if name.startswith(ROLLS)]
    split = splits.get(f"{ROLLS}{area_set}", fitted[0] if fitted else splits["to_areas"])
    # Electors moved with residents as control are as many as the residents, whoever lives in which
    # piece: how far that strays is told by residents moved without.
    kappa = splits["to_districts"].kappa
    closer = None
    if area_set in atlas.nested:
        base = find_way(atlas, districts, atlas.base, kappa=kappa)
        closer = Closer(base, atlas.nested[area_set])
    way = find_way(atlas, districts, area_set, kappa=split.kappa)
    people = atlas.population.rename("population_count").to_frame()
    there = move_counts(people, find_way(atlas, atlas.base, districts))["population_count"]
    return Move(way, split, there, with_kappa(way, kappa), closer)


def abroad_by_district(gathered: Gathered, districts: str) -> pd.Series:
    """Return Swedes abroad, of the riksdag's electors (0-1), by district; NaN where not counted."""
    codes = gathered.atlas.sets[districts].index
    table = _counted_there(gathered, districts, ABROAD_COUNT)
    if table is None:
        return pd.Series(np.nan, codes)
    roll = table.counts[ROLL_COUNT]
    return (table.counts[ABROAD_COUNT] / roll.where(roll > 0)).reindex(codes)


def _counted_there(gathered: Gathered, districts: str, column: str) -> CountTable | None:
    """Return the first table of a set of polling districts that has a column."""
    tables = (table for table in gathered.tables if table.area_set == districts)
    return next((table for table in tables if column in table.counts), None)


@dataclass(frozen=True)
class _Listed:
    """Who is on the roll of an election in each polling district."""

    counts: pd.DataFrame
    """`ELECTORS`, and `FOREIGN` where they are counted apart."""
    area_set: str
    origin: str


def _listed(gathered: Gathered) -> dict[str, _Listed]:
    """Return the rolls of the elections that have results, and of local ones that are listed only.

    A table by kind of election tells who is on the local roll where the campaign has the results of
    the riksdag alone, and who of it are foreign citizens where the results do not.
    """
    found = {}
    for election, item in gathered.results.items():
        frame = item.frame.loc[~item.frame["unassigned"]]
        found[election] = _Listed(_electors(frame), item.source.area_set, item.origin)
    for election in LOCAL:
        for districts in sorted({item.source.area_set for item in gathered.results.values()}):
            column = f"{election}_{ELECTORS}"
            table = _counted_there(gathered, districts, column)
            # Where no region is elected nobody is on its roll.
            if table is None or not (table.counts[column] > 0).any():
                continue
            own = _electors(table.counts.drop(columns=ELECTORS, errors="ignore"), column)
            listed = found.setdefault(election, _Listed(own, districts, table.origin))
            if FOREIGN not in listed.counts and FOREIGN in own and listed.area_set == districts:
                foreign = own[FOREIGN].reindex(listed.counts.index)
                counts = listed.counts.assign(**{FOREIGN: foreign})
                found[election] = replace(listed, counts=counts)
    return found


def _electors(frame: pd.DataFrame, column: str = ELECTORS) -> pd.DataFrame:
    named = frame.rename(columns={column: ELECTORS})
    return named[[name for name in (ELECTORS, FOREIGN) if name in named]]


def _foreign_citizens(
    counts: pd.DataFrame, riksdag: _Listed | None, abroad_share: pd.Series
) -> pd.Series:
    """Return the foreign citizens of each district's electors in a local election.

    Where they are not counted apart: the electors beyond the riksdag's, Swedes abroad taken out.
    """
    if FOREIGN in counts:
        return counts[FOREIGN]
    if riksdag is None:
        return counts[ELECTORS] * np.nan
    roll = riksdag.counts[ELECTORS]
    citizens = roll * (1 - abroad_share.reindex(roll.index))
    return (counts[ELECTORS] - citizens.reindex(counts.index)).clip(lower=0)


def _abroad(
    electors: pd.Series, local: pd.DataFrame | None, election: str, assumed: pd.Series
) -> pd.Series:
    if election in LOCAL:
        return electors * 0
    if election != "riksdag":
        return electors * np.nan
    if local is None or FOREIGN not in local:
        return electors * 0 + assumed
    citizens = local[ELECTORS] - local[FOREIGN]
    return ((electors - citizens) / electors.where(electors > 0)).clip(0, 1)


def _home(area_set: str, gathered: Gathered) -> pd.Series:
    home: pd.Series = gathered.atlas.sets[area_set]["municipality_code"].rename(None)
    return home


ELECTION = "kommun"
"""Its electorate is nearest to the residents, who are the count known on both sides."""

PEOPLE = ("adults_count", "population_count")
"""What moved electors are held against, the best first."""

FEWEST = 30
"""Areas below which nothing can be fitted; the errors that geoprio comes with then stand."""


def calibrate(gathered: Gathered) -> Mapping[str, Split]:
    """Return the fitted errors `to_areas`, `to_districts` and `nested` (METHOD 2).

    Municipal electors, scaled to each municipality's residents, are moved and held against what is
    known on the other side. `nested` splits the residents of larger areas by the smaller ones'
    ground alone. `rolls_to_<set>` is the error of the very way that electors are moved by, with
    residents as control: held against the adults, else the residents. Where the campaign has no
    municipal electors, or too few areas, the errors that geoprio comes with stand for the first
    two.
    """
    atlas = gathered.atlas
    listed = _listed(gathered).get(ELECTION)
    if listed is None or len(atlas.population) < FEWEST:
        return {name: Split(KAPPA, pd.DataFrame()) for name in ("to_areas", "to_districts")}
    districts, electors = listed.area_set, listed.counts[ELECTORS]
    people = atlas.population.rename("population_count")
    towns = (_municipality(electors), _municipality(people))
    scaled = scale_to_parents(electors, people, towns)
    # Residents may not be the control here: they are what the moved count is held against.
    to_areas = ground_way(atlas, districts, atlas.base)
    to_districts = find_way(atlas, atlas.base, districts)
    return {
        "to_areas": calibrate_split(
            scaled, people, to_areas, density=people / atlas.sets[atlas.base].area
        ),
        "to_districts": calibrate_split(
            people,
            scaled,
            to_districts,
            density=scaled / atlas.sets[districts].area,
            scaled="truth",
        ),
        "nested": calibrate_nested(
            next(iter(atlas.nested.values())), people, atlas.sets[atlas.base].area
        ),
        **_rolls(gathered, electors, districts),
    }


def _rolls(gathered: Gathered, electors: pd.Series, districts: str) -> dict[str, Split]:
    """Return the error of moved electors in the base set and in the larger ones, set by set."""
    atlas = gathered.atlas
    fitted = {}
    for name in (atlas.base, *atlas.nested):
        truth = _counted(gathered, name)
        if len(truth) < FEWEST:
            continue
        towns = (_municipality(electors), _municipality(truth))
        fitted[f"{ROLLS}{name}"] = calibrate_split(
            scale_to_parents(electors, truth, towns),
            truth,
            find_way(atlas, districts, name),
            density=truth / atlas.sets[name].area,
        )
    return fitted


def _counted(gathered: Gathered, area_set: str) -> pd.Series:
    """Return the adults of a set's areas, or the residents where not all adults are known."""
    atlas = gathered.atlas
    known = gathered.published[area_set][0]
    whole = [name for name in PEOPLE if name in known and known[name].notna().all()]
    counted: pd.Series = known[whole[0]] if whole else atlas.residents.reindex(known.index)
    return counted


def _municipality(counts: pd.Series) -> pd.Series:
    return counts.index.str[:4].to_series(index=counts.index)
