"""One Asterisk in a container: what goes into it, its start, and how it is doing."""
