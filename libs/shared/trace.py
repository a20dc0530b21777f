"""The W3C trace context of what is being done now, carried from the request to the last effect."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

current_trace: ContextVar[str | None] = ContextVar("current_trace", default=None)


def child_of(traceparent: str | None) -> str:
    """A new span in the given trace; a new trace where none, or none readable, is given."""
    if traceparent is not None and TRACEPARENT.fullmatch(traceparent):
        return f"00-{traceparent[3:35]}-{secrets.token_hex(8)}-{traceparent[-2:]}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


@contextmanager
def tracing(traceparent: str | None) -> Iterator[None]:
    """Work in a new span of the given trace, and leave it at the end of the block."""
    token = current_trace.set(child_of(traceparent))
    try:
        yield
    finally:
        current_trace.reset(token)
