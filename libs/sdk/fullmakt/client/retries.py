"""Which calls are made again, and when."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from fullmakt.client.answers import retry_after
from fullmakt.client.call import Call

Outcome = httpx.Response | httpx.RequestError
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
LOST = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError, httpx.ProxyError)
PASSING = {429, 502, 503, 504}
"""Statuses that may be others in a moment."""


@dataclass(frozen=True, kw_only=True)
class Retries:
    """How long a call is tried for. All figures are seconds.

    Only what can't take effect twice is sent again: GET, PUT, DELETE, questions put by POST (`x-repeatable` in the
    documents) and what has an Idempotency-Key; anything else only when no connection was made. Pauses double from
    `first_pause` to `longest_pause`, shortened at random so that many callers don't come back at once, and are as long
    as a Retry-After says at least.
    """

    deadline: float = 30.0
    """From the first attempt on; what can't be tried again before it fails at once, and an answer that has not ended by
    then is given up. 0: no second attempt, and only `timeout` counts. A token that has to be got first has as long
    again."""
    first_pause: float = 0.1
    longest_pause: float = 5.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    sleep_async: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[float, float], float] = random.uniform

    def pause(self, call: Call[Any], outcome: Outcome, *, attempt: int, left: float) -> float | None:
        """Seconds to wait before the call is sent again; None: it is not. `attempt` counts from 0."""
        if not _worth_repeating(call, outcome):
            return None
        longest = min(self.first_pause * 2 ** min(attempt, 30), self.longest_pause)
        asked = retry_after(outcome) if isinstance(outcome, httpx.Response) else None
        wait = max(self.jitter(longest / 2, longest), asked or 0.0)
        return wait if wait < left else None


def _worth_repeating(call: Call[Any], outcome: Outcome) -> bool:
    if isinstance(outcome, NEVER_SENT):
        return True
    passing = outcome.status_code in PASSING if isinstance(outcome, httpx.Response) else isinstance(outcome, LOST)
    return passing and call.safe_to_repeat()
