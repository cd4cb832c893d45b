"""The languages that people are shown."""

from typing import Literal

Language = Literal["sv", "en"]
Words = dict[str, dict[Language, str]]
"""Texts by key, in each language."""
