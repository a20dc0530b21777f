"""One call of an operation, before it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import quote, urlencode
from uuid import uuid4

import msgspec

T = TypeVar("T")
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
LONGEST_KEY = 200


@dataclass(frozen=True, kw_only=True, repr=False)
class Call(Generic[T]):
    """What is asked of a service. It has no repr, since path, body and headers may hold secrets."""

    name: str
    """Service and operation id, as messages name the call: `clients.sendLinkRequest`."""
    method: str
    path: str
    answer: type[T] | tuple[type[T], ...]
    """What a success is read as; of several, the first that fits."""
    query: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: object = None
    form: object = None
    idempotency_key: str | None = None
    needs_token: bool = True
    """Sent with an access token if the client has credentials."""
    repeatable: bool = False
    """Doing it twice is doing it once."""

    @property
    def service(self) -> str:
        """Which service is asked."""
        return self.name.partition(".")[0]

    def safe_to_repeat(self) -> bool:
        """Whether it may be sent again when nobody knows if it took effect."""
        return self.repeatable or self.method in {"GET", "PUT", "DELETE"} or self.idempotency_key is not None

    def asking(self, **query: object) -> "Call[T]":
        """The same call with other query parameters."""
        return replace(self, query={**self.query, **query})

    def target(self) -> str:
        """Path and query; parameters that are None are left out."""
        given = {name: value for name, value in self.query.items() if value is not None}
        query = urlencode({name: _plain(value) for name, value in given.items()}, doseq=True)
        return f"{self.path}?{query}" if query else self.path

    def content(self) -> bytes | None:
        """The body as bytes."""
        if self.form is not None:
            return urlencode(msgspec.to_builtins(self.form)).encode()
        return None if self.body is None else msgspec.json.encode(self.body)

    def own_headers(self) -> dict[str, str]:
        """The headers that this call has of its own."""
        headers = {name: value for name, value in self.headers.items() if value is not None}
        if self.idempotency_key is not None:
            headers["Idempotency-Key"] = self.idempotency_key
        if self.form is not None or self.body is not None:
            headers["Content-Type"] = JSON if self.form is None else FORM
        return headers


def key(given: str | None) -> str:
    """The Idempotency-Key that was given, or one that nobody else has; ValueError for what can't be one."""
    if given is None:
        return str(uuid4())
    if not fits_header(given) or len(given) > LONGEST_KEY:
        raise ValueError(f"an Idempotency-Key is 1 to {LONGEST_KEY} printable ASCII characters")
    return given


def fits_header(text: str) -> bool:
    """Whether this can be the value of a header: printable ASCII, no space at its ends."""
    return text.isascii() and text.isprintable() and text != "" and text == text.strip()


def segment(value: object) -> str:
    """A value as one segment of a path; ValueError for what would name another path."""
    text = str(value)
    if text in {"", ".", ".."}:
        raise ValueError("an empty text or dots can't be part of a path")
    return quote(text, safe="")


def _plain(value: object) -> object:
    """A query parameter as the services read it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, list) else value
