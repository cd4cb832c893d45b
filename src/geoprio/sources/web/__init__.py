"""The official sources: fetched faithfully, each file with proof of where it came from."""

from geoprio.sources.web.client import Ask, Client, Patience, Reply
from geoprio.sources.web.fetch import fetch_sources, preview
from geoprio.sources.web.listing import Listed, state_of
from geoprio.sources.web.plans import FilePlan
from geoprio.sources.web.watching import Outcome, Watcher

__all__ = [
    "Ask",
    "Client",
    "FilePlan",
    "Listed",
    "Outcome",
    "Patience",
    "Reply",
    "Watcher",
    "fetch_sources",
    "preview",
    "state_of",
]
