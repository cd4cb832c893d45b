"""What `make quick` leaves out for its time is still there."""

import re

from tests.conftest import ROOT, SLOW


def test_every_test_that_is_named_as_slow_is_there() -> None:
    for path, name in (one.split("::") for one in SLOW):
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^def {name}\(", text, re.MULTILINE), f"{path}: {name}"
