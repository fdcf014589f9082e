"""What becomes of a build's choices (menuselect.makeopts) on another release. Pure."""
