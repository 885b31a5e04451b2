"""Answerers: the vision-language models under test, and the store of what they said."""
