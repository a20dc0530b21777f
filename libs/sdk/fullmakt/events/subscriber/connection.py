"""The connection to NATS: for as long as that takes, again when the server has sent us away, until told to stop."""

import asyncio
import logging
import time
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import nats.errors
from nats.aio.client import Client

log = logging.getLogger("fullmakt.events")

SAY_AGAIN = 10.0
LAST_WORDS = 2.0
"""Seconds to wait for the server at the end."""


class Connection:
    """One connection of a subscriber; nats-py reconnects by itself, but not after the server has refused us once."""

    def __init__(self, name: str, url: str, user: str, password: str | None, options: Mapping[str, Any]) -> None:
        self.name = name
        self.client = Client()
        self._settings = {"error_cb": self._on_error} | _settings(url, user, password) | dict(options)
        self._turn = asyncio.Lock()
        self._begun = False
        self._said: dict[str, float] = {}

    async def connected(self, stopping: asyncio.Event) -> Client:
        """Connect where we are not, and answer the client; where told to stop it may be one that is not connected."""
        async with self._turn:
            if self.client.is_closed:
                self.client, self._begun = Client(), False
            if not self._begun:
                self._begun = True
                await _unless(stopping, self.client.connect(**self._settings))
        return self.client

    async def close(self) -> None:
        """Send what is left to send, and close."""
        if self._begun and not self.client.is_closed:
            with suppress(nats.errors.Error, OSError, TimeoutError):
                if self.client.is_connected:
                    async with asyncio.timeout(LAST_WORDS):
                        await self.client.flush()
            with suppress(nats.errors.Error, OSError):
                await self.client.close()

    async def _on_error(self, error: Exception) -> None:
        """Log it, and the same again only after a while: a server that is away is tried ten times a second."""
        said, now = str(error) or type(error).__name__, time.monotonic()
        if now > self._said.get(said, -SAY_AGAIN) + SAY_AGAIN:
            self._said[said] = now
            log.warning("%s: NATS: %s", self.name, said)


async def _unless(stopping: asyncio.Event, doing: Coroutine[Any, Any, None]) -> None:
    """Do that, or break it off when told to stop."""
    task, told = asyncio.create_task(doing), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait([task, told], return_when=asyncio.FIRST_COMPLETED)
    finally:
        told.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
    if not task.cancelled():
        task.result()


def _settings(url: str, user: str, password: str | None) -> dict[str, Any]:
    """What nats-py needs; the user's own inbox prefix, since no other may be read by it."""
    parts = urlsplit(url)
    user = unquote(parts.username or user)
    host = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    secret = unquote(parts.password) if parts.password else password
    credentials = {"user": user, "password": secret} if secret else {}
    settings = {"name": user, "inbox_prefix": f"_INBOX_{user}", "max_reconnect_attempts": -1, "ping_interval": 5}
    return {"servers": host, "reconnect_time_wait": 0.1, **settings, **credentials}
