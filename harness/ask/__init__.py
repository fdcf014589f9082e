"""What a release has and what a site uses of it, asked of Asterisk itself."""
