"""geoprio: where a party's target groups live, and which areas to work first.

>>> import geoprio as gp
>>> result = gp.run("data/raw/demo/demo.toml")
>>> gp.explore(result.geo("regso_2020"), "score_canvass")

The names below are the public ones, and every folder is one of them (`gp.scores`). They are
imported when they are first used, so that the command line starts without pandas.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if sys.version_info < (3, 11):  # noqa: UP036 - pip refuses it, a folder on the path does not
    # The catalogue of words cannot be read by an older one.
    raise ImportError(f"geoprio: Python >= 3.11 krävs / is needed ({sys.version.split()[0]})")

if TYPE_CHECKING:
    from geoprio.areas import Crosswalk as Crosswalk
    from geoprio.areas import build_crosswalk as build_crosswalk
    from geoprio.areas import dissolve as dissolve
    from geoprio.areas import lost_counts as lost_counts
    from geoprio.areas import move_counts as move_counts
    from geoprio.config import Campaign as Campaign
    from geoprio.config import Group as Group
    from geoprio.config import MailingBudget as MailingBudget
    from geoprio.config import MailingEdition as MailingEdition
    from geoprio.config import Profile as Profile
    from geoprio.config import Uncertainty as Uncertainty
    from geoprio.config import config_folders as config_folders
    from geoprio.config import load_campaign as load_campaign
    from geoprio.config import load_profile as load_profile
    from geoprio.counts import spread_unassigned as spread_unassigned
    from geoprio.demo import DemoFiles as DemoFiles
    from geoprio.demo import write_demo as write_demo
    from geoprio.errors import ConfigError as ConfigError
    from geoprio.errors import ContractError as ContractError
    from geoprio.errors import CoverageError as CoverageError
    from geoprio.errors import GeoprioError as GeoprioError
    from geoprio.errors import SourceError as SourceError
    from geoprio.files.maps import MapLayer as MapLayer
    from geoprio.files.maps import explore as explore
    from geoprio.files.maps import map as map  # noqa: A004
    from geoprio.files.maps import map_layer as map_layer
    from geoprio.groups import Evidence as Evidence
    from geoprio.groups import Joint as Joint
    from geoprio.groups import at_least_one as at_least_one
    from geoprio.groups import empirical_bayes as empirical_bayes
    from geoprio.groups import estimate_groups as estimate_groups
    from geoprio.groups import fit_joint as fit_joint
    from geoprio.groups import for_election as for_election
    from geoprio.groups import intensity as intensity
    from geoprio.groups import overlap_table as overlap_table
    from geoprio.groups import own_base as own_base
    from geoprio.groups import share_intervals as share_intervals
    from geoprio.pipeline import compute as compute
    from geoprio.pipeline import run as run
    from geoprio.plans import MailingWish as MailingWish
    from geoprio.plans import plan_mailing as plan_mailing
    from geoprio.plans.sites import fewest_sites as fewest_sites
    from geoprio.plans.sites import most_covered as most_covered
    from geoprio.plans.sites import nearest_at_worst as nearest_at_worst
    from geoprio.plans.sites import nearest_on_average as nearest_on_average
    from geoprio.plans.tour import Tour as Tour
    from geoprio.plans.tour import best_tour as best_tour
    from geoprio.plans.turfs import turfs as turfs
    from geoprio.reports.edition_page import edition_curve as edition_curve
    from geoprio.reports.editions import choose_edition as choose_edition
    from geoprio.reports.proposal import planned as planned
    from geoprio.runs import Result as Result
    from geoprio.runs import Run as Run
    from geoprio.runs import by_channel as by_channel
    from geoprio.runs import on_areas as on_areas
    from geoprio.runs import read_run as read_run
    from geoprio.scores import Figures as Figures
    from geoprio.scores import Measured as Measured
    from geoprio.scores import SetRule as SetRule
    from geoprio.scores import aggregate as aggregate
    from geoprio.scores import aggregator as aggregator
    from geoprio.scores import effective_weights as effective_weights
    from geoprio.scores import explain_area as explain_area
    from geoprio.scores import explain_areas as explain_areas
    from geoprio.scores import leave_one_out as leave_one_out
    from geoprio.scores import normalise as normalise
    from geoprio.scores import normaliser as normaliser
    from geoprio.scores import of_place as of_place
    from geoprio.scores import of_targets as of_targets
    from geoprio.scores import rank_confidence_sets as rank_confidence_sets
    from geoprio.scores import rank_set_widths as rank_set_widths
    from geoprio.scores import rank_uncertainty as rank_uncertainty
    from geoprio.scores import reasons as reasons
    from geoprio.scores import score_areas as score_areas
    from geoprio.scores import top_k_set as top_k_set
    from geoprio.scores import treat_outliers as treat_outliers
    from geoprio.scores import treatment as treatment
    from geoprio.scores.sensitivity import choice_indices as choice_indices
    from geoprio.sources import Source as Source
    from geoprio.sources import load_source as load_source
    from geoprio.sources import read_source as read_source
    from geoprio.sources import reader as reader
    from geoprio.sources import source_at_hand as source_at_hand
    from geoprio.sources.raw import default_raw as default_raw

__version__ = "0.2.0"

# The same names as above, which only type checkers read; a test holds the two together.
_NAMES = {
    "areas": "Crosswalk build_crosswalk dissolve lost_counts move_counts",
    "config": "Campaign Group MailingBudget MailingEdition Profile Uncertainty config_folders "
    "load_campaign load_profile",
    "counts": "spread_unassigned",
    "demo": "DemoFiles write_demo",
    "errors": "ConfigError ContractError CoverageError GeoprioError SourceError",
    "files.maps": "MapLayer explore map map_layer",
    "groups": "Evidence Joint at_least_one empirical_bayes estimate_groups fit_joint "
    "for_election intensity overlap_table own_base share_intervals",
    "pipeline": "compute run",
    "plans": "MailingWish plan_mailing",
    "plans.sites": "fewest_sites most_covered nearest_at_worst nearest_on_average",
    "plans.tour": "Tour best_tour",
    "plans.turfs": "turfs",
    "reports.edition_page": "edition_curve",
    "reports.editions": "choose_edition",
    "reports.proposal": "planned",
    "runs": "Result Run by_channel on_areas read_run",
    "scores": "Figures Measured SetRule aggregate aggregator effective_weights explain_area "
    "explain_areas leave_one_out normalise normaliser of_place of_targets "
    "rank_confidence_sets rank_set_widths rank_uncertainty reasons score_areas "
    "top_k_set treat_outliers treatment",
    "scores.sensitivity": "choice_indices",
    "sources": "Source load_source read_source reader source_at_hand",
    "sources.raw": "default_raw",
}
_FOLDERS = (
    *("areas", "config", "counts", "demo", "errors", "files", "groups", "pipeline", "plans"),
    *("proof", "reports", "runs", "scores", "sources", "tables", "words"),
)
_HOMES = {name: folder for folder, names in _NAMES.items() for name in names.split()}

__all__ = sorted(_HOMES)  # noqa: PLE0605

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used (PEP 562)."""
        if name in _FOLDERS:
            return import_module(f"geoprio.{name}")
        if name not in _HOMES:
            message = f"module 'geoprio' has no attribute {name!r}"
            raise AttributeError(message)
        found = getattr(import_module(f"geoprio.{_HOMES[name]}"), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_FOLDERS})
