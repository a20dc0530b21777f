"""Following events: a durable, idempotent consumer in the order of each thing."""

from fullmakt.events.subscriber.deliveries import Context, DeadLetter, Retry
from fullmakt.events.subscriber.filters import Filter
from fullmakt.events.subscriber.inbox import Inbox, MemoryInbox
from fullmakt.events.subscriber.postgres import PostgresInbox
from fullmakt.events.subscriber.snapshot import Snapshot
from fullmakt.events.subscriber.subscriber import Subscriber

__all__ = [
    "Context",
    "DeadLetter",
    "Filter",
    "Inbox",
    "MemoryInbox",
    "PostgresInbox",
    "Retry",
    "Snapshot",
    "Subscriber",
]
