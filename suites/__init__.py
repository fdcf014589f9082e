"""The suites: one test for each scenario and each check of a site."""
