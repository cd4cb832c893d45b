"""What is wrong in a file that election staff edit: where, what was found, and what was meant."""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError

from geoprio.config.document import Document, Place
from geoprio.config.model import Model
from geoprio.errors import ConfigError
from geoprio.words import Language, table, text, texts, told


@dataclass(frozen=True)
class Fault:
    """One fault of a file."""

    kind: Literal["unknown_key", "missing", "wrong", "own", "named"]
    place: Place = ()
    line: int | None = None
    wants: tuple[str, ...] = ()
    """What may stand there: names of texts `want_*`, whose blanks `limits` fills."""
    limits: Mapping[str, object] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    """The words that may stand there, where they are few enough to tell; told if none is near."""
    found: str = ""
    near: str = ""
    """The nearest of the words."""
    words: object = ""
    """What a model says in words of its own; of `named`, the file's name stands before them."""
    file: str = ""
    """The file that it stands in, where that is not the one that was judged."""

    def told(self, language: Language = "en") -> str:
        """Return the fault as one line."""
        is_key = self.kind == "unknown_key"
        parts = {
            "wants": text("fault_or", language).join(self._wants(language)),
            "found": self.found,
            "known": "" if self.near else ", ".join(self.known),
            "near": self.near and (f"`{self.near}`" if is_key else repr(self.near)),
        }
        own = told(self.words, language)
        if self.kind == "named":
            own = own.partition(": ")[2]
        said = [own if self.kind in ("own", "named") else text(f"fault_{self.kind}", language)]
        said += [
            text(f"fault_{part}", language, what=words) for part, words in parts.items() if words
        ]
        line = text("fault_line", language, line=self.line) if self.line else ""
        where = ".".join(map(str, self.place))
        heads = ", ".join(part for part in (line, where) if part)
        return ": ".join(part for part in (heads, "; ".join(filter(None, said))) if part)

    def _wants(self, language: Language) -> list[str]:
        keys = [f"want_{want}" for want in self.wants]
        if not texts(language).keys() >= set(keys):
            return [told(self.words, language)]
        pattern = str(self.limits.get("pattern"))
        # With a point, as the file has to have it, and no decimals that nobody writes.
        whole = {name: f"{one:g}" for name, one in self.limits.items() if isinstance(one, float)}
        named = table("patterns", language).get(pattern, pattern)
        limits = {**self.limits, **whole, "pattern": named}
        return [text(key, language).format(**limits) for key in keys]


def refusal(name: str, faults: Collection[Fault]) -> ConfigError:
    """Return the error of a file with faults, in the order of their lines."""
    ordered = sorted(faults, key=lambda fault: fault.line or 0)
    return ConfigError("faults_count", ordered, name=name, count=len(faults))


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a misspelt one was meant to be; empty where none is near."""
    folded = {name.casefold(): name for name in known}
    # The ratio counts letters in order: it sees too little in two that changed places.
    swapped = [name for name in folded if sorted(name) == sorted(word.casefold())]
    near = swapped or difflib.get_close_matches(word.casefold(), folded, n=1)
    return folded[near[0]] if near else ""


AnyModel = TypeVar("AnyModel", bound=Model)
_KEY = re.compile(r"`\[*([\w.]+)\]*`|^([\w.]+)")
"""A key that a model's own words name."""


def judge(model: type[AnyModel], document: Document) -> tuple[AnyModel | None, list[Fault]]:
    """Return the model that a document holds, or every fault that stops it from being one."""
    try:
        return model.model_validate(document.table), []
    except ValidationError as error:
        errors: Sequence[Mapping[str, Any]] = error.errors(include_url=False)
        told = [
            (spot, fault)
            for item in errors
            for spot in [_spot(model, item["loc"])]
            for fault in _faults(item, spot, document)
        ]
        return None, _not_told_twice(_of_one_branch(told))


@dataclass(frozen=True)
class _Spot:
    """Where in a document pydantic found a fault."""

    place: Place
    around: tuple[Any, ...]
    """What the value that the place is in may be."""
    here: tuple[Any, ...]
    """What may stand in the place itself."""
    union: Place | None = None
    """Where the last value stands that may be of several kinds."""


def _spot(model: type[Model], location: Sequence[str | int]) -> _Spot:
    spot = _Spot((), (), (model,))
    for part in location:
        if len(spot.here) > 1:
            # pydantic tries each kind, and puts its name between the keys.
            branch = tuple(kind for kind in spot.here if _is_called(kind, str(part)))
            tagged = all(_tags(kind) for kind in spot.here)
            union = spot.union if tagged else spot.place
            spot = replace(spot, here=branch or (Any,), union=union)
        else:
            inside = _members(_inside(spot.here[0], part))
            spot = replace(spot, place=(*spot.place, part), around=spot.here, here=inside)
    return spot


def _members(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401 - annotations are of any type
    origin = get_origin(kind)
    if origin is Annotated:
        return _members(get_args(kind)[0])
    if origin in (Union, UnionType):
        return tuple(one for part in get_args(kind) for one in _members(part))
    return () if kind is NoneType else (kind,)


def _inside(kind: Any, part: str | int) -> Any:  # noqa: ANN401
    if _is_model(kind):
        fields = {field.alias or name: field for name, field in kind.model_fields.items()}
        return fields[str(part)].annotation if part in fields else Any
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple and isinstance(part, int):
        return inner[0] if inner[-1] is Ellipsis or part >= len(inner) else inner[part]
    return inner[1] if origin is dict else Any


def _is_model(kind: Any) -> bool:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, Model)


def _tags(kind: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the words of `kind` by which a union's model is known; none for others."""
    kinds = kind.model_fields.get("kind") if _is_model(kind) else None
    return get_args(kinds.annotation) if kinds else ()


def _is_called(kind: Any, label: str) -> bool:  # noqa: ANN401
    if _is_model(kind):
        return label in _tags(kind) or re.search(rf"\b{kind.__name__}\b", label) is not None
    return label.startswith("tuple") if get_origin(kind) is tuple else label == kind.__name__


def _faults(item: Mapping[str, Any], spot: _Spot, document: Document) -> Iterator[Fault]:
    kind, line = item["type"], document.line(spot.place)
    if kind == "extra_forbidden":
        yield _unknown_key(spot, document)
    elif kind == "missing":
        yield Fault("missing", spot.place, line)
    elif kind == "union_tag_not_found":
        yield Fault("missing", (*spot.place, "kind"), line)
        # The keys of such a table are not looked at; the misspelt `kind` is among them.
        for key in set(document.value(spot.place)) - set(_keys(spot.here)):
            yield _unknown_key(_Spot((*spot.place, key), spot.here, ()), document)
    elif kind == "union_tag_invalid":
        place = (*spot.place, "kind")
        words = tuple(tag for one in spot.here for tag in _tags(one))
        yield _not_among(words, place, document)
    elif kind == "literal_error":
        yield _not_among(get_args(spot.here[0]), spot.place, document)
    elif kind == "value_error":
        yield from _own_words(item, spot.place, document)
    else:
        found = _shown(document.value(spot.place))
        limits = item.get("ctx", {})
        yield Fault("wrong", spot.place, line, (kind,), limits, found=found, words=item["msg"])


def _unknown_key(spot: _Spot, document: Document) -> Fault:
    keys = _keys(spot.around)
    present = document.value(spot.place[:-1])
    near = nearest(str(spot.place[-1]), [key for key in keys if key not in present])
    return Fault("unknown_key", spot.place, document.line(spot.place), known=keys, near=near)


def _keys(kinds: Sequence[Any]) -> tuple[str, ...]:
    models = [kind for kind in kinds if _is_model(kind)]
    fields = [(name, it) for model in models for name, it in model.model_fields.items()]
    return tuple(dict.fromkeys(field.alias or name for name, field in fields))


def unknown_name(
    place: Place, line: int | None, kind: str, name: str, known: Collection[str]
) -> Fault:
    """Return the fault of a name that nothing of its kind goes by."""
    wants, near = (f"name_{kind}",), nearest(name, known)
    return Fault("wrong", place, line, wants, known=tuple(known), found=repr(name), near=near)


def _not_among(words: tuple[str, ...], place: Place, document: Document) -> Fault:
    found = document.value(place)
    near = nearest(found, words) if isinstance(found, str) else ""
    line, limits = document.line(place), {"words": ", ".join(map(repr, words))}
    return Fault("wrong", place, line, ("literal_error",), limits, found=_shown(found), near=near)


def _own_words(item: Mapping[str, Any], place: Place, document: Document) -> Iterator[Fault]:
    error = item["ctx"]["error"]
    found = _shown(document.value(place))
    for words in getattr(error, "faults", error.args):
        line = document.line(_named(words, place, document))
        yield Fault("own", place, line, found=found, words=words)


def _named(words: str, place: Place, document: Document) -> Place:
    """Return the first key that a model's own words name and the document has."""
    for found in _KEY.finditer(words):
        parts = (found[1] or found[2]).split(".")
        named = (*place, *(int(part) if part.isdigit() else part for part in parts))
        if named in document.lines:
            return named
    return place


def _shown(value: object) -> str:
    """Return a value as TOML has it; nothing of a table, which would be cut in the middle."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | time):
        return value.isoformat()
    parts = value if isinstance(value, list) else [value]
    tables = any(isinstance(part, Mapping) for part in parts)
    return "" if value is None or tables else f"{value!r:.80}"


def _of_one_branch(told: Sequence[tuple[_Spot, Fault]]) -> list[Fault]:
    """Return the faults, of a value that may be of several kinds only those of the likeliest.

    What is not of a kind at all was hardly meant to be it.
    """
    unions = {spot.union for spot, _ in told} - {None}
    kept = [fault for spot, fault in told if spot.union is None]
    for union in sorted(unions, key=str):
        tried = [(spot, fault) for spot, fault in told if spot.union == union]
        meant = [fault for _, fault in tried if not _is_other_kind(fault, union)]
        if not meant:
            _, first = tried[0]
            wants = tuple(dict.fromkeys(want for _, fault in tried for want in fault.wants))
            meant = [replace(first, wants=wants)]
        kept += meant
    return kept


def _is_other_kind(fault: Fault, union: Place | None) -> bool:
    wants = fault.wants
    return fault.place == union and wants != () and all(it.endswith("_type") for it in wants)


def _not_told_twice(faults: Sequence[Fault]) -> list[Fault]:
    """Leave out what another fault explains: the key that was meant, items that are wrong."""
    meant = {(*it.place[:-1], it.near) for it in faults if it.kind == "unknown_key"}
    above = {it.place[:length] for it in faults for length in range(len(it.place))}
    return [
        fault
        for fault in faults
        if not (fault.kind == "missing" and fault.place in meant)
        and not (fault.wants == ("too_short",) and fault.place in above)
    ]
