"""What a map is made of: levels of areas, layers of values, and the page around them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from geoprio.config import OnlineBase
from geoprio.errors import ContractError
from geoprio.files.maps.underlay import Underlay
from geoprio.tables import AREAS, Audience, check, for_audience
from geoprio.words import Language, Phrase, text

Kind = Literal["score", "share", "count", "sek", "density", "class"]
Section = Literal["priority", "groups", "election"]

TEXT_COLUMNS = (
    *(
        "association",
        "verdict",
        "action",
        "reason",
        "opening_line",
        "local_line",
        "type",
        "cluster",
    ),
    *("conversation_words", "quadrant", "planned_within", "planned_all", "nearest_words"),
    "council_words",
)
"""Texts that a map takes of its values where they are there."""
PLAN_COLUMNS = ("wave", "households_count", "cost_sek", "target_persons_count", "doors_count")
"""Figures of a decided plan that a map takes of its values where they are there."""


SUMS = {
    "households_count": "doors",
    "electors_count": "electors",
    "target_persons_count": "targets",
    "se": "error",
}
"""Figures that chosen areas are summed by, and what the page calls them; `se` is of the targets."""


@dataclass(frozen=True)
class MapCriterion:
    """One criterion of a score: what it is called, its points (0-100) and its central weight."""

    key: str
    title: str
    column: str
    weight: float


@dataclass(frozen=True)
class MapScenario:
    """Weights that may be tried instead of the central ones, by criterion."""

    title: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class MapLevel:
    """One set of areas, for example RegSO or DeSO."""

    key: str
    title: str
    """What the reader chooses by; empty takes the page's own words for the set of the key."""
    areas: gpd.GeoDataFrame
    """`AREAS`; the page's outline has the names of municipalities."""
    values: pd.DataFrame
    """Of the same areas, the columns that the layers name, and where they exist `TEXT_COLUMNS` and
    `rank_<layer key>` (1 is first). NaN is unknown. Nothing else of it reaches the page."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """Method, year and source by layer key, where this level's differ from the layer's own."""
    ranked: Mapping[str, int] = field(default_factory=dict)
    """How many areas a layer's ranks are among, where that is more than those shown."""
    electors: pd.Series | None = None
    """Electors of the same areas: without them the page draws no circles."""
    sums: pd.DataFrame | None = None
    """Of the same areas, `SUMS` for what is chosen together; None where a reader may not choose."""
    first: int = 0
    """How many areas are "the first", of which `p_top` is told; 0 leaves it out."""
    overview: bool = False
    """Whether it is too coarse to act on: no verdict is said of its areas."""

    def note(self, layer: "MapLayer") -> str:
        """Return how the layer's figures are made on this level."""
        return self.notes.get(layer.key, layer.note)


@dataclass(frozen=True)
class MapLayer:
    """One way to colour the areas, answering one question.

    Attributes
    ----------
    key, column
        Short name, unique on the map; column of the levels' `values` (shares 0-1, scores 0-100).
    title, question, note
        "Valdeltagande", "Var röstar få?"; method, year and source in words.
    kind, section
        How numbers are written and rounded; heading it is chosen under, "priority" for a score.
    low_column, high_column
        The interval's ends. An area's figure is an estimate exactly where both are known, else
        published; a layer without the columns says neither.
    shown_column
        What says `shown`, `small` or `withheld` of each area.
    words, sure
        Columns of a score by role: `verdict`, `action`, `reason`, `depends`, and of any figure
        `place`, the larger area whose share it is made of ("" elsewhere); how sure a rank is:
        `p_top` (0-1), `rank_low`, `rank_high`.
    limits
        Class limits and their decimals, where they are another map's.
    labels
        What the values 1, 2 ... of a layer of the kind "class" mean, the most urgent last.
    criteria, scenarios
        What the page makes the score anew from with other weights; empty where it may not.
    """

    key: str
    column: str
    title: str
    question: str
    kind: Kind
    note: str
    low_column: str | None = None
    high_column: str | None = None
    section: Section = "groups"
    shown_column: str | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    sure: Mapping[str, str] = field(default_factory=dict)
    limits: tuple[list[float], int] | None = None
    criteria: tuple[MapCriterion, ...] = ()
    labels: tuple[str, ...] = ()
    scenarios: tuple[MapScenario, ...] = ()

    @property
    def heading(self) -> Section:
        """Heading the layer stands under in the list of layers."""
        return "priority" if self.kind == "score" else self.section

    @property
    def columns(self) -> dict[str, str]:
        """Columns of `values` the layer reads, by their role."""
        roles = {"value": self.column, "low": self.low_column, "high": self.high_column}
        return {role: column for role, column in roles.items() if column}


@dataclass(frozen=True)
class HeadlineNumber:
    """One number that a page opens with, and what a press on it shows."""

    value: str
    label: str
    shows: Literal["verdict", "plan", "work", "associations"]
    verdict: str = ""
    """Whose areas are listed, by the verdict's words; "" lists all."""
    more: str = ""


@dataclass(frozen=True)
class Headline:
    """What is decided, as a page opens with it."""

    sentence: str
    numbers: tuple[HeadlineNumber, ...]
    columns: tuple[str, ...] = ()
    """Headings of what is said of each association after its name."""
    associations: tuple[tuple[str, ...], ...] = ()
    """A row of texts for each association, its name first; only for the leadership."""
    begin: str = ""
    """What its readers do first: an association once its hours are planned, the leadership next."""


@dataclass(frozen=True)
class MapWork:
    """What people do in the areas of a map, week by week."""

    status: str
    """Whether it is decided, and that it is invented where it is."""
    channels: Mapping[str, str]
    """Ways to work in words, first what gives an area its colour where it is worked in several."""
    weeks: Mapping[str, str]
    """Weeks in words by their Monday, the first first."""
    tasks: pd.DataFrame
    """`area_code` of the first level, `association`, `channel`, `hours`, `doors_count`,
    `households_count`, `meeting_place`, and as `week` the hours by Monday."""
    rounds: pd.DataFrame
    """Rundor: `association`, `round_number` and `round_name`, `evenings`; else as `tasks`."""
    members: pd.Series
    """The row of `rounds` that an area of any level is walked in."""
    homes: pd.Series
    """The first level's area that each smaller one lies in."""
    stops: gpd.GeoDataFrame
    """Points: `area_code`, `association`, `channel`, and as `meeting_place` what is said of it."""
    done: pd.Series
    """Households visited by area; NaN is withheld, and nobody tells of an area that is missing."""
    waves: tuple[str, ...] = ()
    """When each wave of the mailing lands, in words."""
    left: tuple[str, ...] = ()
    """Areas that are left alone by lot; the leadership's to know."""
    idle: tuple[str, ...] = ()
    """Associations that nobody has hours for."""
    begins: Mapping[str, str] = field(default_factory=dict)
    """What an association does first, by its name; "" is the leadership."""

    def own(self, association: str) -> "MapWork":
        """Return what concerns one association."""
        tasks, rounds, stops = (
            frame[frame["association"] == association]
            for frame in (self.tasks, self.rounds, self.stops)
        )
        idle = tuple({association} & {*self.idle})
        return replace(
            self, tasks=tasks, rounds=rounds, stops=gpd.GeoDataFrame(stops), left=(), idle=idle
        )


@dataclass(frozen=True)
class MapPage:
    """The words and marks around the map."""

    title: str
    subtitle: str
    """What it rests on and what it is for."""
    language: Literal["sv", "en"]
    audience: Audience
    sources: tuple[str, ...]
    demo_mark: str | None = None
    notices: tuple[str, ...] = ()
    """Sentences every reader must meet; the first stands beside the map."""
    outline: pd.DataFrame | None = None
    """`municipality_name` by municipality code; the borders are made of the areas, so that the two
    lines never part on the screen."""
    few: str = ""
    """What stands for a small count, such as "färre än 10"."""
    association: str | None = None
    """Whose page it is; an association's holds its own areas only."""
    planned: str = ""
    """The layer that a plan (`PLAN_COLUMNS`) carries out; empty without one."""
    headline: Headline | None = None
    plan_words: str = ""
    """What the plan costs and how well it hits; stands under its legend."""
    weeks: tuple[str, ...] = ()
    """When each wave of the plan is delivered, first wave first; empty where nobody has said."""
    evening_doors: float = 0.0
    """Doors that a pair knocks on in an evening, for an association's page; 0 leaves it out."""
    certainty: str = ""
    """How it was worked out how sure the verdicts are."""
    verdicts: Mapping[str, str] = field(default_factory=dict)
    """What each verdict means in a sentence, by its words, from most to least to do."""
    work: MapWork | None = None
    """What people do; None where no hours are planned."""
    ground: Underlay | None = None
    """Sea, water, roads and places; None draws the areas alone."""
    door_sek: float = 0.0
    """What a household of the mailing costs, in kronor."""
    online_base: OnlineBase | None = None
    """A base map of others that the reader may turn on; None leaves the choice out."""

    @property
    def readers(self) -> str:
        """Who may see it, in words."""
        return text(f"audience_{self.audience}", self.language)


def check_map(
    levels: Sequence[MapLevel], layers: Sequence[MapLayer], outline: pd.DataFrame | None
) -> None:
    """Refuse a map that cannot be drawn: ContractError with every fault."""
    faults = [*_repeated("level", levels), *_repeated("layer", layers)]
    for level in levels:
        check(level.areas, AREAS)
        faults += _level_faults(level, layers)
    faults += _outline_faults(outline)
    if faults:
        raise ContractError("map_not_built", faults)


def check_readers(levels: Sequence[MapLevel], layers: Sequence[MapLayer], page: MapPage) -> None:
    """Refuse what the page's audience may not see: a column, or another association's areas."""
    for level in levels:
        for_audience(taken(level, layers), page.audience, association=page.association)
        if level.sums is not None:
            for_audience(level.sums, page.audience, association=page.association)
    if page.work is not None:
        for frame in (page.work.tasks, page.work.rounds, page.work.stops):
            for_audience(frame, page.audience, association=page.association)


def taken(level: MapLevel, layers: Sequence[MapLayer]) -> pd.DataFrame:
    """Return what a map takes of a level's values; nothing else of them can reach a reader."""
    named = [
        column
        for layer in layers
        for column in (
            *(*layer.columns.values(), layer.shown_column, f"rank_{layer.key}"),
            *(*layer.words.values(), *layer.sure.values()),
            *(criterion.column for criterion in layer.criteria),
        )
    ]
    wanted = dict.fromkeys([*named, *TEXT_COLUMNS, *PLAN_COLUMNS])
    return level.values[[column for column in wanted if column in level.values]]


def _repeated(what: str, items: Sequence[MapLevel | MapLayer]) -> list[Phrase]:
    keys = [item.key for item in items]
    if not keys:
        return [Phrase("none_of_these", what=what)]
    return [
        Phrase("key_used_twice", what=what, name=key)
        for key in sorted(set(keys))
        if keys.count(key) > 1
    ]


def _level_faults(level: MapLevel, layers: Sequence[MapLayer]) -> list[Phrase]:
    values = level.values
    if not level.areas.index.equals(values.index):
        fault = Phrase(
            "level_rows_wrong", level=level.key, count=len(values), areas=len(level.areas)
        )
        return [fault]
    wanted = [(layer.key, column) for layer in layers for column in layer.columns.values()]
    missing = [
        Phrase("layer_column_missing", level=level.key, layer=key, column=column)
        for key, column in wanted
        if column not in values
    ]
    texts = [
        Phrase("layer_column_is_text", level=level.key, layer=key, column=column)
        for key, column in wanted
        if column in values and not pd.api.types.is_numeric_dtype(values[column])
    ]
    return missing + texts


def _outline_faults(outline: pd.DataFrame | None) -> list[Phrase]:
    if outline is None or "municipality_name" in outline:
        return []
    return [Phrase("outline_without_names")]


COLOURS = ("#f9f1b4", "#a6d68a", "#4bab8c", "#2f7a94", "#3f4a88", "#3a0d52")
"""Viridis in six steps, low to high, its pale end calmed since low areas are large.

Lightness falls from 94 to 14, so classes differ in grey; the nearest two are 16 apart (CIEDE2000),
8 or more to readers with any colour blindness.
"""

VERDICT_COLOURS = {
    "full": "#5c1f33",
    "ask": "#c8701c",
    "complement": "#d9a76a",
    "keep": "#e8cfae",
    "joint": "#f5efe6",
}
"""By verdict, wine to sand, most to do first: a scale of its own, which nobody takes for a score's.

Lightness rises 22, 56, 72, 84, 95; the nearest two are 11.7 apart (CIEDE2000), 11.4 to readers with
any colour blindness.
"""

QUANTILES = (0.10, 0.30, 0.50, 0.70, 0.90)
"""Narrow outer classes: a map of priorities must show the top tenth apart."""

_STEPS = np.array([m * 10.0**e for e in range(7, -4, -1) for m in (5, 2, 1)])


def class_limits(values: pd.Series, kind: Kind) -> tuple[list[float], int]:
    """Return the inner class limits (at most five) and the decimals to print them with.

    A class holds its lower limit and not its upper. Limits are quantiles rounded to the coarsest of
    1, 2 or 5 times a power of ten that keeps them apart, so that a legend reads "12-15 %"; those of
    a share are rounded as percent and given as shares. NaN counts in no class.
    """
    scale = 100.0 if kind == "share" else 1.0
    known = values.dropna().to_numpy(float) * scale
    if known.size == 0 or known.min() == known.max():
        return [], 0
    limits = np.unique(np.quantile(known, QUANTILES))
    step = _step(limits, known)
    rounded = np.unique(np.round(limits / step) * step)
    inner = rounded[(rounded > known.min()) & (rounded <= known.max())]
    decimals = max(0, int(np.ceil(-np.log10(step) - 1e-9)))
    return [round(limit / scale, 6) for limit in inner.tolist()], decimals


def _step(limits: np.ndarray, known: np.ndarray) -> float:
    """Coarsest step of at most half the narrowest gap, so no two limits round to one number."""
    gaps = np.diff(limits) if limits.size > 1 else np.array([np.ptp(known)])
    fitting = _STEPS[gaps.min() / 2 >= _STEPS]
    return float(fitting[0]) if fitting.size else float(_STEPS[-1])


def colour_of(place: int, last: int) -> str:
    """Return the colour of a class of `last` + 1; fewer are spread over the whole scale."""
    ends = len(COLOURS) - 1
    return COLOURS[len(COLOURS) // 2 if last == 0 else int(place * ends / last + 0.5)]


OwnLayer = Callable[[Language], MapLayer]
OWN_LAYERS: dict[str, OwnLayer] = {}
"""By name; each names a column of the indicators."""


def map_layer(function: OwnLayer) -> OwnLayer:
    """Register a layer of the leadership's map.

    Parameters
    ----------
    function
        Of the page's language, to a `MapLayer` whose columns are indicators; those that the
        leadership may not see stop the run.

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> from geoprio import map_layer
    >>> from geoprio.files.maps import OWN_LAYERS, MapLayer
    >>> @map_layer
    ... def rented(language):
    ...     return MapLayer(
    ...         key="rented",
    ...         column="rental_share",
    ...         title="Hyresrätter" if language == "sv" else "Rented homes",
    ...         question="Var bor folk i hyresrätt?",
    ...         kind="share",
    ...         note="SCB",
    ...     )
    >>> _ = OWN_LAYERS.pop("rented")  # only for the example
    """
    OWN_LAYERS[function.__name__] = function
    return function


def own_layers(language: Language) -> list[MapLayer]:
    """Return the layers that are registered, in their order."""
    return [function(language) for function in OWN_LAYERS.values()]
