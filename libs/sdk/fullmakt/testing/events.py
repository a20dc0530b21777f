"""Events as they come over the wire, for a test to expect."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from itertools import chain
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from fullmakt.cloudevents import Envelope
from fullmakt.events import CONTRACTS, Context, Event, Subscriber
from fullmakt.testing.calls import Loop, on_loop

E = TypeVar("E", bound=Event)
KEPT = 100_000
"""Events of one type that are remembered."""


class Received(msgspec.Struct, Generic[E], frozen=True):
    """An event with its envelope."""

    event: E
    envelope: Envelope


class EventLog:
    """Everything that a system has told since we follow it. Used in the harness's loop alone."""

    def __init__(self) -> None:
        self.received: dict[str, deque[Received[Any]]] = {type_: deque(maxlen=KEPT) for type_ in CONTRACTS}
        self._more = asyncio.Condition()

    def attach(self, subscriber: Subscriber) -> None:
        """Note what this subscriber is given, of every type."""
        subscriber.on(*CONTRACTS.values())(self._note)

    async def _note(self, event: Event, context: Context) -> None:
        async with self._more:
            self.received[event.type].append(Received(event, context.envelope))
            self._more.notify_all()

    async def wait_for(self, found: Callable[[], list[Received[E]]], within: float) -> list[Received[E]]:
        """What `found` gives once that is something; TimeoutError after so many seconds."""
        async with asyncio.timeout(within), self._more:
            await self._more.wait_for(lambda: bool(found()))
            return found()


class Events:
    """The events of a test's own organisations and people."""

    def __init__(self, loop: Loop, log: EventLog, is_ours: Callable[[Event], bool]) -> None:
        self.loop = loop
        self._log = log
        self._is_ours = is_ours

    @on_loop
    async def expect(
        self,
        kind: type[E],
        *,
        subject: Any = None,
        where: Callable[[E], bool] = lambda _: True,
        within: float = 5,
    ) -> E:
        """The first event of a type, about a thing (an id, or what has one), as soon as it has come.

        One that came before counts, since it has come. Raises AssertionError: none came within so many seconds;
        says which did.
        """
        _check(kind)
        try:
            found = await self._log.wait_for(lambda: self._matching(kind, subject, where), within)
        except TimeoutError:
            about, hint = "", []
            if subject is not None:
                about, hint = f" about {_id(subject)}", [f"(a {kind.__name__} is about its {kind.thing})"]
            missing = f"no {kind.__name__}{about} within {within:g} s"
            raise AssertionError("\n".join([missing, *hint, "what came:", *self._came()])) from None
        return found[0].event

    @on_loop
    async def all(
        self, kind: type[E], *, subject: Any = None, where: Callable[[E], bool] = lambda _: True
    ) -> list[Received[E]]:
        """Every such event that has come until now, with its envelope, in the order of coming."""
        _check(kind)
        return self._matching(kind, subject, where)

    def _matching(self, kind: type[E], subject: Any, where: Callable[[E], bool]) -> list[Received[E]]:
        id_ = _id(subject)
        return [
            received
            for received in self._log.received[kind.type]
            if id_ in {None, received.envelope.subject} and self._is_ours(received.event) and where(received.event)
        ]

    def _came(self) -> list[str]:
        every = chain.from_iterable(self._log.received.values())
        ours = sorted((r for r in every if self._is_ours(r.event)), key=lambda r: r.envelope.time)
        counted = Counter((type(r.event).__name__, r.envelope.subject) for r in ours)
        return [f"  {name} about {about}, {times} times" for (name, about), times in counted.items()] or ["  nothing"]


def _check(kind: object) -> None:
    if kind not in CONTRACTS.values():
        raise TypeError(f"an event type of fullmakt.events is expected, such as LinkAccepted: not {kind!r}")


def _id(subject: Any) -> UUID | None:
    found = getattr(subject, "id", subject)
    try:
        return found if found is None or isinstance(found, UUID) else UUID(found)
    except (AttributeError, TypeError, ValueError):
        raise TypeError(f"subject: an id, or what has one, such as a link; not {subject!r}") from None
