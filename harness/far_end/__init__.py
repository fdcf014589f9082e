"""Acting: the manager interface of an instance, and the site's phones on the far end."""
