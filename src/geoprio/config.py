"""Frozen models of the TOML that election staff edit; every fault of a file is reported at once."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geoprio.errors import ConfigError, join_faults

Election = Literal["riksdag", "region", "kommun", "eu"]
Direction = Literal["high", "low"]
Positive = Annotated[float, Field(gt=0, le=1e9)]
NotNegative = Annotated[float, Field(ge=0, le=1e9)]
Weight = Annotated[float, Field(gt=0, le=1e6)]


class Model(BaseModel):
    """Base of every model: frozen, unknown keys refused, text never taken for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Text(Model):
    """One text in the two languages shown to people."""

    sv: str
    en: str


class ProxyIndicator(Model):
    """One indicator of a proxy's rank index."""

    indicator: str
    direction: Direction
    label: Text
    weight: Weight = 1.0


class Proxy(Model):
    """How a group that is published nowhere is spread over the areas (METHOD 3, `proxy`)."""

    indicators: Annotated[tuple[ProxyIndicator, ...], Field(min_length=1, strict=False)]
    county_total: Positive
    total_source: Text
    spread: Positive
    """How many times more common the group is in the highest area than in the lowest."""
    cv: Positive = 0.4
    """Coefficient of variation of an area's count, from which its interval follows."""


class Group(Model):
    """A centrally defined target group."""

    label: Text
    question: Text
    definition: Text
    decided: str | None = None
    """Date of the party's decision on the definition; None while it is awaited."""
    role: Literal["locate", "message"] = "locate"
    sensitive: bool = False
    base: Literal["residents", "adults", "electorate"]
    count: Annotated[str, Field(pattern="_count$")] | None = None
    """Count column of the group where it is published."""
    proxy: Proxy | None = None
    share_sd: NotNegative = 0.0
    """Between-area standard deviation of the share where no data at hand can measure it."""
    share_sd_source: str = ""

    @model_validator(mode="after")
    def _one_way(self) -> "Group":
        if (self.count is None) == (self.proxy is None):
            message = "a group needs either `count` or `[proxy]`, and not both"
            raise ValueError(message)
        if (self.proxy is not None) != (self.base == "electorate"):
            message = 'base = "electorate" belongs to a proxy, and a proxy to it'
            raise ValueError(message)
        return self


class Criterion(Model):
    """An indicator with a wanted direction and a weight."""

    indicator: str
    direction: Direction
    weight: Weight
    label: Text
    strong: Text
    """What a reason says where the criterion raises the score; `{value}` is the area's figure."""
    weak: Text
    """What a reason says where it lowers the score."""

    @model_validator(mode="after")
    def _known_blanks(self) -> "Criterion":
        words = " ".join([*self.strong.model_dump().values(), *self.weak.model_dump().values()])
        if set("{}") & set(words.replace("{value}", "")):
            message = "`strong` and `weak` know one blank: {value}"
            raise ValueError(message)
        return self


class Level(Model):
    """One of the levels in words, for areas at or above a percentile of the score."""

    name: str
    label: Text
    from_percentile: Annotated[float, Field(ge=0, le=100)]
    actions: Text


class Profile(Model):
    """One channel's criteria and the way they become a score."""

    label: Text
    question: Text
    normalise: Literal["percentile", "minmax"]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, strict=False)]
    levels: Annotated[tuple[Level, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _levels_fall(self) -> "Profile":
        cuts = [level.from_percentile for level in self.levels]
        if cuts != sorted(set(cuts), reverse=True) or (cuts and cuts[-1] != 0):
            message = "levels go from the highest `from_percentile` down to 0, each cut once"
            raise ValueError(message)
        if len({level.name for level in self.levels}) < len(self.levels):
            message = "two levels have one name"
            raise ValueError(message)
        names = [criterion.indicator for criterion in self.criteria]
        if len(set(names)) < len(names):
            message = "an indicator stands twice among the criteria"
            raise ValueError(message)
        return self


class ElectionBasis(Model):
    """The election whose figures are used, and the one that is planned for."""

    basis: Election
    year: int
    date: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    plans_for: Text
    unassigned_party_votes: Literal["spread", "omit"] = "spread"


class Nesting(Model):
    """A larger area set that the closer one nests in."""

    key: str
    """Name of the source that says which area lies in which larger one."""
    area_set: str
    """Name of the larger set."""


class MailingBudget(Model):
    """What a mailing costs and how much money there is."""

    budget_sek: NotNegative
    cost_per_household_sek: Positive
    cost_source: str
    waves: Annotated[int, Field(ge=1, le=12)] = 1


class Campaign(Model):
    """One campaign: county, area sets, election, groups, profiles, sources and limits."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
    title: str
    county_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    seed: Annotated[int, Field(ge=0)]
    scored_set: str
    closer_set: str
    """The small areas that residents are counted in and larger areas are made of."""
    nesting: Nesting
    top_k: Annotated[int, Field(ge=1)]
    minimum_count: Annotated[int, Field(ge=5)] = 10
    lost_count_tolerance: Annotated[float, Field(ge=0, le=0.05)] = 0.001
    comparable_population_difference: Annotated[float, Field(ge=0, le=0.2)] = 0.05
    associations: str
    associations_note: Text | None = None
    """What people must know of the associations' areas, such as that they are an example."""
    demo: bool = False
    election: ElectionBasis
    target_groups: Annotated[dict[str, Weight], Field(min_length=1)]
    profiles: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    sources: Annotated[tuple[str, ...], Field(min_length=1, strict=False)]
    mailing: MailingBudget

    @model_validator(mode="after")
    def _named_once(self) -> "Campaign":
        named = {"sources": self.sources, "profiles": self.profiles}
        twice = [
            f"{kind}: {name} stands twice"
            for kind, names in named.items()
            for name in sorted({name for name in names if names.count(name) > 1})
        ]
        if self.nesting.area_set == self.closer_set:
            twice.append("nesting.area_set is the closer set itself; expected a larger one")
        if twice:
            raise ValueError("; ".join(twice))
        return self


AnyModel = TypeVar("AnyModel", bound=Model)


def shipped_folder() -> Path:
    """Return the folder of the configuration that comes with geoprio."""
    packed = Path(__file__).parent / "defaults"
    return packed if packed.is_dir() else Path(__file__).parents[2] / "config"


def config_folders(campaign_file: Path) -> tuple[Path, ...]:
    """Return the folders where names in a campaign are looked up, the campaign's own first."""
    own, shipped = campaign_file.parent, shipped_folder()
    return (own,) if own.resolve() == shipped.resolve() else (own, shipped)


def load_campaign(path: Path) -> Campaign:
    """Return the campaign in `path`.

    Raises
    ------
    ConfigError
        The file is missing or not TOML, or holds unknown keys, wrong types or values.
    """
    return load_model(Campaign, path)


def load_named(model: type[AnyModel], kind: str, name: str, folders: tuple[Path, ...]) -> AnyModel:
    """Return the model in `<folder>/<kind>/<name>.toml` of the first folder that has it.

    Raises
    ------
    ConfigError
        No folder has it (the nearest name is offered), or the file is wrong.
    """
    for folder in folders:
        path = folder / kind / f"{name}.toml"
        if path.is_file():
            return load_model(model, path)
    known = sorted({path.stem for folder in folders for path in (folder / kind).glob("*.toml")})
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    message = f"{kind}/{name}.toml: not found; expected one of {', '.join(known) or 'none'}{hint}"
    raise ConfigError(message)


def load_model(model: type[AnyModel], path: Path) -> AnyModel:
    """Return the model that a TOML file holds.

    Raises
    ------
    ConfigError
        Every fault of the file at once, each with its path in the file.
    """
    table = _read_toml(path)
    try:
        return model.model_validate(table)
    except ValidationError as error:
        faults = [_fault(item, model) for item in error.errors(include_url=False)]
        raise ConfigError(join_faults(f"{path.name}: {len(faults)} fault(s)", faults)) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        message = f"{path}: no such file; `geoprio init DIR` writes a campaign to start from"
        raise ConfigError(message) from None
    except OSError as error:
        message = f"{path}: cannot be read ({error.strerror}); expected a TOML file"
        raise ConfigError(message) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path.name}: not TOML in UTF-8: {error}"
        raise ConfigError(message) from None


def _fault(item: Mapping[str, Any], model: type[Model]) -> str:
    where = ".".join(str(part) for part in item["loc"])
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(item["loc"][-1]), _keys(model), n=1)
        hint = f"; did you mean `{near[0]}`?" if near else ""
        return f"{where}: unknown key{hint}"
    found = "" if item["type"] == "missing" else f"; found {item['input']!r:.80}"
    return f"{where or 'file'}: {item['msg']}{found}"


def _keys(model: type[Model]) -> list[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return [key for part in parts for key in part.get("properties", {})]
