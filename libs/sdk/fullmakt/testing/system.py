"""A whole running system as the harness uses it: started apart or found at an address."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import Self

import httpx

from fullmakt.client import AsyncFullmakt, ClientCredentials, Credentials, SignIn
from fullmakt.client.models import identity
from fullmakt.events import Subscriber
from fullmakt.testing.backend import Backend
from fullmakt.testing.calls import Loop
from fullmakt.testing.control import Control, Place
from fullmakt.testing.events import EventLog

SKEW = timedelta(seconds=5)
"""How far the clock of a system elsewhere may be behind ours."""


class RunningSystem:
    """A system and what every test needs of it: its clients, and a log of its events. Made by `connect`."""

    loop: Loop
    control: Control
    place: Place
    http: httpx.Client
    async_http: httpx.AsyncClient
    operator: AsyncFullmakt
    decider: AsyncFullmakt
    anybody: AsyncFullmakt
    log: EventLog

    @classmethod
    def connect(cls, address: str, backend: Backend | None = None) -> Self:
        """A system by the address of its control API; `backend`: stopped with it."""
        system = cls()
        system.loop = Loop()
        system._backend = backend
        try:
            system.loop.run(system._connect(address)).result()
        except BaseException:
            system.loop.run(system._close()).result()
            system.loop.close()
            raise
        return system

    def __init__(self) -> None:
        self._backend: Backend | None = None

    def close(self) -> None:
        """Let go of it, and stop it if it was started for us."""
        self.loop.run(self._disconnect()).result()
        self.loop.close()
        if self._backend is not None:
            self._backend.stop()

    async def _connect(self, address: str) -> None:
        self.control = Control(address)
        self.http = httpx.Client(timeout=10, trust_env=False)  # on this machine: by no proxy
        self.async_http = httpx.AsyncClient(timeout=10, trust_env=False)
        self.place = await self.control.place()
        self.anybody = self._caller(None)
        self.operator = self._caller(SignIn(self.place.operator.email, self.place.operator.password))
        account = identity.OpenServiceAccount(name="Test harness", scopes=["access.decide"])
        opened = await self.operator.identity.open_service_account(account)
        self.decider = self._caller(ClientCredentials(opened.client_id, opened.client_secret))
        await self._listen()

    def _caller(self, credentials: Credentials | None) -> AsyncFullmakt:
        return AsyncFullmakt(self.place.urls, credentials, http=self.async_http)

    async def _listen(self) -> None:
        """Follow all events from now on, under a name that no other run has."""
        name = f"harness-{secrets.token_hex(4)}"
        user = await self.control.subscriber(name, people=True, vendor=True)
        start = datetime.now(UTC) - SKEW
        self._subscriber = Subscriber(self.place.nats, name, user=user.user, password=user.password, start=start)
        self.log = EventLog()
        self.log.attach(self._subscriber)
        self._listening = asyncio.create_task(self._subscriber.run())

    async def _disconnect(self) -> None:
        self._subscriber.stop()
        await self._listening
        if self._backend is None:  # it goes on without us
            await self.control.remove_subscriber(self._subscriber.name)
        await self._close()

    async def _close(self) -> None:
        self.http.close()
        await self.async_http.aclose()
        await self.control.close()
