"""Decisions: may this person use this program at this client? One prepared call each, past the ORM (A14)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec
from fullmakt.questions import WayInAnswer

DECIDE = "SELECT decide($1, $2, $3) AS reason, statement_timestamp() AS evaluated_at"
DECIDE_MANY = "SELECT reason, statement_timestamp() AS evaluated_at FROM decide_many($1, $2, $3)"
WAY_IN = "SELECT reason, agency_id, link_id FROM way_in($1, $2, $3)"
TIMEOUT = 5.0


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be decided."""

    person_id: UUID
    company_id: UUID
    program: str


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided, and when; `reason` says why not and is None for a yes."""

    reason: str | None
    evaluated_at: datetime


class Decisions:
    """Decides by access's own data as it is now; a few connections of its own."""

    def __init__(self, database_url: str, *, pool_size: int) -> None:
        self._url = database_url
        self._size = pool_size
        self._pool: asyncpg.Pool

    async def open(self) -> None:
        """Get ready, within the loop that will ask; connects with the first question."""
        self._pool = await asyncpg.create_pool(
            self._url, min_size=0, max_size=self._size, timeout=TIMEOUT, command_timeout=TIMEOUT
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.close()

    async def decide(self, question: Question) -> Verdict:
        """Decide one thing."""
        async with self._pool.acquire(timeout=TIMEOUT) as connection:
            row = await connection.fetchrow(DECIDE, question.person_id, question.company_id, question.program)
        return Verdict(**row)  # type: ignore[arg-type]  # a function without FROM gives one row

    async def way_in(self, question: Question) -> WayInAnswer:
        """By which link the person comes to the client; as `decide`, and why not."""
        async with self._pool.acquire(timeout=TIMEOUT) as connection:
            row = await connection.fetchrow(WAY_IN, question.person_id, question.company_id, question.program)
        return WayInAnswer(**row)  # type: ignore[arg-type]  # a function without FROM gives one row

    async def decide_many(self, questions: Sequence[Question]) -> list[Verdict]:
        """Decide many things at once, in their order."""
        given = (
            [question.person_id for question in questions],
            [question.company_id for question in questions],
            [question.program for question in questions],
        )
        async with self._pool.acquire(timeout=TIMEOUT) as connection:
            return [Verdict(**row) for row in await connection.fetch(DECIDE_MANY, *given)]
