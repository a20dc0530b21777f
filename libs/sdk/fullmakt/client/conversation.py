"""What is said between client and service for one call, apart from how it is sent.

One generator for both flavours: it yields what is to be done next and is told what came of it.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from fullmakt.client.answers import read
from fullmakt.client.call import Call
from fullmakt.client.errors.base import NoAnswerError
from fullmakt.client.retries import Outcome, Retries

T = TypeVar("T")


@dataclass(frozen=True)
class Send:
    """Send the call and answer with the response, or the httpx.RequestError."""

    call: Call[Any]
    token: str | None
    left: float
    """Seconds until the deadline."""


@dataclass(frozen=True, repr=False)
class GetToken:
    """Answer with an access token, but not with the one that was refused; None: there are no credentials."""

    refused: str | None = None


@dataclass(frozen=True)
class Pause:
    """Let so many seconds pass."""

    seconds: float


Step = Send | GetToken | Pause


def converse(call: Call[T], retries: Retries) -> Generator[Step, Any, T]:
    """Make the call: again where that is safe and of use, with a new token once if the first is refused."""
    token: str | None = (yield GetToken()) if call.needs_token else None
    deadline = retries.clock() + retries.deadline
    renewed = False
    attempt = 0
    while True:
        outcome: Outcome = yield Send(call, token, deadline - retries.clock())
        if token is not None and not renewed and _refused(outcome):
            renewed = True
            if (newer := (yield GetToken(refused=token))) != token:
                token = newer
                continue
        pause = retries.pause(call, outcome, attempt=attempt, left=deadline - retries.clock())
        if pause is None:
            return _result(call, outcome)
        yield Pause(pause)
        attempt += 1


def _refused(outcome: Outcome) -> bool:
    return isinstance(outcome, httpx.Response) and outcome.status_code == 401


def _result(call: Call[T], outcome: Outcome) -> T:
    if isinstance(outcome, httpx.RequestError):
        raise NoAnswerError(f"{call.name}: no answer ({type(outcome).__name__})") from outcome
    return read(call, outcome)
