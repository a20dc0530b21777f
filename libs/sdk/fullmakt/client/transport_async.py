"""Sending calls from tasks: httpx, one token for all of them, pauses."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext
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
MOST = 100
"""Requests under way at once. More wait here: queued in httpx's own pool, a thousand would get nowhere."""


class AsyncTransport:
    """Sends calls; many tasks of one event loop may use it at once, and of another one later."""

    def __init__(self, sending: Sending, credentials: Credentials | None, http: httpx.AsyncClient | None) -> None:
        self._sending = sending
        self._retries = sending.retries
        self._credentials = credentials
        self._given = http
        self._own: httpx.AsyncClient | None = None
        self._places: AbstractAsyncContextManager[Any] = nullcontext()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._kept: KeptToken | None = None
        self._flight: asyncio.Task[KeptToken] | None = None

    async def close(self) -> None:
        """Close connections, unless they are those of a client that was handed in."""
        self._enter_loop()
        if self._flight is not None:
            self._flight.cancel()
        if self._own is not None:
            await self._own.aclose()

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
        http, request = self._enter_loop(), self._sending.request(step)
        try:
            async with asyncio.timeout(self._sending.longest(step)), self._places:
                return await http.request(**request)
        except httpx.RequestError as error:
            return error
        except TimeoutError:
            return httpx.ReadTimeout("the answer did not end in time")

    def _enter_loop(self) -> httpx.AsyncClient:
        """The httpx client to use. Connections and a renewal that belong to another event loop are forgotten."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop, self._flight = loop, None
            if self._given is None:
                self._own, self._places = httpx.AsyncClient(), asyncio.Semaphore(MOST)
        http = self._given or self._own
        assert http is not None  # noqa: S101 - one of them is set above
        return http

    async def _token(self, refused: str | None) -> str | None:
        """The token that is good now. Tasks that need a new one at the same moment share one request for it."""
        if self._credentials is None:
            return None
        source = self._credentials.token()
        if isinstance(source, str):
            return source
        if self._kept is not None and self._kept.good(refused=refused, clock=self._retries.clock):
            return self._kept.value
        self._enter_loop()
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew(source))
            self._flight.add_done_callback(_seen)
        return (await _shared(self._flight)).value

    async def _renew(self, source: Call[TokenView]) -> KeptToken:
        """Get a token for all who wait for it; they fail together too."""
        asked_at = self._retries.clock()
        try:
            self._kept = KeptToken.of(await self.call(source), asked_at=asked_at)
        finally:
            if self._flight is asyncio.current_task():
                self._flight = None
        return self._kept


async def _shared(flight: "asyncio.Task[KeptToken]") -> KeptToken:
    """What a renewal gives; who is cancelled meanwhile leaves it to the others."""
    try:
        return await asyncio.shield(flight)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if flight.cancelled() and task is not None and not task.cancelling():
            raise RuntimeError("the client was closed while a token was being got") from None
        raise


def _seen(flight: "asyncio.Task[KeptToken]") -> None:
    """A failure counts as seen, even if all who waited for the token were cancelled."""
    if not flight.cancelled():
        flight.exception()
