"""How sure the demo's rankings say they are, beside the ranking that its truth gives."""

import pandas as pd
from check_counties import ELECTION, SETS, SETUPS, County
from check_tables import as_table, percent, told

from geoprio.groups.measures import Z90
from geoprio.proof import (
    calibration,
    grade_verdicts,
    logit_slope,
)
from geoprio.scores import score_areas

CHANNELS = ("canvass", "mailing")
LOWEST, HIGHEST = 0.8, 1.25
FARTHEST = 0.1
ENOUGH = 30
"""Areas, over all seeds, of a class that is graded."""
MOST_FALSE, MOST_MISSED = 0.10, 0.05
RANKED = ["interval_covered", "set_covered", "top_covered", "all_covered"]
OF_RANKING = ["setup", "areas", "channel"]
HEAD = """## Chances and verdicts: are they as sure as they say?

An area's chance `p_top` of being among the first k, beside whether it truly is; the true score is
the profile's own of the true groups and votes. `slope`: of the logits ({lowest} to {highest} is
asked for; above 1 chances are too modest, below too bold). `worst class`: stated less true where
they differ most, of the classes below with {enough} areas (at most {farthest}). `false`: of those
told *Satsa fullt*, those that are not of the first (at most {false:.0%}). `missed`: of the true
first, those told one of the three lowest verdicts (at most {missed:.0%}). `full` and `ask`: how
many are told so, of k, a county on average. The organising channel rests on the user's own figures
and is not graded."""
SETS_HEAD = """## Rank confidence sets

`interval_covered`: of all areas, those whose true rank is within the 5-95 % of the draws.
`set_covered`: those whose true rank is in the 95 % confidence set (at least 95 % is asked for).
`top_covered`: of the areas truly at the top, those in the confidence set of the top; `may be top`
counts that set. `all_covered`: counties where every set holds."""
OF_FIGURES = """## The figures' own errors

Means of the seeds: root mean square of how far they are `off` and of their standard errors
(`error`), in standard deviations over areas; `ratio` is error to off, 1 where standard errors are
as large as they should be; the share of areas whose 90 % interval covers."""


def chance_rows(county: County) -> pd.DataFrame:
    """Return every scored area's chance and verdict, and whether it truly is of the first."""
    parts = []
    for setup, area_set, channel in _rankings():
        scores = county.level(setup, area_set).scores[channel]
        rank, top_k = (
            true_scores(county, setup, area_set, channel)["rank"],
            county.top_k(setup, area_set),
        )
        rows = scores[["p_top", "verdict"]].assign(top=(rank <= top_k).where(rank.notna()), k=top_k)
        keys = dict(zip(OF_RANKING, (setup, area_set, channel), strict=True))
        parts.append(rows.dropna().assign(**keys))
    return pd.concat(parts).assign(seed=county.seed)


def set_rows(county: County) -> pd.DataFrame:
    """Return the grades of each ranking's intervals and confidence sets."""
    rows = []
    for setup, area_set, channel in _rankings():
        graded = ranking_grades(county, setup, area_set, channel)
        sets = county.outcomes[setup].judged[area_set].sets[channel]
        keys = dict(zip(OF_RANKING, (setup, area_set, channel), strict=True))
        rows.append(
            keys | graded[RANKED].to_dict() | {"may be top": float(sets["in_top_set"].sum())}
        )
    return pd.DataFrame(rows)


def figure_rows(county: County) -> pd.DataFrame:
    """Return the grades of the indicators' standard errors."""
    parts = []
    for setup in SETUPS:
        for area_set in SETS:
            level, truth = county.level(setup, area_set), county.truth(setup, area_set)
            graded = grade_figures(level.indicators, level.errors, truth)
            graded = graded[graded["error"] > 0].reset_index(names="figure")
            parts.append(graded.assign(setup=setup, areas=area_set))
    return pd.concat(parts)


def _rankings() -> list[tuple[str, str, str]]:
    return [(setup, area_set, one) for setup in SETUPS for area_set in SETS for one in CHANNELS]


def true_scores(county: County, setup: str, area_set: str, channel: str) -> pd.DataFrame:
    """Return SCORES of the true figures, by the profile's own weights and method."""
    return score_areas(
        county.truth(setup, area_set),
        county.outcomes[setup].plans.profiles[channel],
        channel=channel,
        election=ELECTION,
        municipality=county.level(setup, area_set).areas["municipality_code"],
    )


def ranking_grades(
    county: County, setup: str, area_set: str, channel: str, **said: pd.Series
) -> pd.Series:
    """Return the grades of a ranking, or of what else is said of it."""
    return grade_ranking(
        county.level(setup, area_set).scores[channel].assign(**said),
        county.outcomes[setup].judged[area_set].sets[channel],
        true_scores(county, setup, area_set, channel),
        top_k=county.top_k(setup, area_set),
    )


def graded_chances(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the grades of each ranking over all seeds."""
    found = []
    for keys, part in rows.groupby(OF_RANKING, sort=False):
        classes = calibration(part["p_top"], part["top"])
        classes = classes[classes["areas"] >= ENOUGH]
        off = classes["stated"] - classes["true"]
        verdicts = grade_verdicts(part["verdict"], part["top"])
        seeds = part["seed"].nunique()
        found.append(
            dict(zip(OF_RANKING, keys, strict=True))
            | {
                "k": int(part["k"].iloc[0]),
                "slope": logit_slope(part["p_top"], part["top"]),
                "worst class": off[off.abs().idxmax()] if len(off) else float("nan"),
                **verdicts[["false", "missed"]],
                "full": verdicts["full"] / seeds,
                "ask": verdicts["ask"] / seeds,
            }
        )
    return pd.DataFrame(found)


def chance_bars(rows: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return what is asked, for whom, what is measured, and whether it is met."""
    bars = []
    for row in graded_chances(rows).to_dict("records"):
        whom = ", ".join(row[key] for key in OF_RANKING)
        asked = {
            f"slope of p_top {LOWEST} to {HIGHEST}": (
                f"{row['slope']:.2f}",
                LOWEST <= row["slope"] <= HIGHEST,
            ),
            f"every class within {FARTHEST}": (
                _signed(row["worst class"]),
                abs(row["worst class"]) <= FARTHEST,
            ),
            f"at most {MOST_FALSE:.0%} of *Satsa fullt* false": (
                f"{row['false']:.1%}",
                row["false"] <= MOST_FALSE,
            ),
            f"at most {MOST_MISSED:.0%} of the true first missed": (
                f"{row['missed']:.1%}",
                row["missed"] <= MOST_MISSED,
            ),
        }
        bars += [(bar, whom, measured, told(met)) for bar, (measured, met) in asked.items()]
    return sorted(bars, key=lambda bar: list(asked).index(bar[0]))


def _signed(share: float) -> str:
    return f"{share:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00")


def chances_page(rows: pd.DataFrame) -> str:
    """Return the grades and the curves of every ranking."""
    graded = graded_chances(rows)
    shown = graded.assign(
        **{name: percent(graded[name]) for name in ("false", "missed")},
        **{name: graded[name].map("{:.1f}".format) for name in ("full", "ask")},
        **{"worst class": graded["worst class"].map(_signed)},
        slope=graded["slope"].map("{:.2f}".format),
    )
    head = HEAD.format(
        lowest=LOWEST,
        highest=HIGHEST,
        enough=ENOUGH,
        farthest=FARTHEST,
        false=MOST_FALSE,
        missed=MOST_MISSED,
    )
    curves = []
    for keys, part in rows.groupby(OF_RANKING, sort=False):
        classes = calibration(part["p_top"], part["top"])
        named = (
            classes["stated"].map("{:.2f}".format) + " → " + classes["true"].map("{:.2f}".format)
        )
        cells = (named + " (" + classes["areas"].astype(str) + ")").to_dict()
        row = {f"{max(span.left, 0):g}–{span.right:g}": cell for span, cell in cells.items()}
        curves.append(dict(zip(OF_RANKING, keys, strict=True)) | row)
    curve = pd.DataFrame(curves)
    spans = sorted(set(curve) - set(OF_RANKING), key=lambda name: float(name.split("–")[0]))
    words = (
        "Stated chance → how often it was so (areas of all seeds), by class of the stated chance:"
    )
    return "\n\n".join(
        [head, as_table(shown), words, as_table(curve[[*OF_RANKING, *spans]].fillna("–"))]
    )


def sets_page(sets: pd.DataFrame, figures: pd.DataFrame) -> str:
    """Return the tables of the confidence sets and of the figures' errors."""
    means = sets.groupby(OF_RANKING, sort=False).mean().reset_index()
    shown = means.assign(**{name: percent(means[name]) for name in RANKED}).round(1)
    errors = figures.groupby(["setup", "areas", "figure"], sort=False).mean().reset_index()
    errors.insert(5, "ratio", errors["error"] / errors["off"])
    return "\n\n".join([SETS_HEAD, as_table(shown), OF_FIGURES, as_table(errors.round(2))])


def grade_ranking(
    scores: pd.DataFrame, sets: pd.DataFrame, truth: pd.DataFrame, *, top_k: int
) -> pd.Series:
    """Return how well what is said of a ranking meets the truth's, in shares (0-1).

    Beside what `grade_verdicts` returns: `interval_covered` and `set_covered`, of all areas, those
    whose true rank lies within the draws' 5-95 %, and in the confidence set; `top_covered`, of the
    true top, those in its set; `all_covered`, 1 where every set holds its rank.
    """
    known = scores["score"].notna() & truth["score"].notna()
    scores, sets, rank = scores[known], sets[known], truth.loc[known, "rank"]
    inside = rank.between(sets["set_low_rank"], sets["set_high_rank"])
    of_ranks = {
        "interval_covered": rank.between(scores["rank_low"], scores["rank_high"]).mean(),
        "set_covered": inside.mean(),
        "top_covered": sets.loc[rank <= top_k, "in_top_set"].astype(float).mean(),
        "all_covered": float(inside.all()),
    }
    graded = grade_verdicts(scores["verdict"], rank <= top_k)
    return pd.Series(graded.to_dict() | of_ranks)


def grade_figures(
    indicators: pd.DataFrame, errors: pd.DataFrame, truth: pd.DataFrame
) -> pd.DataFrame:
    """Return how well the indicators' standard errors meet the truth, by indicator.

    `off`, the root mean square of how far it is from the truth, and `error`, that of its standard
    errors, in standard deviations of the truth; `covered`, areas (0-1) whose 90 % interval holds.
    """
    names = [name for name in errors.columns if name in truth]
    off, errors, spread = (indicators - truth)[names], errors[names], truth[names].std()
    return pd.DataFrame(
        {
            "off": (off**2).mean() ** 0.5 / spread,
            "error": (errors**2).mean() ** 0.5 / spread,
            "covered": (off.abs() <= Z90 * errors + 1e-9).mean(),
        }
    )
