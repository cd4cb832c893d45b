"""The gain curve stands where its figures say, and whatever people have named is text."""

import xml.etree.ElementTree as ET

import pandas as pd

from geoprio.files.svg import BOTTOM, LEFT, RIGHT, SHARES, TOP, GainWords, render_gain

SVG = "{http://www.w3.org/2000/svg}"
WORDS = GainWords("A & <b> $x$", "hushåll", "väljare", "alla", ["underlag", "DEMO"])


def test_half_the_households_that_reach_all_stand_in_the_middle_and_at_the_top() -> None:
    curve = pd.DataFrame([[0.51, 1.02, 1.02, 1.02]], columns=SHARES)
    root = ET.fromstring(render_gain([("<i>vårt</i>", curve), ("slump", curve)], WORDS))
    lines = [path.get("d") for path in root.iter(f"{SVG}path") if path.get("stroke-width")]
    middle = (LEFT + RIGHT) / 2
    assert lines == [f"M{float(LEFT)},{float(BOTTOM)}L{middle},{float(TOP)}"] * 2
    texts = [one.text for one in root.iter(f"{SVG}text")]
    assert {WORDS.title, "<i>vårt</i>", "slump", "alla", "underlag", "DEMO"} <= set(texts)
    assert root.find(f"{SVG}title").text == WORDS.title
