"""geoprio: where a party's target groups live, and which areas to work first."""

__version__ = "0.1.0"
