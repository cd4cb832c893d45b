"""A synthetic county in the official file formats: `write_demo`."""

from geoprio.demo.county import DemoFiles, write_campaigns, write_demo

__all__ = ["DemoFiles", "write_campaigns", "write_demo"]
