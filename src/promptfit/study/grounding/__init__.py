"""Where a model looks, and whether its answers depend on it."""
