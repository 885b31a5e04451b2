"""`promptfit look`."""
