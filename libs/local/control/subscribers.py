"""NATS users for whoever follows events in a test."""

import asyncio
import os
import re
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import msgspec
from nats.js.errors import NotFoundError

from libs.local.control.connection import jetstream
from libs.local.control.errors import NotNow, Refused, Unknown, check_name
from libs.local.control.waiting import comes_true
from libs.local.nats import ADMIN, Nats
from libs.local.nats_permissions import PEOPLE, SERVICES, VENDOR

NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}")
TAKEN = {ADMIN, "portal", *SERVICES}
KNOWN_WITHIN = 5.0  # seconds


class Subscriber(msgspec.Struct, frozen=True):
    """How a subscriber connects to NATS; its inbox prefix is `_INBOX_<user>`, and its durables bear its name."""

    user: str
    password: str


class Subscribers:
    """Makes users in a running server."""

    def __init__(self, nats: Nats, pid: Callable[[], int | None]) -> None:
        """`pid` tells the server's process id at this moment, or None while it doesn't run."""
        self._nats, self._pid = nats, pid
        self._making = asyncio.Lock()

    async def ensure(self, name: str, *, people: bool, vendor: bool = False) -> Subscriber:
        """Return the user of this name, made now if there is none; the server knows it."""
        check_name(name, NAME)
        if name in TAKEN:
            raise Refused(f"{name!r} is the name of a user of the system itself")
        async with self._making:
            before = self._nats.subscribers().get(name)
            now = self._nats.add_subscriber(name, people=people, vendor=vendor)
            subscriber = Subscriber(name, now.password)
            if before != now or not await self._is_known(subscriber):
                await self._make_known(subscriber, VENDOR if vendor else PEOPLE if people else "identity")
        return subscriber

    async def remove(self, name: str) -> None:
        """Take the user away, with what it has read: its durables go as well."""
        check_name(name, NAME)
        async with self._making:
            if name not in self._nats.subscribers():
                raise Unknown(f"no subscriber {name!r}")
            async with jetstream(self._nats.url, ADMIN, self._nats.passwords[ADMIN]) as js:
                for stream in await js.streams_info():
                    with suppress(NotFoundError):
                        await js.delete_consumer(stream.config.name or "", name)
            self._nats.remove_subscriber(name)
            self._reload()

    def _reload(self) -> None:
        """Have the server read its configuration anew; connections of others stay."""
        if pid := self._pid():
            with suppress(ProcessLookupError):  # a server that starts reads it anyway
                os.kill(pid, signal.SIGHUP)

    async def _make_known(self, subscriber: Subscriber, stream: str) -> None:
        """Have the server know it."""
        self._reload()
        if not await comes_true(partial(self._is_known, subscriber, stream), within=KNOWN_WITHIN):
            raise NotNow(f"NATS doesn't know {subscriber.user} after {KNOWN_WITHIN:g} s")

    async def _is_known(self, subscriber: Subscriber, stream: str | None = None) -> bool:
        """Whether the server lets the user in, and has it ask about the stream."""
        try:
            async with jetstream(self._nats.url, subscriber.user, subscriber.password, patience=1) as js:
                if stream is not None:
                    await js.stream_info(stream)
        except Unknown:
            return True
        except NotNow:
            return False
        return True
