"""Whose things are, removing what is left, caches and temporary folders."""
