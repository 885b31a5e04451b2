"""A model behind a server of the chat completions API as the answerer."""
