"""List a campaign's official files."""

from pathlib import Path
from typing import TYPE_CHECKING

from geoprio.cli.entry import CampaignFile, Out, Raw, command
from geoprio.cli.voice import Voice
from geoprio.words import Language, told

if TYPE_CHECKING:
    from geoprio.sources.fetch import Listed


@command
def sources(voice: Voice, campaign: CampaignFile, raw: Raw = None, out: Out = Path()) -> None:
    """List a campaign's sources: what is there, how old, its licence, and what is missing."""
    from geoprio.cli import fetches

    order = fetches.load(campaign, raw=raw, out=out, language=voice.language)
    listed = fetches.tell_sources(order, voice.say)
    voice.give(
        sources=[_source(item, voice.language, item.state in fetches.LOST) for item in listed]
    )


def _source(item: "Listed", language: Language, lost: bool) -> dict[str, object]:
    return {
        "source": item.name,
        "title": told(item.source.title, language),
        "state": item.state,
        "files": [path.as_posix() for path in item.files],
        "age_days": item.age_days,
        "licence": told(item.source.licence, language),
        "how": told(item.how, language) if lost else "",
    }
