"""Phrases of a bank, combined and bred without a generator."""
