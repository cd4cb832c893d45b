"""Area sets and the ways between them."""

from geoprio.areas.adjacency import shared_borders
from geoprio.areas.align import (
    CountTable,
    comparable_rows,
    fill_from_parents,
    known_counts,
    move_figures,
)
from geoprio.areas.associations import (
    MUNICIPALITIES,
    assign_associations,
    refuse_wrong_memberships,
)
from geoprio.areas.atlas import Atlas, build_atlas, find_way, keep_official_way, keep_way
from geoprio.areas.calibration import (
    Split,
    calibrate_nested,
    calibrate_split,
    cover_split,
    scale_to_parents,
)
from geoprio.areas.coverage import refuse_homeless
from geoprio.areas.crosswalk import (
    KAPPA,
    Crosswalk,
    build_crosswalk,
    merge_targets,
    steered,
    with_kappa,
)
from geoprio.areas.moving import CoverageWarning, lost_counts, mixing, move_counts, move_errors
from geoprio.areas.nesting import ALPHA_NESTED, KAPPA_NESTED, nest_crosswalk, whole_crosswalk
from geoprio.areas.official import official_crosswalk
from geoprio.areas.sets import dissolve

__all__ = [
    "ALPHA_NESTED",
    "KAPPA",
    "KAPPA_NESTED",
    "MUNICIPALITIES",
    "Atlas",
    "CountTable",
    "CoverageWarning",
    "Crosswalk",
    "Split",
    "assign_associations",
    "build_atlas",
    "build_crosswalk",
    "calibrate_nested",
    "calibrate_split",
    "comparable_rows",
    "cover_split",
    "dissolve",
    "fill_from_parents",
    "find_way",
    "keep_official_way",
    "keep_way",
    "known_counts",
    "lost_counts",
    "merge_targets",
    "mixing",
    "move_counts",
    "move_errors",
    "move_figures",
    "nest_crosswalk",
    "official_crosswalk",
    "refuse_homeless",
    "refuse_wrong_memberships",
    "scale_to_parents",
    "shared_borders",
    "steered",
    "whole_crosswalk",
    "with_kappa",
]
