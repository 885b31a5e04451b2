"""One call a document against a call a field: what the record's prompt costs in errors, and what it saves."""
