"""Where a subscriber keeps which version of each thing took effect last: beside the effect, in its transaction.

Any database will do: an inbox is three methods over a table of (reader, thing, version). `PostgresInbox` is one
for asyncpg; without any, `MemoryInbox` remembers for as long as the process lives.
"""

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol
from uuid import UUID


class Inbox(Protocol):
    """What a subscriber asks of a database. `tx` is whatever `begin` gives; handlers get it as `context.tx`.

    `reader` names the subscriber and the stream, as in `billing/clients`.
    """

    def begin(self) -> AbstractAsyncContextManager[Any]:
        """A transaction: committed at the end of the block, rolled back by an exception."""

    async def last_versions(self, tx: Any, reader: str, things: Sequence[UUID]) -> Mapping[UUID, int]:
        """The version that took effect last for each of these things; things not heard of are left out.

        Locks the rows where several processes could write them at the same moment.
        """

    async def save(self, tx: Any, reader: str, versions: Mapping[UUID, int]) -> None:
        """Keep the versions that take effect with this transaction."""


class MemoryInbox:
    """Versions in memory, for effects outside any database. After a restart an event may be handled once more.

    `size`: how many things are remembered, None for all; those not heard of for longest are forgotten.
    """

    def __init__(self, size: int | None = 100_000) -> None:
        self.size = size
        self._versions: OrderedDict[tuple[str, UUID], int] = OrderedDict()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[None]:
        """Nothing to begin."""
        yield None

    async def last_versions(self, _: None, reader: str, things: Sequence[UUID]) -> Mapping[UUID, int]:
        """The versions remembered."""
        return {thing: version for thing in things if (version := self._versions.get((reader, thing)))}

    async def save(self, _: None, reader: str, versions: Mapping[UUID, int]) -> None:
        """Remember these."""
        for thing, version in versions.items():
            self._versions[reader, thing] = version
            self._versions.move_to_end((reader, thing))
        while self.size is not None and len(self._versions) > self.size:
            self._versions.popitem(last=False)
