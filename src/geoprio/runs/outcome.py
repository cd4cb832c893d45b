"""What a run computed, ready to become a `Run`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from geoprio.config import Brief
from geoprio.counts import Gathered
from geoprio.counts.votes import Earlier
from geoprio.plans import Mailing
from geoprio.scores import Judged, Located
from geoprio.scores.advice import Advised, Guides
from geoprio.words import Phrase, text


@dataclass(frozen=True)
class Outcome:
    """What a run computed, ready to be written."""

    plans: Brief
    gathered: Gathered
    district_votes: pd.DataFrame
    levels: Sequence[Located]
    """The scored set first, then the closer look."""
    overview: Located | None
    """The municipalities, for the map to be read from afar: ranked, but never told what to do. None
    where they are a level already, or too few to rank."""
    judged: Mapping[str, Judged]
    """How sure the rankings are, by area set."""
    guides: Guides
    """What the advice rests on."""
    advised: Mapping[str, Advised]
    """What areas are told besides their scores, by area set."""
    mailings: Sequence[Mailing]
    """The campaign's editions in their order, each with its areas."""
    earlier: Earlier | None
    """The election before, on the same districts; None where no source leads there."""
    changes: Mapping[str, pd.DataFrame]
    """Split, shift and volatility by area set, where both of the day's elections are known."""
    left_out: Sequence[Phrase] = ()
    """Groups, criteria and channels that nothing is known of, a sentence each."""
    warnings: Sequence[str] = ()
    """What people must be told of the run."""

    @property
    def mark(self) -> str | None:
        """The demo mark, where it belongs."""
        demo = self.plans.campaign.demo
        return text("demo_mark", self.plans.language) if demo else None
