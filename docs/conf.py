"""Settings of the book: Sphinx reads the repository (tools/book), and these of its files are pages."""

from pathlib import Path

from tools.book.pages import lesson, relink  # tools/book/build.py puts the repository on Sphinx's path
from tools.course import about

ROOT = Path(__file__).parent.parent
STATIC = ROOT / "build" / "book" / "static"

project = "From Molecules to Images"
author = about.project()["authors"][0]["name"]
project_copyright = f"{author}. Text and figures CC BY 4.0, code MIT"
version = release = about.project()["version"]

root_doc = "docs/index"
include_patterns = ["docs/**", "notebooks/*.ipynb"]
exclude_patterns = [
    *(".*", "**.ipynb_checkpoints", "build", "docs/_templates", "solutions", "tests", "tools", "wheelhouse"),
    "workshop_utils",
]
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4

# Notebooks ran before they are read (tools/course/execute.py): what fails there fails the build.
nb_execution_mode = "off"
nb_output_stderr = "error"
nb_code_prompt_show = "Show the cell that only Colab needs"
nb_code_prompt_hide = "Hide the cell that only Colab needs"

# Formulas and widgets are drawn by scripts in the book itself, where npm could fetch them.
OFFLINE = STATIC.exists()
if OFFLINE:
    mathjax_path = "mathjax/tex-svg.js"
    nb_ipywidgets_js = {"widgets/embed.js": {}}
# Its menu would fetch further parts when it is used.
mathjax3_config = {"options": {"enableMenu": False}}

# The reference: numpydoc docstrings say types and shapes better than annotations do.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
templates_path = [str(ROOT / "docs" / "_templates")]  # autosummary would look in the root, others in docs
default_role = "code"
add_module_names = False
toc_object_entries_show_parents = "hide"

# `make links` asks for all but nobody's addresses, and the course's own before it is published.
linkcheck_ignore = [
    r"https?://([\w.]*\.)?example\.(com|org|net)",
    r"https?://(localhost|127\.)",
    rf"{about.address()}.*",
]
linkcheck_timeout = 20
linkcheck_retries = 2
linkcheck_anchors = False
user_agent = "Mozilla/5.0 (a course checks its links)"

html_theme = "sphinx_book_theme"
html_title = project
html_favicon = "_static/favicon.svg"
html_static_path = ["_static", *([str(STATIC)] if OFFLINE else [])]
html_extra_path = ["_extra"]
html_css_files = ["book.css"]
html_copy_source = False
html_show_sphinx = False
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_download_button": False,
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the sidebar has a search field already
    "extra_footer": ""
    if OFFLINE
    else "<p>This copy was built without npm: formulas and widgets need the internet.</p>",
}
if about.published():
    html_theme_options |= {
        "repository_url": about.address(),
        "repository_branch": about.tag(),
        "use_repository_button": True,
        "launch_buttons": {
            "colab_url": "https://colab.research.google.com",
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        },
    }


def read(app, name, source):
    """Give Sphinx a page: of a lesson, the notebook after it has run; of both, links that lead somewhere."""
    path = Path(app.env.doc2path(name))
    if path.suffix == ".ipynb":
        source[0] = lesson(path, run=app.builder.name != "linkcheck")
    if path.suffix == ".md":
        source[0] = relink(source[0], path, ROOT)


def setup(app):
    """Hear of each page before it is read, and leave out what a NamedTuple says of its fields by itself."""
    app.connect("source-read", read)
    app.connect("autodoc-skip-member", lambda *event: type(event[3]).__name__ == "_tuplegetter" or None)
