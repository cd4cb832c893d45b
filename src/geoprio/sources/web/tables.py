"""A statistical table as its metadata describes it, the same for both versions of PxWebApi."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geoprio.errors import SourceError


@dataclass(frozen=True)
class Variable:
    """One variable: what each value code is called, in the table's order."""

    code: str
    label: str
    values: Mapping[str, str]
    codelists: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: its variables in order, and when it was last changed."""

    table: str
    label: str
    updated: str
    variables: Mapping[str, Variable]

    def variable(self, code: str) -> Variable:
        """Return the variable with that code.

        Raises
        ------
        SourceError
            The table has none such.
        """
        if code not in self.variables:
            message = f"{self.table}: no variable {code!r}; found {', '.join(self.variables)}"
            raise SourceError(message)
        return self.variables[code]


def from_v2(table: str, reply: Mapping[str, Any]) -> Table:
    """Return the table that a v2 metadata reply (json-stat2 without figures) describes.

    Raises
    ------
    SourceError
        The reply lacks a part.
    """
    try:
        variables = {}
        for code in reply["id"]:
            held = reply["dimension"][code]
            labels, index = held["category"]["label"], held["category"].get("index")
            order = index if isinstance(index, list) else sorted(index, key=index.__getitem__)
            lists = held.get("extension", {}).get("codelists", [])
            variables[code] = Variable(
                code,
                held["label"],
                {value: labels[value] for value in order},
                tuple(item["id"] for item in lists),
            )
        return Table(table, reply["label"], reply.get("updated") or "", variables)
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{table}: not the metadata of a v2 table: {error} is missing or of a wrong kind"
        raise SourceError(message) from None


def from_v1(table: str, reply: Mapping[str, Any]) -> Table:
    """Return the table that a v1 metadata reply describes.

    Raises
    ------
    SourceError
        The reply lacks a part, or has more values than the server lists.
    """
    try:
        variables = {
            held["code"]: Variable(
                held["code"],
                held["text"],
                dict(zip(held["values"], held["valueTexts"], strict=True)),
            )
            for held in reply["variables"]
        }
        return Table(table, reply["title"], "", variables)
    except (KeyError, TypeError, ValueError) as error:
        message = f"{table}: not the metadata of a v1 table: {error}"
        raise SourceError(message) from None


def codes_of(codelist: Mapping[str, Any]) -> dict[str, str]:
    """Return what each code of a value set is called.

    Raises
    ------
    SourceError
        The reply is not a code list.
    """
    try:
        return {value["code"]: value["label"] for value in codelist["values"]}
    except (KeyError, TypeError) as error:
        message = f"not a code list: {error} is missing or of a wrong kind"
        raise SourceError(message) from None
