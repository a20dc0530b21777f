"""Waiting for what other processes do."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from fullmakt.client.errors import NotFoundError

T = TypeVar("T")
PATIENCE = 15.0
"""Seconds that a builder waits for a service to have heard of what it needs."""
INTERVAL = 0.02


async def until(condition: Callable[[], Awaitable[T]], what: str, *, within: float = PATIENCE) -> T:
    """What the condition gives once that is true.

    Raises AssertionError: it did not come about in time.
    """
    deadline = time.monotonic() + within
    while not (found := await condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within:g} s")
        await asyncio.sleep(INTERVAL)
    return found


async def once_known(call: Callable[[], Awaitable[T]], what: str) -> T:
    """What a call gives, as soon as the service that is called has heard of what it is about.

    Raises AssertionError: it did not in time.
    """

    async def answer() -> list[T]:
        try:
            return [await call()]
        except NotFoundError:
            return []

    return (await until(answer, what))[0]
