"""Telling every service which sessions have ended: a beat five times a second, and at once when one ends."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
from fullmakt.questions import ENDED_SESSIONS, EndedSessionsAnswer, EndedSessionsQuestion

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database
from libs.shared.ended_sessions import BEAT, FEED, KEPT, Beat
from libs.shared.worker import LostLeadership

OVERLAP = timedelta(minutes=2)
"""How far each beat looks back: what ends commits later than the moment it bears."""
AT_ONCE = 10_000
"""Ids in one message, of about 40 bytes each."""
SHORTEST_PAUSE = 0.02
READ = "SELECT id FROM sessions_ended_since(now() - $1::interval)"
PAGE = f"{READ} WHERE $2::uuid IS NULL OR id > $2 ORDER BY id LIMIT $3"


class Teller:
    """Tells one epoch of the feed after the other; in a new one everybody reads the list, and beats go on from there.

    An epoch is a run of the worker on one connection to NATS, since what was sent on a lost one may be lost too.
    """

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._told: frozenset[UUID] = frozenset()
        self.begin_epoch()

    def begin_epoch(self) -> None:
        """Leave what no beat could tell to the list."""
        self._epoch = uuid4()
        self._number = 0

    async def beat(self) -> None:
        """Tell what has ended and was not told yet."""
        moment = time.monotonic()
        found = frozenset(row["id"] for row in await self._database.fetch(READ, OVERLAP))
        new = tuple(found - self._told)
        if len(new) > AT_ONCE:
            self.begin_epoch()
            new = ()
        self._number += 1
        beat = Beat(epoch=self._epoch, number=self._number, moment=moment, ended=new)
        await self._bus.client.publish(FEED, msgspec.json.encode(beat))
        self._told = found

    async def answer(self, _: str, question: EndedSessionsQuestion) -> EndedSessionsAnswer:
        """A page of what ended within the life of an access token."""
        epoch, moment = self._epoch, time.monotonic()
        found = await self._database.fetch(PAGE, timedelta(seconds=KEPT), question.after, AT_ONCE)
        ended = tuple(row["id"] for row in found)
        return EndedSessionsAnswer(epoch=epoch, moment=moment, ended=ended, more=len(ended) == AT_ONCE)


async def tell_ended_sessions(database: Database, bus: Bus) -> None:
    """Tell for ever, and answer with the list."""
    teller, hint = Teller(database, bus), asyncio.Event()
    listener = await database.connect()
    try:
        await listener.add_listener("session_ended", lambda *_: hint.set())
        await bus.answer(ENDED_SESSIONS, EndedSessionsQuestion, teller.answer)
        while not listener.is_closed():
            stop_if_cancelled()
            if bus.client.is_connected:
                await teller.beat()
            else:
                teller.begin_epoch()
            await asyncio.sleep(SHORTEST_PAUSE)  # those that end together are told together
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT - SHORTEST_PAUSE):
                    await hint.wait()
            hint.clear()
    finally:
        listener.terminate()
    raise LostLeadership
