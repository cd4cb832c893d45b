"""How the target groups overlap in the county, in words and for the record.

The words name origin and union: they are for the leadership, not for associations or the public.
"""

from typing import Any

import numpy as np
import pandas as pd

from geoprio.config import Brief
from geoprio.groups import Joint, at_least_one, integerise, overlap_table
from geoprio.groups.joint import joint_seed, joint_source
from geoprio.runs.notes import listed
from geoprio.runs.outcome import Outcome
from geoprio.words import text, told, whole


def county_overlap(outcome: Outcome) -> pd.DataFrame:
    """Return how the groups overlap among the electors of the county, as `overlap_table` does."""
    scored = outcome.levels[0]
    return overlap_table(scored.joint, scored.roll["electors_count"])


def printed_overlap(outcome: Outcome) -> pd.DataFrame:
    """Return the same with `shown`, without the numbers that are too small to be told."""
    table = county_overlap(outcome).reset_index(drop=True)
    few = table["persons_count"].between(1, outcome.plans.campaign.minimum_count - 1)
    told = table.assign(shown=np.where(few, "small", "shown"))
    return told.assign(**{name: told[name].mask(few) for name in ("persons_count", "share")})


def group_labels(plans: Brief) -> dict[str, str]:
    """Return the label of each target group."""
    return {name: group.label.told(plans.language) for name, group in plans.groups.items()}


def overlap_lines(outcome: Outcome) -> list[str]:
    """Return the overlap in sentences: of each group, of all; what is estimated, where from."""
    language, labels = outcome.plans.language, group_labels(outcome.plans)
    table = county_overlap(outcome)
    pairs = table[(table["group"] != "") & table["share"].notna()]
    lines = []
    for group, rows in pairs.groupby("group", sort=False):
        others = [
            text(
                "overlap_next" if number else "overlap_first",
                language,
                number=_of_hundred(share),
                other=labels[also],
            )
            for number, (also, share) in enumerate(zip(rows["also"], rows["share"], strict=True))
        ]
        lines.append(
            text(
                "overlap_group", language, group=labels[str(group)], others=listed(others, language)
            )
        )
    return [
        *lines,
        _union_line(outcome, table),
        *overlap_estimated(outcome),
        overlap_origin(outcome),
    ]


def overlap_estimated(outcome: Outcome) -> list[str]:
    """Return a sentence for each group that nobody counts: its numbers must not pass for counts."""
    language, rows = outcome.plans.language, outcome.levels[0].groups
    guessed = set(rows["group"][rows["method"].isin(["synthetic", "proxy"])])
    return [
        text("overlap_estimated", language, group=label)
        for name, label in group_labels(outcome.plans).items()
        if name in guessed
    ]


def _union_line(outcome: Outcome, table: pd.DataFrame) -> str:
    language, scored = outcome.plans.language, outcome.levels[0]
    exactly = table[table["groups_count"].notna()]
    # Rounded together, so that what is told adds up to 100.
    hundred = integerise(exactly["persons_count"].to_numpy(float), 100)
    words = text("overlap_numbers", language).split()
    numbers = [
        text(
            "overlap_exactly",
            language,
            share=share,
            number=words[number - 1] if number <= len(words) else number,
        )
        for number, share in enumerate(hundred)
        if number
    ]
    electors = scored.roll["electors_count"]
    union = at_least_one(scored.joint).mul(electors, axis=0).sum()
    known = electors[scored.joint.cells.notna().all(axis=1)].sum()
    return text(
        "overlap_union",
        language,
        share=100 - hundred[0],
        numbers=listed(numbers, language),
        low=_of_hundred(union["low"] / known),
        high=_of_hundred(union["high"] / known),
    )


def overlap_origin(outcome: Outcome) -> str:
    """Return what the overlap is known from, and where independence is assumed."""
    campaign, language = outcome.plans.campaign, outcome.plans.language
    labels, overlap = group_labels(outcome.plans), campaign.overlap
    source = joint_source(campaign, outcome.gathered)
    if source is not None:
        known = text(
            "overlap_joint",
            language,
            title=told(source.source.title, language),
            origin=source.origin,
        )
        apart = [labels[name] for name in labels if name not in overlap.cells]
        if apart:
            words = text("overlap_joint_without", language)
            known = f"{known} {words.format(groups=listed(apart, language))}"
    elif overlap.odds_ratios:
        ratios = [
            text(
                "overlap_ratio",
                language,
                first=labels[item.groups[0]],
                second=labels[item.groups[1]],
                ratio=f"{item.ratio:.2f}".replace(".", "," if language == "sv" else "."),
                source=item.source,
            )
            for item in overlap.odds_ratios
        ]
        known = text("overlap_odds", language, ratios=listed(ratios, language))
    else:
        known = text("overlap_independence", language)
    return " ".join([known, *_pair_words(outcome)])


def _pair_words(outcome: Outcome) -> list[str]:
    language, labels = outcome.plans.language, group_labels(outcome.plans)
    joint = outcome.levels[0].joint
    return [
        text(
            "overlap_pair",
            language,
            first=labels[first],
            second=labels[second],
            count=whole(count, language),
            all=whole(len(joint.cells), language),
        )
        for (first, second), count in joint.pairs.items()
    ]


def overlap_record(outcome: Outcome) -> dict[str, Any]:
    """Return the county's overlap and what it is known from, for the record."""
    overlap = outcome.plans.campaign.overlap
    seed = "independence"
    if overlap.joint is not None:
        seed = overlap.joint
    elif overlap.odds_ratios:
        seed = "odds_ratios"
    table = printed_overlap(outcome).drop(columns="shown").astype(object)
    cells = joint_seed(outcome.plans.campaign, outcome.gathered)
    return {
        "combine": overlap.combine,
        "seed": seed,
        "cells": {name: float(value) for name, value in cells.items()},
        "odds_ratios": [item.model_dump(mode="json") for item in overlap.odds_ratios],
        "summed_out": [name for name in overlap.cells if name not in outcome.plans.groups],
        "words": overlap_lines(outcome),
        "estimated": overlap_estimated(outcome),
        "origin": overlap_origin(outcome),
        "county": table.where(table.notna(), None).to_dict("records"),
    }


def joint_record(joint: Joint) -> dict[str, Any]:
    """Return how the joint table of one area set was fitted, for the record."""
    return {
        "groups": list(joint.shares.columns),
        "areas": int(joint.cells.notna().all(axis=1).sum()),
        "rounds": joint.rounds,
        "largest_margin_error": float(f"{joint.error:.1e}"),
        "areas_with_two_way_table": {
            " x ".join(pair): count for pair, count in joint.pairs.items()
        },
    }


def _of_hundred(share: float) -> int:
    return round(100 * share)
