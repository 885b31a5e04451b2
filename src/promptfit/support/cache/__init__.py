"""Texts that were paid for, in one SQLite file that many processes share."""
