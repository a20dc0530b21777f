"""An inbox in PostgreSQL, for asyncpg (which the caller brings)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

TABLE = """
CREATE TABLE IF NOT EXISTS fullmakt_inbox (
    reader text NOT NULL,
    thing uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (reader, thing)
)
"""
LOCK = (
    "SELECT thing, version FROM fullmakt_inbox WHERE reader = $1 AND thing = ANY ($2::uuid[]) ORDER BY thing FOR UPDATE"
)
SAVE = (
    "INSERT INTO fullmakt_inbox (reader, thing, version)"
    " SELECT $1, thing, version FROM unnest($2::uuid[], $3::bigint[]) AS done (thing, version) ORDER BY thing"
    " ON CONFLICT (reader, thing) DO UPDATE SET version = excluded.version"
    " WHERE fullmakt_inbox.version < excluded.version"
)


class Overtaken(Exception):
    """Another process handled the same event at the same moment; what this one did is rolled back."""


class PostgresInbox:
    """Versions in the table `fullmakt_inbox`. Handlers get the asyncpg connection, in its transaction, as `context.tx`.

    `pool`: an asyncpg pool. The table is made by `create_table`, or by a migration of yours with `TABLE`.
    """

    def __init__(self, pool: Any) -> None:
        self.pool = pool

    async def create_table(self) -> None:
        """Make the table if it is missing."""
        await self.pool.execute(TABLE)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Any]:
        """A connection of the pool in a transaction."""
        async with self.pool.acquire() as connection, connection.transaction():
            yield connection

    async def last_versions(self, tx: Any, reader: str, things: Sequence[UUID]) -> Mapping[UUID, int]:
        """Lock and read the things' rows."""
        return {row[0]: row[1] for row in await tx.fetch(LOCK, reader, things)}

    async def save(self, tx: Any, reader: str, versions: Mapping[UUID, int]) -> None:
        """Write the versions; Overtaken where a process that did not see our lock has been faster."""
        done = await tx.execute(SAVE, reader, list(versions), list(versions.values()))
        if int(done.rpartition(" ")[2]) != len(versions):
            raise Overtaken
