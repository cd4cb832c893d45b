"""The sidecar of a fetched file: proof of where each byte came from."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import tomli_w
from pydantic import Field, ValidationError

from geoprio.config import Model
from geoprio.errors import SourceError

ENDING = ".toml"
NOISE_FROM = 2025
"""First reference year that SCB publishes with controlled random noise (the Cell Key Method)."""


class Sent(Model):
    """One request, and the checksum of what came back."""

    method: str
    url: str
    body: str = ""
    """JSON that was posted."""
    sha256: str


class Sidecar(Model):
    """What is known of one fetched file."""

    source: str
    """Name of the source's TOML."""
    title: str
    publisher: str
    credit: str
    """What stands under a figure, such as "Källa: SCB"."""
    licence: str
    page: str
    part: str
    """Table, layer or file at the publisher."""
    reference_year: int
    area_set: str
    """Areas and vintage that the rows are of."""
    noise: bool
    """Figures carry the publisher's random noise: totals need not be the sum of their parts."""
    fetched_at: str
    sha256: str
    bytes: int
    joined: bool
    """Several replies were put together; each has its own checksum below."""
    asked: str
    """Checksum of what was asked for: another choice in the source's TOML fetches anew."""
    updated: str = ""
    """The publisher's own mark of the version."""
    last_modified: str = ""
    requests: Annotated[tuple[Sent, ...], Field(strict=False)]


def sidecar_of(path: Path) -> Path:
    """Return where the sidecar of a raw file lies."""
    return path.with_name(path.name + ENDING)


def write_sidecar(sidecar: Sidecar, path: Path) -> None:
    """Write a sidecar as TOML."""
    table: dict[str, Any] = sidecar.model_dump()
    table["requests"] = list(table["requests"])
    path.write_text(tomli_w.dumps(table), encoding="utf-8", newline="\n")


def read_sidecar(path: Path) -> Sidecar | None:
    """Return the sidecar of the raw file `path`, or None where it has none.

    Raises
    ------
    SourceError
        It is not a sidecar.
    """
    place = sidecar_of(path)
    try:
        return Sidecar.model_validate(tomllib.loads(place.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValidationError) as error:
        message = (
            f"{place}: not a sidecar that geoprio wrote ({str(error).splitlines()[0]});"
            " remove it and its file, and fetch again"
        )
        raise SourceError(message) from None
