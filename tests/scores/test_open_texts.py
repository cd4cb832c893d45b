"""What associations and the public may read names neither origin nor union (METHOD 10)."""

import re
from collections.abc import Iterator

from geoprio.config import Typology, load_messages, load_named, shipped_folder
from geoprio.config.profiles import ORIGIN_OR_UNION
from geoprio.words import Language, table, texts
from tests.cases import every

FOLDERS = (shipped_folder(),)
LANGUAGES: tuple[Language, ...] = ("sv", "en")
NEVER_ON_A_PAGE = {
    "help_against",  # of a file, not of a person
    "hindsight_stand_in",  # of what the leadership's back-test stands on
    *("basis_score", "basis_areas_persons", "basis_art_9"),  # to the party's own lawyer
}


def open_texts() -> Iterator[tuple[str, str]]:
    for name, message in load_messages(FOLDERS).items():
        for part in (message.label, message.line):
            yield from ((f"messages/{name}", part.told(one)) for one in LANGUAGES)
    typology = load_named(Typology, "typologies", "bostadsmiljo", FOLDERS)
    for trait in typology.traits:
        for part in filter(None, (trait.high, trait.low)):
            yield from ((trait.indicator, part.told(one)) for one in LANGUAGES)
    for one in LANGUAGES:
        for key, words in (texts(one) | table("page", one)).items():
            if key not in NEVER_ON_A_PAGE:
                yield key, re.sub(r"\{\w*\}", "", words)


@every("where,words", list(open_texts()))
def test_no_origin_and_no_union(where: str, words: str) -> None:
    assert not ORIGIN_OR_UNION.search(words), where
