"""What one edition reaches and wastes, when, and at whose cost: a page that anybody can read."""

import pandas as pd

from geoprio.config import Campaign
from geoprio.outputs.markdown import escaped
from geoprio.outputs.tables import header
from geoprio.pipeline.mailed import Mailing
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.overlap import group_labels
from geoprio.pipeline.words import basis_line, listed
from geoprio.planning.choice import mailable_areas, mean_precision
from geoprio.planning.delivery import delivery_weeks
from geoprio.planning.gain import advantage, naive_choice, reached
from geoprio.texts import Language, decimal, text, whole


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
