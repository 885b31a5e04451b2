"""`promptfit search`."""
