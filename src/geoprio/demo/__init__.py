"""A synthetic county in the official file formats: `write_demo`."""

from geoprio.demo.write import DemoFiles, write_demo

__all__ = ["DemoFiles", "write_demo"]
