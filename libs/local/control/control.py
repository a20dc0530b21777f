"""What the control API acts on: one running system, by its home."""

import os
import signal
from datetime import timedelta
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec

from libs.local.clock import move_clock
from libs.local.control.errors import NotNow, Refused, Unknown
from libs.local.control.operator import Operator, Operators
from libs.local.control.streams import Streams
from libs.local.control.subscribers import Subscriber, Subscribers
from libs.local.control.under_way import UnderWay, under_way
from libs.local.control.waiting import comes_true
from libs.local.home import Status, read_held, read_status, write_held
from libs.local.nats import Nats

SELF = "control"
SETTLED_WITHIN = 25.0  # seconds: a process has 10 s to drain, and one that stumbles is started again after 5 s at most
State = Literal["running", "stopped", "restarting"]


class Process(msgspec.Struct, frozen=True):
    """A process of the system; `pid` is null while it doesn't run, `starts` counts up."""

    pid: int | None
    state: State
    starts: int


class Place(msgspec.Struct, frozen=True):
    """Where everything of a system is."""

    urls: dict[str, str]
    catcher: str
    nats: str
    operator: Operator
    home: str


class Control:
    """Acts on a system. It is made in the supervisor, and used in the process `control` alone."""

    def __init__(self, home: Path, nats: Nats, operators: Operators) -> None:
        """Change nothing yet."""
        self.home = home
        self.operators = operators
        self._nats = nats
        self.streams = Streams(nats)
        self.subscribers = Subscribers(nats, lambda: self.status().pids.get("nats"))

    def status(self) -> Status:
        """What the supervisor wrote last."""
        return read_status(self.home)

    async def place(self) -> Place:
        """Where everything is; the operator is added at the first call."""
        status = self.status()
        return Place(status.urls, status.catcher, status.nats, await self.operators.operator(status), str(self.home))

    async def subscriber(self, name: str, *, people: bool, vendor: bool) -> Subscriber:
        """A subscriber's user, made at the first call."""
        return await self.subscribers.ensure(name, people=people, vendor=vendor)

    async def remove_subscriber(self, name: str) -> None:
        """Take a subscriber's user away, and its durables."""
        await self.subscribers.remove(name)

    async def move_clock(self, ahead: timedelta) -> None:
        """Have business time so much ahead of real time in every service."""
        try:
            await move_clock(self.status(), ahead)
        except (OSError, asyncpg.PostgresError) as error:
            raise NotNow(f"not every service's database took the time: {error}") from error

    async def under_way(self) -> UnderWay:
        """What has not come to rest yet."""
        return await under_way(self.status(), self._nats)

    def processes(self) -> dict[str, Process]:
        """Every process but the supervisor, by name."""
        status = self.status()
        return {name: _process(status, name) for name in status.starts}

    def process(self, name: str) -> Process:
        """The process of this name."""
        status = self.status()
        if name not in status.starts:
            raise Unknown(f"no process {name!r}; there are {', '.join(sorted(status.starts))}")
        return _process(status, name)

    def kill(self, name: str) -> Process:
        """Kill a process the hard way, and return what it was; the supervisor starts it again."""
        found = self._other(name)
        if found.pid is None:
            raise Refused(f"{name} doesn't run: it is {found.state}")
        os.kill(found.pid, signal.SIGKILL)
        return found

    async def stop(self, name: str) -> Process:
        """Stop a process in its own orderly way, and have it stay so; returns once it is."""
        self._other(name)
        return await self._hold(name, read_held(self.home) | {name}, "stopped")

    async def run(self, name: str) -> Process:
        """Have a stopped process run again; returns once it does."""
        self._other(name)
        return await self._hold(name, read_held(self.home) - {name}, "running")

    def _other(self, name: str) -> Process:
        if name == SELF:
            raise Refused(f"{SELF} is what you are talking to")
        return self.process(name)

    async def _hold(self, name: str, held: set[str], wanted: State) -> Process:
        write_held(self.home, held)
        os.kill(os.getppid(), signal.SIGUSR1)  # the supervisor looks

        async def settled() -> bool:
            return self.process(name).state == wanted

        if not await comes_true(settled, within=SETTLED_WITHIN):
            raise NotNow(f"{name} is {self.process(name).state} after {SETTLED_WITHIN:g} s")
        return self.process(name)


def _process(status: Status, name: str) -> Process:
    pid, held = status.pids.get(name), name in status.held
    state: State = "restarting"
    if held and pid is None:
        state = "stopped"
    elif not held and pid is not None:
        state = "running"
    return Process(pid, state, status.starts[name])
