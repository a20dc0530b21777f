"""Events in hand: given to us by the server and not yet acknowledged, with what a handler is told of them."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from fullmakt.cloudevents import Envelope


class Context(msgspec.Struct, frozen=True):
    """What a handler gets besides the event."""

    envelope: Envelope
    """Id, time, version, actor and trace of the event."""
    tx: Any
    """What the inbox's `begin` gave; None without an inbox. Write through it, and effect and progress are one."""
    attempt: int
    """1 at the first try."""


Handler = Callable[[Any, Context], Awaitable[None]]


class Delivery(msgspec.Struct, kw_only=True):
    """An event in hand. `sequence` is the stream's, `order` the consumer's own count; `reply` takes the answer."""

    sequence: int
    order: int
    reply: str
    envelope: Envelope
    body: bytes
    attempts: int = 0

    @property
    def thing(self) -> UUID:
        """What the event is about."""
        return self.envelope.subject


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that was given up on. It stays with the server, and all later events of its thing wait behind it."""

    stream: str
    sequence: int
    envelope: Envelope
    body: bytes
    """The event as JSON; see fullmakt.cloudevents.decode_body."""
    attempts: int
    error: BaseException


class Lane(msgspec.Struct, kw_only=True):
    """A thing whose events wait, until `due` on the monotonic clock; for a person once one of them is `dead`.

    `early`: none of them has failed, they wait for one before them that may still come.
    """

    waiting: list[Delivery]
    due: float
    dead: DeadLetter | None = None
    early: bool = False


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """How often an event is tried, and with what pauses in seconds; twice as long each time."""

    attempts: int = 12
    first_pause: float = 0.1
    longest_pause: float = 60.0

    def pause(self, attempts: int) -> float:
        """Seconds to wait after so many tries."""
        return float(min(self.first_pause * 2 ** min(attempts - 1, 30), self.longest_pause))


def sequences_of(reply: str) -> tuple[int, int, int]:
    """Stream sequence, consumer sequence and what is still pending, of an acknowledgement's subject.

    `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`; newer servers put
    domain and account before the stream, and a token behind.
    """
    tokens = reply.split(".")
    at = 5 if len(tokens) == 9 else 7
    return int(tokens[at]), int(tokens[at + 1]), int(tokens[at + 3])
