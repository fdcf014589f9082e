"""What an instance has loaded and in force, and what a release has: values that others take, compare and tell."""
