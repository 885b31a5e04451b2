"""What a model said, and what of it counts: a reader takes the value out of a raw answer, which is kept as it came."""
