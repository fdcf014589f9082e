"""Listening: AMI, ARI's events and Asterisk's log, byte for byte, told apart by scenario, kept as traces."""
