"""How Sphinx makes a site of these pages (`make docs`). They are plain Markdown, and read on their own as well."""

project = "Asterisk upgrade harness"
extensions = ["myst_parser"]
exclude_patterns = ["_build", "pictures"]
html_theme = "furo"
html_title = project
html_copy_source = False
myst_heading_anchors = 3
# Program output, and the harness's own file of rules, have no language that a highlighter knows.
highlight_language = "none"
