"""A fault is a key with values: every error says one, and it is told in both languages."""

import ast
import copy
import pickle
import string
from collections.abc import Iterator

import geoprio.errors
from geoprio.errors import ConfigError, GeoprioError, SourceError
from geoprio.words import Phrase, table, told
from tests.words.test_catalogue import TREES, spelled

TELLERS = {
    "refuse_any",
    *(name for name, one in vars(geoprio.errors).items() if isinstance(one, type)),
}
"""Who is called with a key and its values: the errors, those made of them, and a phrase."""
OWN = {"after"}
"""What an error keeps and does not tell."""


def tellers() -> set[str]:
    """Return the errors of every file by name, and `Phrase`."""
    found = set(TELLERS)
    classes = [node for tree in TREES for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _ in classes:
        found |= {one.name for one in classes if {getattr(b, "id", "") for b in one.bases} & found}
    return found


def calls() -> Iterator[ast.Call]:
    """Yield each call that tells a fault."""
    names = tellers()
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and node.args:
                yield node


def test_no_error_is_raised_with_a_sentence_of_its_own() -> None:
    sentences = table("faults", "en")
    for call in calls():
        for part in ast.walk(call.args[0]):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                assert part.value in sentences, ast.unparse(call)
            assert not isinstance(part, ast.JoinedStr), ast.unparse(call)


def test_a_model_that_refuses_says_a_phrase() -> None:
    for tree in TREES:
        for node in ast.walk(tree):
            match node:
                case ast.Raise(exc=ast.Call(func=ast.Name(id="ValueError"), args=[words])):
                    assert not isinstance(words, ast.Constant | ast.JoinedStr), ast.unparse(node)


def rules() -> Iterator[tuple[str, set[str | None]]]:
    """Yield the sentence of each rule of a model that may be broken, and what fills its blanks."""
    for tree in TREES:
        for function in ast.walk(tree):
            if isinstance(function, ast.FunctionDef):
                parts = list(ast.walk(function))
                keys = [
                    key.value
                    for table in parts
                    if isinstance(table, ast.Dict)
                    for key in table.keys
                    if isinstance(key, ast.Constant)
                ]
                for call in parts:
                    if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "broken":
                        yield from ((key, {word.arg for word in call.keywords}) for key in keys)


def test_every_blank_has_its_value_and_every_sentence_is_said() -> None:
    sentences = table("faults", "en")
    blanks = {
        key: {name for _, name, _, _ in string.Formatter().parse(said) if name is not None}
        for key, said in sentences.items()
    }
    for call in calls():
        match call.args[0]:
            case ast.Constant(value=str(key)):
                given = {word.arg for word in call.keywords} - (OWN - blanks[key])
                assert given == blanks[key], key
    told = [(key, given) for key, given in rules() if key in blanks]
    assert len(told) > 15
    assert [key for key, given in told if not blanks[key] <= given] == []
    assert sorted(set(sentences) - spelled()) == []


def test_a_phrase_is_english_and_is_told_in_swedish() -> None:
    phrase = Phrase("part_of", code="0117", part=1234.0, whole=5678.0)
    assert phrase == "0117: 1,234 of 5,678"
    assert phrase.told("sv") == "0117: 1\N{NO-BREAK SPACE}234 av 5\N{NO-BREAK SPACE}678"
    assert told("0117", "sv") == "0117"


def test_lists_are_joined_in_the_reader_s_language_and_empty_ones_are_none() -> None:
    names = (name for name in ("Örby", "Högdalen"))
    belongs = Phrase("belongs_to_several", area_set="deso", code="1", associations=names)
    assert belongs.told("sv") == "deso 1: hör till Örby och Högdalen"
    assert belongs == "deso 1: belongs to Örby and Högdalen"
    refused = Phrase("host_refused", url="a", hosts=[])
    assert (refused[-4:], refused.told("sv")[-4:]) == ("none", "inga")


def test_a_phrase_and_an_error_are_copied_with_all_that_they_can_tell() -> None:
    error = SourceError("file_empty")
    for twin in (copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert (str(twin), twin.told("sv")) == (str(error), error.told("sv"))
    assert copy.copy(error.heading).told("sv") == error.told("sv")


def test_errors_stand_under_the_error_that_holds_them() -> None:
    inner = ConfigError("incomplete_rows", ["row"], name="a")
    outer = GeoprioError("incomplete_rows", [inner, Phrase("file_empty")], name="b")
    assert str(outer).splitlines() == [
        "b: incomplete rows",
        "  - a: incomplete rows",
        "    - row",
        "  - the file is empty; fetch it again",
    ]
    assert outer.told("sv").splitlines()[1] == f"  - {inner.heading.told('sv')}"
