"""What is true of Asterisk, whoever asks: its formats, one reader each, and facts about it. Pure."""
