"""Listening: what AMI, ARI and the log say as typed values, told apart by scenario, kept as traces."""
