"""How requests of a client look on the wire, the same in both flavours."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypedDict

from fullmakt.client.addresses import Addresses
from fullmakt.client.call import fits_header
from fullmakt.client.conversation import Send
from fullmakt.client.retries import Retries


def _version() -> str:
    try:
        return version("fullmakt")
    except PackageNotFoundError:  # used from its sources
        return "0"


USER_AGENT = f"fullmakt-python/{_version()}"


class Request(TypedDict):
    """What httpx is asked to send."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    timeout: float
    follow_redirects: bool


@dataclass(frozen=True, repr=False)
class Sending:
    """Where requests go and what they all carry."""

    addresses: Addresses
    timeout: float
    retries: Retries
    traceparent: Callable[[], str | None] | None = None

    def request(self, step: Send) -> Request:
        """The request of one attempt; it may not outlive the deadline."""
        call: Any = step.call
        longest = self.longest(step)
        return {
            "method": call.method,
            "url": self.addresses.url(call.service, call.target()),
            "headers": self._headers(step),
            "content": call.content(),
            "timeout": self.timeout if longest is None else min(self.timeout, longest),
            "follow_redirects": False,
        }

    def longest(self, step: Send) -> float | None:
        """Seconds that this attempt may take in all, however slowly its answer comes; None: there is no deadline."""
        return max(0.001, step.left) if self.retries.deadline else None

    def _headers(self, step: Send) -> dict[str, str]:
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json, application/problem+json, text/plain"}
        if step.token is not None:
            headers["Authorization"] = f"Bearer {step.token}"
        trace = self.traceparent() if self.traceparent is not None else None
        if trace is not None and fits_header(trace):  # what is none is left out: a call does not fail for its trace
            headers["traceparent"] = trace
        return headers | step.call.own_headers()
