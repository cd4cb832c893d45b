"""How sure each ranking is, and what moves it: the stage after the scores (METHOD 4 and 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geoprio.config import Brief, Method, Profile
from geoprio.groups import for_election, shares_by_group
from geoprio.scores.draws import Measured, rng_for
from geoprio.scores.indicators import PRIVATE, TARGETS, compute_indicators
from geoprio.scores.levels import Located
from geoprio.scores.levers import Levers, Ranking, find_levers, take_apart
from geoprio.scores.rank_sets import SetRule, may_be_first, pair_critical, sets_beyond
from geoprio.scores.score import (
    aggregate,
    criterion_weights,
    fill_from_groups,
    normalise_criteria,
)
from geoprio.scores.uncertainty import rank_uncertainty, score_errors
from geoprio.scores.verdicts import verdicts
from geoprio.scores.weights import (
    criterion_bounds,
    drop_one_area,
    effective_weights,
    leave_one_out,
    top_changed,
    weight_warnings,
)
from geoprio.tables import SCORES, check

UNSURE = ["rank_median", "rank_low", "rank_high", "p_top"]
MOST_LEFT_OUT = 3000
"""Areas above which none is left out in turn: what that costs grows with their square."""


@dataclass(frozen=True)
class Judged:
    """How sure the rankings of one area set are; by channel, where it has a ranking at all."""

    scores: Mapping[str, pd.DataFrame]
    """SCORES with the optional columns; unknown in a channel that cannot be ranked."""
    sets: Mapping[str, pd.DataFrame]
    """`set_low_rank`, `set_high_rank` and `in_top_set` by area: the ranks that the errors of the
    figures alone do not exclude (95 %, all areas together)."""
    points: Mapping[str, pd.DataFrame]
    """Criteria, and what scenarios alone weigh, in points (0-100) by area; of channels without the
    user's own figures."""
    effective: Mapping[str, pd.DataFrame]
    """Nominal and effective weight of each criterion; see `effective_weights`."""
    groups: pd.DataFrame
    """The same of each group that locates, within the intensity."""
    changes: pd.DataFrame
    """By group, and by channel: how many of the first would be others without its figure or, of a
    group that does not locate, with it. NaN in a channel that the groups do not move."""
    dropped: Mapping[str, pd.DataFrame]
    """What leaving out each criterion would do; see `leave_one_out`."""
    removed: Mapping[str, pd.DataFrame]
    """What leaving out each area would do to the order of the others; see `drop_one_area`. Of
    channels without the user's own figures, and of at most 3,000 areas."""
    bounds: Mapping[str, pd.DataFrame]
    """The ends of each criterion and the areas that set them; see `criterion_bounds`."""
    warnings: Mapping[str, pd.DataFrame]
    """Criteria that hardly move a ranking, or nearly say the same; see `weight_warnings`. Those of
    the groups within the intensity stand under `groups`."""
    levers: Mapping[str, Levers]
    """What the doubt about each ranking is made of, and which tables would lessen it."""


def judge(level: Located, plans: Brief, *, top_k: int) -> Judged:
    """Return how sure the rankings of an area set are, from what is printed alone.

    A channel with fewer ranked areas than `top_k` is told how far its ranks may stray, and no
    area's chance of being at the top, nor a verdict: all of them are there.
    """
    rankings = {
        channel: _ranking(level, plans, channel, top_k)
        for channel, scores in level.scores.items()
        if scores["score"].notna().any()
    }
    found = {name: _channel(level, name, ranking) for name, ranking in rankings.items()}

    def each(kind: str) -> dict[str, pd.DataFrame]:
        return {channel: frames[kind] for channel, frames in found.items() if kind in frames}

    groups, of_groups = _groups(level, plans, top_k)
    return Judged(
        # A channel that cannot be ranked tells nobody what to do.
        scores={
            **{name: frame.assign(verdict=None) for name, frame in level.scores.items()},
            **each("scores"),
        },
        sets=each("sets"),
        points=each("points"),
        effective=each("effective"),
        groups=groups,
        changes=_changes(level, plans, top_k),
        dropped=each("dropped"),
        removed=each("removed"),
        bounds=each("bounds"),
        warnings={**each("warnings"), "groups": of_groups},
        levers=_levers(level, plans, rankings),
    )


def _ranking(level: Located, plans: Brief, channel: str, top_k: int) -> Ranking:
    profile, rules = plans.profiles[channel], plans.campaign.uncertainty
    measured, scores = _measured(level, profile), level.scores[channel]
    towns = level.areas["municipality_code"]
    errors = score_errors(
        measured,
        profile,
        lognormal=rules.lognormal,
        rng=_rng(level, plans, f"score errors of {channel}"),
    )
    rng = _rng(level, plans, f"rank sets of {channel}")
    return Ranking(
        profile=profile,
        measured=measured,
        points=normalise_criteria(level.indicators, profile, municipality=towns),
        scores=_scores(level, plans, channel, top_k),
        errors=errors,
        critical=pair_critical(scores["score"], errors, SetRule(draws=rules.draws), rng=rng),
        top_k=top_k,
    )


def _levers(level: Located, plans: Brief, rankings: Mapping[str, Ranking]) -> dict[str, Levers]:
    """Return the levers of the rankings of which areas' chances are known."""
    strays, rules = take_apart(level, plans), plans.campaign.uncertainty
    return {
        name: find_levers(ranking, strays, rules, rng=_rng(level, plans, f"levers of {name}"))
        for name, ranking in rankings.items()
        if ranking.scores["p_top"].notna().any()
    }


def _channel(level: Located, channel: str, ranking: Ranking) -> dict[str, pd.DataFrame]:
    """Return the frames of one ranking, by their names in `Judged`."""
    profile, points, top_k = ranking.profile, ranking.points, ranking.top_k
    weights, scores = profile.weights(), level.scores[channel]["score"]
    towns = level.areas["municipality_code"]
    dropped = leave_one_out(points, weights, method=profile.aggregate, top_k=top_k)
    frames = {
        "scores": ranking.scores,
        "sets": _sets(ranking),
        "effective": effective_weights(points, scores, weights=weights),
        "dropped": dropped,
        "bounds": criterion_bounds(level.indicators, profile),
        "warnings": weight_warnings(points, dropped),
    }
    tried = profile.model_copy(update={"criteria": profile.tried})
    if profile.tried:
        others = normalise_criteria(level.indicators, tried, municipality=towns)
        points = points.join(others)
    if PRIVATE & set(points):
        return frames
    if len(level.areas) <= MOST_LEFT_OUT:
        frames["removed"] = _removed(level, profile, top_k=top_k)
    return frames | {"points": points}


def _measured(level: Located, profile: Profile) -> Measured:
    names = [item.indicator for item in profile.criteria]
    values = level.indicators[names]
    errors = level.errors.reindex(columns=names).fillna(0.0)
    if profile.impute == "municipality":
        # A filled figure strays as far as areas do from each other.
        filled = fill_from_groups(values, level.areas["municipality_code"])
        errors = errors.mask(values.isna() & filled.notna(), values.std(), axis=1)
        values = filled
    return Measured(values, errors)


def _scores(level: Located, plans: Brief, channel: str, top_k: int) -> pd.DataFrame:
    campaign, scores, profile = plans.campaign, level.scores[channel], plans.profiles[channel]
    ranked = int(scores["score"].notna().sum())
    found = rank_uncertainty(
        _measured(level, profile),
        profile,
        campaign.uncertainty,
        top_k=min(top_k, ranked),
        rng=_rng(level, plans, f"ranks of {channel}"),
    )
    if ranked < top_k:
        found = found.assign(p_top=np.nan, depends_on_weights=np.nan)
    scores = scores.assign(**found[[*UNSURE, "depends_on_weights"]])
    verdict = verdicts(scores, profile.cuts, campaign.uncertainty)
    return check(scores.assign(verdict=verdict), SCORES)


def _sets(ranking: Ranking) -> pd.DataFrame:
    scores, top_k = ranking.scores["score"], ranking.top_k
    sets = sets_beyond(scores, ranking.errors, ranking.critical)
    few = bool(scores.notna().sum() < top_k)
    return pd.DataFrame(
        {
            "set_low_rank": sets["rank_low"],
            "set_high_rank": sets["rank_high"],
            "in_top_set": may_be_first(sets, top_k).mask(np.full(len(sets), few)),
        }
    )


def _removed(level: Located, profile: Profile, *, top_k: int) -> pd.DataFrame:
    values = _measured(level, profile).indicators
    # A profile's steps may be the user's own functions; they are known to be there by now.
    own = Method.model_construct(normalise=profile.normalise, aggregate=profile.aggregate)
    known = int(values.notna().all(axis=1).sum())
    return drop_one_area(values, profile, own, top_k=min(top_k, known))


def _groups(level: Located, plans: Brief, top_k: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what each group's central weight is worth in the intensity, and what to be told."""
    shares = shares_by_group(for_election(level.printed, plans.campaign.election.basis))
    own = shares[list(plans.locating)].dropna()
    weights = plans.locating
    intensity = level.indicators["intensity_share"].reindex(own.index)
    dropped = leave_one_out(100 * own, weights, top_k=top_k)
    worth = effective_weights(own, intensity, weights=weights).join(dropped)
    return worth, weight_warnings(own, dropped)


def _changes(level: Located, plans: Brief, top_k: int) -> pd.DataFrame:
    """Return how many of the first each group's figure changes, in each channel."""
    names = {channel: _of_groups(profile) for channel, profile in plans.profiles.items()}
    rows: dict[str, dict[str, float]] = {}
    for group, weight in plans.campaign.target_groups.items():
        others = {name: one for name, one in plans.locating.items() if name != group}
        weights = others if group in plans.locating else {**plans.locating, group: weight}
        rows[group] = {}
        for channel, scores in level.scores.items():
            if not weights or not names[channel] or scores["score"].isna().all():
                rows[group][channel] = np.nan
                continue
            figures = replace(level.figures, weights=weights)
            anew = compute_indicators(figures, {name: TARGETS[name] for name in names[channel]})
            profile, towns = plans.profiles[channel], level.areas["municipality_code"]
            indicators = level.indicators.assign(**anew)
            points = normalise_criteria(indicators, profile, municipality=towns)
            found = aggregate(points, criterion_weights(profile), method=profile.aggregate)
            rows[group][channel] = top_changed(scores["score"], found["score"], top_k)
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(level.scores))


def _of_groups(profile: Profile) -> list[str]:
    """Return the profile's indicators that rest on the groups; none where any is the user's."""
    names = [item.indicator for item in profile.criteria]
    return [] if PRIVATE & set(names) else [name for name in names if name in TARGETS]


def _rng(level: Located, plans: Brief, step: str) -> np.random.Generator:
    return rng_for(plans.campaign.seed, f"{level.area_set}: {step}")
