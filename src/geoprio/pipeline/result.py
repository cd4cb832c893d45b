"""What a run made, as it is handed to whoever called it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geoprio.config import Campaign, Profile
from geoprio.errors import ConfigError
from geoprio.groups import for_election
from geoprio.outputs.summary import Summary, summary_html, summary_text
from geoprio.pipeline.advise import Advised
from geoprio.pipeline.finished import named_scores, on_areas
from geoprio.pipeline.judge import Judged
from geoprio.pipeline.locate import Located
from geoprio.scoring.indicators import PRIVATE
from geoprio.texts import Language, text


@dataclass(frozen=True, repr=False)
class Result:
    """What a run made."""

    campaign: Campaign
    levels: Mapping[str, Located]
    """By area set; the scored set first."""
    mailing: pd.DataFrame
    """PLAN of the mailing."""
    paths: Mapping[str, Path]
    """Files written: `map`, `ranking`, `mailing`, `overlap`, `workbook`, `geopackage`,
    `record`."""
    warnings: Sequence[str]
    basis: str
    """Which election the figures come from, and which one is planned for."""
    language: Language
    judged: Mapping[str, Judged]
    """How sure the rankings are, by area set."""
    advised: Mapping[str, Advised]
    """What each area is told besides its score, by area set."""
    profiles: Mapping[str, Profile]
    """Criteria and steps of each channel, as the run used them."""
    overview: Located | None = None
    """The municipalities as the map shows them from afar; None where they are one of `levels`."""

    def geo(self, area_set: str | None = None) -> gpd.GeoDataFrame:
        """Return the areas of a set with scores, groups and indicators as columns; see `on_areas`.

        Parameters
        ----------
        area_set
            One of `levels`; else the scored set.

        Raises
        ------
        ConfigError
            The run has no such area set.
        """
        name = area_set or self.campaign.scored_set
        if name not in self.levels:
            message = (
                f"{name}: the run has no such area set; expected one of {', '.join(self.levels)}"
            )
            raise ConfigError(message)
        level = self.levels[name]
        seen = [column for column in level.indicators if column not in PRIVATE]
        return on_areas(
            level.areas,
            pd.concat(level.scores.values()),
            for_election(level.printed, self.campaign.election.basis),
            level.indicators[seen],
        )

    def __repr__(self) -> str:
        return summary_text(self._summary())

    def _repr_html_(self) -> str:
        return summary_html(self._summary())

    def _summary(self) -> Summary:
        return Summary(
            title=self.campaign.title,
            basis=self.basis,
            mark=text("demo_mark", self.language) if self.campaign.demo else None,
            scored_set=self.campaign.scored_set,
            places={
                name: named_scores(level.areas, pd.concat(level.scores.values()))
                for name, level in self.levels.items()
            },
            warnings=tuple(self.warnings),
            language=self.language,
        )
