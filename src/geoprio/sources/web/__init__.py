"""The official sources: fetched faithfully, each file with proof of where it came from."""

from geoprio.sources.web.client import Ask, Client, Patience, Reply
from geoprio.sources.web.fetch import Outcome, Watcher, fetch_sources, plan_sources

__all__ = [
    "Ask",
    "Client",
    "Outcome",
    "Patience",
    "Reply",
    "Watcher",
    "fetch_sources",
    "plan_sources",
]
