"""Wait for a condition with a deadline: the one place that looks again and again."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
INTERVAL = 0.01


def wait_for(condition: Callable[[], T], *, timeout: float, what: str) -> T:
    """Call `condition` each 10 ms until it returns something true, and return that.

    `timeout`: seconds.
    `what`: names the thing in the error.

    Raises TimeoutError: it didn't come true in time.
    """
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {timeout:g} s")
        time.sleep(INTERVAL)
    return result
