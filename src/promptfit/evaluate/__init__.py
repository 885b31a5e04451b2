"""Prompts asked of samples, answers read and scored: what search, selection and studies share."""
