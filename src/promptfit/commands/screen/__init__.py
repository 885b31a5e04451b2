"""`promptfit screen`."""
