"""How far an answer is from the truth: counts of one answer, pooled scores, intervals and comparisons."""
