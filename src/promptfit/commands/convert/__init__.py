"""`promptfit import` and `promptfit export`."""
