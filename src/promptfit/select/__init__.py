"""Stage 2: the best prompts out of all collections of one answerer, on large data, with statistics that hold."""
