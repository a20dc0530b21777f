"""The subscriber: handlers for event types, a durable on each of their streams, and what there is to see of it."""

import asyncio
import logging
import re
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Literal, TypeVar, overload

import nats.errors
from nats.aio.client import Client

from fullmakt.client.errors import NoAnswerError, UnavailableError
from fullmakt.events.base import CONTRACTS, Event
from fullmakt.events.subscriber.connection import Connection
from fullmakt.events.subscriber.deliveries import Context, DeadLetter, Handler, Retry
from fullmakt.events.subscriber.durable import Durable, DurableError, Missing
from fullmakt.events.subscriber.filters import Filter
from fullmakt.events.subscriber.handling import Handling, OnDeadLetter
from fullmakt.events.subscriber.inbox import Inbox, MemoryInbox
from fullmakt.events.subscriber.metrics import Metrics, exposition
from fullmakt.events.subscriber.snapshot import Snapshot
from fullmakt.events.subscriber.subscription import Subscription

log = logging.getLogger("fullmakt.events")

NAME = re.compile(r"[A-Za-z0-9_-]+")
PAUSE = 0.5
BOOTSTRAP = "fullmakt-bootstrap"
"""Metadata of a durable that begins with a snapshot: `due` until all of that has been handled, then `done`."""

E = TypeVar("E", bound=Event)
Typed = Callable[[E, Context], Awaitable[None]]
Start = Literal["beginning", "now"] | datetime | int | Snapshot


class Subscriber:
    """A durable, idempotent consumer of Fullmakt's events, in the order of each thing.

    `url`: NATS, as in `nats://host:4222`; user and password may stand in it.
    `name`: of the durable, and of the NATS user unless `user` says otherwise; keep it, it is what you have read.
    `inbox`: where the versions handled are kept, in the transaction of the effect (`PostgresInbox`, or your own);
    without one, an event may be handled again after a crash.
    `only`: events of one agency or company.
    `start`: where a durable that is new begins: at the `beginning` of the streams (30 days), `now`, at a time (with
    its zone), at a sequence of the stream, or with a `Snapshot` of all there is. One that exists goes on.
    `retry`: tries and pauses of an event whose handler fails.
    `on_dead_letter`: awaited with each event given up on; return True once you have put it away yourself, and the
    later events of its thing go on. Otherwise they wait, until `retry_dead_letters` or a new process tries again.
    `ack_wait`: seconds after which the server takes a process for dead and gives its events to another.
    `grace`: seconds that the event under way may take after `stop`; then it is broken off.
    `options`: more for nats-py's `connect`, such as `tls` or `user_credentials`.

    It runs once: for another run, make another. Raises ValueError: a name or a start that can't be.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        user: str | None = None,
        password: str | None = None,
        inbox: Inbox | None = None,
        only: Filter | None = None,
        start: Start = "beginning",
        retry: Retry | None = None,
        on_dead_letter: OnDeadLetter | None = None,
        ack_wait: float = 5.0,
        most_in_hand: int = 4096,
        grace: float = 20.0,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        if NAME.fullmatch(name) is None:
            raise ValueError(f"name: {name!r} is none for a durable; letters, digits, - and _ are")
        _check(start)
        self.name = name
        self.inbox = inbox
        self.only = only or Filter()
        self.start = start
        self.retry = retry or Retry()
        self.on_dead_letter = on_dead_letter
        self.ack_wait = ack_wait
        self.most_in_hand = most_in_hand
        self.grace = grace
        self._connection = Connection(name, url, user or name, password, options or {})
        self._limit: asyncio.Timeout | None = None
        self._handlers: dict[str, Handler] = {}
        self._streams: dict[str, Handling] = {}
        self._since: dict[str, str] = {}
        self._stopping = asyncio.Event()

    @overload
    def on(self, contract: type[E], /) -> Callable[[Typed[E]], Typed[E]]: ...

    @overload
    def on(self, *contracts: type[Event]) -> Callable[[Handler], Handler]: ...

    def on(self, *contracts: type[Event]) -> Callable[[Handler], Handler]:
        """Register a handler for one or more event types.

        Raises ValueError: the type has a handler already, or belongs to no tenant though `only` asks for one.
        RuntimeError: it runs, and its handlers are fixed.
        """
        if self._limit is not None:
            raise RuntimeError("register handlers before it runs")
        self.only.subjects(contracts)
        if taken := [contract.__name__ for contract in contracts if contract.type in self._handlers]:
            raise ValueError(f"{', '.join(taken)} has a handler already")

        def register(handler: Handler) -> Handler:
            self._handlers |= {contract.type: handler for contract in contracts}
            return handler

        return register

    def run_forever(self) -> None:
        """Run in an event loop of its own, and stop gracefully on SIGTERM or Ctrl-C."""

        async def run() -> None:
            for number in (signal.SIGTERM, signal.SIGINT):
                asyncio.get_running_loop().add_signal_handler(number, self.stop)
            await self.run()

        asyncio.run(run())

    async def run(self) -> None:
        """Follow until `stop` or cancelled. Connects, and connects again, for as long as that takes."""
        if not self._handlers:
            raise ValueError("nothing to do: register a handler with @subscriber.on(…)")
        if self._limit is not None:
            raise RuntimeError("a Subscriber runs once: make another")
        if isinstance(self.start, Snapshot):
            self.start.ensure_has(map(CONTRACTS.__getitem__, self._handlers))
        streams = sorted({CONTRACTS[type_].stream for type_ in self._handlers})
        self._streams = {stream: self._handling(stream) for stream in streams}
        try:
            async with asyncio.timeout(None) as self._limit, asyncio.TaskGroup() as tasks:
                for stream, handling in self._streams.items():
                    tasks.create_task(self._follow(stream, handling))
        except TimeoutError:
            log.warning("%s: broken off, %s s after being told to stop", self.name, self.grace)
        finally:
            await self._connection.close()

    def stop(self) -> None:
        """Finish the events under way, give back what is not handled yet, and have `run` return."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        for handling in self._streams.values():
            handling.stopping = True
        if self._limit is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._limit.reschedule(asyncio.get_running_loop().time() + self.grace)

    @property
    def client(self) -> Client:
        """The connection to NATS."""
        return self._connection.client

    def metrics(self) -> dict[str, Metrics]:
        """Counts of each stream."""
        return {stream: handling.count() for stream, handling in self._streams.items()}

    def prometheus(self) -> str:
        """The same in the text format that Prometheus reads."""
        return exposition(self.name, self.metrics())

    def dead_letters(self) -> list[DeadLetter]:
        """What was given up on, and keeps back the later events of its thing."""
        return [letter for handling in self._streams.values() for letter in handling.dead_letters()]

    def retry_dead_letters(self) -> int:
        """Have all of them tried again, shortly; answers how many that is."""
        return sum(handling.revive() for handling in self._streams.values())

    def _handling(self, stream: str) -> Handling:
        handlers = {type_: handler for type_, handler in self._handlers.items() if CONTRACTS[type_].stream == stream}
        handling = Handling(f"{self.name}/{stream}", handlers, self.inbox, self.retry, self.on_dead_letter)
        if self.inbox is None and isinstance(self.start, Snapshot):
            handling.inbox = MemoryInbox(size=None)  # what the snapshot had is not to be undone by what it overlaps
        return handling

    async def _follow(self, stream: str, handling: Handling) -> None:
        while not self._stopping.is_set():
            try:
                client = await self._connection.connected(self._stopping)
                if self._stopping.is_set():
                    break
                durable = Durable(client, stream, self.name, ack_wait=self.ack_wait, most_in_hand=self.most_in_hand)
                await self._ready(durable, handling)
                await Subscription(durable, handling).follow(self._stopping)
            except Missing as error:
                log.warning("%s: %s; waiting for it", handling.reader, error)
            except (DurableError, NoAnswerError, UnavailableError, nats.errors.Error, OSError, TimeoutError) as error:
                log.warning("%s: %s", handling.reader, str(error) or type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._stopping.wait()

    async def _ready(self, durable: Durable, handling: Handling) -> None:
        """Make the durable or bring it to our event types, take it over, and handle the snapshot that is due."""
        contracts = [CONTRACTS[type_] for type_ in handling.handlers]
        subjects = self.only.subjects(contracts)
        try:
            state = await durable.state()
        except Missing:
            await durable.create(subjects, _start(self.start, self._since.get(durable.stream)), _metadata(self.start))
            state = await durable.state()
        self._since.setdefault(durable.stream, state.created)
        if not durable.fits(state, subjects):
            await durable.change(state, subjects, _own(state.metadata))
        await durable.take_over()
        if state.metadata.get(BOOTSTRAP) == "due":
            await self._begin(durable, handling, contracts)

    async def _begin(self, durable: Durable, handling: Handling, contracts: list[type[Event]]) -> None:
        """Handle the snapshot, and note at the server that it is done: whoever comes after us goes on from there."""
        snapshot = self.start if isinstance(self.start, Snapshot) else None
        if snapshot is None:
            raise ValueError(f"{durable.name} is to begin with a snapshot and is not through with it: give it one")
        if await snapshot.handle(contracts, self.only, handling, self._stopping):
            state = await durable.state()
            await durable.change(state, state.subjects, {BOOTSTRAP: "done"})


def _check(start: Start) -> None:
    if isinstance(start, datetime) and start.tzinfo is None:
        raise ValueError("start: a time needs its zone")
    if isinstance(start, str) and start not in ("beginning", "now"):
        raise ValueError(f"start: {start!r} is neither 'beginning' nor 'now', a time, a sequence or a Snapshot")


def _start(start: Start, since: str | None) -> dict[str, Any]:
    """`since`: when our durable was first made; a new one in its place does not begin with what is told from now on."""
    if start == "now" and since is not None:
        return {"deliver_policy": "by_start_time", "opt_start_time": since}
    if isinstance(start, Snapshot) or start == "now":
        return {"deliver_policy": "new"}
    if isinstance(start, datetime):
        return {"deliver_policy": "by_start_time", "opt_start_time": start.isoformat()}
    if isinstance(start, int):
        return {"deliver_policy": "by_start_sequence", "opt_start_seq": start}
    return {"deliver_policy": "all"}


def _metadata(start: Start) -> dict[str, str]:
    return {BOOTSTRAP: "due"} if isinstance(start, Snapshot) else {}


def _own(metadata: dict[str, str]) -> dict[str, str]:
    """What the server added to the metadata is not ours to send back."""
    return {key: value for key, value in metadata.items() if not key.startswith("_nats")}
