"""One module a command: `main(cfg)` reads files, hands the rooms to each other, and writes files."""
