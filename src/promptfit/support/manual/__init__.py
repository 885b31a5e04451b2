"""Asking a person by copy and paste."""
