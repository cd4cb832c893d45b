"""What a map may show beneath the areas: nothing of others, unless the campaign says so."""

from typing import Annotated

from pydantic import Field

from geoprio.config.model import Model, Text


class OnlineBase(Model):
    """A base map of others. Whoever serves it learns which places the reader looks at."""

    url: Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+/[\w./{}@-]*\{z\}[\w./{}@-]*$")]
    """Address of its tiles, with {z}, {x} and {y}."""
    attribution: str
    title: Text

    @property
    def host(self) -> str:
        """The only place that a page may then ask for pictures."""
        return "/".join(self.url.split("/")[:3])


class MapBase(Model):
    """The base of the leadership's map."""

    online_base: OnlineBase | None = None
    """Off until the reader turns it on, and no choice at all where it is left out."""
