"""What the demo prints."""

import asyncio
import time
import unicodedata
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

T = TypeVar("T")
AT_ONCE = 8
WIDTH = 120
"""Columns, where no terminal tells."""


class Screen:
    """Steps as they happen, progress where it takes long, a table in the end."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, soft_wrap=True)
        if not self.console.is_terminal:
            self.console.width = WIDTH
        self.steps = 0
        self.now = ""
        self.began = time.monotonic()

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """One step: its name and how long it took, once it went as required."""
        self.now = name
        began = time.monotonic()
        yield
        self.steps += 1
        took = time.monotonic() - began
        self.console.print(f"[green]✓[/] {self.steps:>2}  {shown(name)} [dim]{took:.1f} s[/]")

    def say(self, text: str) -> None:
        """A line below the last step."""
        self.console.print(f"      [dim]{shown(text)}[/]")

    async def each(self, items: Sequence[T], work: Callable[[T], Awaitable[None]], what: str) -> None:
        """Do some work for each item, a few at once, with a bar."""
        room = asyncio.Semaphore(AT_ONCE)
        columns = (TextColumn("      {task.description}"), BarColumn(), MofNCompleteColumn())
        quiet = not self.console.is_terminal
        with Progress(*columns, console=self.console, transient=True, disable=quiet) as progress:
            bar = progress.add_task(what, total=len(items))

            async def one(item: T) -> None:
                async with room:
                    await work(item)
                progress.advance(bar)

            async with asyncio.TaskGroup() as tasks:
                for item in items:
                    tasks.create_task(one(item))

    def table(self, columns: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
        """A table."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, no_wrap=True, overflow="ellipsis")
        for row in rows:
            table.add_row(*map(shown, row))
        self.console.print()
        self.console.print(table)

    def end(self) -> None:
        """The last line."""
        self.console.print(f"\ndemo: ok · {self.steps} steps · {time.monotonic() - self.began:.1f} s")


def shown(text: str) -> str:
    """A text as it is, whatever is in it: no markup of ours, no direction marks and other unseen characters."""
    return escape("".join(character for character in text if unicodedata.category(character) not in {"Cf", "Cc"}))
