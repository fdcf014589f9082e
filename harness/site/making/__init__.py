"""An existing /etc/asterisk, or a backup of a machine → a new site folder."""
