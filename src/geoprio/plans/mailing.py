"""PLAN of the mailing: what each edition's areas are, in which wave, at whose cost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from geoprio.config import MAILING, MailingEdition
from geoprio.config.resources import Floor, Plan
from geoprio.errors import ConfigError, SourceError
from geoprio.plans.choice import (
    Bound,
    Limit,
    MailingWish,
    add_areas,
    choose_bound,
    choose_mailing,
    doubled,
    mailable_areas,
    mean_precision,
    plan_choice,
)
from geoprio.plans.gain import Drawn, draw_figures, naive_choice
from geoprio.plans.limits import SHORT, floor_rows
from geoprio.plans.reach import Grounds, Reach, edition_reach
from geoprio.scores.draws import rng_for
from geoprio.tables import PLAN, check
from geoprio.words import Phrase

DRAWS = 1000
FILE = "privat/utskick_foreningar.csv"
"""Where the user says what associations add."""
NO_PLAN = pd.DataFrame(
    {
        **dict.fromkeys(("electors_count", "target_persons_count"), 0.0),
        "channel": "",
        "cost_sek": 0.0,
        "households_count": 0.0,
        **dict.fromkeys(("precision", "precision_everyone", "lift", "order", "wave"), 0.0),
        "payer": "",
        "edition": "",
    },
    index=pd.Index([], dtype="str", name="area_code"),
)
"""PLAN of a campaign that mails nothing."""
NOBODY = pd.DataFrame(columns=["association", "area_code", "edition"], dtype=str)


@dataclass(frozen=True)
class Mailing:
    """One edition: its areas, and what they reach."""

    edition: MailingEdition
    reach: Reach
    limit: Limit
    plan: pd.DataFrame
    """PLAN with the associations' own areas, `payer` saying whose."""
    doubled: pd.Series
    """Association by area that it asked for and the district mails already."""
    seed: int
    alternative: str = ""
    """What sets it apart from the run's plan, in words; empty for the plan itself."""

    @property
    def name(self) -> str:
        """What it is called: the edition's name, and what sets it apart."""
        return f"{self.edition.name} - {self.alternative}".removesuffix(" - ")

    @cached_property
    def chosen(self) -> pd.Series:
        """Whether the district mails each area."""
        own = self.plan.index[self.plan["payer"].isna()]
        areas = self.reach.areas.index
        return pd.Series(areas.isin(own), index=areas, name="chosen")

    @cached_property
    def drawn(self) -> Drawn:
        """Electorates and target persons as they may be."""
        rng = rng_for(self.seed, f"mailing {self.edition.name}: figures")
        return draw_figures(self.reach.areas, draws=DRAWS, rng=rng)

    @property
    def county_precision(self) -> float:
        """Share (0-1) of target persons among all of the county's electors."""
        return mean_precision(mailable_areas(self.reach.areas))


def plan_mailing(
    grounds: Grounds, wish: MailingWish | None = None, added: pd.DataFrame = NOBODY
) -> pd.DataFrame:
    """Return the areas that each edition mails: the best choice there is within what it may mail.

    Parameters
    ----------
    grounds
        What the choice is made by (`run.grounds`).
    wish
        How much each edition may mail; the campaign's budget where left out.
    added
        What associations pay for: `association`, `area_code`, `edition`.

    Returns
    -------
    plan
        PLAN, an area once for each `edition` that goes there: `order` 1 first, costs in kronor,
        `electors_count` who are reached, `target_persons_count` among them (an estimate) and
        `precision`, their share (0-1), beside `precision_everyone`, that of mailing everyone, and
        `lift`, how many times it; `payer` is the association, or missing for the district.

    Raises
    ------
    GeoprioError
        As for `choose_edition`.

    Examples
    --------
    >>> import geoprio as gp
    >>> run = gp.read_run("data/processed/demo")
    >>> plan = gp.plan_mailing(run.grounds, gp.MailingWish(budget_sek=100_000))
    >>> bool(plan["cost_sek"].sum() <= 100_000)
    True
    """
    return plan_of(plan_editions(grounds, wish, added))


def plan_editions(
    grounds: Grounds, wish: MailingWish | None = None, added: pd.DataFrame = NOBODY
) -> list[Mailing]:
    """Return the choice of each of the campaign's editions, in their order; see `plan_mailing`."""
    return [
        choose(
            grounds,
            edition,
            wish,
            added[added["edition"] == edition.name].set_index("area_code")["association"],
        )
        for edition in grounds.campaign.editions
    ]


def plan_of(mailings: Sequence[Mailing]) -> pd.DataFrame:
    """Return PLAN of several editions."""
    plans = [one.plan.assign(edition=one.edition.name) for one in mailings]
    plans = plans or [NO_PLAN]
    # Parts without an area have no types of their own.
    whole = pd.concat([plan for plan in plans if len(plan)] or plans[:1])
    return check(whole.astype({"edition": "str"}).sort_index(kind="stable"), PLAN)


def choose(
    grounds: Grounds, edition: MailingEdition, wish: MailingWish | None, added: pd.Series
) -> Mailing:
    """Return the choice of one edition: the areas that reach most of its target groups.

    Parameters
    ----------
    grounds
        What the choice is made by.
    edition
        One of the campaign's, or another.
    wish
        How much it may mail; None for the campaign's budget.
    added
        Association by area that it pays for.

    Raises
    ------
    GeoprioError
        The election has no electorate here, an addressed edition is asked for a precision or for
        more than the score gives, or an added area has no known households.
    """
    campaign = grounds.campaign
    reach = edition_reach(grounds, edition)
    cost = campaign.mailing.cost_per_household_sek
    limit = limit_of(grounds, edition, reach, wish)
    if edition.addressed:
        chosen = _down_the_score(grounds, reach, edition, limit, added)
    elif bound := mailing_bound(grounds, reach):
        chosen = choose_bound(reach.areas, limit, bound)
    else:
        chosen = choose_mailing(reach.areas, limit)
    waves = len(edition.weeks) or campaign.mailing.waves
    own = plan_choice(reach.areas, chosen, cost_per_household_sek=cost, waves=waves)
    _refuse_unknown_households(reach, added)
    plan = add_areas(own, reach.areas, added, cost_per_household_sek=cost)
    return Mailing(edition, reach, limit, plan, doubled(own, added), campaign.seed)


def mailing_bound(grounds: Grounds, reach: Reach) -> Bound | None:
    """Return what the plan's floors and locks of the mailing are of an edition; None without any.

    Mailing takes money of its own and no hours, so that the best choice of letters and the best
    use of hours are together the best plan there is.
    """
    plan = grounds.campaign.plan.mailed if grounds.campaign.plan else None
    if plan is None or not (plan.floors or plan.locks):
        return None
    rows = _floors(plan, grounds, reach)
    return Bound(
        pd.DataFrame([given for *_, given, _ in rows], columns=reach.areas.index),
        np.array([least for *_, least in rows], dtype=float),
        pd.Series(
            {one.area_code: 1 if one.wish == "in" else -1 for one in plan.locks}, dtype=float
        ),
    )


def _floors(plan: Plan, grounds: Grounds, reach: Reach) -> list[Any]:
    areas = reach.areas.join(grounds.frames["areas"])
    letters = areas.rename_axis("area_code").reset_index().assign(channel=MAILING, election=MAILING)
    return [
        (floor, name, given.fillna(0.0).to_numpy(float), least)
        for floor, name, given, least in floor_rows(
            letters, plan, {MAILING: replace(reach, areas=areas)}
        )
    ]


def short_floors(
    grounds: Grounds, plan: Plan, mailed: pd.DataFrame
) -> list[tuple[Floor, str, float]]:
    """Return the floors that a mailing does not meet, with whom each is of and what it lacks.

    `mailed` is PLAN with `edition`; addressed editions have no floors.
    """
    found = []
    for edition in grounds.campaign.editions if plan.mailed.floors else ():
        codes = mailed.index[mailed["edition"] == edition.name]
        reach = edition_reach(grounds, edition)
        inside = reach.areas.index.isin(codes)
        for floor, name, given, least in _floors(plan.mailed, grounds, reach):
            lacks = least - float(given[inside].sum())
            if lacks > SHORT and not edition.addressed:
                found.append((floor, name, lacks))
    return found


def limit_of(
    grounds: Grounds, edition: MailingEdition, reach: Reach, wish: MailingWish | None
) -> Limit:
    """Return how much an edition may mail; by its own score alone where it is addressed."""
    budget = grounds.campaign.mailing
    wish = wish or MailingWish(budget_sek=budget.budget_sek)
    county = mean_precision(mailable_areas(reach.areas))
    return wish.limit(budget.cost_per_household_sek, 0.0 if edition.addressed else county)


def _down_the_score(
    grounds: Grounds, reach: Reach, edition: MailingEdition, limit: Limit, added: pd.Series
) -> pd.Series:
    """Return the first areas of the combined score, for as long as they fit.

    Persons are never chosen by one layer, so neither a group nor an association's wish decides.
    """
    if limit.households is None:
        raise ConfigError("addressed_with_precision", edition=edition.name)
    if len(added):
        raise SourceError("addressed_takes_no_additions", file=FILE, edition=edition.name)
    scores = grounds.frames["scores"]
    rank = scores.loc[scores["channel"] == MAILING, "rank"]
    return naive_choice(reach.areas, -rank, limit.households)


def _refuse_unknown_households(reach: Reach, added: pd.Series) -> None:
    """Refuse an added area whose households are not known: nothing can be ordered there."""
    households = reach.areas["households_count"].reindex(added.index)
    unknown = sorted(added.index[~(households > 0)])
    if unknown:
        raise SourceError("households_unknown", file=FILE, areas=unknown)


def refuse_wrong_additions(
    added: pd.DataFrame, owners: pd.Series, editions: Sequence[MailingEdition]
) -> None:
    """Refuse what associations add where it is not of the campaign's areas and editions.

    Parameters
    ----------
    added
        `association`, `area_code` and `edition`, in the order of the user's file.
    owners
        Association by area.
    editions
        The campaign's.

    Raises
    ------
    SourceError
        An unknown area or edition, or another association's area: every row at once.
    """
    names = [edition.name for edition in editions]
    faults = []
    for row, one in enumerate(added.astype(object).to_dict("records"), start=2):
        code, payer, edition = str(one["area_code"]), one["association"], one["edition"]
        if code not in owners:
            faults.append(Phrase("row_no_area", row=row, code=code))
        elif owners[code] != payer:
            faults.append(Phrase("row_not_own_area", row=row, code=code, association=payer))
        if edition not in names:
            faults.append(Phrase("row_expected_one_of", row=row, edition=edition, editions=names))
    if faults:
        raise SourceError("additions_wrong", faults, file=FILE)
