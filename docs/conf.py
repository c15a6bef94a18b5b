"""How Sphinx builds these pages: the whole checkout is its source, so that links between files work as on a git host.

    sphinx-build -W --keep-going -n -c docs -b html . OUTPUT

Nothing is fetched, and the theme is the one that comes with Sphinx.
"""

project = "implbench"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "impls/**/*.md",
    "reports/sample/**/*.md",
]
exclude_patterns = [".*", "build", "dist", "results", "impls/*/_*"]  # not even walked through
myst_heading_anchors = 3  # as git hosts make them, for links such as figures.md#samples
nitpicky = True

html_theme = "alabaster"
html_theme_options = {
    "description": "Which of these implementations is faster, by how much, how sure, and why?",
    "page_width": "1280px",  # lines of code are up to 120 characters long
    "sidebar_width": "260px",
    "body_max_width": "none",
    "fixed_sidebar": True,
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchfield.html"]}
html_copy_source = False
html_show_copyright = False
