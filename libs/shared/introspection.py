"""Whether the session of one token goes on, asked of identity over HTTP: the way while the feed is silent."""

import time

import httpx
from litestar import Litestar

from libs.shared.auth import Caller
from libs.shared.errors import Unavailable

GOOD_FOR = 0.5
"""Seconds that a yes is gone by, from when it was asked for; within the second that a sign-out may take."""
REMEMBERED = 10_000
TIMEOUT = 2.0


class Introspection:
    """Asks with the token itself: 200 is a yes, 401 a no, and anything else is no answer."""

    def __init__(self, identity_url: str) -> None:
        self._url = f"{identity_url}/v1/sessions/current"
        self._client: httpx.AsyncClient | None = None
        self._good: dict[str, float] = {}

    async def __call__(self, _: Caller, token: str) -> bool:
        """Whether the token's session goes on; Unavailable if identity doesn't say."""
        asked = time.monotonic()
        if asked < self._good.get(token, 0.0):
            return True
        status = await self._asked(token)
        if status not in (200, 401):
            raise Unavailable
        if status == 200:
            self._remember(token, asked)
        return status == 200

    async def close(self, _: Litestar) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _asked(self, token: str) -> int:
        self._client = self._client or httpx.AsyncClient(timeout=TIMEOUT)
        try:
            answer = await self._client.get(self._url, headers={"Authorization": f"Bearer {token}"})
        except httpx.HTTPError as error:
            raise Unavailable from error
        return answer.status_code

    def _remember(self, token: str, asked: float) -> None:
        if len(self._good) >= REMEMBERED:
            self._good.clear()
        self._good[token] = asked + GOOD_FOR
