"""How sure the demo's rankings say they are, beside the ranking that its truth gives."""

from pathlib import Path

import numpy as np
import pandas as pd
from check_demo import ELECTORATES, run_demo, truth_of
from check_tables import as_table, percent

from geoprio.config import Method, Profile, Uncertainty
from geoprio.demo import write_demo
from geoprio.proof import grade_figures, grade_ranking, true_indicators
from geoprio.runs import Result
from geoprio.scores import Measured, rank_uncertainty, score_areas

AREAS = 400
CHANNELS = ("canvass", "mailing")
SETS = ("regso_2020", "deso_2018")
SHARES = ["top_left_out", "clear_outside", "interval_covered", "set_covered", "top_covered"]
HEAD = """## How sure a ranking is: small demo counties

Counties of {areas} DeSO; the true score is the profile's on the true groups and votes, figures that
are published for the areas as published. `top_left_out`: of the areas truly among the {k} at the
top, those whose answer is Gemensam kampanj (at most 10 % is asked for). `clear_outside`: of the
clear priorities, those truly not at the top. `interval_covered`: of all areas, those whose true
rank is within the 5-95 % of the draws. `set_covered`: those whose true rank is in the 95 %
confidence set (at least 95 % is asked for); `sets_all_covered`: whether every set of the county
holds. `top_covered`: of the areas truly at the top, those in the confidence set of the top; `may be
top` counts that set. `width` is the median set's, in ranks. `no errors` is `top_left_out` when
figures, weights and method are taken as exact. The organising channel rests on the user's own
figures and is not graded."""
OF_FIGURES = (
    "The figures' own errors, means of the seeds: root mean square of how far they are `off` and of"
    " their standard errors (`error`), in standard deviations over areas; the share of areas whose"
    " 90 % interval covers."
)


def check_ranking(folder: Path, seeds: range) -> str:
    """Return the grades of several small counties, by seed, and of their figures."""
    ranked, figures = [], []
    for seed in seeds:
        raw = folder / f"small-{seed}"
        write_demo(raw, areas=AREAS, seed=seed)
        result = run_demo(raw)
        for area_set in SETS:
            truth = true_figures(result, raw, area_set)
            level = result.levels[area_set]
            ranked += [grade(result, truth, area_set, channel, seed) for channel in CHANNELS]
            graded = grade_figures(level.indicators, level.errors, truth)
            graded = graded[graded["error"] > 0].reset_index(names="figure")
            figures.append(graded.assign(areas=area_set))
    table = pd.DataFrame(ranked)
    means = table.groupby(["areas", "channel"], sort=False)[[*SHARES, "no errors"]].mean()
    worst = table.groupby(["areas", "channel"], sort=False)["top_left_out"].max()
    means.insert(1, "worst seed", worst)
    shown = table.assign(**{name: percent(table[name]) for name in (*SHARES, "no errors")})
    of_figures = pd.concat(figures).groupby(["areas", "figure"], sort=False).mean().reset_index()
    return "\n\n".join(
        [
            HEAD.format(areas=AREAS, k=result.campaign.top_k),
            f"Means of {len(seeds)} seeds:",
            as_table(means.apply(percent).reset_index()),
            OF_FIGURES,
            as_table(of_figures.round({"off": 3, "error": 3, "covered": 3})),
            "By seed:",
            as_table(shown),
        ]
    )


def true_figures(result: Result, raw: Path, area_set: str) -> pd.DataFrame:
    """Return the indicators of a run's area set as they truly are."""
    cells = truth_of(raw, area_set, ELECTORATES["riksdag"])
    votes = pd.read_parquet(raw / "facit" / "val-deso_2018.parquet")
    votes = votes[(votes["year"] == 2022) & (votes["election"] == "riksdag")]
    votes = votes.set_index("area_code").drop(columns=["year", "election"]).astype(float)
    if area_set != "deso_2018":
        key = pd.read_csv(raw / "koppling-deso2018-regso2020.csv", dtype=str)
        votes = votes.groupby(key.set_index("DeSO_2018")["RegSOkod_2020"]).sum()
    given = result.campaign.target_groups
    weights = {name: one * (name in result.locating) for name, one in given.items()}
    return true_indicators(
        result.levels[area_set].indicators,
        cells,
        votes.rename_axis("area_code"),
        weights=weights,
    )


def grade(
    result: Result, truth: pd.DataFrame, area_set: str, channel: str, seed: int
) -> dict[str, object]:
    """Return the grades of one ranking."""
    level, profile = result.levels[area_set], result.profiles[channel]
    home = level.areas["municipality_code"]
    known = score_areas(truth, profile, channel=channel, election="riksdag", municipality=home)
    sets, top_k = result.judged[area_set].sets[channel], result.campaign.top_k
    graded = grade_ranking(level.scores[channel], sets, known, top_k=top_k)
    blind = level.scores[channel].assign(
        answer=take_as_exact(level.indicators, profile, top_k=top_k)
    )
    return {
        "seed": seed,
        "areas": area_set,
        "channel": channel,
        "ranked": int(known["score"].notna().sum()),
        **graded[SHARES],
        "sets_all_covered": "yes" if graded["all_covered"] else "no",
        "may be top": int(sets["in_top_set"].sum()),
        "width": int((sets["set_high_rank"] - sets["set_low_rank"] + 1).median()),
        "no errors": grade_ranking(blind, sets, known, top_k=top_k)["top_left_out"],
    }


def take_as_exact(indicators: pd.DataFrame, profile: Profile, *, top_k: int) -> pd.Series:
    """Return the answers when nothing may differ: the ranking itself."""
    one = Method(normalise=profile.normalise, aggregate=profile.aggregate)
    exact = Measured(indicators, pd.DataFrame(index=indicators.index))
    rules = Uncertainty(draws=1, concentration=None, methods=(one,))
    rng = np.random.default_rng(1)
    return rank_uncertainty(exact, profile, rules, top_k=top_k, rng=rng)["answer"]
