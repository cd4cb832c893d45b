"""How Sphinx makes the pages: `make docs`. No network, every warning an error."""

from geoprio import __version__

project = "geoprio"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["img"]
templates_path = ["_templates"]
suppress_warnings = ["myst.xref_missing"]  # files outside docs/; a test follows every link

default_role = "code"
myst_heading_anchors = 3
autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"exclude-members": "model_config"}
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# Types of other libraries, and the parts of a model, have no page here; every public name has.
nitpick_ignore_regex = [(r"py:.*", r"(?!geoprio\.\w+$).*")]

html_theme = "alabaster"
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "description": "Where a party's target groups live, and which areas to work first",
    "fixed_sidebar": True,
    "page_width": "1100px",
}
