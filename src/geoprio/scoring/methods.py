"""What every scoring step asks first: is the method known, are the figures finite."""

import difflib
from collections.abc import Mapping
from typing import TypeVar

import numpy as np
import pandas as pd

from geoprio.errors import ConfigError, ContractError, join_faults

Method = TypeVar("Method")


def find_method(registry: Mapping[str, Method], name: str, *, step: str) -> Method:
    """Return the function that `registry` knows by `name`.

    Raises
    ------
    ConfigError
        There is none; the nearest name is offered.
    """
    if name not in registry:
        near = difflib.get_close_matches(name, registry, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        message = f"{step}: found {name!r}; expected one of {', '.join(sorted(registry))}{hint}"
        raise ConfigError(message)
    return registry[name]


def refuse_infinite(frame: pd.DataFrame, *, step: str) -> None:
    """Do nothing where every figure is finite or NaN.

    Raises
    ------
    ContractError
        A column holds an infinite number: all such columns are listed, with one row each.
    """
    infinite = np.isinf(frame.to_numpy(float))
    faults = [
        f"{name}: {column.sum()} infinite, for example at {frame.index[column][0]!r};"
        " an unknown figure is NaN"
        for name, column in zip(frame.columns, infinite.T, strict=True)
        if column.any()
    ]
    if faults:
        raise ContractError(join_faults(f"{step}: figures must be finite", faults))
