"""The pytest plugin: plays a site when `--site` is given, and does nothing in every other run."""
