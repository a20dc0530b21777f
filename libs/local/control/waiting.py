"""Waiting without keeping others waiting."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from libs.local.wait import INTERVAL


async def comes_true(condition: Callable[[], Awaitable[bool]], *, within: float) -> bool:
    """Ask `condition` each 10 ms until it is true, or for so many seconds; says whether it came true."""
    deadline = time.monotonic() + within
    while not await condition():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(INTERVAL)
    return True
