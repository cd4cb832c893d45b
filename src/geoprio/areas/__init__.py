"""Area sets and the ways between them."""

from geoprio.areas.associations import MUNICIPALITIES, assign_associations, refuse_wrong_memberships
from geoprio.areas.atlas import (
    MUNICIPALITY_DIGITS,
    Atlas,
    are_postal_codes,
    build_atlas,
    dissolve,
    find_way,
    ground_way,
    keep_official_way,
    keep_way,
    keep_ways,
    overlapping,
    shared_borders,
)
from geoprio.areas.calibration import (
    Split,
    calibrate_nested,
    calibrate_split,
    cover_split,
    scale_to_parents,
)
from geoprio.areas.crosswalk import (
    KAPPA,
    Crosswalk,
    build_crosswalk,
    merge_targets,
    steered,
    with_kappa,
)
from geoprio.areas.doors import count_doors
from geoprio.areas.movement import (
    Closer,
    CountTable,
    comparable_rows,
    fill_from_parents,
    known_counts,
    lost_counts,
    move_counts,
    move_errors,
    move_figures,
    refuse_homeless,
    share_error,
)
from geoprio.areas.ways import (
    nest_crosswalk,
    official_crosswalk,
    whole_crosswalk,
)
