"""Whom an edition of the mailing reaches in each area, and how sure that is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geoprio.config import Brief, Campaign, Election, Group, MailingEdition
from geoprio.errors import ConfigError
from geoprio.groups import Joint, for_election, intensity, shares_by_group
from geoprio.groups.alignment import at_home
from geoprio.groups.joint import Whole, fit_together
from geoprio.scores import Located, intensity_parts, together

LEAST_SPREAD = 0.02
"""Electors per adult: areas are never taken to be more alike than this beside their trend."""
ROUNDS = 50
LEAST_CELL = 1e-9
"""Share of an electorate: what none of it is may still be of another's."""
CELL = "joint_{}_share"


@dataclass(frozen=True)
class Grounds:
    """What editions are chosen by: made of what is printed alone, as a run keeps it."""

    campaign: Campaign
    frames: Mapping[str, pd.DataFrame]
    """Of the scored set, by kind: `groups` (as printed), `joint`, `electorates`, `votes`, `counts`,
    `indicators`, `errors`, `scores` and `areas` (whose each is)."""
    seed: pd.Series
    """By cell, the table whose odds ratios the joint table of any election has."""
    groups: Mapping[str, Group]
    locating: tuple[str, ...]
    """Groups that count where an edition names none: those that everyone is, everywhere, do not."""

    @classmethod
    def of(cls, plans: Brief, level: Located, seed: pd.Series) -> "Grounds":
        """Return what a scored set gives to choose by."""
        frames = {
            "groups": level.printed,
            "joint": level.joint.cells.rename(columns=CELL.format),
            "electorates": level.rolls.table(),
            "votes": level.roll,
            "counts": level.counts,
            "indicators": level.indicators,
            "errors": level.errors,
            "scores": pd.concat(level.scores.values()),
            "areas": pd.DataFrame(level.areas[["municipality_code", "association"]]),
        }
        return cls(plans.campaign, frames, seed, plans.groups, tuple(plans.locating))

    @property
    def whole(self) -> Whole:
        """How the groups overlap in the counties."""
        return Whole.of(self.seed, self.campaign, self.groups)

    def election_of(self, edition: MailingEdition) -> Election:
        """Return the election that an edition is for."""
        return edition.election or self.campaign.election.basis


@dataclass(frozen=True)
class Reach:
    """The areas of the scored set as one edition sees them."""

    areas: pd.DataFrame
    """`households_count`, `electors_count`, `electors_se`, `target_persons_count` and
    `target_share_se` by area; NaN where unknown."""
    shares: pd.DataFrame
    """Share (0-1) of each of its target groups by area."""
    parts: pd.DataFrame
    """What each group's error gives of `target_share_se` by area, apart from `common`."""
    common: pd.DataFrame
    """What all areas have in common of it: they are off together."""
    counted: Sequence[str]
    """Groups whose number in each municipality is a count."""
    summed: bool
    """Whether the counties' table tells how many target persons all areas have together."""


def edition_reach(grounds: Grounds, edition: MailingEdition) -> Reach:
    """Return whom an edition reaches.

    Raises
    ------
    ConfigError
        No source gives the electorate of the edition's election.
    """
    frames, election = grounds.frames, grounds.election_of(edition)
    electors, se = _electors(grounds, election)
    joint = _joint(grounds, election, electors)
    rows = for_election(frames["groups"], election)
    names = list(edition.target_groups or grounds.locating)
    weights = dict.fromkeys(names, 1.0)
    located = intensity(joint, dict.fromkeys(grounds.locating, 1.0), combine="any")
    share = intensity(joint, weights, combine="any")
    parts = intensity_parts(joint, _errors(rows, joint), weights, combine="any")
    guessed = set(rows["group"][rows["method"].isin(["synthetic", "proxy"])])
    summed = grounds.whole.outside in names and set(names) <= set(grounds.whole.counted)
    alike = _common(grounds, joint, electors, () if summed else guessed)
    common = intensity_parts(joint, alike, weights, combine="any")
    adults = frames["counts"].get("adults_count", pd.Series(np.nan, electors.index))
    steadied = steady_electors(electors, se, adults, located)
    areas = steadied.assign(
        households_count=frames["indicators"]["households_count"],
        target_persons_count=steadied["electors_count"] * share,
        target_share_se=together(parts),
    )
    # Of another electorate than the tables' own nobody has counted a municipality's groups.
    known = election == grounds.campaign.election.basis
    return Reach(
        areas,
        joint.shares[names],
        (parts**2 - common**2).clip(lower=0) ** 0.5,
        common,
        counted=[str(name) for name in parts if known and name not in guessed],
        summed=summed,
    )


def _errors(rows: pd.DataFrame, joint: Joint) -> pd.DataFrame:
    """Return the standard errors of the groups' shares, areas x groups."""
    wide = rows.set_index("group", append=True)["share_se"].unstack()  # noqa: PD010
    errors = wide.reindex(index=joint.shares.index, columns=joint.shares.columns)
    # An estimate without a known error is not exact: as far off as the groups with one at most.
    return errors.fillna(errors.max()).fillna(0.0)


def _common(
    grounds: Grounds, joint: Joint, electors: pd.Series, guessed: Collection[str]
) -> pd.DataFrame:
    """Return the errors of shares (0-1) that are of a figure of the whole county, by group.

    That of the county's total, and that of what is assumed of its minors, who are no electors: one
    elector more in the group for each minor fewer.
    """
    counts = grounds.frames["counts"]
    minors = (counts["population_count"] - counts["adults_count"]).clip(lower=0) / electors
    errors = 0.0 * joint.shares
    for name, group in grounds.groups.items():
        rules = [measure.minors for measure in group.measures if measure.minors is not None]
        if name in guessed and group.total is not None:
            errors[name] = joint.shares[name] * group.total.cv
        elif rules:
            errors[name] = minors * rules[0].county_sd
    return errors.fillna(0.0)


def summed_error(reaches: Mapping[str, Reach], met: pd.DataFrame) -> float:
    """Return the standard error of how many target persons are met in all, by the shares' errors.

    Errors of areas are independent, but for those that all areas have in `common`, which add up,
    and for what is counted: of groups that are in each municipality, and of all target persons
    where the counties' table tells how many they are, what one area has too few another has too
    many. So of what is met with weights x and an electorate with weights s, in standard errors,
    `sum x^2 - (sum x s)^2 / sum s^2` is left.

    Parameters
    ----------
    reaches
        By election; areas with their `municipality_code`. Those of the first say how alike they
        are: an area's errors are the same in each.
    met
        Electors met, areas x elections; 0 where nobody is.
    """
    first = next(iter(reaches.values()))
    persons = {str(name): own for name, own in met.items()}
    each = [reaches[name].parts.mul(own, axis=0).fillna(0.0) for name, own in persons.items()]
    alike = [reaches[name].common.mul(own, axis=0).sum() for name, own in persons.items()]
    off = pd.DataFrame(np.sum(each, axis=0), first.parts.index, first.parts.columns)
    everyone = first.parts.mul(first.areas["electors_count"], axis=0)
    # An only area is not known the better for being its municipality.
    town = first.areas["municipality_code"].where(lambda code: code.duplicated(keep=False))
    held = [name for name in first.counted if all(name in reaches[it].counted for it in persons)]
    pair = [(off * everyone)[held], everyone[held] ** 2]
    if first.summed:
        town = pd.Series("", town.index)
        pair = [(off * everyone).sum(axis=1).to_frame(), (everyone**2).sum(axis=1).to_frame()]
    sums, squares = (frame.groupby(town).sum() for frame in pair)
    known = (sums**2 / squares.where(squares > 0)).sum().sum()
    apart = max((off**2).sum().sum() - known, 0.0)
    return float((apart + (np.sum(alike, axis=0) ** 2).sum()) ** 0.5)


def _electors(grounds: Grounds, election: str) -> tuple[pd.Series, pd.Series]:
    """Return the electors of an election who live in each area, and the standard error."""
    frames, known = grounds.frames, grounds.frames["electorates"]
    abroad = _abroad(grounds, election)
    if election == grounds.campaign.election.basis:
        return frames["votes"]["electors_count"] - abroad, frames["errors"]["electors_count"]
    if f"{election}_electors_count" not in known:
        ending = "_electors_count"
        names = map(str, known.filter(regex=f"{ending}$"))
        there = ", ".join(name.removesuffix(ending) for name in names)
        raise ConfigError("election_without_electorate", election=election, there=there)
    return known[f"{election}_electors_count"] - abroad, known[f"{election}_electors_se_count"]


def _abroad(grounds: Grounds, election: str) -> pd.Series:
    """Return the Swedes abroad on the roll of each area; 0 where none are known."""
    known = grounds.frames["electorates"]
    nobody = pd.Series(0.0, known.index)
    return known.get(f"{election}_swedes_abroad_count", nobody).fillna(0.0)


def _joint(grounds: Grounds, election: str, electors: pd.Series) -> Joint:
    """Return the groups' joint table of those who have a vote in an election and live there."""
    campaign, cells = grounds.campaign, grounds.frames["joint"]
    names, own = list(campaign.target_groups), cells.set_axis(grounds.seed.index, axis=1)
    shares = shares_by_group(for_election(grounds.frames["groups"], election))
    if election == campaign.election.basis:
        # Known where a group is withheld too.
        belongs = [[digit == "1" for digit in str(cell)] for cell in own]
        shares = pd.DataFrame(own.to_numpy(float) @ np.array(belongs), own.index, names)
    abroad = _abroad(grounds, election)
    away = (abroad / (electors + abroad).where(electors > 0)).fillna(0.0)
    home = pd.DataFrame(
        {
            name: at_home(shares[name].reindex(own.index), away, grounds.groups[name].alignment)
            for name in names
        }
    )
    # What two-way tables tell of an area holds of each of its electorates; where none of one is in
    # a cell some of another may be.
    seed = own.clip(lower=LEAST_CELL).fillna(1.0)
    return fit_together(home, electors, grounds.whole, seed=seed)


def steady_electors(
    electors: pd.Series, se: pd.Series, adults: pd.Series, share: pd.Series
) -> pd.DataFrame:
    """Return the electorate of each area, drawn towards what its adults tell (empirical Bayes).

    An electorate that is moved from polling districts is wrong by a tenth or more in a small area,
    and a choice of the areas with most target persons for each household would be one of the areas
    whose electorate was moved wrongly upwards. Residents are counted. Electors per adult follow the
    share of target persons in a straight line (fewer of those born abroad are citizens), fitted
    with areas' errors as weights; what areas differ beside the line, by moments, says how far each
    is drawn to it.

    Parameters
    ----------
    electors, se
        Electorate of each area with its standard error, in persons.
    adults
        Residents who are adults; an area where they are unknown keeps its electorate.
    share
        Share (0-1) of target persons.

    Returns
    -------
    electorate
        `electors_count` and `electors_se` by area; the county's total is as it was.
    """
    known = (adults > 0) & electors.notna() & share.notna()
    own = electors[known] / adults[known]
    variance = (se[known].fillna(0.0) / adults[known]) ** 2
    if known.sum() < 3 or not (variance > 0).any():
        return pd.DataFrame({"electors_count": electors, "electors_se": se.fillna(0.0)})
    line, spread = _trend(own, variance, share[known])
    weight = spread / (spread + variance)
    steadied = adults[known] * (weight * own + (1 - weight) * line)
    steadied *= electors[known].sum() / steadied.sum()
    error = adults[known] * (weight * variance) ** 0.5
    return pd.DataFrame(
        {
            "electors_count": steadied.reindex(electors.index).fillna(electors),
            "electors_se": error.reindex(electors.index).fillna(se).fillna(0.0),
        }
    )


def _trend(own: pd.Series, variance: pd.Series, share: pd.Series) -> tuple[pd.Series, float]:
    """Return the line through the areas, and the variance of what they differ from it in truth."""
    table = np.column_stack([np.ones(len(own)), share])
    spread = LEAST_SPREAD**2
    line = pd.Series(0.0, own.index)
    for _ in range(ROUNDS):
        weight = 1 / (spread + variance)
        scaled = table * weight.to_numpy()[:, None]
        line = pd.Series(table @ np.linalg.lstsq(scaled.T @ table, scaled.T @ own)[0], own.index)
        found = float((weight**2 * ((own - line) ** 2 - variance)).sum() / (weight**2).sum())
        before, spread = spread, max(found, LEAST_SPREAD**2)
        if abs(spread - before) < 1e-9:
            break
    return line, spread
