"""Runs the benchmarks that are named, or all of them, and prints one table."""

from __future__ import annotations

import sys
from importlib import import_module

from rich.console import Console
from rich.table import Table

NAMES = (
    "help",
    "demo",
    "repro",
    "reading",
    "record_reading",
    "gap",
    "scaling",
    "generator",
    "strategies",
    "statistics",
    "selection_speed",
    "kept",
    "imports",
    "lookup",
    "augmentations",
    "throughput",
    "record_calls",
    "look",
)


def main(names: list[str]) -> int:
    """Prints the rows as they come in one table; 1 if a goal was missed."""
    if wrong := set(names) - set(NAMES):
        print(f"no benchmark {', '.join(sorted(wrong))}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    table = Table("what", "measured", "goal", "met")
    rows = [row for name in names or NAMES for row in import_module(f"benchmarks.{name}").main()]
    for row in rows:
        table.add_row(row.what, row.measured, row.goal, "yes" if row.met else "NO")
    Console().print(table)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
