"""Indicators: one decorated function each, named as the column that it makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geoprio.config import Combine
from geoprio.counts.figures import HERE, MODEL, MOVED, OWN
from geoprio.counts.votes import red_green_of
from geoprio.errors import ConfigError, ContractError, SourceError
from geoprio.groups import Joint, at_least_one, empirical_bayes, intensity
from geoprio.scores.kernel import Registry
from geoprio.tables import INDICATORS, check
from geoprio.words import Phrase


@dataclass(frozen=True)
class Figures:
    """What is known of one area set when its indicators are computed."""

    counts: pd.DataFrame
    """COUNTS."""
    votes: pd.DataFrame
    """Electors and votes cast of those who live here, valid votes and party votes by area."""
    area_km2: pd.Series
    weights: Mapping[str, float]
    """Central weight of each target group that locates."""
    association: pd.Series
    """Association of each area; NaN where none has it."""
    capacity: pd.DataFrame
    """Members and active members by association; empty where the user has given none."""
    riksdag: pd.DataFrame | None = None
    """Votes of the riksdag election before, by area, in a European campaign; else None."""
    region: pd.DataFrame | None = None
    """Votes of the day's region election, by area, in a riksdag campaign; else None."""
    combine: Combine = "sum"
    """How a voter in several groups counts in the intensity."""
    joint: Joint | None = None
    """Joint table of the target groups; None before they are located."""
    lived_km2: pd.Series | None = None
    """The ground that the households would fill at the density that they live in: without water
    and forest. None for `area_km2`."""

    @property
    def located(self) -> Joint:
        """The groups' joint table."""
        if self.joint is None:
            raise ContractError("indicator_before_groups")
        return self.joint


Indicator = Callable[[Figures], pd.Series]
BUILT, KM2_PER_HECTARE = "built_hectares_count", 0.01
PRIVATE = frozenset({"members_per_1000", "active_per_1000"})
"""Indicators of the user's own figures: they may move a score, and are never shown."""
of_place: Registry[Indicator] = Registry(
    "indicator",
    """Register an indicator of the place and its voters, known before the groups are located.

    Of `Figures` to a Series by area, named as the column that it makes; its suffix is its unit.

    >>> from geoprio import of_place
    >>> @of_place
    ... def non_voters_count(figures):
    ...     return figures.votes["electors_count"] - figures.votes["votes_cast_count"]
    >>> _ = of_place.pop("non_voters_count")  # only for the example
    """,
)
of_targets: Registry[Indicator] = Registry(
    "indicator",
    """Register an indicator that needs the groups' shares.

    Of `Figures` to a Series by area, named as the column that it makes; its suffix is its unit.

    >>> from geoprio import of_targets
    >>> @of_targets
    ... def nobody_share(figures):
    ...     return figures.located.cells.iloc[:, 0]
    >>> _ = of_targets.pop("nobody_share")  # only for the example
    """,
)
PLACE, TARGETS = of_place, of_targets


def compute_indicators(figures: Figures, registry: Mapping[str, Indicator]) -> pd.DataFrame:
    """Return INDICATORS: one column for each function of `registry`; NaN where unknown."""
    columns = {name: function(figures).astype(float) for name, function in registry.items()}
    return check(pd.DataFrame(columns, index=figures.counts.index), INDICATORS)


def pick_indicators(
    indicators: pd.DataFrame, names: list[str], fault: str, **values: object
) -> pd.DataFrame:
    """Return the columns of those names; an error of the key `fault` lists what is not there."""
    known = list(map(str, indicators))
    faults = [
        Phrase("expected_one_of", name=name, known=known)
        for name in names
        if name not in indicators
    ]
    if faults:
        raise ConfigError(fault, faults, **values)
    return indicators[names]


def place_origins(
    figures: Figures, whence: pd.DataFrame, sets: Sequence[str], *, split: pd.Series
) -> pd.DataFrame:
    """Return the origin of each indicator of the place, by area: the farthest of its parts'.

    An indicator rests on what changes it when that is unknown. A count or a density that is split
    by residents is a model; a share or a mean of it is the larger area's (METHOD 3).

    Parameters
    ----------
    whence
        Origin of the counts; see `Evidence.whence`.
    sets
        Larger area sets, the nearest first.
    split
        Whether an area shares a polling district with others, so that its votes are moved.
    """
    whole = compute_indicators(figures, PLACE)
    origins = pd.DataFrame(OWN, index=whole.index, columns=whole.columns)
    for name in (MOVED, *sets):
        hidden = (whence == name).reindex(columns=figures.counts.columns, fill_value=False)
        less = replace(figures, counts=figures.counts.mask(hidden))
        if name == MOVED:
            less = replace(less, votes=less.votes.mask(split))
        elif not hidden.to_numpy().any():
            continue
        changed = whole.notna() & (compute_indicators(less, PLACE) != whole)
        origins = origins.mask(changed, name)
    return _split_is_a_model(origins, sets)


OF_EVERY_GROUP = frozenset(
    {
        "at_least_one_share",
        "at_least_one_low_share",
        "at_least_one_high_share",
        "equal_groups_share",
    }
)
"""Indicators that rest on the groups that only say whom a message is for, too."""


def target_origins(
    groups: pd.DataFrame, weights: Mapping[str, float], sets: Sequence[str]
) -> pd.DataFrame:
    """Return the origin of each indicator of the groups, by area: the farthest of theirs.

    `groups` has the origin of each group's share; what is not of every group rests on those with a
    weight. From the nearest: the area's own, moved, a larger area's share, a model.
    """
    order = {name: place for place, name in enumerate((OWN, MOVED, *sets, MODEL))}
    back = dict(enumerate(order))
    far = groups.apply(lambda column: column.map(order))
    origins = {
        name: (far if name in OF_EVERY_GROUP else far[list(weights)]).max(axis=1).map(back)
        for name in TARGETS
        if name not in PRIVATE
    }
    return _split_is_a_model(pd.DataFrame(origins, index=groups.index), sets)


def _split_is_a_model(origins: pd.DataFrame, sets: Sequence[str]) -> pd.DataFrame:
    split = [str(name) for name in origins if str(name).endswith(("_count", "_per_km2"))]
    return origins.assign(
        **{name: origins[name].mask(origins[name].isin(sets), MODEL) for name in split}
    )


def own_figures(indicators: pd.DataFrame, origins: pd.DataFrame) -> pd.DataFrame:
    """Return what may be said of the areas themselves: NaN where it is a larger area's share.

    `origins` is a column by indicator; one that is not there is the areas' own.
    """
    theirs = ~origins.isin(HERE)
    return indicators.mask(theirs.reindex(columns=indicators.columns, fill_value=False))


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return part / whole.where(whole > 0)


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    # SCB's noise, from 2025 on, may put a part above its whole.
    return _ratio(part, whole).clip(upper=1)


def _unknown(figures: Figures) -> pd.Series:
    return pd.Series(np.nan, index=figures.counts.index)


def _count(figures: Figures, column: str) -> pd.Series:
    return figures.counts[column] if column in figures.counts else _unknown(figures)


def _residents(figures: Figures) -> pd.Series:
    return _count(figures, "population_count")


def _dwellings(figures: Figures) -> pd.Series:
    return dwellings_of(figures.counts)


def dwellings_of(counts: pd.DataFrame) -> pd.Series:
    """Return the dwellings of every tenure by area."""
    return counts.filter(regex=r"^dwellings_.*_count$").sum(axis=1, skipna=False, min_count=1)


def lived_ground(pieces: pd.DataFrame, km2: pd.Series, way: pd.DataFrame) -> pd.Series:
    """Return the ground (km2) that each area's households fill at the density that they live in.

    The density as lived is the households' mean of that of the smallest areas, `sum h^2 / a` by
    `sum h` (METHOD 4), and the ground is the households by it: a forest beside a town takes no
    part. NaN where no piece has a household.

    Parameters
    ----------
    pieces
        COUNTS of the smallest areas.
    km2
        Their ground.
    way
        CROSSWALK from them to the areas.
    """
    homes = pieces.reindex(columns=["households_count"])["households_count"]
    homes = homes.fillna(dwellings_of(pieces))
    parts = way["weight"] * way["source_code"].map(homes)
    dense = parts * way["source_code"].map(homes / km2)
    sums = pd.DataFrame({"homes": parts, "dense": dense}).groupby(way["area_code"]).sum()
    return sums["homes"] ** 2 / sums["dense"].where(sums["dense"] > 0)


def _turnout(votes: pd.DataFrame) -> pd.Series:
    return _share(votes["votes_cast_count"], votes["electors_count"])


@of_place
def turnout_share(figures: Figures) -> pd.Series:
    """Votes cast, of the electors who live here."""
    return _turnout(figures.votes)


@of_place
def red_green_share(figures: Figures) -> pd.Series:
    """Votes for V, S and MP, of valid votes."""
    return red_green_of(figures.votes)


@of_place
def v_share(figures: Figures) -> pd.Series:
    """Votes for V, of valid votes."""
    return _ratio(figures.votes["votes_v_count"], figures.votes["valid_count"])


@of_place
def s_share(figures: Figures) -> pd.Series:
    """Votes for S, of valid votes."""
    return _ratio(figures.votes["votes_s_count"], figures.votes["valid_count"])


@of_place
def mobilisation_count(figures: Figures) -> pd.Series:
    """Non-voters x red-green share: METHOD 4's `PO_i = E_i (1 - T_i) r_i`."""
    electors = figures.votes["electors_count"]
    stayed_home = electors - figures.votes["votes_cast_count"]
    return stayed_home.clip(lower=0).where(electors > 0) * red_green_share(figures)


@of_place
def households_count(figures: Figures) -> pd.Series:
    """Households where published, else dwellings, which stand in for them."""
    return _count(figures, "households_count").fillna(_dwellings(figures))


@of_place
def doors_count(figures: Figures) -> pd.Series:
    """Dwellings by the user's own file of addresses and buildings; NaN without one."""
    return _count(figures, "doors_count")


@of_place
def doors_houses_count(figures: Figures) -> pd.Series:
    """Doors of them that are in houses of one or two dwellings."""
    return _count(figures, "doors_houses_count")


@of_place
def doors_flats_count(figures: Figures) -> pd.Series:
    """Doors of them that are in blocks of flats."""
    return _count(figures, "doors_flats_count")


@of_place
def doors_per_km2(figures: Figures) -> pd.Series:
    """Doors per built km2 where a file counts them in any area of the set; NaN in its others.

    Else households (else dwellings) per km2 as they live: where they are, not where nobody does.
    """
    doors, built = doors_count(figures), _count(figures, BUILT)
    if built.notna().any():
        known = doors if doors.notna().any() else households_count(figures)
        return _ratio(known, built * KM2_PER_HECTARE)
    ground = figures.area_km2 if figures.lived_km2 is None else figures.lived_km2
    return _ratio(households_count(figures), ground)


@of_place
def rental_share(figures: Figures) -> pd.Series:
    """Rented dwellings, of all dwellings."""
    return _share(_count(figures, "dwellings_rental_count"), _dwellings(figures))


@of_place
def income_mean_sek(figures: Figures) -> pd.Series:
    """Mean wage income where published, else mean net income; kronor a year."""
    wage, net = (_count(figures, f"{kind}_income_mean_sek") for kind in ("wage", "net"))
    return wage if wage.notna().any() else net


@of_targets
def intensity_share(figures: Figures) -> pd.Series:
    """How much of the target groups there is, weights central, combined as the campaign says."""
    return intensity(figures.located, figures.weights, combine=figures.combine)


@of_targets
def at_least_one_share(figures: Figures) -> pd.Series:
    """Share of the electorate in at least one target group, whatever its role."""
    return at_least_one(figures.located)["share"]


@of_targets
def at_least_one_low_share(figures: Figures) -> pd.Series:
    """Share of the largest group: the least that it can be, however the groups overlap."""
    return at_least_one(figures.located)["low"]


@of_targets
def at_least_one_high_share(figures: Figures) -> pd.Series:
    """Sum of the groups' shares, at most 1: the most that it can be."""
    return at_least_one(figures.located)["high"]


@of_targets
def precision_share(figures: Figures) -> pd.Series:
    """Share of the electorate in at least one of the groups that locate: what a letter hits."""
    return intensity(figures.located, figures.weights, combine="any")


@of_targets
def equal_groups_share(figures: Figures) -> pd.Series:
    """Mean of the groups' percentiles (0-1), each of them as much, whatever its role and weight."""
    shares = figures.located.shares
    return shares.rank(pct=True).mean(axis=1, skipna=False)


@of_targets
def target_households_count(figures: Figures) -> pd.Series:
    """Households x share in at least one of the groups that locate."""
    return households_count(figures) * precision_share(figures)


@of_targets
def target_persons_count(figures: Figures) -> pd.Series:
    """Electors who live here x share in at least one of the groups that locate."""
    return figures.votes["electors_count"] * precision_share(figures)


@of_targets
def members_per_1000(figures: Figures) -> pd.Series:
    """Members of the area's association per 1,000 target persons in it, shrunk (METHOD 3)."""
    return _capacity_per_1000(figures, "members_count")


@of_targets
def active_per_1000(figures: Figures) -> pd.Series:
    """Active members of the area's association per 1,000 target persons in it, shrunk."""
    return _capacity_per_1000(figures, "active_count")


def _capacity_per_1000(figures: Figures, column: str) -> pd.Series:
    if column not in figures.capacity:
        return _unknown(figures)
    targets = target_persons_count(figures).groupby(figures.association).sum(skipna=False)
    people = figures.capacity[column].reindex(targets.index)
    _refuse_more_than(targets, people, column)
    # Associations are compared within the county: few members are drawn towards its rate.
    county = pd.Series("county", index=targets.index)
    rate = 1000 * empirical_bayes(people, targets.where(targets > 0), county)
    return figures.association.map(rate)


def _refuse_more_than(targets: pd.Series, people: pd.Series, column: str) -> None:
    above = sorted(targets.index[(people > targets) & (targets > 0)])
    if above:
        # No figure is told: it is the user's own.
        raise SourceError("members_above_target_persons", column=column, above=above)


@of_place
def owned_share(figures: Figures) -> pd.Series:
    """Owner-occupied dwellings, mostly houses, of all dwellings."""
    return _share(_count(figures, "dwellings_owned_count"), _dwellings(figures))


@of_place
def tenant_owned_share(figures: Figures) -> pd.Series:
    """Dwellings owned through a housing association (bostadsrätt), of all dwellings."""
    return _share(_count(figures, "dwellings_tenant_owned_count"), _dwellings(figures))


@of_place
def children_share(figures: Figures) -> pd.Series:
    """Residents aged 0-14, of all residents."""
    return _share(_count(figures, "age_0_14_count"), _residents(figures))


@of_place
def aged_20_29_share(figures: Figures) -> pd.Series:
    """Residents aged 20-29, of all residents."""
    young = _count(figures, "age_20_24_count") + _count(figures, "age_25_29_count")
    return _share(young, _residents(figures))


@of_place
def first_time_share(figures: Figures) -> pd.Series:
    """Electors who may vote to the riksdag for the first time, of its roll (Valmyndigheten)."""
    first = _count(figures, "riksdag_electors_first_time_count")
    return _share(first, _count(figures, "riksdag_electors_count"))


@of_place
def unemployed_share(figures: Figures) -> pd.Series:
    """Unemployed, of residents aged 20-64 (SCB TAB6680)."""
    unemployed = _count(figures, "unemployed_20_64_count")
    return _share(unemployed, _count(figures, "residents_20_64_count"))


@of_place
def care_jobs_share(figures: Figures) -> pd.Series:
    """Employed in health and social care (SNI 2007 section Q), of all employed (SCB TAB6681)."""
    men, women = (_count(figures, f"employed_q_{sex}_count") for sex in ("men", "women"))
    return _share(men + women, _count(figures, "employed_count"))


@of_place
def income_gap_share(figures: Figures) -> pd.Series:
    """How far women's mean net income is below men's, of men's; 0 where it is not (SCB TAB6679)."""
    women, men = (_count(figures, f"{sex}_net_income_mean_sek") for sex in ("women", "men"))
    return (1 - _ratio(women, men)).clip(lower=0)


@of_place
def non_tertiary_share(figures: Figures) -> pd.Series:
    """Residents with upper secondary school at most, of those whose education is known."""
    low, high = (
        _count(figures, f"education_{one}_count") + _count(figures, f"education_{other}_count")
        for one, other in (
            ("primary", "secondary"),
            ("post_secondary_short", "post_secondary_long"),
        )
    )
    return _share(low, low + high)


def _dropped(figures: Figures, first: pd.DataFrame | None, last: pd.DataFrame | None) -> pd.Series:
    """Return how far the turnout of the last election is below that of the first, never below 0."""
    if first is None or last is None:
        return _unknown(figures)
    return (_turnout(first) - _turnout(last)).clip(lower=0)


def _dropped_count(
    figures: Figures, first: pd.DataFrame | None, last: pd.DataFrame | None
) -> pd.Series:
    """Return the last election's electors who dropped off, times the red-green share before."""
    if first is None or last is None:
        return _unknown(figures)
    return _dropped(figures, first, last) * last["electors_count"] * red_green_of(first)


@of_place
def drop_off_share(figures: Figures) -> pd.Series:
    """Turnout in the riksdag election before, less that in the European one; NaN elsewhere.

    0 where more voted in the European election.
    """
    return _dropped(figures, figures.riksdag, figures.votes)


@of_place
def drop_off_count(figures: Figures) -> pd.Series:
    """Electors who dropped off x the red-green share in the riksdag election; NaN elsewhere."""
    return _dropped_count(figures, figures.riksdag, figures.votes)


@of_place
def region_drop_off_share(figures: Figures) -> pd.Series:
    """Turnout to the riksdag, less that of the same day to the region; NaN without the region's.

    Each of its own electors: foreign citizens may vote to the region alone, and those of them who
    stay at home are in it.
    """
    return _dropped(figures, figures.votes, figures.region)


@of_place
def region_drop_off_count(figures: Figures) -> pd.Series:
    """Electors of the region who dropped off x the red-green share of the riksdag election."""
    return _dropped_count(figures, figures.votes, figures.region)
