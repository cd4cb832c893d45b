"""Area sets that nest in each other, as one hierarchy that counts are laid out on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from geoprio.groups.hierarchy import Flags, Hierarchy, Numbers, Places


@dataclass(frozen=True)
class Nest:
    """Area sets that nest in each other."""

    parents: Mapping[str, pd.Series]
    """The smallest set first: by area code, the area of the next set that it lies in. The last
    set's areas lie in roots, such as the county, whose totals are taken for known."""

    @cached_property
    def nodes(self) -> pd.MultiIndex:
        """Every area of every set, and the roots; `area_set` and `area_code`."""
        roots = pd.Index(list(self.parents.values())[-1].unique())
        indexes = {**{name: above.index for name, above in self.parents.items()}, "": roots}
        return pd.MultiIndex.from_arrays(
            [
                np.concatenate([np.repeat(name, len(codes)) for name, codes in indexes.items()]),
                np.concatenate([codes.to_numpy(str) for codes in indexes.values()]),
            ],
            names=["area_set", "area_code"],
        )

    @cached_property
    def tree(self) -> Hierarchy:
        """The areas as places in `nodes`."""
        above = [*list(self.parents)[1:], ""]
        parent = [
            self.places(np.repeat(name, len(codes)), codes.to_numpy(str))
            for name, codes in zip(above, self.parents.values(), strict=True)
        ]
        sizes = [len(part) for part in parent]
        roots = len(self.nodes) - sum(sizes)
        return Hierarchy(
            parent=np.concatenate([*parent, np.full(roots, -1)]),
            depth=np.repeat(range(len(sizes), -1, -1), [*sizes, roots]),
        )

    def places(self, area_set: np.ndarray, area_code: np.ndarray) -> Places:
        """Return the places in `nodes` of areas."""
        return self.nodes.get_indexer(pd.MultiIndex.from_arrays([area_set, area_code]))

    def lay_out(self, values: pd.Series, places: Places) -> tuple[Numbers, Flags]:
        """Return a value for every node, and which of them are known.

        An area without one has the sum of those that lie in it; nothing known counts as nothing.
        """
        laid = np.full(len(self.nodes), np.nan)
        laid[places] = values.to_numpy(float)
        known = ~np.isnan(laid)
        for depth in reversed(self.tree.depths):
            below = self.tree.at(depth)
            sums = self.tree.sums(np.nan_to_num(laid), below)
            some = self.tree.sums(known.astype(float), below) > 0
            laid = np.where(np.isnan(laid) & some, sums, laid)
            known |= some
        return np.nan_to_num(laid), known
