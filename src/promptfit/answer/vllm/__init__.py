"""vLLM's offline engine as the answerer."""
