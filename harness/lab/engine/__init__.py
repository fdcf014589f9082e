"""The container engine: found, installed, and asked for networks."""
