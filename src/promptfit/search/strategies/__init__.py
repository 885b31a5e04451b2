"""Search techniques: each drives the objective."""
