"""`promptfit compare`."""
