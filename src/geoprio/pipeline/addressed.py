"""An addressed order of a run: the postal codes and ages to ask a register for, and why these.

What chooses is the areas' combined score and age. A choice that rests on a layer of origin or union
alone is refused, and so is one that comes to few persons.
"""

from dataclasses import dataclass
from math import isnan
from pathlib import Path

import pandas as pd

from geoprio.config import Addressed, Profile, Register, load_named
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.errors import GeoprioError, join_faults
from geoprio.outputs.addressed import AddressOrder, render_order
from geoprio.outputs.addressed_basis import FILE, Basis, Outreach, Rule, render_basis
from geoprio.pipeline.brief import Brief
from geoprio.pipeline.deliveries import Edition, shares_in_words
from geoprio.pipeline.locate import MAILING
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.postal import PostalWay, postal_way
from geoprio.pipeline.words import basis_line, publishers
from geoprio.planning.addressed import main_source, people_by_code, residents_of_age
from geoprio.scoring import TARGETS
from geoprio.texts import text

LEAST_OTHER = 0.1
"""Share of the weight that other layers than the sensitive ones bear at least: with less they are a
token, and the choice rests on the sensitive ones alone."""


@dataclass(frozen=True)
class Chosen:
    """The postal codes of a plan, and who lives there."""

    codes: pd.DataFrame
    """By `postal_code`: `municipality_code`, `municipality_name`."""
    outreach: Outreach


def load_addressed(name: str, folders: tuple[Path, ...]) -> tuple[Addressed, Register]:
    """Return what is wanted of an addressed mailing, and the register that it is ordered from.

    Raises
    ------
    ConfigError
        A file of `addressed/` or `registers/` is missing or wrong.
    """
    wanted = load_named(Addressed, "addressed", name, folders)
    return wanted, load_named(Register, "registers", wanted.order_from, folders)


def addressed_files(
    outcome: Outcome,
    plan: pd.DataFrame,
    wanted: Addressed,
    register: Register,
    edition: Edition,
) -> dict[str, bytes]:
    """Return the files of an addressed order by name; all but `urvalsmotivering.md` may be sent.

    Parameters
    ----------
    outcome
        What the run computed; its score of the channel "mailing" is what chose the areas.
    plan
        PLAN of the edition: the areas that it holds are those that are written to.
    wanted, register
        See `load_addressed`. An option of the command replaces an age with `model_copy`.
    edition
        What is mailed.

    Raises
    ------
    GeoprioError
        The order is refused: ages that are missing or no voter's, a profile that rests on origin
        or union alone, areas without postal codes, or too few who live there. Every fault at once.
    """
    plans = outcome.plans
    heading = f"{edition.name}: no addressed order is made"
    way = postal_way(outcome)
    faults = [*wanted.age_faults(), *layer_faults(plans), *_way_faults(way, plan)]
    if faults or way is None:
        raise GeoprioError(join_faults(heading, faults))
    chosen = _chosen(outcome, plan.index, way, wanted)
    faults = _few_faults(chosen, wanted)
    if faults:
        raise GeoprioError(join_faults(heading, faults))
    order = AddressOrder(
        edition=edition.name,
        campaign=plans.campaign.title,
        purpose=wanted.purpose.model_dump()[plans.language],
        ages=wanted.ages,
        language=plans.language,
        mark=outcome.mark,
    )
    basis = _basis(outcome, plan.index, chosen.outreach, register=register, edition=edition)
    return render_order(chosen.codes, register, order) | {FILE: render_basis(basis, order)}


def chosen_people(outcome: Outcome, plan: pd.DataFrame, wanted: Addressed) -> float:
    """Return how many of the age live in the postal codes of a plan; NaN where that is unknown."""
    way = postal_way(outcome)
    if way is None or wanted.age_faults():
        return float("nan")
    return _chosen(outcome, plan.index, way, wanted).outreach.people_count


def layer_faults(plans: Brief) -> list[str]:
    """Return why the channel's profile must not choose persons; empty where it may."""
    profile = plans.profiles[MAILING]
    share = other_share(profile, plans)
    if share >= LEAST_OTHER:
        return []
    sensitive = [name for name, group in plans.groups.items() if group.sensitive]
    criteria = ", ".join(item.indicator for item in profile.criteria)
    told = (
        f"profiles/{MAILING}.toml: found criteria ({criteria}) of which other layers than"
        f" {', '.join(sensitive) or 'origin and union'} bear {100 * share:.0f} percent of the"
        f" weight; expected at least {100 * LEAST_OTHER:.0f}. A choice of whom to write to must"
        " not rest on origin or union alone: add criteria or target groups of other kinds, or"
        " send unaddressed mail"
    )
    return [told]


def other_share(profile: Profile, plans: Brief) -> float:
    """Return the share (0-1) of a profile's weight borne by other than origin and union.

    A criterion made of the target groups has the share of its groups' weights that is not marked
    sensitive; one that is named after a sensitive group, or speaks of origin or union, has none.
    """
    weights = profile.weights()
    others = {
        item.indicator: _other_part(item.indicator, [item.label.sv, item.label.en], plans)
        for item in profile.criteria
    }
    return sum(weights[name] * part for name, part in others.items()) / sum(weights.values())


def _other_part(indicator: str, labels: list[str], plans: Brief) -> float:
    own = [name for name, group in plans.groups.items() if group.sensitive]
    words = " ".join([indicator.replace("_", " "), *labels])
    named = any(indicator.startswith(f"{name}_") for name in own)
    if named or ORIGIN_OR_UNION.search(words):
        return 0.0
    if indicator not in TARGETS:
        return 1.0
    locating = plans.locating
    free = sum(weight for name, weight in locating.items() if not plans.groups[name].sensitive)
    return free / sum(locating.values())


def _way_faults(way: PostalWay | None, plan: pd.DataFrame) -> list[str]:
    faults = []
    if way is None:
        faults.append(
            "postal codes: found neither areas nor points with postal codes; expected one of them."
            ' Add "own_postal_areas" or "own_postal_points" to the campaign\'s `sources`'
        )
    if plan.empty:
        faults.append("plan: found no area; expected one or more. Raise mailing.budget_sek")
    return faults


def _chosen(outcome: Outcome, areas: pd.Index, way: PostalWay, wanted: Addressed) -> Chosen:
    level, campaign = outcome.levels[0], outcome.plans.campaign
    residents = residents_of_age(level.counts, wanted.ages)
    people = people_by_code(way.frame, residents)
    choice = way.choose(outcome, areas)
    live = people.reindex(choice.codes.index)
    few = live < campaign.minimum_count
    kept = live[~few]
    town = main_source(way.frame, level.counts["population_count"]).reindex(kept.index)
    town = town.map(level.areas["municipality_code"])
    codes = pd.DataFrame(
        {
            "municipality_code": town,
            "municipality_name": town.map(outcome.gathered.municipality_names),
        }
    )
    words = text(
        "basis_own_codes" if way.by == "own" else f"vendor_postal_{way.by}", outcome.plans.language
    )
    outreach = Outreach(
        codes_count=len(kept),
        left_out_count=int(few.sum()),
        minimum_count=campaign.minimum_count,
        people_count=float(kept.sum(skipna=False)),
        postal=words.format(**shares_in_words(choice)),
    )
    return Chosen(codes.rename(index=lambda code: code.replace(" ", "")), outreach)


def _few_faults(chosen: Chosen, wanted: Addressed) -> list[str]:
    people, (first, last) = chosen.outreach.people_count, wanted.ages
    whom = f"residents aged {first}-{last} in {chosen.outreach.codes_count} postal codes"
    if people >= wanted.least_residents:
        return []
    told = (
        f"{whom}: found {people:.0f}; expected at least {wanted.least_residents}"
        " (least_residents), so that the selection points at nobody. Choose more areas or a wider"
        " age"
    )
    if isnan(people):
        told = (
            f"{whom}: unknown in some of them; expected a figure for each. Add a source of ages by"
            " area, or choose ages that the sources have"
        )
    return [told]


def _basis(
    outcome: Outcome, areas: pd.Index, outreach: Outreach, *, register: Register, edition: Edition
) -> Basis:
    level, plans = outcome.levels[0], outcome.plans
    language, names = plans.language, outcome.gathered.municipality_names
    places = level.areas.loc[areas.sort_values()]
    scores = level.scores[MAILING].loc[places.index]
    return Basis(
        areas=pd.DataFrame(
            {
                "area_name": places["area_name"],
                "municipality_name": places["municipality_code"].map(names),
                "score": scores["score"],
                "rank": scores["rank"],
            }
        ),
        all_areas_count=len(level.areas),
        area_set=level.area_set,
        rule=_rule(plans),
        outreach=outreach,
        register=register.name,
        election_day=edition.election_day.isoformat(),
        election=basis_line(plans.campaign, language),
        publishers=publishers(outcome.gathered.loaded),
    )


def _rule(plans: Brief) -> Rule:
    profile, language = plans.profiles[MAILING], plans.language
    weights, locating = profile.weights(), plans.locating
    return Rule(
        profile=profile.label.model_dump()[language],
        criteria={
            item.label.model_dump()[language]: weights[item.indicator] / sum(weights.values())
            for item in profile.criteria
        },
        groups={
            plans.groups[name].label.model_dump()[language]: (
                weight / sum(locating.values()),
                plans.groups[name].sensitive,
            )
            for name, weight in locating.items()
        },
        other_share=other_share(profile, plans),
    )
