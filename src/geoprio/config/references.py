"""Names that stand in one file and belong to another: what they may be."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from geoprio.config.documents import Document
from geoprio.config.faults import Fault, nearest
from geoprio.config.lines import Place

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
    if document.table.get("demo") or any((folder / named).is_file() for folder in folders):
        names["associations"] = [named]
    return names


def file_names(kind: str, folders: Collection[Path]) -> list[str]:
    """Return the names that files of a kind go by: of a campaign's CSV the whole name."""
    if kind == "associations":
        return sorted({path.name for folder in folders for path in folder.glob("*.csv")})
    return sorted({path.stem for folder in folders for path in (folder / kind).glob("*.toml")})


def unknown_names(
    document: Document, places: Mapping[str, str], names: Mapping[str, Collection[str]]
) -> list[Fault]:
    """Return a fault for each name that nothing goes by.

    Parameters
    ----------
    document
        The file that names things, whether it is a whole model or not.
    places
        What each place in it names, written as in `CAMPAIGN_FILES`.
    names
        What there is of each kind.
    """
    return [
        _fault(document, place, name, kind, names[kind])
        for pattern, kind in places.items()
        for place, name in _named(document, pattern)
        if name not in names[kind]
    ]


def _named(document: Document, pattern: str) -> Iterator[tuple[Place, str]]:
    """Return the places that a pattern fits, with the names there; what is no text is passed by."""
    parts = pattern.split(".")
    by_key = parts[-1] == "<key>"
    for place in document.lines:
        if len(place) != len(parts) or not all(map(_fits, place, parts)):
            continue
        name = place[-1] if by_key else document.value(place)
        if isinstance(name, str):
            yield place, name


def _fits(part: str | int, pattern: str) -> bool:
    return pattern in ("*", "<key>") or part == pattern


def _fault(document: Document, place: Place, name: str, kind: str, known: Collection[str]) -> Fault:
    near = nearest(name, known)
    return Fault(
        "wrong",
        place,
        document.line(place),
        (f"name_{kind}",),
        known=() if near else tuple(known),
        found=repr(name),
        near=repr(near) if near else "",
    )
