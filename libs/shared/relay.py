"""The relay: publishes a stream's outbox in order, once each, and notes the sequence that JetStream gave.

Rows are taken by being unsent, never by `id > last`: numbers are given out before transactions commit. The
versions of one thing are serialised by its row's lock, so their ids stand in their order. Each message
names the sequence it expects to follow; a refusal means that another relay was here, or that the store went
back in time, and the stream's end is read before anything more is sent.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import nats.errors
from msgspec import Struct, json
from nats.js.api import Header, PubAck
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError
from sqlalchemy import text

from libs.shared.bus import Bus
from libs.shared.database import Database

log = logging.getLogger(__name__)

BATCH = 1000
POLL = 1.0
PAUSE = 0.2
ACK_TIMEOUT = 5.0
PUBLISH_ERRORS = (JetStreamError, nats.errors.Error, TimeoutError, OSError)

UNSENT = text(
    "SELECT id, thing, subject, headers, body FROM outbox WHERE stream = :stream AND stream_seq IS NULL"
    " ORDER BY id LIMIT :batch"
)
SENT = text(
    "UPDATE outbox o SET stream_seq = s.seq FROM unnest(CAST(:ids AS bigint[]), CAST(:seqs AS bigint[]))"
    " AS s(id, seq) WHERE o.id = s.id"
)
RECORDED = text("SELECT max(stream_seq) FROM outbox WHERE stream = :stream")
ROLLED_BACK = text("UPDATE outbox SET stream_seq = NULL WHERE stream = :stream AND stream_seq > :last")
ADOPT = text(
    "UPDATE outbox o SET stream_seq = :seq FROM outbox found WHERE found.stream = :stream"
    " AND found.headers->>'ce-id' = :id AND found.stream_seq IS NULL AND o.stream = :stream"
    " AND o.thing = found.thing AND o.id <= found.id AND o.stream_seq IS NULL"
)


class Unsent(Struct, frozen=True):
    """A row of the outbox that is to be published."""

    id: int
    thing: UUID
    subject: str
    headers: dict[str, str]
    body: bytes


class Relay:
    """Publishes one stream. One relay per stream is active: the worker that leads runs it."""

    def __init__(self, database: Database, bus: Bus, stream: str, *, latest_only: bool) -> None:
        self.database = database
        self.bus = bus
        self.stream = stream
        self.latest_only = latest_only
        self.hint = asyncio.Event()
        self.last_seq = 0

    async def run(self) -> None:
        """Publish for ever; a notification is a hint, polling is the truth."""
        synchronised = False
        while True:
            try:
                if not synchronised:
                    await self.bus.ensure_stream(self.stream, latest_only=self.latest_only)
                    await self.synchronise()
                    synchronised = True
                self.hint.clear()
                if await self.publish_unsent() == 0:
                    await self._wait_for_hint()
            except PUBLISH_ERRORS as error:
                log.warning("relay of %s reads the stream's end: %s", self.stream, type(error).__name__)
                synchronised = False
                await asyncio.sleep(PAUSE)

    async def _wait_for_hint(self) -> None:
        try:
            await asyncio.wait_for(self.hint.wait(), POLL)
        except TimeoutError:
            return

    async def publish_unsent(self) -> int:
        """Publish what is unsent, up to a batch; answers how many rows that was."""
        async with self.database.begin(None) as tx:
            found = await tx.session.execute(UNSENT, {"stream": self.stream, "batch": BATCH})
            rows = [Unsent(**row) for row in found.mappings()]
        if rows:
            acks = await self._publish(rows)
            if self.latest_only:
                await self._erase_older([(row.subject, ack.seq) for row, ack in zip(rows, acks, strict=True)])
            await self._record([row.id for row in rows], [ack.seq for ack in acks])
        return len(rows)

    async def _publish(self, rows: Sequence[Unsent]) -> list[PubAck]:
        pending = []
        for offset, row in enumerate(rows):
            headers = row.headers | {
                Header.MSG_ID: row.headers["ce-id"],
                Header.EXPECTED_LAST_SEQUENCE: str(self.last_seq + offset),
            }
            pending.append(await self.bus.jetstream.publish_async(row.subject, row.body, headers=headers))
        acks = await asyncio.wait_for(_all(pending), ACK_TIMEOUT)
        self.last_seq = acks[-1].seq
        return acks

    async def _record(self, ids: list[int], seqs: list[int]) -> None:
        async with self.database.begin(None) as tx:
            await tx.session.execute(SENT, {"ids": ids, "seqs": seqs})

    async def synchronise(self) -> None:
        """Bring the outbox and the stream's end together: send again what the store lost, adopt what it has."""
        info = await self.bus.jetstream.stream_info(self.stream)
        last = info.state.last_seq
        async with self.database.begin(None) as tx:
            recorded = await tx.session.scalar(RECORDED, {"stream": self.stream}) or 0
            if recorded > last:
                log.warning("stream %s went back from %d to %d, sending again", self.stream, recorded, last)
                await tx.session.execute(ROLLED_BACK, {"stream": self.stream, "last": last})
        for seq in range(min(recorded, last) + 1, last + 1):
            await self._adopt(seq)
        self.last_seq = last

    async def _adopt(self, seq: int) -> None:
        """Note that a message is in the stream which was sent before its sequence could be noted."""
        try:
            message = await self.bus.jetstream.get_msg(self.stream, seq)
        except NotFoundError:
            return
        if self.latest_only:
            await self._erase_older([(message.subject or "", seq)])
        id_ = (message.headers or {}).get("ce-id")
        async with self.database.begin(None) as tx:
            await tx.session.execute(ADOPT, {"stream": self.stream, "id": id_, "seq": seq})

    async def _erase_older(self, published: Sequence[tuple[str, int]]) -> None:
        """Overwrite the older messages of these subjects on disk: a purge alone leaves their bytes there."""
        for subject, newest in published:
            while (seq := await self._first_of(subject)) is not None and seq < newest:
                await self.bus.jetstream.delete_msg(self.stream, seq)

    async def _first_of(self, subject: str) -> int | None:
        request = json.encode({"seq": 1, "next_by_subj": subject})
        reply = await self.bus.client.request(f"$JS.API.STREAM.MSG.GET.{self.stream}", request, timeout=ACK_TIMEOUT)
        message = json.decode(reply.data, type=dict[str, Any]).get("message")
        return None if message is None else int(message["seq"])


async def _all(pending: Sequence[asyncio.Future[PubAck]]) -> list[PubAck]:
    """All acknowledgements, or the first error once every one has answered, so that none is left unread."""
    settled = await asyncio.gather(*pending, return_exceptions=True)
    for outcome in settled:
        if isinstance(outcome, BaseException):
            raise outcome
    return [outcome for outcome in settled if isinstance(outcome, PubAck)]
