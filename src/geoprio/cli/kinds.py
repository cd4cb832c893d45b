"""The kinds of TOML file in a campaign folder, and what an editor needs to complete them."""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from geoprio.config import (
    Addressed,
    Campaign,
    Effects,
    Group,
    LocalQuestions,
    Message,
    Model,
    Notice,
    Profile,
    Register,
    Typology,
    Vendor,
)
from geoprio.sources import Source
from geoprio.words import Phrase

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

    Parameters
    ----------
    folder
        The campaign folder, as `geoprio init` makes it; open it as such in the editor.

    Returns
    -------
    paths
        `schema/<kind>.json` for each kind, and `.taplo.toml`; what stood there is replaced.
    """
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    written = []
    for kind, (_, model) in KINDS.items():
        path = folder / FOLDER / f"{kind}.json"
        schema = json.dumps(schema_of(model), ensure_ascii=False, indent=2)
        path.write_text(f"{schema}\n", encoding="utf-8", newline="\n")
        written.append(path)
    rules = folder / RULES
    rules.write_text(_rules(), encoding="utf-8", newline="\n")
    return [*written, rules]


def schema_of(model: type[Model]) -> dict[str, Any]:
    """Return the JSON Schema of a model, as TOML can be written: it has no null."""
    schema = model.model_json_schema()
    for name, kind in _kinds_in(Model):
        part = schema if kind is model else schema.get("$defs", {}).get(name, {})
        for key, words in _words(kind).items():
            if key in part.get("properties", {}):
                described = {**part["properties"][key], "description": words}
                part["properties"][key] = dict(sorted(described.items()))
    return {"$schema": DRAFT, **_for_toml(schema)}


def _kinds_in(model: type[Model]) -> Iterator[tuple[str, type[Model]]]:
    for kind in model.__subclasses__():
        yield kind.__name__, kind
        yield from _kinds_in(kind)


def _words(model: type[Model]) -> dict[str, str]:
    """Return what each key means: the text under it in the code.

    pydantic can find them too, but only while it makes the models, and every command would wait.
    """
    body = ast.parse(inspect.getsource(model)).body[0].body  # type: ignore[attr-defined]
    told = {
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
    return "\n".join([*rules, ""])
