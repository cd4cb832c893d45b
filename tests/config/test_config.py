"""Every fault of a TOML file is told, with its place and what was meant."""

from pathlib import Path

import pytest

from geoprio.config import (
    Campaign,
    Group,
    Profile,
    document,
    load_campaign,
    load_group,
    load_model,
    load_named,
    shipped_folder,
)
from geoprio.config.document import Place
from geoprio.errors import ConfigError
from tests.cases import every

SHIPPED = shipped_folder()
CANVASS, YOUNG = "profiles/canvass.toml", "groups/unga.toml"
CAMPAIGNS = sorted(path.name for path in SHIPPED.glob("*.toml"))


def changed(folder: Path, old: str, new: str, name: str = "storstockholm.toml") -> Path:
    """Write a shipped file with other words into a folder."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


@every("name", CAMPAIGNS)
def test_every_shipped_campaign_finds_its_groups_and_profiles(name: str) -> None:
    campaign = load_campaign(SHIPPED / name)
    for group in campaign.target_groups:
        role = load_named(Group, "groups", group, (SHIPPED,)).role
        assert role == ("message" if group == "kvinnor" else "locate")
    for profile in campaign.profiles:
        assert load_named(Profile, "profiles", profile, (SHIPPED,)).criteria


def test_lines_are_looked_for_only_when_a_fault_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walked: list[str] = []

    def walk(toml: str) -> dict[Place, int]:
        walked.append(toml)
        return {}

    monkeypatch.setattr(document, "key_lines", walk)
    load_campaign(SHIPPED / "storstockholm.toml")
    assert walked == []
    with pytest.raises(ConfigError):
        load_campaign(changed(tmp_path, "minimum_count", "minimumcount"))
    assert len(walked) == 1


@pytest.mark.parametrize("value", ["nan", "inf", "0.0", "-1.0"])
def test_a_weight_is_a_positive_number(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r"target_groups\.lo"):
        load_campaign(changed(tmp_path, "\nlo = 1.0", f"\nlo = {value}"))


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    text = (SHIPPED / "storstockholm.toml").read_text(encoding="utf-8")
    path = tmp_path / "egen.toml"
    path.write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_campaign(path) == load_campaign(SHIPPED / "storstockholm.toml")


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'canvass'"):
        load_named(Profile, "profiles", "canvas", (SHIPPED,))


def test_models_are_frozen() -> None:
    campaign = load_campaign(SHIPPED / "storstockholm.toml")
    with pytest.raises(ValueError, match="frozen"):
        campaign.seed = 3
    assert isinstance(campaign, Campaign)


def test_a_profile_whose_weights_are_all_zero_is_refused(tmp_path: Path) -> None:
    path = changed(tmp_path, "weight = 1.0", "weight = 0.0", CANVASS)
    with pytest.raises(ConfigError, match=r"(?s)criteria\.0\.weight.*criteria\.1\.weight"):
        load_model(Profile, path)


def test_a_public_text_that_names_origin_is_told_with_its_place(tmp_path: Path) -> None:
    path = changed(tmp_path, "hör till partiets målgrupper", "är födda utomlands", CANVASS)
    with pytest.raises(ConfigError, match=r"criteria\.0\.public: .*neither origin nor union"):
        load_model(Profile, path)


DEMO_CELLS = 'cells = ["unga", "lo", "kvinnor", "invandrarbakgrund"]'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (DEMO_CELLS, DEMO_CELLS.replace("lo", "unga"), "names a group twice"),
        (DEMO_CELLS, DEMO_CELLS.replace("kvinnor", "kvinor"), "did you mean 'kvinnor'"),
        (DEMO_CELLS, 'cells = ["x", "y"]', "none of them is a target group"),
        (DEMO_CELLS, "", "`joint` and `cells` belong together"),
        ('joint = "joint_groups_county"', 'joint = "annat"', "'annat' is not among the sources"),
        ('combine = "sum"', 'combine = "summa"', r"overlap\.combine"),
        ('groups = ["unga", "kvinnor"]', 'groups = ["unga", "x"]', "unknown group x; expected two"),
        ('groups = ["unga", "kvinnor"]', 'groups = ["unga", "unga"]', "each pair is of two groups"),
        (
            'combine = "sum"',
            'odds_ratios = [{ groups = ["unga", "lo"], ratio = 2.0, source = "x" }]',
            "`joint` holds all odds ratios already",
        ),
    ],
)
def test_a_wrong_overlap_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as caught:
        load_campaign(changed(tmp_path, old, new, "demo.toml"))
    # A whole table is not thrown at the reader, nor the name of an exception.
    assert "found {" not in str(caught.value)
    assert "Value error" not in str(caught.value)


@pytest.mark.parametrize("source", ["", ', source = ""', ', source = " "'])
def test_an_odds_ratio_without_a_source_is_an_error(tmp_path: Path, source: str) -> None:
    ratio = f'{{ groups = ["unga", "kvinnor"], ratio = 1.1{source} }}'
    path = changed(tmp_path, 'combine = "sum"', f"odds_ratios = [{ratio}]")
    with pytest.raises(ConfigError, match=r"overlap\.odds_ratios\.0\.source"):
        load_campaign(path)


def test_a_definition_changes_only_by_a_dated_decision(tmp_path: Path) -> None:
    path, folders = changed(tmp_path, 'sv = "18–29 år"', 'sv = "18–25 år"', YOUNG), (tmp_path,)
    with pytest.raises(ConfigError, match=r"definition differ.*'18–29 år'.*decided = \"YYYY-MM-DD"):
        load_group("unga", folders)
    text = path.read_text(encoding="utf-8")
    path.write_text('decided = "2027-01-15"\n' + text, encoding="utf-8")
    assert load_group("unga", folders).decided == "2027-01-15"
    path.write_text('decided = "2027-02-30"\n' + text, encoding="utf-8")
    with pytest.raises(ConfigError, match="decided"):
        load_group("unga", folders)


def test_words_around_a_definition_may_change_without_a_decision(tmp_path: Path) -> None:
    changed(tmp_path, 'sv = "Unga"', 'sv = "De unga"', YOUNG)
    assert load_group("unga", (tmp_path,)).label.sv == "De unga"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('share_sd_source = "', '#"', "a rate without a source"),
        ('election = "riksdag"', "", "whose electorate"),
        ("share_sd = 0.071", "share_sd = -0.1", "greater than or equal to 0"),
        ('\nsource = "', '\n# "', "alignment.source"),
    ],
)
def test_a_measure_that_is_not_whole_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    changed(tmp_path, old, new, YOUNG)
    with pytest.raises(ConfigError, match=said):
        load_group("unga", (tmp_path,))
