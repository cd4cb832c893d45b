"""Files for mail houses and printers: what they may be told, in their own dialect."""

from geoprio.outputs.vendors.files import Delivery, render_vendor_files
from geoprio.outputs.vendors.postal import render_postal_files

__all__ = ["Delivery", "render_postal_files", "render_vendor_files"]
