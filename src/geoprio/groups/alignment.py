"""From those who are counted to those who may vote, in every election (METHOD 3).

A count of adults says little by itself of the electorate: some adults may not vote, and Swedes
abroad are on the riksdag's roll. With f the share of adults who may not vote where they live, and
q the group's share of them, `p' = (p - f q) / (1 - f)`; q follows from the group's log odds ratio,
which the TOML gives with its spread and source. What is moved is the roll; the share is made here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import log1p, log_ndtr, ndtr

from geoprio.config import Alignment, Group, Measure, Minors
from geoprio.counts import LOCAL, Evidence, Roll, Rolls
from geoprio.counts.electorates import at_home_share
from geoprio.counts.figures import MOVED, OWN
from geoprio.groups.measures import (
    ADULTS,
    ENOUGH,
    RESIDENTS,
    Z90,
    Held,
    base_error,
    base_size,
    both_errors,
    choose_measure,
    column_of,
    held_of,
    own_error,
    spread_of,
    with_interval,
)
from geoprio.tables import GROUPS, NO_ELECTION, check

_STEPS, _WIDEST = 60, 15.0
"""Of bisections of log odds."""
_TURNS = 6
"""Each takes the error times the share who live abroad, a few in a hundred."""
_LOG_ROOT = np.log(np.sqrt(2 * np.pi))


Estimate = tuple[pd.Series, pd.Series]
"""Persons, or a share (0-1) of them, by area, and its standard error."""


def adults_of(
    outside: pd.Series,
    residents: pd.Series,
    adults: Estimate,
    *,
    rule: Minors,
    county: pd.Series | None = None,
) -> Estimate:
    """Return the adults of the group, from tables without ages; `outside` are of all ages.

    Minors outside the group in area i are `minors_i * s_i`, with `logit s_i = logit(outside_i /
    residents_i) + d`: children are as their neighbours, and the county's minors are outside by the
    share that `rule` says (which gives d). An area's log odds stray by `rule.sd / (s (1 - s))`.
    Each county has a d of its own; without `county` all areas are of one.
    """
    grown, grown_se = adults
    minors = (residents - grown).clip(lower=0)
    ratio = (outside / residents.where(residents > 0)).clip(1e-6, 1 - 1e-6)
    level = pd.Series(np.log(ratio / (1 - ratio)), index=ratio.index)
    codes = pd.Series("", level.index) if county is None else county
    shift = pd.concat(
        [
            pd.Series(_shift(level[own], minors[own], rule.outside_share), own)
            for own in codes.groupby(codes).groups.values()
        ]
    ).reindex(level.index)
    share = 1 / (1 + np.exp(-(level + shift)))
    minors_outside = np.minimum(minors * share, outside)
    inside = (grown - (outside - minors_outside)).clip(lower=0)
    chance = minors * share * (1 - share)
    straying = rule.sd / (rule.outside_share * (1 - rule.outside_share))
    variance = chance + (chance * straying) ** 2 + ((1 - share) * grown_se) ** 2
    return inside, variance**0.5


def electors_of(
    people: Estimate, adults: pd.Series, rolls: Rolls, election: str, *, foreign: "_Foreign"
) -> Estimate:
    """Return the group's share (0-1) of those who live in an area and vote there, and its error.

    `p = n / (O + n)`: the O adults outside the group all vote, and so do n of the group. On the
    local roll they are its adults but the municipality's share that is not on it; in an election of
    citizens see `_naturalised`. To first order an adult more of the group, and one less outside it,
    adds `((1 - p) dn/dG + p) / (O + n)`, and whatever else n strays by counts `(1 - p) / (O + n)`.
    """
    inside, se = people
    roll, local = rolls.by_election[election], rolls.local
    absent = _absent_share(inside, adults, roll if local is None else local, rolls.home)
    voters = _Voters(inside * (1 - absent), 1 - absent, inside * absent * FOREIGN_SPREAD)
    if election not in LOCAL and local is not None:
        by_roll = _left_by_roll(inside, adults, absent, local)
        left = _left_by_table(by_roll, inside, rolls.home, foreign)
        voters = _naturalised(people, by_roll, left, rolls.home)
    everyone = adults - inside + voters.count
    everyone = everyone.where(everyone > 0)
    share = (voters.count / everyone).clip(0, 1)
    by_group = ((1 - share) * voters.slope + share) * se
    return share, both_errors(by_group, (1 - share) * voters.se) / everyone


@dataclass(frozen=True)
class _Voters:
    """Those of a group's adults who may vote."""

    count: pd.Series
    slope: pd.Series
    """How many more of them there are with one adult more in the group."""
    se: pd.Series
    """Standard error beside that of the group's adults, in persons."""


@dataclass(frozen=True)
class _Foreign:
    """Foreign citizens of all ages where they are counted by area; NaN elsewhere."""

    count: pd.Series
    se: pd.Series
    grown: pd.Series
    """Adults, of all of the group (0-1): where it has children, some are foreign citizens."""
    follows: pd.Series
    """What the log odds of that gain with one adult more in the group, to all that is known."""


def _naturalised(people: Estimate, by_roll: _Voters, left: _Voters, home: pd.Series) -> _Voters:
    """Return those of the group's adults who are citizens (METHOD 3).

    Two estimates: its adults less the foreign citizens (`left`, as a table counts them or else the
    local roll), and the municipality's share of its adults who are citizens x the area's. They are
    combined by precision and then taken to lie between none and all of the group: the mean and sd
    of the normal truncated there. In this order, since a difference that is cut first is moved up
    by its own noise, and would then be believed as if it were not. At last the odds in each
    municipality are multiplied so that the difference of its own rolls is met.
    """
    inside, se = people
    group = inside.where(inside > 0)
    mean = by_roll.count.groupby(home).sum() / inside.groupby(home).sum()
    rate, town = left.count / group, home.map(mean)
    error = both_errors(left.se, (left.slope - rate) * se) / group
    spread = _citizen_spread(rate - town.clip(0, 1))
    weight = (spread**2 / (spread**2 + error**2)).fillna(0)
    both = weight * left.se, (1 - weight) * spread * inside
    combined = _Voters(
        weight * left.count + (1 - weight) * town.clip(0, 1) * inside,
        weight * left.slope + (1 - weight) * town.clip(0, 1),
        (both[0] ** 2 + both[1] ** 2 + 2 * SMOOTHED * both[0] * both[1]) ** 0.5,
    )
    cut, kept = _truncated(combined.count, both_errors(combined.slope * se, combined.se), inside)
    met = _met((cut / group).clip(0, 1), inside, home, town.where((town > 0) & (town < 1)))
    return _Voters((met * inside).fillna(0), combined.slope * kept, combined.se * kept)


def _left_by_roll(inside: pd.Series, adults: pd.Series, absent: pd.Series, local: Roll) -> _Voters:
    """Return the group's adults on the local roll, less the foreign citizens there."""
    foreign, foreign_se = local.foreign_share.fillna(0), local.foreign_se.fillna(0)
    listed = adults - inside * absent
    unlisted_se = inside * absent * FOREIGN_SPREAD * (1 - foreign)
    return _Voters(
        inside * (1 - absent) - listed * foreign,
        1 - absent + absent * foreign,
        both_errors(unlisted_se, listed * foreign_se),
    )


def _left_by_table(
    by_roll: _Voters, inside: pd.Series, home: pd.Series, foreign: _Foreign
) -> _Voters:
    """Return the group's adults less the foreign ones; by the roll where these are not counted.

    Of the foreign citizens of a municipality those are adults whom its rolls lack: they are told
    right of it, though moved to its areas.
    """
    known = foreign.count.notna() & foreign.grown.notna()
    gone = (inside - by_roll.count)[known].groupby(home[known]).sum()
    everyone = foreign.count[known].groupby(home[known]).sum()
    town = home.map((gone / everyone.where(everyone > 0)).clip(0, 1))
    grown = _met(foreign.grown, foreign.count, home, town.where((town > 0) & (town < 1)))
    chance = foreign.count * grown * (1 - grown)
    variance = chance + (chance * GROWN_SD) ** 2 + (grown * foreign.se) ** 2
    return _Voters(
        (inside - foreign.count * grown).where(known, by_roll.count),
        by_roll.slope.mask(known, 1 - chance * foreign.follows),
        (variance**0.5).where(known, by_roll.se),
    )


def _citizen_spread(gaps: pd.Series) -> float:
    """Return how far areas' shares of citizens differ within a municipality (sd).

    Robust, and of the moved shares as they are: moving makes areas alike about as much as it errs.
    """
    known = gaps.dropna()
    if len(known) < ENOUGH:
        return CITIZEN_SPREAD
    return max(spread_of(known), LEAST_CITIZEN_SPREAD)


def _truncated(count: pd.Series, se: pd.Series, most: pd.Series) -> Estimate:
    """Return the mean of a normal cut to 0 and `most`, and what part of its sd is left (0-1)."""
    scale = se.where((se > 0) & (most > 0))
    low, high = -count / scale, (most - count) / scale
    # Both ends in one tail: seen from the left one, where the logarithms are exact.
    near, far = log_ndtr(np.minimum(high, -low)), log_ndtr(np.minimum(low, -high))
    tail = near + log1p(-np.exp(far - near))
    inside = np.where((low <= 0) & (high > 0), log1p(-ndtr(low) - ndtr(-high)), tail)
    first, last = (np.exp(-(end**2) / 2 - _LOG_ROOT - inside) for end in (low, high))
    mean = first - last
    variance = 1 + (first * (low - mean) - last * (high - mean))
    found = (count + mean * scale).fillna(count).clip(0, most)
    return found, (variance**0.5).fillna(1.0)


def _absent_share(inside: pd.Series, adults: pd.Series, roll: Roll, home: pd.Series) -> pd.Series:
    """Return the municipality's share (0-1) of the group's adults who are not on the roll."""
    at_home = roll.electors * (1 - roll.abroad_share.fillna(0))
    sums = pd.DataFrame({"all": adults, "in": inside, "roll": at_home})
    town = sums.groupby(home).sum(min_count=1)
    absent = ((town["all"] - town["roll"]) / town["in"].where(town["in"] > 0)).clip(0, 1)
    mapped: pd.Series = home.map(absent)
    return mapped


def _shift(level: pd.Series, minors: pd.Series, target: float) -> float:
    """Return the d at which minors are outside by `target` in all, by bisection."""
    weight, odds = (minors / minors.sum()).to_numpy(), level.to_numpy()
    low, high = -_WIDEST, _WIDEST
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if np.nansum(weight * (1 / (1 + np.exp(-(odds + middle))))) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


ABROAD_LOG_ODDS_SD = 1.0
"""Spread of the log odds of a group among an area's Swedes abroad, around those of its citizens
at home: an assumption, since nothing is published of them by area."""
FOREIGN_SPREAD = 0.3
"""Relative spread of the share of a group's adults who are not on the local roll, within a
municipality: an assumption."""
CITIZEN_SPREAD, LEAST_CITIZEN_SPREAD = 0.10, 0.03
"""Spread within a municipality of the share of a group's adults who are citizens, where too few
areas are known to measure it, and the least that it is taken to be: assumptions."""
FOREIGN = "foreign_nationals_count"
"""Foreign citizens of all ages, who are more than those who may vote."""
GROWN_SD = 0.3
"""Spread within a municipality of the log odds that a foreign citizen is an adult, beside those of
the group: an assumption."""
SMOOTHED = 0.5
"""Correlation of the errors of the two estimates of naturalised voters: where an area differs from
its municipality, moving has made it more like its neighbours. An assumption."""


@dataclass(frozen=True)
class _Ground:
    """What every group's alignment in one area set needs."""

    evidence: Evidence
    held: Held
    rolls: Rolls
    adults: pd.Series
    adults_se: pd.Series
    at_home: Mapping[str, pd.Series]
    """By election that is asked for, the share (0-1) of the adults who vote there."""


def align_groups(
    estimates: pd.DataFrame, rolls: Rolls, groups: Mapping[str, Group], evidence: Evidence
) -> pd.DataFrame:
    """Return GROUPS of the groups' own bases, and of every election's electorate beside them.

    The rows given have `NO_ELECTION`. Counts of the others are electors; their errors are those of
    the roll, of the estimate and of the alignment. NaN where roll or share is unknown.
    """
    ground, parts = _ground(rolls, evidence, rolls.by_election), [estimates]
    for name, own in estimates.groupby("group", sort=False):
        for election, share in _shares(groups[str(name)], own, ground).items():
            rows = _rows(own, share, rolls.by_election[election])
            parts.append(rows.assign(election=election))
    frame = pd.concat(parts).sort_values(["group", "election"], kind="stable")
    return check(frame.sort_index(kind="stable").rename_axis("area_code"), GROUPS)


def aligned_errors(
    estimates: pd.DataFrame,
    rolls: Rolls,
    groups: Mapping[str, Group],
    evidence: Evidence,
    *,
    election: str,
) -> pd.DataFrame:
    """Return the standard errors (0-1) of shares in one electorate, as `align_groups` gives them.

    Of the groups in `estimates`, which are of their own bases: areas x groups.
    """
    ground = _ground(rolls, evidence, [election])
    own = dict(list(estimates.groupby("group", sort=False)))
    return pd.DataFrame(
        {name: _shares(groups[str(name)], rows, ground)[election][1] for name, rows in own.items()}
    )


def _ground(rolls: Rolls, evidence: Evidence, elections: Iterable[str]) -> _Ground:
    adults = base_size(evidence, ADULTS)
    return _Ground(
        evidence,
        held_of(evidence),
        rolls,
        adults,
        base_error(evidence, ADULTS),
        {election: at_home_share(rolls, election, adults) for election in elections},
    )


def for_election(estimates: pd.DataFrame, election: str) -> pd.DataFrame:
    """Return the rows of GROUPS that stand on one election's electorate.

    Parameters
    ----------
    estimates
        GROUPS, of one or more elections.
    election
        `riksdag`, `region`, `kommun` or `eu`.

    Returns
    -------
    estimates
        GROUPS of that election alone; empty where its electorate is unknown.

    Examples
    --------
    >>> from geoprio import for_election, read_run
    >>> groups = read_run("data/processed/demo").frame("groups")
    >>> for_election(groups, "kommun")["base"].unique().tolist()
    ['electorate']
    """
    return estimates[estimates["election"] == election]


def own_base(estimates: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of GROUPS that stand on the groups' own bases, as published.

    Parameters
    ----------
    estimates
        GROUPS, of one or more elections.

    Returns
    -------
    estimates
        GROUPS whose `base` is residents, adults or whatever else the group is counted among.

    Examples
    --------
    >>> from geoprio import own_base, read_run
    >>> own = own_base(read_run("data/processed/demo").frame("groups"))
    >>> own.groupby("group")["base"].first().to_dict()
    {'invandrarbakgrund': 'residents', 'kvinnor': 'adults', 'lo': 'adults', 'unga': 'adults'}
    """
    return for_election(estimates, NO_ELECTION)


def _rows(own: pd.DataFrame, share: Estimate, roll: Roll) -> pd.DataFrame:
    """Return the group's rows in one electorate: `n = p E`, both uncertain."""
    value, se = share
    count = value * roll.electors
    frame = own.assign(
        base="electorate",
        share=value.clip(0, 1),
        share_se=se,
        count=count,
        se=np.sqrt((value * roll.se) ** 2 + (roll.electors * se) ** 2),
        method=own["method"].where(count.notna(), "unknown"),
        source=own["source"] + "; " + roll.origin,
    )
    upper = roll.electors + Z90 * roll.se
    framed = with_interval(frame, upper=upper)
    exact = ~frame["method"].isin(["proxy", "synthetic"]) | (count == 0)
    reach = np.exp(Z90 * np.sqrt(np.log1p((frame["se"] / count.where(count > 0)) ** 2)))
    return framed.assign(
        low=framed["low"].where(exact, count / reach),
        high=framed["high"].where(exact, np.minimum(count * reach, np.maximum(upper, count))),
    )


def _shares(group: Group, own: pd.DataFrame, ground: _Ground) -> dict[str, Estimate]:
    """Return the group's share (0-1) of each election's electorate, Swedes abroad included."""
    measure, rule, rolls = choose_measure(group, ground.held), group.alignment, ground.rolls
    base, elections = own["base"].iloc[0], list(ground.at_home)
    if measure is not None and base == "electorate":
        return {name: _from_roll(own, measure, name, ground, rule=rule) for name in elections}
    if measure is not None and measure.minors is not None:
        people, foreign = _of_background(measure.minors, own, ground)
        at_home = {
            name: electors_of(people, ground.adults, rolls, name, foreign=foreign)
            for name in elections
        }
    elif base == "adults":
        at_home = {
            name: _to_known(_of_adults(own, rule, name, ground), rule, name, ground)
            for name in elections
        }
    else:
        at_home = dict.fromkeys(elections, _carried(own, rule))
    return {
        name: _with_abroad(share, rolls.by_election[name], rule) for name, share in at_home.items()
    }


def _of_adults(own: pd.DataFrame, rule: Alignment, election: str, ground: _Ground) -> Estimate:
    p, error = own["share"], own["share_se"]
    absent = 1 - ground.at_home[election]
    elsewhere = _shifted(p, rule.log_odds)
    at_home = ((p - absent * elsewhere) / (1 - absent).where(absent < 1)).clip(0, 1)
    spread = elsewhere * (1 - elsewhere)
    # Those who may not vote are few in an area: chance adds to how far their share strays.
    chance = spread / (absent * ground.adults).clip(lower=1)
    factor = absent / (1 - absent).where(absent < 1)
    variance = (error / (1 - absent)) ** 2 + factor**2 * ((spread * rule.sd) ** 2 + chance)
    return at_home, variance**0.5


def _to_known(share: Estimate, rule: Alignment, election: str, ground: _Ground) -> Estimate:
    """Return shares whose odds are multiplied so that the municipality's known share is met."""
    value, error = share
    if rule.electors is None or rule.electors_of is None or election in LOCAL:
        return share
    home = ground.rolls.home
    target = pd.Series(np.nan, index=value.index)
    for parent in ground.evidence.parents:
        whole = column_of(parent.counts, rule.electors_of)
        known = column_of(parent.counts, rule.electors) / whole.where(whole > 0)
        target = target.fillna(home.map(known))
    weight = ground.rolls.by_election[election].electors
    return _met(value, weight, home, target), error


def _met(share: pd.Series, weight: pd.Series, home: pd.Series, target: pd.Series) -> pd.Series:
    """Return shares whose odds are multiplied so that their mean in each municipality is met.

    `target` is the municipality's, by area; where it is NaN shares stay as they are. By bisection.
    """
    known = share.notna() & weight.notna() & target.notna()
    value, size = share[known].to_numpy(), weight[known].to_numpy()
    town, wanted = pd.factorize(home[known])[0], target[known].to_numpy()
    everyone = np.bincount(town, size)
    low, high = np.full(len(everyone), -_WIDEST), np.full(len(everyone), _WIDEST)
    met = value
    for _ in range(_STEPS):
        factor = np.exp((low + high) / 2)[town]
        met = value * factor / (1 - value + value * factor)
        short = np.bincount(town, met * size)[town] < wanted * everyone[town]
        below = np.bincount(town, short) > 0
        low, high = np.where(below, (low + high) / 2, low), np.where(below, high, (low + high) / 2)
    return share.where(~known, pd.Series(met, share.index[known]).reindex(share.index))


def _of_background(rule: Minors, own: pd.DataFrame, ground: _Ground) -> tuple[Estimate, _Foreign]:
    """Return the group's adults, and the foreign citizens where they are the areas' own count."""
    residents = base_size(ground.evidence, RESIDENTS)
    inside, se = adults_of(
        residents * (1 - own["share"]),
        residents,
        (ground.adults, ground.adults_se),
        rule=rule,
        county=ground.rolls.home.str[:2],
    )
    whole = both_errors(se, residents * own["share_se"])
    everyone = (residents * own["share"]).where(lambda count: count > 0)
    grown = (inside / everyone).clip(1e-6, 1 - 1e-6)
    # What is not known of the group's size says nothing of how many of it are adults.
    follows = (se / whole.where(whole > 0)).fillna(0) ** 2 / (everyone * grown * (1 - grown))
    known, counted = ground.evidence, column_of(ground.evidence.counts, FOREIGN)
    if known.whence is not None and FOREIGN in known.whence:
        counted = counted.where(known.whence[FOREIGN].isin([OWN, MOVED]))
    return (inside, whole), _Foreign(counted, own_error(known, FOREIGN), grown, follows)


def _from_roll(
    own: pd.DataFrame, measure: Measure, election: str, ground: _Ground, *, rule: Alignment
) -> Estimate:
    """Return the share in one election's roll from that of another's."""
    p, error = own["share"], own["share_se"]
    if election == measure.election:
        return p, error
    roll = ground.rolls.by_election[election]
    foreign = roll.foreign_share.fillna(0)
    theirs = _shifted(p, rule.log_odds)
    spread = foreign * theirs * (1 - theirs) * rule.sd
    return p * (1 - foreign) + foreign * theirs, both_errors(error, spread)


def _carried(own: pd.DataFrame, rule: Alignment) -> Estimate:
    """Return the share as it is, its log odds as uncertain as the rule says."""
    p = own["share"]
    return p, both_errors(own["share_se"], p * (1 - p) * rule.sd)


def _with_abroad(at_home: Estimate, roll: Roll, rule: Alignment) -> Estimate:
    """Return the share with Swedes abroad added: nobody knows how like those at home they are."""
    p, error = at_home
    abroad = roll.abroad_share.fillna(0)
    theirs = _shifted(p, rule.abroad_log_odds)
    chance = theirs * (1 - theirs) / (abroad * roll.electors).clip(lower=1)
    spread = (theirs * (1 - theirs) * ABROAD_LOG_ODDS_SD) ** 2 + chance
    value = p * (1 - abroad) + theirs * abroad
    return value, (((1 - abroad) * error) ** 2 + abroad**2 * spread) ** 0.5


def at_home(share: pd.Series, abroad: pd.Series, rule: Alignment) -> pd.Series:
    """Return the share (0-1) of those who live there, of a share with Swedes abroad added."""
    home = share
    for _ in range(_TURNS):
        theirs = _shifted(home, rule.abroad_log_odds)
        home = ((share - abroad * theirs) / (1 - abroad)).clip(0, 1)
    return home


def _shifted(share: pd.Series, log_odds: float) -> pd.Series:
    odds = share / (1 - share).where(share < 1) * np.exp(log_odds)
    shifted: pd.Series = (odds / (1 + odds)).fillna(share)
    return shifted
