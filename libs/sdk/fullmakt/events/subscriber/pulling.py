"""Pulling from a durable: one lingering request at the server, and a watch over a subscription gone dead."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import msgspec
import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

EXPIRES = 5
"""Seconds that a request waits at the server before it is made again."""
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
        self._received: list[Msg] = []
        self._something = asyncio.Event()

    async def batches(self) -> AsyncGenerator[list[Msg], None]:
        """Messages for ever. TimeoutError when the server falls silent, Refused when it says no."""
        inbox = self.client.new_inbox()
        subscription = await self.client.subscribe(inbox, cb=self._receive)
        try:
            owed = 0
            while True:
                if owed <= self.batch // 2:
                    await self._request(inbox)
                    owed += self.batch
                received = await self._next()
                messages = [message for message in received if not _is_status(message)]
                owed -= len(messages) + sum(self._left_of(message) for message in received if _is_status(message))
                if messages:
                    self.pin = (messages[-1].headers or {}).get(PIN, self.pin)
                    yield messages
        finally:
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    def replies(self) -> list[str]:
        """Where to answer what has come and has not been given out yet."""
        return [message.reply for message in self._received if not _is_status(message)]

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

    async def _request(self, inbox: str) -> None:
        body: dict[str, object] = {"batch": self.batch, "expires": EXPIRES * NANO, "idle_heartbeat": HEARTBEAT * NANO}
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


def _is_status(message: Msg) -> bool:
    """Whether the server sent this in place of a message."""
    return not message.data and message.headers is not None and "Status" in message.headers
