"""Order a mailing from a vendor: choose as the campaign says, and write what the vendor is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geoprio.config import Vendor, config_folders, load_named
from geoprio.errors import GeoprioError, SourceError
from geoprio.outputs.atomic import replace_all
from geoprio.outputs.names import safe_name
from geoprio.outputs.superseded import remove_superseded
from geoprio.outputs.vendors.control import ENDING, read_control
from geoprio.pipeline.constituencies import load_constituencies
from geoprio.pipeline.deliveries import Edition, vendor_files
from geoprio.pipeline.run import compute
from geoprio.sources import sha256
from geoprio.texts import Language

FOLDER = "utskick"
"""Where orders stand, beside the files of a run; one folder for each edition."""


@dataclass(frozen=True)
class Wish:
    """What is to be mailed, and by whom."""

    vendor: str
    """Name of a profile in `vendors/`."""
    edition: str
    """For people and for file names, such as "riksdag"."""
    election_day: date
    """Of the election that it is for."""


def order(
    campaign_file: Path,
    wish: Wish,
    *,
    raw: Path | None = None,
    out: Path | None = None,
    language: Language = "sv",
) -> list[Path]:
    """Return the files that a vendor is sent for the campaign's mailing plan, written.

    Parameters
    ----------
    campaign_file
        The campaign's TOML.
    wish
        Vendor, edition and election day.
    raw, out
        As in `run`.

    Raises
    ------
    GeoprioError
        Anything that the user can mend, an empty plan included; nothing half-written is left.
    """
    folders = config_folders(campaign_file)
    vendor = load_named(Vendor, "vendors", wish.vendor, folders)
    outcome = compute(campaign_file, raw=raw, out=out, language=language)
    campaign = outcome.plans.campaign
    if outcome.mailing.empty:
        message = (
            f"{campaign.name}: mailing.budget_sek = {campaign.mailing.budget_sek:g} is enough for"
            " no area; there is nothing to order. Raise it, or lower the cost per household"
        )
        raise GeoprioError(message)
    towns = load_constituencies(campaign.election.basis, folders)
    edition = Edition(wish.edition, wish.election_day, towns)
    files = vendor_files(outcome, outcome.mailing, vendor, edition)
    home = (out or Path()) / "data" / "processed" / campaign.name / FOLDER
    return write_order(files, home / safe_name(wish.edition))


def write_order(files: Mapping[str, bytes], folder: Path) -> list[Path]:
    """Write an order's files, all of them or none, and return their paths.

    What an earlier order left in the folder and this one does not hold, such as a further part of a
    list of postal codes, is removed where it is as its control sheet says.
    """
    contents = {folder / name: content for name, content in files.items()}
    earlier = ordered_earlier(folder)
    sheets = [path for path in contents if path.name.endswith(ENDING)]
    replace_all(contents, seal=sheets[0])
    remove_superseded(earlier, contents)
    return list(contents)


def ordered_earlier(folder: Path) -> dict[Path, str]:
    """Return checksums by path of the files that the control sheets of a folder name."""
    earlier: dict[Path, str] = {}
    for sheet in sorted(folder.glob(f"*{ENDING}")):
        try:
            named = read_control(sheet).files
        except SourceError:
            continue  # not a whole sheet: nothing that it names is ours to remove
        earlier |= {folder / Path(name).name: checksum for name, checksum in named.items()}
        earlier[sheet] = sha256(sheet)
    return earlier
