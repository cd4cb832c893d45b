"""The two languages and every use of a word hold together."""

import ast
import re
import string
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Literal, get_args

import pytest
from pydantic_core.core_schema import ErrorType

import geoprio
from geoprio.config import shipped_folder
from geoprio.words import table, text, texts

SRC = Path(geoprio.__file__).parent
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SRC.rglob("*.py"))]
FILES = {one: SRC / "words" / f"{one}.toml" for one in ("sv", "en")}


def catalogue(language: str) -> dict[str, str]:
    """Return every text, those of tables by `table.key`."""
    words = tomllib.loads(FILES[language].read_text(encoding="utf-8"))
    flat = {key: said for key, said in words.items() if isinstance(said, str)}
    tables = {name: rows for name, rows in words.items() if not isinstance(rows, str)}
    return flat | {
        f"{name}.{key}": said for name, rows in tables.items() for key, said in rows.items()
    }


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(catalogue("sv")) == list(catalogue("en"))
    comments = [
        [line for line in file.read_text(encoding="utf-8").splitlines()[1:] if line[:1] == "#"]
        for file in FILES.values()
    ]
    assert comments[0] == comments[1]


def test_both_languages_have_the_same_blanks() -> None:
    english = catalogue("en")
    for key, swedish in catalogue("sv").items():
        first, second = (
            sorted(name for _, name, _, _ in string.Formatter().parse(said) if name is not None)
            for said in (swedish, english[key])
        )
        assert first == second, key


@pytest.mark.parametrize("language", ["sv", "en"])
def test_one_is_never_said_of_several(language: Literal["sv", "en"]) -> None:
    """Every text whose blank stands before a noun of several has that of one where it is 1."""
    forms = dict(pair.split()[::-1] for pair in table("nouns", language).values())
    found = 0
    for key, said in texts(language).items():
        counted = re.findall(rf"\{{(\w+)\}}\s({'|'.join(forms)})\b", said)
        blanks = {name.split("!")[0] for _, name, _, _ in string.Formatter().parse(said) if name}
        for blank, noun in counted:
            one, several = (
                text(key, language, **(dict.fromkeys(blanks, "x") | {blank: number}))
                for number in (1, 21)
            )
            assert f"1 {forms[noun]}" in re.sub(r"\s", " ", one), key
            assert f"21 {noun}" in re.sub(r"\s", " ", several), key
            found += 1
    assert found > 50


def spelled() -> set[str]:
    """Return the strings that stand whole in the code."""
    return {
        node.value
        for tree in TREES
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def names() -> set[str]:
    """Return what a key's blank may be filled with: names in code, in TOML files and of faults."""
    found = set(get_args(ErrorType))
    for tree in TREES:
        for node in ast.walk(tree):
            match node:
                case ast.arg(arg=word) | ast.keyword(arg=str(word)) | ast.FunctionDef(name=word):
                    found.add(word)
                case ast.AnnAssign(target=ast.Name(id=word)):
                    found.add(word)
    for path in shipped_folder().rglob("*.toml"):
        found |= {path.stem, *re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    return found


def compositions() -> dict[re.Pattern[str], bool]:
    """Return how the code puts keys together, and whether it begins with a fixed part.

    An f-string of letters and blanks: `column_{name}`, `{base}_share`.
    """
    found: dict[re.Pattern[str], bool] = {}
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                parts = [
                    part.value if isinstance(part, ast.Constant) else "(.+)" for part in node.values
                ]
                if re.fullmatch(r"\w*[a-z]\w*", "".join(map(str, parts)).replace("(.+)", "")):
                    pattern = re.compile("".join(map(str, parts)))
                    found[pattern] = parts[0] != "(.+)"
    return found


def test_every_word_is_used() -> None:
    whole = spelled()
    known = whole | names()
    made = compositions()

    def is_made(word: str, patterns: Collection[re.Pattern[str]]) -> bool:
        """Whether a composition gives the word, each blank of it a name or composed itself."""
        return any(
            all(part in known or is_made(part, made) for part in match.groups())
            for pattern in patterns
            if (match := pattern.fullmatch(word))
        )

    begun = [pattern for pattern, has_head in made.items() if has_head]
    assert [key for key in texts("sv") if key not in whole and not is_made(key, begun)] == []


SPEAKERS = {"text": "", "words": "", "header": "column_", "brief": "assoc_"}
"""Functions that say a word, and what they set before its key."""


def said() -> Iterator[tuple[str, ast.expr, set[str | None]]]:
    """Yield what stands before each word said, the word, and what fills it (None: of a mapping)."""
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in SPEAKERS and not is_desk(node.func):
                    first = node.args[0]
                    chosen = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                    given = {value.arg for value in node.keywords}
                    yield from ((SPEAKERS[name], one, given) for one in chosen)


def is_desk(function: ast.expr) -> bool:
    """Whether it is a method `text` of the network or of a figure."""
    return isinstance(function, ast.Attribute) and function.attr == "text"


def test_every_use_has_a_word() -> None:
    keys = texts("sv")
    for head, key, _ in said():
        match key:
            case ast.Constant(value=str(word)):
                assert head + word in keys
            case ast.JoinedStr(values=parts):
                form = "".join(
                    str(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts
                )
                assert any(re.fullmatch(head + form, one) for one in keys), form


def test_a_word_is_given_what_its_blanks_ask() -> None:
    keys = texts("sv")
    for head, key, given in said():
        match key:
            case ast.Constant(value=str(word)) if given:
                blanks = {name for _, name, _, _ in string.Formatter().parse(keys[head + word])}
                asked, named = blanks - {None}, given - {None}
                assert named <= asked if None in given else named == asked, head + word


def test_the_map_page_and_its_words_fit() -> None:
    assets = next(SRC.rglob("main.js")).parent
    program = "\n".join(
        path.read_text(encoding="utf-8")
        for kind in ("js", "html")
        for path in assets.glob(f"*.{kind}")
    )
    page = table("page", "sv")
    filled_by_python = {"few", "mark"}
    asked = set(re.findall(r"(?<![\w.?])words\.(\w+)", program))
    assert asked <= {*page, *filled_by_python}
    names = set(re.findall(r"\w+", program)) | spelled()
    assert "words[`all_${name}`]" in program
    assert [key for key in page if key.removeprefix("all_") not in names] == []


def test_a_table_is_told_and_no_text_is_taken_for_one() -> None:
    assert table("area_sets", "en")["kommun"] == "Municipalities"
    with pytest.raises(KeyError, match="percent"):
        table("percent", "sv")


def test_every_command_that_a_message_suggests_can_be_pasted() -> None:
    """A file's name may have blanks: a command that takes one has it in quotation marks."""
    commands = "fetch|run|check|init|mail|plan|pack|report|explain|validate"
    for language in FILES:
        for key, said in catalogue(language).items():
            found = re.search(rf"geoprio ({commands}) \{{", said)
            assert not found, (language, key)
