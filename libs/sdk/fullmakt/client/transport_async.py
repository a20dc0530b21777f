"""Sending calls from tasks: httpx, one token for all of them, pauses."""

import asyncio
from typing import Any, TypeVar

import httpx

from fullmakt.client.call import Call
from fullmakt.client.conversation import GetToken, Pause, Send, converse
from fullmakt.client.credentials import Credentials
from fullmakt.client.models.identity import TokenView
from fullmakt.client.retries import Outcome
from fullmakt.client.sending import Sending
from fullmakt.client.tokens import KeptToken

T = TypeVar("T")


class AsyncTransport:
    """Sends calls; many tasks of one event loop may use it at once."""

    def __init__(self, sending: Sending, credentials: Credentials | None, http: httpx.AsyncClient | None) -> None:
        self._sending = sending
        self._retries = sending.retries
        self._credentials = credentials
        self._owned = http is None
        self._http = http or httpx.AsyncClient()
        self._kept: KeptToken | None = None
        self._flight: asyncio.Task[KeptToken] | None = None

    async def close(self) -> None:
        """Close connections, unless they are those of a client that was handed in."""
        if self._flight is not None:
            self._flight.cancel()
        if self._owned:
            await self._http.aclose()

    async def call(self, call: Call[T]) -> T:
        """Make a call and read its answer."""
        steps = converse(call, self._retries)
        told: Any = None
        while True:
            try:
                step = steps.send(told)
            except StopIteration as end:
                answer: T = end.value
                return answer
            match step:
                case Send():
                    told = await self._send(step)
                case Pause(seconds):
                    told = None
                    await self._retries.sleep_async(seconds)
                case GetToken(refused):
                    told = await self._token(refused)

    async def _send(self, step: Send) -> Outcome:
        try:
            return await self._http.request(**self._sending.request(step))
        except httpx.RequestError as error:
            return error

    async def _token(self, refused: str | None) -> str | None:
        """The token that is good now. Tasks that need a new one at the same moment share one request for it."""
        if self._credentials is None:
            return None
        source = self._credentials.token()
        if isinstance(source, str):
            return source
        if self._kept is not None and self._kept.good(refused=refused, clock=self._retries.clock):
            return self._kept.value
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew(source))
            self._flight.add_done_callback(_seen)
        return (await asyncio.shield(self._flight)).value  # who is cancelled leaves the others their token

    async def _renew(self, source: Call[TokenView]) -> KeptToken:
        """Get a token for all who wait for it; they fail together too."""
        asked_at = self._retries.clock()
        try:
            self._kept = KeptToken.of(await self.call(source), asked_at=asked_at)
        finally:
            self._flight = None
        return self._kept


def _seen(flight: "asyncio.Task[KeptToken]") -> None:
    """A failure counts as seen, even if all who waited for the token were cancelled."""
    if not flight.cancelled():
        flight.exception()
