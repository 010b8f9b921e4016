"""Settings of the book: ``make book`` copies this file beside the pages that it gathers, and runs Sphinx."""

from pathlib import Path

import course  # tools/course.py: tools/build_book.py puts its folder on the path

_STATIC = Path(__file__).parent / "_static"

project = "From Molecules to Images"
author = course.project()["authors"][0]["name"]
project_copyright = f"{author}. Text and figures CC BY 4.0, code MIT"
version = release = course.project()["version"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4

# Notebooks run when they or the package have changed (tools/build_book.py sets the cache's folder). What
# fails or complains on stderr fails the build.
nb_execution_mode = "cache"
nb_execution_timeout = 600
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_output_stderr = "error"
nb_code_prompt_show = "Show the cell that only Colab needs"
nb_code_prompt_hide = "Hide the cell that only Colab needs"

# Formulas and widgets are drawn by scripts in the book itself, where npm could fetch them.
OFFLINE = (_STATIC / "mathjax").exists() and (_STATIC / "widgets").exists()
if OFFLINE:
    mathjax_path = "mathjax/tex-svg.js"
    nb_ipywidgets_js = {"widgets/embed.js": {}}
# Its menu would fetch further parts when it is used.
mathjax3_config = {"options": {"enableMenu": False}}

# The reference: numpydoc docstrings say types and shapes better than annotations do.
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
default_role = "code"
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_copy_source = False
html_show_sphinx = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "repository_url": course.address(),
    "repository_branch": course.tag(),
    "use_repository_button": True,
    "use_download_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the sidebar has a search field already
    "launch_buttons": {
        "colab_url": "https://colab.research.google.com",
        "binderhub_url": "https://mybinder.org",
        "notebook_interface": "jupyterlab",
    },
    "extra_footer": ""
    if OFFLINE
    else "<p>This copy was built without npm: formulas and widgets need the internet.</p>",
}


def setup(app):
    """Leave out what a NamedTuple says of its fields by itself: 'Alias for field number 0'."""
    app.connect("autodoc-skip-member", lambda *event: type(event[3]).__name__ == "_tuplegetter" or None)
