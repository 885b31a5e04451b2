"""`promptfit check`."""
