"""What a person's number looks like: none may come into geoprio, in any file or setting."""

import re

PERSON_NUMBER = re.compile(
    # Year, month and day; the day is 60 more in a coordination number.
    r"(?<!\d)(?:\d\d)?\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
    r"\s?[-+–]?\s?\d{4}(?!\d)"
)
