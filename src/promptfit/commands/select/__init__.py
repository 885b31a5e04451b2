"""`promptfit select`."""
