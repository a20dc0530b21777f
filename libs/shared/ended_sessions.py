"""Which sessions have ended, in memory: a feed with a heartbeat, by which a service knows how much it knows.

Each beat says when identity's database was read for it. What the list lacks ended after that. No clock of another
machine is compared with ours: an answer to a question of ours fixes what the publisher's time is here, at the earliest,
and what a beat says is reckoned from there. So a beat that was long on its way counts as old.
"""

import asyncio
import logging
import time
from uuid import UUID

import msgspec
from fullmakt.questions import ENDED_SESSIONS, EndedSessionsAnswer, EndedSessionsQuestion
from nats.aio.msg import Msg

from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.errors import Unavailable

log = logging.getLogger(__name__)

FEED = "feed.identity.sessions"
"""The subject; outside every stream. Identity alone may publish there."""
BEAT = 0.2
"""Seconds between two beats."""
FRESH = 1.0
"""Seconds of silence after which a list is not gone by any more."""
LONGEST_LIFE = 900
"""Seconds that an access token may be good for."""
LEEWAY = 5
"""Seconds that clocks of two machines may differ by."""
KEPT = LONGEST_LIFE + 2 * LEEWAY + 60
"""Seconds: once a session has ended for so long, all its tokens have expired, also one signed while its end committed.
"""
READ_EACH = 60.0
PAUSE = 0.2


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """What ended before the moment stands in this beat, in one before it of the same epoch, or in the list by now."""

    epoch: UUID
    """Of one run of the publisher on one connection."""
    number: int
    moment: float
    """Seconds by a clock of the publisher's that is never set, before identity's database was read."""
    ended: tuple[UUID, ...]
    """Sessions, and service accounts that were revoked."""


class EndedSessions:
    """The sessions that ended lately, and whether the list can be gone by at this moment.

    A beat missed, or a new epoch, and the list is read whole; until then it isn't fresh.
    """

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._ended: dict[UUID, float] = {}
        self._epoch: UUID | None = None
        self._number = 0
        self._gaps = 0
        self._whole = False
        self._offset = 0.0
        """Our time less the publisher's, or less than that."""
        self._known_until = float("-inf")
        """Of what ended before that, by our time, nothing is missing."""
        self._unread = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    def __contains__(self, id_: UUID) -> bool:
        """Whether it is known that this session has ended."""
        return id_ in self._ended

    def is_fresh(self) -> bool:
        """Whether what is missing ended within the last second."""
        return self._whole and time.monotonic() - self._known_until <= FRESH

    async def follow(self) -> None:
        """Begin to listen, once the bus is connected."""
        await self._bus.client.subscribe(FEED, cb=self._on_message)
        self._reading = asyncio.create_task(self._keep_whole())

    async def close(self) -> None:
        """Listen no longer."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait([self._reading])

    async def _on_message(self, message: Msg) -> None:
        try:
            self.hear(msgspec.json.decode(message.data, type=Beat))
        except msgspec.MsgspecError:
            log.warning("a beat of the feed of ended sessions can't be read")

    def hear(self, beat: Beat) -> None:
        """Take in what a beat tells."""
        now = time.monotonic()
        self._ended.update(dict.fromkeys(beat.ended, now))
        if (beat.epoch, beat.number) != (self._epoch, self._number + 1):
            self._whole = False
            self._gaps += 1
        self._epoch, self._number = beat.epoch, beat.number
        if self._whole:
            self._offset = min(self._offset, now - beat.moment)  # clocks drift, and no beat comes from later than now
            self._known_until = max(self._known_until, beat.moment + self._offset)
        if not self.is_fresh():
            self._unread.set()

    async def read(self) -> None:
        """Ask for the whole list; Unavailable when nobody answers."""
        gaps, asked = self._gaps, time.monotonic()
        first = page = await self._page(None)
        while page.more:
            page = await self._page(page.ended[-1])
        if (self._gaps, self._epoch) == (gaps, first.epoch):
            self._whole = True
            self._offset = asked - first.moment  # the publisher's clock was read after we asked
            self._known_until = max(self._known_until, asked)
        self._ended = {id_: at for id_, at in self._ended.items() if at > asked - KEPT}

    async def _page(self, after: UUID | None) -> EndedSessionsAnswer:
        question = EndedSessionsQuestion(after=after)
        page = await self._bus.ask("identity", ENDED_SESSIONS, question, EndedSessionsAnswer)
        self._ended.update(dict.fromkeys(page.ended, time.monotonic()))
        return page

    async def _keep_whole(self) -> None:
        """Read the list when it isn't fresh although beats come; each minute also, which forgets what is over."""
        while True:
            stop_if_cancelled()
            try:
                async with asyncio.timeout(READ_EACH):
                    await self._unread.wait()
            except TimeoutError:
                log.debug("the list of ended sessions is read again")
            self._unread.clear()
            try:
                await self.read()
            except Unavailable:
                log.info("the list of ended sessions can't be read")
            await asyncio.sleep(PAUSE)
