"""Editors complete and check the TOML files by schemas made from the models."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

from geoprio.cli.kinds import DRAFT, KINDS, kind_of, schema_of, write_schemas
from geoprio.config import Campaign, Document, judge, shipped_folder
from geoprio.words import table
from tests.cases import every
from tests.config.slots import SHIPPED_FILES, slots

SCHEMAS = {kind: schema_of(model) for kind, (_, model) in KINDS.items()}
VALIDATORS = {kind: Draft7Validator(schema) for kind, schema in SCHEMAS.items()}


def faults(kind: str, table: object) -> list[str]:
    return [error.message for error in VALIDATORS[kind].iter_errors(table)]


@every("path", SHIPPED_FILES)
def test_every_shipped_file_passes_its_schema(path: Path) -> None:
    assert faults(kind_of(path), tomllib.loads(path.read_text(encoding="utf-8"))) == []


def test_every_key_passes_and_a_misspelt_one_does_not() -> None:
    known = slots().values()
    for slot in {id(slot.table): slot for slot in known}.values():
        assert faults(slot.kind, slot.table) == []
    for slot in known:
        table = json.loads(json.dumps(slot.table))
        here: Any = table
        for part in slot.place[:-1]:
            here = here[part]
        here[f"{slot.key}x"] = here.pop(slot.key)
        assert not VALIDATORS[slot.kind].is_valid(table), slot


def test_a_variant_has_the_keys_of_its_file_and_needs_none() -> None:
    path = shipped_folder() / "sources" / "scb_tab6574_deso.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    (name, *_) = table["variants"]
    for variant, right in (
        ({"title": "Prov", "key": {"strip_suffix": "_x"}, "fetch": {"time": "Tid"}}, True),
        ({"titel": "Prov"}, False),
        ({"key": {"strip_sufix": "_x"}}, False),
        ({"fetch": {"codelits": "x"}}, False),
        ({"variants": {}}, False),
    ):
        assert (faults("sources", {**table, "variants": {name: variant}}) == []) == right, variant


@every("kind", KINDS)
def test_a_schema_is_what_toml_and_its_draft_can_say(kind: str) -> None:
    schema = SCHEMAS[kind]
    Draft7Validator.check_schema(schema)
    assert schema["$schema"] == DRAFT
    text = json.dumps(schema)
    assert not re.search(
        r'"null"|"default": null|prefixItems|discriminator|"\$ref": "[^"]*", ', text
    )


def test_every_key_says_what_it_is() -> None:
    """By what stands beside it in the models, so that no text is written twice."""
    bare = [
        f"{kind}: {name}.{key}"
        for kind, schema in SCHEMAS.items()
        for name, part in ((kind, schema), *schema.get("$defs", {}).items())
        for key, told in part.get("properties", {}).items()
        if not told.get("description")
    ]
    assert bare == []
    campaign, fetch = SCHEMAS["campaigns"], SCHEMAS["sources"]["$defs"]["FileFetch"]["properties"]
    assert campaign["properties"]["effects"]["description"].startswith("Name of the file in effect")
    # Of a base, of the model that a key holds, and of the model that a key's one value tells.
    assert fetch["credit"]["description"] == "How the publisher wants to be named."
    nesting = campaign["properties"]["nesting"]["description"]
    assert nesting == "A larger area set that the closer one nests in."
    assert fetch["kind"]["description"].startswith("One published file at a known address")


def test_what_a_key_must_look_like_is_told_in_words() -> None:
    asked = set(re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', json.dumps(SCHEMAS)))
    for language in ("sv", "en"):
        assert set(table("patterns", language)) == {json.loads(pattern) for pattern in asked}
    path = shipped_folder() / "demo.toml"
    toml = path.read_text(encoding="utf-8").replace('county_code = "01"', 'county_code = "1"')
    _, (fault,) = judge(Campaign, Document(path, toml, tomllib.loads(toml)))
    assert fault.told("sv").endswith("county_code: ska vara två siffror; här står '1'")


def test_a_folder_gets_its_schemas_and_the_rules_that_tie_them(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(shipped_folder(), tmp_path / "kampanj"))
    paths = write_schemas(folder)
    first = [path.read_bytes() for path in paths]
    assert [path.read_bytes() for path in write_schemas(folder)] == first
    rules = tomllib.loads((folder / ".taplo.toml").read_text(encoding="utf-8"))["rule"]
    for path in SHIPPED_FILES:
        name = path.relative_to(shipped_folder())
        # Taplo's patterns match a slash too, and of the rules that fit it takes the last.
        rule = [
            rule
            for rule in rules
            if name.match(rule["include"][0])
            and not any(name.match(pattern) for pattern in rule.get("exclude", ()))
        ][-1]
        schema = json.loads((folder / rule["schema"]["path"]).read_text(encoding="utf-8"))
        assert schema == SCHEMAS[kind_of(path)]
