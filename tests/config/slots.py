"""Every key of every model of the configuration, and a document that holds it."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from geoprio.cli.kinds import KINDS, kind_of
from geoprio.config import Model, shipped_folder

Place = tuple[str | int, ...]
# What a new county's campaign is made from is no file of a campaign.
SHIPPED_FILES = [
    path for path in sorted(shipped_folder().rglob("*.toml")) if path.parent.name != "start"
]

UNUSED: Mapping[str, Mapping[Place, Any]] = {
    "storstockholm.toml": {
        ("cap_to_electorate",): True,
        ("sender",): {"name": "Partiet", "contact": "kansliet"},
        ("municipalities",): ["0127"],
        ("whole_municipalities",): True,
        ("effects",): "published",
        ("typology",): "bostadsmiljo",
        ("map",): {
            "online_base": {
                "url": "https://example.org/{z}/{x}/{y}.png",
                "attribution": "någon",
                "title": {"sv": "Bakgrund", "en": "Background"},
            }
        },
        ("overlap",): {
            "combine": "sum",
            "odds_ratios": [{"groups": ["unga", "kvinnor"], "ratio": 1.1, "source": "mätt"}],
        },
        ("uncertainty", "lognormal"): ["doors_per_km2"],
        ("plan", "crews"): {"Solna": {"people": 6}},
        ("plan", "doors", "access"): {"0184R001": 0.5},
        ("plan", "efforts"): [
            {
                "name": "half",
                "label": {"sv": "halva", "en": "half"},
                "doors_share": 0.5,
                "rounds": 2,
            }
        ],
        ("plan", "floors"): [{"per": "group", "name": "unga", "channel": "canvass", "share": 0.05}],
        ("plan", "locks"): [{"area_code": "0184R001", "channel": "canvass", "wish": "in"}],
        ("plan", "sites"): {"walk_km": 1.0, "cabins": 2, "cabin_km": 3.0, "hubs": ["0184R001"]},
        ("plan", "wanted"): ["0184R001"],
        ("plan", "tour"): {
            "begins_at": "Sergels torg",
            "days": ["2030-08-17"],
            "hours": 6.0,
            "stop_hours": 1.0,
            "km_per_hour": 20.0,
            "most_per_municipality": 2,
            "theme": "unga",
        },
        ("plan", "governing"): {
            "Solna": {"done": {"sv": "gjort", "en": "done"}, "ahead": {"sv": "nu", "en": "next"}}
        },
        ("plan", "trades"): [
            {
                "name": "Vård",
                "industries": ["Q"],
                "crew": {"people": 4},
                "visit_hours": 2.0,
                "together": 2,
            }
        ],
        ("plan", "holdouts"): {"pairs": 10, "decided": "2029-05-01", "paragraph": "§ 12"},
        ("mailing", "order"): {
            "client": "Distriktet",
            "contact": "Anna, 08-123",
            "invoice": "Box 1",
            "format": "A5",
            "weight_grams": 20.0,
        },
        ("mailing", "editions"): [
            {
                "name": "riksdag",
                "election": "riksdag",
                "election_day": "2030-09-08",
                "target_groups": ["unga"],
                "vendor": "svensk_excel",
                "notice": "exempel",
                "weeks": ["2030 v. 33"],
            },
            {"name": "region", "election_day": "2030-09-08", "addressed": "unga"},
        ],
    },
    "demo2026.toml": {("county_code",): None, ("counties",): ["01", "12"]},
    "vendors/svensk_excel.toml": {("minimum_lot",): 5000},
    "notices/exempel.toml": {
        ("amounts", "mailing_sek"): 1000.0,
        ("amounts", "campaign_sek"): 2000.0,
        ("amounts", "benefits_sek"): 0.0,
        ("targeting", "personal_data"): True,
        ("targeting", "which"): "ålder, ur SPAR",
        ("targeting", "policy"): "https://example.org/policy",
        ("earlier", "stopped"): True,
        ("earlier", "which"): "den första",
        ("controller", "none"): False,
        ("payer", "same_as_sponsor"): False,
    },
    "effects/published.toml": {
        ("conversation", "persuasion"): {"share": 0.01, "source": "ett antagande"},
    },
    "groups/lo.toml": {
        ("decided",): "2027-01-15",
        ("role",): "locate",
        ("proxy", "indicators", 0, "weight"): 1.0,
        ("total", "counties"): {
            "12": {"count": 90_000.0, "cv": 0.1, "source": {"sv": "LO Skåne", "en": "LO Skåne"}}
        },
    },
    "messages/local.toml": {
        ("local", "Täby"): {"sv": "Fråga om bussen.", "en": "Ask about the bus."},
    },
    "sources/scb_tab6574_deso.toml": {
        ("columns", 0, "where", "Alder"): {"from": 18, "to": 29},
        ("columns", 0, "where", "Kon"): ["1", "2"],
        ("fetch", "credit"): "Källa: SCB",
        ("fetch", "time"): "Tid",
        ("fetch", "region"): "Region",
        ("fetch", "select", "Kon"): {"labels": ["kvinnor"]},
    },
    "sources/scb_deso_2018_wfs.toml": {
        ("fetch", "credit"): "Källa: SCB",
        ("fetch", "crs"): "EPSG:3006",
        ("fetch", "dialect"): "cql",
        ("fetch", "format"): "application/json",
        ("fetch", "page_size"): 1000,
        ("fetch", "version"): "2.0.0",
    },
    "sources/val_mapping_2018_2022.toml": {("mapping", "width"): 8},
    "sources/scb_key_deso2018_regso2020.toml": {("fetch", "unpacked_mb"): 500},
    "sources/val_results_2026_riksdag.toml": {
        ("several",): True,
        ("fetch", "how"): "kommer efter valet",
        ("fetch", "maximum_mb"): 100,
        ("fetch", "unpacked_mb"): 500,
    },
    "sources/own_stadsdelar.toml": {("options",): {"layer": "stadsdelar"}},
}
"""Keys that no shipped file uses, and a value that each may have there; None is without it."""


@dataclass(frozen=True)
class Slot:
    """One key of one model, where a document has it."""

    kind: str
    model: type[Model]
    key: str
    place: Place
    table: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}-{self.model.__name__}-{self.key}"

    @property
    def annotation(self) -> Any:
        """What the key's value may be."""
        return keys_of(self.model)[self.key]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that the key's value must be one of; none where it is free."""
        parts = parts_of(self.annotation)
        items = [get_args(part)[0] for part in parts if get_origin(part) is tuple]
        parts += [one for item in items for one in parts_of(item)]
        return tuple(w for it in parts if get_origin(it) is Literal for w in get_args(it))


def parts_of(annotation: Any) -> list[Any]:
    """Return the annotations that a value may have, without wrappings."""
    if get_origin(annotation) is Annotated:
        return parts_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [one for part in get_args(annotation) for one in parts_of(part)]
    return [] if annotation is NoneType else [annotation]


def keys_of(model: type[Model]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def models_in(annotation: Any) -> Iterator[type[Model]]:
    for part in parts_of(annotation):
        if isinstance(part, type) and issubclass(part, Model):
            yield part
            for inner in keys_of(part).values():
                yield from models_in(inner)
        elif get_origin(part) in (tuple, dict):
            for inner in get_args(part):
                if inner is not Ellipsis:
                    yield from models_in(inner)


def wanted() -> set[tuple[type[Model], str]]:
    """Return every key of every model that a file can hold."""
    models = {model for _, top in KINDS.values() for model in models_in(top)}
    return {(model, key) for model in models for key in keys_of(model)}


def slots() -> dict[tuple[type[Model], str], Slot]:
    """Return a place for each key that some document has: shipped, or made for the test."""
    found: dict[tuple[type[Model], str], Slot] = {}
    for kind, table in [*_shipped(), *_made()]:
        for model, key, place in _walk(KINDS[kind][1], table, ()):
            found.setdefault((model, key), Slot(kind, model, key, place, table))
    return found


def _walk(annotation: Any, value: Any, place: Place) -> Iterator[tuple[type[Model], str, Place]]:
    for part in parts_of(annotation):
        if get_origin(part) is tuple and isinstance(value, list):
            for number, item in enumerate(value):
                yield from _walk(get_args(part)[0], item, (*place, number))
        elif get_origin(part) is dict and isinstance(value, dict):
            for key, item in value.items():
                yield from _walk(get_args(part)[1], item, (*place, key))
        elif isinstance(part, type) and issubclass(part, Model) and _is(part, value):
            for key, item in value.items():
                yield part, key, (*place, key)
                yield from _walk(keys_of(part)[key], item, (*place, key))


def _is(model: type[Model], value: Any) -> bool:
    if not isinstance(value, dict) or not value.keys() <= keys_of(model).keys():
        return False
    kind = keys_of(model).get("kind")
    return "kind" not in value or value["kind"] in get_args(kind)


def _shipped() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in SHIPPED_FILES:
        yield kind_of(path), tomllib.loads(path.read_text(encoding="utf-8"))


def _made() -> Iterator[tuple[str, dict[str, Any]]]:
    """Return shipped files with the keys that none of them uses."""
    for name, added in UNUSED.items():
        path = shipped_folder() / name
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        for place, value in added.items():
            here: Any = table
            for part in place[:-1]:
                here = here[part]
            if value is None:
                del here[place[-1]]
            else:
                here[place[-1]] = value
        yield kind_of(path), table
