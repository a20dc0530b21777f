"""The relay: publishes a stream's outbox in order, once each, and notes the sequence that JetStream gave.

Rows are taken by being unsent, never by `id > last`: numbers are given out before transactions commit. The
versions of one thing are serialised by its row's lock, so their ids stand in their order. Each message
names what it expects to follow; a refusal means that another relay was here, or that the store went
back in time, and the stream's end is read before anything more is sent.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import nats.errors
from fullmakt.cloudevents import Envelope, NotAnEvent, from_headers
from msgspec import json
from nats.js.api import RawStreamMsg
from nats.js.errors import NotFoundError
from sqlalchemy import text

from libs.shared.batch import PUBLISH_ERRORS, Batch, Pipeline, Unsent
from libs.shared.bus import Bus, stop_if_cancelled
from libs.shared.database import Database

log = logging.getLogger(__name__)

BATCH = 1000
ADOPT_BATCH = 200
ROLLED_BACK_AT_ONCE = 10_000
POLL = 1.0
PAUSE = 0.2

UNSENT = (
    "SELECT id, subject, headers, body FROM outbox"
    " WHERE stream = $1 AND stream_seq IS NULL AND id <> ALL ($3::bigint[]) ORDER BY id LIMIT $2"
)
SENT = "UPDATE outbox o SET stream_seq = s.seq FROM unnest($1::bigint[], $2::bigint[]) AS s(id, seq) WHERE o.id = s.id"
LAST_RECORDED = "SELECT coalesce(max(stream_seq), 0) FROM outbox WHERE stream = $1"
ANY_UNSENT = "SELECT EXISTS (SELECT FROM outbox WHERE stream = $1 AND stream_seq IS NULL)"
ROLLED_BACK = text(
    "WITH lost AS (SELECT id, stream, thing, version FROM outbox"
    " WHERE stream = :stream AND stream_seq > :last AND stream_seq <= :recorded ORDER BY stream_seq LIMIT :at_most)"
    " UPDATE outbox o SET stream_seq = NULL, headers = o.headers - 'ce-follows' || CASE"
    " WHEN before.version = o.version - 1 THEN '{}'"
    " ELSE jsonb_build_object('ce-follows', CAST(before.version AS text)) END"
    " FROM lost CROSS JOIN LATERAL (SELECT coalesce(max(b.version), 0) AS version FROM outbox b"
    " WHERE b.stream = lost.stream AND b.thing = lost.thing AND b.version < lost.version) before WHERE o.id = lost.id"
)
"""The header: see FOLLOWS in libs/shared/progress.py.

From the oldest on: as long as one is left, the next relay sees that the stream went back.
"""
ADOPT = text(
    "UPDATE outbox o SET stream_seq = adopted.seq FROM ("
    "SELECT here.id, min(s.seq) AS seq"
    " FROM unnest(CAST(:ids AS text[]), CAST(:things AS uuid[]), CAST(:versions AS bigint[]), CAST(:seqs AS bigint[]))"
    " AS s(id, thing, version, seq)"
    " JOIN outbox found USING (thing, version)"
    " JOIN outbox here ON here.stream = found.stream AND here.thing = found.thing"
    " AND (here.version = found.version OR :latest_only AND here.version < found.version)"
    " WHERE found.stream = :stream AND found.headers->>'ce-id' = s.id"
    " AND found.stream_seq IS NULL AND here.stream_seq IS NULL"
    " GROUP BY here.id) adopted WHERE o.id = adopted.id"
)
"""Where only the latest is kept, also the thing's earlier rows: their messages may be erased already."""


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
        in_step = False
        while not self.bus.client.is_closed:
            stop_if_cancelled()
            try:
                if not self.bus.client.is_connected:
                    in_step = False
                    await asyncio.sleep(PAUSE)
                    continue
                if not in_step:
                    await self.synchronise()
                self.hint.clear()
                in_step = await self.publish_unsent() > 0 or await self._wait_in_step()
            except PUBLISH_ERRORS as error:
                log.warning("relay of %s reads the stream's end: %s", self.stream, type(error).__name__)
                in_step = False
                await asyncio.sleep(PAUSE)
        raise nats.errors.ConnectionClosedError

    async def _wait_in_step(self) -> bool:
        """Wait for something to publish; where nothing comes, see whether the stream still ends where we left it."""
        try:
            async with asyncio.timeout(POLL):
                await self.hint.wait()
        except TimeoutError:
            info = await self.bus.jetstream.stream_info(self.stream)
            return info.state.last_seq == self.last_seq
        return True

    async def publish_unsent(self) -> int:
        """Publish what is unsent, in batches; answers how many rows that was.

        A batch is read and goes out while the one before it is acknowledged and noted.
        """
        published = 0
        async with Pipeline(self._note) as pipeline:
            while rows := await self._next(pipeline):
                await pipeline.start(Batch(rows), self.bus.jetstream, after=self.last_seq + published)
                published += len(rows)
        self.last_seq += published
        return published

    async def _next(self, pipeline: Pipeline) -> list[Unsent]:
        """What to publish now, or is told of while a batch is still being noted; nothing once all is noted."""
        while True:
            self.hint.clear()
            rows = await self._read(pipeline.rows)
            if rows or not await pipeline.is_noting_at(self.hint):
                return rows

    async def _read(self, under_way: Sequence[Unsent]) -> list[Unsent]:
        found = await self.database.fetch(UNSENT, self.stream, BATCH, [row.id for row in under_way])
        return [Unsent(id_, subject, json.decode(headers), body) for id_, subject, headers, body in found]

    async def _note(self, batch: Batch) -> None:
        acks = await batch.acknowledged()
        if self.latest_only:
            await self._erase_older({row.subject: ack.seq for row, ack in zip(batch.rows, acks, strict=True)})
        await self._record([row.id for row in batch.rows], [ack.seq for ack in acks])

    async def _record(self, ids: list[int], seqs: list[int]) -> None:
        await self.database.fetch(SENT, ids, seqs)

    async def synchronise(self) -> None:
        """Bring the outbox and the stream's end together: send again what the store lost, adopt what it has."""
        recorded = await self._told(LAST_RECORDED)  # before the end is read: another relay may send more meanwhile
        state = (await self.bus.jetstream.stream_info(self.stream)).state
        last = state.last_seq
        unsent = await self._told(ANY_UNSENT)  # after it, for the same reason
        if recorded > last:
            log.warning("stream %s went back from %d to %d, sending again", self.stream, recorded, last)
            await self._send_again(last, recorded)
        elif unsent:
            for seq in range(max(recorded + 1, state.first_seq), last + 1, ADOPT_BATCH):
                await self._adopt(range(seq, min(seq + ADOPT_BATCH, last + 1)))
        self.last_seq = last

    async def _told(self, question: str) -> Any:
        """What the outbox tells of this stream."""
        (row,) = await self.database.fetch(question, self.stream)
        return row[0]

    async def _send_again(self, last: int, recorded: int) -> None:
        """Have the rows that the stream lost be unsent; one tells what it follows if that is pruned in part."""
        given = {"stream": self.stream, "last": last, "recorded": recorded, "at_most": ROLLED_BACK_AT_ONCE}
        left = True
        while left:
            async with self.database.begin(None) as tx:
                done: Any = await tx.session.execute(ROLLED_BACK, given)
                left = done.rowcount == ROLLED_BACK_AT_ONCE

    async def _adopt(self, seqs: Sequence[int]) -> None:
        """Note that messages are in the stream which were sent before their sequences could be noted."""
        found = [message for message in await asyncio.gather(*map(self._message, seqs)) if message is not None]
        if self.latest_only:
            await self._erase_older({message.subject or "": message.seq or 0 for message in found})
        known = [(envelope, message.seq) for message in found if (envelope := _envelope(message)) is not None]
        given = {
            "stream": self.stream,
            "latest_only": self.latest_only,
            "ids": [str(envelope.id) for envelope, _ in known],
            "things": [envelope.subject for envelope, _ in known],
            "versions": [envelope.version for envelope, _ in known],
            "seqs": [seq for _, seq in known],
        }
        async with self.database.begin(None) as tx:
            await tx.session.execute(ADOPT, given)

    async def _message(self, seq: int) -> RawStreamMsg | None:
        try:
            return await self.bus.jetstream.get_msg(self.stream, seq)
        except NotFoundError:
            return None

    async def _erase_older(self, newest: Mapping[str, int]) -> None:
        """Overwrite the older messages of these subjects on disk: a purge alone leaves their bytes there."""
        await asyncio.gather(*(self._erase_before(subject, seq) for subject, seq in newest.items()))

    async def _erase_before(self, subject: str, newest: int) -> None:
        while (seq := await self._first_of(subject)) is not None and seq < newest:
            await self.bus.jetstream.delete_msg(self.stream, seq)

    async def _first_of(self, subject: str) -> int | None:
        try:
            return (await self.bus.jetstream.get_msg(self.stream, seq=1, subject=subject, next=True)).seq
        except NotFoundError:
            return None


def _envelope(message: RawStreamMsg) -> Envelope | None:
    try:
        return from_headers(message.headers)
    except NotAnEvent:
        return None  # none of ours
