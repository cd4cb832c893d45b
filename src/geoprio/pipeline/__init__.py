"""The main job: from raw files to a map, a ranking and a mailing plan."""

from geoprio.pipeline.run import Result, run

__all__ = ["Result", "run"]
