"""What a data set's fields are: read from its ``schema.yaml``, taken from schemas of others, inferred from truths."""
