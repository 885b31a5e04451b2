"""What several commands share: what the configuration names, tables, what is asked at most."""
