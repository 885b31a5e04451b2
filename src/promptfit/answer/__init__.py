"""Answerers: the vision-language models under test, and the cache of what they said."""
