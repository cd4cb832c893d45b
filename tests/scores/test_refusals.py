"""What the files that scores rest on may not say: each fault is told with its place."""

from pathlib import Path

import pytest

from geoprio.config import (
    Criterion,
    Effects,
    Group,
    Message,
    PublicTexts,
    Text,
    Trait,
    Typology,
    load_model,
    shipped_folder,
)
from geoprio.errors import ConfigError
from tests.scores.toy import words

FILES = {
    "effects/published": Effects,
    "groups/lo": Group,
    "messages/vard": Message,
    "typologies/bostadsmiljo": Typology,
}
FAULTS = [
    ("messages/vard", "{value} av dem", "{andel} av dem", "one blank"),
    ("messages/vard", "omsorg.", "omsorg", "whole sentence"),
    ("messages/vard", "threshold = 0.12", "", "threshold"),
    ("messages/vard", '"high"', '"up"', "direction"),
    ("typologies/bostadsmiljo", '"tenant_owned_share"', '"rental_share"', "stands twice"),
    ("typologies/bostadsmiljo", "least_types = 4", "least_types = 12", "above `most_types`"),
    ("typologies/bostadsmiljo", 'high = { sv = "unga", en = "young" }', "", "expected a word"),
    ("typologies/bostadsmiljo", 'form = "before"', 'form = "after"', "form"),
    (
        "effects/published",
        'source = "SCB, partisympatiundersökningen maj 2019: kvinnor',
        'x = "',
        "source",
    ),
    (
        "effects/published",
        'source = "SVT Valu 2026: 18-21',
        'source = "" # ',
        r"support\.unga\.source",
    ),
    ("effects/published", "outside_share = 0.89", "outside_share = 89.0", "outside_share"),
    ("effects/published", "sd = 0.06", "sd = 0.6", "sd` below"),
    ("effects/published", "effect_points = 0.6", "effect_points = 6.0", "letter does more"),
    (
        "groups/lo",
        "density = 0.75\nsource",
        "density = 0.75\nkalla",
        r"industri\.source: is missing",
    ),
    ("groups/lo", "density = 0.75\n", "density = 75.0\n", r"industri\.density: .*less than 1.*75"),
    ("groups/lo", "density = 0.75\n", "density = 0.0\n", r"industri\.density: .*greater than 0"),
    ("groups/lo", "men = 0.50", "men = -0.5", "blue_collar_men: .*greater than 0"),
    ("groups/lo", "rate = 0.80", "rate = 1.5", r"bands\.0\.rate: .*less than 1"),
    ("groups/lo", '"bygg"', '"byg"', r"industries\.f: unknown sector 'byg'; .*bygg"),
    ("groups/lo", "rest = 0.68\n", "", "`of` and `rest` belong together"),
    ("groups/lo", 'between_sd_source = "', 'between_sd_source = ""\n#', "sd_source: .*at least 1"),
]


@pytest.mark.parametrize(("file", "old", "new", "told"), FAULTS)
def test_a_file_that_cannot_hold_is_refused(
    tmp_path: Path, file: str, old: str, new: str, told: str
) -> None:
    text = (shipped_folder() / f"{file}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "own.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_model(FILES[file], path)


def test_a_home_has_one_word() -> None:
    both = {"sv": "x", "en": "x"}
    with pytest.raises(ValueError, match="named by `high` alone"):
        Trait.model_validate({"indicator": "a", "form": "home", "high": both, "low": both})


@pytest.mark.parametrize(
    "text", ["{andel}", "{value} av {value}", "{value|en|två}", "{value|a|b|c|d}", "{value"]
)
def test_a_text_with_an_unknown_blank_is_refused(text: str) -> None:
    told = {"label": words("a"), "strong": words(text), "weak": words("x")}
    with pytest.raises(ValueError, match="know one blank, once"):
        Criterion(indicator="a_count", direction="high", weight=1.0, **told)


@pytest.mark.parametrize(
    "text",
    [
        *("många är födda utomlands", "många med utländsk bakgrund", "många LO-medlemmar"),
        *("facket är starkt här", "många invandrare", "many were born abroad"),
        "union members live here",
    ],
)
def test_a_public_text_that_names_origin_or_union_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names neither origin nor union"):
        PublicTexts(strong=words(text), weak=words("x"))


def test_a_public_text_shows_no_figure() -> None:
    with pytest.raises(ValueError, match="shows no figure"):
        PublicTexts(strong=Text(sv="{value} procent", en="x"), weak=words("x"))


@pytest.mark.parametrize("text", ["många av partiets målgrupper", "det är lokalt", "flott"])
def test_a_public_text_may_name_the_party_s_target_groups(text: str) -> None:
    assert PublicTexts(strong=words(text), weak=words(text)).strong.sv == text
