"""Expectations: what they look at, and whether they hold."""
