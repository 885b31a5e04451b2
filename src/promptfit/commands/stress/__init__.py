"""`promptfit stress`."""
