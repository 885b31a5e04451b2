"""Why a file is not taken for an image."""

from __future__ import annotations


class UnfitImage(ValueError):
    """A fault of an image file. Its words follow the file's name, and hold the remedy."""
