"""promptfit fits prompts to a vision-language model that reads fields from document images."""
