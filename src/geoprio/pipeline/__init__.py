"""The main job: from raw files to a map, a ranking and a mailing plan."""

from geoprio.pipeline.finished import Run, by_channel, on_areas, read_run
from geoprio.pipeline.result import Result
from geoprio.pipeline.run import default_raw, run

__all__ = ["Result", "Run", "by_channel", "default_raw", "on_areas", "read_run", "run"]
