"""Read TOML files as models; every fault of a file is reported at once."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geoprio.config.campaign import Campaign
from geoprio.config.document import VARIANTS, Document, Place, composed, read_document
from geoprio.config.faults import AnyModel, Fault, judge, nearest, refusal, unknown_name
from geoprio.config.groups import Group
from geoprio.config.model import Text
from geoprio.config.profiles import LocalQuestions, Message, Profile
from geoprio.errors import ConfigError
from geoprio.words import Language, Phrase

if TYPE_CHECKING:
    import pandas as pd

SOURCES = "sources"


CAMPAIGN_FILES: Mapping[str, str] = {
    "sources.*": "sources",
    "profiles.*": "profiles",
    "target_groups.<key>": "groups",
    "effects": "effects",
    "typology": "typologies",
    "associations": "associations",
    "nesting.key": "sources",
    "mailing.editions.*.vendor": "vendors",
    "mailing.editions.*.addressed": "addressed",
    "mailing.editions.*.notice": "notices",
    "mailing.editions.*.target_groups.*": "groups",
}
"""The kind of file that each place in a campaign names: `*` is any item, `<key>` the keys."""


def campaign_names(document: Document, folders: tuple[Path, ...]) -> dict[str, Collection[str]]:
    """Return what there is of each kind that a campaign names."""
    names: dict[str, Collection[str]] = {
        kind: file_names(kind, folders) for kind in set(CAMPAIGN_FILES.values())
    }
    # A list of associations may lie anywhere that the campaign's own folder leads to, and that of
    # a demo is there when the demo has been written.
    named = str(document.table.get("associations"))
    if document.table.get("demo") or any(named_file(folder, named) for folder in folders):
        names["associations"] = [named]
    return names


def file_names(kind: str, folders: Collection[Path]) -> list[str]:
    """Return the names that files of a kind go by: of a campaign's CSV the whole name."""
    if kind == "associations":
        return sorted({composed(path.name) for folder in folders for path in folder.glob("*.csv")})
    files = sorted(path for folder in folders for path in (folder / kind).glob("*.toml"))
    variants = (name for path in files if kind == SOURCES for name in _variant_names(path))
    return sorted({*(composed(path.stem) for path in files), *variants})


def _variant_names(path: Path) -> list[str]:
    """Return what the variants in a file are called; of a file with a fault, none."""
    content = path.read_bytes()
    # Most files have none, and parsing all of them takes long.
    return _variants_in(path, content) if VARIANTS.encode() in content else []


@cache
def _variants_in(path: Path, content: bytes) -> list[str]:  # noqa: ARG001 - what is read is the key
    try:
        return list(read_document(path).variants())
    except ConfigError:
        return []


def unknown_names(
    document: Document, places: Mapping[str, str], names: Mapping[str, Collection[str]]
) -> list[Fault]:
    """Return a fault for each name in a file, whole or not, that nothing goes by.

    `places` says what each place names, written as in `CAMPAIGN_FILES`.
    """
    return [
        unknown_name(place, document.line(place), kind, name, names[kind])
        for pattern, kind in places.items()
        for place, name in _named(document.table, pattern.split("."))
        if name not in names[kind]
    ]


def _named(here: Any, pattern: list[str], place: Place = ()) -> Iterator[tuple[Place, str]]:  # noqa: ANN401
    """Return the places that a pattern fits, with the names there; what is no text is passed by."""
    if not pattern:
        if isinstance(here, str):
            yield place, here
        return
    inside = enumerate(here) if isinstance(here, list) else ()
    for key, value in here.items() if isinstance(here, Mapping) else inside:
        if pattern[0] == "<key>":
            yield (*place, key), str(key)
        elif pattern[0] in ("*", key):
            yield from _named(value, pattern[1:], (*place, key))


def shipped_folder() -> Path:
    """Return the folder of the configuration that comes with geoprio."""
    packed = Path(__file__).parents[1] / "defaults"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "config"


def config_folders(campaign_file: Path) -> tuple[Path, ...]:
    """Return the folders where names in a campaign are looked up.

    Parameters
    ----------
    campaign_file
        The campaign's TOML.

    Returns
    -------
    folders
        The campaign's own, and the one that geoprio comes with where that is another.

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
        Everything that is wrong in the file, or names what is not there, each with its line.

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
    """Return the model in `<folder>/<kind>/<name>.toml` of the first folder that has it."""
    return load_model(model, find_named(kind, name, folders))


def named_file(folder: Path, name: str) -> Path | None:
    """Return the file of a folder that goes by a name, its letters written in whichever way."""
    path = folder / name
    alike = (it for it in path.parent.glob("*") if composed(it.name) == composed(path.name))
    return path if path.is_file() else next(filter(Path.is_file, alike), None)


def find_named(kind: str, name: str, folders: tuple[Path, ...]) -> Path:
    """Return `<folder>/<kind>/<name>.toml` of the first folder that has it, or a variant's file.

    ConfigError: No folder has it; the nearest name is offered.
    """
    for folder in folders:
        path = named_file(folder / kind, f"{name}.toml")
        if path is not None:
            return path
        others = (folder / kind).glob("*.toml") if kind == SOURCES else ()
        # A variant mostly differs from its file in the last word.
        family = name.rpartition("_")[0]
        for other in sorted(others, key=lambda it: not it.stem.startswith(family)):
            if name.encode() in other.read_bytes() and name in _variant_names(other):
                return other
    known = file_names(kind, folders)
    near = nearest(name, known)
    hint = Phrase("near", near=near) if near else ""
    raise ConfigError("file_not_found", kind=kind, name=name, known=known, hint=hint)


def read_named(kind: str, name: str, folders: tuple[Path, ...]) -> Document:
    """Return the document of that name, whether it has a file of its own or is a variant in one."""
    path = find_named(kind, name, folders)
    document = read_document(path)
    return document if composed(path.stem) == name else document.variants()[name]


def named_documents(kind: str, folders: Collection[Path]) -> dict[str, Document]:
    """Return every document of a kind that is TOML, by its name, as the first folder has it."""
    found: dict[str, Document] = {}
    for path in (path for folder in folders for path in sorted((folder / kind).glob("*.toml"))):
        try:
            document = read_document(path)
        except ConfigError:
            continue
        found = {path.stem: document, **document.variants(), **found}
    return found


def load_group(name: str, folders: tuple[Path, ...]) -> Group:
    """Return a target group.

    ConfigError: No folder has it, or its definition is another than the centre's, and undated.
    """
    path = find_named("groups", name, folders)
    group = load_model(Group, path)
    refuse_undated(group, path)
    return group


def refuse_undated(group: Group, path: Path) -> None:
    """Check that a group says what the central one of its name does, or bears a date (METHOD 3)."""
    name = path.stem
    shipped = shipped_folder() / "groups" / path.name
    if group.decided or not shipped.is_file():
        return
    central = load_model(Group, shipped)
    parts = ("definition", "measures")
    changed = [part for part in parts if getattr(group, part) != getattr(central, part)]
    if changed:
        told = central.definition.sv
        raise ConfigError("definition_undecided", name=name, changed=changed, definition=told)


def load_profile(name: str, campaign_file: Path | str | None = None) -> Profile:
    """Return a channel's profile.

    Parameters
    ----------
    name
        Name of the channel, such as "canvass".
    campaign_file
        The campaign's TOML; the profiles beside it come before those of geoprio.

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
    """Return the model that a TOML file holds; ConfigError tells all its faults at once."""
    loaded, faults = judge(model, read_document(path))
    if loaded is None:
        raise refusal(path.name, faults)
    return loaded


LOCAL_QUESTIONS = "local"
"""Name of the file of local questions, beside those of the profile questions."""


def message_names(folders: tuple[Path, ...]) -> list[str]:
    """Return the names of the profile questions of all folders."""
    files = (path for folder in folders for path in (folder / "messages").glob("*.toml"))
    return sorted({path.stem for path in files} - {LOCAL_QUESTIONS})


def load_messages(folders: tuple[Path, ...]) -> dict[str, Message]:
    """Return the profile questions of all folders by name; of one name the first folder's."""
    return {name: load_named(Message, "messages", name, folders) for name in message_names(folders)}


def load_local_questions(folders: tuple[Path, ...]) -> dict[str, Text]:
    """Return each association's own question, from the first folder that has the file."""
    return load_named(LocalQuestions, "messages", LOCAL_QUESTIONS, folders).local


@dataclass(frozen=True)
class Brief:
    """What the campaign wants: its groups, its profiles and who owns which area."""

    campaign: Campaign
    groups: Mapping[str, Group]
    profiles: Mapping[str, Profile]
    memberships: "pd.DataFrame"
    """`association`, `area_set`, `area_code`."""
    capacity: "pd.DataFrame"
    """Members and active members by association, as far as the user has given them."""
    language: Language
    covered: Mapping[str, float] = field(default_factory=dict)
    """By channel, the part (0-1) of its profile's weight that is left, where criteria are left out
    that nothing is known of."""

    @property
    def locating(self) -> dict[str, float]:
        """Central weights of the groups that count when areas are ranked."""
        weights = self.campaign.target_groups
        return {
            name: weights[name] for name, group in self.groups.items() if group.role == "locate"
        }
