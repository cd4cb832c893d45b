"""Every source of a campaign, and the key by which its areas nest."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from geoprio.config import Campaign
from geoprio.pipeline.loaded import Loaded
from geoprio.sources import find_files, read_source, source_at_hand

_FIRST = {"key": 0, "areas": 1, "names": 2}
"""What is read before the rest: the key, or what it is made from."""


def read_all(
    campaign: Campaign, raw: Path, folders: Sequence[Path], campaign_file: str
) -> tuple[tuple[Loaded, ...], pd.DataFrame | None]:
    """Return every source that a campaign names, read, and the key by which its areas nest.

    Raises
    ------
    SourceError
        A raw file is missing or wrong.
    """
    sources = {name: source_at_hand(name, folders, raw) for name in campaign.sources}
    files = {
        name: find_files(source, raw, campaign=campaign_file) for name, source in sources.items()
    }
    key = None
    loaded: dict[str, Loaded] = {}
    for name in sorted(sources, key=lambda name: _FIRST.get(sources[name].provides, len(_FIRST))):
        frame = read_source(sources[name], raw, county_code=campaign.county_code, key=key)
        loaded[name] = Loaded(name, sources[name], files[name], frame)
        key = _key(campaign, loaded) if key is None else key
    return tuple(loaded[name] for name in sources), key


def _key(campaign: Campaign, loaded: Mapping[str, Loaded]) -> pd.DataFrame | None:
    """Return the key, also one made of borders that say which larger area they lie in.

    None until all that it takes is loaded.
    """
    item = loaded.get(campaign.nesting.key)
    if item is None or item.source.provides == "key":
        return None if item is None else item.frame
    larger = [
        other.frame["area_name"]
        for other in loaded.values()
        if (other.source.provides, other.source.area_set) == ("areas", campaign.nesting.area_set)
    ]
    towns = [town_names(other) for other in loaded.values() if other.source.provides == "names"]
    if not larger or not towns or "parent_code" not in item.frame:
        return None
    parent, home = item.frame["parent_code"], item.frame["municipality_code"]
    return pd.DataFrame(
        {
            "parent_code": parent,
            "parent_name": parent.map(larger[0]).fillna(parent),
            "municipality_code": home,
            "municipality_name": home.map(towns[0]),
        }
    )


def town_names(item: Loaded) -> pd.Series:
    """Return name by municipality code, of a source of names or a key."""
    frame = item.frame
    if item.source.provides == "names":
        return frame["municipality_name"]
    return frame.drop_duplicates("municipality_code").set_index("municipality_code")[
        "municipality_name"
    ]
