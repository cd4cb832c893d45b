"""Map layers of one's own: one decorated function each, beside those of every map."""

from collections.abc import Callable

from geoprio.outputs.maps.layers import MapLayer
from geoprio.texts import Language

OwnLayer = Callable[[Language], MapLayer]
OWN_LAYERS: dict[str, OwnLayer] = {}
"""By name; each names a column of the indicators."""


def map_layer(function: OwnLayer) -> OwnLayer:
    """Register a layer of the leadership's map.

    Parameters
    ----------
    function
        Of the page's language, to a `MapLayer` whose columns are indicators; those that the
        leadership may not see stop the run.

    Returns
    -------
    function
        The same.

    Examples
    --------
    >>> from geoprio import map_layer
    >>> from geoprio.outputs.maps import OWN_LAYERS, MapLayer
    >>> @map_layer
    ... def rented(language):
    ...     return MapLayer(
    ...         key="rented",
    ...         column="rental_share",
    ...         title="Hyresrätter" if language == "sv" else "Rented homes",
    ...         question="Var bor folk i hyresrätt?",
    ...         kind="share",
    ...         note="SCB",
    ...     )
    >>> _ = OWN_LAYERS.pop("rented")  # only for the example
    """
    OWN_LAYERS[function.__name__] = function
    return function


def own_layers(language: Language) -> list[MapLayer]:
    """Return the layers that are registered, in their order."""
    return [function(language) for function in OWN_LAYERS.values()]
