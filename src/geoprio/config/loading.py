"""Read TOML files as models; every fault of a file is reported at once."""

import difflib
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from geoprio.config.campaign import Campaign
from geoprio.config.groups import Group
from geoprio.config.model import Model
from geoprio.config.profiles import Profile
from geoprio.errors import ConfigError, join_faults

AnyModel = TypeVar("AnyModel", bound=Model)


def shipped_folder() -> Path:
    """Return the folder of the configuration that comes with geoprio."""
    packed = Path(__file__).parents[1] / "defaults"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "config"


def config_folders(campaign_file: Path) -> tuple[Path, ...]:
    """Return the folders where names in a campaign are looked up, the campaign's own first.

    Parameters
    ----------
    campaign_file
        The campaign's TOML.

    Returns
    -------
    folders
        Its own folder, and the one that geoprio comes with where that is another.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geoprio import config_folders
    >>> own, shipped = config_folders(Path("data/raw/demo/demo.toml"))
    >>> own.as_posix(), (shipped / "demo.toml").is_file()
    ('data/raw/demo', True)
    """
    own, shipped = campaign_file.parent, shipped_folder()
    return (own,) if own.resolve() == shipped.resolve() else (own, shipped)


def load_campaign(path: Path | str) -> Campaign:
    """Return the campaign in a TOML file.

    Parameters
    ----------
    path
        The campaign's file.

    Returns
    -------
    campaign
        Frozen; what the file leaves out has its default.

    Raises
    ------
    ConfigError
        The file is missing or not TOML, or holds unknown keys, wrong types or values.

    Examples
    --------
    >>> from geoprio import load_campaign
    >>> campaign = load_campaign("data/raw/demo/demo.toml")
    >>> campaign.scored_set, campaign.election.basis, campaign.minimum_count
    ('regso_2020', 'riksdag', 10)
    """
    return load_model(Campaign, Path(path))


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


def load_group(name: str, folders: tuple[Path, ...]) -> Group:
    """Return a target group; a definition of the campaign's own must be dated.

    Raises
    ------
    ConfigError
        No folder has the group; or it is one that geoprio comes with, whose definition or measures
        are other here without a `decided` date (METHOD 3: the centre decides definitions).
    """
    group = load_named(Group, "groups", name, folders)
    shipped = shipped_folder() / "groups" / f"{name}.toml"
    if group.decided or not shipped.is_file():
        return group
    central = load_model(Group, shipped)
    changed = [
        part
        for part in ("definition", "measures")
        if getattr(group, part) != getattr(central, part)
    ]
    if changed:
        message = (
            f"groups/{name}.toml: {' and '.join(changed)} differ from the central definition"
            f" ({central.definition.sv!r}); expected the date of the party's decision. Add"
            ' decided = "YYYY-MM-DD", or take the change back'
        )
        raise ConfigError(message)
    return group


def load_profile(name: str, campaign_file: Path | str | None = None) -> Profile:
    """Return a channel's profile, the campaign's own before the one that geoprio comes with.

    Parameters
    ----------
    name
        Name of the channel, such as "canvass".
    campaign_file
        The campaign's TOML; its folder `profiles/` is looked in first.

    Returns
    -------
    profile
        The channel's criteria, the steps that make them a score, and its levels in words.

    Raises
    ------
    ConfigError
        There is no such profile (the nearest name is offered), or the file is wrong.

    Examples
    --------
    >>> from geoprio import load_profile
    >>> profile = load_profile("canvass")
    >>> [(item.indicator, item.weight) for item in profile.criteria]
    [('intensity_share', 1.0), ('mobilisation_count', 1.0), ('doors_per_km2', 0.5)]
    """
    folders = (shipped_folder(),) if campaign_file is None else config_folders(Path(campaign_file))
    return load_named(Profile, "profiles", name, folders)


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
    # Of a whole table only the message tells: what it holds would be cut in the middle.
    told = item["type"] != "missing" and not isinstance(item["input"], Mapping)
    found = f"; found {item['input']!r:.80}" if told else ""
    return f"{where or 'file'}: {item['msg'].removeprefix('Value error, ')}{found}"


def _keys(model: type[Model]) -> list[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return [key for part in parts for key in part.get("properties", {})]
