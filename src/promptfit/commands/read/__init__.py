"""`promptfit read`."""
