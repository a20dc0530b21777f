"""Sending calls from threads: httpx, one token for all of them, pauses."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import httpx

from fullmakt.client.call import Call
from fullmakt.client.conversation import GetToken, Pause, Send, converse
from fullmakt.client.credentials import Credentials
from fullmakt.client.errors.base import NoAnswerError
from fullmakt.client.models.identity import TokenView
from fullmakt.client.retries import Outcome
from fullmakt.client.sending import Sending
from fullmakt.client.tokens import KeptToken

T = TypeVar("T")


class Bounded(httpx.SyncByteStream):
    """A body that is read for so long and not longer: httpx waits for each part of it anew."""

    def __init__(self, stream: httpx.SyncByteStream, overdue: Callable[[], bool]) -> None:
        self._stream = stream
        self._overdue = overdue

    def __iter__(self) -> Iterator[bytes]:
        for part in self._stream:
            if self._overdue():
                raise httpx.ReadTimeout("the answer did not end in time")
            yield part

    def close(self) -> None:
        """Give back the connection."""
        self._stream.close()


class Transport:
    """Sends calls; many threads may use it at once."""

    def __init__(self, sending: Sending, credentials: Credentials | None, http: httpx.Client | None) -> None:
        self._sending = sending
        self._retries = sending.retries
        self._credentials = credentials
        self._owned = http is None
        self._http = http or httpx.Client()
        self._lock = threading.Lock()
        self._kept: KeptToken | None = None
        self._flight: Future[KeptToken] | None = None

    def close(self) -> None:
        """Close connections, unless they are those of a client that was handed in."""
        if self._owned:
            self._http.close()

    def call(self, call: Call[T]) -> T:
        """Make a call and read its answer."""
        steps = converse(call, self._retries)
        told: Any = None
        while True:
            try:
                step = steps.send(told)
            except StopIteration as end:
                answer: T = end.value
                return answer
            match step:
                case Send():
                    told = self._send(step)
                case Pause(seconds):
                    told = None
                    self._retries.sleep(seconds)
                case GetToken(refused):
                    told = self._token(refused)

    def _send(self, step: Send) -> Outcome:
        longest, since = self._sending.longest(step), self._retries.clock()
        try:
            with self._http.stream(**self._sending.request(step)) as response:
                if longest is not None and isinstance(response.stream, httpx.SyncByteStream):
                    response.stream = Bounded(response.stream, lambda: self._retries.clock() - since > longest)
                response.read()
                return response
        except httpx.RequestError as error:
            return error

    def _token(self, refused: str | None) -> str | None:
        """The token that is good now. Threads that need a new one at the same moment share one request for it."""
        if self._credentials is None:
            return None
        source = self._credentials.token()
        if isinstance(source, str):
            return source
        with self._lock:
            if self._kept is not None and self._kept.good(refused=refused, clock=self._retries.clock):
                return self._kept.value
            flight, leads = self._flight or Future(), self._flight is None
            self._flight = flight
        if leads:
            self._renew(flight, source)
        return flight.result().value

    def _renew(self, flight: "Future[KeptToken]", source: Call[TokenView]) -> None:
        """Get a token for all who wait for it; they fail together too."""
        asked_at = self._retries.clock()
        try:
            kept = KeptToken.of(self.call(source), asked_at=asked_at)
        except BaseException as error:
            with self._lock:
                self._flight = None
            if not isinstance(error, Exception):  # such as Ctrl-C, which is for this thread alone
                flight.set_exception(NoAnswerError(f"{source.name}: who asked for all was interrupted"))
                raise
            flight.set_exception(error)
        else:
            with self._lock:
                self._kept, self._flight = kept, None
            flight.set_result(kept)
