"""How sure the rankings are, as people are told it: the table of weights, notices, the record."""

from typing import Any

import numpy as np
import pandas as pd

from geoprio.areas import overlapping
from geoprio.config import Brief
from geoprio.config.counties import told_elsewhere
from geoprio.counts import too_few
from geoprio.counts.inventory import SPLIT, single_years
from geoprio.runs.doubt import doubt_record, doubt_words
from geoprio.runs.notes import listed
from geoprio.runs.outcome import Outcome
from geoprio.scores import PRIVATE, Located, rank_set_widths, unknown_words
from geoprio.sources.catalogue import OwnFile
from geoprio.words import Language, decimal, set_name, text, whole
from geoprio.words import told as told_words

ORGANISE = "organise"
"""Name of the profile whose ranking the first organising list goes down."""
GROUPS = "groups"
"""What the target groups' weights within the intensity stand under, beside the channels."""


def weight_rows(outcome: Outcome) -> pd.DataFrame:
    """Return each criterion's central weight in percent beside what it is worth in fact."""
    plans, language = outcome.plans, outcome.plans.language
    judged = outcome.judged[outcome.levels[0].area_set]
    parts = []
    for kind in (*judged.effective, GROUPS):
        frame = _of_kind(outcome, kind)
        labels = _labels(plans, kind)
        remarks = [_remark(name, judged.warnings[kind], labels, language) for name in frame.index]
        parts.append(
            pd.DataFrame(
                {
                    "channel": _channel(plans, kind),
                    "criterion": [labels[name] for name in frame.index],
                    "nominal_weight": (100 * frame["nominal_weight"]).round(1),
                    "effective_weight": (100 * frame["effective_part"]).round(1),
                    "rank_correlation": frame["rank_correlation"].round(3),
                    "top_changed_count": frame["top_changed_count"],
                    "remark": remarks,
                }
            )
        )
    return pd.concat(parts, ignore_index=True).rename_axis("row")


def told_of(outcome: Outcome) -> list[str]:
    """Return what people must be told: channels that nothing is known of, areas without a home."""
    plans, language = outcome.plans, outcome.plans.language
    told = [line.told(language) for line in outcome.left_out]
    if _teens_are_split(outcome):
        told.append(text("told_split_assumed", language))
    for level in outcome.levels:
        whole_towns = outcome.gathered.atlas.stand_ins(level.area_set)
        if len(whole_towns) and not plans.campaign.whole_municipalities:
            named = set_name(level.area_set, language)
            told.append(text("told_whole_towns", language, count=len(whole_towns), area_set=named))
        homeless = int(level.areas["association"].isna().sum())
        named = set_name(level.area_set, language)
        if homeless:
            told.append(text("no_association", language, count=homeless, area_set=named))
        exceeding = level.rolls.exceeding(
            plans.campaign.election.basis, level.counts["population_count"]
        )
        if exceeding:
            count = len(exceeding)
            told.append(text("electors_exceed", language, count=count, area_set=named))
    told += [
        *_told_of_elsewhere(outcome),
        *_told_of_borders(outcome),
        *_told_of_doors(outcome),
        *_told_of_ranking(outcome),
        *_told_of_groups(outcome),
        *_told_of_advice(outcome),
    ]
    households = outcome.levels[0].indicators["households_count"]
    empty = all(mailing.plan.empty for mailing in outcome.mailings)
    if outcome.mailings and empty and households.notna().any():
        told.append(text("nothing_mailed", language))
    cost = sum(one.plan["cost_sek"][one.plan["payer"].isna()].sum() for one in outcome.mailings)
    budget = plans.campaign.mailing.budget_sek
    if cost > budget:
        sums = {"cost": whole(round(cost), language), "budget": whole(round(budget), language)}
        told.append(text("mailed_beyond", language, **sums))
    return told


def _teens_are_split(outcome: Outcome) -> bool:
    """Return whether a count rests on an assumption of how many of 15-19 are minors."""
    tables = [table.counts for table in outcome.gathered.tables]
    measures = [measure for group in outcome.plans.groups.values() for measure in group.measures]
    used = {name for measure in measures for name in (measure.count, measure.of)}
    teens = any("age_15_19_count" in counts for counts in tables)
    return teens and not used.isdisjoint(SPLIT) and single_years(tables).empty


def _told_of_elsewhere(outcome: Outcome) -> list[str]:
    """Return which figures were counted in another county."""
    plans = outcome.plans
    rests_on = {f"effects/{plans.campaign.effects}": outcome.guides.effects}
    faults = told_elsewhere(plans.campaign, plans.groups, rests_on)
    return [fault.told(plans.language) for fault in faults]


def _told_of_borders(outcome: Outcome) -> list[str]:
    """Return which associations no area belongs to, and which own borders lie on each other."""
    language, areas = outcome.plans.language, outcome.levels[0].areas
    lost = sorted(set(outcome.plans.memberships["association"]) - set(areas["association"]))
    told = (
        [text("association_without_area", language, names=listed(lost, language))] if lost else []
    )
    for item in outcome.gathered.loaded:
        if isinstance(item.source.fetch, OwnFile) and item.source.provides == "areas":
            pairs = overlapping(item.frame)
            names = [f"{first} – {second}" for first, second in pairs[:3]]
            source = told_words(item.source.title, language)
            values = {"source": source, "count": len(pairs), "names": ", ".join(names)}
            told += [text("borders_overlap", language, **values)] if pairs else []
    return told


def _told_of_doors(outcome: Outcome) -> list[str]:
    """Return in how many areas the user's file counts doors, where it does not in all of them."""
    level, language = outcome.levels[0], outcome.plans.language
    known = level.indicators["doors_count"].notna()
    if known.all() or not known.any():
        return []
    count, every = (whole(int(number), language) for number in (known.sum(), len(known)))
    named = set_name(level.area_set, language)
    return [text("told_doors_partly", language, count=count, all=every, area_set=named)]


def _told_of_ranking(outcome: Outcome) -> list[str]:
    """Return how wide the rankings' confidence sets are, and which weights do not do what they say.

    Of the scored set; the closer one is only wider.
    """
    plans, language = outcome.plans, outcome.plans.language
    level = outcome.levels[0]
    judged, k = outcome.judged[level.area_set], whole(plans.campaign.top_k, language)
    told = [line.told(language) for line in too_few(plans.campaign, len(level.areas))]
    for channel, sets in judged.sets.items():
        width = rank_set_widths(_as_ranks(sets))
        ranked = int(width["areas_count"])
        words = text("told_width", language)
        words += text("told_few" if ranked < plans.campaign.top_k else "told_top", language)
        told.append(
            words.format(
                channel=_channel(plans, channel),
                median=whole(int(width["median_count"]), language),
                areas=whole(ranked, language),
                top=whole(int(sets["in_top_set"].sum()), language),
                k=k,
            )
        )
        top = _top_record(outcome, level, channel)
        if top["doubt"]:
            called = {"channel": _channel(plans, channel), "k": k}
            told.append(doubt_words(top, _labels(plans, GROUPS), language, **called))
    for kind, found in judged.warnings.items():
        labels = _labels(plans, kind)
        for row in found[~found["criterion"].isin(PRIVATE)].itertuples():
            words = text("told_hardly" if row.kind == "hardly_moves" else "told_same", language)
            told.append(
                words.format(
                    channel=_channel(plans, kind),
                    criterion=labels[str(row.criterion)],
                    other=labels.get(str(row.other), ""),
                    value=decimal(float(row.value), 2, language),  # type: ignore[arg-type]
                )
            )
    return told


def _told_of_groups(outcome: Outcome) -> list[str]:
    """Return how many of the first each group's figure changes, a sentence for each channel."""
    plans, language, level = outcome.plans, outcome.plans.language, outcome.levels[0]
    found = outcome.judged[level.area_set].changes
    labels = _labels(plans, GROUPS)
    told = []
    for channel in found.columns[found.notna().any()]:
        counts = {
            str(name): whole(int(one), language) for name, one in found[channel].dropna().items()
        }
        words = {"channel": _channel(plans, channel), "k": whole(plans.campaign.top_k, language)}
        for key, locates in (("told_changes", True), ("told_would_change", False)):
            said = [
                text("told_change", language, group=labels[name], count=count)
                for name, count in counts.items()
                if (name in plans.locating) == locates
            ]
            if said:
                told.append(text(key, language, changes=listed(said, language), **words))
    return told


def certainty_record(outcome: Outcome) -> dict[str, Any]:
    """Return the settings, and by area set and channel how sure the ranking is."""
    rules = outcome.plans.campaign.uncertainty
    return {
        "draws": rules.draws,
        "concentration": rules.concentration,
        "methods": [f"{item.normalise}, {item.aggregate}" for item in rules.methods],
        "false_discoveries": rules.false_discoveries,
        "misses": rules.misses,
        "most_missed": rules.most_missed,
        "area_sets": {
            level.area_set: {
                channel: {
                    **_top_record(outcome, level, channel),
                    "rank_sets": _plain(rank_set_widths(_as_ranks(sets))),
                    "weights": {
                        str(name): _plain(row.drop("estimator"))
                        for name, row in _of_kind(outcome, channel, level.area_set).iterrows()
                    },
                    "bounds": _bounds(outcome.judged[level.area_set].bounds[channel]),
                    "without_one_area": _removed(
                        outcome.judged[level.area_set].removed.get(channel)
                    ),
                }
                for channel, sets in outcome.judged[level.area_set].sets.items()
            }
            for level in outcome.levels
        },
        "groups_change_of_first": {
            str(name): _plain(row)
            for name, row in outcome.judged[outcome.levels[0].area_set].changes.iterrows()
        },
        "groups_in_intensity": {
            str(name): _plain(row.drop("estimator"))
            for name, row in outcome.judged[outcome.levels[0].area_set].groups.iterrows()
        },
    }


def _top_record(outcome: Outcome, level: Located, channel: str) -> dict[str, Any]:
    """Return how sure it is which areas are the first, and what the doubt comes from."""
    return {
        "verdicts": _counts(level.scores[channel]["verdict"]),
        "may_be_top_count": int(outcome.judged[level.area_set].sets[channel]["in_top_set"].sum()),
        "doubt": doubt_record(outcome, level, channel),
    }


def _of_kind(outcome: Outcome, kind: str, area_set: str | None = None) -> pd.DataFrame:
    judged = outcome.judged[area_set or outcome.levels[0].area_set]
    if kind == GROUPS:
        return judged.groups
    # What the user's own figures do is theirs to know: it stands in no file.
    known = judged.effective[kind].join(judged.dropped[kind])
    return known.drop(index=sorted(PRIVATE), errors="ignore")


def _bounds(bounds: pd.DataFrame) -> dict[str, dict[str, object]]:
    """Return the ends of each criterion, and who sets them where that is one area alone."""
    shown = bounds.drop(index=sorted(PRIVATE), errors="ignore")
    return {
        str(name): {
            **_plain(row[["low", "high"]]),
            **{end: row[end] for end in ("low_areas", "high_areas") if "," not in row[end]},
        }
        for name, row in shown.iterrows()
    }


def _removed(removed: pd.DataFrame | None) -> dict[str, object] | None:
    """Return how many others near the top move at most when an area is left out, and which."""
    if removed is None:
        return None
    moved = removed["moved_count"]
    most = moved.idxmax() if moved.notna().any() else None
    return {
        "moves_most": most,
        "largest_moved_count": float(moved.max()),
        "mean_moved_count": round(float(moved.mean()), 4),
    }


def _as_ranks(sets: pd.DataFrame) -> pd.DataFrame:
    return sets.rename(columns={"set_low_rank": "rank_low", "set_high_rank": "rank_high"})


def _channel(plans: Brief, kind: str) -> str:
    if kind == GROUPS:
        return text("weights_of_groups", plans.language)
    return str(plans.profiles[kind].label.told(plans.language))


def _labels(plans: Brief, kind: str) -> dict[str, str]:
    if kind == GROUPS:
        return {n: g.label.told(plans.language) for n, g in plans.groups.items()}
    criteria = plans.profiles[kind].criteria
    return {item.indicator: item.label.told(plans.language) for item in criteria}


def _remark(name: object, found: pd.DataFrame, labels: dict[str, str], language: Language) -> str:
    own = found[(found["criterion"] == name) | (found["other"] == name)]
    own = own[~own["other"].isin(PRIVATE) & ~own["criterion"].isin(PRIVATE)]
    said = []
    for row in own.itertuples():
        other = row.other if row.criterion == name else row.criterion
        said.append(
            text(
                str(row.kind),
                language,
                other=labels.get(str(other), ""),
                value=decimal(float(row.value), 2, language),  # type: ignore[arg-type]
            )
        )
    return " ".join(said)


def _plain(figures: pd.Series) -> dict[str, float | None]:
    return {
        str(name): None if np.isnan(value) else round(float(value), 4)
        for name, value in figures.items()
    }


def _told_of_advice(outcome: Outcome) -> list[str]:
    """Return in how many areas a yield is unknown, and why, and which traits no type rests on."""
    language, told = outcome.plans.language, []
    for area_set, advised in outcome.advised.items():
        told += [
            text("told_yield", language, area_set=set_name(area_set, language), what=words)
            for words in unknown_words(advised.yields["unknown"], language)
        ]
    return told


def advice_record(outcome: Outcome) -> dict[str, Any]:
    """Return what the advice rests on, and how the areas of each set come out."""
    campaign = outcome.plans.campaign
    return {
        "effects": campaign.effects,
        "doors_per_hour": outcome.guides.effects.canvassing.doors_per_hour,
        "typology": campaign.typology,
        "messages": sorted(outcome.guides.messages),
        "area_sets": {
            area_set: {
                "yield_unknown": _counts(advised.yields["unknown"]),
                "openings": _counts(advised.openings["message"]),
                "types": _counts(advised.types["type"].dropna()),
                "traits_unused": advised.unused,
            }
            for area_set, advised in outcome.advised.items()
        },
    }


def _counts(values: pd.Series) -> dict[str, int]:
    told = values[values.notna() & (values != "")]
    return {str(name): int(count) for name, count in told.value_counts().sort_index().items()}
