"""The numbers that the README gives: `make bench`, or one of them, `python -m benchmarks help`."""
