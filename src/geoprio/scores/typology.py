"""Types of areas in plain words, by k-means on scaled indicators (METHOD 6)."""

from collections import Counter
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.special import ndtr

from geoprio.config import Trait, Typology
from geoprio.scores.indicators import pick_indicators
from geoprio.words import Language, text

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]


def type_names(centres: pd.DataFrame, rules: Typology, *, language: Language) -> list[str]:
    """Return a name for each type, a row of `centres` in standard deviations from the mean.

    A name is the home that stands out most and the `rules.words` other traits that do. Types that
    would share a name are told apart by further traits, and if none tells, by number.
    """
    traits = {trait.indicator: trait for trait in rules.traits if trait.indicator in centres}
    told = [_telling(row, traits, rules) for _, row in centres.iterrows()]
    homes = [_home(row, traits, rules) for _, row in centres.iterrows()]
    mixed = any(trait.form == "home" for trait in traits.values())
    counts = [rules.words] * len(centres)
    while True:
        names = [
            _name(home, chosen[:count], rules, language, mixed=mixed)
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
    home: Trait | None,
    chosen: list[tuple[Trait, bool]],
    rules: Typology,
    language: Language,
    *,
    mixed: bool,
) -> str:
    words: dict[str, list[str]] = {"before": [], "with": [], "where": []}
    noun = home.high if home is not None and home.high is not None else rules.mixed_home
    if home is None and mixed:
        words["with"].append(rules.mixed_with.told(language))
    for trait, high in chosen:
        side = trait.high if high else trait.low
        if side is not None:
            words[trait.form].append(side.told(language))
    parts = [*words["before"], noun.told(language)]
    if words["with"]:
        parts.append(text("type_with", language) + text("reason_and", language).join(words["with"]))
    return " ".join([*parts, *words["where"]])


def _numbered(names: list[str], language: Language) -> list[str]:
    seen: Counter[str] = Counter()
    numbered = []
    for name in names:
        seen[name] += 1
        more = text("type_number", language, number=seen[name])
        numbered.append(name if seen[name] == 1 else name + more)
    return numbered


SUBSAMPLES = 6
"""Random parts of the areas that a number of types is tried on; every two are compared."""
PART = 0.8
AREAS_PER_TYPE = 10
"""Areas, no two alike, that there are at least for each type tried."""
AS_STABLE = 0.02
"""Adjusted Rand index that two numbers of types differ by where chance may have parted them."""
STARTS, MOST_STEPS, TOLERANCE = 4, 300, 1e-4
"""Of k-means: runs, steps of a run, and the part of the variance that ends one when moved less."""
LEAST_TRAITS = 2
"""One alone makes no kind of place."""
WIDELY = 0.8
"""Part of the areas that a trait is known of at least, to tell them apart by."""
SURE_FROM = 0.2
"""Certainty below which an area is told no type: it is about as near to another."""
FARTHEST_SD = 3.0
"""Standard deviations where a trait is cut: a few odd areas must not make a type of their own."""


def area_types(
    indicators: pd.DataFrame, rules: Typology, *, rng: np.random.Generator, language: Language
) -> pd.DataFrame:
    """Return the `type`, the `second` nearest and the `certainty` (0-1) of each area; and `open`.

    There are as many types as are found again in parts of the areas. A trait that few areas have a
    figure of is left out; an area where another is unknown has no type. With fewer than two traits,
    or too few areas for the fewest types, none has. `certainty` is 1 less the
    ratio of the distances to the nearest and the second type's centre: 0 where both are as near; an
    area that is less sure than `SURE_FROM` has no type. `open` is the type in words for everyone.
    """
    scaled = _scaled(indicators, rules)
    rows = scaled.to_numpy()
    most = min(rules.most_types, len(np.unique(rows, axis=0)) // AREAS_PER_TYPE)
    enough = len(scaled.columns) >= LEAST_TRAITS
    stability = _stability(rows, range(rules.least_types, most * enough + 1), rng)
    if stability.empty:
        none = {"type": None, "second": None, "certainty": np.nan, "open": None}
        return pd.DataFrame(none, index=indicators.index)
    # More types tell more, so of those about as stable as the best the most are taken.
    stable = stability.index[stability >= stability.max() - AS_STABLE]
    centres = _centres(rows, int(stable.max()), _seed(rng))
    middles = pd.DataFrame(centres, columns=scaled.columns)
    everyone = tuple(trait for trait in rules.traits if not trait.inside)
    kinds = [rules, rules.model_copy(update={"traits": everyone})]
    names, open_names = (type_names(middles, kind, language=language) for kind in kinds)
    areas = _nearest(scaled, centres, names)
    words = ["type", "second", "open"]
    areas["open"] = areas["type"].map(dict(zip(names, open_names, strict=True)))
    areas = areas.reindex(indicators.index)
    areas[words] = areas[words].astype(object).where(areas["certainty"] >= SURE_FROM, None)
    return areas


def unused_traits(indicators: pd.DataFrame, rules: Typology) -> list[str]:
    """Return the traits that are unknown, or alike, in all areas, and so tell none apart."""
    used = _scaled(indicators, rules).columns
    return [trait.indicator for trait in rules.traits if trait.indicator not in used]


def _scaled(indicators: pd.DataFrame, rules: Typology) -> pd.DataFrame:
    """Return the traits that tell areas apart, in standard deviations, where all are known."""
    chosen = [trait.indicator for trait in rules.traits]
    values = pick_indicators(indicators, chosen, "typology_unknown_indicator", rules=rules.label.sv)
    # Sorted, so that the row order of the caller draws the same parts.
    values = values.sort_index()
    logs = [trait.indicator for trait in rules.traits if trait.log]
    values[logs] = np.log1p(values[logs])
    told = [
        name
        for name in chosen
        if values[name].notna().mean() >= WIDELY and values[name].min() < values[name].max()
    ]
    known = values[told].dropna()
    spread = known.std(ddof=0)
    used = list(spread.index[spread > 0])
    scaled = (known[used] - known[used].mean()) / spread[used]
    return scaled.clip(-FARTHEST_SD, FARTHEST_SD)


def _stability(rows: Floats, tried: range, rng: np.random.Generator) -> pd.Series:
    size = int(PART * len(rows))
    parts = [np.sort(rng.permutation(len(rows))[:size]) for _ in range(SUBSAMPLES)]
    found = {}
    for types in tried:
        labels = [_labels(rows, _centres(rows[part], types, _seed(rng))) for part in parts]
        # Every area counts, those that neither part holds too: each goes to its nearest centre.
        found[types] = np.mean([adjusted_rand(*pair) for pair in combinations(labels, 2)])
    return pd.Series(found, dtype=float).rename_axis("types")


def _centres(rows: Floats, types: int, seed: int) -> Floats:
    centres = k_means(rows, types, rng=np.random.RandomState(seed))
    # k-means numbers its types by chance.
    return np.asarray(centres[np.lexsort(centres.T[::-1].round(9))])


def adjusted_rand(one: Labels, other: Labels) -> float:
    """Return Hubert and Arabie's (1985) adjusted Rand index of two partitions; 1 if they agree."""
    table = np.zeros((one.max() + 1, other.max() + 1))
    np.add.at(table, (one, other), 1)
    size, both = len(one), (table**2).sum()
    within, beside = ((table.sum(axis=axis) ** 2).sum() for axis in (0, 1))
    same, only_one, only_other = both - size, within - both, beside - both
    neither = size**2 - both - only_one - only_other
    if not only_one and not only_other:
        return 1.0
    most = (same + only_other) * (only_other + neither) + (same + only_one) * (only_one + neither)
    return float(2 * (same * neither - only_other * only_one) / most)


def k_means(rows: Floats, types: int, *, rng: np.random.RandomState) -> Floats:
    """Return the centres (types x traits) of the tightest of `STARTS` runs of Lloyd's k-means.

    Started by greedy k-means++ (Arthur and Vassilvitskii 2007) and drawn as scikit-learn's `KMeans`
    draws, of the old generator; but the sums do not depend on how many threads there are.
    """
    middle = rows.mean(axis=0)
    rows = rows - middle
    close = TOLERANCE * float(rows.var(axis=0).mean())
    runs = [_settle(rows, _start(rows, types, rng), close) for _ in range(STARTS)]
    return np.asarray(min(runs, key=lambda run: run[1])[0] + middle)


def _start(rows: Floats, types: int, rng: np.random.RandomState) -> Floats:
    """Return areas far from each other: each is the best of some drawn by squared distance."""
    size, norms = len(rows), np.einsum("ak,ak->a", rows, rows)

    def distances(chosen: Labels) -> Floats:
        apart = norms[chosen, None] - 2 * (rows[chosen] @ rows.T) + norms
        return np.asarray(np.maximum(apart, 0.0))

    chosen = [rng.choice(size, p=np.full(size, 1 / size))]
    left = distances(np.array(chosen))[0]
    for _ in range(types - 1):
        drawn = rng.uniform(size=2 + int(np.log(types))) * left.sum()
        tried = np.searchsorted(np.cumsum(left), drawn).clip(max=size - 1)
        lefts = np.minimum(left, distances(tried))
        best = int(lefts.sum(axis=1).argmin())
        left = lefts[best]
        chosen.append(tried[best])
    return rows[chosen]


def _settle(rows: Floats, centres: Floats, close: float) -> tuple[Floats, float]:
    """Return the centres that Lloyd's steps end in, and the squared distances to them."""
    labels = np.full(len(rows), -1)
    for _ in range(MOST_STEPS):
        before, labels = labels, _nearest_centres(rows, centres)
        sizes = np.bincount(labels, minlength=len(centres))
        sums = np.column_stack([np.bincount(labels, trait, len(centres)) for trait in rows.T])
        # A type that nobody is left in stays where it was.
        moved = np.divide(sums, sizes[:, None], out=centres.copy(), where=sizes[:, None] > 0)
        shift, centres = float(((moved - centres) ** 2).sum()), moved
        if shift <= close or (labels == before).all():
            break
    gaps = rows - centres[_nearest_centres(rows, centres)]
    return centres, float((gaps**2).sum())


def _nearest_centres(rows: Floats, centres: Floats) -> Labels:
    nearest: Labels = ((centres**2).sum(axis=1) - 2 * (rows @ centres.T)).argmin(axis=1)
    return nearest


def _distances(rows: Floats, centres: Floats) -> Floats:
    return np.asarray(np.linalg.norm(rows[:, None, :] - centres[None], axis=2))


def _labels(rows: Floats, centres: Floats) -> Labels:
    return np.asarray(_distances(rows, centres).argmin(axis=1))


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(2**31))


def _nearest(scaled: pd.DataFrame, centres: Floats, names: list[str]) -> pd.DataFrame:
    away = _distances(scaled.to_numpy(), centres)
    order, row = np.argsort(away, axis=1, kind="stable"), np.arange(len(away))
    nearest, second = away[row, order[:, 0]], away[row, order[:, 1]]
    words = np.array(names, dtype=object)
    return pd.DataFrame(
        {
            "type": words[order[:, 0]],
            "second": words[order[:, 1]],
            "certainty": 1 - np.divide(nearest, second, out=np.ones(len(away)), where=second > 0),
        },
        index=scaled.index,
    )


FALSE_DISCOVERIES = 0.05
"""Share of the areas told as clusters that may be chance."""


def local_clusters(values: pd.Series, neighbours: csr_array) -> pd.DataFrame:
    """Return the local clusters of `values`, with the false-discovery rate controlled.

    `neighbours` is 1 where two areas share a border. `g_star` is Getis and Ord's G* (1995) as a
    standard score, the area itself included, `g_star_q` its two-sided p, adjusted by Benjamini and
    Hochberg, and `cluster` is `hot` or `cold` where that is at most 0.05, else `none`. `moran` is
    local Moran as a standard score under conditional randomisation (Sokal, Oden and Thomson 1998),
    negative where the neighbours differ from the area; `outlier` is True where they do and are
    alike.

    All are unknown (NaN, None) where the value is, as if the area were not there, or where no
    neighbour has one: an island. The p are those of the normal distribution: good for scores and
    percentiles. Take the ranks of a very skewed indicator first.
    """
    known = values.notna().to_numpy()
    if not known.any():
        columns = ["g_star", "g_star_q", "cluster", "moran", "moran_q", "outlier"]
        return pd.DataFrame(np.nan, index=values.index, columns=columns).astype(
            {"cluster": object, "outlier": object}
        )
    beside = neighbours[known][:, known]
    linked = beside.sum(axis=1) > 0
    # From the mean, and exactly 0 where all are alike: rounding noise must make no cluster.
    inside = values[known].to_numpy(float)
    inside = (inside - inside.mean()) * (np.ptp(inside) > 0)
    found = pd.DataFrame(
        {"g_star": _g_star(inside, beside), "moran": _local_moran(inside, beside)},
        index=values.index[known],
    )[linked].reindex(values.index)
    g_star_q, moran_q = (_adjusted(found[name]) for name in ("g_star", "moran"))
    sure = g_star_q <= FALSE_DISCOVERIES
    kind = np.select([sure & (found["g_star"] > 0), sure], ["hot", "cold"], "none")
    outlier = (moran_q <= FALSE_DISCOVERIES) & (found["moran"] < 0)
    return pd.DataFrame(
        {
            "g_star": found["g_star"],
            "g_star_q": g_star_q,
            "cluster": pd.Series(kind, values.index, dtype=object).where(g_star_q.notna(), None),
            "moran": found["moran"],
            "moran_q": moran_q,
            "outlier": outlier.astype(object).where(moran_q.notna(), None),
        }
    )


def street_or_quarter(priority: pd.Series, clusters: pd.DataFrame) -> pd.Series:
    """Return `quarter` where a priority lies in a hot cluster, `street` where it stands alone.

    Empty text where the area is no priority, or has no neighbours to be told from.
    """
    told = np.select(
        [~priority | clusters["cluster"].isna(), clusters["cluster"] == "hot"],
        ["", "quarter"],
        "street",
    )
    return pd.Series(told, index=priority.index, dtype=object, name="reach")


def _g_star(values: Floats, beside: csr_array) -> Floats:
    """Return G* of values whose mean is 0."""
    size = len(values)
    weights = beside + diags_array(np.ones(size))
    count = weights.sum(axis=1)
    spread = np.sqrt(values.var() * (size * count - count**2) / max(size - 1, 1))
    return _standard(weights @ values, spread)


def _local_moran(values: Floats, beside: csr_array) -> Floats:
    """Return local Moran's standard score of values whose mean is 0."""
    others = len(values) - 1
    if others < 2:
        return np.zeros(len(values))
    count = beside.sum(axis=1)
    # Mean and variance of all the others, of whom the neighbours are a sample under chance.
    mean = -values / others
    squares = ((values**2).sum() - values**2) / others - mean**2
    variance = squares.clip(min=0) * others / (others - 1)
    spread = np.sqrt(count * variance * (1 - count / others).clip(min=0))
    return np.asarray(np.sign(values) * _standard(beside @ values - count * mean, spread))


def _standard(gap: Floats, spread: Floats) -> Floats:
    # Where all are alike, or all are neighbours, nothing can stand out.
    return np.asarray(np.divide(gap, spread, out=np.zeros(len(gap)), where=spread > 0))


def _adjusted(scores: pd.Series) -> pd.Series:
    """Return the two-sided p of standard scores, adjusted by Benjamini and Hochberg (1995)."""
    p = pd.Series(2 * ndtr(-scores.abs()), index=scores.index)
    known = p.dropna().sort_values(kind="stable")
    worth = known.to_numpy() * (len(known) / np.arange(1, len(known) + 1))
    least = np.minimum.accumulate(worth[::-1])[::-1]
    return pd.Series(least, known.index).clip(0, 1).reindex(scores.index)
