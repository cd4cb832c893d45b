"""A calendar that any program opens (RFC 5545): whole weeks, never an hour."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from geoprio.words import one_line

LONGEST = 73
"""Bytes of a line; the next begins with a space."""
NO_TIME = "19800101T000000Z"
"""When every entry says that it was made: equal plans give equal bytes."""


@dataclass(frozen=True)
class Entry:
    """What is done from one day to another."""

    first: date
    last: date
    """The last day, which is in it."""
    title: str
    told: str = ""


def render_calendar(name: str, entries: Sequence[Entry]) -> bytes:
    """Return the entries as a calendar of that name."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//geoprio//plan//SV",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for entry in entries for line in _lines(name, entry)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _lines(name: str, entry: Entry) -> list[str]:
    said = f"{name} {entry.first} {entry.title}"
    return [
        "BEGIN:VEVENT",
        f"UID:{hashlib.sha256(said.encode()).hexdigest()[:32]}@geoprio",
        f"DTSTAMP:{NO_TIME}",
        f"DTSTART;VALUE=DATE:{entry.first:%Y%m%d}",
        # The end of a calendar's day is the day after.
        f"DTEND;VALUE=DATE:{entry.last + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(entry.title)}",
        *([f"DESCRIPTION:{_escaped(entry.told)}"] if entry.told else []),
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(words: str) -> str:
    """Return text on one line, with the signs that a calendar obeys made plain."""
    plain = one_line(words).replace("\\", "\\\\")
    return plain.replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> str:
    """Return a line in pieces of at most 75 bytes, no letter of two bytes parted."""
    pieces, size = [""], 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST:
            pieces.append("")
            size = 0
        pieces[-1] += sign
        size += width
    return "\r\n ".join(pieces)
