"""The W3C trace context of what is being done now, carried from the request to the last effect."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

TRACEPARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})"
    r"(?P<later>-.*)?"
)
"""W3C Trace Context, 3.2: no id of zeros; later versions may have more behind."""

current_trace: ContextVar[str | None] = ContextVar("current_trace", default=None)


def child_of(traceparent: str | None) -> str:
    """A new span in the given trace; a new trace where none, or none readable, is given."""
    read = TRACEPARENT.fullmatch(traceparent or "")
    if read and not (read["version"] == "00" and read["later"]):
        return f"00-{read['trace']}-{secrets.token_hex(8)}-{read['flags']}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


@contextmanager
def tracing(traceparent: str | None) -> Iterator[None]:
    """Work in a new span of the given trace, and leave it at the end of the block."""
    token = current_trace.set(child_of(traceparent))
    try:
        yield
    finally:
        current_trace.reset(token)
