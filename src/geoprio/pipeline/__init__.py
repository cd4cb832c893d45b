"""The main job: from raw files to a map, a ranking and a mailing plan; each stage by itself."""

from geoprio.pipeline.brief import Brief
from geoprio.pipeline.calibrate import calibrate
from geoprio.pipeline.finished import Run, by_channel, on_areas, read_run
from geoprio.pipeline.gather import Gathered, gather
from geoprio.pipeline.judge import Judged, judge
from geoprio.pipeline.locate import Located, Surveyed, locate, survey
from geoprio.pipeline.outcome import Outcome
from geoprio.pipeline.protect import protect_sets
from geoprio.pipeline.publish import publish
from geoprio.pipeline.result import Result
from geoprio.pipeline.run import compute, default_raw, run
from geoprio.pipeline.stages import STAGES

__all__ = [
    "STAGES",
    "Brief",
    "Gathered",
    "Judged",
    "Located",
    "Outcome",
    "Result",
    "Run",
    "Surveyed",
    "by_channel",
    "calibrate",
    "compute",
    "default_raw",
    "gather",
    "judge",
    "locate",
    "on_areas",
    "protect_sets",
    "publish",
    "read_run",
    "run",
    "survey",
]
