"""The keys that tokens are checked by, as their issuer publishes them: fetched anew before they are old."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from libs.shared.errors import Unavailable

log = logging.getLogger(__name__)

REFRESH_AFTER = 60.0
"""Seconds. A key is published for longer before it signs; one that is withdrawn is good for about so long."""
KEPT_FOR = 600.0
"""Seconds that keys are gone by while their page can't be reached."""
REFETCH_AFTER = 5.0
RETRY_AFTER = 0.5
WRONG = (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading something that somebody made up can raise."""

KeySource = Callable[[], Awaitable[dict[str, Any]]]


def published_keys(url: str) -> KeySource:
    """Keys from a JWKS page; Unavailable when it can't be reached."""

    async def fetch() -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=2) as client:
                return dict((await client.get(url)).raise_for_status().json())
        except (httpx.HTTPError, ValueError, TypeError) as error:
            raise Unavailable from error

    return fetch


class PublishedKeys:
    """Keys fetched with their first use, again when a minute old, and when a token names an unknown one.

    However many tokens name unknown keys, one fetch runs at a time, and one in five seconds.
    """

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._keys: KeySet | None = None
        self._fetching = asyncio.Lock()
        self._renewing: asyncio.Task[None] | None = None
        self._old_at = self._next_fetch = self._void_at = 0.0
        self._fetch_failed = False

    async def current(self) -> KeySet:
        """The keys, a minute old at most where they are in use; Unavailable without any that are recent enough."""
        now = time.monotonic()
        if self._keys is not None and now < self._old_at:
            return self._keys
        if self._keys is None or now >= self._void_at:
            return await self.anew()
        if now >= self._old_at + REFRESH_AFTER and not self._fetch_failed:
            await self._fetch_if_due()  # nobody has asked for long
        elif now >= self._next_fetch and (self._renewing is None or self._renewing.done()):
            self._renewing = asyncio.create_task(self._fetch_if_due())
        return self._keys

    async def anew(self) -> KeySet:
        """The keys as published now, or a moment ago; Unavailable if they could not be fetched then."""
        await self._fetch_if_due()
        if self._keys is None or self._fetch_failed:
            raise Unavailable
        return self._keys

    async def close(self) -> None:
        """Fetch no more."""
        if self._renewing is not None:
            self._renewing.cancel()
            await asyncio.wait([self._renewing])

    async def _fetch_if_due(self) -> None:
        async with self._fetching:
            if time.monotonic() >= self._next_fetch:
                await self._fetch()

    async def _fetch(self) -> None:
        try:
            self._keys = KeySet.import_key_set(await self._source())  # type: ignore[arg-type]  # what isn't: WRONG
            self._fetch_failed = False
            self._old_at = time.monotonic() + REFRESH_AFTER
            self._void_at = time.monotonic() + KEPT_FOR
        except (Unavailable, *WRONG):
            if not self._fetch_failed:
                log.warning("the keys that tokens are checked by can't be fetched")
            self._fetch_failed = True
        self._next_fetch = time.monotonic() + (RETRY_AFTER if self._fetch_failed else REFETCH_AFTER)
