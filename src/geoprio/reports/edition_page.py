"""The leadership's files of one edition: plan, gain curve as table and picture, what is wasted."""

from dataclasses import dataclass

import pandas as pd

from geoprio.config import Campaign, MailingEdition
from geoprio.errors import ConfigError
from geoprio.files.names import escaped
from geoprio.files.svg import GainWords, render_gain
from geoprio.files.table import PLACE, Table, header, render_csv
from geoprio.groups import Joint, for_election, intensity, shares_by_group
from geoprio.groups.joint import join_groups
from geoprio.plans.choice import Limit, mailable_areas, mean_precision
from geoprio.plans.gain import (
    OURS,
    RANDOM,
    Drawn,
    advantage,
    gain_curve,
    naive_choice,
    reached,
    strongest,
)
from geoprio.plans.postal import delivery_weeks
from geoprio.plans.reach import steady_electors
from geoprio.runs.notes import basis_line, basis_words, listed
from geoprio.runs.outcome import Outcome
from geoprio.runs.union import group_labels
from geoprio.scores import intensity_error
from geoprio.scores.draws import rng_for
from geoprio.words import Language, decimal, text, whole

# Whom an edition of the mailing reaches in each area, and how sure that is.


@dataclass(frozen=True)
class Reach:
    """The areas of the scored set as one edition sees them."""

    areas: pd.DataFrame
    """`households_count`, `electors_count`, `electors_se`, `target_persons_count` and
    `target_share_se` by area; NaN where unknown."""
    shares: pd.DataFrame
    """Share (0-1) of each of its target groups by area."""


def reach_of(outcome: Outcome, edition: MailingEdition) -> Reach:
    """Return whom an edition reaches, made of what is printed alone.

    Raises
    ------
    ConfigError
        No source gives the electorate of the edition's election.
    """
    campaign, level = outcome.plans.campaign, outcome.levels[0]
    election = edition.election or campaign.election.basis
    joint = level.joint if election == campaign.election.basis else _joint(outcome, election)
    rows = for_election(level.printed, election)
    wide = rows.set_index("group", append=True)["share_se"].unstack()  # noqa: PD010
    errors = wide.reindex(index=joint.shares.index, columns=joint.shares.columns)
    # An estimate without a known error is not exact: as far off as the groups with one at most.
    errors = errors.fillna(errors.max()).fillna(0.0)
    names = list(edition.target_groups or campaign.target_groups)
    everyone = intensity(joint, dict.fromkeys(joint.shares.columns, 1.0), combine="any")
    weights = dict.fromkeys(names, 1.0)
    share = intensity(joint, weights, combine="any")
    electors, se = _electors(outcome, election)
    adults = level.counts.get("adults_count", pd.Series(float("nan"), electors.index))
    steadied = steady_electors(electors, se, adults, everyone)
    areas = steadied.assign(
        households_count=level.indicators["households_count"],
        target_persons_count=steadied["electors_count"] * share,
        target_share_se=intensity_error(joint, errors, weights, combine="any"),
    )
    return Reach(areas, joint.shares[names])


def _electors(outcome: Outcome, election: str) -> tuple[pd.Series, pd.Series]:
    level = outcome.levels[0]
    if election == outcome.plans.campaign.election.basis:
        return level.votes["electors_count"], level.errors["electors_count"]
    roll = level.rolls.by_election[election]
    return roll.electors, roll.se


def _joint(outcome: Outcome, election: str) -> Joint:
    level, campaign = outcome.levels[0], outcome.plans.campaign
    if election not in level.rolls.by_election:
        there = ", ".join(level.rolls.by_election)
        message = (
            f"mailing.editions: election {election!r}: no source gives its electorate; expected"
            f" one of {there}"
        )
        raise ConfigError(message)
    shares = shares_by_group(for_election(level.printed, election)).reindex(level.areas.index)
    # Two-way tables are of the campaign's own election, and areas where a group is withheld.
    return join_groups(shares, pd.DataFrame(index=shares.index), campaign, outcome.gathered)


# What was chosen for one edition of the mailing.


@dataclass(frozen=True)
class Mailing:
    """One edition: its areas, and what they reach."""

    edition: MailingEdition
    reach: Reach
    limit: Limit
    chosen: pd.Series
    """Whether the district mails each area."""
    plan: pd.DataFrame
    """PLAN with the associations' own areas, `payer` saying whose."""
    doubled: pd.Series
    """Association by area that it asked for and the district mails already."""
    drawn: Drawn
    county_precision: float
    """Share (0-1) of target persons among all of the county's electors."""


# What one edition reaches and wastes, when, and at whose cost: a page that anybody can read.


def mail_page(outcome: Outcome, mailing: Mailing) -> str:
    """Return the page as Markdown."""
    language, campaign = outcome.plans.language, outcome.plans.campaign
    title = text("mail_title", language).format(
        campaign=escaped(campaign.title), edition=escaped(mailing.edition.name)
    )
    parts = [
        f"# {title}",
        *([f"**{outcome.mark}**"] if outcome.mark else []),
        f"{readers_line(campaign, language)}.",
        f"## {text('mail_heading_waste', language)}",
        *_hits(outcome, mailing),
        f"## {text('mail_heading_waves', language)}",
        _bullets(_waves(mailing, language)),
        f"## {text('mail_heading_costs', language)}",
        _bullets(_costs(mailing, language)),
        *_doubled(outcome, mailing),
        f"## {text('mail_heading_note', language)}",
        _bullets(_notes(mailing, language)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def readers_line(campaign: Campaign, language: Language) -> str:
    """Return what the figures rest on, and who may read them."""
    readers = f"{header('audience', language)}: {text('audience_valledning', language)}"
    return f"{basis_line(campaign, language)}. {readers[0].upper()}{readers[1:]}"


def _hits(outcome: Outcome, mailing: Mailing) -> list[str]:
    language, areas = outcome.plans.language, mailing.reach.areas
    labels = group_labels(outcome.plans)
    groups = text("mail_groups", language).format(
        groups=escaped(listed([labels[str(name)] for name in mailing.reach.shares], language))
    )
    if not mailing.chosen.any():
        return [groups, text("mail_none", language)]
    told = reached(areas, mailing.chosen, mailing.drawn)
    own = areas[mailing.chosen]
    hits = round(100 * told["precision_share"])
    everyone = round(100 * mean_precision(mailable_areas(areas)))
    return [
        groups,
        text("mail_size", language).format(
            households=whole(int(own["households_count"].round().sum()), language),
            areas=whole(len(own), language),
            share=decimal(100 * told["mailed_share"], 1, language),
        ),
        text("mail_waste", language).format(
            hits=hits,
            low=round(100 * told["precision_low_share"]),
            high=round(100 * told["precision_high_share"]),
            waste=100 - hits,
        )
        + " "
        + text("mail_everyone", language).format(hits=everyone),
        text("mail_reach", language).format(
            reached=decimal(100 * told["reached_share"], 1, language),
            low=decimal(100 * told["reached_low_share"], 1, language),
            high=decimal(100 * told["reached_high_share"], 1, language),
            random=decimal(100 * told["mailed_share"], 1, language),
        ),
        # By precision the most households are mailed, not the most target persons.
        *([] if mailing.limit.households is None else [_rival(mailing, labels, language)]),
    ]


def _rival(mailing: Mailing, labels: dict[str, str], language: Language) -> str:
    """Return what the best ranking by one group's share reaches with as many households."""
    areas, shares = mailing.reach.areas, mailing.reach.shares
    households = float(areas.loc[mailing.chosen, "households_count"].round().sum())
    rivals = {str(name): naive_choice(areas, shares[name], households) for name in shares}
    counts = {
        name: float(areas.loc[one, "target_persons_count"].sum()) for name, one in rivals.items()
    }
    best = max(sorted(counts), key=lambda name: counts[name])
    more = advantage(areas, mailing.chosen, rivals[best], mailing.drawn)
    return text("mail_naive", language).format(
        group=escaped(labels[best]),
        reached=decimal(
            100 * reached(areas, rivals[best], mailing.drawn)["reached_share"], 1, language
        ),
        more=decimal(100 * more["advantage_share"], 1, language),
        low=decimal(100 * more["advantage_low_share"], 1, language),
        high=decimal(100 * more["advantage_high_share"], 1, language),
    )


def _waves(mailing: Mailing, language: Language) -> list[str]:
    edition, plan = mailing.edition, mailing.plan
    sums = plan.groupby("wave")["households_count"].sum()
    weeks = list(edition.last_weeks(len(sums)))
    if not weeks and edition.election_day:
        day = pd.Timestamp(edition.election_day).date()
        weeks = delivery_weeks(day, max(len(sums), 1))
    return [
        text("mail_wave", language).format(
            wave=number + 1,
            week=f" ({escaped(weeks[number])})" if weeks else "",
            households=whole(int(count), language),
        )
        for number, count in enumerate(sums)
    ]


def _costs(mailing: Mailing, language: Language) -> list[str]:
    payers = mailing.plan["payer"].fillna("")
    sums = mailing.plan.groupby(payers)[["households_count", "cost_sek"]].sum().sort_index()
    return [
        text("mail_cost", language).format(
            payer=escaped(str(payer)) or text("mail_district", language),
            households=whole(int(row["households_count"]), language),
            cost=whole(round(row["cost_sek"]), language),
        )
        for payer, row in sums.iterrows()
    ]


def _doubled(outcome: Outcome, mailing: Mailing) -> list[str]:
    language, names = outcome.plans.language, outcome.levels[0].areas["area_name"]
    return [
        text("mail_doubled", language).format(area=escaped(names[code]), payer=escaped(payer))
        for code, payer in mailing.doubled.items()
    ]


def _notes(mailing: Mailing, language: Language) -> list[str]:
    areas, limit = mailing.reach.areas, mailing.limit
    told = [text("mail_interval", language)]
    if limit.households is not None:
        told.append(text("mail_by_score" if mailing.edition.addressed else "mail_least", language))
        mailed = areas.loc[mailing.chosen, "households_count"].round().sum()
        spare = int(limit.households - mailed)
        if spare:
            words = text("mail_spare", language)
            told.append(words.format(households=whole(spare, language)))
    unknown = len(areas) - len(mailable_areas(areas))
    if unknown:
        told.append(text("mail_unknown", language).format(count=whole(unknown, language)))
    return told


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


NORMAL_90 = 1.645
"""Standard errors to either end of a 90 % interval."""
LIFT_AT = 0.2
"""Share of the households at which the strongest naive ranking is picked for the picture."""


def leadership_files(outcome: Outcome, mailing: Mailing) -> dict[str, bytes]:
    """Return the leadership's files of an edition by name, the page in words last."""
    language, campaign = outcome.plans.language, outcome.plans.campaign
    notes = {header("basis", language): basis_words(campaign, language)}
    notes |= {header("note", language): outcome.mark} if outcome.mark else {}
    tables = {"utskick.csv": _plan(outcome, mailing)}
    curve = None
    # An addressed edition is no point of the curve; without an area to mail there is none.
    if not mailing.edition.addressed and len(mailable_areas(mailing.reach.areas)):
        curve = edition_curve(outcome, mailing)
        tables["traffkurva.csv"] = _curve(outcome, curve)
    files = {
        name: render_csv(table, "valledning", language=language, notes=notes)
        for name, table in tables.items()
    }
    if curve is not None:
        files["traffkurva.svg"] = _picture(outcome, mailing, curve)
    return files | {"utskick.md": mail_page(outcome, mailing).encode()}


def edition_curve(outcome: Outcome, mailing: Mailing) -> pd.DataFrame:
    """Return what each way of choosing reaches at each share of the households.

    Parameters
    ----------
    outcome
        What a run computed.
    mailing
        From `choose_edition`, of the same.

    Returns
    -------
    curve
        One row per `method` and `limit_share` (0.05 to 1 of the households). `method` is `chosen`,
        a target group's name (down its share, the naive way) or `random`; `reached_share` (0-1)
        is the share of all target persons reached and `precision_share` (0-1) theirs of those
        reached, each with the ends of a 90 % interval; NaN where nobody is reached.

    Examples
    --------
    >>> import geoprio as gp
    >>> outcome = gp.compute("data/raw/demo/demo.toml")
    >>> edition = outcome.plans.campaign.editions[0]
    >>> mailing = gp.choose_edition(outcome, edition, gp.MailingWish(precision=0.7))
    >>> curve = gp.edition_curve(outcome, mailing)
    >>> at = curve.query("limit_share == 0.2").set_index("method")["reached_share"]
    >>> bool(at["chosen"] > at["random"])
    True
    """
    return gain_curve(
        mailing.reach.areas,
        mailing.reach.shares,
        mailing.drawn,
        least_precision=mailing.county_precision,
        rng=rng_for(outcome.plans.campaign.seed, f"mailing {mailing.edition.name}: random orders"),
    )


def _plan(outcome: Outcome, mailing: Mailing) -> Table:
    """Return the plan in its order, the district's areas first."""
    language = outcome.plans.language
    places = outcome.levels[0].areas.assign(
        municipality_name=lambda frame: frame["municipality_code"].map(
            outcome.gathered.municipality_names
        )
    )
    plan = mailing.plan.sort_values(["order", "payer"], kind="stable", na_position="last")
    numbers = ["households_count", "electors_count", "target_persons_count"]
    shown = plan[["wave", *numbers, "precision"]].copy()
    shown[numbers] = shown[numbers].round()
    around = NORMAL_90 * mailing.reach.areas["target_share_se"].reindex(plan.index)
    for name, end in (("precision_low", -around), ("precision_high", around)):
        shown[name] = (100 * (plan["precision"] + end).clip(0, 1)).round(1)
    shown["precision"] = (100 * shown["precision"]).round(1)
    withheld = shown.index.isin(_withheld(outcome, mailing))
    shown.loc[withheld, ["target_persons_count", *shown.filter(like="precision")]] = float("nan")
    shown["cost_sek"] = plan["cost_sek"].round(2)
    shown["payer"] = plan["payer"].fillna(text("mail_district", language))
    table = pd.concat([plan[["order"]], places.loc[plan.index, PLACE], shown], axis=1)
    headings = {key: header(key, language) for key in ["area_code", *table]}
    headings |= {key: header(f"mail_{key}", language) for key in numbers[1:]}
    return Table(pd.DataFrame(table.rename_axis("area_code")), headings)


def _withheld(outcome: Outcome, mailing: Mailing) -> pd.Index:
    """Return the areas that an edition for one group must not tell of: its figure is withheld."""
    groups = list(mailing.reach.shares)
    if len(groups) > 1:
        return pd.Index([])
    election = mailing.edition.election or outcome.plans.campaign.election.basis
    rows = for_election(outcome.levels[0].printed, election)
    return rows.index[(rows["group"] == groups[0]) & (rows["shown"] != "shown")]


def _curve(outcome: Outcome, curve: pd.DataFrame) -> Table:
    language = outcome.plans.language
    shown = (100 * curve.drop(columns="method")).round(2)
    shown.index = pd.Index(curve["method"].map(_labels(outcome)), name="method")
    headings = {key: header(f"gain_{key}", language) for key in ["method", *shown]}
    return Table(shown, headings)


def _labels(outcome: Outcome) -> dict[str, str]:
    language: Language = outcome.plans.language
    own = {name: text(f"gain_{name}", language) for name in (OURS, RANDOM)}
    words = text("gain_naive", language)
    return own | {
        name: words.format(group=label) for name, label in group_labels(outcome.plans).items()
    }


def _picture(outcome: Outcome, mailing: Mailing, curve: pd.DataFrame) -> bytes:
    language, campaign = outcome.plans.language, outcome.plans.campaign
    labels = _labels(outcome)
    rivals = [OURS, strongest(curve, LIFT_AT), RANDOM]
    title = text("mail_title", language).format(
        campaign=campaign.title, edition=mailing.edition.name
    )
    ends = curve.loc[curve["method"] == OURS, "mailed_share"].iloc[-1] < curve["limit_share"].max()
    return render_gain(
        [(labels[name], curve[curve["method"] == name]) for name in rivals],
        GainWords(
            title=f"{text('gain_title', language)} – {title}",
            across=text("gain_across", language),
            up=text("gain_up", language),
            everyone=text("gain_everyone", language),
            notes=[
                readers_line(campaign, language),
                *([text("gain_ends", language)] if ends else []),
                *([outcome.mark] if outcome.mark else []),
            ],
        ),
    )
