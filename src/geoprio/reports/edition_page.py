"""The leadership's files of one edition: plan, gain curve as table and picture, what is wasted."""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from geoprio.config import MailingEdition
from geoprio.config.counties import reach
from geoprio.config.resources import Plan
from geoprio.files.markdown import bullets, heading, page
from geoprio.files.svg import GainWords, render_gain
from geoprio.files.table import PLACE, Table, header, render_csv
from geoprio.groups import for_election
from geoprio.plans import Mailing
from geoprio.plans.choice import mailable_areas, mean_precision
from geoprio.plans.gain import OURS, RANDOM, advantage, gain_curve, naive_choice, reached, strongest
from geoprio.plans.mailing import limit_of
from geoprio.plans.postal import delivery_weeks, week_span
from geoprio.plans.reach import edition_reach
from geoprio.runs import Run
from geoprio.runs.notes import basis_line, basis_words, listed
from geoprio.scores.draws import rng_for
from geoprio.tables import NORMAL_90
from geoprio.words import Language, decimal, text, whole

LIFT_AT = 0.2
"""Share of the households at which the strongest naive ranking is picked for the picture."""


def planned_edition(run: Run, edition: MailingEdition) -> Mailing:
    """Return what the run plans for one of its editions."""
    reach = edition_reach(run.grounds, edition)
    plan = run.mailing[run.mailing["edition"] == edition.name].drop(columns="edition")
    told = run.record["mailing"]["editions"][edition.name]["asked_for_twice"]
    return Mailing(
        edition=edition,
        reach=reach,
        limit=limit_of(run.grounds, edition, reach, None),
        plan=plan,
        doubled=pd.Series(told, dtype=object),
        seed=run.campaign.seed,
    )


def mark_of(run: Run, alternative: str) -> str | None:
    """Return what every file of an edition bears: the demo mark, and that it is no plan."""
    told = text("mail_alternative", run.language, what=alternative) if alternative else ""
    return " ".join(part for part in (run.mark, told) if part) or None


def row_notes(run: Run, election: str | None = None, alternative: str = "") -> dict[str, str]:
    """Return what a table says of itself on each row, by heading."""
    mark = mark_of(run, alternative)
    told = {header("basis", run.language): basis_words(run.campaign, run.language, election)}
    return told | ({header("note", run.language): mark} if mark else {})


def mail_page(run: Run, mailing: Mailing) -> bytes:
    """Return the page as Markdown: what is reached and wasted, when, and at whose cost."""
    language = run.language

    def head(key: str) -> str:
        return heading(text(f"mail_heading_{key}", language))

    parts = [
        f"{_readers_line(run, mailing)}.",
        head("waste"),
        *_hits(run, mailing),
        head("waves"),
        bullets(_waves(run, mailing)),
        head("costs"),
        bullets(_costs(mailing, language)),
        *_doubled(run, mailing),
        head("note"),
        bullets([*_roles(run, mailing), *_notes(mailing, run)]),
    ]
    return page(_title(run, mailing), mark_of(run, mailing.alternative), parts)


def _title(run: Run, mailing: Mailing) -> str:
    return text("mail_title", run.language, campaign=run.campaign.title, edition=mailing.name)


def _readers_line(run: Run, mailing: Mailing) -> str:
    """Return what the figures rest on, and who may read them."""
    language = run.language
    readers = f"{header('audience', language)}: {text('audience_valledning', language)}"
    basis = basis_line(run.campaign, language, mailing.edition.election)
    return f"{basis}. {readers[0].upper()}{readers[1:]}"


def _hits(run: Run, mailing: Mailing) -> list[str]:
    language, areas = run.language, mailing.reach.areas
    labels = group_labels(run)
    named = listed([labels[str(name)] for name in mailing.reach.shares], language)
    groups = text("mail_groups", language, groups=named)
    if not mailing.chosen.any():
        return [groups, text("mail_none", language)]
    told = reached(areas, mailing.chosen, mailing.drawn)
    own = areas[mailing.chosen]
    hits = round(100 * told["precision_share"])
    waste = text(
        "mail_waste",
        language,
        hits=hits,
        low=round(100 * told["precision_low_share"]),
        high=round(100 * told["precision_high_share"]),
        waste=100 - hits,
    )
    return [
        groups,
        text(
            "mail_size",
            language,
            households=whole(int(own["households_count"].round().sum()), language),
            areas=whole(len(own), language),
            share=_percent(told["mailed_share"], language),
        ),
        f"{waste} {lift_words(told['precision_share'], mailing.county_precision, language)}",
        text(
            "mail_reach",
            language,
            reached=_percent(told["reached_share"], language),
            low=_percent(told["reached_low_share"], language),
            high=_percent(told["reached_high_share"], language),
            random=_percent(told["mailed_share"], language),
        ),
        # By precision the most households are mailed, not the most target persons.
        *([] if mailing.limit.households is None else [_rival(mailing, labels, language)]),
    ]


def mailing_line(mailing: Mailing, language: Language) -> str:
    """Return what an edition has chosen, what it costs, and what it reaches beside everyone."""
    if not mailing.chosen.any():
        return f"{mailing.name}: {text('mail_none', language)}"
    told = reached(mailing.reach.areas, mailing.chosen, mailing.drawn)
    words = text(
        "mail_told",
        language,
        edition=mailing.name,
        areas=whole(mailing.plan.index.nunique(), language),
        households=whole(int(mailing.plan["households_count"].sum()), language),
        cost=whole(round(mailing.plan["cost_sek"].sum()), language),
        reached=_percent(told["reached_share"], language),
        hits=round(100 * told["precision_share"]),
    )
    return f"{words} {lift_words(told['precision_share'], mailing.county_precision, language)}"


def lift_words(precision: float, everyone: float, language: Language) -> str:
    """Return what mailing everyone would hit, and how many times it a precision (0-1) is."""
    times = decimal(precision / everyone, 1, language)
    return text("mail_everyone", language, hits=round(100 * everyone), times=times)


def plan_words(run: Run) -> str:
    """Return how well the first edition of the plan hits, beside mailing everyone; "" without."""
    names = [edition.name for edition in run.campaign.editions]
    sums = run.mailing[run.mailing["edition"].isin(names[:1])]
    own = sums[sums["payer"].isna()]
    if own.empty:
        return ""
    language, precision = run.language, mean_precision(own)
    everyone = float(own["precision_everyone"].iloc[0])
    hits = text("plan_hits", language, hits=round(100 * precision))
    return f"{hits} {lift_words(precision, everyone, language)}"


def _rival(mailing: Mailing, labels: dict[str, str], language: Language) -> str:
    """Return what the best ranking by one group's share reaches with as many households."""
    areas, shares = mailing.reach.areas, mailing.reach.shares
    households = float(areas.loc[mailing.chosen, "households_count"].round().sum())
    rivals = {str(name): naive_choice(areas, shares[name], households) for name in shares}
    counts = {
        name: float(areas.loc[one, "target_persons_count"].sum()) for name, one in rivals.items()
    }
    best = max(sorted(counts), key=lambda name: counts[name])
    theirs = reached(areas, rivals[best], mailing.drawn)
    more = advantage(areas, mailing.chosen, rivals[best], mailing.drawn)
    return text(
        "mail_naive",
        language,
        group=labels[best],
        reached=_percent(theirs["reached_share"], language),
        more=_percent(more["advantage_share"], language),
        low=_percent(more["advantage_low_share"], language),
        high=_percent(more["advantage_high_share"], language),
    )


def _percent(share: float, language: Language) -> str:
    return decimal(100 * share, 1, language)


def _waves(run: Run, mailing: Mailing) -> list[str]:
    language = run.language
    sums = mailing.plan.groupby("wave")["households_count"].sum()
    weeks = wave_weeks(mailing.edition, len(sums), run.campaign.plan)
    return [
        text(
            "mail_wave",
            language,
            wave=number + 1,
            week=f" ({week_span(weeks[number])})" if weeks else "",
            households=whole(int(count), language),
        )
        for number, count in enumerate(sums)
    ]


def wave_weeks(edition: MailingEdition, waves: int, plan: Plan | None) -> list[str]:
    """Return the week of each wave, first wave first; empty where no day is known.

    Its own weeks, else the last ones before early voting of its own election day, else the plan's.
    """
    day = edition.election_day or (plan.election_day if plan else None)
    weeks = list(edition.last_weeks(waves))
    return weeks if weeks or not day else delivery_weeks(date.fromisoformat(day), max(waves, 1))


def edition_weeks(run: Run, plan: Plan | None = None) -> dict[str, list[str]]:
    """Return by edition the week of each wave of the run's mailing; see `wave_weeks`.

    `plan` is the run's campaign's where left out.
    """
    last = run.mailing.groupby("edition")["wave"].max().dropna()
    plan = plan or run.campaign.plan
    return {
        one.name: wave_weeks(one, int(last.get(one.name, 1)), plan) for one in run.campaign.editions
    }


def _costs(mailing: Mailing, language: Language) -> list[str]:
    payers = mailing.plan["payer"].fillna("")
    sums = mailing.plan.groupby(payers)[["households_count", "cost_sek"]].sum().sort_index()
    return [
        text(
            "mail_cost",
            language,
            payer=str(payer) or text("mail_district", language),
            households=whole(int(row["households_count"]), language),
            cost=whole(round(row["cost_sek"]), language),
        )
        for payer, row in sums.iterrows()
    ]


def _doubled(run: Run, mailing: Mailing) -> list[str]:
    names = run.scored.areas["area_name"]
    return [
        text("mail_doubled", run.language, area=names[code], payer=payer)
        for code, payer in mailing.doubled.items()
    ]


def _roles(run: Run, mailing: Mailing) -> list[str]:
    """Return why groups that locate nothing are not counted, where the edition names none."""
    groups = () if mailing.edition.target_groups else run.groups.values()
    return [group.role_why.told(run.language) for group in groups if group.role_why]


def _notes(mailing: Mailing, run: Run) -> list[str]:
    areas, limit, language = mailing.reach.areas, mailing.limit, run.language
    told = [text("mail_interval", language), text("mail_reserve", language)]
    if limit.households is not None:
        least = text("mail_least", language, reach=reach(run.campaign, language))
        told.append(text("mail_by_score", language) if mailing.edition.addressed else least)
        mailed = areas.loc[mailing.chosen, "households_count"].round().sum()
        spare = int(limit.households - mailed)
        if spare:
            told.append(text("mail_spare", language, households=whole(spare, language)))
    unknown = len(areas) - len(mailable_areas(areas))
    if unknown:
        told.append(text("mail_unknown", language, count=whole(unknown, language)))
    return told


def leadership_files(run: Run, mailing: Mailing) -> dict[str, bytes]:
    """Return the leadership's files of an edition by name, the page in words last."""
    notes = row_notes(run, mailing.edition.election, mailing.alternative)
    tables = {"utskick.csv": plan_table(run, [mailing])}
    curve = None
    # An addressed edition is no point of the curve; without an area to mail there is none.
    if not mailing.edition.addressed and len(mailable_areas(mailing.reach.areas)):
        curve = edition_curve(run, mailing)
        tables["traffkurva.csv"] = _curve(run, curve)
    files = {
        name: render_csv(table, "valledning", language=run.language, notes=notes)
        for name, table in tables.items()
    }
    if curve is not None:
        files["traffkurva.svg"] = _picture(run, mailing, curve)
    return files | {"utskick.md": mail_page(run, mailing)}


def edition_curve(run: Run, mailing: Mailing) -> pd.DataFrame:
    """Return what each way of choosing reaches at each share of the households.

    Parameters
    ----------
    run
        A finished run.
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
    >>> run = gp.read_run("data/processed/demo")
    >>> edition = run.campaign.editions[0]
    >>> mailing = gp.choose_edition(run, edition, gp.MailingWish(precision=0.7))
    >>> curve = gp.edition_curve(run, mailing)
    >>> at = curve.query("limit_share == 0.2").set_index("method")["reached_share"]
    >>> bool(at["chosen"] > at["random"])
    True
    """
    return gain_curve(
        mailing.reach.areas,
        mailing.reach.shares,
        mailing.drawn,
        least_precision=mailing.county_precision,
        rng=rng_for(run.campaign.seed, f"mailing {mailing.edition.name}: random orders"),
    )


def plan_table(run: Run, mailings: Sequence[Mailing]) -> Table:
    """Return the areas of one or more editions, each edition in the order of its choice."""
    language = run.language
    numbers = ["households_count", "electors_count", "target_persons_count"]
    places, parts = pd.DataFrame(run.scored.places[PLACE]), []
    for mailing in mailings:
        plan = mailing.plan.sort_values(["order", "payer"], kind="stable", na_position="last")
        shown = plan[["wave", *numbers, "precision"]].copy()
        shown[numbers] = shown[numbers].round()
        around = NORMAL_90 * mailing.reach.areas["target_share_se"].reindex(plan.index)
        for name, end in (("precision_low", -around), ("precision_high", around)):
            shown[name] = (100 * (plan["precision"] + end).clip(0, 1)).round(1)
        shown["precision"] = (100 * shown["precision"]).round(1)
        shown["precision_everyone"] = (100 * plan["precision_everyone"]).round(1)
        shown["lift"] = plan["lift"].round(2)
        withheld = shown.index.isin(_withheld(run, mailing))
        hidden = ["target_persons_count", *shown.filter(like="precision"), "lift"]
        shown.loc[withheld, hidden] = float("nan")
        shown["cost_sek"] = plan["cost_sek"].round(2)
        shown["payer"] = plan["payer"].fillna(text("mail_district", language))
        named = pd.Series(mailing.name, plan.index, dtype=object, name="edition")
        parts.append(pd.concat([named, plan["order"], places.loc[plan.index], shown], axis=1))
    nothing = run.mailing[["edition", "order", "wave", *numbers, "cost_sek"]].iloc[:0].join(places)
    whole = [part for part in parts if len(part)] or parts[:1] or [nothing]
    table = pd.concat(whole).rename_axis("area_code")
    own = {key: header(f"mail_{key}", language) for key in numbers[1:]}
    return Table(table, {**Table.of(table, language).headings, **own})


def _withheld(run: Run, mailing: Mailing) -> pd.Index:
    """Return the areas that an edition for one group must not tell of: its figure is withheld."""
    groups = list(mailing.reach.shares)
    if len(groups) > 1:
        return pd.Index([])
    rows = for_election(run.scored.groups, run.grounds.election_of(mailing.edition))
    return rows.index[(rows["group"] == groups[0]) & (rows["shown"] != "shown")]


def _curve(run: Run, curve: pd.DataFrame) -> Table:
    language = run.language
    shown = (100 * curve.drop(columns="method")).round(2)
    shown.index = pd.Index(curve["method"].map(_labels(run)), name="method")
    headings = {key: header(f"gain_{key}", language) for key in ["method", *shown]}
    return Table(shown, headings)


def group_labels(run: Run) -> dict[str, str]:
    """Return what each target group is called."""
    return {name: run.label(group) for name, group in run.groups.items()}


def _labels(run: Run) -> dict[str, str]:
    own = {name: text(f"gain_{name}", run.language) for name in (OURS, RANDOM)}
    return own | {
        name: text("gain_naive", run.language, group=label)
        for name, label in group_labels(run).items()
    }


def _picture(run: Run, mailing: Mailing, curve: pd.DataFrame) -> bytes:
    language, mark = run.language, mark_of(run, mailing.alternative)
    labels = _labels(run)
    rivals = [OURS, strongest(curve, LIFT_AT), RANDOM]
    ends = curve.loc[curve["method"] == OURS, "mailed_share"].iloc[-1] < curve["limit_share"].max()
    return render_gain(
        [(labels[name], curve[curve["method"] == name]) for name in rivals],
        GainWords(
            title=f"{text('gain_title', language)} – {_title(run, mailing)}",
            across=text("gain_across", language),
            up=text("gain_up", language),
            everyone=text("gain_everyone", language),
            notes=[
                _readers_line(run, mailing),
                *(
                    [text("gain_ends", language, reach=reach(run.campaign, language))]
                    if ends
                    else []
                ),
                *([mark] if mark else []),
            ],
        ),
    )
