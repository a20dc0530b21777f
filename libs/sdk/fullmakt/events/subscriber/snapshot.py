"""Where a newcomer begins: the newest events of each thing, over HTTP."""

from collections.abc import Iterable
from typing import Any

from fullmakt.events.base import Event
from fullmakt.events.subscriber.filters import Filter


class Snapshot:
    """placeholder until the client is there."""

    def __init__(self, api: Any) -> None:
        self.api = api

    async def handle(self, stream: str, contracts: Iterable[type[Event]], only: Filter, handling: Any) -> None:
        raise NotImplementedError
