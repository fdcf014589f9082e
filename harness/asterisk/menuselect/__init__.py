"""menuselect, by which a build of Asterisk is chosen: the file of choices, and what there is to choose. Pure."""
