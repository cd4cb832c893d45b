"""What every model of a TOML file is made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Election = Literal["riksdag", "region", "kommun", "eu"]
Direction = Literal["high", "low"]
Positive = Annotated[float, Field(gt=0, le=1e9)]
NotNegative = Annotated[float, Field(ge=0, le=1e9)]
CountColumn = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*_count$")]
Weight = Annotated[float, Field(gt=0, le=1e6)]


class Model(BaseModel):
    """Base of every model: frozen, unknown keys refused, text never taken for a number."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class Text(Model):
    """One text in the two languages shown to people."""

    sv: str
    en: str
