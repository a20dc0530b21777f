"""What goes wrong, on demand, and time that passes: for tests with a system of their own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from fullmakt.events import CONTRACTS
from fullmakt.testing.calls import Loop, on_loop
from fullmakt.testing.control import Control, ControlError
from fullmakt.testing.events import Received


class NotYourOwn(RuntimeError):
    """Other tests use this system too; take the fixture `own_fullmakt` for a test that moves time or breaks things."""


class Clock:
    """Business time: deadlines, reminders, end dates. Tokens, leases and pauses go by real time."""

    def __init__(self, loop: Loop, control: Control) -> None:
        self.loop = loop
        self._control = control
        self._ahead = timedelta()

    @on_loop
    async def forward(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """Move time forward by so much more, in all services; all of them have it when this returns.

        Raises ValueError: that would be back.
        """
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta():
            raise ValueError("time goes forward alone")
        await self._control.move_clock((self._ahead + step).total_seconds())
        self._ahead += step


class Faults:
    """Processes are named as in `clients-api`, `notify-worker`, `nats`, `postgres`."""

    def __init__(self, loop: Loop, control: Control) -> None:
        self.loop = loop
        self._control = control

    @on_loop
    async def kill(self, process: str) -> None:
        """Kill a process with SIGKILL; it comes back by itself."""
        await self._control.kill(process)

    @on_loop
    async def stop(self, process: str) -> None:
        """Stop a process, which stays away until `start`."""
        await self._control.hold(process, "stopped")

    @on_loop
    async def start(self, process: str) -> None:
        """Start a stopped process."""
        await self._control.hold(process, "running")

    @asynccontextmanager
    async def stopped(self, process: str) -> AsyncIterator[None]:
        """A process stays away for as long as the block lasts."""
        await self.stop(process)
        try:
            yield
        finally:
            await self.start(process)

    @on_loop
    async def redeliver(self, received: Received[Any]) -> None:
        """Have an event come again, to every consumer; what `events.all` gives can be named."""
        contract = CONTRACTS[received.envelope.type]
        await self._control.redeliver(contract.stream, str(received.envelope.id))

    @on_loop
    async def delay(self, consumer: str, *, seconds: float) -> None:
        """Let a subscriber, or a service by its name, have no events for a while; they come afterwards."""
        paused = [await self._pause(stream, consumer, seconds) for stream in {c.stream for c in CONTRACTS.values()}]
        if not any(paused):
            raise ControlError(f"{consumer} follows no stream")

    async def _pause(self, stream: str, consumer: str, seconds: float) -> bool:
        try:
            await self._control.pause(stream, consumer, seconds)
        except ControlError as error:
            if ": 404 " in str(error):
                return False
            raise
        return True
