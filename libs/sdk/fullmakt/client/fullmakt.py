"""The whole of Fullmakt, as a caller sees it."""

from collections.abc import Callable
from types import TracebackType
from typing import Self

import httpx

from fullmakt.client.addresses import Addresses, Base
from fullmakt.client.credentials import Credentials
from fullmakt.client.operations.access import Access, AsyncAccess
from fullmakt.client.operations.clients import AsyncClients, Clients
from fullmakt.client.operations.identity import AsyncIdentity, Identity
from fullmakt.client.operations.notify import AsyncNotify, Notify
from fullmakt.client.retries import Retries
from fullmakt.client.sending import Sending
from fullmakt.client.transport import Transport
from fullmakt.client.transport_async import AsyncTransport

TIMEOUT = 10.0
"""Seconds that one attempt waits for the connection, and then for each part of the answer."""


class Fullmakt:
    """All services; many threads may use it at once. Close it, or use it in a `with`.

    `base`: the address under which all services are, or one for each of those that are called, by name.
    `credentials`: ClientCredentials, SignIn or AccessToken; without any only what is open to all can be called.
    `timeout`: seconds for each attempt; `retries`: how long a call is tried for. `traceparent` gives the value of the
    header of that name (W3C Trace Context) for each request. `http`: your own httpx client, which is left open.
    """

    def __init__(
        self,
        base: Base,
        credentials: Credentials | None = None,
        *,
        timeout: float = TIMEOUT,
        retries: Retries | None = None,
        traceparent: Callable[[], str | None] | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        sending = Sending(Addresses(base), timeout, retries or Retries(), traceparent)
        self._transport = Transport(sending, credentials, http)
        self.identity = Identity(self._transport)
        self.clients = Clients(self._transport)
        self.access = Access(self._transport)
        self.notify = Notify(self._transport)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class AsyncFullmakt:
    """All services; many tasks of an event loop may use it at once. Close it, or use it in an `async with`.

    Arguments as those of Fullmakt.
    """

    def __init__(
        self,
        base: Base,
        credentials: Credentials | None = None,
        *,
        timeout: float = TIMEOUT,
        retries: Retries | None = None,
        traceparent: Callable[[], str | None] | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        sending = Sending(Addresses(base), timeout, retries or Retries(), traceparent)
        self._transport = AsyncTransport(sending, credentials, http)
        self.identity = AsyncIdentity(self._transport)
        self.clients = AsyncClients(self._transport)
        self.access = AsyncAccess(self._transport)
        self.notify = AsyncNotify(self._transport)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.close()
