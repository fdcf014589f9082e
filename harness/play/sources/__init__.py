"""Where scenarios come from: YAML and Python files."""
