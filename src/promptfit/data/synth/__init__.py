"""Russian documents that never existed, drawn with Pillow: what is printed, what is true, and where it stands."""
