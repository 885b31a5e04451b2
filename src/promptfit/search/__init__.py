"""Searching the best prompt of every field: one objective (answers, budget, race), and strategies that drive it."""
