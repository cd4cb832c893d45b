"""Read TOML files as models; every fault of a file is reported at once."""

from pathlib import Path

from geoprio.config.campaign import Campaign
from geoprio.config.documents import read_document
from geoprio.config.faults import nearest, refusal
from geoprio.config.groups import Group
from geoprio.config.profiles import Profile
from geoprio.config.references import CAMPAIGN_FILES, campaign_names, file_names, unknown_names
from geoprio.config.refusals import AnyModel, judge
from geoprio.errors import ConfigError


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
        The file is missing or not TOML, or holds unknown keys, wrong types or values, or names of
        files that are not there; all at once, each with its line.

    Examples
    --------
    >>> from geoprio import load_campaign
    >>> campaign = load_campaign("data/raw/demo/demo.toml")
    >>> campaign.scored_set, campaign.election.basis, campaign.minimum_count
    ('regso_2020', 'riksdag', 10)
    """
    document = read_document(Path(path))
    campaign, faults = judge(Campaign, document)
    names = campaign_names(document, config_folders(document.path))
    faults += unknown_names(document, CAMPAIGN_FILES, names)
    if campaign is None or faults:
        raise refusal(document.path.name, faults)
    return campaign


def load_named(model: type[AnyModel], kind: str, name: str, folders: tuple[Path, ...]) -> AnyModel:
    """Return the model in `<folder>/<kind>/<name>.toml` of the first folder that has it.

    Raises
    ------
    ConfigError
        No folder has it (the nearest name is offered), or the file is wrong.
    """
    return load_model(model, find_named(kind, name, folders))


def find_named(kind: str, name: str, folders: tuple[Path, ...]) -> Path:
    """Return `<folder>/<kind>/<name>.toml` of the first folder that has it.

    Raises
    ------
    ConfigError
        No folder has it; the nearest name is offered.
    """
    for folder in folders:
        path = folder / kind / f"{name}.toml"
        if path.is_file():
            return path
    known = file_names(kind, folders)
    near = nearest(name, known)
    hint = f"; did you mean {near!r}?" if near else ""
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
    path = find_named("groups", name, folders)
    group = load_model(Group, path)
    refuse_undated(group, path)
    return group


def refuse_undated(group: Group, path: Path) -> None:
    """Check that a group says what the central one of its name does, or bears a date.

    Raises
    ------
    ConfigError
        It has another definition or other measures, and no date of a decision.
    """
    name = path.stem
    shipped = shipped_folder() / "groups" / path.name
    if group.decided or not shipped.is_file():
        return
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
        Every fault of the file at once, each with its line and its path in the file.
    """
    loaded, faults = judge(model, read_document(path))
    if loaded is None:
        raise refusal(path.name, faults)
    return loaded
