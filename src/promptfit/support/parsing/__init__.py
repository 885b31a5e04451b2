"""Texts as the values that they are: dates, amounts, codes, choices, and words that mean that nothing is there."""
