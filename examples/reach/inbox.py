"""An inbox over SQLite: which version of each thing took effect last, in the transaction of the effect."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

TABLE = """
CREATE TABLE IF NOT EXISTS inbox (
    reader TEXT NOT NULL, thing TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (reader, thing)
)
"""


class SqliteInbox:
    """For one process, which is all that a SQLite file is written by."""

    def __init__(self, file: str) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute(TABLE)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[sqlite3.Connection]:
        """One transaction."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    async def last_versions(self, tx: sqlite3.Connection, reader: str, things: Sequence[UUID]) -> Mapping[UUID, int]:
        """The versions that took effect last."""
        query = "SELECT version FROM inbox WHERE reader = ? AND thing = ?"
        found = ((thing, tx.execute(query, (reader, str(thing))).fetchone()) for thing in things)
        return {thing: row[0] for thing, row in found if row}

    async def save(self, tx: sqlite3.Connection, reader: str, versions: Mapping[UUID, int]) -> None:
        """Keep those of this transaction."""
        rows = [(reader, str(thing), version) for thing, version in versions.items()]
        tx.executemany("INSERT OR REPLACE INTO inbox (reader, thing, version) VALUES (?, ?, ?)", rows)
