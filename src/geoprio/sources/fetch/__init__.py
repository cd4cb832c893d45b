"""The official sources: fetched faithfully, each file with proof of where it came from."""

from geoprio.sources.fetch.client import Ask, Client, Patience, Reply
from geoprio.sources.fetch.order import FilePlan
from geoprio.sources.fetch.store import Listed, state_of
from geoprio.sources.fetch.transfer import Outcome, Watcher, fetch_sources, preview
