"""GEPA's own loop over our objective."""
