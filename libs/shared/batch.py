"""A batch of the outbox on its way to a stream: published, then acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self, cast

import nats.errors
from msgspec import Struct
from nats.js import JetStreamContext
from nats.js.api import Header, PubAck
from nats.js.errors import Error as JetStreamError

ACK_TIMEOUT = 5.0
SENT_AT_ONCE = 64
"""Messages after which what waits is let go on: the connection, that sends them, and the rest of the worker."""
PUBLISH_ERRORS = (JetStreamError, nats.errors.Error, TimeoutError, OSError)


class Unsent(Struct, frozen=True):
    """A row of the outbox that is to be published."""

    id: int
    subject: str
    headers: dict[str, str]
    body: bytes


class Batch:
    """Rows that are published together.

    Each message names the sequence and the message that it expects to follow: by the sequence alone one could be
    taken after those before it were refused, when another relay has brought the stream to where it fits.
    """

    def __init__(self, rows: Sequence[Unsent]) -> None:
        self.rows = rows
        self.pending: list[asyncio.Future[PubAck]] = []

    async def publish(self, jetstream: JetStreamContext, *, after: int, behind: str | None) -> None:
        """Send all; the first is to follow on this sequence, and on the message with this id unless it is None."""
        for offset, row in enumerate(self.rows):
            id_ = row.headers["ce-id"]
            headers = row.headers | {Header.MSG_ID: id_, Header.EXPECTED_LAST_SEQUENCE: str(after + offset)}
            if behind is not None:
                headers[Header.EXPECTED_LAST_MSG_ID] = behind
            behind = id_
            self.pending.append(await jetstream.publish_async(row.subject, row.body, headers=headers))
            if offset % SENT_AT_ONCE == SENT_AT_ONCE - 1:
                await asyncio.sleep(0)

    async def settled(self) -> list[PubAck | BaseException]:
        """What became of each message, once the server has answered for every one."""
        async with asyncio.timeout(ACK_TIMEOUT):
            return await asyncio.gather(*self.pending, return_exceptions=True)

    async def acknowledged(self) -> list[PubAck]:
        """All acknowledgements, or the first error."""
        acks: list[PubAck] = []
        for outcome in await self.settled():
            if isinstance(outcome, BaseException):
                raise outcome
            acks.append(outcome)
        return acks

    def forget(self) -> None:
        """Wait for no answer any more."""
        for each in self.pending:
            each.cancel()


class Pipeline:
    """Two batches at most: one that is being noted as sent, and one that goes out meanwhile.

    After an error it ends once the server has answered for both: nothing comes into the stream after its end is read.
    """

    def __init__(self, note: Callable[[Batch], Awaitable[None]]) -> None:
        self.note = note
        self.batches: list[Batch] = []
        self.noting: asyncio.Future[None] | None = None
        self.last_id: str | None = None

    @property
    def rows(self) -> list[Unsent]:
        """The rows that may not be noted as sent yet."""
        return [row for batch in self.batches for row in batch.rows]

    async def start(self, batch: Batch, jetstream: JetStreamContext, *, after: int) -> None:
        """Send a batch; once the one before it is noted, begin to note this one."""
        self.batches.append(batch)
        await batch.publish(jetstream, after=after, behind=self.last_id)
        self.last_id = batch.rows[-1].headers["ce-id"]
        await self.wait()
        self.noting = asyncio.ensure_future(self.note(batch))

    async def is_noting_at(self, hint: asyncio.Event) -> bool:
        """Wait until there is a hint, or the batch that is being noted is through; whether the hint came first."""
        if self.noting is None:
            return False
        hinted: asyncio.Future[Any] = asyncio.ensure_future(hint.wait())
        try:
            await asyncio.wait([cast("asyncio.Future[Any]", self.noting), hinted], return_when=asyncio.FIRST_COMPLETED)
        finally:
            hinted.cancel()
        return hint.is_set()

    async def wait(self) -> None:
        """Wait until the batch that is being noted is through."""
        if self.noting is not None:
            await self.noting
            self.noting = None
            self.batches.pop(0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self.wait()
            elif isinstance(error, PUBLISH_ERRORS):
                await asyncio.gather(*(batch.settled() for batch in self.batches), return_exceptions=True)
        finally:
            await self._end()

    async def _end(self) -> None:
        for batch in self.batches:
            batch.forget()
        if self.noting is not None and not self.noting.done():
            self.noting.cancel()
            await asyncio.wait([self.noting])
