"""How far each thing of a batch of events has come: which versions took effect, which came too early."""

from collections.abc import Sequence
from uuid import UUID

from fullmakt.cloudevents import Envelope
from fullmakt.events import CONTRACTS
from msgspec import Struct
from sqlalchemy import text

from libs.shared.database import Tx

LOCK = text("SELECT thing, version, parked FROM lock_inbox(:stream, CAST(:things AS uuid[]))")
ADVANCE = text(
    "UPDATE inbox i SET version = done.version"
    " FROM unnest(CAST(:things AS uuid[]), CAST(:versions AS bigint[])) AS done(thing, version)"
    " WHERE i.stream = :stream AND i.thing = done.thing"
)
DROP_DONE = text(
    "DELETE FROM parked p USING inbox i WHERE i.stream = p.stream AND i.thing = p.thing AND p.version <= i.version"
    " AND p.stream = :stream AND p.thing = ANY(CAST(:things AS uuid[]))"
)
FOLLOWS = "ce-follows"
"""A header of an event that is sent again after events before it were pruned: the version that it now follows."""
WAKE_NEXT = text(
    "WITH next AS (SELECT p.thing, p.version, coalesce(CAST(p.headers->>'ce-follows' AS bigint), p.version - 1)"
    " <= lag(p.version, 1, i.version) OVER (PARTITION BY p.thing ORDER BY p.version) AS follows"
    " FROM parked p JOIN inbox i USING (stream, thing)"
    " WHERE stream = :stream AND p.version > i.version AND thing = ANY(CAST(:things AS uuid[]))),"
    " waiting AS (SELECT thing, version,"
    " bool_and(follows) OVER (PARTITION BY thing ORDER BY version) AS unbroken FROM next)"
    " UPDATE parked p SET retry_at = now() FROM waiting w WHERE p.stream = :stream AND p.thing = w.thing"
    " AND p.version = w.version AND w.unbroken AND p.retry_at IS NULL"
)
"""The versions that follow without a gap on the last one done."""


class Message(Struct, frozen=True, kw_only=True):
    """An event as it came, before it is decoded."""

    stream: str
    envelope: Envelope
    body: bytes
    follows: int
    """The version of its thing that it comes next after; there is none between them, or none any more."""
    attempts: int = 0
    parked: bool = False

    @property
    def latest_only(self) -> bool:
        """Whether versions of its thing may be missing before this one."""
        contract = CONTRACTS.get(self.envelope.type)
        return contract is not None and contract.latest_only


class Progress:
    """How far each thing of a batch has come; its inbox rows stay locked until the transaction ends.

    Locking them all first, in one order, keeps two transactions from waiting for each other, and an event
    that is parked here from being overlooked by one that takes the version before it at the same moment.
    """

    def __init__(self, stream: str, last: dict[UUID, int], parked: set[tuple[UUID, int]]) -> None:
        self.stream = stream
        self.last = last
        self.parked = parked
        self.advanced: set[UUID] = set()
        self.early: dict[tuple[UUID, int], Message] = {}

    @classmethod
    async def lock(cls, tx: Tx, stream: str, messages: Sequence[Message]) -> "Progress":
        """Lock and read what is known of the things of these messages."""
        given = {"stream": stream, "things": sorted({message.envelope.subject for message in messages})}
        rows = list(await tx.session.execute(LOCK, given))
        last = {row.thing: row.version for row in rows}
        return cls(stream, last, {(row.thing, version) for row in rows for version in row.parked})

    def is_next(self, message: Message) -> bool:
        """Whether to handle this event now; one that comes too early is kept for later."""
        envelope, last = message.envelope, self.last[message.envelope.subject]
        key = (envelope.subject, envelope.version)
        if envelope.version <= last or (key in self.parked and not message.parked):
            return False
        if message.latest_only or (message.follows <= last and not self._waits_between(last, envelope)):
            return True
        self.early[key] = message
        return False

    def _waits_between(self, last: int, envelope: Envelope) -> bool:
        """Whether an earlier event of the thing is parked here, though pruned where it came from."""
        between = range(last + 1, envelope.version)
        return any(thing == envelope.subject and version in between for thing, version in self.parked)

    def advance(self, done: Envelope) -> "Message | None":
        """Count an event as done; answers the next of its thing if that came too early."""
        self.last[done.subject] = done.version
        self.advanced.add(done.subject)
        waiting = [key for key, early in self.early.items() if key[0] == done.subject and early.follows <= done.version]
        return self.early.pop(min(waiting)) if waiting else None

    async def save(self, tx: Tx) -> None:
        """Keep the versions reached; drop what they outdate, and have what waited for them tried."""
        things = sorted(self.advanced)
        if things:
            versions = [self.last[thing] for thing in things]
            await tx.session.execute(ADVANCE, {"stream": self.stream, "things": things, "versions": versions})
        if self.parked:
            touched = {"stream": self.stream, "things": sorted({thing for thing, _ in self.parked})}
            await tx.session.execute(DROP_DONE, touched)
            await tx.session.execute(WAKE_NEXT, touched)
