"""What knows nothing of documents: the cache, HTTP, the console, files, and asking a person."""
