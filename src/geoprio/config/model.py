"""What every model of a TOML file is made of."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from geoprio.words import Language, Phrase

Election = Literal["riksdag", "region", "kommun", "eu"]
Direction = Annotated[
    Literal["high", "low"], Field(description="Whether a high or a low figure counts.")
]
Indicator = Annotated[str, Field(description="Name of an indicator.")]
Positive = Annotated[float, Field(gt=0, le=1e9)]
NotNegative = Annotated[float, Field(ge=0, le=1e9)]
CountColumn = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*_count$")]
Weight = Annotated[float, Field(gt=0, le=1e6, description="How much it counts beside others.")]


RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])$")
"""Names that Windows keeps for its devices."""


def _is_no_device(name: str) -> str:
    if RESERVED.match(name):
        raise ValueError(Phrase("name_of_device", name=name))
    return name


NotReserved = AfterValidator(_is_no_device)
"""That a name can be a folder's on any system."""


def _is_date(value: str) -> str:
    if value:
        date.fromisoformat(value)
    return value


IsDate = AfterValidator(_is_date)
"""That a text, if there is any, is a day of the calendar."""
Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$"), IsDate]


class RefusedError(ValueError):
    """What a model raises of keys that do not fit together: all of it at once."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


def broken(rules: Mapping[str, object], **values: object) -> list[Phrase]:
    """Return the sentences of the rules that are broken, each by what is true where it is."""
    return [Phrase(key, **values) for key, is_broken in rules.items() if is_broken]


def twice(names: Iterable[str]) -> list[str]:
    """Return the names that are given more than once."""
    return sorted(name for name, times in Counter(names).items() if times > 1)


class Model(BaseModel):
    """Base of every model: frozen, unknown keys refused, text never taken for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if faults := self._own_faults():
            raise RefusedError(faults)
        return self

    def _own_faults(self) -> list[Phrase]:
        """Return what of its keys does not fit together."""
        return []


class Text(Model):
    """One text in the two languages shown to people."""

    sv: str
    """In Swedish."""
    en: str
    """In English."""

    def told(self, language: Language) -> str:
        """Return it in `language`."""
        return self.sv if language == "sv" else self.en


class Counted(Model):
    """Where and when a figure was counted: elsewhere it is scaled, or told to be borrowed."""

    county: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    """Two digits of the county."""
    year: int | None = None
    """None where the figure is undated."""


PERSON_NUMBER = re.compile(
    # Year, month and day; the day is 60 more in a coordination number.
    r"(?<!\d)(?:\d\d)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
    r"\s?[-+–]?\s?\d{4}(?!\d)"
)
