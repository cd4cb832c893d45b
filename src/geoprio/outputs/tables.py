"""Tables that people open in Excel: columns chosen, named and rounded; nothing is computed."""

from collections.abc import Mapping

import pandas as pd

from geoprio.texts import Language, text

PLACE = ["area_name", "municipality_name", "association"]


def header(key: str, language: Language) -> str:
    """Return a column's heading."""
    return text(f"column_{key}", language)


def ranking_table(
    places: pd.DataFrame,
    channels: Mapping[str, pd.DataFrame],
    figures: pd.DataFrame,
    *,
    language: Language,
    top_k: int,
) -> pd.DataFrame:
    """Return one row per area, best first in the first channel.

    Parameters
    ----------
    places
        `area_name`, `municipality_name`, `association` by area.
    channels
        By channel label: `score`, `rank`, `level`, `reason` by area.
    figures
        Further columns by area, already headed.
    """
    parts = [places[PLACE].rename(columns=lambda key: header(key, language))]
    for label, scores in channels.items():
        shown = scores[["rank", "score", "level", "reason"]].assign(score=scores["score"].round(1))
        headings = {key: f"{label}: {header(key, language)}" for key in shown.columns}
        parts.append(shown.rename(columns=headings))
    main, first = next(iter(channels.items()))
    answers = {True: header("yes", language), False: header("no", language)}
    chosen = (first["rank"] <= top_k).map(answers).where(first["rank"].notna(), "")
    heading = f"{main}: {header('top', language).format(k=top_k)}"
    parts.insert(1, chosen.rename(heading).to_frame())
    table = pd.concat([*parts, figures], axis=1)
    order = first["rank"].sort_index().sort_values(kind="stable", na_position="last").index
    return table.loc[order].rename_axis(header("area_code", language))


def group_columns(
    estimates: pd.DataFrame, labels: Mapping[str, str], *, language: Language, minimum_count: int
) -> pd.DataFrame:
    """Return the groups' shares, counts, intervals and methods by area, headed by group and base.

    A published figure has no interval; a hidden one says "färre än".
    """
    few = text("fewer_than", language).format(number=minimum_count)
    parts = []
    for name, label in labels.items():
        rows = estimates[estimates["group"] == name]
        estimated = rows["method"] != "published"
        whole = rows[["count", "low", "high"]].round().astype("Int64")
        columns = {
            "share": (100 * rows["share"]).round(1),
            "count": whole["count"].astype(object).mask(rows["small"], few),
            "low": whole["low"].where(estimated),
            "high": whole["high"].where(estimated),
            "method": rows["method"].map(lambda key: text(f"method_{key}", language)),
        }
        base = text(f"base_{rows['base'].iloc[0]}", language)
        headings = {key: header(key, language).format(base=base) for key in columns}
        parts += [values.rename(f"{label}: {headings[key]}") for key, values in columns.items()]
    return pd.concat(parts, axis=1)


def figure_columns(indicators: pd.DataFrame, *, language: Language) -> pd.DataFrame:
    """Return turnout, red-green share, mobilisation and households by area, headed."""
    shown = {
        "turnout_share": (100 * indicators["turnout_share"]).round(1),
        "red_green_share": (100 * indicators["red_green_share"]).round(1),
        "mobilisation_count": indicators["mobilisation_count"].round(),
        "households_count": indicators["households_count"].round(),
    }
    return pd.DataFrame(shown).rename(columns=lambda key: header(key, language))


def mailing_table(plan: pd.DataFrame, places: pd.DataFrame, *, language: Language) -> pd.DataFrame:
    """Return the mailing plan in the order of the plan."""
    shown = plan.sort_values("order").assign(
        households_count=lambda frame: frame["households_count"].round(),
        target_count=lambda frame: frame["target_count"].round(),
        cost_sek=lambda frame: frame["cost_sek"].round(2),
        precision=lambda frame: (100 * frame["precision"]).round(1),
    )
    numbers = ["wave", "households_count", "target_count", "precision", "cost_sek"]
    table = pd.concat([shown[["order"]], places[PLACE].loc[shown.index], shown[numbers]], axis=1)
    table = table.rename(columns=lambda key: header(key, language))
    return table.rename_axis(header("area_code", language))
