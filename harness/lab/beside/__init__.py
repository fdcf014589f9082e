"""What stands beside an instance: the site's programs with their taps, and its databases."""
