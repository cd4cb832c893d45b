"""What associations and the public may read names neither origin nor union (METHOD 10)."""

from collections.abc import Iterator

import pytest

from geoprio.config import Typology, load_messages, load_named, shipped_folder
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.texts.advice import ADVICE
from geoprio.texts.scoring import SCORING

FOLDERS = (shipped_folder(),)
LANGUAGES = ("sv", "en")


def texts() -> Iterator[tuple[str, str]]:
    for name, message in load_messages(FOLDERS).items():
        for part in (message.label, message.line):
            yield from ((f"messages/{name}", part.model_dump()[one]) for one in LANGUAGES)
    typology = load_named(Typology, "typologies", "bostadsmiljo", FOLDERS)
    for trait in typology.traits:
        for part in filter(None, (trait.high, trait.low)):
            yield from ((trait.indicator, part.model_dump()[one]) for one in LANGUAGES)
    for table in (ADVICE, SCORING):
        for key, words in table.items():
            yield from ((key, words[one]) for one in LANGUAGES)


@pytest.mark.parametrize(("where", "words"), list(texts()))
def test_no_origin_and_no_union(where: str, words: str) -> None:
    assert not ORIGIN_OR_UNION.search(words), where
