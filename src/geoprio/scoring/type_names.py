"""Names of types in plain words, from what sets each type's centre apart."""

from collections import Counter

import pandas as pd

from geoprio.config import Trait, Typology
from geoprio.texts import Language, text


def type_names(centres: pd.DataFrame, rules: Typology, *, language: Language) -> list[str]:
    """Return a name for each type; no two types share one.

    A name is the home that stands out most and the `rules.words` other traits that do. Types that
    would share a name are told apart by further traits, and if none tells, by number.

    Parameters
    ----------
    centres
        A row per type and a column per trait, in standard deviations from the average area.
    rules
        Traits and words.
    language
        Language of the names.
    """
    traits = {trait.indicator: trait for trait in rules.traits if trait.indicator in centres}
    told = [_telling(row, traits, rules) for _, row in centres.iterrows()]
    homes = [_home(row, traits, rules) for _, row in centres.iterrows()]
    counts = [rules.words] * len(centres)
    while True:
        names = [
            _name(home, chosen[:count], rules, language)
            for home, chosen, count in zip(homes, told, counts, strict=True)
        ]
        shared = {name for name, times in Counter(names).items() if times > 1}
        more = [
            name in shared and count < len(chosen)
            for name, count, chosen in zip(names, counts, told, strict=True)
        ]
        if not any(more):
            return _numbered(names, language)
        counts = [count + again for count, again in zip(counts, more, strict=True)]


def _telling(row: pd.Series, traits: dict[str, Trait], rules: Typology) -> list[tuple[Trait, bool]]:
    """Return the traits that have a word for this type, the most telling first, and if high."""
    others = [name for name, trait in traits.items() if trait.form != "home"]
    order = row[others].abs().sort_values(ascending=False, kind="stable").index
    sides = [(traits[name], bool(row[name] > 0)) for name in order]
    worded = [(trait, high) for trait, high in sides if (trait.high if high else trait.low)]
    return [item for item in worded if abs(row[item[0].indicator]) >= rules.noticeable_sd]


def _home(row: pd.Series, traits: dict[str, Trait], rules: Typology) -> Trait | None:
    homes = row[[name for name, trait in traits.items() if trait.form == "home"]]
    if homes.empty or homes.max() < rules.noticeable_sd:
        return None
    return traits[str(homes.idxmax())]


def _name(
    home: Trait | None, chosen: list[tuple[Trait, bool]], rules: Typology, language: Language
) -> str:
    words: dict[str, list[str]] = {"before": [], "with": [], "where": []}
    noun = home.high if home is not None and home.high is not None else rules.mixed_home
    if home is None:
        words["with"].append(rules.mixed_with.model_dump()[language])
    for trait, high in chosen:
        side = trait.high if high else trait.low
        if side is not None:
            words[trait.form].append(side.model_dump()[language])
    parts = [*words["before"], noun.model_dump()[language]]
    if words["with"]:
        parts.append(text("type_with", language) + text("reason_and", language).join(words["with"]))
    return " ".join([*parts, *words["where"]])


def _numbered(names: list[str], language: Language) -> list[str]:
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        more = text("type_number", language).format(number=seen[name])
        numbered.append(name if seen[name] == 1 else name + more)
    return numbered
