"""Where pytest begins. The plugin comes by its entry point, so that it is there outside of a clone as well."""

collect_ignore = ["build", "dist", "report"]
