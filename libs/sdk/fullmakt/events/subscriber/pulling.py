"""Pulling from a durable: one lingering request at the server, and a watch over a subscription gone dead."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import suppress

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

EXPIRES = 5
"""Seconds that a request waits at the server before it is made again."""
LAST_WORDS = 1.0
"""Seconds to wait for what was on its way to us when we ended."""
HEARTBEAT = 1
SILENT = 2.5 * HEARTBEAT
"""Seconds without a word from the server after which the subscription counts as dead."""
NANO = 1_000_000_000
PIN = "Nats-Pin-Id"
GOING_ON = "100"
"""Status of a heartbeat."""
ENDED = ("404", "408")
"""Statuses that end a request in the ordinary way; all others mean that the durable can't be read like this."""


class Refused(Exception):
    """The server did not take the request, or gave it up; the argument is its status."""


class Puller:
    """What a durable has to give, in batches of what is there, at once when something comes.

    `group`: the priority group to pull in, so that one client at a time gets messages; `pin` is then the mark
    under which the server gives them to us.
    """

    def __init__(self, client: Client, stream: str, durable: str, *, batch: int, group: str | None = None) -> None:
        self.client = client
        self.subject = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}"
        self.batch = batch
        self.group = group
        self.pin: str | None = None
        self._owed = 0
        self._at_work = False
        self._received: list[Msg] = []
        self._something = asyncio.Event()

    async def batches(self) -> AsyncGenerator[list[Msg], None]:
        """Messages for ever. TimeoutError when the server falls silent, Refused when it says no.

        What was on its way to us when this ends is there for `let_go`.
        """
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox, cb=self._receive)
        self._owed, self._at_work = 0, False
        staying = asyncio.create_task(self._stay(inbox))
        try:
            while True:
                if self._owed <= self.batch // 2:
                    await self._request(inbox, self.batch)
                received = await self._next()
                messages = [message for message in received if not _is_status(message)]
                self._owed -= len(messages) + sum(self._left_of(message) for message in received if _is_status(message))
                if messages:
                    self.pin = (messages[-1].headers or {}).get(PIN, self.pin)
                    self._at_work = True
                    yield messages
                    self._at_work = False
        except TimeoutError:
            await _at_most(LAST_WORDS, subscription.unsubscribe())
            raise
        except BaseException:
            await _at_most(LAST_WORDS, subscription.drain())  # type: ignore[no-untyped-call]
            raise
        finally:
            staying.cancel()

    async def _stay(self, inbox: str) -> None:
        """Ask for one more now and then while a batch is worked on: who falls silent loses the pin to another."""
        while True:
            await asyncio.sleep(EXPIRES)
            if self._at_work:
                with suppress(nats.errors.Error, OSError):
                    await self._request(inbox, 1)

    def replies(self) -> list[str]:
        """Where to answer what has come and has not been given out yet."""
        return [message.reply for message in self._received if not _is_status(message)]

    def let_go(self) -> list[str]:
        """The same, and they are not given out any more."""
        replies, self._received = self.replies(), []
        return replies

    async def _receive(self, message: Msg) -> None:
        self._received.append(message)
        self._something.set()

    async def _next(self) -> list[Msg]:
        if not self._received:
            self._something.clear()
            async with asyncio.timeout(SILENT):
                await self._something.wait()
        received, self._received = self._received, []
        return received

    async def _request(self, inbox: str, batch: int) -> None:
        self._owed += batch
        body: dict[str, object] = {
            "batch": batch,
            "expires": int(EXPIRES * NANO),
            "idle_heartbeat": int(HEARTBEAT * NANO),
        }
        if self.group is not None:
            body |= {"group": self.group} | ({"id": self.pin} if self.pin else {})
        await self.client.publish(self.subject, msgspec.json.encode(body), reply=inbox)

    def _left_of(self, status: Msg) -> int:
        """How many messages of a request are owed no longer, now that it has ended."""
        headers = status.headers or {}
        if headers["Status"] == GOING_ON:
            return 0
        if headers["Status"] not in ENDED:
            self.pin = None
            raise Refused(f"{headers['Status']} {headers.get('Description', '')}".strip())
        return int(headers.get("Nats-Pending-Messages", self.batch))


async def _at_most(seconds: float, ending: Awaitable[None]) -> None:
    """Wait for that, unless it fails or takes longer."""
    with suppress(nats.errors.Error, OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            await ending


def _is_status(message: Msg) -> bool:
    """Whether the server sent this in place of a message."""
    return not message.data and message.headers is not None and "Status" in message.headers
