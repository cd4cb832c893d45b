"""The main job: from raw files to a map, a ranking and a mailing plan."""

from geoprio.pipeline.run import Result, default_raw, run

__all__ = ["Result", "default_raw", "run"]
