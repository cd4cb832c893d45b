"""The kinds of file in a campaign folder, what editors complete them by, and their faults."""

import ast
import inspect
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from geoprio.areas import MUNICIPALITIES
from geoprio.areas.associations import (
    COLUMNS,
    MAJORITIES,
    load_constituencies,
    load_majorities,
    load_memberships,
)
from geoprio.areas.associations import FILE as CONSTITUENCIES
from geoprio.config import (
    VARIANTS,
    Addressed,
    Campaign,
    Document,
    Effects,
    Election,
    Fault,
    Group,
    LocalQuestions,
    Message,
    Model,
    Notice,
    Profile,
    Register,
    Typology,
    Vendor,
    config_folders,
    judge,
    nearest,
    read_document,
    refuse_undated,
    unknown_name,
    unknown_names,
)
from geoprio.config.counties import fit_total
from geoprio.counts import misplaced, unfit
from geoprio.errors import ConfigError
from geoprio.files.folder import replace_all
from geoprio.scores.vocabulary import IN_FOLDER, IN_PROGRAM, groups_and_profiles, names_of
from geoprio.sources import Source, judge_source, load_source
from geoprio.sources.sheets import read_list
from geoprio.words import Language, Phrase, text

CAMPAIGNS, LOCAL = "campaigns", "local"

KINDS: Mapping[str, tuple[str, type[Model]]] = {
    CAMPAIGNS: ("*.toml", Campaign),
    "groups": ("groups/*.toml", Group),
    "profiles": ("profiles/*.toml", Profile),
    "sources": ("sources/*.toml", Source),
    "vendors": ("vendors/*.toml", Vendor),
    "addressed": ("addressed/*.toml", Addressed),
    "registers": ("registers/*.toml", Register),
    "notices": ("notices/*.toml", Notice),
    "messages": ("messages/*.toml", Message),
    LOCAL: ("messages/local.toml", LocalQuestions),
    "typologies": ("typologies/*.toml", Typology),
    "effects": ("effects/*.toml", Effects),
}
"""Where files of each kind lie, and their model; of two that fit, the later."""

FOLDERS = frozenset(KINDS) - {CAMPAIGNS, LOCAL}
"""The folders of a campaign folder."""


def kind_of(path: Path) -> str:
    """Return the kind of a TOML file, which its folder tells: a campaign where no other does."""
    fitting = [kind for kind, (pattern, _) in KINDS.items() if path.match(pattern)]
    return fitting[-1]


DRAFT = "http://json-schema.org/draft-07/schema#"
"""The newest draft that the editors' TOML extensions know."""
FOLDER = "schema"
RULES = ".taplo.toml"
"""Where Even Better TOML and Taplo look for which schema a file has."""
NULL = {"type": "null"}


def write_schemas(folder: Path) -> list[Path]:
    """Write a JSON Schema for each kind of file in a campaign folder, and the rules that tie them.

    Returns `schema/<kind>.json` of each kind, and `.taplo.toml`; what stood there is replaced.
    """
    texts = {
        folder / FOLDER / f"{kind}.json": json.dumps(schema_of(model), ensure_ascii=False, indent=2)
        for kind, (_, model) in KINDS.items()
    }
    texts[folder / RULES] = _rules()
    written = {path: f"{content}\n".encode() for path, content in texts.items()}
    replace_all(written, seal=folder / RULES)
    return list(texts)


def schema_of(model: type[Model]) -> dict[str, Any]:
    """Return the JSON Schema of a model, as TOML can be written: it has no null."""
    schema = model.model_json_schema()
    for name, kind in _kinds_in(Model):
        part = schema if kind is model else schema.get("$defs", {}).get(name, {})
        for key, told in part.get("properties", {}).items():
            # A key of one value alone is what tells its model from others.
            only = part["description"] if "const" in told else ""
            words = _words(kind).get(key) or only or _referred(told, schema["$defs"])
            part["properties"][key] = dict(sorted({**told, "description": words}.items()))
    if VARIANTS in schema["properties"]:
        _open_variants(schema)
    return {"$schema": DRAFT, **_for_toml(schema)}


def _open_variants(schema: dict[str, Any]) -> None:
    """Let a variant have every key of its file and need none: it says only what differs."""
    whole = {key: schema[key] for key in ("type", "properties", "additionalProperties")}
    # Without the keys that tell them apart, several kinds may fit.
    told = json.dumps({VARIANTS: whole, **schema["$defs"]}).replace('"oneOf"', '"anyOf"')
    parts: dict[str, Any] = json.loads(told.replace("#/$defs/", "#/$defs/part_of_"))
    del parts[VARIANTS]["properties"][VARIANTS]
    for part in parts.values():
        part.pop("required", None)
    schema["$defs"] |= {f"part_of_{name}": part for name, part in parts.items()}
    schema["properties"][VARIANTS]["additionalProperties"] = {"$ref": f"#/$defs/part_of_{VARIANTS}"}


def _kinds_in(model: type[Model]) -> Iterator[tuple[str, type[Model]]]:
    for kind in model.__subclasses__():
        yield kind.__name__, kind
        yield from _kinds_in(kind)


def _referred(told: Mapping[str, Any], kinds: Mapping[str, Any]) -> str:
    """Return what the model that a key holds, alone or several of, says of itself; "" for none."""
    held = [told, *(told.get(key) for key in ("items", "additionalProperties"))]
    held += told.get("anyOf", ())
    names = [
        one["$ref"].rpartition("/")[2] for one in held if isinstance(one, dict) and "$ref" in one
    ]
    return str(kinds[names[0]]["description"]) if names else ""


@cache
def _words(model: type[Model]) -> dict[str, str]:
    """Return what each key means: the text under it in the code, or under that of its base.

    pydantic can find them too, but only while it makes the models, and every command would wait.
    """
    told = dict(_words(base)) if (base := model.__bases__[0]) is not Model else {}
    body = ast.parse(inspect.getsource(model)).body[0].body  # type: ignore[attr-defined]
    told |= {
        key.target.id: inspect.cleandoc(str(words.value.value))
        for key, words in pairwise(body)
        if isinstance(key, ast.AnnAssign)
        and isinstance(key.target, ast.Name)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
    }
    fields = model.model_fields
    told |= {name: Phrase(it.description) for name, it in fields.items() if it.description}
    return {fields[name].alias or name: words for name, words in told.items() if name in fields}


def _for_toml(node: Any) -> Any:  # noqa: ANN401 - JSON is of any type
    if isinstance(node, list):
        return [_for_toml(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _for_toml(value)
        for key, value in node.items()
        # `discriminator` is OpenAPI's; a default that is null is the key left out.
        if key != "discriminator" and not (key == "default" and value is None)
    }
    choices = kept.get("anyOf")
    if choices and NULL in choices:
        choices.remove(NULL)
        if len(choices) == 1:
            kept = {**kept.pop("anyOf")[0], **kept}
    if "prefixItems" in kept:
        kept["items"] = kept.pop("prefixItems")
    if "$ref" in kept and len(kept) > 1:
        # Beside a reference this draft reads nothing.
        kept["allOf"] = [{"$ref": kept.pop("$ref")}]
    return kept


def _rules() -> str:
    """Return the rules; of two that a file fits, the later is taken."""
    rules = ["# Made by `geoprio schema`: which schema each file has (Even Better TOML, Taplo)."]
    for kind, (pattern, _) in KINDS.items():
        others = [RULES, *(other for other, _ in KINDS.values() if "/" in other)]
        rules += ["", "[[rule]]", f'include = ["{pattern}"]']
        if "/" not in pattern:
            rules.append(f"exclude = {json.dumps(others)}")
        rules.append(f'schema = {{ path = "{FOLDER}/{kind}.json", enabled = true }}')
    return "\n".join(rules)


def _association_faults(path: Path, area_sets: Collection[str]) -> list[Fault]:
    """Return every fault of a list of associations that shows without the areas themselves."""
    try:
        rows = load_memberships(path.name, (path.parent,))
    except ConfigError as error:
        return _from_loading(error)
    faults = _not_among(rows["area_set"], {MUNICIPALITIES, *area_sets}, "area_sets")
    for (area_set, code), parts in rows.groupby(["area_set", "area_code"]):
        if len(parts) > 1:
            several = parts["association"]
            words = Phrase("belongs_to_several", area_set=area_set, code=code, associations=several)
            faults.append(Fault("own", ("area_code",), int(parts.index[-1]), words=words))
    return faults


def _constituency_faults(path: Path) -> list[Fault]:
    try:
        for election in get_args(Election):
            load_constituencies(election, (path.parent,))
    except ConfigError as error:
        return _from_loading(error)
    rows = read_list(path)
    return _not_among(rows["election"], get_args(Election), "elections")


def _majority_faults(path: Path) -> list[Fault]:
    try:
        load_majorities((path.parent,))
    except ConfigError as error:
        return _from_loading(error)
    return []


OFFICES = {CONSTITUENCIES: _constituency_faults, MAJORITIES: _majority_faults}
"""Lists known by their name, and what finds their faults."""


def _from_loading(error: ConfigError) -> list[Fault]:
    faults = [Fault("own", words=words) for words in error.faults]
    return faults or [Fault("named", words=error.heading)]


def _not_among(names: pd.Series, known: Collection[str], kind: str) -> list[Fault]:
    return [
        unknown_name((str(names.name),), int(str(line)), kind, name, sorted(known))
        for line, name in names[~names.isin(list(known))].items()
    ]


Tell = Callable[[str], None]

READ = (".toml", ".csv")
MEMBERS = {LOCAL: {"local.<key>": "members"}}
"""Places that name associations of the folder's own lists."""


@dataclass(frozen=True)
class _Folder:
    """A campaign folder, and all names that its files may use."""

    root: Path
    files: tuple[Path, ...]
    names: Mapping[str, Collection[str]]


def validate(place: Path, *, language: Language, tell: Tell) -> bool:
    """Tell every fault of the files in a place; return whether there is none.

    The place is a campaign folder, a folder in it, or one file: TOML, or a list as CSV.
    ConfigError: There is nothing to validate.
    """
    folder = _open(place)
    found = [
        (fault.file or path.relative_to(folder.root).as_posix(), fault.told(language))
        for path in folder.files
        for fault in sorted(_faults(path, folder), key=lambda it: it.line or 0)
    ]
    wrong = {file for file, _ in found}
    # Campaigns that name one list have its faults in common.
    lines = list(dict.fromkeys(f"{file}: {fault}" for file, fault in found))
    lines += _stray_folders(folder, language) if place == folder.root else []
    for line in lines:
        tell(line)
    key = "validate_some" if lines else "validate_none"
    tell(text(key, language, faults=len(lines), wrong=len(wrong), files=len(folder.files)))
    return not lines


def _open(place: Path) -> _Folder:
    place = place.resolve()
    if place.is_dir():
        root = place.parent if place.name in FOLDERS else place
        files = [*_campaign_files(root), *_lists(root)] if root == place else []
        kinds = sorted(FOLDERS) if root == place else [place.name]
        files += [path for kind in kinds for path in sorted((root / kind).glob("*.toml"))]
    else:
        root = place.parent.parent if place.parent.name in FOLDERS else place.parent
        files = [place]
    if not files or not all(path.is_file() and path.suffix in READ for path in files):
        raise ConfigError("nothing_to_validate", place=place)
    folders = config_folders(root / "campaign.toml")
    used = [*IN_PROGRAM.values(), *IN_FOLDER.values()]
    names: dict[str, Collection[str]] = dict(
        names_of([kind for places in used for kind in places.values()], folders)
    )
    return _Folder(root, tuple(files), {**names, "members": _members(folders, names)})


def _campaign_files(root: Path) -> list[Path]:
    # A fetched file has a sidecar `<file>.toml`, and an editor's settings begin with a dot.
    files = sorted(root.glob("[!.]*.toml"))
    return [path for path in files if not path.with_suffix("").is_file()]


def _lists(root: Path) -> list[Path]:
    """Return the lists that a folder has, known by their columns or their name."""
    return [path for path in sorted(root.glob("*.csv")) if _is_list(path)]


def _is_list(path: Path) -> bool:
    if path.name in OFFICES or path.name.startswith("associations"):
        return True
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return any(re.split("[;\t,]", line.strip()) == COLUMNS for line in islice(file, 2))


def _members(folders: tuple[Path, ...], known: Mapping[str, Collection[str]]) -> list[str]:
    """Return the associations of the first folder that has lists of them."""
    for folder in folders:
        names: set[str] = set()
        for path in _lists(folder):
            if path.name not in OFFICES and not _association_faults(path, known["area_sets"]):
                names |= set(load_memberships(path.name, (folder,))["association"])
        if names:
            return sorted(names)
    return []


def _faults(path: Path, folder: _Folder) -> list[Fault]:
    if path.name in OFFICES:
        return OFFICES[path.name](path)
    if path.suffix == ".csv":
        return _association_faults(path, folder.names["area_sets"])
    try:
        document = read_document(path)
    except ConfigError as error:
        return [Fault("named", words=error.heading)]
    kind = kind_of(path)
    faults: list[Fault] = []
    for one in (document, *(document.variants().values() if kind == "sources" else ())):
        # What a variant has from its file is told once.
        faults += [fault for fault in _of_kind(kind, one, folder) if fault not in faults]
    return faults


def _of_kind(kind: str, document: Document, folder: _Folder) -> list[Fault]:
    faults = _of_model(kind, document)
    # "*" is every municipality that has no row, by names that only a run knows.
    members = {} if "*" in folder.names["members"] else MEMBERS
    for places in (IN_PROGRAM, IN_FOLDER, members):
        faults += unknown_names(document, places.get(kind, {}), folder.names)
    return faults if faults or kind != CAMPAIGNS else _of_run(document)


def _of_run(document: Document) -> list[Fault]:
    """Return what a run refuses of a campaign, whole in itself, before it reads a raw file."""
    campaign, _ = judge(Campaign, document)
    folders = config_folders(document.path)
    if campaign is None:
        return []
    try:
        groups, _ = groups_and_profiles(campaign, folders)
        for name, group in groups.items():
            fit_total(name, group, campaign, dict.fromkeys(campaign.home, 1.0))
        sources = {name: load_source(name, folders) for name in campaign.sources}
        # The list of a demo is there when the demo has been written.
        listed = [] if campaign.demo else [load_memberships(campaign.associations, folders)]
    except ConfigError as error:
        # Those of another file are told there.
        told = [] if error.faults else _from_loading(error)
        of_list = campaign.associations in error.heading.values.values()
        return [replace(it, file=campaign.associations) for it in told] if of_list else told
    told = [Fault("own", words=item.fault) for item in unfit(campaign, sources)]
    wrong = [fault for rows in listed for fault in misplaced(rows, campaign, sources)]
    return [*told, *(Fault("own", words=it, file=campaign.associations) for it in wrong)]


def _of_model(kind: str, document: Document) -> list[Fault]:
    if kind == "sources":
        return judge_source(document)[1]
    model, faults = judge(KINDS[kind][1], document)
    if isinstance(model, Group):
        try:
            refuse_undated(model, document.path)
        except ConfigError as error:
            line = document.line(("definition",))
            faults.append(Fault("named", line=line, words=error.heading))
    return faults


def _stray_folders(folder: _Folder, language: Language) -> Iterator[str]:
    """Return a line for each folder of TOML whose name is misspelt: nothing in it is read."""
    for path in sorted(folder.root.iterdir()):
        near = nearest(path.name, FOLDERS)
        if path.is_dir() and path.name not in FOLDERS and near and any(path.glob("*.toml")):
            yield text("validate_stray", language, folder=path.name, near=near)
