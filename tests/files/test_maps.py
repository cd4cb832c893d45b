"""The map's page and its numbers, without a browser."""

import base64
import hashlib
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geoprio.errors import ContractError, GeoprioError
from geoprio.files.maps import build_map, build_maps, render_map
from geoprio.files.maps.layers import COLOURS, class_limits
from geoprio.files.maps.page import JavascriptLink
from geoprio.files.maps.payload import layer_limits, to_json, written_out
from tests.files.conftest import DEMO_MARK, HOSTILE, toy_layers, toy_levels, toy_page
from tests.unpacked import payload_of, read

MakeMap = Callable[..., object]


def rendered(map_: object) -> str:
    return render_map(map_).decode()


def test_two_builds_are_byte_identical_and_a_map_can_be_saved_twice(make_map: MakeMap) -> None:
    map_ = make_map()
    assert rendered(map_) == rendered(map_) == rendered(make_map())


def test_no_element_of_the_page_points_out_of_it(make_map: MakeMap) -> None:
    html = rendered(make_map())
    assert not re.search(r"<(?:link|iframe|object|embed)\b", html)
    assert not re.search(r"<script[^>]*\ssrc=", html)
    assert "sourceMappingURL" not in html
    assert not re.findall(r"url\((?!data:|#)[^)]*\)", html)
    assert not re.search(r"jquery|bootstrap|awesome|cdn\.", html, re.IGNORECASE)


def test_the_policy_allows_each_script_and_style_by_hash_and_nothing_else(
    make_map: MakeMap,
) -> None:
    html = rendered(make_map())
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    allowed = policy.group(1).replace("&#39;", "'")
    assert "unsafe" not in allowed
    assert "default-src 'none'" in allowed
    for _, text in re.findall(r"<(script|style)>(.*?)</\1>", html, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in allowed


def test_an_unknown_link_stops_the_page(make_map: MakeMap) -> None:
    map_ = make_map()
    link = JavascriptLink("https://example.org/plugin.js")
    map_.get_root().header.add_child(link, name="plugin")
    with pytest.raises(GeoprioError, match=r"example\.org/plugin\.js"):
        rendered(map_)


def test_page_frame(make_map: MakeMap) -> None:
    html = rendered(make_map(demo_mark=DEMO_MARK))
    assert '<html lang="sv">' in html
    assert "<title>Testlän</title>" in html
    assert html.count('name="viewport"') == 1
    assert "user-scalable" not in html
    assert DEMO_MARK in html
    assert "Siffrorna beskriver områden, inte personer." in html
    assert "Valmyndigheten" in html
    assert '<html lang="en">' in rendered(make_map(language="en"))


def test_hostile_words_are_escaped_where_python_writes_them(make_map: MakeMap) -> None:
    html = rendered(make_map(title=HOSTILE[0], subtitle=HOSTILE[3], few=HOSTILE[1]))
    assert "<script>window.hacked" not in html
    assert "<img src=x" not in html
    assert "{{ 7 * 7 }}" in html
    assert payload_of(html)["levels"][0]["names"][1:5] == list(HOSTILE)


def test_only_named_columns_reach_the_page(make_map: MakeMap) -> None:
    html = rendered(make_map())
    assert "members_secret" not in html
    assert "4711" not in json.dumps(payload_of(html)["levels"][0]["values"])


def test_unknown_is_null_and_never_zero(make_map: MakeMap) -> None:
    lo = payload_of(rendered(make_map()))["levels"][0]["values"]["lo"]
    assert lo["value"][:3] == [100, None, 2100]
    assert lo["low"][:3] == [80, None, 1680]


def test_a_published_figure_has_no_interval(make_map: MakeMap) -> None:
    lo = payload_of(rendered(make_map()))["levels"][0]["values"]["lo"]
    assert lo["value"][-1] == 15100
    assert lo["low"][-2:] == lo["high"][-2:] == [None, None]


def test_a_repeated_text_is_sent_once(make_map: MakeMap) -> None:
    html = rendered(make_map())
    level = payload_of(html)["levels"][0]
    assert level["texts"]["action"] == {"once": ["Knacka dörr i hela området."], "places": [0] * 16}
    association = level["texts"]["association"]
    assert [association["once"][place] for place in association["places"]] == (
        toy_levels()[0].values["association"].tolist()
    )
    held = json.dumps(payload_of(html), ensure_ascii=False)
    assert held.count("Knacka dörr i hela området.") == len(toy_levels())


def test_the_list_of_methods_is_the_first_levels() -> None:
    coarse, fine = toy_levels()
    html = rendered(build_map([fine, coarse], toy_layers(), page=toy_page()))
    assert "<dt>LO</dt><dd>Metod B, fin</dd>" in html
    assert "<dt>Valdeltagande</dt><dd>Valet 2022</dd>" in html


@pytest.mark.parametrize(
    ("language", "titles"),
    [
        ("sv", ["Större områden (RegSO)", "Mindre områden (DeSO)"]),
        ("en", ["Larger areas (RegSO)", "Smaller areas (DeSO)"]),
    ],
)
def test_an_area_set_is_named_in_the_readers_words(language: str, titles: list[str]) -> None:
    keys = ("regso_2020", "deso_2018")
    named = [
        replace(level, key=key, title="") for level, key in zip(toy_levels(), keys, strict=True)
    ]
    html = rendered(build_map(named, toy_layers(), page=toy_page(language=language)))
    assert [level["title"] for level in payload_of(html)["levels"]] == titles


def test_an_association_s_page_is_the_map_of_its_own_areas_in_the_county_s_classes() -> None:
    """Cut from the county's numbers, it holds what a map of its areas alone would hold."""
    coarse, fine = (
        replace(level, areas=level.areas.assign(association=level.values["association"]))
        for level in toy_levels()
    )
    # Nobody but the first association has areas on the fine level.
    kept = fine.areas["association"] == "Östermalms S-förening"
    fine = replace(fine, areas=fine.areas[kept], values=fine.values[kept])
    layers = [replace(one, limits=layer_limits(one, coarse.values)) for one in toy_layers()]
    names = ("Östermalms S-förening", "Testföreningen")
    pages = [toy_page(association=name) for name in names]
    made = build_maps([coarse, fine], toy_layers(), pages=pages)
    for page, map_, count in zip(pages, made, (2, 1), strict=True):
        own = [
            replace(level, areas=level.areas[rows], values=level.values[rows])
            for level in (coarse, fine)
            if (rows := level.areas["association"] == page.association).any()
        ]
        assert len(own) == count
        cut, alone = (
            payload_of(rendered(one)) for one in (map_, build_map(own, layers, page=page))
        )
        for level in (*cut["levels"], *alone["levels"]):
            # The county's borders keep the corners of neighbours that are not on the page.
            assert level.pop("shapes")["areas"] == [1] * len(level["codes"])
        assert cut == alone


def test_a_column_that_the_association_may_not_see_stops_its_page() -> None:
    levels = [
        replace(
            level,
            areas=level.areas.assign(association="A"),
            values=level.values.assign(association="A"),
        )
        for level in toy_levels()
    ]
    page = toy_page(association="A", audience="forening")
    with pytest.raises(ContractError, match="lo_count"):
        next(build_maps(levels, toy_layers(), pages=[page]))


def test_shapes_are_sent_once_per_level_whatever_the_layers() -> None:
    one = payload_of(rendered(build_map(toy_levels(), toy_layers()[:1], page=toy_page())))
    many = payload_of(rendered(build_map(toy_levels(), toy_layers(), page=toy_page())))
    assert [level["shapes"] for level in one["levels"]] == [
        level["shapes"] for level in many["levels"]
    ]
    assert json.dumps(many).count('"shapes"') == 2


def test_json_is_safe_inside_a_script() -> None:
    text = to_json({"name": "</script>\u2028\u2029&"})
    assert not set(text) & set("<>&\u2028\u2029")
    assert json.loads(text) == {"name": "</script>\u2028\u2029&"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json({"value": float("nan")})


def test_limits_are_rounded_quantiles_that_keep_apart() -> None:
    limits, decimals = class_limits(pd.Series(np.linspace(0, 1, 1001)), "share")
    assert limits == [0.1, 0.3, 0.5, 0.7, 0.9]
    assert decimals == 0


@pytest.mark.parametrize("kind", ["score", "share", "count", "sek"])
@pytest.mark.parametrize("seed", range(5))
def test_limits_make_at_most_six_classes_none_of_them_without_reason(kind: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    values = pd.Series(rng.lognormal(0, 1.5, 500) * (0.01 if kind == "share" else 50))
    limits, decimals = class_limits(values, kind)
    assert 1 <= len(limits) < len(COLOURS)
    assert limits == sorted(set(limits))
    scale = 100 if kind == "share" else 1
    printed = [f"{limit * scale:.{decimals}f}" for limit in limits]
    assert len(set(printed)) == len(limits)
    assert np.allclose([float(text) for text in printed], np.array(limits) * scale)
    filled = np.bincount(np.searchsorted(limits, values, side="right"), minlength=len(limits) + 1)
    assert (filled > 0).all()


@pytest.mark.parametrize("values", [[], [np.nan], [3.0, 3.0], [np.nan, 0.0]])
def test_values_all_alike_make_one_class(values: list[float]) -> None:
    assert class_limits(pd.Series(values, dtype=float), "count")[0] == []


def test_colours_darken_from_low_to_high() -> None:
    channels = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS])
    luminance = channels @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luminance) < -20).all()


def test_every_fault_of_a_map_is_told_at_once() -> None:
    level, fine = toy_levels()
    broken = replace(
        level, values=level.values.drop(columns="turnout_share").assign(income_mean_sek="x")
    )
    strange = replace(fine, key="regso", values=fine.values.iloc[::-1])
    page = toy_page(outline=pd.DataFrame(index=["0180"]))
    with pytest.raises(ContractError) as caught:
        build_map([broken, strange], [*toy_layers(), toy_layers()[0]], page=page)
    message = str(caught.value)
    for part in (
        "level regso: the key is used twice",
        "layer canvass: the key is used twice",
        "column 'turnout_share' is missing",
        "column 'income_mean_sek' holds",
        "values hold 64 rows",
        "column 'municipality_name' is missing",
    ):
        assert part in message


def test_a_map_without_layers_is_refused() -> None:
    with pytest.raises(ContractError, match="layer: found none"):
        build_map(toy_levels(), [], page=toy_page())


@pytest.mark.parametrize(
    "column",
    [
        [None, -3, 0, 7] * 10,
        [0.1234, None, 99.9, -0.5] * 10,
        [[59.33258, 18.0649], [-1.0, 0.0]] * 20,
        ["polling", "district", "postal", "polling"] * 10,
        [f"area {place}" for place in range(40)],
        [[1, 2, 3], [4]] * 20,
        [[[0, 2.5]], [[1, 4.0]]] * 20,
        [[]] * 40,
        [None] * 40,
        [1 / 3] * 40,
        [1.0, 2.5],
    ],
)
def test_what_is_written_as_digits_reads_as_it_was(column: list) -> None:
    assert read(json.loads(to_json(written_out({"column": column})))) == {"column": column}


def test_a_number_that_is_none_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json(written_out({"column": [math.nan] * 40}))
