"""Oddities of a data set that a person should see before money is spent on it."""
