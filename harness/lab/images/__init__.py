"""Releases as images: what they are made of, built, and what they say of themselves."""
