"""`make bench`: figures beside their floors, measured in the same run; a table, and tests/bench/results.json."""

import asyncio
import sys
from pathlib import Path

import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from tests.bench.eligible import eligible
from tests.bench.figure import Figure
from tests.bench.following import following
from tests.bench.relay_drain import relay_drain
from tests.bench.sign_in import sign_in
from tests.bench.starting import starting
from tests.bench.to_handler import to_handler

RESULTS = Path(__file__).with_name("results.json")


def show(figures: list[Figure]) -> None:
    """Print the figures as a table."""
    table = Table("figure", "unit", "ours", "floor", "ratio", "goal", "holds", box=None)
    for f in figures:
        table.add_row(f.name, f.unit, f"{f.ours:.2f}", f"{f.floor:.2f}", f"{f.ratio:.2f}", f.goal, str(f.holds))
    Console(width=140).print(table)


def main() -> int:
    """Measure all figures; 0 also when one does not hold: a figure is to be read, not to be passed."""
    figures = [
        asyncio.run(eligible()),
        asyncio.run(to_handler()),
        uvloop.run(relay_drain()),
        *asyncio.run(following()),
        asyncio.run(sign_in()),
        starting(),
    ]
    show(figures)
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
