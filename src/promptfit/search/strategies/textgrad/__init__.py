"""TextGrad's optimizer over our objective."""
