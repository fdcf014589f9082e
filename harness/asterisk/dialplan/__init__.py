"""The dialplan: what `dialplan show` prints, applications and their arguments, and what they use."""
