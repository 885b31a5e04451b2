"""A checkpoint of transformers as the answerer, with the keys and values of an image shared by its prompts."""
