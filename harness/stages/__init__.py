"""The run: a site goes in, a report comes out."""
