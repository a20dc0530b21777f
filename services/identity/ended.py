"""Telling every service which sessions have ended: a beat five times a second, and at once when one ends."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
from fullmakt.questions import EndedSessionsAnswer

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database
from libs.shared.ended_sessions import BEAT, FEED, KEPT, Beat
from libs.shared.worker import LostLeadership

OVERLAP = timedelta(minutes=2)
"""How far each beat looks back: what ends commits later than the moment it bears."""
AT_ONCE = 10_000
"""Ids in one message, of about 40 bytes each."""
SHORTEST_PAUSE = 0.02
READ = "SELECT now() AS moment, ARRAY(SELECT id FROM sessions_ended_since(now() - $1::interval)) AS ended"
"""What committed before the moment is seen: the transaction begins, and only then its snapshot is taken."""
PAGE = (
    "SELECT now() AS moment,"
    " ARRAY(SELECT id FROM sessions_ended_since(now() - $1::interval)"
    " WHERE $2::uuid IS NULL OR id > $2 ORDER BY id LIMIT $3) AS ended"
)


class Teller:
    """One epoch of the feed."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._epoch = uuid4()
        self._number = 0
        self._told: frozenset[UUID] = frozenset()

    async def beat(self) -> None:
        """Tell what has ended and was not told yet."""
        (row,) = await self._database.fetch(READ, OVERLAP)
        found = frozenset(row["ended"])
        new = tuple(found - self._told)
        if len(new) > AT_ONCE:  # an epoch begins, so everybody reads the list instead
            self._epoch, self._number, new = uuid4(), 0, ()
        self._number += 1
        beat = Beat(epoch=self._epoch, number=self._number, moment=row["moment"], ended=new)
        await self._bus.client.publish(FEED, msgspec.json.encode(beat))
        self._told = found


async def tell_ended_sessions(database: Database, bus: Bus) -> None:
    """Tell for ever; what could not be sent to NATS is left to the list that everybody reads in a new epoch."""
    ended, teller = asyncio.Event(), Teller(database, bus)
    listener = await database.connect()
    try:
        await listener.add_listener("session_ended", lambda *_: ended.set())
        while not listener.is_closed():
            stop_if_cancelled()
            if bus.client.is_connected:
                await teller.beat()
            else:
                teller = Teller(database, bus)
            await asyncio.sleep(SHORTEST_PAUSE)  # those that end together are told together
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT - SHORTEST_PAUSE):
                    await ended.wait()
            ended.clear()
    finally:
        listener.terminate()
    raise LostLeadership


async def ended_sessions(database: Database, *, after: UUID | None) -> EndedSessionsAnswer:
    """A page of what ended within the life of an access token."""
    (row,) = await database.fetch(PAGE, timedelta(seconds=KEPT), after, AT_ONCE)
    ended = tuple(row["ended"])
    return EndedSessionsAnswer(moment=row["moment"], ended=ended, more=len(ended) == AT_ONCE)
