"""The leadership's files of one edition: plan, gain curve as table and picture, what is wasted."""

import pandas as pd

from geoprio.groups import for_election
from geoprio.outputs.files import render_csv
from geoprio.outputs.gain_picture import GainWords, render_gain
from geoprio.outputs.tables import PLACE, Table, header
from geoprio.pipeline.chance import rng_for
from geoprio.pipeline.mail_words import mail_page, readers_line
from geoprio.pipeline.mailed import Mailing
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.overlap import group_labels
from geoprio.pipeline.words import basis_words
from geoprio.planning.choice import mailable_areas
from geoprio.planning.gain import OURS, RANDOM, gain_curve, strongest
from geoprio.texts import Language, text

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
