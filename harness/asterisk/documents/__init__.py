"""What a release documents of itself: XML, ARI's declarations and sample files."""
