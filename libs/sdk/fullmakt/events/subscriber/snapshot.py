"""Where a newcomer begins: of each thing its newest events, over HTTP, before it follows what comes.

The durable is made first, to give what is told from then on; then the snapshot is read; then it is followed. What
comes in both is dropped by its version, and nothing lies between them.
"""

import asyncio
import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from fullmakt.client import AsyncFullmakt
from fullmakt.cloudevents import from_headers
from fullmakt.events.base import Event
from fullmakt.events.subscriber.deliveries import Delivery
from fullmakt.events.subscriber.filters import Filter
from fullmakt.events.subscriber.handling import Handling

log = logging.getLogger("fullmakt.events")

PAGE = 500
PAUSE = 0.05


class SnapshotFailed(Exception):
    """An event of the snapshot could not be handled; the next start begins with the snapshot again."""


class Snapshot:
    """The snapshots of all services.

    `api`: the HTTP client, as a service account with the scope `events.read` (and `people.read`, for PersonChanged).
    Handlers are called with the snapshot's events as with any other.
    """

    def __init__(self, api: AsyncFullmakt) -> None:
        self.api = api

    def ensure_has(self, contracts: Iterable[type[Event]]) -> None:
        """Refuse events that no service of Fullmakt sends: nobody keeps a snapshot of them. Raises ValueError."""
        if missing := [each.__name__ for each in contracts if not hasattr(self.api, _sender(each))]:
            raise ValueError(f"no snapshot has {', '.join(missing)}: follow it in a subscriber with another start")

    async def handle(
        self, contracts: Sequence[type[Event]], only: Filter, handling: Handling, stopping: asyncio.Event
    ) -> bool:
        """Give a stream's snapshot to its handlers; answers whether all of it is handled, or we were told to stop.

        Raises SnapshotFailed: an event was given up on, and nobody has put it away.
        """
        service = getattr(self.api, _sender(contracts[0]))
        types, taken = [f"fullmakt.{contract.type}" for contract in contracts], 0
        handling.attend(settled=True)
        listed = service.read_snapshot(type=types, tenant=only.agency or only.company, limit=PAGE)
        async for page in listed.pages():
            deliveries = [_delivery(item, taken + number) for number, item in enumerate(page.items) if only.takes(item)]
            taken += len(page.items)
            await handling.handle(deliveries)
            await _until_handled(handling, stopping)
            if stopping.is_set():
                return False
        log.info("%s: the snapshot of %d events is handled", handling.reader, taken)
        return True


def _sender(contract: type[Event]) -> str:
    return contract.type.split(".", 1)[0]


async def _until_handled(handling: Handling, stopping: asyncio.Event) -> None:
    """Try again what failed, until nothing waits: a snapshot has no server behind it that would keep what does."""
    while handling.lanes and not stopping.is_set():
        if letters := handling.dead_letters():
            handling.forget()
            raise SnapshotFailed(f"{handling.reader}: {letters[0].envelope.type} {letters[0].envelope.subject}")
        await asyncio.sleep(PAUSE)
        await handling.handle_due(time.monotonic())


def _delivery(item: Any, number: int) -> Delivery:
    return Delivery(
        sequence=number, order=0, reply="", envelope=from_headers(item.headers), body=msgspec.json.encode(item.body)
    )
